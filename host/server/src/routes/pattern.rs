//! The paths that a route is for, in wptserve's language of patterns.
//!
//! | in a pattern | stands for |
//! |---|---|
//! | `{name}` | one character or more, but no `/`: as many as can be |
//! | `*`, once and behind every group | anything, to the end of the path |
//! | everything else | itself |
//!
//! A slash at the beginning is implied. Paths are compared as the client spelt
//! them, before anything is decoded. What stands behind the `*` belongs to what
//! the star catches: `/a/*.py` catches `x.py` of `/a/x.py`. There are no
//! escapes: a backslash is a backslash, but takes from what follows it any
//! special meaning.

use std::fmt;

use crate::router::percent_encode;

/// A pattern that was read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pattern {
    text: String,
    /// The path must begin with this: a slash at least.
    start: Vec<u8>,
    /// What follows, up to the `*`.
    middle: Vec<Part>,
    /// What follows the `*`, if there is one.
    star: Option<Vec<u8>>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Part {
    Literal(Vec<u8>),
    Group(String),
}

/// What the groups of a pattern caught, by name and in their order; the star's
/// name is `*`, and it is the last.
pub(crate) type Captures<'a> = Vec<(&'a str, &'a [u8])>;

/// The name of what the star catches.
pub(crate) const STAR: &str = "*";

/// A text that is no pattern. The user's fault.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct BadPattern {
    /// Where in the text: bytes from its beginning.
    pub at: usize,
    /// What is wrong there and what was expected.
    pub message: String,
}

impl BadPattern {
    pub(crate) fn new(at: usize, message: impl Into<String>) -> Self {
        let message = message.into();
        Self { at, message }
    }
}

impl Pattern {
    /// Reads a pattern.
    ///
    /// # Errors
    /// A group that is no name between braces, or behind the `*`; a second group
    /// of that name, a second `*`; characters that no client sends in a path.
    /// wptserve raises for all but the last, which it never finds.
    pub fn parse(text: &str) -> Result<Self, BadPattern> {
        let is_rooted = text.starts_with('/');
        let mut pattern = Self {
            text: if is_rooted {
                String::new()
            } else {
                "/".to_owned()
            } + text,
            start: if is_rooted { vec![] } else { vec![b'/'] },
            middle: Vec::new(),
            star: None,
        };
        let mut at = 0;
        while let Some(c) = text[at..].chars().next() {
            let bad = |message: &str| Err(BadPattern::new(at, message));
            let after_star = pattern.star.is_some();
            match c {
                '*' if after_star => return bad("a pattern has one * at most"),
                '*' => pattern.star = Some(Vec::new()),
                '{' if after_star => {
                    return bad("a group cannot follow the *, which takes all to the end");
                }
                '{' => {
                    let name = name_in_braces(text, at)?;
                    if pattern.names().any(|other| other == name) {
                        return bad(&format!("there is a group {{{name}}} already"));
                    }
                    pattern.middle.push(Part::Group(name.to_owned()));
                    at += "{}".len() + name.len();
                    continue;
                }
                '\\' => {
                    pattern.literal(b'\\');
                    at += 1;
                    if let Some(b'*' | b'{' | b'\\') = text.as_bytes().get(at) {
                        pattern.literal(text.as_bytes()[at]);
                        at += 1;
                    }
                    continue;
                }
                '?' | '#' => return bad(&format!("a path ends before {c:?}")),
                c if !c.is_ascii_graphic() => {
                    let sent = percent_encode(c.encode_utf8(&mut [0; 4]).as_bytes());
                    return bad(&format!("clients send {c:?} as {sent}: write that"));
                }
                c => pattern.literal(c as u8),
            }
            at += 1;
        }
        Ok(pattern)
    }

    fn literal(&mut self, byte: u8) {
        match (&mut self.star, self.middle.last_mut()) {
            (Some(end), _) => end.push(byte),
            (None, Some(Part::Literal(literal))) => literal.push(byte),
            (None, Some(Part::Group(_))) => self.middle.push(Part::Literal(vec![byte])),
            (None, None) => self.start.push(byte),
        }
    }

    /// The names of what it catches, in order.
    pub(crate) fn names(&self) -> impl Iterator<Item = &str> {
        let groups = self.middle.iter().filter_map(|part| match part {
            Part::Group(name) => Some(name.as_str()),
            Part::Literal(_) => None,
        });
        groups.chain(self.star.as_ref().map(|_| STAR))
    }

    /// What stands before the `*` where the pattern is nothing else, as the
    /// `/a/` of `/a/*`: a folder's paths. It has a slash at both ends.
    pub fn folder(&self) -> Option<&str> {
        let is_folder = self.middle.is_empty()
            && self.star.as_ref().is_some_and(Vec::is_empty)
            && self.start.ends_with(b"/");
        is_folder.then(|| self.beginning())?
    }

