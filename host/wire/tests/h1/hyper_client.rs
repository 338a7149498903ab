//! hyper as the client: what it sends is served, what we write it accepts.

use bytes::Bytes;
use host_wire::Event;
use http_body_util::{BodyExt, Full, StreamBody};
use hyper::Request;
use hyper::body::Frame;
use hyper::client::conn::http1;
use hyper_util::rt::TokioIo;

use crate::harness::{apply, serve, trailers, write_data, write_headers};

type Body = http_body_util::combinators::BoxBody<Bytes, std::convert::Infallible>;

fn full(data: impl Into<Bytes>) -> Body {
    Full::new(data.into()).boxed()
}

#[tokio::test]
async fn hyper_is_served_and_agrees() {
    // Echoes the body by pieces, and its trailers.
    let client = serve(|mut exchange| async move {
        let status = if exchange.head().method == "POST" {
            201
        } else {
            200
        };
        apply(
            &mut exchange,
            [write_headers(status, &[("X-Server", "echo")], false)],
        )
        .await;
        let mut last = trailers(&[]);
        while let Some(event) = exchange.next().await {
            match event {
                Event::Data(frame) => {
                    apply(&mut exchange, [write_data(frame.data, false)]).await;
                }
                Event::Trailers(frame) => {
                    last = host_wire::WireOp::Trailers {
                        stream: None,
                        fields: frame.fields,
                    };
                }
                _ => {}
            }
        }
        apply(&mut exchange, [last]).await;
    });
    let (mut sender, connection) = http1::handshake::<_, Body>(TokioIo::new(client.io))
        .await
        .unwrap();
    let running = tokio::spawn(connection);

    for size in [0, 1, 100, 100_000, 1_000_000] {
        let data = vec![b'z'; size];
        let request = Request::post("/echo")
            .header("host", "a")
            .body(full(data.clone()))
            .unwrap();
        sender.ready().await.unwrap();
        let answer = sender.send_request(request).await.unwrap();
        assert_eq!(answer.status(), 201);
        assert_eq!(answer.headers()["x-server"], "echo");
        let body = answer.into_body().collect().await.unwrap().to_bytes();
        assert_eq!(body, data);
    }

    // Chunked with trailers, both ways.
    let frames = futures(vec![
        Frame::data(Bytes::from_static(b"one ")),
        Frame::data(Bytes::from_static(b"two")),
        Frame::trailers(
            [("x-sum".parse().unwrap(), "7".parse().unwrap())]
                .into_iter()
                .collect(),
        ),
    ]);
    let request = Request::put("/")
        .header("host", "a")
        .header("te", "trailers")
        .header("trailer", "x-sum")
        .body(frames)
        .unwrap();
    sender.ready().await.unwrap();
    let answer = sender.send_request(request).await.unwrap();
    let body = answer.into_body().collect().await.unwrap();
    assert_eq!(body.trailers().unwrap()["x-sum"], "7");
    assert_eq!(body.to_bytes(), "one two");

    // No content to HEAD, and the connection goes on.
    for method in ["HEAD", "GET"] {
        let request = Request::builder()
            .method(method)
            .uri("/")
            .header("host", "a")
            .body(full(""))
            .unwrap();
        sender.ready().await.unwrap();
        let answer = sender.send_request(request).await.unwrap();
        let body = answer.into_body().collect().await.unwrap().to_bytes();
        assert!(body.is_empty());
    }
    drop(sender);
    running.await.unwrap().unwrap();
}

/// A body of these frames.
fn futures(frames: Vec<Frame<Bytes>>) -> Body {
    let frames = frames.into_iter().map(Ok);
    StreamBody::new(futures_util::stream::iter(frames)).boxed()
}
