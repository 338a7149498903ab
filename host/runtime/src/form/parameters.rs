//! A field value with parameters, as in `form-data; name="a"`.

/// The value, and the parameters in order, read as Python's `cgi` does: a
/// semicolon inside quotes separates nothing.
pub(super) struct Parameters<'a> {
    /// What is before the first semicolon.
    pub(super) value: &'a [u8],
    pairs: Vec<(&'a [u8], &'a [u8])>,
}

impl<'a> Parameters<'a> {
    pub(super) fn of(text: &'a [u8]) -> Self {
        let (value, mut rest) = text.split_at(end(text));
        let mut pairs = Vec::new();
        while let Some((_, text)) = rest.split_first() {
            let (parameter, behind) = text.split_at(end(text));
            rest = behind;
            if let Some(at) = parameter.iter().position(|b| *b == b'=') {
                let (name, value) = (&parameter[..at], &parameter[at + 1..]);
                pairs.push((name.trim_ascii(), value.trim_ascii()));
            }
        }
        let value = value.trim_ascii();
        Self { value, pairs }
    }

    /// The last parameter of that name, which has no case, without its quotes.
    pub(super) fn get(&self, name: &str) -> Option<Vec<u8>> {
        let mut pairs = self.pairs.iter().rev();
        let (_, value) = pairs.find(|(other, _)| other.eq_ignore_ascii_case(name.as_bytes()))?;
        Some(unquoted(value))
    }
}

/// Where the first semicolon is that is not inside quotes.
fn end(text: &[u8]) -> usize {
    let mut in_quotes = false;
    let mut escaped = false;
    for (at, byte) in text.iter().enumerate() {
        match byte {
            _ if escaped => escaped = false,
            b'\\' if in_quotes => escaped = true,
            b'"' => in_quotes = !in_quotes,
            b';' if !in_quotes => return at,
            _ => {}
        }
    }
    text.len()
}

fn unquoted(value: &[u8]) -> Vec<u8> {
    let inside = value
        .strip_prefix(b"\"")
        .and_then(|v| v.strip_suffix(b"\""));
    let Some(inside) = inside else {
        return value.to_vec();
    };
    let mut bytes = inside.iter().peekable();
    let mut text = Vec::with_capacity(inside.len());
    while let Some(byte) = bytes.next() {
        // Browsers escape quotes in another way, and old ones sent the path of a
        // file with its backslashes: only these two are escapes.
        let escaped = (*byte == b'\\').then(|| bytes.next_if(|b| matches!(b, b'\\' | b'"')));
        text.push(*escaped.flatten().unwrap_or(byte));
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    fn get(text: &str, name: &str) -> Option<String> {
        let value = Parameters::of(text.as_bytes()).get(name)?;
        Some(String::from_utf8(value).unwrap())
    }

    #[test]
    fn a_value_and_its_parameters() {
        let text = " form-data ; Name = \"a;b\" ;filename=c d; bare;x=1; X=2";
        assert_eq!(Parameters::of(text.as_bytes()).value, b"form-data");
        assert_eq!(get(text, "name").unwrap(), "a;b");
        assert_eq!(get(text, "filename").unwrap(), "c d");
        assert_eq!(get(text, "x").unwrap(), "2");
        assert_eq!(get(text, "bare"), None);
        assert_eq!(get("", "x"), None);
    }

    #[test]
    fn quotes_and_their_escapes() {
        for (text, expected) in [
            (r#"x; n="a\"b;\\c""#, r#"a"b;\c"#),
            (r#"x; n="C:\file""#, r"C:\file"),
            (r#"x; n="open"#, r#""open"#),
            (r#"x; n=""#, r#"""#),
            (r#"x; n="""#, ""),
            (r#"x; n=a"b"c"#, r#"a"b"c"#),
        ] {
            assert_eq!(get(text, "n").unwrap(), expected, "{text}");
        }
    }
}
