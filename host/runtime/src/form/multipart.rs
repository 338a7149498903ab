//! `multipart/form-data` (RFC 7578), read as Python's `cgi` does, whose leniency
//! wptserve's tests rely on: lines may end in LF alone, what is before the first
//! boundary does not count, and what is cut off ends where it ends.

use super::parameters::Parameters;
use super::{FIELDS, too_many};
use crate::bindings::request_types::FormPart;
use crate::bindings::types::{BodyError, Field};

/// Field lines of all parts together: each costs the host a hundred bytes, and
/// may be one byte long. Browsers send two for each part.
const LINES: usize = 4 * FIELDS;

/// The longest boundary that `cgi` takes (RFC 2046 §5.1.1 says 70).
const BOUNDARY: usize = 201;

/// The parts of a body in order.
pub(super) fn parse(boundary: &[u8], body: &[u8]) -> Result<Vec<FormPart>, BodyError> {
    let printable = boundary.iter().all(|b| matches!(b, b' '..=b'~'));
    if !printable || boundary.len() > BOUNDARY || matches!(boundary, [] | [.., b' ']) {
        let what = "Content-Type names no boundary, or one that is none (RFC 2046 §5.1.1)";
        return Err(BodyError::Malformed(what.into()));
    }
    let boundary = [b"--", boundary].concat();
    let mut reader = Reader { body, at: 0 };
    while reader
        .line()
        .is_some_and(|line| line.trim_ascii() != boundary)
    {}
    let mut parts = Vec::new();
    let mut lines = 0;
    while reader.at < body.len() {
        let headers = reader.headers();
        lines += headers.len();
        if parts.len() == FIELDS || lines > LINES {
            return Err(too_many());
        }
        let (value, is_last) = reader.content(&boundary);
        parts.push(part(headers, value));
        if is_last {
            break;
        }
    }
    Ok(parts)
}

fn part(headers: Vec<Field>, value: &[u8]) -> FormPart {
    let mut fields = headers.iter();
    let disposition = fields.find(|(name, _)| name.eq_ignore_ascii_case(b"content-disposition"));
    let disposition = disposition.map(|(_, value)| Parameters::of(value));
    let get = |name| disposition.as_ref().and_then(|found| found.get(name));
    FormPart {
        name: get("name").unwrap_or_default(),
        filename: get("filename"),
        value: value.to_vec(),
        headers,
    }
}

struct Reader<'a> {
    body: &'a [u8],
    at: usize,
}

impl<'a> Reader<'a> {
    /// The next line with its end; `None` at the end of the body.
    fn line(&mut self) -> Option<&'a [u8]> {
        let rest = &self.body[self.at..];
        let line = rest.split_inclusive(|b| *b == b'\n').next()?;
        self.at += line.len();
        Some(line)
    }

    /// The fields up to an empty line. A line without a colon is none, one that
    /// begins with white space goes on with the one before.
    fn headers(&mut self) -> Vec<Field> {
        let mut fields: Vec<Field> = Vec::new();
        while let Some(line) = self.line().filter(|line| !line.trim_ascii().is_empty()) {
            if let Some((_, value)) = fields.last_mut()
                && matches!(line, [b' ' | b'\t', ..])
            {
                value.extend_from_slice(b" ");
                value.extend_from_slice(line.trim_ascii());
            } else if let Some(colon) = line.iter().position(|b| *b == b':') {
                let (name, value) = (&line[..colon], &line[colon + 1..]);
                fields.push((name.trim_ascii().to_vec(), value.trim_ascii().to_vec()));
            }
        }
        fields
    }

    /// What is before the next boundary, without the line end that belongs to
    /// that, and whether it is the last one.
    fn content(&mut self, boundary: &[u8]) -> (&'a [u8], bool) {
        let from = self.at;
        let mut end = from;
        while let Some(line) = self.line() {
            if let Some(behind) = line.strip_prefix(boundary) {
                let behind = behind.trim_ascii_end();
                if behind.is_empty() || behind == b"--" {
                    return (without_line_end(&self.body[from..end]), !behind.is_empty());
                }
            }
            end = self.at;
        }
        (without_line_end(&self.body[from..end]), true)
    }
}

