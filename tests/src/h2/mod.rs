//! An HTTP/2 client that sends any frames and says exactly which came.
//!
//! ```no_run
//! use host_tests::{Host, h2::{data, headers}};
//! let host = Host::start(&["frames"]);
//! let mut client = host.h2();
//! client.send(headers(1).post("/frames").field("test", "pass").end_headers());
//! client.send(data(1, b"abc").end_stream());
//! client.expect(headers(1).status(200).field("test", "passed"));
//! client.expect(data(1, b"cba"));
//! client.expect(data(1, b"\nEnd of File").end_stream());
//! ```

mod client;
mod frame;
mod hpack;
mod tables;

pub use client::{Answer, Client};
pub use frame::{
    Frame, continuation, data, frame, goaway, headers, ping, priority, push_promise, reset,
    settings, window_update,
};
pub use hpack::{Decoder, encode};

/// Error codes (RFC 9113 §7).
pub mod code {
    /// NO_ERROR.
    pub const NO_ERROR: u32 = 0;
    /// PROTOCOL_ERROR.
    pub const PROTOCOL: u32 = 1;
    /// INTERNAL_ERROR.
    pub const INTERNAL: u32 = 2;
    /// FLOW_CONTROL_ERROR.
    pub const FLOW_CONTROL: u32 = 3;
    /// STREAM_CLOSED.
    pub const STREAM_CLOSED: u32 = 5;
    /// FRAME_SIZE_ERROR.
    pub const FRAME_SIZE: u32 = 6;
    /// REFUSED_STREAM.
    pub const REFUSED_STREAM: u32 = 7;
    /// CANCEL.
    pub const CANCEL: u32 = 8;
    /// COMPRESSION_ERROR.
    pub const COMPRESSION: u32 = 9;
    /// ENHANCE_YOUR_CALM.
    pub const ENHANCE_YOUR_CALM: u32 = 11;
}

/// Frame types (RFC 9113 §6).
pub mod kind {
    /// DATA.
    pub const DATA: u8 = 0;
    /// HEADERS.
    pub const HEADERS: u8 = 1;
    /// PRIORITY.
    pub const PRIORITY: u8 = 2;
    /// RST_STREAM.
    pub const RST_STREAM: u8 = 3;
    /// SETTINGS.
    pub const SETTINGS: u8 = 4;
    /// PUSH_PROMISE.
    pub const PUSH_PROMISE: u8 = 5;
    /// PING.
    pub const PING: u8 = 6;
    /// GOAWAY.
    pub const GOAWAY: u8 = 7;
    /// WINDOW_UPDATE.
    pub const WINDOW_UPDATE: u8 = 8;
    /// CONTINUATION.
    pub const CONTINUATION: u8 = 9;
}

/// Flags (RFC 9113 §6).
pub mod flag {
    /// END_STREAM of DATA and HEADERS.
    pub const END_STREAM: u8 = 0x1;
    /// ACK of SETTINGS and PING.
    pub const ACK: u8 = 0x1;
    /// END_HEADERS of HEADERS, CONTINUATION and PUSH_PROMISE.
    pub const END_HEADERS: u8 = 0x4;
    /// PADDED of DATA, HEADERS and PUSH_PROMISE.
    pub const PADDED: u8 = 0x8;
    /// PRIORITY of HEADERS.
    pub const PRIORITY: u8 = 0x20;
}

/// Identifiers of settings (RFC 9113 §6.5.2).
pub mod setting {
    /// HEADER_TABLE_SIZE.
    pub const HEADER_TABLE_SIZE: u16 = 1;
    /// ENABLE_PUSH.
    pub const ENABLE_PUSH: u16 = 2;
    /// MAX_CONCURRENT_STREAMS.
    pub const MAX_CONCURRENT_STREAMS: u16 = 3;
    /// INITIAL_WINDOW_SIZE.
    pub const INITIAL_WINDOW_SIZE: u16 = 4;
    /// MAX_FRAME_SIZE.
    pub const MAX_FRAME_SIZE: u16 = 5;
    /// MAX_HEADER_LIST_SIZE.
    pub const MAX_HEADER_LIST_SIZE: u16 = 6;
    /// ENABLE_CONNECT_PROTOCOL (RFC 8441).
    pub const ENABLE_CONNECT_PROTOCOL: u16 = 8;
}
