//! Every raw write on HTTP/2, frame by frame, while the connection serves
//! others: before, meanwhile and afterwards.

use host_tests::Host;
use host_tests::h2::{Client, Frame, code, data, flag, frame, headers, kind, reset, window_update};

fn host() -> Host {
    Host::builder()
        .plugins(&["hello"])
        .test_plugins(&["wire", "mirror"])
        .start()
}

/// Runs a script on stream 1 of a connection.
fn run(host: &Host, script: &str) -> Client {
    let mut client = host.h2();
    client.post(1, "/wire", script);
    client
}

/// A request whose answer needs the dynamic table, and grows it.
fn mirror(client: &mut Client, stream: u32) {
    let request = headers(stream).get("/mirror?bytes=3");
    let request = request
        .field("x-same", "for all of them")
        .field("x-number", &(stream / 20).to_string());
    client.send(request.end_headers().end_stream());
}

/// Checks the answer to that: fields that came through the table.
#[track_caller]
fn mirrored(client: &mut Client, stream: u32) {
    let answer = client.answer(stream).expect(200);
    assert_eq!(answer.field("x-same"), Some("for all of them"));
    let number = (stream / 20).to_string();
    assert_eq!(answer.field("x-number"), Some(number.as_str()));
    assert_eq!(answer.text(), "mmm");
}

#[test]
fn fields_as_they_are() {
    let host = host();
    let script = "write-raw-header-frame end-headers x=first :status=200 X-Upper=1 :path=/ connection=close bad%20name=%0d%0a
        write-raw-data-frame one
        write-raw-data-frame
        write-raw-data-frame end-stream two";
    let mut client = run(&host, script);
    let head = client.expect(headers(1));
    let wanted = [
        ("x", "first"),
        (":status", "200"),
        ("X-Upper", "1"),
        (":path", "/"),
        ("connection", "close"),
        ("bad name", "\r\n"),
    ];
    assert_eq!(
        head.fields,
        wanted.map(|(n, v)| (n.to_owned(), v.to_owned()))
    );
    client.expect(data(1, b"one"));
    client.expect(data(1, b""));
    client.expect(data(1, b"two").end_stream());
    mirror(&mut client, 3);
    mirrored(&mut client, 3);
    host.stop();
}

#[test]
fn checked_and_raw_keep_their_order() {
    let host = host();
    let script = "write-headers 200 x-same=checked
        write-data A
        write-raw-data-frame B
        write-data C
        write-raw-frame 0 0 own 44
        write-data E
        write-raw-bytes 00000100000000000146
        write-data last G";
    let mut client = run(&host, script);
    client.expect(headers(1).status(200));
    for content in [b"A", b"B", b"C", b"D", b"E", b"F"] {
        client.expect(data(1, content));
    }
    client.expect(data(1, b"G").end_stream());
    host.stop();
}

#[test]
fn nobody_writes_within_an_open_block() {
    let host = host();
    let mut client = host.h2();
    mirror(&mut client, 1);
    mirrored(&mut client, 1);
    let script = "write-raw-header-frame :status=200
        sleep 20
        write-raw-continuation-frame x-second=1
        sleep 20
        write-raw-continuation-frame end-headers x-third=1
        write-raw-data-frame end-stream done";
    client.post(3, "/wire", script);
    let others: Vec<u32> = (5..105).step_by(2).collect();
    for stream in &others {
        mirror(&mut client, *stream);
    }
    client.send(host_tests::h2::ping(*b"patience"));
    // The block's frames follow one another, whatever the others do.
    let mut block: Vec<u8> = Vec::new();
    let mut ended = 0;
    let mut content: Vec<u8> = Vec::new();
    while ended < others.len() + 1 {
        let got = client.raw_frame().expect("a frame");
        if got.kind == kind::HEADERS && got.stream == 3 {
            block.extend(&got.payload);
            for flags in [0, flag::END_HEADERS] {
                let next = client.raw_frame().expect("a frame");
                assert_eq!(
                    (next.kind, next.stream),
                    (kind::CONTINUATION, 3),
                    "{next:?}"
                );
                assert_eq!(next.flags, flags);
                block.extend(&next.payload);
            }
            let fields = client.decode(&block);
            let names: Vec<&str> = fields.iter().map(|(name, _)| name.as_str()).collect();
            assert_eq!(names, [":status", "x-second", "x-third"]);
        } else if got.kind == kind::HEADERS {
            let fields = client.decode(&got.payload);
            assert!(fields.contains(&("x-same".into(), "for all of them".into())));
        } else if got.kind == kind::DATA && got.stream == 3 {
            content.extend(&got.payload);
        }
        ended += usize::from(got.ends_stream());
    }
    assert_eq!(content, b"done");
    host.stop();
}

