//! What is written by checked operations: head, content, trailers, and what is
//! missing in the end.

use bytes::Bytes;
use host_wire::{Exchange, Fields, Protocol, WireError, WireOp};

use super::{Answer, Refused, is_own};

/// wptserve's `H2ResponseWriter` takes these names for pseudo-header fields.
const PSEUDO: [&[u8]; 6] = [
    b"method",
    b"scheme",
    b"host",
    b"path",
    b"authority",
    b"status",
];

/// A piece of content.
pub(crate) struct Piece {
    pub(crate) data: Bytes,
    /// Whether it is the last.
    pub(crate) end: bool,
    /// Whether it is to be one frame.
    pub(crate) whole: bool,
}

impl Answer {
    /// The handler's own `write-headers`; its trailers once a final head has
    /// been written.
    pub(crate) async fn write_headers(
        &mut self,
        exchange: &mut Exchange,
        stream: Option<u32>,
        status: u16,
        reason: Option<Bytes>,
        fields: Fields,
        end: bool,
    ) -> Result<(), Refused> {
        let own = is_own(exchange, stream);
        if own {
            self.check_unpiped()?;
        }
        let fields = if exchange.head().protocol == Protocol::Http2 {
            if status == 0 {
                let what = "`:status` is missing";
                return Err(WireError::protocol(what, "RFC 9113 §8.3.2").into());
            }
            prefixed(fields)
        } else {
            fields
        };
        if self.is_headed(exchange, stream) {
            if !end {
                let what = "after the head there are only trailers, which end the stream";
                return Err(WireError::protocol(what, "RFC 9113 §8.1").into());
            }
            return self.write_trailers(exchange, stream, fields).await;
        }
        let mut fields = fields;
        if own && status >= 200 {
            self.say_close(exchange, &mut fields);
        }
        let op = WireOp::WriteHeaders {
            stream,
            status,
            reason,
            fields,
            end,
        };
        self.apply(exchange, op).await?;
        if status >= 200 {
            if own {
                self.own_head = true;
                self.checked_head = true;
                self.sent = Some(status);
                self.ended |= end;
            } else if let Some(stream) = stream {
                self.headed.push(stream);
            }
        }
        Ok(())
    }

    /// Says in a final head that the connection ends behind the answer, if it is to.
    fn say_close(&self, exchange: &Exchange, fields: &mut Fields) {
        if self.close_connection && exchange.head().protocol != Protocol::Http2 {
            fields.set("Connection", "close");
        }
    }

    /// Whether a stream has its final head.
    fn is_headed(&self, exchange: &Exchange, stream: Option<u32>) -> bool {
        match stream {
            Some(id) if !is_own(exchange, stream) => self.headed.contains(&id),
            _ => exchange.progress().headers,
        }
    }

    /// The handler's own content: the head goes first if none was written.
    pub(crate) async fn write_data(
        &mut self,
        exchange: &mut Exchange,
        stream: Option<u32>,
        piece: Piece,
    ) -> Result<(), Refused> {
        if !is_own(exchange, stream) {
            self.apply(exchange, piece.op(stream)).await?;
            return Ok(());
        }
        self.check_unpiped()?;
        let wanted = self.wants_content(exchange);
        let Piece { end, ref data, .. } = piece;
        if !exchange.progress().headers && !self.is_raw(exchange) {
            let length = end.then_some(data.len());
            let nothing = end && (data.is_empty() || !wanted);
            self.write_head(exchange, length, nothing).await?;
            if nothing {
                return Ok(());
            }
        }
        self.own_content = true;
        match (wanted, end) {
            (true, _) => self.put(exchange, piece).await,
            // What answers HEAD has no content (RFC 9110 §9.3.2).
            (false, true) => self.end(exchange, WireOp::EndStream { stream }).await,
            (false, false) => Ok(()),
        }
    }

