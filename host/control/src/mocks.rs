//! Mocks: `/servers/{server}/mocks`, and what answers where there is none.

use std::fmt;

use host_mock::{Answer as Scripted, Limits, Mock};
use serde::de::{self, SeqAccess, Visitor};
use serde::{Deserialize, Deserializer, Serialize};

use crate::answer::{Answer, done};
use crate::problem::Problem;
use crate::routes::Asked;

#[derive(Serialize)]
struct Added {
    id: u64,
}

pub(crate) async fn list(asked: Asked<'_>) -> Result<Answer, Problem> {
    Answer::json(200, &asked.server()?.mocks.list())
}

/// Adds one, or all of an array.
pub(crate) async fn add(asked: Asked<'_>) -> Result<Answer, Problem> {
    let mocks = &asked.server()?.mocks;
    let is_array = asked.body.trim_ascii_start().starts_with(b"[");
    let wanted: Vec<Mock> = match is_array {
        true => asked.array::<Several>()?.0,
        false => vec![asked.json()?],
    };
    let added = mocks.add_all(wanted);
    let added = added.map_err(|full| Problem::conflict(full.to_string()))?;
    let added: Vec<Added> = added.map(|id| Added { id }).collect();
    match &*added {
        [one] if !is_array => Answer::json(201, one),
        all => Answer::json(201, &all),
    }
}

pub(crate) async fn clear(asked: Asked<'_>) -> Result<Answer, Problem> {
    asked.server()?.mocks.clear();
    Ok(done())
}

pub(crate) async fn get(asked: Asked<'_>) -> Result<Answer, Problem> {
    let id = asked.number("mock")?;
    match asked.server()?.mocks.mock(id) {
        Some(mock) => Answer::json(200, &mock),
        None => Err(missing(id)),
    }
}

pub(crate) async fn remove(asked: Asked<'_>) -> Result<Answer, Problem> {
    let id = asked.number("mock")?;
    match asked.server()?.mocks.remove(id) {
        true => Ok(done()),
        false => Err(missing(id)),
    }
}

pub(crate) async fn set_unmatched(asked: Asked<'_>) -> Result<Answer, Problem> {
    let server = asked.server()?;
    let answer: Scripted = asked.json()?;
    server.mocks.set_unmatched(Some(answer));
    Ok(done())
}

pub(crate) async fn clear_unmatched(asked: Asked<'_>) -> Result<Answer, Problem> {
    asked.server()?.mocks.set_unmatched(None);
    Ok(done())
}

fn missing(id: u64) -> Problem {
    Problem::missing(format!("there is no mock {id}"))
}

/// Mocks in an array, no more of them than a server has.
pub(crate) struct Several(pub(crate) Vec<Mock>);

impl<'de> Deserialize<'de> for Several {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Array;

        impl<'de> Visitor<'de> for Array {
            type Value = Several;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("mocks")
            }

            fn visit_seq<A: SeqAccess<'de>>(self, mut array: A) -> Result<Several, A::Error> {
                let most = Limits::default().mocks;
                let mut mocks = Vec::new();
                while let Some(mock) = array.next_element()? {
                    if mocks.len() == most {
                        return Err(de::Error::custom(format!("{most} mocks at most")));
                    }
                    mocks.push(mock);
                }
                Ok(Several(mocks))
            }
        }

        deserializer.deserialize_seq(Array)
    }
}
