//! Every checked write on HTTP/2, frame by frame: the script guest does what a
//! test tells it. Beside many others they are in `writes_beside`, when they
//! arrive is in `writes_arrival.rs`.

use host_tests::h2::{
    Answer, Client, Frame, code, data, goaway, headers, kind, ping, priority, push_promise, reset,
    settings, window_update,
};
use host_tests::{Host, query};

fn host() -> Host {
    Host::builder()
        .plugins(&["hello"])
        .test_plugins(&["wire"])
        .start()
}

/// Runs a script on stream 1 of a connection.
fn run(host: &Host, script: &str) -> Client {
    let mut client = host.h2().strictly();
    client.post(1, "/wire", script);
    client
}

/// A promise of the script guest's.
fn promise(stream: u32, promised: u32, path: &str) -> Frame {
    push_promise(stream, promised)
        .field(":method", "GET")
        .field(":scheme", "https")
        .field(":authority", "localhost")
        .field(":path", path)
}

/// The head that is written where the script has written none, only content.
fn default_head(stream: u32, length: usize) -> Frame {
    let head = headers(stream).status(200).field("server", "host").dated();
    head.field("content-length", &length.to_string())
}

/// What a script that ends with `report` says of its lines.
fn report(host: &Host, script: &str) -> String {
    said(&mut run(host, script))
}

/// The content of stream 1, whatever comes on others.
fn said(client: &mut Client) -> String {
    let mut content = Vec::new();
    loop {
        let got = client.next_of_exchange().expect("more of the answer");
        if got.stream == 1 && got.kind == kind::DATA {
            content.extend(&got.payload);
        }
        if got.stream == 1 && got.ends_stream() {
            return String::from_utf8(content).unwrap();
        }
    }
}

/// Checks that the connection still answers.
fn alive(client: &mut Client) {
    let hello = client.get(1001, "/hello").answer(1001).expect(200);
    assert_eq!(hello.text(), "Hello, world!\n");
}

#[test]
fn heads_and_trailers() {
    let host = host();
    let script = "write-headers 103 link=a
        write-headers 102
        write-headers 103 link=b
        write-headers 200 X-Case=1 x-twice=1 x-twice=2
        write-data some
        write-headers 200 last x-sum=4";
    let mut client = run(&host, script);
    client.expect(headers(1).status(103).field("link", "a"));
    client.expect(headers(1).status(102));
    client.expect(headers(1).status(103).field("link", "b"));
    let head = headers(1).status(200).field("x-case", "1");
    client.expect(head.field("x-twice", "1").field("x-twice", "2"));
    client.expect(data(1, b"some"));
    client.expect(headers(1).field("x-sum", "4").end_stream());
    alive(&mut client);
    host.stop();
}

#[test]
fn heads_that_are_refused_as_values() {
    let host = host();
    // wptserve puts a colon before these; no answer may have them then.
    for name in ["status", "method", "scheme", "path", "authority", "host"] {
        let script = format!("write-headers 200 {name}=x\nstatus 299\nreport");
        let said = report(&host, &script);
        assert!(said.contains("Protocol("), "{name}: {said}");
    }
    for line in [
        "write-headers 0",
        "write-headers 1000",
        "write-headers 101",
        "write-headers 200 :path=/",
        "write-headers 200 connection=close",
        "write-headers 200 transfer-encoding=chunked",
        "write-headers 200 bad%20name=x",
        "write-headers 200 x=a%0d%0ab:%20c",
        "write-headers 103 last",
    ] {
        let said = report(&host, &format!("{line}\nstatus 299\nreport"));
        assert!(said.contains("Protocol("), "{line}: {said}");
        assert!(said.contains("RFC 9"), "{line}: {said}");
    }
    // A second head that does not end the stream is no trailers.
    let said = report(&host, "write-headers 200\nwrite-headers 404 x=y\nreport");
    assert!(
        said.contains("write-headers 404 x=y: WriteError::Protocol("),
        "{said}"
    );
    host.stop();
}

