//! Operations as bytes: what may be written when, and how the answer's end is
//! marked (RFC 9112 §4 to §7).
//!
//! It knows no socket: it checks an operation against the state of the answer
//! and either refuses it, with nothing written, or appends its bytes to an
//! [`Output`].

use bytes::Bytes;

use super::answer::{Answer, Chunk, Framing, State};
use super::encode::{check_fields, check_head, put_fields, put_head, put_size};
use super::framing::ends_chunked;
use crate::content::{Content, Method};
use crate::socket::Output;
use crate::{Fields, Limits, Protocol, WireError, WireOp};

/// When the bytes of an operation are to leave.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Leave {
    /// With the next operation's.
    Later,
    /// Now, and the operation lasts until they have.
    Now,
    /// Now, and our side of the connection closes behind them.
    Last,
    /// Now, and the connection is dropped behind them.
    Dropped,
}

impl Answer {
    /// Writes an operation. `closing`: the connection ends after this answer
    /// whatever the answer says.
    pub(super) fn apply(
        &mut self,
        op: WireOp,
        closing: bool,
        limits: &Limits,
        out: &mut Output,
    ) -> Result<Leave, WireError> {
        if matches!(self.state, State::Closed | State::GivenUp) {
            return Err(WireError::Gone);
        }
        let name = op.name();
        match op {
            WireOp::WriteHeaders {
                stream,
                status,
                reason,
                fields,
                end,
            } => {
                self.own(stream)?;
                check_head(status, reason.as_ref(), &fields)?;
                if status < 200 {
                    self.informational(status, reason, &fields, end, out)
                } else {
                    self.head(status, reason, &fields, end, closing, out)
                }
            }
            WireOp::WriteData { stream, data, end }
            | WireOp::WriteDataFrame { stream, data, end } => {
                self.own(stream)?;
                self.content(data, end, out)
            }
            WireOp::Trailers { stream, fields } => {
                self.own(stream)?;
                self.trailers(&fields, out)
            }
            WireOp::EndStream { stream } => {
                self.own(stream)?;
                self.content(Bytes::new(), true, out)
            }
            WireOp::Reset { stream, code: _ } => {
                self.own(stream)?;
                if self.state == State::Done {
                    return Err(ended());
                }
                self.give_up();
                Ok(Leave::Dropped)
            }
            WireOp::Flush => Ok(Leave::Now),
            WireOp::RawBytes { bytes, more } => {
                self.read_along(&bytes, limits);
                out.push(bytes, b"");
                Ok(if more { Leave::Later } else { Leave::Now })
            }
            WireOp::Close => {
                self.close();
                Ok(Leave::Last)
            }
            WireOp::Abort => {
                self.give_up();
                Ok(Leave::Dropped)
            }
            WireOp::Push { .. }
            | WireOp::GoAway { .. }
            | WireOp::Ping { .. }
            | WireOp::Settings { .. }
            | WireOp::WindowUpdate { .. }
            | WireOp::Priority { .. }
            | WireOp::Padding(_)
            | WireOp::Coding(_)
            | WireOp::TableSize(_)
            | WireOp::EncodeFields(_)
            | WireOp::RawHeaders { .. }
            | WireOp::RawContinuation { .. }
            | WireOp::RawData { .. }
            | WireOp::RawFrame { .. } => Err(self.wrong_protocol(name)),
        }
    }

    fn own(&self, stream: Option<u32>) -> Result<(), WireError> {
        match stream {
            None | Some(0) => Ok(()),
            Some(_) => Err(self.wrong_protocol("another stream")),
        }
    }

    fn wrong_protocol(&self, operation: &'static str) -> WireError {
        let protocol = match self.to.http10 {
            true => Protocol::Http10,
            false => Protocol::Http11,
        };
        WireError::WrongProtocol {
            operation,
            protocol: protocol.as_str(),
        }
    }

    /// A head of status 1xx (RFC 9110 §15.2), which leaves at once: it is there
    /// to come before the rest.
    fn informational(
        &mut self,
        status: u16,
        reason: Option<Bytes>,
        fields: &Fields,
        end: bool,
        out: &mut Output,
    ) -> Result<Leave, WireError> {
        match self.state {
            State::Start => {}
            State::Head => return Err(within_head()),
            State::Done => return Err(ended()),
            _ => {
                return Err(WireError::protocol(
                    "an informational head after the final one",
                    "RFC 9110 §15.2",
                ));
            }
        }
        let refused = |what, section| Err(WireError::protocol(what, section));
        if status == 101 {
            return refused(
                "101 gives the connection to another protocol, which is not the handler's to do",
                "RFC 9110 §15.2.2",
            );
        }
        if end {
            return refused(
                "an informational head cannot end the answer",
                "RFC 9110 §15.2",
            );
        }
        Content::check_informational(fields)?;
        // HTTP/1.0 knows none: it is left out (RFC 9110 §15.2).
        if self.to.http10 {
            return Ok(Leave::Later);
        }
        put_head(out.buffer(), status, reason.as_ref(), fields, &[]);
        self.continued |= status == 100;
        Ok(Leave::Now)
    }

