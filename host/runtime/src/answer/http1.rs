//! HTTP/1's own functions: wptserve's `ResponseWriter`, which writes the lines
//! of a response as they are given.

use bytes::{BufMut, Bytes, BytesMut};
use host_wire::{Exchange, Fields, Protocol, WireError, reason_phrase};

use super::{Answer, Refused};

/// The status of a head that was begun without a status line.
const DEFAULT_STATUS: u16 = 200;

/// What was written of the head by these functions: how far it is, and which
/// fields it has of those that are added where they are missing.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Seen {
    /// The status line's.
    status: Option<u16>,
    server: bool,
    date: bool,
    length: bool,
    coding: bool,
    /// The head has ended.
    complete: bool,
}

impl Answer {
    /// `write-status`: a status line.
    pub(crate) async fn write_status(
        &mut self,
        exchange: &mut Exchange,
        code: u16,
        message: Option<Bytes>,
    ) -> Result<(), Refused> {
        self.check_http1(exchange, "write-status")?;
        let reason = match &message {
            Some(message) => message,
            None => reason_phrase(code).as_bytes(),
        };
        let mut line = BytesMut::from(format!("HTTP/1.1 {code} ").as_bytes());
        line.put_slice(reason);
        line.put_slice(b"\r\n");
        self.raw_bytes(exchange, line.freeze(), true).await?;
        self.seen = Seen {
            status: Some(code),
            ..Seen::default()
        };
        if code >= 200 {
            self.sent.get_or_insert(code);
        }
        Ok(())
    }

    /// `write-header`: a field line, behind a status line.
    pub(crate) async fn write_header(
        &mut self,
        exchange: &mut Exchange,
        name: &[u8],
        value: &[u8],
    ) -> Result<(), Refused> {
        self.check_http1(exchange, "write-header")?;
        if self.seen.status.is_none() {
            self.write_status(exchange, DEFAULT_STATUS, None).await?;
        }
        let line = [name, b": ", value, b"\r\n"].concat();
        self.raw_bytes(exchange, line.into(), true).await?;
        self.seen.note(name);
        Ok(())
    }

    /// `write-default-headers`: what is missing of Server, Date and, where
    /// there is content, Content-Length.
    pub(crate) async fn write_default_headers(
        &mut self,
        exchange: &mut Exchange,
    ) -> Result<(), Refused> {
        let length = Some(self.content.len()).filter(|length| *length > 0);
        self.write_defaults(exchange, length).await
    }

    async fn write_defaults(
        &mut self,
        exchange: &mut Exchange,
        length: Option<usize>,
    ) -> Result<(), Refused> {
        self.check_http1(exchange, "write-default-headers")?;
        let mut standard = Fields::new();
        standard.add_server_and_date();
        for (name, value) in &standard {
            if !self.seen.has(name) {
                self.write_header(exchange, name, value).await?;
            }
        }
        if let Some(length) = length
            && !self.seen.length
            && !self.seen.coding
        {
            let length = length.to_string();
            self.write_header(exchange, b"Content-Length", length.as_bytes())
                .await?;
        }
        Ok(())
    }

    /// `end-headers`: the default headers, if they are wanted, and the empty
    /// line.
    pub(crate) async fn end_headers(&mut self, exchange: &mut Exchange) -> Result<(), Refused> {
        let length = Some(self.content.len()).filter(|length| *length > 0);
        self.end_head(exchange, length).await
    }

    async fn end_head(
        &mut self,
        exchange: &mut Exchange,
        length: Option<usize>,
    ) -> Result<(), Refused> {
        self.check_http1(exchange, "end-headers")?;
        let informational = self.seen.status.is_some_and(|status| status < 200);
        if self.add_required_headers && !informational {
            self.write_defaults(exchange, length).await?;
        }
        // An informational head is there to come before the rest.
        self.raw_bytes(exchange, Bytes::from_static(b"\r\n"), !informational)
            .await?;
        if informational {
            // Another one begins behind it.
            self.seen = Seen::default();
        } else {
            self.seen.complete = true;
        }
        Ok(())
    }

    /// `write-content`: content, behind what of the head was not written.
    pub(crate) async fn write_content(
        &mut self,
        exchange: &mut Exchange,
        data: Bytes,
    ) -> Result<(), Refused> {
        self.check_http1(exchange, "write-content")?;
        if !self.seen.complete {
            if self.seen.status.is_none() {
                self.write_status(exchange, DEFAULT_STATUS, None).await?;
            }
            self.end_head(exchange, Some(data.len())).await?;
        }
        self.raw_bytes(exchange, data, false).await
    }

    /// `write-raw-content` and `write`: bytes as they are.
    pub(crate) async fn write_verbatim(
        &mut self,
        exchange: &mut Exchange,
        operation: &'static str,
        data: Bytes,
    ) -> Result<(), Refused> {
        self.check_http1(exchange, operation)?;
        self.raw_bytes(exchange, data, false).await
    }

    /// These functions are for HTTP/1, and raw.
    fn check_http1(&self, exchange: &Exchange, operation: &'static str) -> Result<(), Refused> {
        let may = match exchange.head().protocol {
            protocol @ Protocol::Http2 => Err(Refused::Wire(WireError::WrongProtocol {
                operation,
                protocol: protocol.as_str(),
            })),
            _ => self.check_granted(operation),
        };
        may.inspect_err(|refused| exchange.refused(refused))
    }
}

impl Seen {
    fn flag(&mut self, name: &[u8]) -> Option<&mut bool> {
        Some(match &name.to_ascii_lowercase()[..] {
            b"server" => &mut self.server,
            b"date" => &mut self.date,
            b"content-length" => &mut self.length,
            b"transfer-encoding" => &mut self.coding,
            _ => return None,
        })
    }

    fn note(&mut self, name: &[u8]) {
        if let Some(flag) = self.flag(name) {
            *flag = true;
        }
    }

    fn has(mut self, name: &[u8]) -> bool {
        self.flag(name).is_some_and(|flag| *flag)
    }
}
