//! A JSON object that is written as it is put together.

use std::time::SystemTime;

use serde::Serialize;
use time::OffsetDateTime;
use time::macros::format_description;

/// An object at the end of some text, on a line of its own.
pub(super) struct Object<'a> {
    out: &'a mut Vec<u8>,
    /// Some text in it is escaped.
    escaped: bool,
}

impl<'a> Object<'a> {
    pub(super) fn begin(out: &'a mut Vec<u8>) -> Self {
        out.push(b'{');
        Self {
            out,
            escaped: false,
        }
    }

    pub(super) fn end(mut self) {
        if self.escaped {
            self.put("escaped", true);
        }
        self.out.extend_from_slice(b"}\n");
    }

    /// A member's name, which needs no escapes. Its value is to follow.
    pub(super) fn name(&mut self, name: &str) {
        self.separate();
        self.plain(name.as_bytes());
        self.out.push(b':');
    }

    /// A value, of a member or in an array.
    pub(super) fn value(&mut self, value: impl Serialize) {
        self.separate();
        // Memory takes everything, and numbers and text are always JSON.
        let _ = serde_json::to_writer(&mut *self.out, &value);
    }

    /// A value: bytes as text; see [`json`](super::json).
    pub(super) fn text(&mut self, bytes: &[u8]) {
        let is_plain = |b: &u8| matches!(b, b' '..=b'~') & !matches!(b, b'\\' | b'"');
        if bytes.iter().all(is_plain) {
            self.separate();
            return self.plain(bytes);
        }
        match std::str::from_utf8(bytes) {
            Ok(text) if !text.chars().any(|c| c.is_control() || c == '\\') => self.value(text),
            _ => {
                self.escaped = true;
                self.value(format_args!("{}", bytes.escape_ascii()));
            }
        }
    }

    pub(super) fn array(&mut self, fill: impl FnOnce(&mut Self)) {
        self.separate();
        self.out.push(b'[');
        fill(self);
        self.out.push(b']');
    }

    pub(super) fn object(&mut self, fill: impl FnOnce(&mut Self)) {
        self.separate();
        self.out.push(b'{');
        fill(self);
        self.out.push(b'}');
    }

    pub(super) fn put(&mut self, name: &str, value: impl Serialize) {
        self.name(name);
        self.value(value);
    }

    pub(super) fn some(&mut self, name: &str, value: Option<impl Serialize>) {
        if let Some(value) = value {
            self.put(name, value);
        }
    }

    pub(super) fn bytes(&mut self, name: &str, bytes: &[u8]) {
        self.name(name);
        self.text(bytes);
    }

    /// RFC 3339 in UTC, microseconds.
    pub(super) fn time(&mut self, name: &str, time: SystemTime) {
        let form = format_description!(
            "\"[year]-[month]-[day]T[hour]:[minute]:[second].[subsecond digits:6]Z\""
        );
        self.name(name);
        // Every year that a clock may say has four digits.
        let _ = OffsetDateTime::from(time).format_into(&mut *self.out, form);
    }

    /// What is not the first of its kind has a comma before it.
    fn separate(&mut self) {
        if !matches!(self.out.last(), Some(b'{' | b'[' | b':')) {
            self.out.push(b',');
        }
    }

    /// Text that needs no escapes.
    fn plain(&mut self, text: &[u8]) {
        self.out.push(b'"');
        self.out.extend_from_slice(text);
        self.out.push(b'"');
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use serde_json::{Value, json};

    use super::*;

    fn object(fill: impl FnOnce(&mut Object<'_>)) -> Value {
        let mut line = b"before".to_vec();
        let mut object = Object::begin(&mut line);
        fill(&mut object);
        object.end();
        let line = line.strip_prefix(b"before").unwrap();
        assert_eq!(line.iter().position(|b| *b == b'\n'), Some(line.len() - 1));
        serde_json::from_slice(line).unwrap()
    }

    #[test]
    fn members_in_their_order() {
        let told = object(|o| {
            o.time(
                "time",
                SystemTime::UNIX_EPOCH + Duration::from_micros(1_000_050),
            );
            o.put("a", 1);
            o.some("b", None::<u32>);
            o.name("list");
            o.array(|list| {
                list.array(|_| {});
                list.value("[");
                list.text(b"{");
                list.object(|o| o.put("c:", true));
                list.value(2);
            });
            o.bytes("d", b"");
        });
        let wanted = json!({
            "time": "1970-01-01T00:00:01.000050Z", "a": 1,
            "list": [[], "[", "{", { "c:": true }, 2], "d": "",
        });
        assert_eq!(told.to_string(), wanted.to_string());
    }

    #[test]
    fn bytes_are_text_that_can_be_told_from_escapes() {
        for plain in ["", "a \"b\" 'c'", "größer", "~"] {
            let told = object(|o| o.bytes("a", plain.as_bytes()));
            assert_eq!(told, json!({ "a": plain }));
        }
        let escaped: [(&[u8], &str); 5] = [
            (b"\\", r"\\"),
            (b"tab\t", r"tab\t"),
            ("ö\u{7f}".as_bytes(), r"\xc3\xb6\x7f"),
            ("\u{85}".as_bytes(), r"\xc2\x85"),
            (b"\"\xff\0", r#"\"\xff\x00"#),
        ];
        for (bytes, wanted) in escaped {
            let told = object(|o| o.bytes("a", bytes));
            assert_eq!(told, json!({ "a": wanted, "escaped": true }));
        }
    }
}
