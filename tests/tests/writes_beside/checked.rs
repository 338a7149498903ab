//! Checked operations on the stream of the request and on pushed ones.

use super::*;

/// What `write-push` promises.
fn promise(stream: u32, promised: u32, path: &str) -> Frame {
    push_promise(stream, promised)
        .field(":method", "GET")
        .field(":scheme", "https")
        .field(":authority", "localhost")
        .field(":path", path)
}

rows! {
    write_headers: "write-headers 103 x-new=a
        read
        write-headers 102
        write-headers 200 X-New=1 x-same=2 x-same=3
        write-data last ." => |own| [
            headers(own).status(103).field("x-new", "a"),
            headers(own).status(102),
            headers(own).status(200).field("x-new", "1").field("x-same", "2").field("x-same", "3"),
            data(own, b".").end_stream(),
        ];

    write_data: "write-headers 200
        write-data one
        read
        write-data @16385
        write-data last" => |own| [
            headers(own).status(200),
            data(own, b"one"),
            data(own, vec![b'x'; 16_384]),
            data(own, b"x"),
            data(own, b"").end_stream(),
        ];

    write_data_frame: "write-headers 200
        write-data-frame one
        read
        write-data-frame
        write-data-frame @16384
        write-data-frame last two" => |own| [
            headers(own).status(200),
            data(own, b"one"),
            data(own, b""),
            data(own, vec![b'x'; 16_384]),
            data(own, b"two").end_stream(),
        ];

    write_trailers: "write-headers 200
        write-data .
        read
        write-trailers x-new=1 x-same=2" => |own| [
            headers(own).status(200),
            data(own, b"."),
            headers(own).field("x-new", "1").field("x-same", "2").end_stream(),
        ];

    end_stream: "write-headers 200
        read
        end-stream" => |own| [
            headers(own).status(200),
            data(own, b"").end_stream(),
        ];

    reset_stream: "write-headers 200
        write-data half
        read
        reset-stream 8" => |own| [
            headers(own).status(200),
            data(own, b"half"),
            reset(own, code::CANCEL),
        ];

    flush: "write-headers 200
        flush
        read
        write-data .
        flush
        end-stream
        flush" => |own| [
            headers(own).status(200),
            data(own, b"."),
            data(own, b"").end_stream(),
        ];

    sleep: "write-headers 200
        sleep 3
        read
        write-data .
        sleep 3
        write-data last ." => |own| [
            headers(own).status(200),
            data(own, b"."),
            data(own, b".").end_stream(),
        ];

    write_push: "write-push /a 200 x-new=a -- pushed
        read
        write-push as=8 /b 204 x-new=b
        write-push /c
        write-headers on=10 200 x-new=c
        write-data on=10 later
        write-trailers on=10 x-end=c
        write-headers 200
        write-data last ." => |own| [
            promise(own, 2, "/a"),
            headers(2).status(200).field("x-new", "a"),
            data(2, b"pushed").end_stream(),
            promise(own, 8, "/b"),
            headers(8).status(204).field("x-new", "b").end_stream(),
            promise(own, 10, "/c"),
            headers(10).status(200).field("x-new", "c"),
            data(10, b"later"),
            headers(10).field("x-end", "c").end_stream(),
            headers(own).status(200),
            data(own, b".").end_stream(),
        ];

    write_push_that_nobody_ends: "write-push /left
        read
        write-headers 200
        write-data last ." => |own| [
            promise(own, 2, "/left"),
            headers(own).status(200),
            data(own, b".").end_stream(),
            reset(2, code::CANCEL),
        ];

    /// What the response's own functions write.
    response_writes: "status 201
        header x-new 1
        content three
        read
        write-status-headers
        header x-late 1
        send" => |own| [
            headers(own)
                .status(201)
                .field("x-new", "1")
                .field("server", "host")
                .dated(),
            data(own, b"three").end_stream(),
        ];

    ping_frames: "ping 0102030405060708
        read
        write-headers 200
        ping ffffffffffffffff
        write-data last ." => |own| [
            ping([1, 2, 3, 4, 5, 6, 7, 8]),
            headers(own).status(200),
            ping([255; 8]),
            data(own, b".").end_stream(),
        ];

    window_update_frames: "window-update 1000
        read
        write-headers 200
        write-data last ." => |own| [
            window_update(own, 1000),
            headers(own).status(200),
            data(own, b".").end_stream(),
        ];

    priority_frames: "priority 0 15 exclusive
        read
        write-headers 200
        priority 3 255
        write-data last ." => |own| [
            priority(own, 1 << 31, 15),
            headers(own).status(200),
            priority(own, 3, 255),
            data(own, b".").end_stream(),
        ];

    peer: "peer
        read
        peer
        write-headers 200
        write-data last ." => |own| [
            headers(own).status(200),
            data(own, b".").end_stream(),
        ];
}
