//! What a Python script writes beyond wptserve's writers, read at a socket, and what it
//! hears of its client.

use host_tests::h1::Ending;
use host_tests::h2::{
    Client, Frame, code, data, flag, frame, goaway, headers, kind, ping, priority, push_promise,
    reset, settings, window_update,
};
use host_tests::{Host, HostBuilder};

/// A script whose `main` has these lines; `w` is its writer.
fn main(lines: &str) -> String {
    let head = "def main(request, response):\n    w = response.writer\n";
    let lines = lines
        .lines()
        .map(|line| format!("    {}\n", line.trim_start_matches("        ")));
    head.to_owned() + &lines.collect::<String>()
}

fn host(scripts: &[(&str, String)]) -> HostBuilder {
    let builder = Host::builder().scripts().plugins(&["hello"]);
    scripts.iter().fold(builder, |builder, (name, source)| {
        builder.file(name, source)
    })
}

/// The next HEADERS frame, as it came.
fn raw_headers(client: &mut Client) -> Frame {
    loop {
        let got = client.raw_frame().expect("a frame");
        if got.kind == kind::HEADERS {
            break got;
        }
    }
}

/// Checks that others are served on a connection.
#[track_caller]
fn goes_on(client: &mut Client, stream: u32) {
    assert_eq!(
        client.get(stream, "/hello").answer(stream).text(),
        "Hello, world!\n"
    );
}

#[test]
fn everything_of_the_writer_on_http2() {
    let control = "w.settings([(3, 50)])
        w.ping(b'pingpong')
        w.window_update(1000)
        w.window_update(2000, stream_id=0)
        w.priority(0, 200)
        w.write_raw_frame(0xfa, 5, 0, b'mine')
        peer = w.peer()
        w.flush()
        return '%d %s %d' % (peer.max_frame_size, peer.enable_push, peer.stream_window)";
    let coded = "w.set_padding(3)
        w.write_raw_header_frame([('X-Up', '1'), (':status', '103')], end_headers=True)
        w.set_padding()
        w.set_header_coding('never', 'never')
        w.set_header_table_size(0)
        w.write_headers([('x-never', 'plain')], 200)
        block = w.encode_headers([('x-end', 'cut')])
        w.write_raw_bytes(bytes([0, 0, 3, 0, 0]) + request.h2_stream_id.to_bytes(4, 'big'))
        w.write_raw_bytes('abc')
        w.write_raw_frame(1, 1, request.h2_stream_id, block[:2])
        w.write_raw_frame(9, 4, request.h2_stream_id, block[2:])
        assert w.stream_ended";
    let head = "response.status = 201
        response.headers.set('x-set', 'before')
        w.write_data('a')
        w.write_trailers([('x-sum', '1')])";
    let push = "n = w.write_push([(':method', 'GET'), (':scheme', 'http'),
            (':authority', 'test'), (':path', '/p')], push_stream_id=8, status=200,
            response_headers=[('x-pushed', '1')], response_data='p')
        w.write_data('%d' % n, last=True)";
    let given_up = "w.write_data('half')\nw.reset_stream(8)";
    let host = host(&[
        ("control.py", main(control)),
        ("coded.py", main(coded)),
        ("head.py", main(head)),
        ("push.py", main(push)),
        ("reset.py", main(given_up)),
    ])
    .start();

    let mut client = host.h2();
    client.get(1, "/control.py");
    client.expect(settings(&[(3, 50)]));
    client.expect(ping(*b"pingpong"));
    client.expect(window_update(1, 1000));
    client.expect(window_update(0, 2000));
    client.expect(priority(1, 0, 200));
    client.expect(frame(0xfa, 5, 0, *b"mine"));
    // They left the answer to what is returned.
    assert_eq!(client.answer(1).expect(200).text(), "16384 True 65535");

    client.get(3, "/coded.py");
    let hint = raw_headers(&mut client);
    assert_eq!(hint.flags, flag::END_HEADERS | flag::PADDED);
    let padded = hint.payload.len() - 3;
    assert_eq!((hint.payload[0], &hint.payload[padded..]), (3, &[0; 3][..]));
    let order = [("X-Up", "1"), (":status", "103")];
    let order = order.map(|(name, value)| (name.to_owned(), value.to_owned()));
    assert_eq!(client.decode(&hint.payload[1..padded]), order);
    let head = raw_headers(&mut client);
    assert_eq!(head.payload[0], 0x20);
    let plain = [b"\x10", &b"\x07x-never\x05plain"[..]].concat();
    assert!(
        head.payload
            .windows(plain.len())
            .any(|bytes| bytes == plain)
    );
    client.decode(&head.payload);
    client.expect(data(3, b"abc"));
    client.expect(headers(3).field("x-end", "cut").end_stream());

    let answer = client.get(5, "/head.py").answer(5).expect(201);
    assert_eq!(answer.field("x-set"), Some("before"));
    assert_eq!(answer.trailers, [("x-sum".to_owned(), "1".to_owned())]);

    client.get(7, "/push.py");
    client.expect(push_promise(7, 8).field(":path", "/p"));
    client.expect(headers(8).status(200).field("x-pushed", "1"));
    client.expect(data(8, b"p").end_stream());
    assert_eq!(client.answer(7).text(), "8");

    client.get(9, "/reset.py");
    client.expect(headers(9).status(200));
    client.expect(data(9, b"half"));
    client.expect(reset(9, code::CANCEL));
    goes_on(&mut client, 11);
    host.stop();
}

