//! An answer that is a script of operations on the wire.

use std::time::Duration;

use bytes::Bytes;
use host_wire::{Coding, Fields, Indexing, Priority, WireOp};
use serde::{Deserialize, Serialize};

use crate::{Data, Headers, seconds};

/// One step of a script. In JSON `{"op": "write-headers", "status": 200}`, by the
/// names that handlers' operations have in `wit/writer.wit`.
///
/// An operation that is refused ([`host_wire::WireError`]) ends the script.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "op", rename_all = "kebab-case", deny_unknown_fields)]
#[non_exhaustive]
#[expect(
    missing_docs,
    reason = "each field is the one of the WireOp that it stands for"
)]
pub enum Step {
    /// Waits.
    Sleep {
        #[serde(with = "seconds")]
        seconds: Duration,
    },
    /// Waits for the end of the request's body; without it the script begins when
    /// the request's head is there.
    ReadBody,
    /// [`WireOp::WriteHeaders`].
    WriteHeaders {
        status: u16,
        #[serde(default)]
        reason: Option<Data>,
        #[serde(default)]
        headers: Headers,
        #[serde(default)]
        stream: Option<u32>,
        #[serde(default)]
        end: bool,
    },
    /// [`WireOp::WriteData`].
    WriteData {
        data: Data,
        #[serde(default)]
        stream: Option<u32>,
        #[serde(default)]
        end: bool,
    },
    /// [`WireOp::WriteDataFrame`].
    WriteDataFrame {
        data: Data,
        #[serde(default)]
        stream: Option<u32>,
        #[serde(default)]
        end: bool,
    },
    /// [`WireOp::Trailers`].
    WriteTrailers {
        headers: Headers,
        #[serde(default)]
        stream: Option<u32>,
    },
    /// [`WireOp::EndStream`].
    EndStream {
        #[serde(default)]
        stream: Option<u32>,
    },
    /// [`WireOp::Reset`] of a stream; on HTTP/1 of the connection.
    ResetStream {
        #[serde(default)]
        code: u32,
        #[serde(default)]
        stream: Option<u32>,
    },
    /// [`WireOp::Flush`].
    Flush,
    /// [`WireOp::Push`].
    WritePush {
        headers: Headers,
        #[serde(default)]
        promised: Option<u32>,
    },
    /// [`WireOp::GoAway`].
    Goaway {
        #[serde(default)]
        last_stream: Option<u32>,
        #[serde(default)]
        code: u32,
        #[serde(default)]
        debug: Data,
    },
    /// [`WireOp::Ping`].
    Ping {
        #[serde(default)]
        data: [u8; 8],
    },
    /// [`WireOp::Settings`].
    Settings { settings: Vec<(u16, u32)> },
    /// [`WireOp::WindowUpdate`].
    WindowUpdate {
        #[serde(default)]
        stream: u32,
        increment: u32,
    },
    /// [`WireOp::Priority`].
    Priority {
        #[serde(default)]
        stream: Option<u32>,
        dependency: u32,
        weight: u8,
        #[serde(default)]
        exclusive: bool,
    },
    /// [`WireOp::Padding`].
    SetPadding {
        #[serde(default)]
        padding: Option<u8>,
    },
    /// [`WireOp::Coding`].
    SetHeaderCoding {
        #[serde(default)]
        indexing: Option<HowIndexed>,
        #[serde(default)]
        huffman: Option<bool>,
    },
    /// [`WireOp::TableSize`].
    SetHeaderTableSize { size: u32 },
    /// [`WireOp::RawHeaders`].
    WriteRawHeaderFrame {
        headers: Headers,
        #[serde(default)]
        stream: Option<u32>,
        #[serde(default)]
        end_stream: bool,
        #[serde(default = "yes")]
        end_headers: bool,
    },
    /// [`WireOp::RawContinuation`].
    WriteRawContinuationFrame {
        headers: Headers,
        #[serde(default)]
        stream: Option<u32>,
        #[serde(default = "yes")]
        end_headers: bool,
    },
    /// [`WireOp::RawData`].
    WriteRawDataFrame {
        data: Data,
        #[serde(default)]
        stream: Option<u32>,
        #[serde(default)]
        end_stream: bool,
    },
    /// [`WireOp::RawFrame`].
    WriteRawFrame {
        kind: u8,
        #[serde(default)]
        flags: u8,
        #[serde(default)]
        stream: u32,
        #[serde(default)]
        payload: Data,
    },
    /// [`WireOp::RawBytes`].
    WriteRawBytes {
        data: Data,
        #[serde(default)]
        more: bool,
    },
    /// [`WireOp::Close`].
    Close,
    /// [`WireOp::Abort`].
    Reset,
}

