//! Responses on HTTP/1, byte by byte.

use std::time::Duration;

use serde_json::json;

use super::harness::{Client, GET, answer, serve};
use crate::{Body, Data, Delay, Framing, Headers, Response, Version, respond};

const HEAD: &str = "HEAD / HTTP/1.1\r\nHost: h\r\n\r\n";

/// What this response is on the wire, for GET.
async fn sent(response: Response) -> String {
    answer([respond(response)], GET).await
}

#[tokio::test(start_paused = true)]
async fn a_response_has_server_date_and_length() {
    assert_eq!(
        sent(Response::new(200).header("X-a", "1").body("hello")).await,
        "HTTP/1.1 200 OK\r\nX-a: 1\r\nServer: host\r\nDate: D\r\nContent-Length: 5\r\n\r\nhello(open)"
    );
    assert_eq!(
        sent(Response::new(201)).await,
        "HTTP/1.1 201 Created\r\nServer: host\r\nDate: D\r\nContent-Length: 0\r\n\r\n(open)"
    );
    assert_eq!(
        sent(Response::new(204).body("ignored")).await,
        "HTTP/1.1 204 No Content\r\nServer: host\r\nDate: D\r\n\r\n(open)"
    );
    assert_eq!(
        sent(Response::new(200).json(json!({"a": 1})).reason("Fine")).await,
        "HTTP/1.1 200 Fine\r\nContent-Type: application/json\r\nServer: host\r\nDate: D\r\n\
         Content-Length: 7\r\n\r\n{\"a\":1}(open)"
    );
}

#[tokio::test(start_paused = true)]
async fn nothing_is_added_to_a_bare_response() {
    let bare = || Response::new(200).bare();
    assert_eq!(
        sent(bare().header("content-LENGTH", "2").body("hi")).await,
        "HTTP/1.1 200 OK\r\ncontent-LENGTH: 2\r\n\r\nhi(open)"
    );
    // Without a length the end of the connection is the body's.
    assert_eq!(sent(bare().body("hi")).await, "HTTP/1.1 200 OK\r\n\r\nhi");
    // Neither checked: what is said nor how it is spelt.
    assert_eq!(
        sent(
            bare()
                .header("Content-Length", "9")
                .header("b ad", "a\0b")
                .body("hi")
        )
        .await,
        "HTTP/1.1 200 OK\r\nContent-Length: 9\r\nb ad: a\0b\r\n\r\nhi"
    );
    assert_eq!(
        sent(bare().framing(Framing::Chunked).body("hi")).await,
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nhi\r\n0\r\n\r\n(open)"
    );
    assert_eq!(
        sent(bare().header("Content-Length", "0")).await,
        "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n(open)"
    );
}

#[tokio::test(start_paused = true)]
async fn http_1_0_is_said_and_the_connection_closes() {
    let mut old = Response::new(200).header("Content-Length", "2").body("hi");
    old.version = Version::Http10;
    assert_eq!(
        sent(old.clone().bare()).await,
        "HTTP/1.0 200 OK\r\nContent-Length: 2\r\n\r\nhi"
    );
    assert_eq!(
        sent(old.clone()).await,
        "HTTP/1.0 200 OK\r\nContent-Length: 2\r\nServer: host\r\nDate: D\r\n\r\nhi"
    );
    // As test_server does, which knows no HEAD.
    assert_eq!(
        answer([respond(old.clone().bare())], HEAD).await,
        "HTTP/1.0 200 OK\r\nContent-Length: 2\r\n\r\nhi"
    );
    assert_eq!(
        answer([respond(old)], HEAD).await,
        "HTTP/1.0 200 OK\r\nContent-Length: 2\r\nServer: host\r\nDate: D\r\n\r\n"
    );
}

#[tokio::test(start_paused = true)]
async fn a_body_ends_as_it_is_told() {
    let body = || Response::new(200).body("hi");
    assert_eq!(
        sent(body().framing(Framing::Chunked)).await,
        "HTTP/1.1 200 OK\r\nServer: host\r\nDate: D\r\nTransfer-Encoding: chunked\r\n\r\n\
         2\r\nhi\r\n0\r\n\r\n(open)"
    );
    assert_eq!(
        sent(Response::new(200).framing(Framing::Chunked)).await,
        "HTTP/1.1 200 OK\r\nServer: host\r\nDate: D\r\nTransfer-Encoding: chunked\r\n\r\n\
         0\r\n\r\n(open)"
    );
    assert_eq!(
        sent(body().framing(Framing::Close)).await,
        "HTTP/1.1 200 OK\r\nServer: host\r\nDate: D\r\nConnection: close\r\n\r\nhi"
    );
    assert_eq!(
        sent(body().trailer("X-end", "1")).await,
        "HTTP/1.1 200 OK\r\nServer: host\r\nDate: D\r\nTransfer-Encoding: chunked\r\n\r\n\
         2\r\nhi\r\n0\r\nX-end: 1\r\n\r\n(open)"
    );
    assert_eq!(
        sent(body().trailer("X-end", "1").bare()).await,
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n\
         2\r\nhi\r\n0\r\nX-end: 1\r\n\r\n(open)"
    );
}

