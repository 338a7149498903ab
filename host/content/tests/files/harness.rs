//! A folder that is served, and a client that asks on HTTP/1 and on HTTP/2.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use bytes::Bytes;
use cap_std::ambient_authority;
use cap_std::fs::Dir;
use host_content::{Facts, Site};
use host_wire::{
    ConnectionInfo, Exchange, Limits, Negotiated, Service, TlsInfo, Violation, serve_connection,
};
use percent_encoding::percent_decode;
use tempfile::TempDir;
use tokio::io::{AsyncReadExt, AsyncWriteExt, DuplexStream, duplex};
use tokio::sync::watch;

/// A folder `root` in a folder of its own, and how it is served.
pub(crate) struct Folder {
    temp: TempDir,
    pub(crate) site: Site,
}

/// Answers with the file that the path names, as a router would.
struct Files(Site);

impl Service for Files {
    async fn call(&self, mut exchange: Exchange) {
        let target = &exchange.head().target;
        let target = target.strip_prefix(b"http://a.test").unwrap_or(target);
        let path = target.split(|b| *b == b'?').next().unwrap_or_default();
        let path: Vec<u8> = percent_decode(path).skip(1).collect();
        let path = String::from_utf8(path).unwrap();
        // A client that has left is what some tests are about.
        let _ = host_content::serve(&mut exchange, &self.0, Path::new(&path)).await;
    }

    fn violation(&self, _: &ConnectionInfo, _: &Violation) {}
}

impl Folder {
    /// A folder with these files.
    pub(crate) fn of(files: &[(&str, &str)]) -> Self {
        let temp = tempfile::tempdir().unwrap();
        let root = temp.path().join("root");
        fs::create_dir(&root).unwrap();
        let facts = Facts {
            browser_host: "web-platform.test".to_owned(),
            url_base: "/".to_owned(),
            ..Facts::default()
        };
        let dir = Dir::open_ambient_dir(&root, ambient_authority()).unwrap();
        let site = Site {
            dir: Arc::new(dir),
            raw: false,
            wrappers: false,
            inject: None,
            hidden: host_content::Hidden::default(),
            facts: Arc::new(facts),
            pipes: Arc::default(),
        };
        let folder = Self { temp, site };
        for (name, content) in files {
            folder.write(name, content);
        }
        folder
    }

    pub(crate) fn root(&self) -> PathBuf {
        self.temp.path().join("root")
    }

    /// Writes a file, in folders that are made if need be.
    pub(crate) fn write(&self, name: &str, content: impl AsRef<[u8]>) {
        let path = self.root().join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, content).unwrap();
    }

    pub(crate) fn connect(&self, negotiated: Negotiated) -> DuplexStream {
        let (client, server) = duplex(64 * 1024);
        let info = ConnectionInfo {
            id: 1,
            peer: ([127, 0, 0, 1], 40000).into(),
            local: ([127, 0, 0, 1], 8000).into(),
            tls: Some(TlsInfo::default()),
            journal: None,
        };
        let (drain, draining) = watch::channel(false);
        let service = Arc::new(Files(self.site.clone()));
        tokio::spawn(async move {
            let limits = Arc::new(Limits::default());
            let info = Arc::new(info);
            let served =
                serve_connection(server, info, negotiated, limits, service, draining).await;
            drop(drain);
            served
        });
        client
    }

    /// Asks on both protocols, which must answer the same.
    pub(crate) async fn ask(&self, method: &str, path: &str, fields: &[(&str, &str)]) -> Answer {
        let first = self.ask_h1(method, path, fields).await;
        let second = self.ask_h2(method, path, fields).await;
        assert_eq!(first.status, second.status, "{method} {path}");
        assert_eq!(first.comparable(), second.comparable(), "{method} {path}");
        assert_eq!(first.is_complete, second.is_complete, "{method} {path}");
        first
    }

    /// A GET without further fields, on both.
    pub(crate) async fn get(&self, path: &str) -> Answer {
        self.ask("GET", path, &[]).await
    }

    pub(crate) async fn ask_h1(&self, method: &str, path: &str, fields: &[(&str, &str)]) -> Answer {
        let mut io = self.connect(Negotiated::Http1);
        let fields: String = fields
            .iter()
            .map(|(n, v)| format!("{n}: {v}\r\n"))
            .collect();
        let request = format!(
            "{method} {path} HTTP/1.1\r\nHost: a.test\r\nConnection: close\r\n{fields}\r\n"
        );
        io.write_all(request.as_bytes()).await.unwrap();
        let mut answer = Vec::new();
        io.read_to_end(&mut answer).await.unwrap();
        Answer::of_h1(&answer, method == "HEAD")
    }

    pub(crate) async fn ask_h2(&self, method: &str, path: &str, fields: &[(&str, &str)]) -> Answer {
        let io = self.connect(Negotiated::Http2);
        let (mut client, connection) = h2::client::handshake(io).await.unwrap();
        tokio::spawn(connection);
        let mut request = http::Request::builder()
            .method(method)
            .uri(format!("https://a.test{path}"));
        for (name, value) in fields {
            request = request.header(*name, *value);
        }
        let (response, _) = client
            .send_request(request.body(()).unwrap(), true)
            .unwrap();
        let (head, mut stream) = response.await.unwrap().into_parts();
        let fields = head.headers.iter().map(|(name, value)| {
            let value = String::from_utf8_lossy(value.as_bytes()).into_owned();
            (name.to_string(), value)
        });
        let mut answer = Answer {
            status: head.status.as_u16(),
            fields: fields.collect(),
            body: Vec::new(),
            is_complete: true,
        };
        while let Some(piece) = stream.data().await {
            let Ok(piece) = piece else {
                answer.is_complete = false;
                break;
            };
            stream.flow_control().release_capacity(piece.len()).unwrap();
            answer.body.extend_from_slice(&piece);
        }
        answer
    }
}