/// [`Indexing`], by its name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[expect(missing_docs, reason = "the names are Indexing's")]
pub enum HowIndexed {
    Incremental,
    Without,
    Never,
}

fn yes() -> bool {
    true
}

impl Step {
    /// The operation that it stands for; `None` for what is none.
    pub(crate) fn into_op(self) -> Option<WireOp> {
        Some(match self {
            Self::Sleep { .. } | Self::ReadBody => return None,
            Self::WriteHeaders {
                status,
                reason,
                headers,
                stream,
                end,
            } => WireOp::WriteHeaders {
                stream,
                status,
                reason: reason.map(Bytes::from),
                fields: fields(headers),
                end,
            },
            Self::WriteData { data, stream, end } => WireOp::WriteData {
                stream,
                data: data.into(),
                end,
            },
            Self::WriteDataFrame { data, stream, end } => WireOp::WriteDataFrame {
                stream,
                data: data.into(),
                end,
            },
            Self::WriteTrailers { headers, stream } => WireOp::Trailers {
                stream,
                fields: fields(headers),
            },
            Self::EndStream { stream } => WireOp::EndStream { stream },
            Self::ResetStream { code, stream } => WireOp::Reset { stream, code },
            Self::Flush => WireOp::Flush,
            Self::WritePush { headers, promised } => WireOp::Push {
                promised,
                fields: fields(headers),
            },
            Self::Goaway {
                last_stream,
                code,
                debug,
            } => WireOp::GoAway {
                last_stream,
                code,
                debug: debug.into(),
            },
            Self::Ping { data } => WireOp::Ping { data },
            Self::Settings { settings } => WireOp::Settings { settings },
            Self::WindowUpdate { stream, increment } => WireOp::WindowUpdate { stream, increment },
            Self::Priority {
                stream,
                dependency,
                weight,
                exclusive,
            } => WireOp::Priority {
                stream,
                priority: Priority {
                    dependency,
                    weight,
                    exclusive,
                },
            },
            Self::SetPadding { padding } => WireOp::Padding(padding),
            Self::SetHeaderCoding { indexing, huffman } => WireOp::Coding(Coding {
                indexing: indexing.map(Indexing::from),
                huffman,
            }),
            Self::SetHeaderTableSize { size } => WireOp::TableSize(size),
            Self::WriteRawHeaderFrame {
                headers,
                stream,
                end_stream,
                end_headers,
            } => WireOp::RawHeaders {
                stream,
                fields: fields(headers),
                end_stream,
                end_headers,
            },
            Self::WriteRawContinuationFrame {
                headers,
                stream,
                end_headers,
            } => WireOp::RawContinuation {
                stream,
                fields: fields(headers),
                end_headers,
            },
            Self::WriteRawDataFrame {
                data,
                stream,
                end_stream,
            } => WireOp::RawData {
                stream,
                data: data.into(),
                end_stream,
            },
            Self::WriteRawFrame {
                kind,
                flags,
                stream,
                payload,
            } => WireOp::RawFrame {
                kind,
                flags,
                stream,
                payload: payload.into(),
            },
            Self::WriteRawBytes { data, more } => WireOp::RawBytes {
                bytes: data.into(),
                more,
            },
            Self::Close => WireOp::Close,
            Self::Reset => WireOp::Abort,
        })
    }
}

impl From<HowIndexed> for Indexing {
    fn from(how: HowIndexed) -> Self {
        match how {
            HowIndexed::Incremental => Self::Incremental,
            HowIndexed::Without => Self::Without,
            HowIndexed::Never => Self::Never,
        }
    }
}

/// The wire's own form of field lines.
pub(crate) fn fields(headers: Headers) -> Fields {
    let mut fields = Fields::with_capacity(headers.0.len());
    for (name, value) in headers.0 {
        fields.append(name, value);
    }
    fields
}
