//! Any mock that JSON can tell.

use std::time::Duration;

use proptest::collection::vec;
use proptest::option;
use proptest::prelude::*;
use proptest::sample::select;
use regex::bytes::Regex;
use serde_json::{Value, json};

use crate::{
    Answer, At, Body, Condition, Data, Delay, Expected, Fault, Framing, Headers, Informational,
    JsonAt, Mock, Named, Piece, Response, Step, Text, Times, Version,
};

pub(super) fn value() -> BoxedStrategy<Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<i32>().prop_map(|n| Value::from(f64::from(n) / 8.0)),
        ".{0,6}".prop_map(Value::from),
        Just(json!({"base64": "AA=="})),
        Just(json!({"op": "flush"})),
        Just(json!({"kind": "reset", "at": {"bytes": 3}})),
    ];
    leaf.prop_recursive(3, 12, 3, |inner| {
        let key = prop_oneof!["[a-z_]{0,6}", Just("response".into()), Just("when".into())];
        prop_oneof![
            vec(inner.clone(), 0..3).prop_map(Value::from),
            vec((key, inner), 0..3).prop_map(|pairs| pairs.into_iter().collect()),
        ]
    })
    .boxed()
}

fn data() -> BoxedStrategy<Data> {
    prop_oneof![
        ".{0,8}".prop_map(Data::from),
        vec(any::<u8>(), 0..8).prop_map(Data::from),
    ]
    .boxed()
}

fn time() -> BoxedStrategy<Duration> {
    (0u64..86_400_000).prop_map(Duration::from_millis).boxed()
}

fn headers() -> BoxedStrategy<Headers> {
    let names = vec!["Content-Length", "Transfer-Encoding", "Connection", "X-Y"];
    let name = prop_oneof![data(), select(names).prop_map(Data::from)];
    let values = vec!["2", "chunked", "close", "keep-alive"];
    let value = prop_oneof![data(), select(values).prop_map(Data::from)];
    vec((name, value), 0..3).prop_map(Headers).boxed()
}

fn text() -> BoxedStrategy<Text> {
    prop_oneof![
        data().prop_map(Text::Is),
        data().prop_map(Text::Contains),
        data().prop_map(Text::StartsWith),
        data().prop_map(Text::EndsWith),
        "[a-z]{0,4}[*+]?"
            .prop_filter_map("a pattern", |text| { Some(Regex::new(&text).ok()?.into()) }),
    ]
    .boxed()
}

fn named() -> BoxedStrategy<Named> {
    (".{0,5}", option::of(text()))
        .prop_map(|(name, is)| Named { name, is })
        .boxed()
}

fn condition() -> BoxedStrategy<Condition> {
    let leaf = prop_oneof![
        text().prop_map(Condition::Method),
        text().prop_map(Condition::Path),
        text().prop_map(Condition::Target),
        named().prop_map(Condition::Query),
        named().prop_map(Condition::Header),
        named().prop_map(Condition::Cookie),
        named().prop_map(Condition::Form),
        text().prop_map(Condition::Body),
        value().prop_map(Condition::Json),
        value().prop_map(Condition::JsonIncludes),
        ("/[a-z]", value()).prop_map(|(pointer, is)| Condition::JsonAt(JsonAt { pointer, is })),
        text().prop_map(Condition::Protocol),
        text().prop_map(Condition::Scheme),
        text().prop_map(Condition::Authority),
    ];
    leaf.prop_recursive(3, 8, 3, |inner| {
        prop_oneof![
            inner.clone().prop_map(|of| Condition::Not(Box::new(of))),
            vec(inner.clone(), 0..3).prop_map(Condition::Any),
            vec(inner, 0..3).prop_map(Condition::All),
        ]
    })
    .boxed()
}

fn body() -> BoxedStrategy<Body> {
    let piece = (time(), data()).prop_map(|(delay, data)| Piece { delay, data });
    prop_oneof![
        Just(Body::Empty),
        data().prop_map(Body::Bytes),
        value().prop_map(Body::Json),
        "[a-z/]{1,6}".prop_map(|path| Body::File(path.into())),
        vec(piece, 0..3).prop_map(Body::Pieces),
    ]
    .boxed()
}

fn fault() -> BoxedStrategy<Fault> {
    let at = || {
        prop_oneof![
            Just(At::Start),
            Just(At::Head),
            any::<u64>().prop_map(At::Bytes),
            Just(At::End),
        ]
    };
    let code = option::of(any::<u32>());
    prop_oneof![
        (at(), code.clone()).prop_map(|(at, code)| Fault::Reset { at, code }),
        at().prop_map(|at| Fault::Close { at }),
        at().prop_map(|at| Fault::Stall { at }),
        Just(Fault::MalformedChunk),
        any::<u64>().prop_map(|missing| Fault::TruncatedLength { missing }),
        Just(Fault::RefusedStream),
        (at(), any::<u32>(), code).prop_map(|(at, code, last_stream)| Fault::GoAway {
            at,
            code,
            last_stream
        }),
    ]
    .boxed()
}