#[tokio::test(start_paused = true)]
async fn head_gets_the_head_of_get() {
    let cases = [
        Response::new(200).body("hi"),
        Response::new(200).body("hi").framing(Framing::Close),
        Response::new(200)
            .header("Content-Length", "2")
            .body("hi")
            .bare(),
        Response::new(304).body("hi"),
    ];
    for response in cases {
        let got = sent(response.clone()).await;
        let (head, _) = got.split_once("\r\n\r\n").unwrap();
        let heads = answer([respond(response)], HEAD).await;
        assert_eq!(heads.trim_end_matches("(open)"), format!("{head}\r\n\r\n"));
    }
}

#[tokio::test(start_paused = true)]
async fn informational_responses_go_before() {
    let links = Headers(vec![("Link".into(), "</a>; rel=preload".into())]);
    assert_eq!(
        sent(Response::new(204).informational(103, links).bare()).await,
        "HTTP/1.1 103 Early Hints\r\nLink: </a>; rel=preload\r\n\r\nHTTP/1.1 204 No Content\r\n\r\n(open)"
    );
}

#[tokio::test(start_paused = true)]
async fn pieces_come_one_by_one() {
    let second = Duration::from_secs(1);
    let response = Response::new(200)
        .piece(Duration::ZERO, "ab")
        .piece(second, "")
        .piece(second, "cde");
    assert_eq!(
        sent(response.clone().framing(Framing::Chunked).bare()).await,
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n\
         2\r\nab\r\n3\r\ncde\r\n0\r\n\r\n(open)"
    );
    let mut client = serve([respond(response.clone())]);
    client.send(GET).await;
    let start = tokio::time::Instant::now();
    let head = "HTTP/1.1 200 OK\r\nServer: host\r\n".len();
    client.take(head).await;
    assert_eq!(start.elapsed().as_secs(), 0);
    let rest = client.read_answer().await;
    assert_eq!(rest, "Date: D\r\nContent-Length: 5\r\n\r\nabcde(open)");
}

#[tokio::test(start_paused = true)]
async fn the_answer_waits_where_it_is_told() {
    let second = Duration::from_secs(1);
    let delay = Delay {
        request: second,
        head: second,
        body: second,
        end: second,
    };
    for framing in [Framing::Length, Framing::Chunked, Framing::Close] {
        let response = Response::new(200).delays(delay).framing(framing).body("hi");
        let mut client = serve([respond(response.header("Server", "s").header("Date", "d"))]);
        client.send(GET).await;
        let start = tokio::time::Instant::now();
        let at = || start.elapsed().as_secs();
        let head = "HTTP/1.1 200 OK\r\nServer: s\r\nDate: d\r\n";
        client.take(head.len()).await;
        assert_eq!(at(), 2, "{framing:?}: request and head");
        let (field, before, after) = match framing {
            Framing::Length => ("Content-Length: 2\r\n\r\n", "h", "i"),
            Framing::Chunked => (
                "Transfer-Encoding: chunked\r\n\r\n",
                "2\\r\\nhi\\r\\n",
                "0\\r\\n\\r\\n",
            ),
            Framing::Close => ("Connection: close\r\n\r\n", "hi", ""),
        };
        client.take(field.len()).await;
        assert_eq!(at(), 2, "{framing:?}: all of the head");
        // Escaped, CR and LF are two characters each.
        let length = |text: &str| text.len() - text.matches('\\').count();
        assert_eq!(client.take(length(before)).await, before);
        assert_eq!(at(), 3, "{framing:?}: the body");
        assert_eq!(client.take(length(after)).await, after);
        if framing != Framing::Close {
            assert_eq!(at(), 4, "{framing:?}: the end");
        }
        client.read_answer().await;
    }
}

#[tokio::test(start_paused = true)]
async fn files_are_read_when_they_are_asked_for() {
    let manifest = concat!(env!("CARGO_MANIFEST_DIR"), "/Cargo.toml");
    let content = std::fs::read_to_string(manifest).unwrap();
    let got = sent(Response::new(200).bare().file(manifest)).await;
    assert_eq!(got, format!("HTTP/1.1 200 OK\r\n\r\n{content}"));
    let missing = sent(Response::new(200).file("/no/such/file")).await;
    assert!(missing.starts_with("HTTP/1.1 555 "), "{missing}");
    assert!(missing.contains("cannot read /no/such/file: "), "{missing}");
    let folder = sent(Response::new(200).file(env!("CARGO_MANIFEST_DIR"))).await;
    assert!(
        folder.contains("it is no ordinary file\n(open)"),
        "{folder}"
    );
}