#[test]
fn frames_of_content() {
    let host = host();
    let script = "write-headers 200
        write-data-frame one
        write-data-frame
        write-data-frame @16384
        write-data-frame @16385
        write-data @16385
        write-data-frame last end";
    let mut client = run(&host, script);
    client.expect(headers(1).status(200));
    client.expect(data(1, b"one"));
    client.expect(data(1, b""));
    client.expect(data(1, vec![b'x'; 16_384]));
    // The frame that is too large was refused, the content that is was cut.
    client.expect(data(1, vec![b'x'; 16_384]));
    client.expect(data(1, b"x"));
    client.expect(data(1, b"end").end_stream());
    host.wait_for_text("write-data-frame @16385: WriteError::Protocol");
    alive(&mut client);
    host.stop();
}

#[test]
fn a_frame_waits_for_all_of_its_window() {
    let host = host();
    let mut client = host.h2_with(&[(4, 10)]).strictly();
    client.post(1, "/wire", "write-headers 200\nwrite-data-frame last @12");
    client.expect(headers(1).status(200));
    client.expect_alive();
    client.send(window_update(1, 1));
    client.expect_alive();
    client.send(window_update(1, 1));
    client.expect(data(1, vec![b'x'; 12]).end_stream());
    host.stop();
}

#[test]
fn resets() {
    let host = host();
    let script = "write-headers 200
        write-data half
        reset-stream 8
        write-data more";
    let mut client = run(&host, script);
    client.expect(headers(1).status(200));
    client.expect(data(1, b"half"));
    client.expect(reset(1, code::CANCEL));
    alive(&mut client);
    let mut client = run(&host, "reset-stream 0xfeed");
    client.expect(reset(1, 0xfeed));
    alive(&mut client);
    host.stop();
}

#[test]
fn pushes() {
    let host = host();
    let script = "write-push /a 200 x=a -- pushed
        write-push as=8 /b 204 x=b
        write-push /c
        write-headers on=10 200 x=c
        write-data on=10 later
        write-trailers on=10 x-end=c
        write-data last done";
    let mut client = run(&host, script);
    client.expect(promise(1, 2, "/a"));
    client.expect(headers(2).status(200).field("x", "a"));
    client.expect(data(2, b"pushed").end_stream());
    client.expect(promise(1, 8, "/b"));
    client.expect(headers(8).status(204).field("x", "b").end_stream());
    client.expect(promise(1, 10, "/c"));
    client.expect(headers(10).status(200).field("x", "c"));
    client.expect(data(10, b"later"));
    client.expect(headers(10).field("x-end", "c").end_stream());
    client.expect(default_head(1, 4));
    client.expect(data(1, b"done").end_stream());
    alive(&mut client);
    host.stop();
}

#[test]
fn pushes_that_are_refused_as_values() {
    let host = host();
    for line in [
        "write-push as=3 /odd",
        "write-push as=0 /none",
        "write-push as=2 /used-before",
    ] {
        let said = report(&host, &format!("write-push /first 204\n{line}\nreport"));
        assert!(
            said.contains(&format!("{line}: WriteError::Protocol(")),
            "{said}"
        );
    }
    let ask = |settings: &[(u16, u32)], script: &str| {
        said(host.h2_with(settings).post(1, "/wire", script))
    };
    let said = ask(&[(2, 0)], "write-push /off\nreport");
    assert!(said.contains("Protocol("), "{said}");
    // SETTINGS_MAX_CONCURRENT_STREAMS is the client's bound on pushes.
    let said = ask(&[(3, 0)], "write-push /none-at-once\nreport");
    assert!(said.contains("Protocol("), "{said}");
    host.stop();
}

#[test]
fn a_push_that_nobody_ends_or_wants() {
    let host = host();
    let mut client = run(&host, "write-push /left\nwrite-data last done");
    client.expect(promise(1, 2, "/left"));
    client.expect(default_head(1, 4));
    client.expect(data(1, b"done").end_stream());
    client.expect(reset(2, code::CANCEL));
    // The client gives one up: the handler is told, and goes on.
    let script = "write-push /unwanted\nread\nwrite-headers on=4 200\nreport";
    let target = format!("/wire?ops={}", query(script));
    client.send(headers(3).post(&target).end_headers());
    client.expect(promise(3, 4, "/unwanted"));
    client.send(reset(4, code::REFUSED_STREAM));
    client.send(data(3, b"go on").end_stream());
    let text = client.answer(3).expect(200).text();
    assert!(
        text.contains("write-headers on=4 200: WriteError::Reset(7)"),
        "{text}"
    );
    alive(&mut client);
    host.stop();
}