pub(crate) fn response() -> BoxedStrategy<Response> {
    let delay = (time(), time(), time(), time()).prop_map(|(request, head, body, end)| Delay {
        request,
        head,
        body,
        end,
    });
    let version = prop_oneof![Just(Version::Http11), Just(Version::Http10)];
    let framing = prop_oneof![
        Just(Framing::Length),
        Just(Framing::Chunked),
        Just(Framing::Close)
    ];
    let before = (any::<u16>(), headers());
    let before = before.prop_map(|(status, headers)| Informational { status, headers });
    let status = prop_oneof![any::<u16>(), 100u16..1000];
    let head = (
        status,
        option::of(data()),
        headers(),
        any::<bool>(),
        version,
    );
    let rest = (
        framing,
        headers(),
        vec(before, 0..2),
        delay,
        option::of(fault()),
    );
    (head, body(), rest, any::<bool>())
        .prop_map(|(head, body, rest, early)| {
            let (status, reason, headers, defaults, version) = head;
            let (framing, trailers, informational, delay, fault) = rest;
            Response {
                status,
                reason,
                headers,
                defaults,
                version,
                body,
                framing,
                trailers,
                informational,
                delay,
                fault,
                early,
            }
        })
        .boxed()
}

/// One of each operation, with all that it may have.
pub(crate) fn step() -> BoxedStrategy<Step> {
    let headers = || json!([["a", "b"], ["c", {"base64": "/w=="}]]);
    let steps = json!([
        {"op": "sleep", "seconds": 0.25},
        {"op": "read-body"},
        {"op": "write-headers", "status": 65535, "reason": "r", "headers": headers(), "stream": 1, "end": true},
        {"op": "write-headers", "status": 0},
        {"op": "write-data", "data": "d", "stream": 2, "end": true},
        {"op": "write-data", "data": {"base64": "/w=="}},
        {"op": "write-data-frame", "data": "d", "stream": 2, "end": true},
        {"op": "write-trailers", "headers": headers(), "stream": 3},
        {"op": "end-stream", "stream": 3},
        {"op": "end-stream"},
        {"op": "reset-stream", "code": 8, "stream": 4},
        {"op": "flush"},
        {"op": "write-push", "headers": headers(), "promised": 2},
        {"op": "goaway", "last_stream": 1, "code": 2, "debug": "d"},
        {"op": "ping", "data": [1, 2, 3, 4, 5, 6, 7, 8]},
        {"op": "ping"},
        {"op": "settings", "settings": [[1, 2], [3, 4294967295u32]]},
        {"op": "window-update", "stream": 1, "increment": 2},
        {"op": "priority", "stream": 1, "dependency": 3, "weight": 255, "exclusive": true},
        {"op": "set-padding", "padding": 255},
        {"op": "set-padding"},
        {"op": "set-header-coding", "indexing": "never", "huffman": false},
        {"op": "set-header-table-size", "size": 0},
        {"op": "write-raw-header-frame", "headers": headers(), "end_stream": true, "end_headers": false},
        {"op": "write-raw-continuation-frame", "headers": headers(), "stream": 1},
        {"op": "write-raw-data-frame", "data": "d", "stream": 1, "end_stream": true},
        {"op": "write-raw-frame", "kind": 255, "flags": 1, "stream": 5, "payload": "p"},
        {"op": "write-raw-bytes", "data": "b", "more": true},
        {"op": "close"},
        {"op": "reset"},
    ]);
    let steps: Vec<Step> = serde_json::from_value(steps).unwrap();
    select(steps).boxed()
}

/// With statuses that JSON may say.
fn possible(mut response: Response) -> Response {
    response.status = response.status.clamp(100, 999);
    for before in &mut response.informational {
        before.status = before.status.clamp(100, 199);
    }
    response
}

pub(super) fn mock() -> BoxedStrategy<Mock> {
    let times = prop_oneof![
        Just(Times::Unsaid),
        Just(Times::Always),
        (1..u64::MAX).prop_map(Times::Only)
    ];
    let expect = (any::<u64>(), option::of(any::<u64>()));
    let expect = expect.prop_map(|(at_least, at_most)| Expected {
        at_least,
        at_most: at_most.map(|most| most.max(at_least)),
    });
    let answer = prop_oneof![
        response().prop_map(|response| Answer::response(possible(response))),
        vec(step(), 0..4).prop_map(Answer::wire),
        ".{0,8}".prop_map(Answer::Handler),
        ".{0,8}".prop_map(Answer::Callback),
    ];
    let when = vec(condition(), 0..3);
    (when, times, option::of(expect), any::<i32>(), answer)
        .prop_map(|(when, times, expect, priority, answer)| Mock {
            when,
            times,
            expect,
            priority,
            answer,
        })
        .boxed()
}
