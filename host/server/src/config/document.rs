//! A file as values that know their places, whether it is TOML or JSON.

use std::ops::Range;

use toml::Spanned;
use toml::de::{DeTable, DeValue};

/// A value and where it is, in bytes.
#[derive(Debug)]
pub(super) struct Placed<T> {
    pub(super) value: T,
    pub(super) span: Range<usize>,
}

/// A value.
#[derive(Debug)]
pub(super) enum Value {
    Text(String),
    /// A number, written in decimal digits.
    Integer(String),
    Flag(bool),
    /// JSON's `null`: a key that says nothing.
    Null,
    List(Vec<Placed<Value>>),
    Table(Entries),
    /// What no key takes, such as a date, by the name of its kind.
    Other(&'static str),
}

/// The keys of a table with their values, in the order of the file.
pub(super) type Entries = Vec<(Placed<String>, Placed<Value>)>;

/// A mistake in the file's form.
#[derive(Debug)]
pub(super) struct Mistake {
    pub(super) span: Option<Range<usize>>,
    pub(super) message: String,
}

/// The table that a TOML file is.
pub(super) fn toml(text: &str) -> Result<Entries, Vec<Mistake>> {
    let (table, errors) = DeTable::parse_recoverable(text);
    if errors.is_empty() {
        return Ok(toml_table(table.into_inner()));
    }
    let mistakes = errors.into_iter().map(|error| Mistake {
        span: error.span(),
        message: error.message().to_owned(),
    });
    Err(mistakes.collect())
}

fn toml_table(table: DeTable<'_>) -> Entries {
    let entries = table.into_iter().map(|(key, value)| {
        let key = Placed {
            span: key.span(),
            value: key.into_inner().into_owned(),
        };
        (key, toml_value(value))
    });
    let mut entries: Entries = entries.collect();
    entries.sort_by_key(|(key, _)| key.span.start);
    entries
}

fn toml_value(value: Spanned<DeValue<'_>>) -> Placed<Value> {
    let span = value.span();
    let value = match value.into_inner() {
        DeValue::String(text) => Value::Text(text.into_owned()),
        DeValue::Integer(number) if number.radix() == 10 => {
            Value::Integer(number.as_str().to_owned())
        }
        DeValue::Boolean(flag) => Value::Flag(flag),
        DeValue::Array(values) => Value::List(values.into_iter().map(toml_value).collect()),
        DeValue::Table(table) => Value::Table(toml_table(table)),
        other => Value::Other(other.type_str()),
    };
    Placed { value, span }
}

/// The table that a JSON file is (RFC 8259). serde_json says whether it is
/// JSON, and what each text means; here is only found where everything is.
pub(super) fn json(text: &str) -> Result<Entries, Vec<Mistake>> {
    let value: serde_json::Value =
        serde_json::from_str(text).map_err(|error| vec![no_json(text, &error)])?;
    if !value.is_object() {
        return Err(vec![Mistake {
            span: None,
            message: "expected an object, as in {\"doc_root\": \".\"}".to_owned(),
        }]);
    }
    let mut places = Places {
        text,
        at: 0,
        mistakes: Vec::new(),
    };
    match places.value() {
        Some(Placed {
            value: Value::Table(entries),
            ..
        }) if places.mistakes.is_empty() => Ok(entries),
        _ => Err(places.mistakes),
    }
}

fn no_json(text: &str, error: &serde_json::Error) -> Mistake {
    let line = text
        .split_inclusive('\n')
        .take(error.line().saturating_sub(1));
    let start: usize = line.map(str::len).sum();
    let mut at = (start + error.column().saturating_sub(1)).min(text.len());
    while !text.is_char_boundary(at) {
        at -= 1;
    }
    let message = error.to_string();
    let place = format!(" at line {} column {}", error.line(), error.column());
    let reason = message.strip_suffix(&place).unwrap_or(&message);
    Mistake {
        span: Some(at..at),
        message: format!("this is no JSON: {reason}"),
    }
}

/// Goes through a text that is known to be JSON, and not deep.
struct Places<'a> {
    text: &'a str,
    at: usize,
    mistakes: Vec<Mistake>,
}

