//! What is written raw: which of it stands in the answer's place, and how such
//! an answer ends.

use bytes::Bytes;
use host_wire::{Exchange, Fields, Protocol, WireOp};

use super::{Answer, Refused, is_own};

/// Frame types and flags that tell how far an answer is (RFC 9113 §6).
const DATA: u8 = 0x0;
const HEADERS: u8 = 0x1;
const RST_STREAM: u8 = 0x3;
const CONTINUATION: u8 = 0x9;
const END_STREAM: u8 = 0x1;
const END_HEADERS: u8 = 0x4;

/// What was written raw on the exchange's own stream, beyond what
/// [`Progress`](host_wire::Progress) says.
#[derive(Debug, Default)]
pub(super) struct Raw {
    /// Content, or what cannot be told from it.
    content: bool,
    /// HTTP/2: a header block has been begun and not ended.
    open: bool,
}

impl Answer {
    /// Whether something raw stands in the answer's place, in whole or in part:
    /// anything but informational heads.
    pub(crate) fn is_raw(&self, exchange: &Exchange) -> bool {
        let progress = exchange.progress();
        // On HTTP/2 the wire decodes what is written, and calls nothing else raw.
        let told = progress.headers || exchange.head().protocol == Protocol::Http2;
        progress.raw && (self.raw.content || self.raw.open || (told && !self.checked_head))
    }

    /// The handler's raw HEADERS frame.
    pub(crate) async fn raw_headers(
        &mut self,
        exchange: &mut Exchange,
        stream: Option<u32>,
        fields: Fields,
        end_stream: bool,
        end_headers: bool,
    ) -> Result<(), Refused> {
        let own = is_own(exchange, stream);
        let status = status_of(&fields);
        let op = WireOp::RawHeaders {
            stream,
            fields,
            end_stream,
            end_headers,
        };
        self.apply(exchange, op).await?;
        if own {
            self.note(status, end_headers);
            self.ended |= end_stream;
        }
        Ok(())
    }

    /// The handler's raw CONTINUATION frame.
    pub(crate) async fn raw_continuation(
        &mut self,
        exchange: &mut Exchange,
        stream: Option<u32>,
        fields: Fields,
        end_headers: bool,
    ) -> Result<(), Refused> {
        let own = is_own(exchange, stream);
        let status = status_of(&fields);
        let op = WireOp::RawContinuation {
            stream,
            fields,
            end_headers,
        };
        self.apply(exchange, op).await?;
        if own {
            self.note(status, end_headers);
        }
        Ok(())
    }

    /// Keeps in mind what a part of a head said.
    fn note(&mut self, status: Option<u16>, end_headers: bool) {
        if let Some(status @ 200..) = status {
            self.sent.get_or_insert(status);
        }
        self.raw.open = !end_headers;
    }

    /// The handler's raw DATA frame.
    pub(crate) async fn raw_data(
        &mut self,
        exchange: &mut Exchange,
        stream: Option<u32>,
        data: Bytes,
        end_stream: bool,
    ) -> Result<(), Refused> {
        let own = is_own(exchange, stream);
        let op = WireOp::RawData {
            stream,
            data,
            end_stream,
        };
        self.apply(exchange, op).await?;
        if own {
            self.raw.content = true;
            self.ended |= end_stream;
        }
        Ok(())
    }

    /// Any frame of the handler's.
    pub(crate) async fn raw_frame(
        &mut self,
        exchange: &mut Exchange,
        kind: u8,
        flags: u8,
        stream: u32,
        payload: Bytes,
    ) -> Result<(), Refused> {
        let own = is_own(exchange, Some(stream));
        let op = WireOp::RawFrame {
            kind,
            flags,
            stream,
            payload,
        };
        self.apply(exchange, op).await?;
        if own {
            match kind {
                DATA => self.raw.content = true,
                HEADERS | CONTINUATION => self.raw.open = flags & END_HEADERS == 0,
                _ => {}
            }
            self.ended |= match kind {
                DATA | HEADERS => flags & END_STREAM != 0,
                kind => kind == RST_STREAM,
            };
        }
        Ok(())
    }

    /// The handler's bytes, whatever they are. `more` follows at once.
    pub(crate) async fn raw_bytes(
        &mut self,
        exchange: &mut Exchange,
        bytes: Bytes,
        more: bool,
    ) -> Result<(), Refused> {
        let before = exchange.progress();
        self.apply(exchange, WireOp::RawBytes { bytes, more })
            .await?;
        // The wire reads them along. On HTTP/2 they may be of other streams.
        self.raw.content |= match exchange.head().protocol {
            Protocol::Http2 => !before.raw && exchange.progress().raw,
            _ => before.headers,
        };
        Ok(())
    }

    /// The end of the connection, in order (FIN) or not (RST).
    pub(crate) async fn end_connection(
        &mut self,
        exchange: &mut Exchange,
        op: WireOp,
    ) -> Result<(), Refused> {
        self.apply(exchange, op).await?;
        self.ended = true;
        Ok(())
    }

    /// Ends a raw answer, as far as it can be: what it lacks may be what it is
    /// for, so that no refusal is a failure here.
    pub(super) async fn end_raw(&mut self, exchange: &mut Exchange) {
        let stream = None;
        if exchange.head().protocol != Protocol::Http2 {
            // The wire has read along, and knows whether it is complete.
            if self.close_connection {
                let _ = exchange.apply(WireOp::Close).await;
            }
        } else if !self.raw.open {
            let _ = exchange.apply(WireOp::EndStream { stream }).await;
        }
        self.ended = true;
    }
}

/// The status that a block of fields has, if it is one.
fn status_of(fields: &Fields) -> Option<u16> {
    std::str::from_utf8(fields.get(":status")?)
        .ok()?
        .parse()
        .ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_status_is_told_from_fields_that_have_one() {
        let fields = |value: &'static str| {
            let mut fields = Fields::new();
            fields.append(":status", value);
            fields
        };
        assert_eq!(status_of(&fields("204")), Some(204));
        assert_eq!(status_of(&fields("two")), None);
        assert_eq!(status_of(&Fields::new()), None);
    }
}
