//! The answer: what a handler has set, what was written of it, and its
//! completion.

use bytes::Bytes;
use host_wire::{Exchange, Fields, Protocol, Reply, WireError, WireOp, error_page};

use crate::limits::{Limit, RESPONSE_HEAD_BYTES};

/// What a field line costs the host beside its bytes.
const LINE: usize = 64;

/// Why a write was not done.
#[derive(Debug)]
pub(crate) enum Refused {
    Wire(WireError),
    Limit(Limit),
}

impl From<WireError> for Refused {
    fn from(error: WireError) -> Self {
        Self::Wire(error)
    }
}

/// The answer of one run.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) reason: Option<Bytes>,
    fields: Fields,
    /// Bytes of `fields`, counted as [`RESPONSE_HEAD_BYTES`] says.
    fields_size: usize,
    pub(crate) content: Bytes,
    pub(crate) add_required_headers: bool,
    pub(crate) close_connection: bool,
    pub(crate) send_body_for_head: bool,
    /// The handler wrote the head itself: what is set here is not used.
    own_head: bool,
    /// The handler wrote content itself: `content` is not used.
    own_content: bool,
    /// The final status that went out.
    pub(crate) sent: Option<u16>,
    /// The answer is complete, or the handler gave it up.
    pub(crate) ended: bool,
    /// Bytes written.
    pub(crate) written: usize,
    limit: usize,
    /// The limit that refused a write last.
    pub(crate) hit: Option<Limit>,
}

impl Answer {
    pub(crate) fn new(limit: usize) -> Self {
        Self {
            status: 200,
            reason: None,
            fields: Fields::new(),
            fields_size: 0,
            content: Bytes::new(),
            add_required_headers: true,
            close_connection: false,
            send_body_for_head: false,
            own_head: false,
            own_content: false,
            sent: None,
            ended: false,
            written: 0,
            limit,
            hit: None,
        }
    }

    // === what is set ===

    pub(crate) fn fields(&self) -> &Fields {
        &self.fields
    }

    /// Changes the fields, which must then still fit.
    pub(crate) fn edit(&mut self, change: impl FnOnce(&mut Fields)) -> Result<(), Limit> {
        change(&mut self.fields);
        self.fields_size = size(&self.fields);
        self.check_fields()
    }

    /// Adds a line: as `edit`, without counting the others again.
    pub(crate) fn append(&mut self, name: Bytes, value: Bytes) -> Result<(), Limit> {
        self.fields_size += name.len() + value.len() + LINE;
        self.fields.append(name, value);
        self.check_fields()
    }

    fn check_fields(&self) -> Result<(), Limit> {
        if self.fields_size > RESPONSE_HEAD_BYTES {
            return Err(Limit::ResponseHead(RESPONSE_HEAD_BYTES));
        }
        Ok(())
    }

    pub(crate) fn set_content(&mut self, content: Vec<u8>) -> Result<(), Limit> {
        if content.len() > self.limit {
            return Err(Limit::ResponseBytes(self.limit));
        }
        self.content = content.into();
        Ok(())
    }

    pub(crate) fn set_error(&mut self, code: u16, message: &str) -> Result<(), Limit> {
        self.status = code;
        self.reason = None;
        self.content = error_page(code, message);
        self.edit(|fields| {
            *fields = Fields::new();
            fields.append("Content-Type", "application/json");
        })
    }

    // === what is written ===

    /// Counts bytes that are to be written.
    fn charge(&mut self, bytes: usize) -> Result<(), Refused> {
        let written = self.written.saturating_add(bytes);
        if written > self.limit {
            let limit = Limit::ResponseBytes(self.limit);
            self.hit = Some(limit);
            return Err(Refused::Limit(limit));
        }
        self.written = written;
        Ok(())
    }

    /// The handler's own `write-headers`.
    pub(crate) async fn write_headers(
        &mut self,
        exchange: &mut Exchange,
        stream: Option<u32>,
        status: u16,
        reason: Option<Bytes>,
        fields: Fields,
        end: bool,
    ) -> Result<(), Refused> {
        self.charge(size(&fields))?;
        exchange
            .apply(WireOp::WriteHeaders {
                stream,
                status,
                reason,
                fields,
                end,
            })
            .await?;
        if is_own(exchange, stream) && status >= 200 {
            self.own_head = true;
            self.sent = Some(status);
            self.ended |= end;
        }
        Ok(())
    }

    /// The handler's own `write-data`: the head goes first if none was written.
    pub(crate) async fn write_data(
        &mut self,
        exchange: &mut Exchange,
        stream: Option<u32>,
        data: Bytes,
        end: bool,
    ) -> Result<(), Refused> {
        self.charge(data.len())?;
        if !is_own(exchange, stream) {
            let op = WireOp::WriteData { stream, data, end };
            return done(exchange.apply(op).await);
        }
        let wanted = self.wants_content(exchange);
        if !exchange.progress().headers {
            let length = end.then_some(data.len());
            let nothing = end && (data.is_empty() || !wanted);
            self.write_head(exchange, length, nothing).await?;
            if nothing {
                return Ok(());
            }
        }
        self.own_content = true;
        match (wanted, end) {
            (true, _) => {
                let op = WireOp::WriteData { stream, data, end };
                exchange.apply(op).await?;
                self.ended |= end;
                Ok(())
            }
            // What answers HEAD has no content (RFC 9110 §9.3.2).
            (false, true) => self.end(exchange, WireOp::EndStream { stream }).await,
            (false, false) => Ok(()),
        }
    }

