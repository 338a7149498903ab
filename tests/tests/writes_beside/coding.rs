//! How frames are padded and header blocks coded; the ordinary heads go
//! through the same dynamic table.

use super::*;

rows! {
    set_padding: "set-padding 5
        write-push /a 200 x-new=a -- pushed
        write-headers 200 x-new=1
        read
        write-data one
        write-raw-header-frame end-headers x-new=2
        write-raw-data-frame two
        set-padding 0
        write-data three
        set-padding 255
        write-data-frame
        set-padding none
        write-trailers x-new=3" => |own| [
            push_promise(own, 2)
                .field(":method", "GET")
                .field(":scheme", "https")
                .field(":authority", "localhost")
                .field(":path", "/a")
                .padded(5),
            headers(2).status(200).field("x-new", "a").padded(5),
            data(2, b"pushed").end_stream().padded(5),
            headers(own).status(200).field("x-new", "1").padded(5),
            data(own, b"one").padded(5),
            headers(own).field("x-new", "2").padded(5),
            data(own, b"two").padded(5),
            data(own, b"three").padded(0),
            data(own, b"").padded(255),
            headers(own).field("x-new", "3").end_stream(),
        ];

    set_header_coding_incremental: "set-header-coding incremental always
        write-headers 103 x-new=1 x-same=2
        read
        write-headers 200 x-new=1 x-same=2
        set-header-coding incremental never
        write-trailers x-new=1 x-newer=3" => |own| [
            headers(own).status(103).field("x-new", "1").field("x-same", "2"),
            headers(own).status(200).field("x-new", "1").field("x-same", "2"),
            headers(own).field("x-new", "1").field("x-newer", "3").end_stream(),
        ];

    set_header_coding_without: "set-header-coding without never
        write-headers 103 x-new=1 x-same=2
        read
        set-header-coding without always
        write-headers 200 x-new=1 x-same=2
        write-trailers x-new=1" => |own| [
            headers(own).status(103).field("x-new", "1").field("x-same", "2"),
            headers(own).status(200).field("x-new", "1").field("x-same", "2"),
            headers(own).field("x-new", "1").end_stream(),
        ];

    set_header_coding_never: "set-header-coding never automatic
        write-headers 103 x-new=1 x-same=2
        read
        write-headers 200 x-new=1 x-same=2
        set-header-coding automatic automatic
        write-trailers x-new=1" => |own| [
            headers(own).status(103).field("x-new", "1").field("x-same", "2"),
            headers(own).status(200).field("x-new", "1").field("x-same", "2"),
            headers(own).field("x-new", "1").end_stream(),
        ];

    set_header_table_size: "set-header-table-size 100
        write-headers 200 x-new=1
        read
        set-header-table-size 0
        set-header-table-size 4096
        write-trailers x-new=2" => |own| [
            headers(own).status(200).field("x-new", "1"),
            headers(own).field("x-new", "2").end_stream(),
        ];

    /// It writes nothing, and leaves the table alone.
    encode_headers: "set-header-coding incremental never
        encode-headers :status=200 x-new=1
        read
        encode-headers x-new=2
        write-headers 200 x-new=1
        write-data last ." => |own| [
            headers(own).status(200).field("x-new", "1"),
            data(own, b".").end_stream(),
        ];

    /// `:status: 200` by the static table, `x: y` as a literal, `date: z` by a name
    /// of the static table.
    raw_header_blocks: "write-raw-frame 1 4 own 88000178017a
        read
        write-raw-frame 1 0 own 000178
        write-raw-frame 9 0 own 0179
        write-raw-frame 9 4 own 0f12017a
        write-raw-data-frame end-stream ." => |own| [
            headers(own).status(200).field("x", "z"),
            headers(own).field("x", "y").field("date", "z"),
            data(own, b".").end_stream(),
        ];
}
