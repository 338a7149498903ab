//! The answer: what a handler has set, what was written of it, and its
//! completion. What is written goes through [`Answer::apply`].

mod checked;
mod http1;
mod piped;
mod push;
mod raw;

use std::sync::Arc;

use bytes::Bytes;
use host_wire::{Exchange, Fields, Reply, WireError, WireOp, error_page};

pub(crate) use self::checked::Piece;
use self::http1::Seen;
use self::piped::Piping;
pub(crate) use self::push::Pushed;
use self::raw::Raw;
use crate::finish::Finisher;
use crate::limits::{Limit, RESPONSE_HEAD_BYTES};
use crate::{Held, Tenant};

/// What a field line costs the host beside its bytes.
const LINE: usize = 64;

/// What a frame counts as that carries nothing, in bytes: a handler that writes
/// one PING after another ends at its limit as well.
const EMPTY: usize = 16;

/// Why a write was not done.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Refused {
    #[error(transparent)]
    Wire(#[from] WireError),
    #[error("over {0}")]
    Limit(Limit),
    /// It is raw, and its tenant may not; how it may.
    #[error("{0}")]
    NotGranted(String),
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
    /// A final head was written by a checked operation.
    checked_head: bool,
    /// The handler wrote content itself: `content` is not used.
    own_content: bool,
    /// What is left to write of a Content-Length that the handler set, in bytes.
    left: Option<u64>,
    /// The final status that went out.
    pub(crate) sent: Option<u16>,
    /// The answer is complete, or the handler gave it up.
    pub(crate) ended: bool,
    /// Bytes written.
    pub(crate) written: usize,
    /// What was written raw, and what of it by HTTP/1's names.
    raw: Raw,
    seen: Seen,
    /// Pushed streams that have their final head.
    headed: Vec<u32>,
    /// What is added to each frame with content or fields.
    padding: usize,
    /// Whose limit and grant count.
    tenant: Arc<Tenant>,
    /// Who works on it before it is sent.
    finisher: Option<Finisher>,
    piping: Piping,
    /// The limit that refused a write last.
    pub(crate) hit: Option<Limit>,
}

impl Answer {
    pub(crate) fn new(tenant: Arc<Tenant>, finisher: Option<Finisher>) -> Self {
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
            checked_head: false,
            own_content: false,
            left: None,
            sent: None,
            ended: false,
            written: 0,
            raw: Raw::default(),
            seen: Seen::default(),
            headed: Vec::new(),
            padding: 0,
            tenant,
            finisher,
            piping: Piping::None,
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
        let limit = self.tenant.limits.response_bytes;
        if content.len() > limit {
            return Err(Limit::ResponseBytes(limit));
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

    /// What was set, for those that send it themselves.
    pub(crate) fn into_held(self) -> Held {
        Held {
            status: self.status,
            reason: self.reason,
            fields: self.fields,
            content: self.content,
        }
    }

    // === what is written ===

    /// Does an operation: the one place where the limit on what is written, and
    /// the grant to write raw, are looked at.
    pub(crate) async fn apply(
        &mut self,
        exchange: &mut Exchange,
        op: WireOp,
    ) -> Result<Reply, Refused> {
        let may = match op.is_raw() {
            true => self.check_granted(op.name()),
            false => Ok(()),
        };
        let cost = self.cost(&op);
        may.and_then(|()| self.charge(cost))
            .inspect_err(|refused| exchange.refused(refused))?;
        let applied = exchange.apply(op).await;
        if let Err(WireError::Protocol { .. } | WireError::WrongProtocol { .. }) = applied {
            // Nothing was written.
            self.written -= cost;
        }
        Ok(applied?)
    }

    /// `set-padding`: each frame counts as that much more from now on.
    pub(crate) async fn set_padding(
        &mut self,
        exchange: &mut Exchange,
        length: Option<u8>,
    ) -> Result<(), Refused> {
        self.apply(exchange, WireOp::Padding(length)).await?;
        self.padding = length.map_or(0, |length| usize::from(length) + 1);
        Ok(())
    }

    /// Raw writes can reach what others have on the connection, which on HTTP/2
    /// browsers share between host names: they are for tenants that may.
    fn check_granted(&self, operation: &str) -> Result<(), Refused> {
        let Tenant { raw, name, .. } = &*self.tenant;
        if *raw {
            return Ok(());
        }
        Err(Refused::NotGranted(format!(
            "{operation} is raw: start host with --raw, or set `raw = true` for tenant {name} in host.toml"
        )))
    }

    /// Whether bytes that are to be written by several operations fit.
    fn check_room(&mut self, bytes: usize) -> Result<(), Refused> {
        self.charge(bytes)?;
        self.written -= bytes;
        Ok(())
    }

    /// Counts bytes that are to be written.
    fn charge(&mut self, bytes: usize) -> Result<(), Refused> {
        let written = self.written.saturating_add(bytes);
        let limit = self.tenant.limits.response_bytes;
        if written > limit {
            let limit = Limit::ResponseBytes(limit);
            self.hit = Some(limit);
            return Err(Refused::Limit(limit));
        }
        self.written = written;
        Ok(())
    }

    /// What an operation counts as, in bytes.
    fn cost(&self, op: &WireOp) -> usize {
        let bytes = match op {
            WireOp::WriteHeaders { fields, .. }
            | WireOp::Trailers { fields, .. }
            | WireOp::Push { fields, .. }
            | WireOp::RawHeaders { fields, .. }
            | WireOp::RawContinuation { fields, .. } => size(fields) + self.padding,
            WireOp::WriteData { data, .. }
            | WireOp::WriteDataFrame { data, .. }
            | WireOp::RawData { data, .. } => data.len() + self.padding,
            WireOp::RawFrame { payload, .. } => payload.len(),
            WireOp::RawBytes { bytes, .. } => bytes.len(),
            WireOp::GoAway { debug, .. } => debug.len(),
            WireOp::Settings { settings } => settings.len() * 6,
            WireOp::Ping { .. } | WireOp::WindowUpdate { .. } | WireOp::Priority { .. } => 0,
            // They end something, once, or write nothing.
            _ => return 0,
        };
        if bytes == 0 { EMPTY } else { bytes }
    }
}

fn is_own(exchange: &Exchange, stream: Option<u32>) -> bool {
    stream.is_none_or(|id| id == exchange.head().stream_id)
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
    use crate::Limits;

    fn answer(response_bytes: usize) -> Answer {
        let limits = Limits {
            response_bytes,
            ..Limits::default()
        };
        Answer::new(Arc::new(Tenant::new("test", limits)), None)
    }

    #[test]
    fn fields_are_bounded_however_they_come() {
        let mut answer = answer(1 << 30);
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
        let mut answer = answer(3);
        answer.set_content(vec![0; 3]).unwrap();
        assert_eq!(answer.set_content(vec![0; 4]), Err(Limit::ResponseBytes(3)));
    }

    #[test]
    fn an_error_page_replaces_everything() {
        let mut answer = answer(1000);
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
