//! The bounds of a connection. Each names its reason.

use std::time::Duration;

/// What a client may make a connection hold, do or wait for.
#[derive(Clone, Debug)]
pub struct Limits {
    /// Time from the first byte of a head (or from accepting the connection)
    /// to its end. Slowloris.
    pub head_timeout: Duration,
    /// Time that a connection may stay without any exchange.
    pub idle_timeout: Duration,
    /// Time that a write may wait for a client that takes nothing: a full
    /// socket or a closed window. CVE-2019-9511, CVE-2019-9517.
    pub stall_timeout: Duration,
    /// Bytes of a head: HTTP/1's request line and fields, or HTTP/2's decoded
    /// list as RFC 9113 §10.5.1 counts it (32 bytes added for each field).
    pub head_bytes: usize,
    /// Field lines of a head.
    pub head_fields: usize,
    /// HTTP/2 streams open at a time (SETTINGS_MAX_CONCURRENT_STREAMS).
    pub concurrent_streams: u32,
    /// Bytes that a client may send on one HTTP/2 stream before a handler
    /// takes them (SETTINGS_INITIAL_WINDOW_SIZE).
    pub stream_window: u32,
    /// The same for a whole HTTP/2 connection.
    pub connection_window: u32,
    /// Bytes of answers that wait for the socket before writers wait.
    pub output_queue: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            head_timeout: Duration::from_secs(30),
            idle_timeout: Duration::from_secs(120),
            stall_timeout: Duration::from_secs(30),
            head_bytes: 64 * 1024,
            head_fields: 512,
            concurrent_streams: 100,
            stream_window: 65_535,
            connection_window: 1024 * 1024,
            output_queue: 256 * 1024,
        }
    }
}