#[test]
fn frames_without_content() {
    let host = host();
    let script = "write-headers 200
        ping 0102030405060708
        priority 0 15 exclusive
        window-update 1000
        window-update on=0 2000
        settings 4=100000 3=7
        goaway 0 bye
        write-data last end";
    let mut client = run(&host, script);
    client.expect(headers(1).status(200));
    client.expect(ping([1, 2, 3, 4, 5, 6, 7, 8]));
    client.expect(priority(1, 1 << 31, 15));
    client.expect(window_update(1, 1000));
    client.expect(window_update(0, 2000));
    client.expect(settings(&[(4, 100_000), (3, 7)]));
    let goodbye = goaway(code::NO_ERROR).with_last_stream(1);
    client.expect(goodbye.with_debug("bye"));
    client.expect(data(1, b"end").end_stream());
    client.expect_close();

    for line in [
        "ping 00",
        "window-update 0",
        "window-update 0x80000000",
        "settings 2=1",
        "settings 4=0x80000000",
        "settings 5=100",
        "priority own 0",
        "write-data on=99 stray",
        "set-header-table-size 4097",
    ] {
        let said = report(&host, &format!("{line}\nreport"));
        let ok = format!("{line}: ok");
        assert!(!said.contains(&ok), "{said}");
    }
    host.stop();
}

#[test]
fn the_end_of_a_stream() {
    let host = host();
    // An empty DATA frame, behind content or a head alone.
    let mut client = run(&host, "write-headers 200\nwrite-data some\nend-stream");
    client.expect(headers(1).status(200));
    client.expect(data(1, b"some"));
    client.expect(data(1, b"").end_stream());
    let mut client = run(&host, "write-headers 204\nend-stream");
    client.expect(headers(1).status(204));
    client.expect(data(1, b"").end_stream());
    let mut client = run(&host, "write-headers 200\nend-stream\nend-stream");
    client.expect(headers(1).status(200));
    client.expect(data(1, b"").end_stream());
    host.wait_for_text("end-stream: WriteError::Protocol");
    let script = "write-push /a\nwrite-headers on=2 200\nend-stream on=2\nwrite-data last .";
    let mut client = run(&host, script);
    client.expect(promise(1, 2, "/a"));
    client.expect(headers(2).status(200));
    client.expect(data(2, b"").end_stream());
    client.expect(default_head(1, 1));
    client.expect(data(1, b".").end_stream());
    alive(&mut client);
    host.stop();
}

#[test]
fn padding() {
    let host = host();
    let script = "set-padding 5
        write-push /a 200 x=a -- pushed
        write-headers 200
        write-data abc
        write-raw-header-frame end-headers x=raw
        write-raw-data-frame raw
        set-padding 0
        write-data def
        set-padding 255
        write-data-frame
        set-padding none
        write-data last ghi";
    let mut client = run(&host, script);
    client.expect(promise(1, 2, "/a").padded(5));
    client.expect(headers(2).status(200).field("x", "a").padded(5));
    client.expect(data(2, b"pushed").end_stream().padded(5));
    client.expect(headers(1).status(200).padded(5));
    client.expect(data(1, b"abc").padded(5));
    client.expect(headers(1).field("x", "raw").padded(5));
    client.expect(data(1, b"raw").padded(5));
    client.expect(data(1, b"def").padded(0));
    client.expect(data(1, b"").padded(255));
    client.expect(data(1, b"ghi").end_stream());
    alive(&mut client);
    host.stop();
}

/// The block that a script's head is coded as, and the head.
fn block(client: &mut Client, stream: u32, script: &str) -> (Vec<u8>, Vec<(String, String)>) {
    client.post(stream, "/wire", script);
    let got = loop {
        let got = client.raw_frame().expect("a frame");
        if got.kind == kind::HEADERS {
            break got;
        }
    };
    let fields = client.decode(&got.payload);
    while !client.raw_frame().expect("a frame").ends_stream() {}
    (got.payload, fields)
}

