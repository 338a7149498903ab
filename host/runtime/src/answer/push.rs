//! HTTP/2's push (RFC 9113 §8.4).

use bytes::Bytes;
use host_wire::{Exchange, Fields, Protocol, Reply, WireError, WireOp, check_fields};

use super::checked::{Piece, prefixed};
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
        let op = WireOp::Push { promised, fields };
        let Pushed {
            status,
            fields,
            data,
        } = pushed.checked(exchange)?;
        // What the client is told of the stream is refused before it is promised,
        // for its id would be lost.
        let head = status.map(|status| WireOp::WriteHeaders {
            stream: None,
            status,
            reason: None,
            fields: fields.clone().unwrap_or_default(),
            end: data.is_none(),
        });
        let content = data.clone().map(|data| {
            let (end, whole) = (true, false);
            Piece { data, end, whole }.op(None)
        });
        let all = [Some(&op), head.as_ref(), content.as_ref()];
        let cost = all.into_iter().flatten().map(|op| self.cost(op)).sum();
        self.check_room(cost)
            .inspect_err(|refused| exchange.refused(refused))?;
        let Reply::Stream(id) = self.apply(exchange, op).await? else {
            return Err(WireError::Gone.into());
        };
        if let Some(status) = status {
            let (stream, fields) = (Some(id), fields.unwrap_or_default());
            let last = data.is_none();
            self.write_headers(exchange, stream, status, None, fields, last)
                .await?;
            if let Some(data) = data {
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
    fn checked(mut self, exchange: &Exchange) -> Result<Self, WireError> {
        let what = match self.status {
            None if self.fields.is_some() || self.data.is_some() => {
                "a pushed answer needs a status"
            }
            Some(0..=199 | 1000..) => "a pushed answer needs a final status",
            _ => "",
        };
        if !what.is_empty() {
            return Err(WireError::protocol(what, "RFC 9113 §8.4.2"));
        }
        self.fields = self.fields.map(prefixed);
        if let (Some(fields), Protocol::Http2) = (&self.fields, exchange.head().protocol) {
            check_fields(fields)?;
        }
        Ok(self)
    }
}
