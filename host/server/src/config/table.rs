//! Reads tables so that every mistake is found and has its place.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::fmt;
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::str::FromStr;

use super::document::{self, Entries, Placed, Value};
use super::{ConfigError, Problem};
use crate::routes::BadPattern;

/// Keys further apart than this are no misspelling of one another
/// (Jaro-Winkler similarity, 1 being the same).
const SIMILAR: f64 = 0.8;

/// One file being read, with the mistakes found so far.
pub(super) struct Reader<'a> {
    file: &'a Path,
    text: &'a str,
    problems: RefCell<Vec<Problem>>,
}

impl<'a> Reader<'a> {
    pub(super) fn new(file: &'a Path, text: &'a str) -> Self {
        Self {
            file,
            text,
            problems: RefCell::default(),
        }
    }

    /// The whole file as a table; an empty one where it is no TOML, or, if its
    /// name says so, no JSON.
    pub(super) fn root(&self) -> Table<'a, '_> {
        let parsed = if is_json(self.file) {
            document::json(self.text)
        } else {
            document::toml(self.text)
        };
        let entries = parsed.unwrap_or_else(|mistakes| {
            for mistake in mistakes {
                self.report(mistake.span, mistake.message);
            }
            Entries::new()
        });
        Table::new(self, String::new(), 0..0, entries)
    }

    /// Notes a mistake at a place of the file.
    pub(super) fn report(&self, at: Option<Range<usize>>, message: String) {
        let before = self.text.get(..at.map_or(0, |at| at.start)).unwrap_or("");
        let line_start = before.rfind('\n').map_or(0, |newline| newline + 1);
        self.problems.borrow_mut().push(Problem {
            line: before.matches('\n').count() + 1,
            column: before[line_start..].chars().count() + 1,
            message,
        });
    }

    /// `value`, unless there were mistakes.
    pub(super) fn finish<T>(self, value: T) -> Result<T, ConfigError> {
        let mut problems = self.problems.into_inner();
        if problems.is_empty() {
            return Ok(value);
        }
        problems.sort_by_key(|problem| (problem.line, problem.column));
        Err(ConfigError::Problems {
            file: self.file.to_owned(),
            problems,
        })
    }
}

/// Whether a file's name says that it holds JSON, and with it wptserve's keys.
pub(super) fn is_json(file: &Path) -> bool {
    let extension = file.extension();
    extension.is_some_and(|extension| extension.eq_ignore_ascii_case("json"))
}

/// A table whose keys are taken one by one; those left over are unknown.
pub(super) struct Table<'a, 'r> {
    reader: &'r Reader<'a>,
    name: String,
    span: Range<usize>,
    entries: Entries,
    asked: Vec<&'static str>,
}

/// A value with its key, for messages about it.
pub(super) struct Entry<'a, 'r> {
    reader: &'r Reader<'a>,
    name: String,
    value: Placed<Value>,
}

impl<'a, 'r> Table<'a, 'r> {
    fn new(reader: &'r Reader<'a>, name: String, span: Range<usize>, entries: Entries) -> Self {
        Self {
            reader,
            name,
            span,
            entries,
            asked: Vec::new(),
        }
    }

    /// Where the table is.
    pub(super) fn span(&self) -> Range<usize> {
        self.span.clone()
    }

    /// Gives a key another name, if it is there; where the other is there, too,
    /// it says where the old one is.
    pub(super) fn rename(
        &mut self,
        old: &'static str,
        new: &str,
    ) -> Option<Result<(), Range<usize>>> {
        let find = |name: &str| self.entries.iter().position(|(key, _)| key.value == name);
        let (at, other) = (find(old)?, find(new));
        if other.is_some() {
            return Some(Err(self.entries.remove(at).0.span));
        }
        new.clone_into(&mut self.entries[at].0.value);
        Some(Ok(()))
    }

    /// Whether a key is there that was not taken.
    pub(super) fn has(&self, key: &str) -> bool {
        self.entries.iter().any(|(name, _)| name.value == key)
    }

