//! Exchanges that a test answers itself, so that both sides of a connection
//! read as one sequence.

use bytes::Bytes;
use tokio::sync::mpsc::{UnboundedReceiver, unbounded_channel};

use super::{Client, data, headers};
use crate::{ControlFrame, Event, Exchange, Fields, Limits, Reply, WireError, WireOp};

/// A connection with its exchanges.
pub(in crate::h2) struct Handed {
    pub client: Client,
    exchanges: UnboundedReceiver<Exchange>,
    next: u32,
}

impl Handed {
    pub(in crate::h2) async fn new() -> Self {
        Self::connect(Limits::default(), &[]).await
    }

    /// The client's SETTINGS are `said`.
    pub(in crate::h2) async fn connect(limits: Limits, said: &[(u16, u32)]) -> Self {
        let (give, exchanges) = unbounded_channel();
        let client = Client::connect(limits, said, move |x: Exchange| {
            let give = give.clone();
            async move {
                let _ = give.send(x);
            }
        });
        Self {
            client: client.await,
            exchanges,
            next: 1,
        }
    }

    /// The exchange of a new GET; streams are 1, 3, 5 and so on.
    pub(in crate::h2) async fn get(&mut self) -> Exchange {
        let request = headers(self.next).get("/").end_stream();
        self.client.send(request).await;
        self.take().await
    }

    /// The exchange of a new POST, whose content has yet to come.
    pub(in crate::h2) async fn post(&mut self) -> Exchange {
        self.client.send(headers(self.next).post("/")).await;
        self.take().await
    }

    pub(in crate::h2) async fn take(&mut self) -> Exchange {
        self.next += 2;
        self.exchanges.recv().await.unwrap()
    }

    /// A request that has nothing to do with the others is answered as ever,
    /// with fields that are in the dynamic table after the first time.
    pub(in crate::h2) async fn ordinary(&mut self) {
        let id = self.next;
        let mut x = self.get().await;
        done(&mut x, ordinary_head()).await;
        done(&mut x, super::answers::body("fine", true)).await;
        self.client.expect(ordinary(id)).await;
        self.client.expect(data(id, "fine").end_stream()).await;
    }
}

/// A head that the compression remembers.
pub(in crate::h2) fn ordinary_head() -> WireOp {
    WireOp::WriteHeaders {
        stream: None,
        status: 299,
        reason: None,
        fields: fields(&[("x-ordinary", "as ever")]),
        end: false,
    }
}

/// The frame that it becomes.
pub(in crate::h2) fn ordinary(stream: u32) -> super::TestFrame {
    headers(stream).status(299).field("x-ordinary", "as ever")
}

pub(in crate::h2) fn fields(lines: &[(&'static str, &'static str)]) -> Fields {
    let lines = lines.iter();
    lines
        .map(|(n, v)| (Bytes::from(*n), Bytes::from(*v)))
        .collect()
}

pub(in crate::h2) async fn done(x: &mut Exchange, op: WireOp) {
    assert_eq!(x.apply(op).await, Ok(Reply::Done));
}

/// The section of the rule for which an operation is refused.
pub(in crate::h2) async fn refused(x: &mut Exchange, op: WireOp) -> &'static str {
    match x.apply(op.clone()).await {
        Err(WireError::Protocol { section, .. }) => section,
        other => panic!("{op:?}: {other:?}"),
    }
}

/// Waits until the engine has taken a frame of this kind, which the exchange
/// watches for.
pub(in crate::h2) async fn seen(x: &mut Exchange, kind: u8) -> ControlFrame {
    loop {
        match x.next().await.expect("more events") {
            Event::Control(frame) if frame.kind == kind => return frame,
            _ => {}
        }
    }
}

pub(in crate::h2) fn raw_headers(lines: &[(&'static str, &'static str)]) -> WireOp {
    WireOp::RawHeaders {
        stream: None,
        fields: fields(lines),
        end_stream: false,
        end_headers: true,
    }
}

pub(in crate::h2) fn raw_data(content: impl Into<Bytes>, end_stream: bool) -> WireOp {
    WireOp::RawData {
        stream: None,
        data: content.into(),
        end_stream,
    }
}

pub(in crate::h2) fn raw_frame(
    kind: u8,
    flags: u8,
    stream: u32,
    payload: impl Into<Bytes>,
) -> WireOp {
    WireOp::RawFrame {
        kind,
        flags,
        stream,
        payload: payload.into(),
    }
}

pub(in crate::h2) fn raw_bytes(bytes: impl Into<Bytes>) -> WireOp {
    WireOp::RawBytes {
        bytes: bytes.into(),
        more: false,
    }
}
