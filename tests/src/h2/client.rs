//! The connection: frames out, frames in, and the housekeeping between.

use std::fmt;
use std::io::{ErrorKind, Read, Write};
use std::net::SocketAddr;

use super::frame::Fields;
use super::{Decoder, Frame, flag, frame, kind, settings, window_update};
use crate::socket::Socket;

/// RFC 9113 §3.4.
const PREFACE: &[u8] = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";

/// Bytes in both directions.
trait Stream: Read + Write + Send {}
impl<T: Read + Write + Send> Stream for T {}

/// A connection.
pub struct Client {
    stream: Box<dyn Stream>,
    /// The client's own address, if that is known.
    address: Option<SocketAddr>,
    buffer: Vec<u8>,
    decoder: Decoder,
    /// The server's first SETTINGS, or none yet.
    settings: Vec<(u16, u32)>,
    /// Every frame so far, for the message of a failed expectation.
    history: Vec<String>,
    strict: bool,
}

/// A whole answer on one stream.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Answer {
    /// The final status.
    pub status: u16,
    /// The final head, `:status` included.
    pub fields: Fields,
    /// Informational heads before it.
    pub informational: Vec<Fields>,
    /// The content of all DATA frames.
    pub body: Vec<u8>,
    /// The sizes of the DATA frames.
    pub frames: Vec<usize>,
    /// Trailer fields.
    pub trailers: Fields,
    /// The code of the RST_STREAM that ended it.
    pub reset: Option<u32>,
}

impl Answer {
    /// The first value of a field.
    pub fn field(&self, name: &str) -> Option<&str> {
        let found = self.fields.iter().find(|(n, _)| n == name);
        found.map(|(_, v)| v.as_str())
    }

    /// The body as text.
    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    /// The body as JSON.
    #[track_caller]
    pub fn json(&self) -> serde_json::Value {
        serde_json::from_slice(&self.body).unwrap_or_else(|e| panic!("{e}: {}", self.text()))
    }

    /// The same, having checked the status and that it was not reset.
    #[track_caller]
    pub fn expect(self, status: u16) -> Self {
        assert_eq!((self.status, self.reset), (status, None), "{self:?}");
        self
    }
}

impl Client {
    /// Connects and says nothing yet.
    pub fn connect_raw(address: SocketAddr) -> Self {
        Self::over_socket(Socket::connect(address))
    }

    /// Goes on with a connection that was upgraded to h2c (RFC 7540 §3.2),
    /// the 101 read already.
    pub fn after_upgrade(first: crate::h1::Client) -> Self {
        let (socket, buffer) = first.into_parts();
        let mut client = Self::over_socket(socket);
        client.buffer = buffer;
        client.raw(PREFACE);
        client.send(settings(&[]));
        client.read_settings();
        client
    }

    pub(crate) fn over_socket(socket: Socket) -> Self {
        let address = Some(socket.address());
        Self {
            address,
            ..Self::over(socket)
        }
    }

    /// Goes on with a stream that has its own deadlines, such as TLS.
    pub fn over(stream: impl Read + Write + Send + 'static) -> Self {
        Self {
            stream: Box::new(stream),
            address: None,
            buffer: Vec::new(),
            decoder: Decoder::default(),
            settings: Vec::new(),
            history: Vec::new(),
            strict: false,
        }
    }

    /// From now on every expectation is of that very frame ([`Frame::is`]), and
    /// no housekeeping is passed over: what comes unasked is an error.
    pub fn strictly(mut self) -> Self {
        self.strict = true;
        self
    }

    /// Sends the preface and exchanges SETTINGS.
    #[track_caller]
    pub fn begin(&mut self) {
        self.begin_with(&[]);
    }

    /// The same with settings of the client's own.
    #[track_caller]
    pub fn begin_with(&mut self, values: &[(u16, u32)]) {
        self.raw(PREFACE);
        self.send(settings(values));
        self.read_settings();
        self.expect(frame(kind::SETTINGS, flag::ACK, 0, []));
    }

    fn read_settings(&mut self) {
        let first = self.next_frame().expect("the server's preface");
        assert_eq!((first.kind, first.flags), (kind::SETTINGS, 0), "{first:?}");
        self.settings = first
            .payload
            .chunks(6)
            .map(|c| {
                let id = u16::from_be_bytes([c[0], c[1]]);
                (id, u32::from_be_bytes([c[2], c[3], c[4], c[5]]))
            })
            .collect();
        self.send(frame(kind::SETTINGS, flag::ACK, 0, []));
    }

    /// The client's own address, by which the host's log names it; not for a
    /// stream of the test's own.
    pub fn address(&self) -> SocketAddr {
        self.address.expect("a socket of the harness")
    }

    /// A value of the server's first SETTINGS.
    pub fn setting(&self, id: u16) -> Option<u32> {
        let found = self.settings.iter().find(|(i, _)| *i == id);
        found.map(|(_, value)| *value)
    }

    /// Allows the server's encoder a table of that size.
    pub fn allow_table(&mut self, size: usize) {
        self.decoder.limit = size;
    }

