//! An HTTP/1 client that sends any bytes and shows the answer as it came.

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream};

use crate::socket::Socket;

/// A connection.
#[derive(Debug)]
pub struct Client {
    socket: Socket,
    /// Received and not yet taken.
    buffer: Vec<u8>,
}

/// An answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Response {
    /// As in `HTTP/1.1`.
    pub version: String,
    /// The status code.
    pub status: u16,
    /// The reason phrase.
    pub reason: String,
    /// Field lines as they came.
    pub fields: Vec<(String, String)>,
    /// The body, without the framing of chunks.
    pub body: Vec<u8>,
    /// The sizes of the chunks, the last one of 0 included.
    pub chunks: Vec<usize>,
    /// Trailer fields of a chunked body.
    pub trailers: Vec<(String, String)>,
}

/// How a connection ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ending {
    /// In order: TCP's FIN.
    Closed,
    /// TCP's RST.
    Reset,
}

impl Response {
    /// The first value of a field.
    pub fn field(&self, name: &str) -> Option<&str> {
        self.all(name).next()
    }

    /// Every value of a field.
    pub fn all(&self, name: &str) -> impl Iterator<Item = &str> {
        self.fields
            .iter()
            .filter(move |(n, _)| n.eq_ignore_ascii_case(name))
            .map(|(_, v)| v.as_str())
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

    /// The same, having checked the status.
    #[track_caller]
    pub fn expect(self, status: u16) -> Self {
        assert_eq!(self.status, status, "{self:?}\n{}", self.text());
        self
    }
}

/// The field line of a `Date` of any time, for exact expectations.
pub const ANY_DATE: &str = "Date: Ddd, 00 Mmm 0000 00:00:00 GMT\r\n";

/// The text with [`ANY_DATE`] in the place of each `Date`.
pub fn undated(text: &str) -> String {
    let mut undated = String::new();
    for line in text.split_inclusive("\r\n") {
        let is_date = line.starts_with("Date: ") && line.ends_with(" GMT\r\n");
        undated.push_str(if is_date && line.len() == ANY_DATE.len() {
            ANY_DATE
        } else {
            line
        });
    }
    undated
}

impl Client {
    /// Connects.
    pub fn connect(address: SocketAddr) -> Self {
        Self {
            socket: Socket::connect(address),
            buffer: Vec::new(),
        }
    }

    /// The client's own address, by which the host's log names it.
    pub fn address(&self) -> SocketAddr {
        self.socket.address()
    }

    /// Sends bytes as they are.
    #[track_caller]
    pub fn send(&mut self, bytes: impl AsRef<[u8]>) -> &mut Self {
        self.socket.write_all(bytes.as_ref()).expect("to send");
        self
    }

    /// A second handle of the socket, to send on another thread.
    pub fn sender(&self) -> TcpStream {
        self.socket.handle()
    }

    /// The socket, and what was received and not taken.
    pub(crate) fn into_parts(self) -> (Socket, Vec<u8>) {
        (self.socket, self.buffer)
    }

    /// Says that nothing more will be sent.
    pub fn half_close(&mut self) -> &mut Self {
        self.socket.half_close();
        self
    }

    /// One GET with keep-alive.
    #[track_caller]
    pub fn get(&mut self, target: &str) -> Response {
        self.send(format!("GET {target} HTTP/1.1\r\nHost: test\r\n\r\n"));
        self.response()
    }

    /// One POST of known length with keep-alive.
    #[track_caller]
    pub fn post(&mut self, target: &str, body: &[u8]) -> Response {
        self.send(format!(
            "POST {target} HTTP/1.1\r\nHost: test\r\nContent-Length: {}\r\n\r\n",
            body.len()
        ));
        self.send(body).response()
    }

    /// The next answer, informational ones included; to a request that was not
    /// HEAD.
    #[track_caller]
    pub fn response(&mut self) -> Response {
        self.try_response(false).expect("an answer")
    }

    /// The next answer, to a HEAD.
    #[track_caller]
    pub fn response_to_head(&mut self) -> Response {
        self.try_response(true).expect("an answer")
    }

    /// The next answer; an error text when the connection ends before its end.
    pub fn try_response(&mut self, to_head: bool) -> Result<Response, String> {
        let mut response = self.try_head()?;
        if !to_head {
            self.try_body(&mut response)?;
        }
        Ok(response)
    }

    /// The body that belongs to a head.
    pub fn try_body(&mut self, response: &mut Response) -> Result<(), String> {
        if matches!(response.status, 100..=199 | 204 | 304) {
            return Ok(());
        }
        let chunked = response
            .all("transfer-encoding")
            .any(|v| v.eq_ignore_ascii_case("chunked"));
        if chunked {
            loop {
                let line = self.line()?;
                let size = usize::from_str_radix(line.split(';').next().unwrap_or(""), 16)
                    .map_err(|e| format!("chunk size {line:?}: {e}"))?;
                response.chunks.push(size);
                if size == 0 {
                    break;
                }
                response.body.extend(self.take(size)?);
                if !self.line()?.is_empty() {
                    return Err("no line end behind a chunk".to_owned());
                }
            }
            response.trailers = self.field_lines()?;
        } else if let Some(length) = response.field("content-length") {
            let length = length.parse().map_err(|e| format!("{length:?}: {e}"))?;
            response.body = self.take(length)?;
        } else {
            response.body = self.read_to_end();
        }
        Ok(())
    }

