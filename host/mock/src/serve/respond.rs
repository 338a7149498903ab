//! A response, written on either protocol.

use bytes::Bytes;
use host_wire::{Exchange, Fields, Protocol, WireError, WireOp};

use super::fault::{self, Struck};
use super::head::{self, Coding, Plan};
use super::source::Next;
use super::{Failure, pause};
use crate::{At, Response};

/// Writes a response, up to its fault if it has one. The status that was sent, if
/// one was.
///
/// # Errors
/// The response cannot be sent, or the client has left.
pub(super) async fn respond(
    exchange: &mut Exchange,
    response: Response,
) -> Result<Option<u16>, Failure> {
    let plan = head::plan(response, exchange.head()).await?;
    let status = plan.status;
    let mut writer = Writer {
        is_http2: exchange.head().protocol == Protocol::Http2,
        exchange,
        at: plan.fault.map(|fault| fault.at()),
        plan,
        sent: 0,
    };
    writer.write().await?;
    Ok(writer.exchange.progress().headers.then_some(status))
}

struct Writer<'a> {
    exchange: &'a mut Exchange,
    is_http2: bool,
    plan: Plan,
    /// Where the fault is still to come.
    at: Option<At>,
    /// Bytes of the body that were written.
    sent: u64,
}

impl Writer<'_> {
    async fn write(&mut self) -> Result<(), Failure> {
        pause(self.exchange, self.plan.delay.head).await?;
        if self.strikes(At::Start).await? == Struck::Ended {
            return Ok(());
        }
        for informational in std::mem::take(&mut self.plan.informational) {
            let fields = crate::step::fields(informational.headers);
            self.write_head(informational.status, None, fields, false)
                .await?;
        }
        let bodiless = self.plan.ends_with_head();
        self.head(bodiless).await?;
        if self.strikes(At::Head).await? == Struck::Ended {
            return Ok(());
        }
        pause(self.exchange, self.plan.delay.body).await?;
        if bodiless {
            return self.close().await;
        }
        let ended = match self.body().await? {
            Some(ended) => ended,
            None => return Ok(()),
        };
        // Behind the whole body, also where it is shorter than the fault thinks.
        if let Some(at) = self.at
            && self.strikes(at).await? == Struck::Ended
        {
            return Ok(());
        }
        if !ended {
            if !self.plan.holds_last {
                pause(self.exchange, self.plan.delay.end).await?;
            }
            self.end().await?;
        }
        self.close().await
    }

    /// Writes the body. Whether that has ended the answer; `None` when a fault has.
    async fn body(&mut self) -> Result<Option<bool>, Failure> {
        let Some(mut source) = self.plan.body.take() else {
            return Ok(Some(false));
        };
        while let Some(next) = source.next().await? {
            let Next {
                delay,
                mut data,
                last,
            } = next;
            pause(self.exchange, delay).await?;
            if let Some(at @ At::Bytes(bytes)) = self.at
                && bytes <= self.sent + data.len() as u64
            {
                let part = data.split_to((bytes - self.sent) as usize);
                self.put(part, false).await?;
                if self.strikes(at).await? == Struck::Ended {
                    return Ok(None);
                }
            }
            if last && self.plan.holds_last && !data.is_empty() {
                let part = data.split_to(data.len() - 1);
                self.put(part, false).await?;
                pause(self.exchange, self.plan.delay.end).await?;
            }
            // What ends it may leave with it.
            let ends = last
                && self.at.is_none()
                && (self.plan.delay.end.is_zero() || self.plan.holds_last);
            self.put(data, ends).await?;
            if ends && self.ends_with_data() {
                return Ok(Some(true));
            }
        }
        Ok(Some(false))
    }

    /// Does what the fault does, if this is its place.
    async fn strikes(&mut self, place: At) -> Result<Struck, WireError> {
        match self.plan.fault {
            Some(fault) if self.at == Some(place) => {
                self.at = None;
                fault::strike(self.exchange, fault).await
            }
            _ => Ok(Struck::GoesOn),
        }
    }

    /// Writes the head, which waits for what follows.
    async fn head(&mut self, end: bool) -> Result<(), Failure> {
        let fields = std::mem::take(&mut self.plan.fields);
        let (status, reason) = (self.plan.status, self.plan.reason.take());
        match self.plan.coding {
            Coding::Checked => self.write_head(status, reason, fields, end).await,
            Coding::Raw | Coding::RawChunked => {
                let head = head::bytes(self.plan.version, status, reason, &fields);
                self.raw(head, true).await
            }
        }
    }

    async fn write_head(
        &mut self,
        status: u16,
        reason: Option<Bytes>,
        fields: Fields,
        end: bool,
    ) -> Result<(), Failure> {
        let stream = None;
        let op = WireOp::WriteHeaders {
            stream,
            status,
            reason,
            fields,
            end,
        };
        self.apply(op).await
    }

    /// Whether what writes the last of the body ends the answer as well.
    fn ends_with_data(&self) -> bool {
        self.plan.coding == Coding::Checked && self.plan.trailers.is_empty()
    }

    /// Writes some of the body; `end`: the last of it, and its end follows at once.
    async fn put(&mut self, data: Bytes, end: bool) -> Result<(), Failure> {
        self.sent += data.len() as u64;
        match self.plan.coding {
            Coding::Checked => {
                let (stream, end) = (None, end && self.ends_with_data());
                self.apply(WireOp::WriteData { stream, data, end }).await
            }
            Coding::Raw | Coding::RawChunked if data.is_empty() => Ok(()),
            Coding::Raw => self.raw(data, false).await,
            Coding::RawChunked => {
                let size = format!("{:x}\r\n", data.len());
                self.raw(size, true).await?;
                self.raw(data, true).await?;
                self.raw("\r\n", end).await
            }
        }
    }

    /// Writes what ends the body.
    async fn end(&mut self) -> Result<(), Failure> {
        let fields = std::mem::take(&mut self.plan.trailers);
        let stream = None;
        match self.plan.coding {
            Coding::Checked if fields.is_empty() => self.apply(WireOp::EndStream { stream }).await,
            Coding::Checked => self.apply(WireOp::Trailers { stream, fields }).await,
            Coding::Raw => Ok(()),
            Coding::RawChunked => {
                let mut end = b"0\r\n".to_vec();
                head::put_fields(&fields, &mut end);
                end.extend_from_slice(b"\r\n");
                self.raw(end, false).await
            }
        }
    }

    /// Closes the connection behind the answer, where it says so.
    async fn close(&mut self) -> Result<(), Failure> {
        match self.plan.closes && !self.is_http2 {
            true => self.apply(WireOp::Close).await,
            false => Ok(()),
        }
    }

    async fn raw(&mut self, bytes: impl Into<Bytes>, more: bool) -> Result<(), Failure> {
        let bytes = bytes.into();
        self.apply(WireOp::RawBytes { bytes, more }).await
    }

    async fn apply(&mut self, op: WireOp) -> Result<(), Failure> {
        self.exchange.apply(op).await?;
        Ok(())
    }
}