#[test]
fn a_block_that_is_never_ended_ends_with_its_handler() {
    let host = host();
    let mut client = run(&host, "write-raw-header-frame :status=200\nsleep 20");
    while client.raw_frame().expect("a frame").stream != 1 {}
    // The block is open, and others wait for its handler's end.
    mirror(&mut client, 3);
    let head = loop {
        let got = client.raw_frame().expect("a frame");
        if got.stream == 3 {
            break got;
        }
    };
    let fields = client.decode(&head.payload);
    assert!(fields.contains(&("x-same".into(), "for all of them".into())));
    host.stop();
}

#[test]
fn raw_content_takes_from_the_windows() {
    let host = host();
    let script = "write-headers 200
        write-raw-data-frame @70000
        write-data last hello";
    let mut client = run(&host, script);
    client.expect(headers(1).status(200));
    client.expect(data(1, vec![b'x'; 70_000]));
    // 4,465 bytes over both windows: the checked content waits until it fits.
    client.send(window_update(1, 100_000));
    client.expect_alive();
    client.send(window_update(0, 4_465));
    client.expect_alive();
    client.send(window_update(0, 2));
    client.expect(data(1, b"he"));
    client.send(window_update(0, 100_000));
    client.expect(data(1, b"llo").end_stream());
    mirror(&mut client, 3);
    mirrored(&mut client, 3);
    host.stop();
}

#[test]
fn any_frame() {
    let host = host();
    // ALTSVC (RFC 7838 §4), ORIGIN (RFC 8336 §2), and types and flags of nobody,
    // on stream 0, on ours with the reserved bit, and on one far away.
    let script = "write-raw-frame 0x0a 0 0 00086578616d706c6568323d223a38343433223b206d613d36
        write-raw-frame 0x0c 0 0 001368747470733a2f2f6578616d706c652e636f6d
        write-raw-frame 0xfa 0xff 0x80000001 0102
        write-raw-frame 0xfb 0 0x7fffffff
        write-raw-frame 2 0 own 0000000010
        write-raw-frame 6 1 0 6162636465666768
        write-data last end";
    let mut client = run(&host, script);
    let mut next = || loop {
        let got = client.raw_frame().expect("a frame");
        let ours = !matches!(got.kind, kind::SETTINGS | kind::WINDOW_UPDATE);
        if ours {
            return (got.kind, got.flags, got.stream, got.payload.len());
        }
    };
    assert_eq!(next(), (0x0a, 0, 0, 25));
    assert_eq!(next(), (0x0c, 0, 0, 21));
    assert_eq!(next(), (0xfa, 0xff, 1, 2));
    assert_eq!(next(), (0xfb, 0, 0x7fff_ffff, 0));
    assert_eq!(next(), (kind::PRIORITY, 0, 1, 5));
    assert_eq!(next(), (kind::PING, 1, 0, 8));
    assert_eq!(next().0, kind::HEADERS);
    assert_eq!(next(), (kind::DATA, 1, 1, 3));
    host.stop();
}

#[test]
fn the_largest_frame_and_one_byte_more() {
    let host = Host::builder()
        .test_plugins(&["wire"])
        .config("[limits]\nmemory = \"128MiB\"\nresponse-bytes = \"64MiB\"\n")
        .start();
    let script = "write-headers 200
        write-raw-data-frame @16777216
        write-raw-data-frame end-stream @16777215";
    let mut client = run(&host, script);
    client.expect(headers(1).status(200));
    let got = client.expect(data(1, []).any_payload().end_stream());
    assert_eq!(got.payload.len(), (1 << 24) - 1);
    host.wait_for_text("write-raw-data-frame @16777216: WriteError::Protocol");
    host.stop();
}

#[test]
fn bytes_within_a_frame() {
    let host = host();
    let mut client = host.h2();
    // A DATA frame byte by byte, and others who wait for its end.
    let mut script = String::from("write-headers 200\n");
    for byte in data(1, b"piece by piece").encode() {
        script.push_str(&format!("write-raw-bytes {byte:02x}\nsleep 1\n"));
    }
    script.push_str("write-data last whole");
    client.post(1, "/wire", script);
    let others: Vec<u32> = (3..63).step_by(2).collect();
    for stream in &others {
        mirror(&mut client, *stream);
    }
    let mut all = others.clone();
    all.push(1);
    let mut answers = client.answers(&all);
    assert_eq!(
        answers.pop().unwrap().expect(200).text(),
        "piece by piecewhole"
    );
    for answer in answers {
        assert_eq!(answer.expect(200).field("x-same"), Some("for all of them"));
    }
    host.stop();
}