    /// The next head alone; the body can then be had by [`Client::try_body`],
    /// or piece by piece.
    pub fn try_head(&mut self) -> Result<Response, String> {
        let line = self.line()?;
        let mut words = line.splitn(3, ' ');
        let version = words.next().unwrap_or_default().to_owned();
        let status = words.next().and_then(|w| w.parse().ok());
        Ok(Response {
            status: status.ok_or_else(|| format!("status line {line:?}"))?,
            version,
            reason: words.next().unwrap_or_default().to_owned(),
            fields: self.field_lines()?,
            body: Vec::new(),
            chunks: Vec::new(),
            trailers: Vec::new(),
        })
    }

    /// Everything until the server closes.
    pub fn read_to_end(&mut self) -> Vec<u8> {
        while self.fill().is_ok() {}
        std::mem::take(&mut self.buffer)
    }

    /// Everything until the connection ends, and how it does.
    pub fn ending(&mut self) -> (Vec<u8>, Ending) {
        let ending = loop {
            match self.read() {
                Ok(0) => break Ending::Closed,
                Ok(_) => {}
                Err(_) => break Ending::Reset,
            }
        };
        (std::mem::take(&mut self.buffer), ending)
    }

    /// Checks that the server closes now, with nothing more said.
    #[track_caller]
    pub fn expect_close(&mut self) {
        let rest = self.read_to_end();
        assert!(rest.is_empty(), "more: {}", String::from_utf8_lossy(&rest));
    }

    /// The next line, without its end.
    pub fn line(&mut self) -> Result<String, String> {
        loop {
            if let Some(end) = self.buffer.windows(2).position(|w| w == b"\r\n") {
                let line: Vec<u8> = self.buffer.drain(..end + 2).take(end).collect();
                return Ok(line.into_iter().map(char::from).collect());
            }
            self.fill()?;
        }
    }

    /// The next `n` bytes.
    pub fn take(&mut self, n: usize) -> Result<Vec<u8>, String> {
        while self.buffer.len() < n {
            self.fill()?;
        }
        let rest = self.buffer.split_off(n);
        Ok(std::mem::replace(&mut self.buffer, rest))
    }

    /// What one read of the socket gives, unless something is left of the last
    /// one; nothing at the end.
    pub fn piece(&mut self) -> Vec<u8> {
        if self.buffer.is_empty() {
            // A reset is an end too.
            let _ = self.read();
        }
        std::mem::take(&mut self.buffer)
    }

    /// Checks that exactly these bytes come; a `Date` stands for one of any time.
    #[track_caller]
    pub fn expect_bytes(&mut self, wanted: &str) -> &mut Self {
        let (got, error) = match self.take(wanted.len()) {
            Ok(got) => (got, String::new()),
            Err(e) => (std::mem::take(&mut self.buffer), e),
        };
        let got: String = got.into_iter().map(char::from).collect();
        assert_eq!(undated(&got), undated(wanted), "{error}");
        self
    }

    /// Reads `n` bytes and forgets them, in constant memory.
    #[track_caller]
    pub fn skip(&mut self, mut n: u64) {
        while n > 0 {
            if self.buffer.is_empty() {
                self.fill().expect("more of the body");
            }
            let here = self.buffer.len().min(n as usize);
            self.buffer.drain(..here);
            n -= here as u64;
        }
    }

    fn field_lines(&mut self) -> Result<Vec<(String, String)>, String> {
        let mut fields = Vec::new();
        loop {
            let line = self.line()?;
            if line.is_empty() {
                return Ok(fields);
            }
            let (name, value) = line
                .split_once(':')
                .ok_or_else(|| format!("field line {line:?}"))?;
            fields.push((name.to_owned(), value.trim().to_owned()));
        }
    }

    fn fill(&mut self) -> Result<(), String> {
        match self.read() {
            Ok(0) => Err("the server closed the connection".to_owned()),
            Ok(_) => Ok(()),
            Err(reset) => Err(reset.to_string()),
        }
    }

    /// The number of bytes that came. The error is a reset: a connection that
    /// ends is an answer; a silent one is a failure of the test.
    fn read(&mut self) -> std::io::Result<usize> {
        let mut piece = [0; 65_536];
        match self.socket.read(&mut piece) {
            Ok(n) => {
                self.buffer.extend_from_slice(&piece[..n]);
                Ok(n)
            }
            Err(e) if e.kind() == std::io::ErrorKind::ConnectionReset => Err(e),
            Err(e) => panic!("no answer: {e}"),
        }
    }
}
