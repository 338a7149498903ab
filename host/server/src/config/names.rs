//! What addresses, host names and other names must look like.

use std::path::{Component, Path};

use host_content::pipes::Registry;

/// Whether `text` is an address to listen on.
///
/// # Errors
/// What was expected, in words.
pub fn address(text: &str) -> Result<(), String> {
    const EXPECTED: &str =
        "expected an address and a port, such as 127.0.0.1:8000, [::1]:0 or localhost:8000";
    let wrong = || Err(format!("{EXPECTED}, found {text:?}"));
    match text.rsplit_once(':') {
        Some((host, port)) if !host.is_empty() && port.parse::<u16>().is_ok() => {
            let is_bare_v6 = host.contains(':') && !host.starts_with('[');
            if is_bare_v6 { wrong() } else { Ok(()) }
        }
        _ => wrong(),
    }
}

/// Whether `text` is the name of a host (RFC 1123 §2.1), `*.` and a name, or
/// an IP address; without a port.
///
/// # Errors
/// What was expected, in words.
pub fn host_name(text: &str) -> Result<(), String> {
    let name = text.strip_prefix("*.").unwrap_or(text);
    let is_label = |label: &str| {
        (1..=63).contains(&label.len())
            && label
                .bytes()
                .all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_'))
            && !label.starts_with('-')
            && !label.ends_with('-')
    };
    let is_name = name.len() <= 253 && name.split('.').all(is_label);
    if is_name || text.parse::<std::net::IpAddr>().is_ok() {
        return Ok(());
    }
    let hint = if text.is_ascii() {
        ""
    } else {
        " (international names in their ASCII form, xn--…)"
    };
    Err(format!(
        "expected a host name without scheme and port, such as localhost or *.example.test{hint}, found {text:?}"
    ))
}

/// Whether `text` can name a tenant: it appears in logs and in file names.
pub(super) fn tenant_name(text: &str) -> Result<(), String> {
    let is_plain = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || matches!(b, b'-' | b'_');
    if (1..=64).contains(&text.len()) && text.bytes().all(is_plain) {
        return Ok(());
    }
    Err(format!(
        "expected up to 64 of a-z, 0-9, - and _, found {text:?}"
    ))
}

/// Whether `name` can be that of a pipe, and `file` its component.
pub(super) fn pipe(name: &str, file: &str) -> Result<(), String> {
    let is_free = || Registry::wptserve().names().all(|known| known != name);
    if name.is_empty() || name.contains(['(', '|']) || !is_free() {
        return Err(
            "a pipe's name has neither ( nor | in it, nor is it one of host's own".to_owned(),
        );
    }
    let inside = |part| matches!(part, Component::Normal(_));
    if file.ends_with(".wasm") && Path::new(file).components().all(inside) {
        return Ok(());
    }
    Err(format!(
        "expected a component beneath the folder, as in \"pipes/{name}.wasm\", found {file:?}"
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses() {
        for right in ["127.0.0.1:8000", "[::1]:0", "localhost:80", "0.0.0.0:65535"] {
            assert_eq!(address(right), Ok(()), "{right}");
        }
        for wrong in [
            "8000",
            ":8000",
            "::1:8000",
            "a:65536",
            "a:http",
            "http://a:1/",
            "",
        ] {
            assert!(address(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn host_names() {
        for right in [
            "localhost",
            "a.b.test",
            "*.a.test",
            "127.0.0.1",
            "::1",
            "www_1.test",
        ] {
            assert_eq!(host_name(right), Ok(()), "{right}");
        }
        for wrong in [
            "",
            "a..b",
            "a:80",
            "http://a",
            "*",
            "a.*.b",
            "-a",
            "天気.test",
            "a b",
        ] {
            assert!(host_name(wrong).is_err(), "{wrong}");
        }
    }
}
