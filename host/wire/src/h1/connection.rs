//! The life of an HTTP/1 connection: head, exchange, and again.

use std::io;
use std::sync::Arc;

use bytes::{Buf, BytesMut};

use super::exchange::Exchange;
use super::head::{Request, RequestLine};
use super::lines::Scan;
use super::refused::Refused;
use super::syntax::is_tchar;
use super::upgrade;
use super::wire::{After, Slot, Wire, linger, refuse_head};
use crate::socket::{Arrival, READ_ROOM, Socket};
use crate::{ConnectionInfo, Limits, Refusal, Service, h2};

/// Empty lines before a request line that are passed over: some clients send
/// one behind a body (RFC 9112 §2.2).
const EMPTY_LINES: usize = 4;

/// A connection that goes on in HTTP/2.
pub(crate) struct Switched {
    pub(crate) socket: Socket,
    pub(crate) upgraded: h2::Upgraded,
}

/// Serves a connection until it ends, or asks to go on in HTTP/2.
pub(crate) async fn serve<S: Service>(
    socket: Socket,
    info: &Arc<ConnectionInfo>,
    limits: &Arc<Limits>,
    service: &S,
) -> io::Result<Option<Switched>> {
    let slot = Arc::new(Slot::default());
    let mut wire = Box::new(Wire::new(socket, limits.clone()));
    let mut first = true;
    loop {
        let next = next_request(&mut wire.socket, first, info, limits).await;
        let request = match next {
            Ok(request) => request,
            Err(Unserved::Closed) => return Ok(None),
            Err(Unserved::Failed(error)) => return Err(error),
            Err(Unserved::Refused { refused, head }) => {
                if let Some(page) = &info.journal {
                    page.begin_request();
                }
                let answered = refuse_head(&mut wire.socket, &refused, head, limits).await;
                let refusal = match answered {
                    Ok(()) => Refusal::Status(refused.status),
                    Err(_) => Refusal::Closed,
                };
                service.violation(info, &refused.violation(refusal));
                answered?;
                return linger(&mut wire.socket, true).await.map(|()| None);
            }
        };
        first = false;
        if let Some(upgraded) = upgrade::h2c(&request) {
            let mut socket = wire.socket;
            socket.out.buffer().extend_from_slice(upgrade::SWITCHING);
            socket.flush(limits.stall_timeout).await?;
            return Ok(Some(Switched { socket, upgraded }));
        }
        wire.begin(&request);
        let exchange = Exchange::new(request.head, wire, slot.clone());
        service.call(exchange.into()).await;
        wire = slot.take().await;
        let after = wire.finish().await;
        if let Some(violation) = wire.take_violation() {
            service.violation(info, &violation);
        }
        match after? {
            After::Next => {}
            After::Close => return wire.close().await.map(|()| None),
            After::Drop => return Ok(None),
        }
    }
}

/// Why there is no request.
enum Unserved {
    /// The connection is of no more use, and nobody is owed an answer.
    Closed,
    Refused {
        refused: Refused,
        /// The method was HEAD.
        head: bool,
    },
    Failed(io::Error),
}

impl From<io::Error> for Unserved {
    fn from(error: io::Error) -> Self {
        Self::Failed(error)
    }
}

/// Waits for a request's head and understands it.
async fn next_request(
    socket: &mut Socket,
    first: bool,
    info: &Arc<ConnectionInfo>,
    limits: &Limits,
) -> Result<Request, Unserved> {
    if socket.read.is_empty() {
        let within = if first {
            limits.head_timeout
        } else {
            limits.idle_timeout
        };
        if socket.fill_idle(within).await? != Arrival::Bytes {
            return Err(Unserved::Closed);
        }
        // The first head's time runs from when the connection was accepted.
        if !first {
            socket.alarm.clear();
        }
    }
    let mut reading = Reading::default();
    let refused = loop {
        match reading.take(&mut socket.read, info, limits) {
            Ok(Some(request)) => {
                socket.alarm.clear();
                return Ok(request);
            }
            Ok(None) => {}
            Err(refused) => break refused,
        }
        match socket.fill(READ_ROOM, limits.head_timeout).await? {
            Arrival::Bytes => {}
            // Only an empty line came, that of the last request's body.
            _ if socket.read.is_empty() => return Err(Unserved::Closed),
            Arrival::Late => {
                let what = "the head was not complete in time";
                break Refused::new(408, what, "RFC 9110 §15.5.9");
            }
            Arrival::End | Arrival::Drained => {
                let what = "the connection ends within a head";
                break Refused::malformed(what, "RFC 9112 §8");
            }
        }
    };
    let head = reading.head;
    Err(Unserved::Refused { refused, head })
}

/// How far a head has been looked at.
#[derive(Default)]
struct Reading {
    empty_lines: usize,
    scan: Scan,
    line_checked: bool,
    /// The method is HEAD.
    head: bool,
}

impl Reading {
    /// The request that the buffer begins with, taken off it when its head is
    /// complete. What can be refused before is refused before: a client that
    /// does not speak HTTP/1 may never send the end of a head.
    fn take(
        &mut self,
        read: &mut BytesMut,
        info: &Arc<ConnectionInfo>,
        limits: &Limits,
    ) -> Result<Option<Request>, Refused> {
        while self.empty_lines < EMPTY_LINES && read.starts_with(b"\r\n") {
            read.advance(2);
            self.empty_lines += 1;
        }
        match read.first() {
            None => return Ok(None),
            Some(b'\r') if read.len() == 1 => return Ok(None),
            Some(byte) if is_tchar(*byte) => {}
            Some(_) => return Err(Refused::malformed("not a request line", "RFC 9112 §3")),
        }
        self.head = read.starts_with(b"HEAD ");
        match self.scan.find(read, limits) {
            Ok(Some(section)) => {
                let head = read.split_to(section.len).freeze();
                Request::parse(head, section, info).map(Some)
            }
            Ok(None) => {
                if !self.line_checked
                    && let Some(end) = self.scan.first_line(read)
                {
                    RequestLine::parse(&read[..end])?;
                    self.line_checked = true;
                }
                Ok(None)
            }
            Err(refused) if refused.status == 431 && self.scan.first_line(read).is_none() => {
                Err(Refused::new(
                    414,
                    format!("the request line is over {} bytes", limits.head_bytes),
                    "RFC 9112 §3",
                ))
            }
            Err(refused) => Err(refused),
        }
    }
}
