//! Every raw write on HTTP/2, frame by frame, and what the connection makes of
//! it. With many others at the same time they are in `writes_beside`.

use host_tests::Host;
use host_tests::h2::{
    Client, Frame, code, data, flag, frame, headers, kind, ping, priority, push_promise, reset,
    window_update,
};

fn host() -> Host {
    Host::builder()
        .plugins(&["hello"])
        .test_plugins(&["wire", "mirror"])
        .start()
}

/// Runs a script on stream 1 of a connection.
fn run(host: &Host, script: &str) -> Client {
    let mut client = host.h2().strictly();
    client.post(1, "/wire", script);
    client
}

/// The head that is written where the script has written none, only content.
fn default_head(stream: u32, length: usize) -> Frame {
    let head = headers(stream).status(200).field("server", "host").dated();
    head.field("content-length", &length.to_string())
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
    let head = headers(1).field("x", "first").status(200);
    let head = head.field("X-Upper", "1").field(":path", "/");
    client.expect(head.field("connection", "close").field("bad name", "\r\n"));
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
    client.expect(headers(1).status(200).field("x-same", "checked"));
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
    client.send(ping(*b"patience"));
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
    let alternative = b"\0\x08exampleh2=\":8443\"; ma=6";
    client.expect(frame(0x0a, 0, 0, *alternative));
    client.expect(frame(0x0c, 0, 0, *b"\0\x13https://example.com"));
    client.expect(frame(0xfa, 0xff, 0x8000_0001, [1, 2]));
    client.expect(frame(0xfb, 0, 0x7fff_ffff, []));
    client.expect(priority(1, 0, 16));
    client.expect(ping(*b"abcdefgh").ack());
    client.expect(default_head(1, 3));
    client.expect(data(1, b"end").end_stream());
    host.stop();
}

#[test]
fn the_largest_frame_and_one_byte_more() {
    let host = Host::builder()
        .test_plugins(&["wire"])
        .config("[limits]\nmemory = \"128MiB\"\nresponse-bytes = \"128MiB\"\n")
        .start();
    let script = "write-headers 200
        write-raw-data-frame @16777216
        write-raw-frame 0xee 0 0 @16777216
        write-raw-frame 0xee 0xff 0x80000003 @16777215
        write-raw-data-frame end-stream @16777215";
    let mut client = run(&host, script);
    client.expect(headers(1).status(200));
    let payload = vec![b'x'; (1 << 24) - 1];
    client.expect(frame(0xee, 0xff, 0x8000_0003, payload.clone()));
    client.expect(data(1, payload).end_stream());
    host.wait_for_text("write-raw-data-frame @16777216: WriteError::Protocol");
    host.wait_for_text("write-raw-frame 0xee 0 0 @16777216: WriteError::Protocol");
    // The guest's copy, and few of host's.
    let peak = host.memory("VmHWM");
    assert!(peak < 256 << 20, "{peak} bytes");
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
    client.expect(push_promise(1, 6).field(":method", "GET"));
    client.expect(default_head(1, 4));
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