    /// Takes a key, if it is there.
    pub(super) fn take(&mut self, key: &'static str) -> Option<Entry<'a, 'r>> {
        self.asked.push(key);
        let at = self
            .entries
            .iter()
            .position(|(name, _)| name.value == key)?;
        let (_, value) = self.entries.remove(at);
        if matches!(value.value, Value::Null) {
            return None;
        }
        Some(Entry {
            reader: self.reader,
            name: self.name_of(key),
            value,
        })
    }

    /// Takes a key and reads it, if it is there.
    pub(super) fn read<T>(
        &mut self,
        key: &'static str,
        read: impl FnOnce(Entry<'a, 'r>) -> Option<T>,
    ) -> Option<T> {
        self.take(key).and_then(read)
    }

    /// As [`Self::read`]; that the key is missing is a mistake.
    pub(super) fn need<T>(
        &mut self,
        key: &'static str,
        read: impl FnOnce(Entry<'a, 'r>) -> Option<T>,
    ) -> Option<T> {
        let entry = self.take(key);
        if entry.is_none() {
            let message = format!("\"{}\" is missing", self.name_of(key));
            self.reader.report(Some(self.span.clone()), message);
        }
        entry.and_then(read)
    }

    /// Every key with its value, whatever the keys.
    pub(super) fn into_strings(self) -> BTreeMap<String, String> {
        self.into_entries(|_, entry| entry.string())
    }

    /// Every key with its value, both of which `check` accepts.
    pub(super) fn into_checked(
        self,
        check: impl Fn(&str, &str) -> Result<(), String>,
    ) -> BTreeMap<String, String> {
        self.into_entries(|key, entry| entry.checked(|value| check(key, value)))
    }

    /// Every key with its value as `read` takes it, whatever the keys.
    pub(super) fn into_entries<T>(
        self,
        mut read: impl FnMut(&str, Entry<'a, 'r>) -> Option<T>,
    ) -> BTreeMap<String, T> {
        let (reader, name) = (self.reader, self.name);
        let entries = self.entries.into_iter().filter_map(|(key, value)| {
            let key = key.value;
            let name = match name.as_str() {
                "" => key.clone(),
                name => format!("{name}.{key}"),
            };
            let entry = Entry {
                reader,
                name,
                value,
            };
            let value = read(&key, entry)?;
            Some((key, value))
        });
        entries.collect()
    }

    /// Reports the keys that nobody asked for.
    pub(super) fn finish(self) {
        for (key, _) in &self.entries {
            let name = &key.value;
            let similarity = |known: &&&str| strsim::jaro_winkler(name, known);
            let nearest = self
                .asked
                .iter()
                .filter(|known| similarity(known) >= SIMILAR)
                .max_by(|a, b| similarity(a).total_cmp(&similarity(b)));
            let hint = match nearest {
                Some(nearest) => format!("did you mean \"{nearest}\"?"),
                None => format!("known here: {}", self.asked.join(", ")),
            };
            let message = format!("unknown key \"{}\"; {hint}", self.name_of(name));
            self.reader.report(Some(key.span.clone()), message);
        }
    }

    fn name_of(&self, key: &str) -> String {
        match self.name.as_str() {
            "" => key.to_owned(),
            name => format!("{name}.{key}"),
        }
    }
}

impl<'a, 'r> Entry<'a, 'r> {
    /// Notes what is wrong with the value.
    pub(super) fn report(&self, message: &str) {
        let message = format!("\"{}\": {message}", self.name);
        self.reader.report(Some(self.value.span.clone()), message);
    }

    fn expected<T>(&self, what: &str) -> Option<T> {
        let found = match &self.value.value {
            Value::Text(text) => format!("{text:?}"),
            Value::Integer(number) => number.clone(),
            Value::Flag(value) => value.to_string(),
            Value::Null => "null".to_owned(),
            Value::Table(_) => "a table".to_owned(),
            Value::List(_) => "a list".to_owned(),
            Value::Other(kind) => format!("a {kind}"),
        };
        self.report(&format!("expected {what}, found {found}"));
        None
    }

    /// The value as a string.
    pub(super) fn string(self) -> Option<String> {
        self.checked(|_| Ok(()))
    }

    /// The value as a string that `check` accepts.
    pub(super) fn checked(self, check: impl Fn(&str) -> Result<(), String>) -> Option<String> {
        let Value::Text(text) = &self.value.value else {
            return self.expected("a string in quotes");
        };
        match check(text) {
            Ok(()) => Some(text.clone()),
            Err(message) => {
                self.report(&message);
                None
            }
        }
    }

