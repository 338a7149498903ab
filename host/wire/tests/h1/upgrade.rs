//! When HTTP/1 gives the connection to HTTP/2 (RFC 7540 §3.2), and when it
//! does not.

use crate::harness::{Server, hello, serve};

const SWITCHED: &str =
    "HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: h2c\r\n\r\n";

fn request(line: &str, fields: &str) -> String {
    format!("{line} HTTP/1.1\r\nHost: a\r\n{fields}\r\n")
}

#[tokio::test]
async fn a_request_in_due_form_is_switched() {
    let asks = [
        "Connection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABkAAQAoAAAAAIAAAAA\r\n",
        "connection: http2-settings\r\nConnection: keep-alive, upgrade\r\nupgrade: websocket, H2C\r\nhttp2-settings:\r\n",
    ];
    for line in ["GET /", "HEAD /a?b", "OPTIONS *"] {
        for ask in asks {
            let mut client = serve(|_| async {});
            client.send(request(line, ask)).await;
            client.expect(SWITCHED).await;
        }
    }
}

#[tokio::test]
async fn any_other_is_answered_in_http1() {
    let both = "Connection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\n";
    let cases = [
        request("GET /", both),
        request(
            "GET /",
            &format!("{both}HTTP2-Settings: AAMA\r\nHTTP2-Settings: AAMA\r\n"),
        ),
        // Not base64url, padded, not whole entries.
        request("GET /", &format!("{both}HTTP2-Settings: A+MAAABk\r\n")),
        request("GET /", &format!("{both}HTTP2-Settings: AAMAAABkAAQ=\r\n")),
        request("GET /", &format!("{both}HTTP2-Settings: AAMA\r\n")),
        request(
            "GET /",
            "Connection: Upgrade\r\nUpgrade: h2c\r\nHTTP2-Settings:\r\n",
        ),
        request(
            "GET /",
            "Connection: HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings:\r\n",
        ),
        request(
            "GET /",
            "Connection: Upgrade, HTTP2-Settings\r\nUpgrade: h2\r\nHTTP2-Settings:\r\n",
        ),
        request(
            "GET /",
            "Connection: Upgrade, HTTP2-Settings\r\nHTTP2-Settings:\r\n",
        ),
        request("GET http://a/", &format!("{both}HTTP2-Settings:\r\n")),
        request(
            "POST /",
            &format!("{both}HTTP2-Settings:\r\nContent-Length: 1\r\n"),
        ) + "x",
        request("GET /", &format!("{both}HTTP2-Settings:\r\n")).replace("HTTP/1.1", "HTTP/1.0"),
    ];
    for request in cases {
        let mut client = serve(hello);
        client.send(&request).await;
        assert_eq!(client.answer().await.body, b"hello", "{request:?}");
    }
    let server = Server {
        tls: true,
        ..Server::default()
    };
    let mut client = server.serve(hello);
    client
        .send(request("GET /", &format!("{both}HTTP2-Settings:\r\n")))
        .await;
    assert_eq!(client.answer().await.body, b"hello", "not over TLS");
}
