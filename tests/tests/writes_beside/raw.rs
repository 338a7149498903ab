//! Raw operations: frames in any state, of any type, on any stream, and bytes.

use super::*;

rows! {
    write_raw_header_frame: "write-raw-header-frame end-headers x=first :status=200 X-Upper=1 bad%20name=%0d%0a
        read
        write-raw-header-frame end-headers x-same=again
        write-raw-header-frame end-stream end-headers :status=404" => |own| [
            headers(own)
                .field("x", "first")
                .status(200)
                .field("X-Upper", "1")
                .field("bad name", "\r\n"),
            headers(own).field("x-same", "again"),
            headers(own).status(404).end_stream(),
        ];

    write_raw_continuation_frame: "write-raw-header-frame :status=200
        write-raw-continuation-frame x-new=1
        write-raw-continuation-frame end-headers x-same=2
        read
        write-raw-header-frame end-stream x-end=1
        sleep 3
        write-raw-continuation-frame end-headers" => |own| [
            headers(own).status(200).field("x-new", "1").field("x-same", "2"),
            headers(own).field("x-end", "1").end_stream(),
        ];

    write_raw_data_frame: "write-raw-data-frame early
        read
        write-headers 200
        write-raw-data-frame
        write-data checked
        write-raw-data-frame end-stream last
        write-raw-data-frame late" => |own| [
            data(own, b"early"),
            headers(own).status(200),
            data(own, b""),
            data(own, b"checked"),
            data(own, b"last").end_stream(),
            data(own, b"late"),
        ];

    raw_data_over_the_window_of_its_stream: "write-headers 200
        write-data @16384
        read
        write-data @32768
        write-raw-data-frame @3000
        write-raw-data-frame end-stream" => |own| [
            headers(own).status(200),
            data(own, vec![b'x'; 16_384]),
            data(own, vec![b'x'; 16_384]),
            data(own, vec![b'x'; 16_384]),
            data(own, vec![b'x'; 3000]),
            data(own, b"").end_stream(),
        ];

    write_raw_frame_of_unknown_types: "write-raw-frame 0xfa 0xff 0x80000001 0102
        write-raw-frame 0xfb 0 0x7fffffff
        read
        write-headers 200
        write-raw-frame 0xee 0 own 00
        write-raw-frame 0xff 0 0 @16385
        write-data last ." => |own| [
            frame(0xfa, 0xff, 0x8000_0001, [1, 2]),
            frame(0xfb, 0, 0x7fff_ffff, []),
            headers(own).status(200),
            frame(0xee, 0, own, [0]),
            frame(0xff, 0, 0, vec![b'x'; 16_385]),
            data(own, b".").end_stream(),
        ];

    /// RFC 7838 §4.
    altsvc: "write-raw-frame 0x0a 0 0 00086578616d706c6568323d223a38343433223b206d613d36
        read
        write-raw-frame 0x0a 0 own 00006832
        write-headers 200
        write-data last ." => |own| [
            frame(0x0a, 0, 0, *b"\0\x08exampleh2=\":8443\"; ma=6"),
            frame(0x0a, 0, own, *b"\0\0h2"),
            headers(own).status(200),
            data(own, b".").end_stream(),
        ];

    /// RFC 8336 §2.
    origin: "write-raw-frame 0x0c 0 0 000968747470733a2f2f61
        read
        write-headers 200
        write-raw-frame 0x0c 0 0
        write-data last ." => |own| [
            frame(0x0c, 0, 0, *b"\0\x09https://a"),
            headers(own).status(200),
            frame(0x0c, 0, 0, []),
            data(own, b".").end_stream(),
        ];

    write_raw_frame_of_known_types: "write-raw-frame 2 0 own 0000000010
        write-raw-frame 6 0 0 6162636465666768
        write-raw-frame 8 0 own 00000005
        read
        write-raw-frame 6 1 0 6162636465666768
        write-raw-frame 1 4 own 88
        write-raw-frame 0 0 own 6f6e65
        write-raw-frame 0 9 own 0274776f0000
        write-raw-frame 3 0 own 0000000b" => |own| [
            priority(own, 0, 16),
            ping(*b"abcdefgh"),
            window_update(own, 5),
            ping(*b"abcdefgh").ack(),
            headers(own).status(200),
            data(own, b"one"),
            data(own, b"two").end_stream().padded(2),
            reset(own, code::ENHANCE_YOUR_CALM),
        ];

    /// On streams that are answered, and on some that nobody has opened.
    frames_on_foreign_streams: "write-raw-data-frame on=1 stray
        write-raw-header-frame on=3 end-headers x-same=stray
        read
        write-raw-frame 3 0 5 00000008
        write-raw-header-frame on=2 end-stream end-headers :status=200
        write-raw-data-frame on=0x7ffffffe end-stream far
        write-headers 200
        write-data last ." => |own| [
            data(1, b"stray"),
            headers(3).field("x-same", "stray"),
            reset(5, code::CANCEL),
            headers(2).status(200).end_stream(),
            data(0x7fff_fffe, b"far").end_stream(),
            headers(own).status(200),
            data(own, b".").end_stream(),
        ];

    /// Whole frames, several at once, and one cut into its bytes.
    write_raw_bytes: "write-headers 200
        write-raw-bytes 000001ee000000000078000001ef000000000079
        read
        write-raw-bytes 00
        write-raw-bytes 0003ee
        sleep 3
        write-raw-bytes 0000000000
        write-raw-bytes 61
        sleep 3
        write-raw-bytes 6263
        write-data last ." => |own| [
            headers(own).status(200),
            frame(0xee, 0, 0, *b"x"),
            frame(0xef, 0, 0, *b"y"),
            frame(0xee, 0, 0, *b"abc"),
            data(own, b".").end_stream(),
        ];
}

/// A frame on the stream of another handler, between that one's own frames.
#[test]
fn frames_on_a_stream_that_another_handler_answers() {
    let host = host();
    let mut connection = Connection::open(&host);
    let victim = connection.first_half("write-headers 200\nread\nwrite-data last own");
    let script =
        format!("write-raw-data-frame on={victim} foreign\nwrite-headers 200\nwrite-data last .");
    connection.ask(AT_ONCE);
    let stranger = connection.stream();
    connection.client.post(stranger, "/wire", script);
    connection.ask(AT_ONCE);
    connection.collect(4);
    connection.go_on(victim);
    while connection.asked < REQUESTS {
        connection.ask(AT_ONCE);
        connection.collect(0);
    }
    connection.check(&[
        headers(victim).status(200),
        data(victim, b"foreign"),
        headers(stranger).status(200),
        data(stranger, b".").end_stream(),
        data(victim, b"own").end_stream(),
    ]);
    host.stop();
}
