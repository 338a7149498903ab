//! One request, on whichever protocol.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::sync::Arc;

use host_testing::TestServer;
use host_tests::{DEADLINE, h1, h2};
use rustls::pki_types::ServerName;
use rustls::{ClientConnection, StreamOwned};

/// How a request gets to the server.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Way {
    Http1,
    Http1Tls,
    Http2,
    Http2Tls,
}

/// A request.
#[derive(Clone, Debug)]
pub(crate) struct Ask {
    pub(crate) method: &'static str,
    pub(crate) target: &'static str,
    pub(crate) host: &'static str,
    pub(crate) fields: Vec<(&'static str, &'static str)>,
    pub(crate) body: &'static [u8],
}

/// An answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) text: String,
}

/// A TLS session of a client that trusts the server, with one protocol offered.
pub(crate) type Session = StreamOwned<ClientConnection, TcpStream>;

impl Way {
    pub(crate) const ALL: [Self; 4] = [Self::Http1, Self::Http1Tls, Self::Http2, Self::Http2Tls];

    pub(crate) fn protocol(self) -> &'static str {
        match self {
            Self::Http1 | Self::Http1Tls => "HTTP/1.1",
            Self::Http2 | Self::Http2Tls => "HTTP/2.0",
        }
    }

    pub(crate) fn scheme(self) -> &'static str {
        match self {
            Self::Http1 | Self::Http2 => "http",
            Self::Http1Tls | Self::Http2Tls => "https",
        }
    }
}

impl Ask {
    pub(crate) fn get(target: &'static str) -> Self {
        Self {
            method: "GET",
            target,
            host: "test",
            fields: Vec::new(),
            body: b"",
        }
    }

    pub(crate) fn post(target: &'static str, body: &'static [u8]) -> Self {
        Self {
            method: "POST",
            body,
            ..Self::get(target)
        }
    }

    pub(crate) fn field(mut self, name: &'static str, value: &'static str) -> Self {
        self.fields.push((name, value));
        self
    }

    /// The answer on a connection of its own.
    #[track_caller]
    pub(crate) fn of(&self, server: &TestServer, way: Way) -> Answer {
        match way {
            Way::Http1 => {
                let mut client = h1::Client::connect(server.address());
                let answer = client.send(self.http1()).response();
                Answer {
                    status: answer.status,
                    text: answer.text(),
                }
            }
            Way::Http1Tls => {
                let mut session = tls(server, "http/1.1");
                session.write_all(&self.http1()).expect("to send");
                let answer = read_to_end(&mut session);
                let (head, body) = answer.split_once("\r\n\r\n").expect("a head");
                let status = head.split(' ').nth(1).expect("a status");
                Answer {
                    status: status.parse().expect("a status"),
                    text: body.to_owned(),
                }
            }
            Way::Http2 => self.http2(h2::Client::connect_raw(server.address()), way),
            Way::Http2Tls => self.http2(h2::Client::over(tls(server, "h2")), way),
        }
    }

    fn http1(&self) -> Vec<u8> {
        let Self {
            method,
            target,
            host,
            ..
        } = self;
        let mut text = format!("{method} {target} HTTP/1.1\r\nHost: {host}\r\n");
        for (name, value) in &self.fields {
            text.push_str(&format!("{name}: {value}\r\n"));
        }
        if !self.body.is_empty() {
            text.push_str(&format!("Content-Length: {}\r\n", self.body.len()));
        }
        text.push_str("Connection: close\r\n\r\n");
        [text.as_bytes(), self.body].concat()
    }

    #[track_caller]
    fn http2(&self, mut client: h2::Client, way: Way) -> Answer {
        client.begin();
        let mut head = h2::headers(1)
            .field(":method", self.method)
            .field(":scheme", way.scheme())
            .field(":authority", self.host)
            .field(":path", self.target);
        for (name, value) in &self.fields {
            head = head.field(&name.to_ascii_lowercase(), value);
        }
        match self.body {
            b"" => client.send(head.end_headers().end_stream()),
            body => {
                client.send(head.end_headers());
                client.send(h2::data(1, body).end_stream())
            }
        };
        let answer = client.answer(1);
        Answer {
            status: answer.status,
            text: answer.text(),
        }
    }
}

/// A session that trusts the server by what the server says of its CA.
#[track_caller]
pub(crate) fn tls(server: &TestServer, protocol: &str) -> Session {
    try_tls(server, protocol).expect("a handshake")
}

/// The same, or why there is none.
pub(crate) fn try_tls(server: &TestServer, protocol: &str) -> std::io::Result<Session> {
    let mut config = server.client_config();
    config.alpn_protocols = vec![protocol.as_bytes().to_vec()];
    let name = ServerName::try_from("localhost").expect("a name");
    let connection = ClientConnection::new(Arc::new(config), name).expect("a client");
    let socket = TcpStream::connect(server.https_address())?;
    socket.set_read_timeout(Some(DEADLINE))?;
    let mut session = StreamOwned::new(connection, socket);
    while session.conn.is_handshaking() {
        session.conn.complete_io(&mut session.sock)?;
    }
    Ok(session)
}

/// What comes until the connection ends, however it does.
pub(crate) fn read_to_end(from: &mut impl Read) -> String {
    let (mut text, mut piece) = (Vec::new(), [0; 4096]);
    while let Ok(length @ 1..) = from.read(&mut piece) {
        text.extend_from_slice(&piece[..length]);
    }
    String::from_utf8(text).expect("UTF-8")
}
