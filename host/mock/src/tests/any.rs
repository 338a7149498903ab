//! Any mock that JSON can tell.

use std::time::Duration;

use proptest::collection::vec;
use proptest::option;
use proptest::prelude::*;
use regex::bytes::Regex;
use serde_json::{Value, json};

use crate::{
    Answer, At, Body, Condition, Data, Delay, Expected, Fault, Framing, Headers, HowIndexed,
    Informational, JsonAt, Mock, Named, Piece, Response, Step, Text, Times, Version,
};

pub(super) fn value() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
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
}

fn data() -> impl Strategy<Value = Data> {
    prop_oneof![
        ".{0,8}".prop_map(Data::from),
        vec(any::<u8>(), 0..8).prop_map(Data::from),
    ]
}

fn time() -> impl Strategy<Value = Duration> {
    (0u64..86_400_000).prop_map(Duration::from_millis)
}

fn headers() -> impl Strategy<Value = Headers> {
    vec((data(), data()), 0..3).prop_map(Headers)
}

fn text() -> impl Strategy<Value = Text> {
    prop_oneof![
        data().prop_map(Text::Is),
        data().prop_map(Text::Contains),
        data().prop_map(Text::StartsWith),
        data().prop_map(Text::EndsWith),
        "[a-z]{0,4}[*+]?"
            .prop_filter_map("a pattern", |text| { Some(Regex::new(&text).ok()?.into()) }),
    ]
}

fn named() -> impl Strategy<Value = Named> {
    (".{0,5}", option::of(text())).prop_map(|(name, is)| Named { name, is })
}

fn condition() -> impl Strategy<Value = Condition> {
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
}

fn body() -> impl Strategy<Value = Body> {
    let piece = (time(), data()).prop_map(|(delay, data)| Piece { delay, data });
    prop_oneof![
        Just(Body::Empty),
        data().prop_map(Body::Bytes),
        value().prop_map(Body::Json),
        "[a-z/]{1,6}".prop_map(|path| Body::File(path.into())),
        vec(piece, 0..3).prop_map(Body::Pieces),
    ]
}

fn fault() -> impl Strategy<Value = Fault> {
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
}

fn response() -> impl Strategy<Value = Response> {
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
    let head = (
        any::<u16>(),
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
    (head, body(), rest, any::<bool>()).prop_map(|(head, body, rest, early)| {
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
}

fn step() -> impl Strategy<Value = Step> {
    let stream = || option::of(any::<u32>());
    let how = prop_oneof![
        Just(HowIndexed::Incremental),
        Just(HowIndexed::Without),
        Just(HowIndexed::Never)
    ];
    prop_oneof![
        time().prop_map(|seconds| Step::Sleep { seconds }),
        Just(Step::ReadBody),
        (
            any::<u16>(),
            option::of(data()),
            headers(),
            stream(),
            any::<bool>()
        )
            .prop_map(
                |(status, reason, headers, stream, end)| Step::WriteHeaders {
                    status,
                    reason,
                    headers,
                    stream,
                    end
                }
            ),
        (data(), stream(), any::<bool>()).prop_map(|(data, stream, end)| Step::WriteData {
            data,
            stream,
            end
        }),
        (headers(), stream()).prop_map(|(headers, stream)| Step::WriteTrailers { headers, stream }),
        (any::<u32>(), stream()).prop_map(|(code, stream)| Step::ResetStream { code, stream }),
        Just(Step::Flush),
        (headers(), stream()).prop_map(|(headers, promised)| Step::WritePush { headers, promised }),
        (stream(), any::<u32>(), data()).prop_map(|(last_stream, code, debug)| Step::Goaway {
            last_stream,
            code,
            debug
        }),
        any::<[u8; 8]>().prop_map(|data| Step::Ping { data }),
        vec((any::<u16>(), any::<u32>()), 0..3).prop_map(|settings| Step::Settings { settings }),
        option::of(any::<u8>()).prop_map(|padding| Step::SetPadding { padding }),
        (option::of(how), option::of(any::<bool>()))
            .prop_map(|(indexing, huffman)| Step::SetHeaderCoding { indexing, huffman }),
        (headers(), stream(), any::<bool>(), any::<bool>()).prop_map(
            |(headers, stream, end_stream, end_headers)| Step::WriteRawHeaderFrame {
                headers,
                stream,
                end_stream,
                end_headers
            }
        ),
        (any::<u8>(), any::<u8>(), any::<u32>(), data()).prop_map(
            |(kind, flags, stream, payload)| Step::WriteRawFrame {
                kind,
                flags,
                stream,
                payload
            }
        ),
        (data(), any::<bool>()).prop_map(|(data, more)| Step::WriteRawBytes { data, more }),
        Just(Step::Close),
        Just(Step::Reset),
    ]
}

pub(super) fn mock() -> impl Strategy<Value = Mock> {
    let times = prop_oneof![
        Just(Times::Unsaid),
        Just(Times::Always),
        (1..u64::MAX).prop_map(Times::Only)
    ];
    let expect = (any::<u64>(), option::of(any::<u64>()));
    let expect = expect.prop_map(|(at_least, at_most)| Expected { at_least, at_most });
    let answer = prop_oneof![
        response().prop_map(Answer::response),
        vec(step(), 0..4).prop_map(Answer::wire),
        ".{0,8}".prop_map(Answer::Handler),
        ".{0,8}".prop_map(Answer::Callback),
    ];
    let when = vec(condition(), 0..3);
    (when, times, option::of(expect), any::<i32>(), answer).prop_map(
        |(when, times, expect, priority, answer)| Mock {
            when,
            times,
            expect,
            priority,
            answer,
        },
    )
}
