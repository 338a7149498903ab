//! RFC 9113 §3: starting HTTP/2.

use std::io::{Read, Write};
use std::sync::Arc;

use host_tests::h2::{Client, Frame, code, flag, frame, headers, kind, ping, setting, settings};
use host_tests::{Host, tls};
use rustls::AlertDescription;
use rustls::pki_types::ServerName;

use crate::transcript::{PREFACE, transcript};

/// What a client is told that begins like this; `None` for a close without a
/// word.
fn told(host: &Host, bytes: &[u8]) -> Option<u32> {
    let mut client = Client::connect_raw(host.http());
    client.raw(bytes);
    while let Some(got) = client.next_frame() {
        match got.kind {
            kind::GOAWAY => {
                client.expect_close();
                return got.code();
            }
            kind::SETTINGS | kind::WINDOW_UPDATE => {}
            _ => panic!("{got:?}"),
        }
    }
    None
}

/// The preface and a frame behind it.
fn began(first: &Frame) -> Vec<u8> {
    [PREFACE, &first.encode()].concat()
}

#[test]
fn s3_2_h2c_is_never_chosen_by_alpn() {
    let host = Host::start(&[]);
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let mut config = rustls::ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_root_certificates(rustls::RootCertStore::empty())
        .with_no_client_auth();
    config.alpn_protocols = vec![b"h2c".to_vec()];
    let name = ServerName::try_from("localhost").unwrap();
    let mut tls = rustls::ClientConnection::new(Arc::new(config), name).unwrap();
    let mut socket = std::net::TcpStream::connect(host.https()).unwrap();
    let error = tls.complete_io(&mut socket).unwrap_err();
    let alert = error.get_ref().and_then(|e| e.downcast_ref());
    let wanted = rustls::Error::AlertReceived(AlertDescription::NoApplicationProtocol);
    assert_eq!(alert, Some(&wanted), "{error}");
    host.stop();
}

#[test]
fn s3_3_prior_knowledge_is_answered_by_a_preface() {
    let host = Host::start(&[]);
    let sent = transcript(&host, [settings(&[])]);
    assert_eq!((sent[0].kind, sent[0].flags), (kind::SETTINGS, 0));
    host.stop();
}

#[test]
fn s3_3_tls_without_alpn_is_no_http2() {
    let host = Host::start(&["hello"]);
    let connect = || tls::connect(host.https(), &host.ca(), "localhost", &[]).unwrap();
    let mut session = connect();
    let preface = [PREFACE, &settings(&[]).encode()].concat();
    session.write_all(&preface).unwrap();
    let mut said = Vec::new();
    // The end may come without a word, or with a reset behind one.
    let _ = session.read_to_end(&mut said);
    assert!(
        said.is_empty() || said.starts_with(b"HTTP/1.1 "),
        "{said:?}"
    );
    host.wait_for_event("violation", "RFC 9110 §15.6.6");
    let mut session = connect();
    session
        .write_all(b"GET /hello HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
        .unwrap();
    let mut said = Vec::new();
    session.read_to_end(&mut said).unwrap();
    assert!(said.starts_with(b"HTTP/1.1 200 "));
    host.stop();
}

#[test]
fn s3_4_settings_are_the_first_frame_whatever_the_client_sends_with_its_preface() {
    let host = Host::start(&[]);
    let request = headers(1).get("/nothing").end_headers().end_stream();
    let sent = transcript(&host, [settings(&[]), ping([1; 8]), request]);
    assert_eq!((sent[0].kind, sent[0].flags), (kind::SETTINGS, 0));
    assert!(sent.iter().any(|f| f.kind == kind::HEADERS));
    host.stop();
}

#[test]
fn s3_4_the_settings_of_the_preface_are_acknowledged() {
    let host = Host::start(&[]);
    let sent = transcript(&host, [settings(&[(setting::ENABLE_PUSH, 0)])]);
    let acks = sent
        .iter()
        .filter(|f| f.kind == kind::SETTINGS && f.flags == flag::ACK);
    assert_eq!(acks.count(), 1);
    host.stop();
}

#[test]
fn s3_4_a_preface_that_goes_wrong_is_refused() {
    let host = Host::start(&[]);
    // Up to the first line it could be HTTP/1, and is refused as that.
    for wrong in ["PRI * HTTP/2.0\r\n\r\nXX\r\n\r\n", "PRI * HTTP/3.0\r\n\r\n"] {
        let mut client = host.h1();
        client.send(wrong);
        let said = client.read_to_end();
        assert!(said.is_empty() || said.starts_with(b"HTTP/1.1 "), "{wrong}");
        host.wait_for("a violation", |e| {
            e["event"] == "violation" && e["client"] == *client.address().to_string()
        });
    }
    host.stop();
}

#[test]
fn s3_4_a_first_frame_that_is_not_settings() {
    let host = Host::start(&[]);
    let request = headers(1).get("/nothing").end_headers().end_stream();
    for first in [ping([0; 8]), request, frame(0xbe, 0, 0, [])] {
        assert_eq!(told(&host, &began(&first)), Some(code::PROTOCOL));
    }
    host.wait_for_violation("RFC 9113 §3.4");
    host.stop();
}

#[test]
fn s3_4_a_first_frame_that_only_acknowledges_settings() {
    let host = Host::start(&[]);
    let ack = began(&settings(&[]).ack());
    assert_eq!(told(&host, &ack), Some(code::PROTOCOL));
    host.wait_for_violation("RFC 9113 §3.4");
    host.stop();
}
