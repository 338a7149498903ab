//! What listeners are for, by wptserve's names.

use std::fmt;

/// A scheme of `ports`, as in `{{ports[https][1]}}`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Scheme {
    /// HTTP/1 and HTTP/2 in plain text.
    Http,
    /// The same on another port, for tests of private networks.
    HttpPrivate,
    /// The same by its newer name.
    HttpLocal,
    /// The same, for tests of public networks.
    HttpPublic,
    /// HTTP/1 and HTTP/2 over TLS.
    Https,
    /// As [`Self::HttpPrivate`], over TLS.
    HttpsPrivate,
    /// As [`Self::HttpLocal`], over TLS.
    HttpsLocal,
    /// As [`Self::HttpPublic`], over TLS.
    HttpsPublic,
    /// HTTP/2 alone over TLS.
    H2,
    /// WebSocket, which nobody serves yet.
    Ws,
    /// WebSocket over TLS, which nobody serves yet.
    Wss,
    /// WebTransport over HTTP/3, which nobody serves yet.
    WebTransportH3,
}

/// What is spoken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Protocol {
    /// HTTP in plain text.
    Plain,
    /// HTTP over TLS.
    Tls,
    /// HTTP/2, and nothing else, over TLS.
    TlsHttp2,
    /// What host does not speak.
    Unknown,
}

impl Scheme {
    /// All of them.
    pub const ALL: [Self; 12] = [
        Self::Http,
        Self::HttpPrivate,
        Self::HttpLocal,
        Self::HttpPublic,
        Self::Https,
        Self::HttpsPrivate,
        Self::HttpsLocal,
        Self::HttpsPublic,
        Self::H2,
        Self::Ws,
        Self::Wss,
        Self::WebTransportH3,
    ];

    /// Its name in configurations and templates.
    pub fn name(self) -> &'static str {
        match self {
            Self::Http => "http",
            Self::HttpPrivate => "http-private",
            Self::HttpLocal => "http-local",
            Self::HttpPublic => "http-public",
            Self::Https => "https",
            Self::HttpsPrivate => "https-private",
            Self::HttpsLocal => "https-local",
            Self::HttpsPublic => "https-public",
            Self::H2 => "h2",
            Self::Ws => "ws",
            Self::Wss => "wss",
            Self::WebTransportH3 => "webtransport-h3",
        }
    }

    /// What its listeners speak.
    pub fn protocol(self) -> Protocol {
        match self {
            Self::Http | Self::HttpPrivate | Self::HttpLocal | Self::HttpPublic => Protocol::Plain,
            Self::Https | Self::HttpsPrivate | Self::HttpsLocal | Self::HttpsPublic => {
                Protocol::Tls
            }
            Self::H2 => Protocol::TlsHttp2,
            Self::Ws | Self::Wss | Self::WebTransportH3 => Protocol::Unknown,
        }
    }

    /// Whether it is nothing without a certificate.
    pub fn needs_tls(self) -> bool {
        match self.protocol() {
            Protocol::Plain => false,
            Protocol::Tls | Protocol::TlsHttp2 => true,
            Protocol::Unknown => self != Self::Ws,
        }
    }

    /// The scheme of its URLs.
    pub fn of_url(self) -> &'static str {
        match self {
            Self::Ws => "ws",
            Self::Wss => "wss",
            other if other.needs_tls() => "https",
            _ => "http",
        }
    }
}

impl fmt::Display for Scheme {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}
