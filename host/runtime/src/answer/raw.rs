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

/// What was written raw on the exchange's own stream.
#[derive(Debug, Default)]
pub(super) struct Raw {
    /// A final head or content: the answer is the handler's own affair.
    answer: bool,
    /// A head has been begun and not ended.
    open: bool,
    /// The status of the head that was begun last.
    status: Option<u16>,
}

impl Raw {
    /// Whether something raw stands in the answer's place: anything but whole
    /// informational heads.
    pub(super) fn is_answer(&self) -> bool {
        self.answer || self.open
    }

    /// Whether a head has been begun and not ended.
    pub(super) fn is_open(&self) -> bool {
        self.open
    }

    /// Whether the head that was begun last is informational.
    pub(super) fn is_informational(&self) -> bool {
        self.status.is_some_and(|status| status < 200)
    }

    /// A head begins.
    pub(super) fn begin(&mut self, status: Option<u16>) {
        self.open = true;
        self.status = status;
    }

    /// The head ends.
    pub(super) fn end(&mut self) {
        self.open = false;
        self.answer |= !self.is_informational();
    }

    /// Content, or what cannot be told from it.
    pub(super) fn content(&mut self) {
        self.answer = true;
    }
}

impl Answer {
    /// Whether something raw stands in the answer's place.
    pub(crate) fn is_raw(&self) -> bool {
        self.raw.is_answer()
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
            self.raw.begin(status);
            self.note(status, end_headers, end_stream);
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
            if status.is_some() || !self.raw.is_open() {
                self.raw.begin(status);
            }
            self.note(status, end_headers, false);
        }
        Ok(())
    }

    /// Keeps in mind what a part of a head said.
    fn note(&mut self, status: Option<u16>, end_headers: bool, end_stream: bool) {
        if let Some(status @ 200..) = status {
            self.sent.get_or_insert(status);
        }
        if end_headers {
            self.raw.end();
        }
        self.ended |= end_stream;
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
            self.raw.content();
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
        if own && matches!(kind, DATA | HEADERS | CONTINUATION | RST_STREAM) {
            self.raw.content();
            self.ended |= match kind {
                DATA | HEADERS => flags & END_STREAM != 0,
                kind => kind == RST_STREAM,
            };
        }
        Ok(())
    }

    /// The handler's bytes, whatever they are.
    pub(crate) async fn raw_bytes(
        &mut self,
        exchange: &mut Exchange,
        bytes: Bytes,
    ) -> Result<(), Refused> {
        let more = false;
        self.apply(exchange, WireOp::RawBytes { bytes, more })
            .await?;
        self.raw.content();
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
        } else if !self.raw.is_open() {
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
    fn informational_heads_are_no_answer() {
        let mut raw = Raw::default();
        raw.begin(Some(103));
        assert!(raw.is_answer(), "a head that is not whole is");
        raw.end();
        assert!(!raw.is_answer());
        raw.begin(None);
        raw.end();
        assert!(raw.is_answer());
    }

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