#[test]
fn the_end_of_a_connection_on_http2() {
    let goodbye = "w.write_data('before')
        w.goaway(debug=b'bye')
        w.write_data('after', last=True)";
    let host = host(&[
        ("goaway.py", main(goodbye)),
        ("close.py", main("w.write_data('a')\nw.close()")),
        ("drop.py", main("w.write_data('a')\nw.flush()\nw.reset()")),
    ])
    .start();
    let mut client = host.h2();
    client.get(1, "/goaway.py");
    client.expect(headers(1).status(200));
    client.expect(data(1, b"before"));
    let said = client.expect(goaway(code::NO_ERROR));
    assert_eq!((said.last_stream(), &said.payload[8..]), (1, &b"bye"[..]));
    client.expect(data(1, b"after").end_stream());
    for path in ["/close.py", "/drop.py"] {
        let mut client = host.h2();
        client.get(1, path);
        client.expect(headers(1).status(200));
        client.expect(data(1, b"a"));
        client.expect_close();
    }
    host.stop();
}

#[test]
fn what_is_raw_needs_the_grant_and_nothing_is_put_in_order() {
    let interim = "fields = [(':status', '103'), ('x', '1')]
        if b'odd' in request.GET:
            fields.reverse()
        w.write_raw_header_frame(fields, end_headers=True)
        w.flush()";
    let host = host(&[("interim.py", main(interim))])
        .args(["--no-raw"])
        .start();
    let mut client = host.h2();
    client.get(1, "/interim.py");
    client.expect(headers(1).status(103).field("x", "1"));
    client.answer(1).expect(200);
    client.get(3, "/interim.py?odd").answer(3).expect(500);
    host.wait_for_event("log", "write-raw-header-frame is raw");
    host.stop();
}

