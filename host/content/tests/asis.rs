//! `.asis` files through a connection: byte for byte on HTTP/1, refused
//! elsewhere.

use std::fs;
use std::path::Path;
use std::sync::Arc;

use cap_std::ambient_authority;
use cap_std::fs::Dir;
use host_content::{Facts, Served, Site, serve};
use host_wire::{
    ConnectionInfo, Exchange, Limits, Negotiated, Service, Violation, serve_connection,
};
use tokio::io::{AsyncReadExt, AsyncWriteExt, DuplexStream};
use tokio::sync::{mpsc, watch};

/// Serves the file at the path that is asked for.
struct Files {
    site: Site,
    served: mpsc::UnboundedSender<Served>,
}

impl Service for Files {
    async fn call(&self, mut exchange: Exchange) {
        let target = exchange.head().target.clone();
        let target = std::str::from_utf8(&target[1..]).unwrap();
        let path = target.split('?').next().unwrap();
        let served = serve(&mut exchange, &self.site, Path::new(path)).await;
        self.served.send(served.unwrap()).unwrap();
    }

    fn violation(&self, _: &ConnectionInfo, violation: &Violation) {
        panic!("{violation:?}");
    }
}

/// A connection to a server of one file, `a.asis`, and what it says of it.
fn connect(
    content: &[u8],
    negotiated: Negotiated,
    raw: bool,
) -> (DuplexStream, mpsc::UnboundedReceiver<Served>) {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("a.asis"), content).unwrap();
    let dir = Dir::open_ambient_dir(folder.path(), ambient_authority()).unwrap();
    let (served, seen) = mpsc::unbounded_channel();
    let site = Site {
        dir: Arc::new(dir),
        raw,
        facts: Arc::new(Facts::default()),
        pipes: Arc::default(),
    };
    let service = Files { site, served };
    let info = ConnectionInfo {
        id: 1,
        peer: ([127, 0, 0, 1], 40000).into(),
        local: ([127, 0, 0, 1], 8000).into(),
        tls: None,
        journal: None,
    };
    let (client, transport) = tokio::io::duplex(4096);
    tokio::spawn(async move {
        let (_drain, draining) = watch::channel(false);
        let limits = Arc::new(Limits::default());
        let service = Arc::new(service);
        let served = serve_connection(
            transport,
            Arc::new(info),
            negotiated,
            limits,
            service,
            draining,
        );
        served.await.unwrap();
        drop(folder);
    });
    (client, seen)
}

/// All that comes to these requests, until the server closes.
async fn answers(content: &[u8], requests: &str, raw: bool) -> (Vec<u8>, Vec<Served>) {
    let (mut client, mut seen) = connect(content, Negotiated::Http1, raw);
    client.write_all(requests.as_bytes()).await.unwrap();
    client.shutdown().await.unwrap();
    let mut read = Vec::new();
    client.read_to_end(&mut read).await.unwrap();
    let mut served = Vec::new();
    while let Some(one) = seen.recv().await {
        served.push(one);
    }
    (read, served)
}

const GET: &str = "GET /a.asis HTTP/1.1\r\nHost: a\r\n\r\n";

#[tokio::test]
async fn a_file_is_the_answer_byte_for_byte() {
    let large = "x".repeat(200_000);
    let complete = format!("HTTP/1.1 299 As Is\r\nx-A: 1\r\nContent-Length: 200000\r\n\r\n{large}");
    let endless = format!("HTTP/1.1 200 OK\nX: no CR\n\n{large}");
    for (content, status, goes_on) in [
        (complete.as_str(), Some(299), true),
        ("HTTP/1.1 204 No Content\r\n\r\n", Some(204), true),
        (&endless, Some(200), false),
        ("no status line", None, false),
        ("", None, false),
    ] {
        let (read, served) = answers(content.as_bytes(), &GET.repeat(2), true).await;
        let times = if goes_on { 2 } else { 1 };
        assert!(read == content.repeat(times).as_bytes(), "{status:?}");
        let bytes = content.len() as u64;
        assert_eq!(served, vec![Served { status, bytes }; times]);
    }
    // To HEAD as well, and then nobody knows where the next answer begins.
    let content = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";
    let head = GET.replace("GET", "HEAD").repeat(2);
    let (read, _) = answers(content.as_bytes(), &head, true).await;
    assert_eq!(read, content.as_bytes());
}

#[tokio::test]
async fn other_methods_and_those_without_the_grant_are_refused() {
    let content = b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n";
    let post = GET.replace("GET", "DELETE");
    for (request, raw, status) in [(post.as_str(), true, 405), (GET, false, 403)] {
        let (read, served) = answers(content, request, raw).await;
        let read = String::from_utf8(read).unwrap();
        assert!(read.starts_with(&format!("HTTP/1.1 {status} ")), "{read}");
        assert!(read.contains("{\"error\": {\"code\": "), "{read}");
        assert_eq!(served[0].status, Some(status));
    }
}

#[tokio::test]
async fn pipes_are_checked_and_have_no_effect() {
    let content = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";
    let with = |pipe: &str| GET.replace("a.asis", &format!("a.asis?pipe={pipe}"));
    let (read, _) = answers(content, &with("slice(1)|status(410)"), true).await;
    assert_eq!(read, content);
    let (read, _) = answers(content, &with("slice(x)"), true).await;
    let read = String::from_utf8(read).unwrap();
    assert!(read.starts_with("HTTP/1.1 400 "), "{read}");
    assert!(read.contains("\\nslice(x)\\n      ^"), "{read}");
}

#[tokio::test]
async fn http2_has_no_such_bytes() {
    let content = b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n";
    let (client, mut seen) = connect(content, Negotiated::Http2, true);
    let (mut sender, connection) = h2::client::handshake(client).await.unwrap();
    tokio::spawn(connection);
    let request = http::Request::get("http://a/a.asis").body(()).unwrap();
    let (answer, _) = sender.send_request(request, true).unwrap();
    let answer = answer.await.unwrap();
    assert_eq!(answer.status(), 500);
    assert_eq!(answer.headers()["content-type"], "application/json");
    let page = answer.into_body().data().await.unwrap().unwrap();
    assert_eq!(
        page,
        "{\"error\": {\"code\": 500, \"message\": \"an .asis file is an HTTP/1 response: it needs HTTP/1\"}}"
    );
    assert_eq!(seen.recv().await.unwrap().status, Some(500));
}
