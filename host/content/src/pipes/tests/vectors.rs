//! What wptserve makes of several hundred strings, schedules and templates, and
//! what we make of them. `tests/python/pipe_vectors.py` writes the vectors.
//!
//! Each difference is a row of docs/compat.md.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use super::super::parse::parse;
use super::*;
use crate::template::{Escape, substitute};

const VECTORS: &str = include_str!("../../../tests/vectors/pipes.json");
const COMPAT: &str = include_str!("../../../../../docs/compat.md");

/// The cases of one kind, compared.
struct Comparison {
    cases: Vec<Value>,
    /// Inputs (or expressions in them) that we mean to treat otherwise, and the
    /// row that says so.
    differences: &'static [(&'static str, &'static str)],
}

impl Comparison {
    fn of(kind: &str, differences: &'static [(&'static str, &'static str)]) -> Self {
        let mut vectors: Value = serde_json::from_str(VECTORS).unwrap();
        let Value::Array(cases) = vectors[kind].take() else {
            panic!("no vectors of {kind}");
        };
        assert!(cases.len() > 20, "{kind}: {}", cases.len());
        Self { cases, differences }
    }

    /// Runs every case: `input` is what it is known by, `ours` its outcome, none
    /// for an error.
    async fn run(self, input: &str, ours: impl AsyncFn(&Value) -> Option<Value>) {
        let mut met = BTreeSet::new();
        let mut wrong = Vec::new();
        for case in &self.cases {
            let (theirs, ours) = (case.get("value").cloned(), ours(case).await);
            if theirs == ours {
                continue;
            }
            let known = case[input].as_str().unwrap();
            let is_it = |input: &str| match input.starts_with("{{") {
                true => known.contains(input),
                false => known == input,
            };
            match self.differences.iter().find(|(input, _)| is_it(input)) {
                Some((input, row)) => {
                    let row = format!("| {row} |");
                    assert!(COMPAT.contains(&row), "docs/compat.md has no row {row}");
                    met.insert(*input);
                }
                None => wrong.push(format!("{case}\n  ours: {ours:?}")),
            }
        }
        assert!(wrong.is_empty(), "{}", wrong.join("\n"));
        let inputs = self.differences.iter().map(|(input, _)| *input);
        let unmet: Vec<_> = inputs.filter(|input| !met.contains(input)).collect();
        assert!(unmet.is_empty(), "no difference any more: {unmet:?}");
    }
}

fn string(case: &Value, key: &str) -> String {
    case[key].as_str().unwrap().to_owned()
}

/// The bytes that Latin-1 text stands for.
fn bytes(text: &str) -> Vec<u8> {
    text.chars().map(|c| u8::try_from(c).unwrap()).collect()
}

fn latin1(bytes: &[u8]) -> String {
    bytes.iter().copied().map(char::from).collect()
}

#[tokio::test]
async fn strings_have_the_same_tokens() {
    let comparison = Comparison::of("tokens", &[]);
    comparison
        .run("pipes", async |case| {
            let pipes = string(case, "pipes");
            match parse(&pipes) {
                Ok(calls) => Some(
                    calls
                        .iter()
                        .map(|call| {
                            let arguments: Vec<_> =
                                call.arguments.iter().map(Argument::text).collect();
                            json!([call.name, arguments])
                        })
                        .collect(),
                ),
                // wptserve notices a missing name when it looks the pipe up.
                Err(Wrong {
                    mistake: Mistake::NoName,
                    ..
                }) => case.get("value").cloned(),
                Err(_) => None,
            }
        })
        .await;
}

#[tokio::test]
async fn the_parameter_is_the_same() {
    let comparison = Comparison::of("parameters", &[]);
    comparison
        .run("query", async |case| {
            let query = bytes(&string(case, "query"));
            Some(json!(parameter(&query)))
        })
        .await;
}

#[tokio::test]
async fn slices_are_the_same() {
    let comparison = Comparison::of("slices", &[]);
    comparison
        .run("pipes", async |case| {
            let response = run("0123456789", &string(case, "pipes")).await.ok()?;
            Some(json!(text(response).await))
        })
        .await;
}

#[tokio::test]
async fn schedules_are_the_same() {
    let comparison = Comparison::of(
        "schedules",
        &[
            ("d1:d1", "`trickle`: two steps of one kind in a row"),
            ("5:5", "`trickle`: two steps of one kind in a row"),
            ("1:d1:1:r3", "`trickle`: `rN` with an odd N"),
            ("-1", "`trickle`: negative numbers"),
            ("d1:1:r-2", "`trickle`: negative numbers"),
        ],
    );
    comparison
        .run("steps", async |case| {
            let length = usize::try_from(case["length"].as_u64().unwrap()).unwrap();
            let pipes = format!("trickle({})", string(case, "steps"));
            let mut response = run(&"x".repeat(length), &pipes).await.ok()?;
            let mut done = Vec::new();
            while let Some(piece) = response.body.next().await.unwrap() {
                done.push(match piece {
                    Piece::Data(data) => format!("send {}", data.len()),
                    Piece::Pause(time) => format!("pause {}", time.as_millis()),
                });
            }
            Some(json!(done))
        })
        .await;
}

#[tokio::test]
async fn heads_are_the_same() {
    let comparison = Comparison::of("heads", &[]);
    comparison
        .run("pipes", async |case| {
            let mut response = Response::new(200);
            response.fields.append("X-Old", "old");
            let response = run_on(response, &string(case, "pipes")).await.ok()?;
            let lines: Vec<_> = response
                .fields
                .iter()
                .map(|(name, value)| [latin1(name), latin1(value)])
                .collect();
            Some(json!({"status": response.status, "headers": lines}))
        })
        .await;
}

#[tokio::test]
async fn templates_are_the_same() {
    let (_temp, context) = template_context();
    let comparison = Comparison::of(
        "templates",
        &[
            ("{{domains[1]}}", "A key that is a number"),
            (
                "{{headers[X-Two]}}",
                "A field that the request has more than once",
            ),
            (
                "{{headers[cookie]}}",
                "A field that the request has more than once",
            ),
            ("{{GET[a][0]}}", "`[n]` behind a text"),
            ("{{host[0]}}", "`[n]` behind a text"),
            ("{{$v[0]}}", "`[n]` behind a text"),
            (
                "{{file_hash(md5, /hash.txt)}}",
                "`file_hash` of a path that begins with `/`",
            ),
            (
                "{{file_hash(md5, ../secret)}}",
                "`file_hash` of a file outside the root",
            ),
            ("{{fs_path(a..b)}}", "`fs_path` of a name that holds `..`"),
        ],
    );
    comparison
        .run("template", async |case| {
            let escape = match &*string(case, "escape") {
                "html" => Escape::Html,
                _ => Escape::None,
            };
            let template = bytes(&string(case, "template"));
            let result = substitute(&template, "/f", escape, &context).ok()?;
            Some(json!(latin1(&result)))
        })
        .await;
}