#[test]
fn coding_of_heads() {
    let host = host();
    let mut client = host.h2();
    let wanted = [(":status", "200"), ("x-new", "wwww")].map(|(n, v)| (n.into(), v.into()));
    // `:status: 200` is number 8 of the static table, `wwww` is f1e3c78f by
    // Huffman's code, and `x-new` f2b545f1 (RFC 7541 §6, appendices A and B).
    let plain = "05782d6e65770477777777";
    let coded = "84f2b545f184f1e3c78f";
    let cases = [
        ("incremental always", format!("8840{coded}")),
        ("incremental always", "88be".to_owned()),
        ("without never", format!("8800{plain}")),
        ("without always", format!("8800{coded}")),
        ("never never", format!("180332303010{plain}")),
        ("automatic automatic", "88be".to_owned()),
    ];
    for (n, (coding, bytes)) in cases.into_iter().enumerate() {
        let script =
            format!("set-header-coding {coding}\nwrite-headers 200 x-new=wwww\nwrite-data last .");
        let (block, fields) = block(&mut client, 1 + 2 * n as u32, &script);
        assert_eq!(fields, wanted, "{coding}");
        let hex: String = block.iter().map(|byte| format!("{byte:02x}")).collect();
        assert_eq!(hex, bytes, "{coding}");
    }
    // A size update comes first, and the table holds no more than it says.
    let script = "set-header-table-size 0\nwrite-headers 200 x-new=wwww\nwrite-data last .";
    let (block, fields) = block(&mut client, 21, script);
    assert_eq!((block[0], fields), (0x20, wanted.to_vec()));
    alive(&mut client);
    host.stop();
}

#[test]
fn what_is_known_of_the_peer() {
    let host = host();
    let settings = [
        (1, 2048),
        (2, 0),
        (3, 9),
        (4, 1000),
        (5, 20_000),
        (6, 30_000),
    ];
    let mut client = host.h2_with(&settings);
    client.post(
        1,
        "/wire",
        "write-data abc\npeer\npeer on=77\nencode-headers :status=200 a=b\nreport",
    );
    let Answer { body, .. } = client.answer(1).expect(200);
    let text = String::from_utf8(body).unwrap();
    for part in [
        "header-table-size: 2048",
        "enable-push: false",
        "max-concurrent-streams: Some(9)",
        "initial-window-size: 1000",
        "max-frame-size: 20000",
        "max-header-list-size: Some(30000)",
        "connection-window: 65532",
        "stream-window: 997",
        "peer on=77: WriteError::Protocol(",
    ] {
        assert!(text.contains(part), "{part} is not in {text}");
    }
    // `:status: 200` from the static table, then a literal that is not indexed.
    let encoded = text
        .lines()
        .find_map(|l| l.strip_prefix("encode-headers :status=200 a=b: "));
    assert!(encoded.unwrap().starts_with("8800"), "{text}");
    host.stop();
}

#[test]
fn the_end_of_a_connection() {
    let host = host();
    let mut client = run(
        &host,
        "write-headers 200\nwrite-data half\nclose\nwrite-data no",
    );
    client.expect(headers(1).status(200));
    client.expect(data(1, b"half"));
    client.expect_close();
    let mut client = run(&host, "write-headers 200\nflush\nreset");
    client.expect(headers(1).status(200));
    client.expect_close();
    // Another connection knows nothing of it.
    alive(&mut host.h2());
    host.stop();
}

#[test]
fn http1_s_own_functions_are_refused_by_name() {
    let host = host();
    for line in [
        "write-status 200",
        "write-header a b",
        "end-headers",
        "write-content x",
    ] {
        let said = report(&host, &format!("{line}\nreport"));
        assert!(said.contains("WrongProtocol("), "{said}");
    }
    let said = host.h1().post(
        "/wire",
        b"ping 0102030405060708\nwrite-push /a\npeer\nreport",
    );
    assert_eq!(said.text().matches("WrongProtocol(").count(), 3, "{said:?}");
    host.stop();
}