impl Places<'_> {
    fn value(&mut self) -> Option<Placed<Value>> {
        let next = self.peek()?;
        let start = self.at;
        let value = match next {
            b'{' => Value::Table(self.object()?),
            b'[' => Value::List(self.array()?),
            _ => self.scalar()?,
        };
        let span = start..self.at;
        Some(Placed { value, span })
    }

    fn object(&mut self) -> Option<Entries> {
        let mut entries = Entries::new();
        self.at += 1;
        while self.peek()? != b'}' {
            let start = self.at;
            let Value::Text(name) = self.scalar()? else {
                return None;
            };
            let span = start..self.at;
            self.skip(b':')?;
            let value = self.value()?;
            self.skip(b',');
            // Readers of JSON disagree which of the two counts.
            if entries.iter().any(|(other, _)| other.value == name) {
                let message = format!("a second \"{name}\"");
                let span = Some(span);
                self.mistakes.push(Mistake { span, message });
            } else {
                entries.push((Placed { value: name, span }, value));
            }
        }
        self.at += 1;
        Some(entries)
    }

    fn array(&mut self) -> Option<Vec<Placed<Value>>> {
        let mut values = Vec::new();
        self.at += 1;
        while self.peek()? != b']' {
            values.push(self.value()?);
            self.skip(b',');
        }
        self.at += 1;
        Some(values)
    }

    /// A text, a number or a word, as serde_json reads it.
    fn scalar(&mut self) -> Option<Value> {
        let rest = self.text.get(self.at..)?;
        let mut values = serde_json::Deserializer::from_str(rest).into_iter();
        let value = values.next()?.ok()?;
        let length = values.byte_offset();
        self.at += length;
        Some(match value {
            serde_json::Value::String(text) => Value::Text(text),
            serde_json::Value::Bool(flag) => Value::Flag(flag),
            serde_json::Value::Null => Value::Null,
            _ if rest[..length].contains(['.', 'e', 'E']) => Value::Other("float"),
            _ => Value::Integer(rest[..length].to_owned()),
        })
    }

    /// The next byte that is no white space.
    fn peek(&mut self) -> Option<u8> {
        let rest = self.text.as_bytes().get(self.at..)?;
        let blank = |byte: &u8| matches!(byte, b' ' | b'\t' | b'\r' | b'\n');
        self.at += rest.iter().position(|byte| !blank(byte))?;
        self.text.as_bytes().get(self.at).copied()
    }

    fn skip(&mut self, byte: u8) -> Option<()> {
        (self.peek()? == byte).then(|| self.at += 1)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn shown(value: &Value, text: &str) -> serde_json::Value {
        match value {
            Value::Text(text) => serde_json::json!(text),
            Value::Flag(flag) => serde_json::json!(flag),
            Value::Null => serde_json::Value::Null,
            Value::Integer(number) => serde_json::from_str(number).unwrap(),
            Value::List(values) => values
                .iter()
                .map(|value| at_its_place(value, text))
                .collect(),
            Value::Table(entries) => {
                let entries = entries.iter().map(|(key, value)| {
                    let name: String = serde_json::from_str(&text[key.span.clone()]).unwrap();
                    assert_eq!(name, key.value);
                    (name, at_its_place(value, text))
                });
                serde_json::Value::Object(entries.collect())
            }
            Value::Other(kind) => panic!("{kind}"),
        }
    }

    /// What stands at a value's place is the value.
    fn at_its_place(value: &Placed<Value>, text: &str) -> serde_json::Value {
        let there: serde_json::Value = serde_json::from_str(&text[value.span.clone()]).unwrap();
        assert_eq!(there, shown(&value.value, text));
        there
    }

    fn any_json() -> impl Strategy<Value = serde_json::Value> {
        let leaf = prop_oneof![
            Just(serde_json::Value::Null),
            any::<bool>().prop_map(Into::into),
            any::<i64>().prop_map(Into::into),
            any::<String>().prop_map(Into::into),
        ];
        leaf.prop_recursive(4, 32, 4, |inner| {
            prop_oneof![
                prop::collection::vec(inner.clone(), 0..4).prop_map(Into::into),
                prop::collection::btree_map(any::<String>(), inner, 0..4)
                    .prop_map(|map| serde_json::Value::Object(map.into_iter().collect())),
            ]
        })
    }

    proptest! {
        #[test]
        fn every_value_is_found_where_it_is(value in any_json(), pretty: bool) {
            let value = serde_json::json!({ "root": value });
            let text = if pretty {
                serde_json::to_string_pretty(&value).unwrap()
            } else {
                value.to_string()
            };
            let entries = json(&text).unwrap();
            prop_assert_eq!(shown(&Value::Table(entries), &text), value);
        }

        #[test]
        fn no_text_is_too_strange(text in "[\\[\\]{}:,\"a1.e \n\\\\-]{0,40}") {
            let _ = json(&text);
            let _ = toml(&text);
        }
    }
}
