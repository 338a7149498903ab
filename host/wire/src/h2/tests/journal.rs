//! What a journal says of frames that are not written in the order of their
//! making.

use std::sync::Arc;

use parking_lot::Mutex;
use tokio::sync::mpsc::unbounded_channel;

use super::answers::body;
use super::*;
use crate::h2::frame::{flag, kind};
use crate::journal::{Cause, Direction, Entry, Journal, Of, Page, What};
use crate::{ConnectionInfo, Exchange, Limits, WireOp};

/// A frame that was written: its type, its stream, and by which operation of
/// which stream's exchange.
type Written = (u8, u32, Option<(&'static str, Of)>);

#[derive(Default)]
struct Frames(Mutex<Vec<Written>>);

impl Journal for Frames {
    fn record(&self, entry: &Entry) {
        if let What::Frame(frame) = &entry.what
            && frame.direction == Direction::Out
        {
            let by = |Cause { operation, of }| (operation, of);
            let told = (frame.kind, frame.stream, frame.cause.map(by));
            self.0.lock().push(told);
        }
    }
}

/// Does an operation by its own name.
async fn say(x: &mut Exchange, op: WireOp) {
    x.write_as(op.name());
    done(x, op).await;
}

#[tokio::test(start_paused = true)]
async fn what_was_held_back_keeps_its_cause() {
    let frames = Arc::new(Frames::default());
    let page = Page::new(Arc::clone(&frames) as Arc<dyn Journal>, 1);
    page.begin_http2();
    let info = ConnectionInfo {
        journal: Some(page),
        ..(*info()).clone()
    };
    let (give, mut exchanges) = unbounded_channel::<Exchange>();
    let limits = Limits::default();
    let mut client = Client::served(Arc::new(info), limits.clone(), None, move |x| {
        let give = give.clone();
        async move {
            let _ = give.send(x);
        }
    });
    client.greet(&limits, &[]).await;
    client.send(headers(1).get("/").end_stream()).await;
    let mut x = exchanges.recv().await.unwrap();
    client.send(headers(3).get("/").end_stream()).await;
    let mut other = exchanges.recv().await.unwrap();
    frames.0.lock().clear();

    let open = WireOp::RawHeaders {
        stream: None,
        fields: fields(&[(":status", "200")]),
        end_stream: false,
        end_headers: false,
    };
    say(&mut x, open).await;
    client.expect_alone(raw(kind::HEADERS, 0, 1, b"\x88")).await;
    other.watch();
    say(&mut other, ordinary_head()).await;
    say(&mut other, body("content", true)).await;
    client.send(ping(b"are you?")).await;
    // The engine's answer is held back, too.
    seen(&mut other, kind::PING).await;
    let end = WireOp::RawContinuation {
        stream: None,
        fields: fields(&[]),
        end_headers: true,
    };
    say(&mut x, end).await;
    say(&mut x, WireOp::EndStream { stream: None }).await;
    let end = raw(kind::CONTINUATION, flag::END_HEADERS, 1, b"");
    client.expect_alone(end).await;
    client.expect(ordinary(3)).await;
    client.expect(data(3, "content").end_stream()).await;
    client.expect(ping(b"are you?").ack()).await;
    client.expect(data(1, "").end_stream()).await;

    let by = |operation, stream| Some((operation, Of::Stream(stream)));
    let wanted = [
        (kind::HEADERS, 1, by("write-raw-header-frame", 1)),
        (kind::CONTINUATION, 1, by("write-raw-continuation-frame", 1)),
        (kind::HEADERS, 3, by("write-headers", 3)),
        (kind::DATA, 3, by("write-data", 3)),
        (kind::PING, 0, None),
        (kind::DATA, 1, by("end-stream", 1)),
    ];
    assert_eq!(*frames.0.lock(), wanted);
}