    /// Writes content behind the head.
    pub(super) async fn put(
        &mut self,
        exchange: &mut Exchange,
        piece: Piece,
    ) -> Result<(), Refused> {
        let end = piece.end;
        if let Some(left) = &mut self.left {
            *left = left.saturating_sub(piece.data.len() as u64);
        }
        let head = exchange.head();
        if head.method == "HEAD" && head.protocol != Protocol::Http2 && self.tenant.raw {
            // HTTP/1 has no place for it: these are bytes between two answers,
            // and the connection ends after them.
            let op = WireOp::RawBytes {
                bytes: piece.data,
                more: false,
            };
            self.apply(exchange, op).await?;
            self.ended |= end;
            return Ok(());
        }
        self.apply(exchange, piece.op(None)).await?;
        self.ended |= end;
        Ok(())
    }

    /// The handler's own trailers.
    pub(crate) async fn write_trailers(
        &mut self,
        exchange: &mut Exchange,
        stream: Option<u32>,
        fields: Fields,
    ) -> Result<(), Refused> {
        let own = is_own(exchange, stream);
        if own {
            self.check_unpiped()?;
        }
        let op = WireOp::Trailers { stream, fields };
        self.apply(exchange, op).await?;
        self.ended |= own;
        Ok(())
    }

    /// The handler's own end of a stream.
    pub(crate) async fn end_stream(
        &mut self,
        exchange: &mut Exchange,
        stream: Option<u32>,
    ) -> Result<(), Refused> {
        let op = WireOp::EndStream { stream };
        if !is_own(exchange, stream) {
            self.apply(exchange, op).await?;
            return Ok(());
        }
        self.check_unpiped()?;
        if !exchange.progress().headers && !self.is_raw(exchange) {
            return self.write_head(exchange, Some(0), true).await;
        }
        self.end(exchange, op).await
    }

    /// The handler gives a stream up.
    pub(crate) async fn reset(
        &mut self,
        exchange: &mut Exchange,
        stream: Option<u32>,
        code: u32,
    ) -> Result<(), Refused> {
        let op = WireOp::Reset { stream, code };
        if !is_own(exchange, stream) {
            self.apply(exchange, op).await?;
            return Ok(());
        }
        self.end(exchange, op).await
    }

    /// Does what ends the answer.
    pub(super) async fn end(&mut self, exchange: &mut Exchange, op: WireOp) -> Result<(), Refused> {
        self.apply(exchange, op).await?;
        self.ended = true;
        Ok(())
    }

    /// Sends status and fields now, if that has not been done.
    pub(crate) async fn write_status_headers(
        &mut self,
        exchange: &mut Exchange,
    ) -> Result<(), Refused> {
        if exchange.progress().headers || self.is_raw(exchange) {
            return Ok(());
        }
        self.check_unpiped()?;
        self.write_head(exchange, None, false).await?;
        self.apply(exchange, WireOp::Flush).await?;
        Ok(())
    }

    /// Writes what is still missing: the head, the content, the end. A raw
    /// answer is only ended.
    pub(crate) async fn complete(&mut self, exchange: &mut Exchange) -> Result<(), Refused> {
        if self.ended {
            return Ok(());
        }
        if self.is_raw(exchange) {
            self.end_raw(exchange).await;
            return Ok(());
        }
        let progress = exchange.progress();
        if progress.ended || self.complete_piped(exchange).await? {
            return Ok(());
        }
        let content = if self.own_head || self.own_content {
            Bytes::new()
        } else {
            std::mem::take(&mut self.content)
        };
        let nothing = content.is_empty() || !self.wants_content(exchange);
        if !progress.headers {
            self.write_head(exchange, Some(content.len()), nothing)
                .await?;
            if nothing {
                return Ok(());
            }
        }
        let fits = self.left.is_none_or(|left| left == content.len() as u64);
        if nothing || !fits {
            if !nothing {
                self.put_within(exchange, content).await?;
            }
            return self.end_content(exchange).await;
        }
        let piece = Piece {
            data: content,
            end: true,
            whole: false,
        };
        self.put(exchange, piece).await
    }