    /// Sends a frame.
    #[track_caller]
    pub fn send(&mut self, frame: Frame) -> &mut Self {
        self.history.push(format!("→ {frame:?}"));
        self.raw(frame.encode())
    }

    /// Sends bytes as they are.
    #[track_caller]
    pub fn raw(&mut self, bytes: impl AsRef<[u8]>) -> &mut Self {
        let sent = self
            .stream
            .write_all(bytes.as_ref())
            .and_then(|()| self.stream.flush());
        // The server may have closed already: what it said before tells.
        if let Err(e) = sent {
            self.history.push(format!("→ failed: {e}"));
        }
        self
    }

    /// Sends the HEADERS of a request without a body.
    #[track_caller]
    pub fn get(&mut self, stream: u32, path: &str) -> &mut Self {
        self.send(super::headers(stream).get(path).end_headers().end_stream())
    }

    /// Sends a request with a body of one DATA frame.
    #[track_caller]
    pub fn post(&mut self, stream: u32, path: &str, body: impl Into<Vec<u8>>) -> &mut Self {
        self.send(super::headers(stream).post(path).end_headers());
        self.send(super::data(stream, body).end_stream())
    }

    /// The next frame, whatever it is; `None` when the server has closed.
    ///
    /// SETTINGS and PING are answered, CONTINUATION is joined to its HEADERS,
    /// field lists are decoded.
    #[track_caller]
    pub fn next_frame(&mut self) -> Option<Frame> {
        let mut got = self.read_frame()?;
        if matches!(got.kind, kind::HEADERS | kind::PUSH_PROMISE) {
            unpad(&mut got);
            let before = match got.kind {
                kind::PUSH_PROMISE => 4,
                _ if got.flags & flag::PRIORITY != 0 => 5,
                _ => 0,
            };
            let mut block = got.payload.split_off(before);
            while got.flags & flag::END_HEADERS == 0 {
                let more = self.read_frame().expect("a CONTINUATION");
                let belongs = more.kind == kind::CONTINUATION && more.stream == got.stream;
                assert!(belongs, "{more:?} inside a field block");
                block.extend(&more.payload);
                got.flags |= more.flags & flag::END_HEADERS;
            }
            got.fields = match self.decoder.decode(&block) {
                Ok(fields) => fields,
                Err(e) => panic!("HPACK of stream {}: {e}: {block:x?}", got.stream),
            };
        } else if got.kind == kind::DATA {
            unpad(&mut got);
        } else if got.kind == kind::PING && got.flags & flag::ACK == 0 {
            self.raw(frame(kind::PING, flag::ACK, 0, got.payload.clone()).encode());
        }
        self.history.push(format!("← {got:?}"));
        Some(got)
    }

    /// The next frame as it came: nothing answered, joined or decoded. A block
    /// that is part of it must be given to [`Client::decode`] in its turn.
    #[track_caller]
    pub fn raw_frame(&mut self) -> Option<Frame> {
        let got = self.read_frame()?;
        self.history.push(format!("← {got:?}"));
        Some(got)
    }

    /// What one read of the socket gives, unless something is left of the last
    /// one; nothing at the end.
    pub fn piece(&mut self) -> Vec<u8> {
        if self.buffer.is_empty() {
            self.fill();
        }
        std::mem::take(&mut self.buffer)
    }

    /// The fields of a block that came in frames taken by
    /// [`Client::raw_frame`].
    #[track_caller]
    pub fn decode(&mut self, block: &[u8]) -> Vec<(String, String)> {
        match self.decoder.decode(block) {
            Ok(fields) => fields,
            Err(e) => self.fail(&format!("HPACK: {e}: {block:x?}")),
        }
    }

    /// The next frame that is not housekeeping: no SETTINGS, PING,
    /// WINDOW_UPDATE. A strict client takes whatever comes.
    #[track_caller]
    pub fn next_of_exchange(&mut self) -> Option<Frame> {
        loop {
            let got = self.next_frame()?;
            if self.strict || !is_housekeeping(got.kind) {
                return Some(got);
            }
        }
    }

    /// Checks that this frame comes next. Housekeeping before it is passed
    /// over, unless the frame is of that type or the client is strict.
    #[track_caller]
    pub fn expect(&mut self, wanted: Frame) -> Frame {
        loop {
            let Some(got) = self.next_frame() else {
                self.fail(&format!("closed instead of {wanted:?}"));
            };
            let found = match self.strict {
                true => wanted.is(&got),
                false => wanted.accepts(&got),
            };
            if found {
                return got;
            }
            if self.strict || !is_housekeeping(got.kind) {
                self.fail(&format!("wanted {wanted:?}\ngot    {got:?}"));
            }
        }
    }

    /// Checks that the server closes with nothing more than housekeeping; a
    /// strict client wants no more than the end.
    #[track_caller]
    pub fn expect_close(&mut self) {
        if let Some(got) = self.next_of_exchange() {
            self.fail(&format!("wanted the end, got {got:?}"));
        }
    }

