//! Frames as values: the same builder says what to send and what to expect.

use std::fmt;

use super::{code, flag, hpack, kind};

/// A field list, as text in Latin-1 so that every byte has a place.
pub(super) type Fields = Vec<(String, String)>;

/// Stands for any date (RFC 9110 §5.6.7).
const ANY_DATE: &str = "Ddd, 00 Mmm 0000 00:00:00 GMT";

/// A frame, to be sent or to be expected.
#[derive(Clone, PartialEq, Eq)]
pub struct Frame {
    /// The type.
    pub kind: u8,
    /// The flags.
    pub flags: u8,
    /// The stream.
    pub stream: u32,
    /// The field list of a HEADERS or PUSH_PROMISE frame, its continuations
    /// joined.
    pub fields: Vec<(String, String)>,
    /// Everything else of the payload, without padding.
    pub payload: Vec<u8>,
    pub(super) padding: Option<u8>,
    any_payload: bool,
}

/// Any frame.
pub fn frame(kind: u8, flags: u8, stream: u32, payload: impl Into<Vec<u8>>) -> Frame {
    Frame {
        kind,
        flags,
        stream,
        fields: Vec::new(),
        payload: payload.into(),
        padding: None,
        any_payload: false,
    }
}

/// HEADERS. To be sent it needs [`Frame::end_headers`], unless a
/// [`continuation`] follows.
pub fn headers(stream: u32) -> Frame {
    frame(kind::HEADERS, 0, stream, [])
}

/// CONTINUATION with a piece of an encoded block.
pub fn continuation(stream: u32, block: impl Into<Vec<u8>>) -> Frame {
    frame(kind::CONTINUATION, 0, stream, block)
}

/// DATA.
pub fn data(stream: u32, content: impl Into<Vec<u8>>) -> Frame {
    frame(kind::DATA, 0, stream, content)
}

/// PUSH_PROMISE of a stream, as an expectation.
pub fn push_promise(stream: u32, promised: u32) -> Frame {
    frame(kind::PUSH_PROMISE, 0, stream, promised.to_be_bytes())
}

/// RST_STREAM.
pub fn reset(stream: u32, code: u32) -> Frame {
    frame(kind::RST_STREAM, 0, stream, code.to_be_bytes())
}

/// GOAWAY with stream 0 as the last one and no debug data; a lenient
/// expectation looks at the code only.
pub fn goaway(code: u32) -> Frame {
    let payload = [[0; 4], code.to_be_bytes()].concat();
    frame(kind::GOAWAY, 0, 0, payload)
}

/// SETTINGS.
pub fn settings(values: &[(u16, u32)]) -> Frame {
    let payload = values
        .iter()
        .flat_map(|(id, value)| [&id.to_be_bytes()[..], &value.to_be_bytes()].concat());
    frame(kind::SETTINGS, 0, 0, payload.collect::<Vec<_>>())
}

/// PING.
pub fn ping(payload: [u8; 8]) -> Frame {
    frame(kind::PING, 0, 0, payload)
}

/// WINDOW_UPDATE.
pub fn window_update(stream: u32, increment: u32) -> Frame {
    frame(kind::WINDOW_UPDATE, 0, stream, increment.to_be_bytes())
}

/// PRIORITY: a dependency, exclusive if its top bit is set, and a weight.
pub fn priority(stream: u32, dependency: u32, weight: u8) -> Frame {
    let mut payload = dependency.to_be_bytes().to_vec();
    payload.push(weight);
    frame(kind::PRIORITY, 0, stream, payload)
}

impl Frame {
    /// The pseudo-header fields of a GET.
    pub fn get(self, path: &str) -> Self {
        self.request("GET", path)
    }

    /// Those of a POST.
    pub fn post(self, path: &str) -> Self {
        self.request("POST", path)
    }

    /// Those of any request to `http://test`.
    pub fn request(self, method: &str, path: &str) -> Self {
        self.field(":method", method)
            .field(":scheme", "http")
            .field(":authority", "test")
            .field(":path", path)
    }