    /// Writes content up to the Content-Length that the handler set: the client
    /// would take the rest for the next answer. Says whether more would fit.
    pub(super) async fn put_within(
        &mut self,
        exchange: &mut Exchange,
        mut data: Bytes,
    ) -> Result<bool, Refused> {
        if let Some(left) = self.left {
            data.truncate(usize::try_from(left).unwrap_or(usize::MAX));
        }
        // HTTP/1 would take an empty chunk for the last, and wptserve skips them.
        if !data.is_empty() {
            let (end, whole) = (false, false);
            self.put(exchange, Piece { data, end, whole }).await?;
        }
        Ok(self.left != Some(0))
    }

    /// Ends content that was written. What is shorter than its Content-Length is
    /// given up, so that the client sees a truncated answer as one.
    pub(super) async fn end_content(&mut self, exchange: &mut Exchange) -> Result<(), Refused> {
        const INTERNAL_ERROR: u32 = 2;
        let stream = None;
        let op = match self.left {
            Some(1..) if self.wants_content(exchange) => {
                // What there is of it is not to be lost with the connection.
                self.apply(exchange, WireOp::Flush).await?;
                let code = INTERNAL_ERROR;
                WireOp::Reset { stream, code }
            }
            _ => WireOp::EndStream { stream },
        };
        self.end(exchange, op).await
    }

    /// Writes the head that was set. `length` is that of the content, where it
    /// is known.
    pub(super) async fn write_head(
        &mut self,
        exchange: &mut Exchange,
        length: Option<usize>,
        end: bool,
    ) -> Result<(), Refused> {
        if self.status < 200 {
            let what = format!("{} is no final status", self.status);
            return Err(WireError::protocol(what, "RFC 9110 §15.2").into());
        }
        let mut fields = self.fields.clone();
        self.left = declared(&fields);
        self.say_close(exchange, &mut fields);
        if self.add_required_headers {
            fields.add_server_and_date();
            let sized = fields.contains("content-length") || fields.contains("transfer-encoding");
            if let Some(length) = length
                && !sized
                && !matches!(self.status, 204 | 304)
            {
                fields.append("Content-Length", length.to_string());
            }
        }
        let op = WireOp::WriteHeaders {
            stream: None,
            status: self.status,
            reason: self.reason.clone(),
            fields,
            end,
        };
        self.apply(exchange, op).await?;
        self.checked_head = true;
        self.sent = Some(self.status);
        self.ended = end;
        Ok(())
    }

    /// Whether content may follow the head (RFC 9110 §6.4.1).
    pub(super) fn wants_content(&self, exchange: &Exchange) -> bool {
        let status = self.sent.unwrap_or(self.status);
        if exchange.head().method == "HEAD" {
            return self.send_body_for_head;
        }
        // A head of the handler's own is its own affair: the wire says no.
        self.own_head || !matches!(status, 204 | 304)
    }
}

impl Piece {
    pub(super) fn op(self, stream: Option<u32>) -> WireOp {
        let Self { data, end, whole } = self;
        match whole {
            true => WireOp::WriteDataFrame { stream, data, end },
            false => WireOp::WriteData { stream, data, end },
        }
    }
}

/// The value of `Content-Length`, if there is a good one; a bad one is refused
/// with the head.
fn declared(fields: &Fields) -> Option<u64> {
    let value = fields.get("content-length")?;
    std::str::from_utf8(value).ok()?.trim().parse().ok()
}

/// Fields with the colon of wptserve's pseudo-header fields.
pub(super) fn prefixed(fields: Fields) -> Fields {
    if !fields.iter().any(|(name, _)| PSEUDO.contains(&&name[..])) {
        return fields;
    }
    let prefix = |(name, value): (Bytes, Bytes)| match PSEUDO.contains(&&name[..]) {
        true => ([b":", &name[..]].concat().into(), value),
        false => (name, value),
    };
    fields.into_iter().map(prefix).collect()
}
