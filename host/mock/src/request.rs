//! A request that came, as it is kept.

use std::net::SocketAddr;
use std::time::{Duration, SystemTime};

use host_wire::{Fields, Head, Protocol, query};
use serde::{Deserialize, Serialize};

use crate::form::{self, File};
use crate::{Data, Headers, seconds};

/// A request. Text is kept as the client sent it; what is decoded of it
/// ([`args`](Self::args), [`cookies`](Self::cookies), [`files`](Self::files)) is
/// made when it is asked for.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Request {
    /// Its number among the server's requests, from 1, in the order in which they
    /// were complete.
    pub id: u64,
    /// The number of its connection, from 1.
    pub connection: u64,
    /// Its HTTP/2 stream; 0 on HTTP/1.
    pub stream: u32,
    /// `HTTP/1.0`, `HTTP/1.1` or `HTTP/2.0`.
    pub protocol: String,
    /// The method, as it came.
    pub method: Data,
    /// The target, as it came.
    pub target: Data,
    /// `:authority` or Host.
    pub authority: Option<Data>,
    /// `:scheme`, or the connection's.
    pub scheme: Data,
    /// Its field lines, in order, as they came; without pseudo-header fields.
    pub headers: Headers,
    /// The field lines behind the body.
    pub trailers: Headers,
    /// The body, as much of it as is kept.
    pub body: Data,
    /// How long the body was, in bytes.
    pub body_length: u64,
    /// Whether all of it has come: false where the client left or was not waited
    /// for. A handler, or the server's folder, reads as much as it wants: what is
    /// kept is what it has read when its answer begins.
    pub done: bool,
    /// The mock that answered it, if one did.
    pub mock: Option<u64>,
    /// Why no mock answered it, if none did and nothing else either.
    pub unmatched: Option<String>,
    /// The client's address.
    pub client: SocketAddr,
    /// The address that it connected to.
    pub local: SocketAddr,
    /// What TLS agreed on.
    pub tls: Option<Tls>,
    /// Its frames, on HTTP/1 the pieces that it came in; the first thousand.
    pub frames: Vec<Frame>,
    /// When it began, in seconds since 1970.
    #[serde(with = "seconds_since_1970")]
    pub time: SystemTime,
    /// How long its parts took to come.
    #[serde(with = "seconds")]
    pub took: Duration,
}

/// What TLS agreed on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Tls {
    /// As in `TLSv1.3`.
    pub version: String,
    /// The cipher suite's IANA name.
    pub cipher: String,
    /// The protocol that ALPN chose.
    pub alpn: Option<Data>,
    /// The server name that the client asked for.
    pub server_name: Option<String>,
}

/// A frame of a request.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Frame {
    /// `HEADERS`, `DATA`, `TRAILERS` or `RST_STREAM`.
    pub kind: String,
    /// Its flags; 0 on HTTP/1.
    pub flags: u8,
    /// Bytes of content; of RST_STREAM the error code.
    pub length: u64,
    /// Whether it ended the request.
    pub end_stream: bool,
    /// The number of padding bytes, if it was padded.
    pub padding: Option<u8>,
}

impl Request {
    /// The target up to its `?`.
    pub fn path(&self) -> Data {
        let end = self.target.iter().position(|b| matches!(b, b'?' | b'#'));
        Data(self.target.0.slice(..end.unwrap_or(self.target.len())))
    }

    /// The target behind its `?`; empty without one.
    pub fn query(&self) -> Data {
        Data(self.target.0.slice_ref(query::of(&self.target)))
    }

    /// The query's parameters, decoded as a form's, in order.
    pub fn args(&self) -> Vec<(String, String)> {
        form::pairs(query::of(&self.target))
    }

    /// The first parameter of this name.
    pub fn arg(&self, name: &str) -> Option<String> {
        let mut args = self.args().into_iter();
        args.find(|(n, _)| n == name).map(|(_, value)| value)
    }

    /// The first field of this name, in any case.
    pub fn header(&self, name: &str) -> Option<&Data> {
        self.headers.get(name)
    }

    /// Its cookies, in order; nothing is decoded.
    pub fn cookies(&self) -> Vec<(String, String)> {
        form::cookies(&self.headers)
    }

    /// The first cookie of this name.
    pub fn cookie(&self, name: &str) -> Option<String> {
        let mut cookies = self.cookies().into_iter();
        cookies.find(|(n, _)| n == name).map(|(_, value)| value)
    }

    /// What the body is encoded with, by its Content-Type.
    pub fn charset(&self) -> Option<String> {
        form::charset(&self.headers)
    }

    /// The body as text; what is not UTF-8 is replaced.
    pub fn text(&self) -> String {
        self.body.text().into_owned()
    }

    /// The body as JSON.
    ///
    /// # Errors
    /// It is none, or not of this kind.
    pub fn json<'de, T: Deserialize<'de>>(&'de self) -> serde_json::Result<T> {
        serde_json::from_slice(&self.body)
    }

    /// The fields of a form in the body, without files.
    pub fn form(&self) -> Vec<(String, String)> {
        form::fields(&self.headers, &self.body)
    }

    /// The files of a form in the body (RFC 7578).
    pub fn files(&self) -> Vec<File> {
        form::files(&self.headers, &self.body)
    }

    /// A request of which the head is there.
    pub(crate) fn of(head: &Head) -> Self {
        let connection = &head.connection;
        Self {
            id: 0,
            connection: connection.id,
            stream: head.stream_id,
            protocol: head.protocol.as_str().to_owned(),
            method: head.method.clone().into(),
            target: head.target.clone().into(),
            authority: head.authority.clone().map(Data),
            scheme: head.scheme.clone().into(),
            headers: headers(&head.fields),
            trailers: Headers::default(),
            body: Data::default(),
            body_length: 0,
            done: false,
            mock: None,
            unmatched: None,
            client: connection.peer,
            local: connection.local,
            tls: connection.tls.as_ref().map(|tls| Tls {
                version: tls.version.clone(),
                cipher: tls.cipher.clone(),
                alpn: tls.alpn.clone().map(Data),
                server_name: tls.server_name.clone(),
            }),
            frames: Vec::new(),
            time: SystemTime::now(),
            took: Duration::ZERO,
        }
    }

    pub(crate) fn is_http2(&self) -> bool {
        self.protocol == Protocol::Http2.as_str()
    }
}

/// Field lines, as they are kept.
pub(crate) fn headers(fields: &Fields) -> Headers {
    let lines = fields.iter();
    Headers(
        lines
            .map(|(n, v)| (Data(n.clone()), Data(v.clone())))
            .collect(),
    )
}

mod seconds_since_1970 {
    use std::time::{Duration, SystemTime, UNIX_EPOCH};

    use serde::{Deserialize, Deserializer, Serializer};

    pub(super) fn serialize<S: Serializer>(
        time: &SystemTime,
        serializer: S,
    ) -> Result<S::Ok, S::Error> {
        let since = time.duration_since(UNIX_EPOCH).unwrap_or_default();
        serializer.serialize_f64(since.as_secs_f64())
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(
        deserializer: D,
    ) -> Result<SystemTime, D::Error> {
        let since = Duration::try_from_secs_f64(f64::deserialize(deserializer)?);
        let time = since.ok().and_then(|since| UNIX_EPOCH.checked_add(since));
        time.ok_or_else(|| serde::de::Error::custom("no time"))
    }
}