    /// Checks that the connection still works.
    #[track_caller]
    pub fn expect_alive(&mut self) {
        self.send(super::ping(*b"alive?!?"));
        self.expect(super::ping(*b"alive?!?").ack());
    }

    /// The same, while streams that the client has reset may still have frames
    /// on their way.
    #[track_caller]
    pub fn expect_alive_through_resets(&mut self) {
        self.send(super::ping(*b"alive?!?"));
        while let Some(got) = self.next_frame() {
            match got.kind {
                kind::PING if got.flags & flag::ACK != 0 => return,
                kind::GOAWAY => self.fail(&format!("{got:?}")),
                _ => {}
            }
        }
        self.fail("closed instead of answering PING");
    }

    /// Gives back the windows that a DATA frame took.
    #[track_caller]
    pub fn credit(&mut self, data: &Frame) {
        let bytes = data.payload.len() as u32;
        if bytes > 0 {
            self.raw(window_update(0, bytes).encode());
        }
        if bytes > 0 && !data.ends_stream() {
            self.raw(window_update(data.stream, bytes).encode());
        }
    }

    /// The whole answer on one stream, or what is left of it. Frames of other streams are an error.
    #[track_caller]
    pub fn answer(&mut self, stream: u32) -> Answer {
        self.answers(&[stream]).remove(0)
    }

    /// The whole answers on these streams, or what is left of them; they may
    /// come interleaved. What content takes of the windows is given back.
    #[track_caller]
    pub fn answers(&mut self, streams: &[u32]) -> Vec<Answer> {
        let mut answers = vec![Answer::default(); streams.len()];
        let mut open = streams.len();
        while open > 0 {
            let Some(got) = self.next_of_exchange() else {
                self.fail(&format!("closed with {open} answers to come"));
            };
            let Some(index) = streams.iter().position(|s| *s == got.stream) else {
                self.fail(&format!("unexpected {got:?}"));
            };
            let answer = &mut answers[index];
            match got.kind {
                kind::HEADERS => answer.head(&got),
                kind::DATA => {
                    answer.frames.push(got.payload.len());
                    answer.body.extend(&got.payload);
                    self.credit(&got);
                }
                kind::RST_STREAM => answers[index].reset = got.code(),
                _ => self.fail(&format!("unexpected {got:?}")),
            }
            if got.ends_stream() || got.kind == kind::RST_STREAM {
                open -= 1;
            }
        }
        answers
    }

    #[track_caller]
    fn fail(&self, message: &str) -> ! {
        panic!("{message}\nthe connection:\n{}", self.history.join("\n"));
    }

    fn read_frame(&mut self) -> Option<Frame> {
        let head = self.take(9)?;
        let length = u32::from_be_bytes([0, head[0], head[1], head[2]]);
        // With the reserved bit: a server that sets it unasked is found out.
        let stream = u32::from_be_bytes([head[5], head[6], head[7], head[8]]);
        let payload = self.take(length as usize)?;
        Some(frame(head[3], head[4], stream, payload))
    }

    /// `None` when the server closes before `n` bytes.
    fn take(&mut self, n: usize) -> Option<Vec<u8>> {
        while self.buffer.len() < n {
            if !self.fill() {
                return None;
            }
        }
        let rest = self.buffer.split_off(n);
        Some(std::mem::replace(&mut self.buffer, rest))
    }

    /// Whether more came; `false` at the end.
    fn fill(&mut self) -> bool {
        let mut piece = [0; 65_536];
        loop {
            match self.stream.read(&mut piece) {
                Ok(n) => {
                    self.buffer.extend_from_slice(&piece[..n]);
                    return n > 0;
                }
                Err(e) if e.kind() == ErrorKind::Interrupted => {}
                Err(e) if matches!(e.kind(), ErrorKind::WouldBlock | ErrorKind::TimedOut) => {
                    self.fail("no answer before the deadline")
                }
                Err(_) => return false,
            }
        }
    }
}

impl Answer {
    fn head(&mut self, got: &Frame) {
        match got.value(":status").map(|s| s.parse::<u16>()) {
            Some(Ok(100..=199)) => self.informational.push(got.fields.clone()),
            Some(Ok(status)) => {
                self.status = status;
                self.fields.clone_from(&got.fields);
            }
            Some(Err(e)) => panic!(":status of {got:?}: {e}"),
            None => self.trailers.clone_from(&got.fields),
        }
    }
}

impl fmt::Debug for Client {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Client").finish_non_exhaustive()
    }
}

fn is_housekeeping(kind: u8) -> bool {
    matches!(
        kind,
        kind::SETTINGS | kind::PING | kind::WINDOW_UPDATE | kind::PRIORITY
    )
}

/// Takes the padding from the payload.
fn unpad(frame: &mut Frame) {
    if frame.flags & flag::PADDED != 0 {
        let padding = frame.payload.remove(0);
        let content = frame.payload.len() - usize::from(padding);
        let zeros = frame.payload.split_off(content);
        assert!(zeros.iter().all(|b| *b == 0), "padding of {zeros:x?}");
        frame.padding = Some(padding);
    }
}
