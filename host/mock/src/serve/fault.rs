//! What goes wrong on purpose, on either protocol.

use bytes::Bytes;
use host_wire::{Exchange, Protocol, WireError, WireOp};

use super::{INTERNAL_ERROR, REFUSED_STREAM};
use crate::{At, Fault};

/// DATA and its PADDED flag (RFC 9113 §6.1).
const DATA: u8 = 0x0;
const PADDED: u8 = 0x8;

/// Whether an answer goes on behind its fault.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Struck {
    GoesOn,
    Ended,
}

impl Fault {
    /// How far the answer gets.
    pub(super) fn at(&self) -> At {
        match self {
            Self::Reset { at, .. }
            | Self::Close { at }
            | Self::Stall { at }
            | Self::GoAway { at, .. } => *at,
            Self::RefusedStream => At::Start,
            Self::MalformedChunk | Self::TruncatedLength { .. } => At::End,
        }
    }
}

/// Does what a fault does, behind all that was written.
///
/// # Errors
/// The client has left.
pub(super) async fn strike(exchange: &mut Exchange, fault: Fault) -> Result<Struck, WireError> {
    let head = exchange.head();
    let is_http2 = head.protocol == Protocol::Http2;
    let own = head.stream_id;
    if exchange.progress().headers {
        exchange.apply(WireOp::Flush).await?;
    }
    let op = match fault {
        Fault::Reset { code, .. } if is_http2 => reset(code.unwrap_or(INTERNAL_ERROR)),
        Fault::Reset { .. } => WireOp::Abort,
        Fault::Close { .. } => WireOp::Close,
        Fault::Stall { .. } => {
            let stopping = exchange.stopping();
            exchange.unless_gone(stopping).await?;
            return Ok(Struck::Ended);
        }
        Fault::MalformedChunk if is_http2 => WireOp::RawFrame {
            kind: DATA,
            flags: PADDED,
            stream: own,
            // Only the padding's length, and none of the padding.
            payload: Bytes::from_static(&[u8::MAX]),
        },
        Fault::MalformedChunk => {
            let (bytes, more) = (Bytes::from_static(b"no size\r\n"), true);
            exchange.apply(WireOp::RawBytes { bytes, more }).await?;
            WireOp::Close
        }
        // A checked end is refused where content is missing.
        Fault::TruncatedLength { .. } if is_http2 => WireOp::RawData {
            stream: None,
            data: Bytes::new(),
            end_stream: true,
        },
        Fault::TruncatedLength { .. } => WireOp::Close,
        Fault::RefusedStream if is_http2 => reset(REFUSED_STREAM),
        Fault::RefusedStream => WireOp::Close,
        Fault::GoAway { .. } if !is_http2 => return Ok(Struck::GoesOn),
        Fault::GoAway {
            at,
            code,
            last_stream,
        } => {
            let op = WireOp::GoAway {
                last_stream,
                code,
                debug: Bytes::new(),
            };
            exchange.apply(op).await?;
            if at == At::Start && last_stream.is_some_and(|last| last < own) {
                // It says that it was not looked at: this says so, too.
                reset(REFUSED_STREAM)
            } else {
                return Ok(Struck::GoesOn);
            }
        }
    };
    exchange.apply(op).await?;
    Ok(Struck::Ended)
}

fn reset(code: u32) -> WireOp {
    WireOp::Reset { stream: None, code }
}
