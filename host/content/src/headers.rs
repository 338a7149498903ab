//! `.headers` files: fields for the files beside them.
//!
//! For `a/b.html` they are those of `a/__dir__.headers` and then those of
//! `a/b.html.headers`. Where there is `….sub.headers`, its template is filled
//! and read instead. A line is `Name: value`.

use std::ffi::OsString;
use std::io::Read;
use std::path::{Path, PathBuf};

use bytes::Bytes;
use cap_std::fs::Dir;
use host_wire::Fields;

use crate::open::open_file;
use crate::refusal::Refusal;
use crate::template::TemplateError;

/// Bytes of one `.headers` file; a client takes no more in a head.
const MAX_SIZE: u64 = 64 * 1024;

/// Fills a template: its name, from the root of what is served, and its bytes.
pub(crate) type Fill<'a> = &'a dyn Fn(&Path, &[u8]) -> Result<Bytes, TemplateError>;

/// The fields for the file at `path`, in order, those of one name together, as
/// wptserve sends them.
pub(crate) fn load(dir: &Dir, path: &Path, fill: Fill<'_>) -> Result<Fields, Refusal> {
    let mut fields = Fields::new();
    read(dir, &path.with_file_name("__dir__"), fill, &mut fields)?;
    read(dir, path, fill, &mut fields)?;
    Ok(fields)
}

/// Adds the lines for one name to `fields`.
fn read(dir: &Dir, path: &Path, fill: Fill<'_>, fields: &mut Fields) -> Result<(), Refusal> {
    let name = with_end(path, ".sub.headers");
    if let Some(template) = contents(dir, &name)? {
        let filled = fill(&name, &template)?;
        return parse(&filled, &name, fields);
    }
    let name = with_end(path, ".headers");
    match contents(dir, &name)? {
        Some(text) => parse(&text, &name, fields),
        None => Ok(()),
    }
}

/// All of a file, if it is there.
fn contents(dir: &Dir, path: &Path) -> Result<Option<Bytes>, Refusal> {
    let file = match open_file(dir, path) {
        Ok((file, _)) => file,
        Err(Refusal::NotFound) => return Ok(None),
        Err(other) => return Err(other),
    };
    let mut text = Vec::new();
    file.take(MAX_SIZE + 1).read_to_end(&mut text)?;
    if text.len() as u64 > MAX_SIZE {
        return Err(Refusal::TooMuch("a .headers file is longer than 64 KiB"));
    }
    Ok(Some(text.into()))
}

/// Splits lines at CR, LF and CRLF, and each at its first colon; what is around
/// names and values and empty lines do not count.
fn parse(text: &Bytes, file: &Path, fields: &mut Fields) -> Result<(), Refusal> {
    for (line, number) in text.split(|b| *b == b'\n').zip(1..) {
        let line = line.strip_suffix(b"\r").unwrap_or(line);
        for line in line.split(|b| *b == b'\r').filter(|line| !line.is_empty()) {
            let Some(colon) = line.iter().position(|b| *b == b':') else {
                return Err(Refusal::Headers {
                    file: file.display().to_string(),
                    line: number,
                    problem: "a line is \"Name: value\", and this one has no colon",
                });
            };
            let part = |part| text.slice_ref(trim(part));
            fields.append_beside(part(&line[..colon]), part(&line[colon + 1..]));
        }
    }
    Ok(())
}

/// Python's `bytes.strip()`.
fn trim(mut text: &[u8]) -> &[u8] {
    let is_space = |b: &u8| matches!(b, b'\t'..=b'\r' | b' ');
    while let [first, rest @ ..] = text
        && is_space(first)
    {
        text = rest;
    }
    while let [rest @ .., last] = text
        && is_space(last)
    {
        text = rest;
    }
    text
}

fn with_end(path: &Path, end: &str) -> PathBuf {
    let mut name = OsString::from(path);
    name.push(end);
    name.into()
}

#[cfg(test)]
mod tests {
    use std::fs;

    use cap_std::ambient_authority;

    use super::*;

    /// A folder with these files.
    fn folder(files: &[(&str, &str)]) -> (tempfile::TempDir, Dir) {
        let temp = tempfile::tempdir().unwrap();
        for (name, text) in files {
            let path = temp.path().join(name);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, text).unwrap();
        }
        let dir = Dir::open_ambient_dir(temp.path(), ambient_authority()).unwrap();
        (temp, dir)
    }

    /// What is loaded for `d/f`, as one line each; templates are upper-cased.
    fn loaded(files: &[(&str, &str)]) -> Result<Vec<String>, String> {
        let (_temp, dir) = folder(files);
        let fill = |_: &Path, text: &[u8]| Ok(text.to_ascii_uppercase().into());
        let fields = load(&dir, Path::new("d/f"), &fill).map_err(|error| error.to_string())?;
        let shown = fields
            .iter()
            .map(|(name, value)| format!("{}={}", name.escape_ascii(), value.escape_ascii()));
        Ok(shown.collect())
    }

    #[test]
    fn the_folders_come_first_and_one_names_lines_together() {
        let files = [
            ("d/__dir__.headers", "X: 1\nY: 2\n"),
            ("d/f.headers", "x: 3\nZ: 4"),
            ("__dir__.headers", "Parent: no"),
            ("d/g.headers", "Other: no"),
        ];
        assert_eq!(loaded(&files).unwrap(), ["X=1", "X=3", "Y=2", "Z=4"]);
        assert!(loaded(&[]).unwrap().is_empty());
    }

    #[test]
    fn a_template_goes_before_the_plain_file() {
        let files = [
            ("d/f.headers", "plain: x"),
            ("d/f.sub.headers", "filled: x"),
            ("d/__dir__.sub.headers", "dir: x"),
        ];
        assert_eq!(loaded(&files).unwrap(), ["DIR=X", "FILLED=X"]);
    }

    #[test]
    fn lines_are_split_and_trimmed_as_python_does() {
        let text = "\r\n A :\t b: c \x0b\r\rB:\n\nC: \u{e9}\n:D\n";
        assert_eq!(
            loaded(&[("d/f.headers", text)]).unwrap(),
            ["A=b: c", "B=", "C=\\xc3\\xa9", "=D"]
        );
    }

    #[test]
    fn a_line_without_a_colon_is_told_with_its_place() {
        for (text, line) in [("A: b\n\nno colon\n", 3), ("A: b\r\n  \r\nB: c", 2)] {
            let error = loaded(&[("d/f.headers", text)]).unwrap_err();
            assert!(
                error.starts_with(&format!("d/f.headers:{line}: ")),
                "{error}"
            );
        }
    }

    #[test]
    fn a_file_too_long_for_a_head_is_refused() {
        let text = "A: b\n".repeat(64 * 1024 / 5 + 1);
        let error = loaded(&[("d/f.headers", &text)]).unwrap_err();
        assert!(error.contains("64 KiB"), "{error}");
    }

    #[test]
    fn a_folder_of_that_name_is_no_headers_file() {
        let files = [("d/f.sub.headers/x", ""), ("d/f.headers", "A: b")];
        assert_eq!(loaded(&files).unwrap(), ["A=b"]);
    }
}