/// Larger than a piece of a file and than what is copied behind a head.
#[tokio::test(start_paused = true)]
async fn large_bodies_are_whole() {
    let large = vec![b'x'; 300_000];
    let file = std::env::temp_dir().join(format!("host-mock-{}", std::process::id()));
    std::fs::write(&file, &large).unwrap();
    let bodies = [Body::Bytes(large.clone().into()), Body::File(file.clone())];
    for body in bodies {
        let mut response = Response::new(200).header("Content-Length", "300000").bare();
        response.body = body;
        let got = sent(response).await;
        let (_, body) = got.split_once("\r\n\r\n").unwrap();
        assert_eq!(body.trim_end_matches("(open)").len(), large.len());
    }
    std::fs::remove_file(file).unwrap();
}

#[tokio::test(start_paused = true)]
async fn what_cannot_be_sent_is_555_with_the_reason() {
    let cases = [
        (Response::new(42), "status 42 is not of three digits"),
        (
            Response::new(100),
            "status 100 is informational: it goes before the final response",
        ),
        (
            Response::new(200).informational(200, Headers::default()),
            "status 200 is not informational: it is not 100 to 199",
        ),
        (
            Response::new(200).header("Content-Length", "9").body("hi"),
            "Content-Length is 9, and the body has 2 bytes: the fault `truncated_length` sends \
             less than it says, and `defaults: false` whatever is said",
        ),
        (
            Response::new(200).header("a", "b\nc"),
            "protocol error: CR, LF or NUL in the value of a (RFC 9110 §5.5)",
        ),
        (
            Response::new(200)
                .header("a", "b\nc")
                .framing(Framing::Close),
            "CR, LF or NUL in a: `defaults: false` sends them",
        ),
        (
            Response::new(200).trailer("a", "b").framing(Framing::Close),
            "trailers need chunks, and HTTP/1.0 and framing by close have none",
        ),
    ];
    for (response, why) in cases {
        let got = sent(response).await;
        assert!(got.starts_with("HTTP/1.1 555 "), "{got}");
        let (_, body) = got.split_once("\r\n\r\n").unwrap();
        assert_eq!(body, format!("{why}\n(open)"));
    }
}

#[tokio::test(start_paused = true)]
async fn an_early_answer_does_not_wait_for_the_body() {
    let post = "POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 4\r\n\r\n";
    let response = Response::new(403).bare().header("Content-Length", "0");
    let mut client = serve([respond(response.clone().early()), respond(response)]);
    client.send(post).await;
    let expected = "HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n";
    let length = expected.len();
    assert_eq!(
        client.take(length).await,
        expected.escape_default().to_string()
    );
    assert!(!client.mocks.requests(0)[0].done);
    // What is left of the body is taken, and the connection goes on.
    client.send("body").await;
    client.send(post).await;
    let nothing = tokio::time::timeout(Duration::from_secs(1), client.take(1)).await;
    assert!(nothing.is_err(), "the second waits for its body");
    client.send("body").await;
    client.take(length).await;
    let kept = client.mocks.requests(1);
    assert_eq!((&kept[0].body, kept[0].done), (&Data::from("body"), true));
}

/// A connection on which answers follow each other.
#[tokio::test(start_paused = true)]
async fn answers_share_a_connection() {
    let ok = Response::new(200)
        .bare()
        .header("Content-Length", "1")
        .body("x");
    let mut client: Client = serve([respond(ok).always()]);
    for _ in 0..3 {
        client.send(GET).await;
        client
            .take("HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\nx".len())
            .await;
    }
    assert_eq!(client.mocks.counts().received, 3);
}

#[tokio::test(start_paused = true)]
async fn a_head_and_a_small_body_leave_in_one_write() {
    let body = || Response::new(200).body("hi");
    let mut old = body();
    old.version = Version::Http10;
    let chunked = body().framing(Framing::Chunked);
    for response in [
        body(),
        body().bare(),
        old.clone(),
        old.bare(),
        chunked.clone(),
        chunked.bare(),
        body().bare().trailer("a", "b"),
        body().framing(Framing::Close),
        Response::new(204),
    ] {
        let mut client = serve([respond(response.clone())]);
        client.send(GET).await;
        client.read_answer().await;
        assert_eq!(client.server.writes(), 1, "{response:?}");
    }
}
