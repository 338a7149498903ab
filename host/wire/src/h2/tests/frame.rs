//! Frames as a test writes them.

use crate::h2::frame::{flag, kind};

/// A frame to send, or one that is expected. HEADERS that are expected include
/// their CONTINUATIONs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::h2) struct TestFrame {
    pub kind: u8,
    pub flags: u8,
    pub stream: u32,
    /// Of HEADERS, PUSH_PROMISE and CONTINUATION.
    pub fields: Vec<(String, String)>,
    /// Of all others, and what goes around the block of fields.
    pub payload: Vec<u8>,
}

fn frame(kind: u8, flags: u8, stream: u32, payload: &[u8]) -> TestFrame {
    TestFrame {
        kind,
        flags,
        stream,
        fields: Vec::new(),
        payload: payload.to_vec(),
    }
}

pub(in crate::h2) fn raw(kind: u8, flags: u8, stream: u32, payload: &[u8]) -> TestFrame {
    frame(kind, flags, stream, payload)
}

pub(in crate::h2) fn headers(stream: u32) -> TestFrame {
    frame(kind::HEADERS, flag::END_HEADERS, stream, b"")
}

pub(in crate::h2) fn continuation(stream: u32) -> TestFrame {
    frame(kind::CONTINUATION, flag::END_HEADERS, stream, b"")
}

pub(in crate::h2) fn push_promise(stream: u32, promised: u32) -> TestFrame {
    let promised = promised.to_be_bytes();
    frame(kind::PUSH_PROMISE, flag::END_HEADERS, stream, &promised)
}

pub(in crate::h2) fn data(stream: u32, content: impl AsRef<[u8]>) -> TestFrame {
    frame(kind::DATA, 0, stream, content.as_ref())
}

pub(in crate::h2) fn rst_stream(stream: u32, code: u32) -> TestFrame {
    frame(kind::RST_STREAM, 0, stream, &code.to_be_bytes())
}

pub(in crate::h2) fn window_update(stream: u32, increment: u32) -> TestFrame {
    frame(kind::WINDOW_UPDATE, 0, stream, &increment.to_be_bytes())
}

pub(in crate::h2) fn priority(stream: u32, dependency: u32) -> TestFrame {
    let mut payload = dependency.to_be_bytes().to_vec();
    payload.push(15);
    frame(kind::PRIORITY, 0, stream, &payload)
}

pub(in crate::h2) fn ping(data: &[u8; 8]) -> TestFrame {
    frame(kind::PING, 0, 0, data)
}

pub(in crate::h2) fn settings(settings: &[(u16, u32)]) -> TestFrame {
    let mut payload = Vec::new();
    for (id, value) in settings {
        payload.extend_from_slice(&id.to_be_bytes());
        payload.extend_from_slice(&value.to_be_bytes());
    }
    frame(kind::SETTINGS, 0, 0, &payload)
}

/// GOAWAY; words are not compared.
pub(in crate::h2) fn goaway(last: u32, code: u32) -> TestFrame {
    let payload = [last.to_be_bytes(), code.to_be_bytes()].concat();
    frame(kind::GOAWAY, 0, 0, &payload)
}

impl TestFrame {
    pub(in crate::h2) fn field(mut self, name: &str, value: &str) -> Self {
        self.fields.push((name.into(), value.into()));
        self
    }

    pub(in crate::h2) fn fields(self, fields: &[(&str, &str)]) -> Self {
        fields.iter().fold(self, |frame, (n, v)| frame.field(n, v))
    }

    pub(in crate::h2) fn get(self, path: &str) -> Self {
        self.request("GET", path)
    }

    pub(in crate::h2) fn post(self, path: &str) -> Self {
        self.request("POST", path)
    }

    pub(in crate::h2) fn request(self, method: &str, path: &str) -> Self {
        self.fields(&[
            (":method", method),
            (":scheme", "http"),
            (":authority", "test"),
            (":path", path),
        ])
    }

    pub(in crate::h2) fn status(self, status: u16) -> Self {
        self.field(":status", &status.to_string())
    }

    /// Sets END_STREAM.
    pub(in crate::h2) fn end_stream(mut self) -> Self {
        self.flags |= flag::END_STREAM;
        self
    }

    /// Sets ACK.
    pub(in crate::h2) fn ack(mut self) -> Self {
        self.flags |= flag::ACK;
        self
    }

    /// Takes END_HEADERS off.
    pub(in crate::h2) fn unfinished(mut self) -> Self {
        self.flags &= !flag::END_HEADERS;
        self
    }

    /// Adds padding to what is sent.
    pub(in crate::h2) fn padded(mut self, padding: u8) -> Self {
        self.flags |= flag::PADDED;
        self.payload.insert(0, padding);
        self.payload.extend(vec![0; usize::from(padding)]);
        self
    }
}
