//! Which protocol a connection speaks.

/// What every HTTP/2 client sends first (RFC 9113 §3.4).
pub(crate) const PREFACE: &[u8; 24] = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";

/// What is known of a connection's protocol before its first byte.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Negotiated {
    /// Nothing: the first bytes tell. Plaintext, or TLS without ALPN.
    Nothing,
    /// ALPN chose `http/1.1`.
    Http1,
    /// ALPN chose `h2`.
    Http2,
}