    /// The value as what its text says.
    pub(super) fn parsed<T>(self) -> Option<T>
    where
        T: FromStr<Err: fmt::Display>,
    {
        let Value::Text(text) = &self.value.value else {
            return self.expected("a string in quotes");
        };
        let parsed = text.parse();
        parsed
            .map_err(|error: T::Err| self.report(&error.to_string()))
            .ok()
    }

    /// The value as what `parse` makes of a string; a mistake is reported at its
    /// place in the string.
    pub(super) fn placed<T>(self, parse: impl Fn(&str) -> Result<T, BadPattern>) -> Option<T> {
        let Value::Text(text) = &self.value.value else {
            return self.expected("a string in quotes");
        };
        let error = match parse(text) {
            Ok(value) => return Some(value),
            Err(error) => error,
        };
        let mut at = self.value.span.clone();
        // With escapes before it the place is not known: the string's is.
        let inside = self.reader.text.get(at.start + 1..).unwrap_or("");
        if text
            .get(..error.at)
            .is_some_and(|before| inside.starts_with(before))
        {
            at.start += 1 + error.at;
        }
        let message = format!("\"{}\": {error}, in {text:?}", self.name);
        self.reader.report(Some(at), message);
        None
    }

    /// The value as a list of strings that `check` accepts.
    pub(super) fn list(self, check: impl Fn(&str) -> Result<(), String>) -> Option<Vec<String>> {
        self.each(|entry| entry.checked(&check))
    }

    /// The value as a list of strings, each read by `read`.
    pub(super) fn each<T>(self, read: impl FnMut(Self) -> Option<T>) -> Option<Vec<T>> {
        self.list_of("a list of strings, as in [\"a\", \"b\"]", read)
    }

    /// The value as a list, `what`, of what `read` takes.
    pub(super) fn list_of<T>(
        self,
        what: &str,
        read: impl FnMut(Self) -> Option<T>,
    ) -> Option<Vec<T>> {
        if !matches!(self.value.value, Value::List(_)) {
            return self.expected(what);
        }
        Some(self.entries().filter_map(read).collect())
    }

    /// The value as a path; a relative one is meant from the file's folder.
    pub(super) fn path(self) -> Option<PathBuf> {
        let folder = self.reader.file.parent().unwrap_or(Path::new(""));
        Some(folder.join(self.string()?))
    }

    /// Whether the value is `true`.
    pub(super) fn is_true(&self) -> bool {
        matches!(self.value.value, Value::Flag(true))
    }

    /// The value as true or false.
    pub(super) fn flag(self) -> Option<bool> {
        match self.value.value {
            Value::Flag(flag) => Some(flag),
            _ => self.expected("true or false"),
        }
    }

    /// The value by a reader of text; numbers are given as they are written.
    pub(super) fn quantity<T>(
        self,
        what: &str,
        parse: impl FnOnce(&str) -> Option<T>,
    ) -> Option<T> {
        let parsed = match &self.value.value {
            Value::Text(text) | Value::Integer(text) => parse(text),
            _ => None,
        };
        parsed.or_else(|| self.expected(what))
    }

    /// The value as a table.
    pub(super) fn table(self) -> Option<Table<'a, 'r>> {
        match self.value.value {
            Value::Table(entries) => {
                Some(Table::new(self.reader, self.name, self.value.span, entries))
            }
            _ => self.expected("a table"),
        }
    }

    /// The value as a list of tables, `[[name]]`.
    pub(super) fn tables(self) -> Option<Vec<Table<'a, 'r>>> {
        let what = format!("a list of tables, as in [[{}]]", self.name);
        self.list_of(&what, Entry::table)
    }

    /// The entries of a list; none where it is something else.
    fn entries(self) -> impl Iterator<Item = Entry<'a, 'r>> {
        let (reader, name) = (self.reader, self.name);
        let values = match self.value.value {
            Value::List(values) => values,
            _ => Vec::new(),
        };
        values.into_iter().map(move |value| Entry {
            reader,
            name: name.clone(),
            value,
        })
    }
}