fn without_line_end(content: &[u8]) -> &[u8] {
    let content = content.strip_suffix(b"\n").unwrap_or(content);
    content.strip_suffix(b"\r").unwrap_or(content)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn pairs(body: &str) -> String {
        let parts = parse(b"X", body.as_bytes()).unwrap();
        let pairs = parts.into_iter().map(|part| {
            let file = part
                .filename
                .map(|name| format!("@{}", name.escape_ascii()));
            let (name, value) = (part.name.escape_ascii(), part.value.escape_ascii());
            format!("{name}{}={value}", file.unwrap_or_default())
        });
        pairs.collect::<Vec<_>>().join("|")
    }

    /// A part with this name and content.
    fn text(name: &str, content: &str) -> String {
        format!("--X\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{content}")
    }

    #[test]
    fn fields_and_files_have_their_names_and_bytes() {
        let file = "--X\r\ncontent-disposition: form-data; name=f;\r\n filename=\"\u{e9}.txt\"\r\n\
            Content-Type: text/plain\r\n\r\nline\r\n\r\n--X--\r\nepilogue";
        let body = text("n", "v\r\n") + file;
        assert_eq!(pairs(&body), r"n=v|f@\xc3\xa9.txt=line\r\n");
        let parts = parse(b"X", body.as_bytes()).unwrap();
        let kind = (b"Content-Type".to_vec(), b"text/plain".to_vec());
        assert_eq!(parts[1].headers[1], kind);
        assert_eq!(
            pairs("--X\nContent-Disposition: a; name=n; filename=\n\n--X--"),
            "n@="
        );
    }

    #[test]
    fn a_boundary_is_a_line_of_its_own() {
        let content = "--Y\r\n --X\r\n-- X\r\n--XX\r\n\r\n";
        let body = format!("preamble\r\n --X \r\n\r\n{content}\r\n--X  \r\n\r\nb");
        let escaped = content.escape_default().to_string();
        assert_eq!(pairs(&body), format!("={escaped}|=b"));
    }

    #[test]
    fn what_is_cut_off_ends_where_it_ends() {
        let whole = text("a", "1\r\n") + &text("b", "2\r\n") + "--X--\r\n";
        for (end, expected) in [
            (whole.len(), "a=1|b=2"),
            (whole.len() - 4, "a=1|b=2"),
            (whole.len() - 6, "a=1|b=2\\r\\n-"),
            (whole.len() - 7, "a=1|b=2"),
            (whole.len() - 10, "a=1|b="),
            (whole.find("name=\"b").unwrap(), "a=1|="),
            (whole.rfind("--X\r\nC").unwrap() + 5, "a=1"),
            (3, ""),
            (0, ""),
        ] {
            assert_eq!(pairs(&whole[..end]), expected, "{end}");
        }
        assert_eq!(pairs("no boundary\r\n--X--\r\n"), "");
    }

    #[test]
    fn a_boundary_that_is_none_is_malformed() {
        let long = "x".repeat(BOUNDARY + 1);
        for boundary in ["", "x ", "\u{e9}", "a\tb", &long] {
            let error = parse(boundary.as_bytes(), b"--x--").unwrap_err();
            assert!(matches!(error, BodyError::Malformed(_)), "{boundary}");
        }
    }

    proptest! {
        /// What browsers send comes back as it was, wherever it is cut off no
        /// field is made up.
        #[test]
        fn parts_come_back(
            values in prop::collection::vec("[ -,.-~\r\n]{0,12}", 0..4),
            cut in 0..200_usize,
        ) {
            let parts = values.iter().map(|value| text("n", value) + "\r\n");
            let body = parts.collect::<String>() + "--X--\r\n";
            let found = parse(b"X", body.as_bytes()).unwrap();
            let found: Vec<_> = found.into_iter().map(|part| part.value).collect();
            let sent: Vec<_> = values.iter().map(|value| value.as_bytes()).collect();
            prop_assert_eq!(&found, &sent);

            let cut = &body.as_bytes()[..cut.min(body.len())];
            prop_assert!(parse(b"X", cut).unwrap().len() <= values.len());
        }

        #[test]
        fn any_bytes_are_some_form(
            body in "(--X|--|X|\r|\n|:|;|=|\"|\\\\| |name|Content-Disposition){0,40}",
        ) {
            let parts = parse(b"X", body.as_bytes()).unwrap();
            let taken: usize = parts.iter().map(|part| part.value.len()).sum();
            prop_assert!(taken <= body.len());
        }
    }

    #[test]
    fn parts_and_their_fields_are_bounded() {
        let parts = "--X\n\n".repeat(FIELDS + 1);
        let fields = format!("--X\n{}", ":\n".repeat(LINES + 1));
        for body in [parts, fields] {
            let error = parse(b"X", body.as_bytes()).unwrap_err();
            assert!(matches!(error, BodyError::Malformed(_)));
        }
    }
}