    /// The folder that its paths are in: that of [`Self::folder`], or the one of a
    /// pattern that is a single path.
    pub(crate) fn base(&self) -> Option<&str> {
        if self.middle.is_empty() && self.star.is_none() {
            let (folder, _) = self.beginning()?.rsplit_once('/')?;
            return self.beginning()?.get(..=folder.len());
        }
        self.folder()
    }

    /// What every path of it begins with: of a pattern only ASCII is read.
    fn beginning(&self) -> Option<&str> {
        std::str::from_utf8(&self.start).ok()
    }

    /// Whether it is for this path, which is not decoded and has no query.
    pub(crate) fn matches(&self, path: &[u8]) -> bool {
        self.captures(path).is_some()
    }

    /// What it catches of such a path; `None` if it is not for it. Takes time
    /// in proportion to the length of the path.
    pub(crate) fn captures<'a>(&'a self, path: &'a [u8]) -> Option<Captures<'a>> {
        let rest = path.strip_prefix(&self.start[..])?;
        let mut captures = Vec::new();
        let rest = if self.middle.is_empty() {
            rest
        } else {
            self.walk(rest, &mut captures)?
        };
        match &self.star {
            Some(end) if rest.ends_with(end) => captures.push((STAR, rest)),
            None if rest.is_empty() => {}
            _ => return None,
        }
        Some(captures)
    }

    /// Goes through the middle, each group as far as the rest allows, and gives
    /// what is left of the path.
    fn walk<'a>(&'a self, path: &'a [u8], captures: &mut Captures<'a>) -> Option<&'a [u8]> {
        let reaching = self.reaching(path);
        if !reaching[0][0] {
            return None;
        }
        let mut at = 0;
        for (part, next) in self.middle.iter().zip(&reaching[1..]) {
            match part {
                Part::Literal(literal) => at += literal.len(),
                Part::Group(name) => {
                    let segment = segment_end(path, at);
                    let end = (at + 1..=segment).rev().find(|end| next[*end])?;
                    captures.push((name, &path[at..end]));
                    at = end;
                }
            }
        }
        Some(&path[at..])
    }

    /// For each part of the middle, and for what follows them: the places of the
    /// path from which on the rest of the pattern fits. A regular expression
    /// would find that out by trying, which takes time without bound.
    fn reaching(&self, path: &[u8]) -> Vec<Vec<bool>> {
        let places = path.len() + 1;
        let last = match &self.star {
            None => (0..places).map(|at| at == path.len()).collect(),
            Some(end) => (0..places).map(|at| path[at..].ends_with(end)).collect(),
        };
        let mut reaching: Vec<Vec<bool>> = vec![last];
        for part in self.middle.iter().rev() {
            let next = &reaching[reaching.len() - 1];
            let mut fits = vec![false; places];
            match part {
                Part::Literal(literal) => {
                    for (at, fits) in fits.iter_mut().enumerate() {
                        let end = at + literal.len();
                        *fits = path[at..].starts_with(literal) && next[end];
                    }
                }
                Part::Group(_) => {
                    // Whether the rest fits somewhere further on in the segment.
                    let mut later = false;
                    for at in (0..path.len()).rev() {
                        later = path[at] != b'/' && (later || next[at + 1]);
                        fits[at] = later;
                    }
                }
            }
            reaching.push(fits);
        }
        reaching.reverse();
        reaching
    }
}

/// The name of `{name}`, which begins at `at`.
pub(super) fn name_in_braces(text: &str, at: usize) -> Result<&str, BadPattern> {
    const EXPECTED: &str = "expected a name in braces, as in {name}: a-z, A-Z, 0-9 and _";
    let inner = &text[at + 1..];
    let length = inner
        .find(|c: char| !c.is_ascii_alphanumeric() && c != '_')
        .unwrap_or(inner.len());
    let (name, rest) = inner.split_at(length);
    if rest.starts_with(':') {
        return Err(BadPattern::new(
            at + 1 + length,
            "groups have no types: write {name}",
        ));
    }
    if !rest.starts_with('}') || name.is_empty() {
        return Err(BadPattern::new(at, EXPECTED));
    }
    if name.starts_with(|c: char| c.is_ascii_digit()) {
        return Err(BadPattern::new(
            at + 1,
            "a name does not begin with a digit",
        ));
    }
    Ok(name)
}

/// Where the segment that begins at or before `at` ends.
fn segment_end(path: &[u8], at: usize) -> usize {
    let slash = path[at..].iter().position(|b| *b == b'/');
    slash.map_or(path.len(), |length| at + length)
}

impl fmt::Display for Pattern {
    /// The pattern as it was written, its first slash added.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::{Map, Value};

    use super::*;

    /// What `tests/python/route_vectors.py` wrote.
    const VECTORS: &str = include_str!("../../tests/vectors/routes.json");