#[test]
fn what_http1_has_of_it() {
    let content = "response.headers.set('X-Set', 'before')
        response.write_status_headers()
        w.write('some')
        w.flush()
        w.write_trailers([('X-Sum', 1)])";
    let bytes = "w.write_raw_bytes('HTTP/1.1 299 Raw\\r\\nContent-Length: 2\\r\\n\\r\\nok')";
    let host = host(&[
        ("content.py", main(content)),
        ("end.py", main("response.status = 202\nw.end_stream()")),
        ("bytes.py", main(bytes)),
        ("close.py", main("w.write('HTTP/1.1 2')\nw.close()")),
        (
            "reset.py",
            main("w.write('HTTP/1.1 2')\nw.flush()\nw.reset()"),
        ),
        (
            "given_up.py",
            main("w.write('HTTP/1.1 2')\nw.flush()\nw.reset_stream(8)"),
        ),
    ])
    .start();
    let mut client = host.h1();
    let sum = [("X-Sum".to_owned(), "1".to_owned())];
    let answer = client.get("/content.py").expect(200);
    assert_eq!(
        (answer.text(), answer.field("x-set")),
        ("some".into(), Some("before"))
    );
    assert_eq!(answer.trailers, sum);
    assert_eq!(client.get("/end.py").expect(202).text(), "");
    assert_eq!(client.get("/bytes.py").expect(299).text(), "ok");

    let ends = [
        ("close", Ending::Closed),
        ("reset", Ending::Reset),
        ("given_up", Ending::Reset),
    ];
    for (name, wanted) in ends {
        let mut client = host.h1();
        client.send(format!("GET /{name}.py HTTP/1.1\r\nHost: test\r\n\r\n"));
        let (sent, ending) = client.ending();
        assert_eq!((&sent[..], ending), (&b"HTTP/1.1 2"[..], wanted), "{name}");
    }
    host.stop();
}

/// Every hook that watches; each leaves a line in the log.
const WATCHES: &str = "\
def handle_trailers(frame, request, response):
    response.logger.info('trailers %s' % frame.headers)

def main(request, response):
    response.headers.set('x-main', 'ran')
    if b'watch' in request.GET:
        response.set_watch(60)
        response.write_status_headers()
    return 'from main'

def handle_frame(frame, request, response):
    response.logger.info('frame %d %s' % (frame.type, frame.payload))
    if frame.type == 6:
        response.writer.write_data('the PING came', last=True)
        response.set_watch(0)

def handle_reset(code, request, response):
    response.logger.info('reset %d' % code)

def handle_close(closing, request, response):
    if closing is None:
        response.logger.info('eof')
    else:
        response.logger.info('goaway %d %s' % (closing.error_code, closing.additional_data))
";

#[test]
fn a_script_hears_what_its_client_does() {
    let host = host(&[("watches.py", WATCHES.to_owned())]).start();
    let begin = || {
        let mut client = host.h2();
        client.get(1, "/watches.py?watch");
        client.expect(headers(1).status(200).field("x-main", "ran"));
        client
    };
    let mut client = begin();
    client.send(frame(0xfa, 0, 0, *b"unknown"));
    client.send(ping(*b"pingpong"));
    assert_eq!(client.answer(1).text(), "the PING came");
    host.wait_for_event("log", "frame 250 b'unknown'");
    host.wait_for_event("log", "frame 6 b'pingpong'");
    goes_on(&mut client, 3);

    begin().send(reset(1, code::CANCEL));
    host.wait_for_event("log", "reset 8");
    let mut client = begin();
    client.send(frame(kind::GOAWAY, 0, 0, *b"\0\0\0\0\0\0\0\x0bwhy"));
    host.wait_for_event("log", "goaway 11 b'why'");
    drop(client);
    host.hang_up();
    host.wait_for_event("log", "eof");

    // Without `set_watch` it is answered as any, its trailers seen before.
    let mut client = host.h2();
    client.send(headers(1).post("/watches.py").end_headers());
    client.send(data(1, "body"));
    client.send(headers(1).field("x-sum", "4").end_headers().end_stream());
    assert_eq!(client.answer(1).expect(200).text(), "from main");
    host.wait_for_event("log", "trailers [(b'x-sum', b'4')]");
    let mut client = host.h1();
    client.send(
        "POST /watches.py HTTP/1.1\r\nHost: t\r\nTransfer-Encoding: chunked\r\n\r\n\
         4\r\nbody\r\n0\r\nX-Sum: on HTTP/1\r\n\r\n",
    );
    assert_eq!(client.response().expect(200).text(), "from main");
    host.wait_for_event("log", "on HTTP/1");
    host.stop();
}
