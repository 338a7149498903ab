//! What is told of TLS.

use std::io::{Read, Write};
use std::net::TcpStream;

use host_tests::DEADLINE;
use host_tests::tools::curl;
use serde_json::json;

use crate::Kept;

/// A ClientHello with nothing but what it offers in this order; no server can
/// go on with it.
fn client_hello(extensions: &[(u16, &[u8])]) -> Vec<u8> {
    let sized = |bytes: &[u8]| {
        let length = u16::try_from(bytes.len()).unwrap().to_be_bytes();
        [&length, bytes].concat()
    };
    let extension =
        |(kind, content): &(u16, &[u8])| [&kind.to_be_bytes(), &*sized(content)].concat();
    let extensions: Vec<u8> = extensions.iter().flat_map(extension).collect();
    let ciphers = sized(b"\x1a\x1a\x13\x02\x13\x01");
    let body = [
        &b"\x03\x03"[..],
        &[1; 32],
        b"\0",
        &ciphers,
        b"\x01\0",
        &sized(&extensions),
    ]
    .concat();
    let message = [b"\x01\0", &*sized(&body)].concat();
    [b"\x16\x03\x01", &*sized(&message)].concat()
}

#[test]
fn tls_tells_what_the_client_offered_in_its_order() {
    let kept = Kept::start();
    let hello = client_hello(&[
        (0x2a2a, b""),
        (43, b"\x02\x03\x04"),
        (16, b"\0\x03\x02h2"),
        (23, b""),
        (0, b"\0\x09\0\0\x06t.test"),
        (10, b"\0\x02\0\x1d"),
        (0xfe_ed, b"??"),
    ]);
    let mut socket = TcpStream::connect(kept.host.https()).unwrap();
    socket.set_read_timeout(Some(DEADLINE)).unwrap();
    // Two records and two packets would be as good.
    socket.write_all(&hello).unwrap();
    let mut alert = Vec::new();
    socket.read_to_end(&mut alert).unwrap();
    assert_eq!(alert[0], 21, "an alert");

    let mut socket = TcpStream::connect(kept.host.https()).unwrap();
    socket.set_read_timeout(Some(DEADLINE)).unwrap();
    socket.write_all(b"GET / HTTP/1.1\r\n").unwrap();
    let _ = socket.read_to_end(&mut Vec::new());

    let ca = kept.host.ca().display().to_string();
    let url = format!("https://127.0.0.1:{}/hello", kept.host.https().port());
    curl(["--cacert", &ca, &url]).expect(200, "2");
    let journal = kept.stop();
    let told = journal.of("tls");
    assert_eq!(
        told[0]["hello"],
        json!({
            "version": "TLSv1.2(771)",
            "ciphers": [
                "GREASE(6682)", "TLS_AES_256_GCM_SHA384(4866)", "TLS_AES_128_GCM_SHA256(4865)",
            ],
            "extensions": [
                "GREASE(10794)", "supported_versions(43)",
                "application_layer_protocol_negotiation(16)", "extended_master_secret(23)",
                "server_name(0)", "supported_groups(10)", "unknown(65261)",
            ],
            "groups": ["x25519(29)"],
            "point_formats": [],
            "signatures": [],
            "versions": ["TLSv1.3(772)"],
            "alpn": ["h2"],
            "server_name": "t.test",
        })
    );
    assert!(told[0]["error"].is_string(), "{}", told[0]);
    assert_eq!(told[1]["received"], "GET / HTTP/1.1\\r\\n");
    assert!(told[1]["hello"].is_null(), "{}", told[1]);
    let curls = told[2];
    assert_eq!(curls["version"], "TLSv1.3");
    assert_eq!(curls["alpn"], "h2");
    assert_eq!(curls["hello"]["alpn"], json!(["h2", "http/1.1"]));
    assert!(curls["cipher"].as_str().unwrap().starts_with("TLS_AES_"));
    // What follows is told as it was before it was encrypted.
    journal.expect(&[
        json!({ "event": "tls", "alpn": "h2" }),
        json!({ "event": "frame", "connection": 3, "type": "HEADERS", "dir": "in" }),
        json!({ "event": "frame", "connection": 3, "type": "DATA", "data": "Hello, world!\\n" }),
    ]);
}