    /// The final head.
    fn head(
        &mut self,
        status: u16,
        reason: Option<Bytes>,
        fields: &Fields,
        end: bool,
        closing: bool,
        out: &mut Output,
    ) -> Result<Leave, WireError> {
        match self.state {
            State::Start => {}
            State::Head => return Err(within_head()),
            State::Done => return Err(ended()),
            _ => return Err(WireError::protocol("a second final head", "RFC 9110 §15")),
        }
        let (framing, framed_by) = self.framing(status, fields, end)?;
        self.persistent = self.to.persistent
            && !closing
            && framing != Framing::Close
            && !fields.has_token("connection", "close");
        let connection = match (self.persistent, self.to.http10) {
            _ if fields.contains("connection") => "",
            (false, false) => "Connection: close\r\n",
            (true, true) => "Connection: keep-alive\r\n",
            _ => "",
        };
        let added = [framed_by, connection];
        put_head(out.buffer(), status, reason.as_ref(), fields, &added);
        self.state = State::Content(framing);
        if end {
            return self.content(Bytes::new(), true, out);
        }
        Ok(Leave::Later)
    }

    /// How the content of an answer with this head ends, and the field that
    /// says so where the handler gave none.
    fn framing(
        &self,
        status: u16,
        fields: &Fields,
        end: bool,
    ) -> Result<(Framing, &'static str), WireError> {
        let refused = |what, section| Err(WireError::protocol(what, section));
        let content = Content::behind(self.to.method, status, fields)?;
        let coded = fields.contains("transfer-encoding");
        if fields.contains("content-length") && coded {
            return refused("both Transfer-Encoding and Content-Length", "RFC 9112 §6.2");
        }
        if coded && self.to.http10 {
            return refused("Transfer-Encoding to an HTTP/1.0 client", "RFC 9112 §6.1");
        }
        let tunnel = self.to.method.is_tunnel(status);
        if (status == 204 || tunnel) && (coded || fields.contains("content-length")) {
            return refused(
                "Content-Length or Transfer-Encoding in an answer that has no content",
                "RFC 9110 §8.6",
            );
        }
        if tunnel {
            return Ok((Framing::Close, ""));
        }
        if self.to.method == Method::Head {
            return Ok((Framing::Withheld, ""));
        }
        match content.take(0, end)? {
            Content::None => return Ok((Framing::None, "")),
            Content::Left(length) => return Ok((Framing::Length(length), "")),
            Content::Any => {}
        }
        if coded {
            let chunked = ends_chunked(fields);
            return Ok(if chunked {
                (Framing::Chunked(Chunk::Size), "")
            } else {
                (Framing::Close, "")
            });
        }
        Ok(match (end, self.to.http10) {
            (true, _) => (Framing::Length(0), "Content-Length: 0\r\n"),
            (false, true) => (Framing::Close, ""),
            (false, false) => (
                Framing::Chunked(Chunk::Size),
                "Transfer-Encoding: chunked\r\n",
            ),
        })
    }

    /// A piece of content, or the end of it.
    fn content(&mut self, data: Bytes, end: bool, out: &mut Output) -> Result<Leave, WireError> {
        let framing = self.open()?;
        let len = data.len() as u64;
        match framing {
            Framing::Withheld => {}
            Framing::None => {
                Content::None.take(len, end)?;
            }
            Framing::Length(left) => {
                Content::Left(left).take(len, end)?;
                self.state = State::Content(Framing::Length(left - len));
                out.push(data, b"");
            }
            Framing::Close => out.push(data, b""),
            Framing::Chunked(_) => match (data.is_empty(), end) {
                // An empty chunk would be the last.
                (true, false) => {}
                (true, true) => out.push(data, b"0\r\n\r\n"),
                (false, _) => {
                    put_size(out.buffer(), data.len());
                    out.push(data, if end { b"\r\n0\r\n\r\n" } else { b"\r\n" });
                }
            },
        }
        if end {
            self.state = State::Done;
        }
        Ok(Leave::Now)
    }

    /// Trailer fields and the end (RFC 9112 §7.1.2).
    fn trailers(&mut self, fields: &Fields, out: &mut Output) -> Result<Leave, WireError> {
        /// Fields that a message's framing or routing hangs on (RFC 9110
        /// §6.5.1).
        const FORBIDDEN: [&str; 4] = ["content-length", "host", "trailer", "transfer-encoding"];
        let framing = self.open()?;
        check_fields(fields)?;
        if let Some(name) = FORBIDDEN.iter().find(|name| fields.contains(name)) {
            return Err(WireError::protocol(
                format!("{name} cannot be a trailer field"),
                "RFC 9110 §6.5.1",
            ));
        }
        match framing {
            Framing::Chunked(_) => {
                let buffer = out.buffer();
                buffer.extend_from_slice(b"0\r\n");
                put_fields(buffer, fields);
                buffer.extend_from_slice(b"\r\n");
            }
            Framing::Withheld => {}
            _ => {
                return Err(WireError::protocol(
                    "trailer fields need chunked content",
                    "RFC 9112 §7.1.2",
                ));
            }
        }
        self.state = State::Done;
        Ok(Leave::Now)
    }

    /// The framing of an answer whose content is under way, and nothing of it
    /// left half written.
    fn open(&self) -> Result<Framing, WireError> {
        match self.state {
            State::Content(Framing::Chunked(chunk))
                if chunk != Chunk::Size || !self.partial.is_empty() =>
            {
                Err(WireError::protocol(
                    "within a chunk that raw bytes have begun",
                    "RFC 9112 §7.1",
                ))
            }
            State::Content(framing) => Ok(framing),
            State::Head => Err(within_head()),
            State::Start => Err(WireError::protocol(
                "content before the head",
                "RFC 9112 §2.1",
            )),
            State::Done => Err(ended()),
            State::Closed | State::GivenUp => Err(WireError::Gone),
        }
    }
}

fn within_head() -> WireError {
    WireError::protocol("within a head that raw bytes have begun", "RFC 9112 §2.1")
}

fn ended() -> WireError {
    WireError::protocol("the answer is complete", "RFC 9112 §6.3")
}
