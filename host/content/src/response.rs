//! An answer as a value: what files make, pipes transform and the exchange gets.

use bytes::Bytes;
use host_wire::{Exchange, Fields, Protocol, WireError, WireOp, error_page};

use crate::body::{Body, Piece};

/// HTTP/2's INTERNAL_ERROR (RFC 9113 §7).
const INTERNAL_ERROR: u32 = 2;

/// Fields of HTTP/1's connections, which HTTP/2 has other means for (RFC 9113
/// §8.2.2).
const OF_HTTP1: [&[u8]; 5] = [
    b"connection",
    b"keep-alive",
    b"proxy-connection",
    b"transfer-encoding",
    b"upgrade",
];

/// An answer that nothing has been sent of.
#[derive(Debug)]
pub struct Response {
    /// The final status code, 200 to 999.
    pub status: u16,
    /// HTTP/1's reason phrase; `None` for the registered one.
    pub reason: Option<Bytes>,
    /// The field lines in order. `Server`, `Date` and `Content-Length` are
    /// added when it is sent, unless they are here.
    pub fields: Fields,
    /// The content.
    pub body: Body,
}

/// What became of an exchange that was answered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Served {
    /// The status that was sent, if one was: an `.asis` file may have none.
    pub status: Option<u16>,
    /// Bytes of content that were written.
    pub bytes: u64,
}

impl Served {
    pub(crate) const fn empty(status: u16) -> Self {
        Self {
            status: Some(status),
            bytes: 0,
        }
    }
}

impl Response {
    /// An answer of this status with neither fields nor content.
    pub fn new(status: u16) -> Self {
        Self {
            status,
            reason: None,
            fields: Fields::new(),
            body: Body::empty(),
        }
    }

    /// wptserve's error page: `{"error": {"code": …, "message": …}}`.
    pub fn error(status: u16, message: &str) -> Self {
        let mut response = Self::new(status);
        response.fields.append("Content-Type", "application/json");
        response.body = error_page(status, message).into();
        response
    }

    /// Writes the answer: `Server`, `Date` and, where the length is known,
    /// `Content-Length` are added where they are missing; the content is left
    /// out where the request was HEAD or the status has none (RFC 9110 §6.4.1).
    /// On HTTP/2 fields of HTTP/1's connections are left out, so that an answer
    /// that was written for one protocol does on the other.
    ///
    /// A `Content-Length` among the fields is kept: longer content is cut
    /// there. Content that ends before it, or that cannot be read to its end,
    /// gives the exchange up, so that the client sees a truncated answer as one.
    ///
    /// # Errors
    /// Those of [`Exchange::apply`]: the client's leaving, or a head that
    /// cannot be sent, and then nothing was written.
    pub async fn send(mut self, exchange: &mut Exchange) -> Result<Served, WireError> {
        let mut served = Served::empty(self.status);
        let has_content = !matches!(self.status, 204 | 304);
        if exchange.head().protocol == Protocol::Http2 {
            for name in OF_HTTP1 {
                self.fields.remove(name);
            }
        }
        self.complete_fields(has_content);
        // What the client will take; `None` until the content ends.
        let mut left = declared(&self.fields);
        let end = !has_content || left == Some(0) || exchange.head().method == "HEAD";
        exchange
            .apply(WireOp::WriteHeaders {
                stream: None,
                status: self.status,
                reason: self.reason,
                fields: self.fields,
                end,
            })
            .await?;
        if end {
            return Ok(served);
        }
        loop {
            match self.body.next().await {
                Ok(Some(Piece::Data(mut data))) => {
                    if let Some(left) = &mut left {
                        data.truncate(usize::try_from(*left).unwrap_or(usize::MAX));
                        *left -= data.len() as u64;
                    }
                    served.bytes += data.len() as u64;
                    let (stream, end) = (None, left == Some(0));
                    exchange
                        .apply(WireOp::WriteData { stream, data, end })
                        .await?;
                    if end {
                        return Ok(served);
                    }
                }
                Ok(Some(Piece::Pause(time))) => {
                    // What was written so far is not to wait as well.
                    exchange.apply(WireOp::Flush).await?;
                    tokio::select! {
                        () = tokio::time::sleep(time) => {}
                        left = exchange.gone() => return Err(left),
                    }
                }
                Ok(None) if left.is_none() => {
                    let stream = None;
                    exchange.apply(WireOp::EndStream { stream }).await?;
                    return Ok(served);
                }
                Ok(None) | Err(_) => {
                    // What there is of it is not to be lost with the connection.
                    exchange.apply(WireOp::Flush).await?;
                    let (stream, code) = (None, INTERNAL_ERROR);
                    exchange.apply(WireOp::Reset { stream, code }).await?;
                    return Ok(served);
                }
            }
        }
    }

    fn complete_fields(&mut self, has_content: bool) {
        self.fields.add_server_and_date();
        if self.status == 204 {
            // RFC 9110 §8.6: these would speak of content that there is not.
            self.fields.remove(b"content-length");
            self.fields.remove(b"transfer-encoding");
        }
        let is_framed =
            self.fields.contains("content-length") || self.fields.contains("transfer-encoding");
        if let Some(length) = self.body.length()
            && has_content
            && !is_framed
        {
            self.fields.append("Content-Length", length.to_string());
        }
    }
}

/// The value of `Content-Length`, if there is a good one; a bad one is refused
/// with the head.
fn declared(fields: &Fields) -> Option<u64> {
    let value = fields.get("content-length")?;
    std::str::from_utf8(value).ok()?.trim().parse().ok()
}
