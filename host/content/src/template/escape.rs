//! How a value is written into the content.

/// The escape of `sub(html)` and `sub(none)`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Escape {
    /// `& < > " '` become character references, as Python's `html.escape` has
    /// them.
    Html,
    /// The value as it is.
    None,
}

impl Escape {
    /// What wptserve uses for a file of this name: HTML and XML are escaped.
    pub fn for_file(name: &str) -> Self {
        const MARKUP: [&str; 6] = ["html", "htm", "xht", "xhtml", "xml", "svg"];
        match name.rsplit_once('.') {
            Some((_, extension)) if MARKUP.contains(&extension) => Self::Html,
            _ => Self::None,
        }
    }

    /// Writes `value` to the end of `out`.
    pub(crate) fn write(self, value: &[u8], out: &mut Vec<u8>) {
        if self == Self::None {
            return out.extend_from_slice(value);
        }
        for &b in value {
            match b {
                b'&' => out.extend_from_slice(b"&amp;"),
                b'<' => out.extend_from_slice(b"&lt;"),
                b'>' => out.extend_from_slice(b"&gt;"),
                b'"' => out.extend_from_slice(b"&quot;"),
                b'\'' => out.extend_from_slice(b"&#x27;"),
                b => out.push(b),
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn five_characters_are_escaped_in_html_and_none_otherwise() {
        let value = b"<a b=\"c\">&'\xff\xc3\xa9";
        let mut out = Vec::new();
        Escape::Html.write(value, &mut out);
        assert_eq!(
            out,
            b"&lt;a b=&quot;c&quot;&gt;&amp;&#x27;\xff\xc3\xa9".as_slice()
        );
        out.clear();
        Escape::None.write(value, &mut out);
        assert_eq!(out, value);
    }

    #[test]
    fn markup_is_told_by_the_last_extension_in_lower_case() {
        for name in ["a.sub.html", "a.sub.svg", "x/a.sub.xht", "a.sub.js.xml"] {
            assert_eq!(Escape::for_file(name), Escape::Html, "{name}");
        }
        for name in ["a.sub.js", "a.sub.HTML", "a.sub.html.txt", "html", ""] {
            assert_eq!(Escape::for_file(name), Escape::None, "{name}");
        }
    }
}