    /// `:status`, as an expectation.
    pub fn status(self, status: u16) -> Self {
        self.field(":status", &status.to_string())
    }

    /// One more field. An expectation asks for one of that name with that
    /// value, wherever.
    pub fn field(mut self, name: &str, value: &str) -> Self {
        self.fields.push((name.to_owned(), value.to_owned()));
        self
    }

    /// A `date`, as an exact expectation: of any time.
    pub fn dated(self) -> Self {
        self.field("date", ANY_DATE)
    }

    /// An encoded piece of a field list, before what [`Frame::field`] adds.
    pub fn raw_block(mut self, block: impl AsRef<[u8]>) -> Self {
        self.payload.extend(block.as_ref());
        self
    }

    /// The same frame on another stream.
    pub fn on(mut self, stream: u32) -> Self {
        self.stream = stream;
        self
    }

    /// Sets END_HEADERS.
    pub fn end_headers(self) -> Self {
        self.flag(flag::END_HEADERS)
    }

    /// Sets END_STREAM. An expectation of HEADERS or DATA looks at it.
    pub fn end_stream(self) -> Self {
        self.flag(flag::END_STREAM)
    }

    /// Sets ACK.
    pub fn ack(self) -> Self {
        self.flag(flag::ACK)
    }

    /// Sets flags.
    pub fn flag(mut self, flag: u8) -> Self {
        self.flags |= flag;
        self
    }

    /// Pads with that many zeros.
    pub fn padded(mut self, padding: u8) -> Self {
        self.padding = Some(padding);
        self.flag(flag::PADDED)
    }

    /// Adds HEADERS's priority fields.
    pub fn priority(mut self, dependency: u32, weight: u8) -> Self {
        self.payload = dependency.to_be_bytes().to_vec();
        self.payload.push(weight);
        self.flag(flag::PRIORITY)
    }

    /// Names another last stream in a GOAWAY.
    pub fn with_last_stream(mut self, last: u32) -> Self {
        self.payload[..4].copy_from_slice(&last.to_be_bytes());
        self
    }

    /// Adds debug data to a GOAWAY.
    pub fn with_debug(mut self, data: impl AsRef<[u8]>) -> Self {
        self.payload.extend(data.as_ref());
        self
    }

    /// As an expectation: whatever the payload is.
    pub fn any_payload(mut self) -> Self {
        self.any_payload = true;
        self
    }

    /// The encoded field list alone.
    pub fn block(&self) -> Vec<u8> {
        hpack::encode(&self.fields)
    }

    /// The frame's bytes.
    pub fn encode(&self) -> Vec<u8> {
        let mut payload = Vec::new();
        payload.extend(self.padding);
        payload.extend(&self.payload);
        payload.extend(self.block());
        payload.extend(vec![0; self.padding.unwrap_or(0).into()]);
        let mut bytes = (payload.len() as u32).to_be_bytes()[1..].to_vec();
        bytes.extend([self.kind, self.flags]);
        bytes.extend(self.stream.to_be_bytes());
        bytes.extend(payload);
        bytes
    }

    /// The first value of a field.
    pub fn value(&self, name: &str) -> Option<&str> {
        let found = self.fields.iter().find(|(n, _)| n == name);
        found.map(|(_, v)| v.as_str())
    }

    /// Whether END_STREAM is set on a frame that has it.
    pub fn ends_stream(&self) -> bool {
        matches!(self.kind, kind::DATA | kind::HEADERS) && self.flags & flag::END_STREAM != 0
    }

    /// The error code of RST_STREAM or GOAWAY.
    pub fn code(&self) -> Option<u32> {
        let at = match self.kind {
            kind::RST_STREAM => 0,
            kind::GOAWAY => 4,
            _ => return None,
        };
        let bytes = self.payload.get(at..at + 4)?;
        Some(u32::from_be_bytes(bytes.try_into().ok()?))
    }

