//! Media types, by the extension of a file's name (RFC 9110 §8.3).

use std::path::Path;

/// The type of a file whose name tells none.
const UNKNOWN: &str = "application/octet-stream";

/// The media type that a name's extension stands for: wptserve's, where its
/// table has the extension, else the registered one. Text is sent without a
/// charset: a test may want to see what a client makes of it.
pub(crate) fn content_type(path: &Path) -> &'static str {
    let extension = path.extension().and_then(|extension| extension.to_str());
    extension
        .and_then(wptserve)
        .or_else(|| mime_guess::from_path(path).first_raw())
        .unwrap_or(UNKNOWN)
}

/// wptserve's `content_types`, which looks at case.
fn wptserve(extension: &str) -> Option<&'static str> {
    Some(match extension {
        "json" => "application/json",
        "wasm" => "application/wasm",
        "xht" | "xhtm" | "xhtml" => "application/xhtml+xml",
        "xml" => "application/xml",
        "xpi" => "application/x-xpinstall",
        "m4a" => "audio/mp4",
        "mp3" => "audio/mpeg",
        "oga" => "audio/ogg",
        "weba" => "audio/webm",
        "wav" => "audio/x-wav",
        "avif" => "image/avif",
        "bmp" => "image/bmp",
        "gif" => "image/gif",
        "jpg" | "jpeg" => "image/jpeg",
        "png" => "image/png",
        "svg" => "image/svg+xml",
        "manifest" => "text/cache-manifest",
        "css" => "text/css",
        "event_stream" => "text/event-stream",
        "htm" | "html" => "text/html",
        "js" | "mjs" => "text/javascript",
        "txt" | "md" => "text/plain",
        "vtt" => "text/vtt",
        "mp4" | "m4v" => "video/mp4",
        "webm" => "video/webm",
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn wptserves_table_goes_before_the_registered_types() {
        for (name, expected) in [
            ("a.html", "text/html"),
            ("a.js", "text/javascript"),
            ("a.md", "text/plain"),
            ("a.xml", "application/xml"),
            ("a.wav", "audio/x-wav"),
            ("a.manifest", "text/cache-manifest"),
            ("a.event_stream", "text/event-stream"),
            ("a.sub.xhtml", "application/xhtml+xml"),
        ] {
            assert_eq!(content_type(Path::new(name)), expected, "{name}");
        }
    }

    #[test]
    fn what_the_table_lacks_has_its_registered_type_or_none() {
        for (name, expected) in [
            ("a.woff2", "font/woff2"),
            ("a.pdf", "application/pdf"),
            ("a.HTML", "text/html"),
            ("a", UNKNOWN),
            (".html", UNKNOWN),
            ("a.", UNKNOWN),
            ("a.unheard-of", UNKNOWN),
        ] {
            assert_eq!(content_type(Path::new(name)), expected, "{name}");
        }
    }
}
