//! What an expression can stand for while its keys and arguments are read.

use std::borrow::Cow;
use std::collections::BTreeMap;

use host_wire::query;

use super::Context;
use super::error::Reason;
use super::functions::{self, Function};
use super::hosts::Domains;
use super::location::Location;

/// A value, or something that values are taken from.
#[derive(Clone, Debug)]
pub(crate) enum Value<'a> {
    Text(Cow<'a, [u8]>),
    Domains(&'a Domains),
    Names(&'a BTreeMap<String, String>),
    Schemes(&'a BTreeMap<String, Vec<u16>>),
    Ports(&'a [u16]),
    Headers,
    Get,
    Location,
    Function(Function),
}

impl<'a> Value<'a> {
    /// What `name` stands for, in wptserve's order of look-up.
    pub(crate) fn of(name: &str, context: &'a Context) -> Option<Self> {
        if let Some(function) = Function::of(name) {
            return Some(Self::Function(function));
        }
        let facts = &*context.site.facts;
        Some(match name {
            "headers" => Self::Headers,
            "GET" => Self::Get,
            "hosts" | "all_domains" => Self::Domains(&facts.domains),
            "domains" => Self::Names(facts.domains.get("")?),
            "host" | "browser_host" => Self::text(facts.browser_host.as_bytes()),
            "ports" => Self::Schemes(&facts.ports),
            "not_domains" => Self::Domains(&facts.not_domains),
            "doc_root" => Self::text(facts.doc_root.as_os_str().as_encoded_bytes()),
            "location" => Self::Location,
            "url_base" => Self::text(facts.url_base.as_bytes()),
            more => Self::text(facts.more.get(more)?.as_bytes()),
        })
    }

    /// What is under `key`.
    pub(crate) fn index(&self, key: &str, context: &'a Context) -> Result<Self, Reason> {
        let missing = || Reason::NoEntry {
            name: self.name().to_owned(),
            key: key.to_owned(),
        };
        match self {
            Self::Domains(domains) => domains.get(key).map(Self::Names),
            Self::Names(names) => names.get(key).map(|name| Self::text(name.as_bytes())),
            Self::Schemes(schemes) => schemes.get(key).map(|ports| Self::Ports(ports)),
            Self::Ports(ports) => nth(ports, key).map(|port| Self::made(port.to_string())),
            Self::Headers => functions::header(key, &context.head).map(Self::Text),
            Self::Get => {
                let location = Location::of(&context.head);
                let mut pairs = query::pairs(location.query);
                let found = pairs.find(|(name, _)| name == key.as_bytes());
                Some(Self::made(found.unwrap_or_default().1))
            }
            Self::Location => Location::of(&context.head).part(key).map(Self::made),
            Self::Text(_) | Self::Function(_) => {
                return Err(Reason::NotIndexable(self.name().to_owned()));
            }
        }
        .ok_or_else(missing)
    }

    /// The value's text.
    pub(crate) fn into_text(self, expression: &[u8]) -> Result<Cow<'a, [u8]>, Reason> {
        let what = match self {
            Self::Text(text) => return Ok(text),
            Self::Function(_) => "a function",
            Self::Ports(_) => "a list",
            _ => "a table",
        };
        Err(Reason::NotText {
            name: String::from_utf8_lossy(expression).into_owned(),
            what,
        })
    }

    /// What an error calls it.
    pub(crate) fn name(&self) -> &'static str {
        match self {
            Self::Text(_) => "a text",
            Self::Domains(_) => "hosts",
            Self::Names(_) => "domains",
            Self::Schemes(_) => "ports",
            Self::Ports(_) => "the list of ports",
            Self::Headers => "headers",
            Self::Get => "GET",
            Self::Location => "location",
            Self::Function(function) => function.name(),
        }
    }

    pub(crate) fn text(text: &'a [u8]) -> Self {
        Self::Text(Cow::Borrowed(text))
    }

    pub(crate) fn made(text: impl Into<Vec<u8>>) -> Self {
        Self::Text(Cow::Owned(text.into()))
    }
}

/// The entry of that number, as Python counts: a negative one from the end.
fn nth(ports: &[u16], key: &str) -> Option<u16> {
    let n: i64 = key.trim().parse().ok()?;
    let length = i64::try_from(ports.len()).ok()?;
    let at = if n < 0 { n + length } else { n };
    ports.get(usize::try_from(at).ok()?).copied()
}
