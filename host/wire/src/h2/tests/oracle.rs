//! Against the h2 crate: what it sends we take, and the other way round.

use std::future::poll_fn;
use std::sync::Arc;

use bytes::{Bytes, BytesMut};
use proptest::prelude::*;
use tokio::sync::watch;

use super::*;
use crate::{ConnectionInfo, Event, Exchange, Fields, Service, Violation, WireOp};

/// Sends back what came: fields as fields, content frame by frame, trailers as
/// trailers.
struct Echo;

impl Service for Echo {
    async fn call(&self, mut x: Exchange) {
        let mut fields = Fields::new();
        for (name, value) in x.head().fields.clone() {
            fields.append([b"x-", &name[..]].concat(), value);
        }
        let head = WireOp::WriteHeaders {
            stream: None,
            status: 200,
            reason: None,
            fields,
            end: false,
        };
        x.apply(head).await.unwrap();
        while let Some(event) = x.next().await {
            let op = match event {
                Event::Headers(_) => continue,
                Event::Data(frame) => WireOp::WriteData {
                    stream: None,
                    data: frame.data,
                    end: false,
                },
                Event::Trailers(frame) => {
                    let fields = frame.fields;
                    let op = WireOp::Trailers {
                        stream: None,
                        fields,
                    };
                    x.apply(op).await.unwrap();
                    return;
                }
                Event::End => WireOp::EndStream { stream: None },
                other => panic!("{other:?}"),
            };
            x.apply(op).await.unwrap();
        }
    }

    fn violation(&self, _: &ConnectionInfo, violation: &Violation) {
        panic!("{violation}");
    }
}

/// A request: its fields, its pieces of content, its trailer.
type Request = (Vec<(String, String)>, Vec<Vec<u8>>, Option<String>);

fn request() -> impl Strategy<Value = Request> {
    let name = prop_oneof![
        "[a-z]{1,12}",
        Just("cookie".into()),
        Just("user-agent".into())
    ];
    // Connection-specific names cannot come of these letters by chance, but
    // "te" and "host" have rules of their own.
    let name = name.prop_filter("special", |n: &String| n != "te" && n != "host");
    let value = prop_oneof![
        "[!-~]{0,40}",
        "[!-~]{1,4}",
        "[ -~]{200}".prop_map(|v| v.trim().into())
    ];
    let fields = proptest::collection::vec((name, value), 0..10);
    let content = proptest::collection::vec(any::<u8>(), 0..600);
    let content = prop_oneof![content.clone(), Just(vec![7; 40_000]), content];
    let content = proptest::collection::vec(content, 0..6);
    (fields, content, proptest::option::of("[a-z]{1,20}"))
}

async fn exchange(requests: Vec<Request>) {
    let (ours, theirs) = tokio::io::duplex(PIPE);
    let (_drain, drains) = watch::channel(false);
    let limits = Arc::new(Limits::default());
    let served = crate::h2::serve(
        theirs,
        BytesMut::new(),
        None,
        info(),
        limits,
        Arc::new(Echo),
        drains,
    );
    tokio::spawn(served);
    let (mut client, connection) = ::h2::client::handshake(ours).await.unwrap();
    tokio::spawn(connection);
    let mut answers = tokio::task::JoinSet::new();
    for (fields, content, trailer) in requests {
        client = client.ready().await.unwrap();
        let mut request = http::Request::post("http://test/");
        for (name, value) in &fields {
            request = request.header(name, value);
        }
        let end = content.is_empty() && trailer.is_none();
        let (answer, mut body) = client.send_request(request.body(()).unwrap(), end).unwrap();
        answers.spawn(async move {
            let sent: Vec<u8> = content.concat();
            let last = content.len();
            let sender = tokio::spawn({
                let trailer = trailer.clone();
                async move {
                    for (i, piece) in content.into_iter().enumerate() {
                        let end = i + 1 == last && trailer.is_none();
                        send(&mut body, piece.into(), end).await;
                    }
                    if let Some(trailer) = trailer {
                        let mut map = http::HeaderMap::new();
                        map.insert("trailer", trailer.parse().unwrap());
                        body.send_trailers(map).unwrap();
                    }
                }
            });
            let mut answer = answer.await.unwrap();
            let got: Vec<_> = answer.headers().iter().collect();
            // The h2 crate groups fields of one name, in sending and here.
            for (name, value) in got {
                let name = name.as_str().strip_prefix("x-").unwrap();
                let value = value.to_str().unwrap();
                assert!(fields.iter().any(|(n, v)| n == name && v == value));
            }
            assert_eq!(answer.headers().len(), fields.len());
            let mut content = Vec::new();
            while let Some(piece) = answer.body_mut().data().await {
                let piece = piece.unwrap();
                content.extend_from_slice(&piece);
                let _ = answer
                    .body_mut()
                    .flow_control()
                    .release_capacity(piece.len());
            }
            assert!(content == sent);
            let trailers = answer.body_mut().trailers().await.unwrap();
            let trailers = trailers.map(|map| map["trailer"].to_str().unwrap().to_owned());
            assert_eq!(trailers, trailer);
            sender.await.unwrap();
        });
    }
    while let Some(answer) = answers.join_next().await {
        answer.unwrap();
    }
}

/// Sends as the window lets it.
async fn send(body: &mut ::h2::SendStream<Bytes>, mut piece: Bytes, end: bool) {
    if piece.is_empty() {
        return body.send_data(piece, end).unwrap();
    }
    while !piece.is_empty() {
        body.reserve_capacity(piece.len());
        let n = poll_fn(|cx| body.poll_capacity(cx)).await.unwrap().unwrap();
        let part = piece.split_to(n.min(piece.len()));
        body.send_data(part, end && piece.is_empty()).unwrap();
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn the_h2_crate_and_we_understand_each_other(
        requests in proptest::collection::vec(request(), 1..12)
    ) {
        tokio::runtime::Builder::new_current_thread()
            .enable_time()
            .start_paused(true)
            .build()
            .unwrap()
            .block_on(exchange(requests));
    }
}
