//! What the gallery writes on HTTP/2 beside heads and content, and how.

use host_tests::h2::{
    Client, Frame, data, flag, frame, headers, kind, ping, priority, push_promise, settings,
    window_update,
};

use super::{among_others, ask, host};

const ALTSVC: u8 = 0xa;
const ORIGIN: u8 = 0xc;

/// The next frame of this kind, as it came.
fn raw(client: &mut Client, kind: u8) -> Frame {
    loop {
        let got = client.raw_frame().expect("a frame");
        if got.kind == kind {
            return got;
        }
    }
}

#[test]
fn split_headers() {
    let host = host("split-headers").start();
    among_others(&host, "/gallery/split-headers", |client| {
        let first = raw(client, kind::HEADERS);
        assert_eq!((first.stream, first.flags), (5, flag::PADDED));
        let (padding, rest) = first.payload.split_first().unwrap();
        let (mut block, zeros) = (rest.to_vec(), vec![0; 8]);
        assert_eq!(
            (*padding, block.split_off(block.len() - 8)),
            (8, zeros.clone())
        );
        let second = client.raw_frame().expect("a frame");
        assert_eq!((second.kind, second.stream), (kind::CONTINUATION, 5));
        assert_eq!(second.flags, flag::END_HEADERS);
        block.extend(&second.payload);
        let pairs = [(":status", "200"), ("x-part", "two")];
        let wanted = pairs.map(|(name, value)| (name.to_owned(), value.to_owned()));
        assert_eq!(client.decode(&block), wanted);
        let content = client.raw_frame().expect("a frame");
        assert_eq!((content.kind, content.flags), (kind::DATA, flag::PADDED));
        assert_eq!(content.payload, [&[8][..], b"padded\n", &zeros].concat());
        let last = client.raw_frame().expect("a frame");
        assert_eq!((last.kind, last.flags), (kind::DATA, flag::END_STREAM));
        assert_eq!(last.payload, b"and not\n");
    });
    host.stop();
}

#[test]
fn an_alternative_service_and_other_origins() {
    let host = host("alt-svc").start();
    among_others(&host, "/gallery/alt-svc", |client| {
        client.expect(frame(
            ALTSVC,
            0,
            0,
            *b"\0\x0ehttps://a.testh2=\":8443\"; ma=60",
        ));
        client.expect(frame(
            ORIGIN,
            0,
            0,
            *b"\0\x0ehttps://a.test\0\x0ehttps://b.test",
        ));
        let text = client.answer(5).expect(200).text();
        assert_eq!(text, "Served elsewhere, too.\n");
    });
    host.stop();
}

#[test]
fn raw_bytes() {
    let host = host("raw-bytes").start();
    among_others(&host, "/gallery/raw-bytes", |client| {
        client.expect(headers(5).status(200));
        client.expect(data(5, b"bytes").end_stream());
    });
    let mut client = ask(&host, "/gallery/raw-bytes");
    let wanted = b"HTTP/1.1 200 Fine\r\nContent-Length: 5\r\n\r\nbytes";
    assert_eq!(client.take(wanted.len()).unwrap(), wanted);
    client.get("/hello").expect(200);
    host.stop();
}

#[test]
fn settings_of_both_sides() {
    let host = host("settings").start();
    let mut client = host.h2_with(&[(1, 8192), (4, 100_000), (5, 20_000), (6, 9000)]);
    client.get(1, "/gallery/settings");
    client.expect(settings(&[(3, 50)]));
    client.expect(window_update(1, 1000));
    client.expect(window_update(0, 2000));
    client.expect(priority(1, 0, 200));
    let text = client.answer(1).expect(200).text();
    let wanted = "header table 8192, push true, streams None, frames of 20000, list of Some(9000)\n\
                  windows 100000 (of 100000) and 65535\n";
    assert_eq!(text, wanted);
    // They are acknowledged like any.
    client.send(settings(&[]).ack());
    assert_eq!(client.get(3, "/hello").answer(3).text(), "Hello, world!\n");
    host.stop();
}

#[test]
fn every_way_to_code_a_block() {
    let host = host("hpack").start();
    let mut client = host.h2();
    client.get(1, "/gallery/hpack");
    // Two of each representation (RFC 7541 §6.2), Huffman-coded and not: the first
    // byte behind `:status`, which is a literal with an indexed name as well.
    let literal = [0x40, 0x40, 0x00, 0x00, 0x10, 0x10];
    let fields = ["x-coded", "a value"];
    for (n, first) in literal.into_iter().enumerate() {
        let head = raw(&mut client, kind::HEADERS);
        let decoded = client.decode(&head.payload);
        assert_eq!(decoded[0], (":status".to_owned(), "103".to_owned()));
        assert_eq!([&decoded[1].0, &decoded[1].1], fields, "{n}");
        let plain = head.payload.windows(7).any(|bytes| bytes == b"a value");
        match n {
            // The second is an index of what the first has added.
            1 => assert!(head.payload.iter().all(|byte| byte & 0x80 != 0), "{head:?}"),
            n => {
                assert_eq!(plain, n % 2 == 1, "{n}: {head:?}");
                assert!(head.payload[0] & 0xf0 == first, "{n}: {:x?}", head.payload);
            }
        }
    }
    // The table's new size comes first (§6.3).
    let head = raw(&mut client, kind::HEADERS);
    assert_eq!(head.payload[0], 0x20);
    client.decode(&head.payload);
    let first = raw(&mut client, kind::HEADERS);
    assert_eq!(first.flags, flag::END_STREAM);
    let second = client.raw_frame().expect("a frame");
    assert_eq!(
        (second.kind, second.flags),
        (kind::CONTINUATION, flag::END_HEADERS)
    );
    assert!(first.payload.len().abs_diff(second.payload.len()) <= 1);
    let decoded = client.decode(&[first.payload, second.payload].concat());
    let wanted = [(":status", "200"), ("x-cut", "in two")];
    assert_eq!(decoded, wanted.map(|(n, v)| (n.to_owned(), v.to_owned())));
    assert_eq!(client.get(3, "/hello").answer(3).text(), "Hello, world!\n");
    host.stop();
}

#[test]
fn a_push_with_its_answer() {
    let host = host("push-whole").start();
    among_others(&host, "/gallery/push-whole", |client| {
        client.expect(push_promise(5, 20).field(":path", "/script.js"));
        client.expect(
            headers(20)
                .status(200)
                .field("content-type", "text/javascript"),
        );
        client.expect(data(20, b"alert(1)\n").end_stream());
        client.expect(push_promise(5, 22).field(":path", "/nothing"));
        let head = headers(22).status(204).field("x-pushed", "a head alone");
        client.expect(head.end_stream());
        let text = client.answer(5).expect(200).text();
        assert_eq!(text, "pushed on 20 and 22\n");
        // The connection is in order.
        client.send(ping(*b"in order"));
        client.expect(ping(*b"in order").ack());
    });
    host.stop();
}