    /// The handler's own trailers.
    pub(crate) async fn write_trailers(
        &mut self,
        exchange: &mut Exchange,
        stream: Option<u32>,
        fields: Fields,
    ) -> Result<(), Refused> {
        self.charge(size(&fields))?;
        let own = is_own(exchange, stream);
        exchange.apply(WireOp::Trailers { stream, fields }).await?;
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
            return done(exchange.apply(op).await);
        }
        if !exchange.progress().headers {
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
            return done(exchange.apply(op).await);
        }
        self.end(exchange, op).await
    }

    /// Does what ends the answer.
    async fn end(&mut self, exchange: &mut Exchange, op: WireOp) -> Result<(), Refused> {
        exchange.apply(op).await?;
        self.ended = true;
        Ok(())
    }

    /// Sends status and fields now, if that has not been done.
    pub(crate) async fn write_status_headers(
        &mut self,
        exchange: &mut Exchange,
    ) -> Result<(), Refused> {
        if exchange.progress().headers {
            return Ok(());
        }
        self.write_head(exchange, None, false).await?;
        done(exchange.apply(WireOp::Flush).await)
    }

    /// Writes what is still missing: the head, the content, the end.
    pub(crate) async fn complete(&mut self, exchange: &mut Exchange) -> Result<(), Refused> {
        let progress = exchange.progress();
        if progress.ended {
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
        let stream = None;
        if nothing {
            return self.end(exchange, WireOp::EndStream { stream }).await;
        }
        self.charge(content.len())?;
        let (data, end) = (content, true);
        let op = WireOp::WriteData { stream, data, end };
        self.end(exchange, op).await
    }

    /// Writes the head that was set. `length` is that of the content, where it
    /// is known.
    async fn write_head(
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
        if self.close_connection && exchange.head().protocol != Protocol::Http2 {
            fields.set("Connection", "close");
        }
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
        self.charge(size(&fields))?;
        exchange
            .apply(WireOp::WriteHeaders {
                stream: None,
                status: self.status,
                reason: self.reason.clone(),
                fields,
                end,
            })
            .await?;
        self.sent = Some(self.status);
        self.ended = end;
        Ok(())
    }

    /// Whether content may follow the head (RFC 9110 §6.4.1).
    fn wants_content(&self, exchange: &Exchange) -> bool {
        let status = self.sent.unwrap_or(self.status);
        if exchange.head().method == "HEAD" {
            return self.send_body_for_head;
        }
        // A head of the handler's own is its own affair: the wire says no.
        self.own_head || !matches!(status, 204 | 304)
    }
}

fn is_own(exchange: &Exchange, stream: Option<u32>) -> bool {
    stream.is_none_or(|id| id == exchange.head().stream_id)
}

fn done(result: Result<Reply, WireError>) -> Result<(), Refused> {
    result.map(drop).map_err(Refused::Wire)
}

fn size(fields: &Fields) -> usize {
    fields
        .iter()
        .map(|(name, value)| name.len() + value.len() + LINE)
        .sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fields_are_bounded_however_they_come() {
        let mut answer = Answer::new(1 << 30);
        let lines = RESPONSE_HEAD_BYTES / LINE;
        for _ in 0..lines {
            answer.append(Bytes::new(), Bytes::new()).unwrap();
        }
        let limit = Limit::ResponseHead(RESPONSE_HEAD_BYTES);
        assert_eq!(answer.append(Bytes::new(), Bytes::new()), Err(limit));
        assert_eq!(answer.edit(|_| {}), Err(limit));
        answer.edit(|fields| *fields = Fields::new()).unwrap();
        answer.append(Bytes::new(), Bytes::new()).unwrap();
    }

    #[test]
    fn content_is_bounded() {
        let mut answer = Answer::new(3);
        answer.set_content(vec![0; 3]).unwrap();
        assert_eq!(answer.set_content(vec![0; 4]), Err(Limit::ResponseBytes(3)));
    }

    #[test]
    fn an_error_page_replaces_everything() {
        let mut answer = Answer::new(1000);
        answer.append("X".into(), "y".into()).unwrap();
        answer.reason = Some("odd".into());
        answer.set_error(404, "gone").unwrap();
        assert_eq!(answer.status, 404);
        assert_eq!(answer.reason, None);
        assert_eq!(answer.fields().len(), 1);
        assert_eq!(
            answer.content,
            r#"{"error": {"code": 404, "message": "gone"}}"#
        );
    }
}