/// An answer as it was received.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) fields: Vec<(String, String)>,
    pub(crate) body: Vec<u8>,
    /// Whether all of the body came that was announced.
    pub(crate) is_complete: bool,
}

impl Answer {
    pub(crate) fn of_h1(answer: &[u8], is_head: bool) -> Self {
        let end = answer.windows(4).position(|four| four == b"\r\n\r\n");
        let (head, body) = answer.split_at(end.expect("a head") + 4);
        let head = String::from_utf8_lossy(head).into_owned();
        let mut lines = head.trim_end().split("\r\n");
        let status = lines.next().unwrap()[9..12].parse().unwrap();
        let fields = lines.map(|line| line.split_once(": ").unwrap());
        let mut answer = Self {
            status,
            fields: fields.map(|(n, v)| (n.to_owned(), v.to_owned())).collect(),
            body: body.to_vec(),
            is_complete: true,
        };
        if is_head || status == 304 {
            assert_eq!(answer.body, b"", "content where there is none");
        } else if answer.field("transfer-encoding") == Some("chunked") {
            (answer.body, answer.is_complete) = dechunk(&answer.body);
        } else {
            let length = answer.field("content-length").map(|l| l.parse().unwrap());
            answer.is_complete = length.is_none_or(|length: usize| length == answer.body.len());
        }
        answer
    }

    /// The values of a field, joined.
    pub(crate) fn all(&self, name: &str) -> String {
        let same = self
            .fields
            .iter()
            .filter(|(n, _)| n.eq_ignore_ascii_case(name));
        same.map(|(_, value)| &**value)
            .collect::<Vec<_>>()
            .join(" | ")
    }

    pub(crate) fn field(&self, name: &str) -> Option<&str> {
        let mut fields = self.fields.iter();
        fields
            .find(|(n, _)| n.eq_ignore_ascii_case(name))
            .map(|(_, value)| &**value)
    }

    pub(crate) fn text(&self) -> &str {
        std::str::from_utf8(&self.body).unwrap()
    }

    /// wptserve's error page: its code and message.
    pub(crate) fn error(&self) -> (u64, String) {
        assert_eq!(self.field("content-type"), Some("application/json"));
        let page: serde_json::Value = serde_json::from_slice(&self.body).unwrap();
        let error = &page["error"];
        let message = error["message"].as_str().unwrap().to_owned();
        (error["code"].as_u64().unwrap(), message)
    }

    /// What is the same on both protocols: fields but those of the connection
    /// and the time, and the body, in which a boundary is a random one.
    fn comparable(&self) -> (Vec<(String, String)>, Bytes) {
        const OWN: [&str; 3] = ["connection", "date", "transfer-encoding"];
        let boundary = self
            .field("content-type")
            .and_then(|value| value.split_once("boundary="))
            .map_or("", |(_, boundary)| boundary);
        let plain = |text: &str| match boundary {
            "" => text.to_owned(),
            boundary => text.replace(boundary, "B"),
        };
        let fields = self.fields.iter();
        let fields = fields.map(|(name, value)| (name.to_ascii_lowercase(), plain(value)));
        let fields = fields.filter(|(name, _)| !OWN.contains(&&**name));
        let body = match boundary {
            "" => self.body.clone(),
            _ => plain(self.text()).into_bytes(),
        };
        (fields.collect(), body.into())
    }
}

fn dechunk(mut rest: &[u8]) -> (Vec<u8>, bool) {
    let mut body = Vec::new();
    while let Some(end) = rest.windows(2).position(|two| two == b"\r\n") {
        let size = std::str::from_utf8(&rest[..end]).unwrap();
        let size = usize::from_str_radix(size, 16).unwrap();
        if size == 0 {
            return (body, true);
        }
        let chunk = &rest[end + 2..];
        body.extend_from_slice(&chunk[..size.min(chunk.len())]);
        rest = chunk.get(size + 2..).unwrap_or_default();
    }
    (body, false)
}