    fn caught(pattern: &Pattern, path: &str) -> Option<Value> {
        let captures = pattern.captures(path.as_bytes())?;
        let text = |value: &[u8]| String::from_utf8(value.to_vec()).unwrap().into();
        let pairs = captures.iter();
        let pairs = pairs.map(|(name, value)| ((*name).to_owned(), text(value)));
        Some(Value::Object(pairs.collect::<Map<_, _>>()))
    }

    #[test]
    fn patterns_catch_what_wptserve_s_router_catches() {
        let vectors: Value = serde_json::from_str(VECTORS).unwrap();
        let (mut matched, mut refused) = (0, 0);
        for vector in vectors.as_array().unwrap() {
            let text = vector["pattern"].as_str().unwrap();
            let parsed = Pattern::parse(text);
            if vector["error"].is_string() {
                assert!(parsed.is_err(), "{vector}");
                refused += 1;
                continue;
            }
            let pattern = parsed.unwrap_or_else(|error| panic!("{vector}: {error}"));
            for (path, expected) in vector["paths"].as_object().unwrap() {
                let found = caught(&pattern, path).unwrap_or(Value::Null);
                assert_eq!(found, *expected, "{text} on {path}");
                matched += usize::from(!found.is_null());
            }
        }
        assert!(matched > 500 && refused > 20, "{matched}, {refused}");
    }

    #[test]
    fn mistakes_are_told_with_their_place() {
        for (text, at, says) in [
            ("/a/{", 3, "a name in braces"),
            ("/a/{}", 3, "a name in braces"),
            ("/{a-b}", 1, "a name in braces"),
            ("/{a:int}", 3, "no types"),
            ("/{1a}", 2, "digit"),
            ("/{a}/{a}", 5, "already"),
            ("/*/*", 3, "one *"),
            ("/*/{a}", 3, "cannot follow"),
            ("/a?b=1", 2, "before '?'"),
            ("/é/*", 1, "as %C3%A9"),
            ("/a b", 2, "as %20"),
        ] {
            let error = Pattern::parse(text).unwrap_err();
            assert_eq!(error.at, at, "{text}: {error}");
            assert!(error.message.contains(says), "{text}: {error}");
        }
    }

    #[test]
    fn a_folder_is_a_pattern_that_ends_in_a_star() {
        for (text, folder) in [
            ("/a/*", Some("/a/")),
            ("a/b/*", Some("/a/b/")),
            ("*", Some("/")),
            ("/a*", None),
            ("/{a}/*", None),
            ("/a/*.py", None),
            ("/a/", None),
        ] {
            assert_eq!(Pattern::parse(text).unwrap().folder(), folder, "{text}");
        }
    }

    #[test]
    fn many_groups_take_no_time_to_speak_of() {
        let text: String = (0..40).map(|n| format!("{{g{n}}}")).collect();
        let pattern = Pattern::parse(&format!("{text}/end")).unwrap();
        assert!(!pattern.matches("/a".repeat(20_000).as_bytes()));
        assert!(pattern.matches(format!("/{}/end", "a".repeat(40_000)).as_bytes()));
    }

    proptest! {
        /// The rules in the table above, tried out one by one.
        #[test]
        fn the_first_of_all_ways_to_fit_is_found(
            pattern in "/?((a|b|/|\\{x\\}|\\{y\\}b|\\{z\\}){0,5})(\\*(a|b|/){0,2})?",
            path in "/(a|b|/){0,8}",
        ) {
            let Ok(pattern) = Pattern::parse(&pattern) else { return Ok(()) };
            prop_assert_eq!(pattern.captures(path.as_bytes()), tried(&pattern, path.as_bytes()));
        }
    }

    fn tried<'a>(pattern: &'a Pattern, path: &'a [u8]) -> Option<Captures<'a>> {
        fn go<'a>(
            parts: &'a [Part],
            star: &Option<Vec<u8>>,
            path: &'a [u8],
        ) -> Option<Captures<'a>> {
            match parts.split_first() {
                Some((Part::Literal(literal), parts)) => {
                    go(parts, star, path.strip_prefix(&literal[..])?)
                }
                Some((Part::Group(name), parts)) => {
                    let ways = (1..=segment_end(path, 0)).rev();
                    let mut ways = ways.filter_map(|end| {
                        let mut captures = go(parts, star, &path[end..])?;
                        captures.insert(0, (name, &path[..end]));
                        Some(captures)
                    });
                    ways.next()
                }
                None => match star {
                    Some(end) => path.ends_with(end).then(|| vec![(STAR, path)]),
                    None => path.is_empty().then(Vec::new),
                },
            }
        }
        go(
            &pattern.middle,
            &pattern.star,
            path.strip_prefix(&pattern.start[..])?,
        )
    }
}
