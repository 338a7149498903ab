//! Header and trailer fields: an ordered list of byte pairs.

use std::borrow::Cow;
use std::cell::RefCell;
use std::time::{SystemTime, UNIX_EPOCH};

use bytes::Bytes;

/// A field: its name as it was on the wire, and its value.
pub type Field = (Bytes, Bytes);

/// Fields in the order of the wire, with duplicates, names as received.
///
/// Nothing is validated or normalised here (RFC 9110 §5): what may be sent is
/// decided by the operation that sends it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Fields(Vec<Field>);

impl Fields {
    /// No fields.
    pub const fn new() -> Self {
        Self(Vec::new())
    }

    /// No fields, with room for `n`.
    pub fn with_capacity(n: usize) -> Self {
        Self(Vec::with_capacity(n))
    }

    /// The number of field lines.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The field lines in order.
    pub fn iter(&self) -> std::slice::Iter<'_, Field> {
        self.0.iter()
    }

    /// The first value of `name`, compared without case (RFC 9110 §5.1).
    pub fn get(&self, name: &str) -> Option<&Bytes> {
        self.0
            .iter()
            .find(|(n, _)| n.eq_ignore_ascii_case(name.as_bytes()))
            .map(|(_, value)| value)
    }

    /// Every value of `name`, in order.
    pub fn get_all(&self, name: &str) -> impl Iterator<Item = &Bytes> {
        self.0
            .iter()
            .filter(move |(n, _)| n.eq_ignore_ascii_case(name.as_bytes()))
            .map(|(_, value)| value)
    }

    /// Every value of `name`, joined by `, ` (RFC 9110 §5.3), and by `; ` for
    /// cookies (RFC 9113 §8.2.3).
    pub fn joined(&self, name: &str) -> Option<Cow<'_, [u8]>> {
        let separator: &[u8] = match name.eq_ignore_ascii_case("cookie") {
            true => b"; ",
            false => b", ",
        };
        let mut values = self.get_all(name);
        let mut joined = Cow::Borrowed(&**values.next()?);
        for value in values {
            let whole = joined.to_mut();
            whole.extend_from_slice(separator);
            whole.extend_from_slice(value);
        }
        Some(joined)
    }

    /// Whether a field of that name is there.
    pub fn contains(&self, name: &str) -> bool {
        self.get(name).is_some()
    }

    /// Whether the comma-separated list in `name` has `token`, compared
    /// without case (RFC 9110 §5.6.1), as in `Connection: close`.
    pub fn has_token(&self, name: &str, token: &str) -> bool {
        self.get_all(name).any(|value| {
            value
                .split(|b| *b == b',')
                .any(|item| item.trim_ascii().eq_ignore_ascii_case(token.as_bytes()))
        })
    }

    /// Adds a line at the end.
    pub fn append(&mut self, name: impl Into<Bytes>, value: impl Into<Bytes>) {
        self.0.push((name.into(), value.into()));
    }

    /// Adds a line behind those of its name, whose casing it takes over; at the
    /// end if there are none.
    pub fn append_beside(&mut self, name: impl Into<Bytes>, value: impl Into<Bytes>) {
        let (name, value) = (name.into(), value.into());
        let same = |(other, _): &Field| other.eq_ignore_ascii_case(&name);
        match self.0.iter().rposition(same) {
            Some(at) => {
                let name = self.0[at].0.clone();
                self.0.insert(at + 1, (name, value));
            }
            None => self.0.push((name, value)),
        }
    }

    /// Replaces every line of `name` by one, at the place of the first, with
    /// the casing given now.
    pub fn set(&mut self, name: impl Into<Bytes>, value: impl Into<Bytes>) {
        let (name, value) = (name.into(), value.into());
        let Some(at) = self.position(&name) else {
            return self.0.push((name, value));
        };
        let mut kept = 0;
        self.0.retain(|(n, _)| {
            let keep = kept == at || !n.eq_ignore_ascii_case(&name);
            kept += 1;
            keep
        });
        self.0[at] = (name, value);
    }

    /// Removes every line of `name`; says whether there was one.
    pub fn remove(&mut self, name: &[u8]) -> bool {
        let before = self.0.len();
        self.0.retain(|(n, _)| !n.eq_ignore_ascii_case(name));
        self.0.len() < before
    }

    /// Appends `Server` and `Date` (RFC 9110 §6.6.1, §10.2.4) unless they are
    /// there already.
    pub fn add_server_and_date(&mut self) {
        if !self.contains("server") {
            self.append("Server", "host");
        }
        if !self.contains("date") {
            self.append("Date", date());
        }
    }

    fn position(&self, name: &[u8]) -> Option<usize> {
        self.0
            .iter()
            .position(|(n, _)| n.eq_ignore_ascii_case(name))
    }
}

/// The time as a field value (RFC 9110 §5.6.7), made once a second: it is in
/// nearly every answer.
fn date() -> Bytes {
    thread_local! {
        static LAST: RefCell<(u64, Bytes)> = const { RefCell::new((0, Bytes::new())) };
    }
    let now = SystemTime::now();
    let second = now
        .duration_since(UNIX_EPOCH)
        .map_or(0, |now| now.as_secs());
    LAST.with_borrow_mut(|(last, value)| {
        if *last != second || value.is_empty() {
            *last = second;
            *value = httpdate::fmt_http_date(now).into();
        }
        value.clone()
    })
}

impl From<Vec<Field>> for Fields {
    fn from(lines: Vec<Field>) -> Self {
        Self(lines)
    }
}

impl FromIterator<Field> for Fields {
    fn from_iter<I: IntoIterator<Item = Field>>(lines: I) -> Self {
        Self(lines.into_iter().collect())
    }
}

impl IntoIterator for Fields {
    type Item = Field;
    type IntoIter = std::vec::IntoIter<Field>;
    fn into_iter(self) -> Self::IntoIter {
        self.0.into_iter()
    }
}

impl<'a> IntoIterator for &'a Fields {
    type Item = &'a Field;
    type IntoIter = std::slice::Iter<'a, Field>;
    fn into_iter(self) -> Self::IntoIter {
        self.0.iter()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fields(lines: &[(&'static str, &'static str)]) -> Fields {
        lines
            .iter()
            .map(|(n, v)| (Bytes::from(*n), Bytes::from(*v)))
            .collect()
    }

    #[test]
    fn set_keeps_the_place_and_drops_the_other_lines() {
        let mut f = fields(&[("A", "1"), ("X-Y", "2"), ("B", "3"), ("x-y", "4")]);
        f.set("x-Y", "5");
        assert_eq!(f, fields(&[("A", "1"), ("x-Y", "5"), ("B", "3")]));
        f.set("new", "6");
        assert_eq!(f.get("NEW").unwrap(), "6");
    }

    #[test]
    fn lines_of_one_name_can_be_kept_together() {
        let mut f = fields(&[("X-Y", "1"), ("B", "2")]);
        f.append_beside("x-y", "3");
        f.append_beside("C", "4");
        let together = [("X-Y", "1"), ("X-Y", "3"), ("B", "2"), ("C", "4")];
        assert_eq!(f, fields(&together));
    }

    #[test]
    fn tokens_are_found_in_any_line_and_any_case() {
        let f = fields(&[("Connection", "foo"), ("connection", "bar , CLOSE")]);
        assert!(f.has_token("connection", "close"));
        assert!(!f.has_token("connection", "clos"));
    }
}
