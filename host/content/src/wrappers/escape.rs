//! Text for a place in a generated document, so that it stays in its place.

/// Text of an HTML element such as `<title>`.
pub(super) fn text(value: &str) -> String {
    value.replace('&', "&amp;").replace('<', "&lt;")
}

/// The value of an HTML attribute, in double quotes.
pub(super) fn attribute(value: &str) -> String {
    value.replace('&', "&amp;").replace('"', "&quot;")
}

/// What is inside a JavaScript string, in double quotes.
pub(super) fn string(value: &str) -> String {
    let value = value.replace('\\', "\\\\").replace('"', "\\\"");
    value.replace('\r', "\\r")
}

/// Script inside a template literal, which is script again when it is evaluated.
pub(super) fn literal(script: &str) -> String {
    let script = script.replace('\\', "\\\\").replace('`', "\\`");
    script.replace("${", "\\${")
}

/// A JavaScript string's inside, for a script in an HTML document as well: an end
/// tag would end the element, whatever it stands in.
pub(super) fn string_in_html(value: &str) -> String {
    string(value).replace('<', "\\x3C")
}

/// The path of a URL as it came, for an attribute or a string. A browser has
/// encoded what could end either; what others sent bare is encoded as a browser
/// would (URL Standard, path percent-encode set), and stays the same URL.
pub(super) fn path(raw: &[u8]) -> String {
    encoded(raw, b"\"<>\\`{}")
}

/// The query likewise, for a string; a backslash is no end of anything in a URL.
pub(super) fn query(raw: &[u8]) -> String {
    string(&encoded(raw, b"\"<>"))
}

fn encoded(raw: &[u8], also: &[u8]) -> String {
    let mut encoded = String::with_capacity(raw.len());
    for byte in raw {
        if byte.is_ascii_graphic() && !also.contains(byte) {
            encoded.push(char::from(*byte));
        } else {
            encoded.push_str(&format!("%{byte:02X}"));
        }
    }
    encoded
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn values_are_escaped_for_their_place() {
        for (escape, value, expected) in [
            (text as fn(&str) -> String, "a<b>&\"'", "a&lt;b>&amp;\"'"),
            (attribute, "a<b>&\"'", "a<b>&amp;&quot;'"),
            (string, "a\\\"'\r<", "a\\\\\\\"'\\r<"),
            (string_in_html, "\"</script>", "\\\"\\x3C/script>"),
            (literal, "`a`\\${b}$", "\\`a\\`\\\\\\${b}$"),
        ] {
            assert_eq!(escape(value), expected, "{value}");
        }
    }

    #[test]
    fn urls_stay_as_they_came_where_that_is_safe() {
        let sent = b"/a%20b;c=1,(d)'~&e.any.html";
        assert_eq!(path(sent).as_bytes(), sent);
        let sent = b"a=b&c=%22{}|`'?/:@";
        assert_eq!(query(sent).as_bytes(), sent);
        assert_eq!(
            path(b"/\"<>\\`{} \x7f\xc3\xa9"),
            "/%22%3C%3E%5C%60%7B%7D%20%7F%C3%A9"
        );
        assert_eq!(query(b"\"<>\\ \xff"), "%22%3C%3E\\\\%20%FF");
    }

    proptest! {
        #[test]
        fn no_url_ends_what_it_stands_in(raw in any::<Vec<u8>>()) {
            for part in [path(&raw), query(&raw)] {
                prop_assert!(!part.contains(['"', '<', '>', '\r', '\n']), "{part}");
                let backslashes = part.bytes().rev().take_while(|b| *b == b'\\').count();
                prop_assert_eq!(backslashes % 2, 0);
            }
        }

        #[test]
        fn no_value_ends_what_it_stands_in(value in any::<String>()) {
            prop_assert!(!text(&value).contains('<'));
            prop_assert!(!attribute(&value).contains('"'));
            prop_assert!(!string_in_html(&value).contains("</"));
            // serde_json reads what is in a JavaScript string, if it has no
            // control characters.
            let plain: String = value.chars().filter(|c| !c.is_control()).collect();
            let read: String = serde_json::from_str(&format!("\"{}\"", string(&plain))).unwrap();
            prop_assert_eq!(read, plain);
        }
    }
}
