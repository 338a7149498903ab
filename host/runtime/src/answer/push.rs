//! HTTP/2's push (RFC 9113 §8.4).

use bytes::Bytes;
use host_wire::{Exchange, Fields, Reply, WireError, WireOp};

use super::checked::Piece;
use super::{Answer, Refused};

/// What a promise is to be answered with, as far as the handler said so.
pub(crate) struct Pushed {
    pub(crate) status: Option<u16>,
    pub(crate) fields: Option<Fields>,
    pub(crate) data: Option<Bytes>,
}

impl Answer {
    /// Promises an answer, and writes it where it is given. Answers the stream.
    pub(crate) async fn write_push(
        &mut self,
        exchange: &mut Exchange,
        promised: Option<u32>,
        fields: Fields,
        pushed: Pushed,
    ) -> Result<u32, Refused> {
        pushed.check()?;
        let op = WireOp::Push { promised, fields };
        let Reply::Stream(id) = self.apply(exchange, op).await? else {
            return Err(WireError::Gone.into());
        };
        if let Some(status) = pushed.status {
            let (stream, fields) = (Some(id), pushed.fields.unwrap_or_default());
            let last = pushed.data.is_none();
            self.write_headers(exchange, stream, status, None, fields, last)
                .await?;
            if let Some(data) = pushed.data {
                let piece = Piece {
                    data,
                    end: true,
                    whole: false,
                };
                self.write_data(exchange, stream, piece).await?;
            }
        }
        Ok(id)
    }
}

impl Pushed {
    /// An answer that could not be written must not leave a promise behind.
    fn check(&self) -> Result<(), WireError> {
        let what = match self.status {
            None if self.fields.is_some() || self.data.is_some() => {
                "a pushed answer needs a status"
            }
            Some(0..=199 | 1000..) => "a pushed answer needs a final status",
            _ => return Ok(()),
        };
        Err(WireError::protocol(what, "RFC 9113 §8.4.2"))
    }
}