    /// The last stream of GOAWAY.
    pub fn last_stream(&self) -> u32 {
        u32::from_be_bytes(self.payload[..4].try_into().expect("four bytes"))
    }

    /// Whether `got` is this very frame: every flag, every field in its place,
    /// every byte of the payload, the padding. That a header block is ended goes
    /// without saying, as its continuations are joined.
    pub fn is(&self, got: &Self) -> bool {
        let mut wanted = self.clone();
        if matches!(self.kind, kind::HEADERS | kind::PUSH_PROMISE) {
            wanted.flags |= flag::END_HEADERS;
        }
        if wanted.any_payload {
            wanted.payload.clone_from(&got.payload);
            wanted.any_payload = false;
        }
        for (wanted, got) in wanted.fields.iter_mut().zip(&got.fields) {
            if wanted.1 == ANY_DATE && got.1.len() == ANY_DATE.len() && got.1.ends_with(" GMT") {
                wanted.1.clone_from(&got.1);
            }
        }
        wanted == *got
    }

    /// Whether `got` has what this expectation asks for; it may have more
    /// fields, flags of no meaning here, and another debug text.
    pub(super) fn accepts(&self, got: &Self) -> bool {
        let same = self.kind == got.kind && self.stream == got.stream;
        same && match self.kind {
            kind::HEADERS => {
                self.ends_stream() == got.ends_stream()
                    && self.fields.iter().all(|f| got.fields.contains(f))
            }
            kind::DATA => {
                self.ends_stream() == got.ends_stream()
                    && (self.any_payload || self.payload == got.payload)
            }
            kind::PUSH_PROMISE => {
                (self.any_payload || self.payload == got.payload)
                    && self.fields.iter().all(|f| got.fields.contains(f))
            }
            kind::RST_STREAM | kind::GOAWAY => self.any_payload || self.code() == got.code(),
            _ => {
                self.flags & flag::ACK == got.flags & flag::ACK
                    && (self.any_payload || self.payload == got.payload)
            }
        }
    }
}

impl fmt::Debug for Frame {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        const NAMES: [&str; 10] = [
            "DATA",
            "HEADERS",
            "PRIORITY",
            "RST_STREAM",
            "SETTINGS",
            "PUSH_PROMISE",
            "PING",
            "GOAWAY",
            "WINDOW_UPDATE",
            "CONTINUATION",
        ];
        match NAMES.get(usize::from(self.kind)) {
            Some(name) => write!(f, "{name}")?,
            None => write!(f, "type {}", self.kind)?,
        }
        write!(f, "({}) flags {:#x}", self.stream, self.flags)?;
        if !self.fields.is_empty() {
            write!(f, " {:?}", self.fields)?;
        }
        if let Some(code) = self.code() {
            let names = [
                (code::NO_ERROR, "NO_ERROR"),
                (code::PROTOCOL, "PROTOCOL_ERROR"),
                (code::INTERNAL, "INTERNAL_ERROR"),
                (code::FLOW_CONTROL, "FLOW_CONTROL_ERROR"),
                (code::STREAM_CLOSED, "STREAM_CLOSED"),
                (code::FRAME_SIZE, "FRAME_SIZE_ERROR"),
                (code::REFUSED_STREAM, "REFUSED_STREAM"),
                (code::CANCEL, "CANCEL"),
                (code::COMPRESSION, "COMPRESSION_ERROR"),
                (code::ENHANCE_YOUR_CALM, "ENHANCE_YOUR_CALM"),
            ];
            let name = names.iter().find(|(c, _)| *c == code);
            write!(f, " code {code} {}", name.map_or("", |(_, n)| n))?;
        }
        const SHOWN: usize = 200;
        let start = &self.payload[..self.payload.len().min(SHOWN)];
        write!(
            f,
            " {} bytes {:?}",
            self.payload.len(),
            String::from_utf8_lossy(start)
        )?;
        match self.padding {
            Some(padding) => write!(f, " padded by {padding}"),
            None => Ok(()),
        }
    }
}