#[test]
fn data_before_headers_and_frames_behind_the_end() {
    let host = host();
    let script = "write-raw-data-frame early
        write-raw-header-frame end-stream end-headers :status=200
        write-raw-data-frame late
        write-raw-header-frame end-headers x=later
        write-raw-frame 3 0 own 00000002";
    let mut client = run(&host, script);
    client.expect(data(1, b"early"));
    client.expect(headers(1).status(200).end_stream());
    client.expect(data(1, b"late"));
    client.expect(headers(1).field("x", "later"));
    client.expect(reset(1, code::INTERNAL));
    mirror(&mut client, 3);
    mirrored(&mut client, 3);
    host.stop();
}

#[test]
fn a_client_may_answer_on_streams_that_only_raw_frames_used() {
    let host = host();
    let script = "write-raw-header-frame on=2 end-headers :status=200
        write-raw-data-frame on=4 stray
        write-raw-frame 5 4 own 0000000682
        write-data last done";
    let mut client = run(&host, script);
    client.expect(headers(2).status(200));
    client.expect(data(4, b"stray"));
    client.expect(host_tests::h2::push_promise(1, 6).field(":method", "GET"));
    client.expect(headers(1).status(200));
    client.expect(data(1, b"done").end_stream());
    for stream in [2, 4, 6] {
        client.send(reset(stream, code::PROTOCOL));
        client.send(window_update(stream, 5));
    }
    mirror(&mut client, 3);
    mirrored(&mut client, 3);
    host.stop();
}

#[test]
fn settings_hold_from_their_acknowledgement() {
    let host = host();
    // SETTINGS_INITIAL_WINDOW_SIZE 5, raw: the client may go on with the old
    // window until it has acknowledged.
    let mut client = run(&host, "write-raw-frame 4 0 0 000400000005\nsend");
    client.expect(frame(kind::SETTINGS, 0, 0, [0, 4, 0, 0, 0, 5]));
    client.answer(1).expect(200);
    client.send(headers(3).post("/wire").end_headers());
    client.send(data(3, vec![b'#'; 100]));
    client.send(frame(kind::SETTINGS, flag::ACK, 0, []));
    client.send(data(3, b"").end_stream());
    client.answer(3).expect(200);
    client.send(headers(5).post("/wire").end_headers());
    client.send(data(5, b"######"));
    client.expect(reset(5, code::FLOW_CONTROL));
    mirror(&mut client, 7);
    mirrored(&mut client, 7);
    host.stop();
}

/// Each operation between many ordinary requests on one connection: a thousand
/// in all, each through the same compression.
#[test]
fn a_thousand_requests_beside_every_operation() {
    let host = host();
    let scripts = [
        "write-headers 103 a=b\nwrite-data last .",
        "write-raw-header-frame end-headers :status=200 x=y\nwrite-raw-data-frame end-stream .",
        "write-raw-header-frame :status=200\nwrite-raw-continuation-frame end-headers x=y\n\
         write-raw-data-frame end-stream .",
        "write-raw-frame 0xee 0 own 00\nwrite-data last .",
        "set-padding 9\nwrite-headers 200 x=y\nwrite-data last .",
        "set-header-coding incremental always\nwrite-headers 200 x-new=y\nwrite-data last .",
        "set-header-table-size 100\nwrite-headers 200\nset-header-table-size 4096\n\
         write-data last .",
        "write-data half\nreset-stream 8",
    ];
    let is_last = |f: &Frame| f.ends_stream() || f.kind == kind::RST_STREAM;
    let mut client = host.h2();
    let mut stream = 1;
    let mut scripts = scripts.iter().cycle();
    for _ in 0..100 {
        let others: Vec<u32> = (0..11)
            .filter(|n| *n != 5)
            .map(|n| stream + 2 * n)
            .collect();
        for other in &others[..5] {
            mirror(&mut client, *other);
        }
        let odd = stream + 10;
        client.post(odd, "/wire", *scripts.next().unwrap());
        for other in &others[5..] {
            mirror(&mut client, *other);
        }
        let mut left = others.len() + 1;
        while left > 0 {
            let got = client.next_of_exchange().expect("a frame");
            if got.kind == kind::DATA {
                client.credit(&got);
            }
            if got.stream == odd {
                left -= usize::from(is_last(&got));
                continue;
            }
            if got.kind == kind::HEADERS {
                assert_eq!(got.value("x-same"), Some("for all of them"), "{got:?}");
                let number = (got.stream / 20).to_string();
                assert_eq!(got.value("x-number"), Some(number.as_str()));
            }
            left -= usize::from(got.ends_stream());
        }
        stream += 22;
    }
    host.stop();
}
