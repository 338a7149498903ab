//! Where a redirect or a rewrite leads: a text with places for what the route's
//! pattern caught.

use super::pattern::{BadPattern, Captures, Pattern, STAR, name_in_braces};

/// A text such as `/new/{id}/{*}`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Template {
    text: String,
    pieces: Vec<Piece>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Piece {
    Literal(Vec<u8>),
    Captured(String),
}

impl Template {
    /// Reads a template whose names are those of a pattern.
    ///
    /// # Errors
    /// A brace that belongs to no name, a name that the pattern has not.
    pub fn parse(text: &str, pattern: &Pattern) -> Result<Self, BadPattern> {
        let mut pieces = Vec::new();
        let mut at = 0;
        while at < text.len() {
            let rest = &text[at..];
            match rest.find(['{', '}']) {
                Some(0) => {}
                found => {
                    let literal = &rest[..found.unwrap_or(rest.len())];
                    pieces.push(Piece::Literal(literal.into()));
                    at += literal.len();
                    continue;
                }
            }
            if rest.starts_with('}') {
                return Err(BadPattern::new(at, "a brace that was not opened"));
            }
            let name = if rest.starts_with("{*}") {
                STAR
            } else {
                name_in_braces(text, at)?
            };
            if !pattern.names().any(|known| known == name) {
                let known: Vec<String> = pattern.names().map(|n| format!("{{{n}}}")).collect();
                let known = match known.is_empty() {
                    true => "nothing".to_owned(),
                    false => known.join(", "),
                };
                let message = format!("the path has no {{{name}}}; it catches {known}");
                return Err(BadPattern::new(at, message));
            }
            pieces.push(Piece::Captured(name.to_owned()));
            at += name.len() + "{}".len();
        }
        let text = text.to_owned();
        Ok(Self { text, pieces })
    }

    /// As it was written.
    pub(crate) fn as_str(&self) -> &str {
        &self.text
    }

    /// The text with what was caught.
    ///
    /// A path stays a path of this server: what was caught cannot give it a
    /// second slash or backslash at its start, by which it would name another
    /// host (RFC 3986 §4.2).
    pub(crate) fn fill(&self, captures: &Captures<'_>) -> Vec<u8> {
        let mut filled = Vec::with_capacity(self.text.len());
        for piece in &self.pieces {
            match piece {
                Piece::Literal(literal) => filled.extend_from_slice(literal),
                Piece::Captured(name) => {
                    let mut caught = captures.iter().filter(|(known, _)| known == name);
                    let mut value = caught.next().map_or(&b""[..], |(_, value)| value);
                    if filled == b"/" {
                        let is_slash = |b: &u8| matches!(b, b'/' | b'\\');
                        let slashes = value.iter().take_while(|b| is_slash(b)).count();
                        value = &value[slashes..];
                    }
                    filled.extend_from_slice(value);
                }
            }
        }
        filled
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn filled(pattern: &str, template: &str, path: &str) -> String {
        let pattern = Pattern::parse(pattern).unwrap();
        let template = Template::parse(template, &pattern).unwrap();
        let captures = pattern.captures(path.as_bytes()).unwrap();
        String::from_utf8(template.fill(&captures)).unwrap()
    }

    #[test]
    fn what_was_caught_is_put_in() {
        for (pattern, template, path, expected) in [
            ("/a", "/b", "/a", "/b"),
            ("/a/{id}/*", "/b/{*}?id={id}", "/a/7/x/y", "/b/x/y?id=7"),
            ("/{a}_{b}", "/{b}{a}{b}", "/1_2", "/212"),
            (
                "/*",
                "https://else.test/{*}",
                "/a/b",
                "https://else.test/a/b",
            ),
            ("/a/*", "", "/a/b", ""),
        ] {
            assert_eq!(filled(pattern, template, path), expected);
        }
    }

    #[test]
    fn a_path_never_becomes_another_host() {
        for path in ["/a//evil.test", "/a/\\evil.test", "/a/\\/\\/evil.test"] {
            assert_eq!(filled("/a/*", "/{*}", path), "/evil.test");
        }
    }

    #[test]
    fn mistakes_have_a_place() {
        let pattern = Pattern::parse("/{id}/*").unwrap();
        for (text, at, says) in [
            ("/a/{name}", 3, "it catches {id}, {*}"),
            ("/a}", 2, "not opened"),
            ("/a{", 2, "name in braces"),
        ] {
            let error = Template::parse(text, &pattern).unwrap_err();
            assert_eq!(error.at, at, "{text}");
            assert!(error.message.contains(says), "{error}");
        }
        let none = Template::parse("/{a}", &Pattern::parse("/a").unwrap());
        assert!(none.unwrap_err().message.contains("catches nothing"));
    }
}
