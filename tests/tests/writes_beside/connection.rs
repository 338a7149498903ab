//! What concerns the connection: SETTINGS, WINDOW_UPDATE on stream 0, GOAWAY,
//! and its end.

use host_tests::h2::goaway;

use super::*;

rows! {
    settings_frames: "settings 3=500
        read
        settings 4=100000 6=20000
        write-headers 200
        settings
        write-data last ." => |own| [
            settings(&[(3, 500)]),
            settings(&[(4, 100_000), (6, 20_000)]),
            headers(own).status(200),
            settings(&[]),
            data(own, b".").end_stream(),
        ];

    raw_settings: "write-raw-frame 4 0 0 0004000186a0
        read
        write-raw-frame 4 0 0 00ee00000001
        write-headers 200
        write-data last ." => |own| [
            frame(kind::SETTINGS, 0, 0, [0, 4, 0, 1, 0x86, 0xa0]),
            frame(kind::SETTINGS, 0, 0, [0, 0xee, 0, 0, 0, 1]),
            headers(own).status(200),
            data(own, b".").end_stream(),
        ];

    window_update_of_the_connection: "window-update on=0 2000
        read
        write-headers 200
        window-update on=0 1
        write-data last ." => |own| [
            window_update(0, 2000),
            headers(own).status(200),
            window_update(0, 1),
            data(own, b".").end_stream(),
        ];

    /// A raw GOAWAY is a frame like others: host does not take part in the lie.
    raw_goaway: "write-raw-frame 7 0 0 7fffffff00000000
        read
        write-headers 200
        write-raw-frame 7 0 0 7fffffff00000000627965
        write-data last ." => |own| [
            goaway(code::NO_ERROR).with_last_stream(0x7fff_ffff),
            headers(own).status(200),
            goaway(code::NO_ERROR).with_last_stream(0x7fff_ffff).with_debug("bye"),
            data(own, b".").end_stream(),
        ];
}

#[test]
fn goaway_in_good_order() {
    let script = "write-headers 200
        read
        goaway 0 bye
        write-data last .";
    ending(script, true, |own| {
        let last = own + 2 * 3 * AT_ONCE;
        vec![
            headers(own).status(200),
            goaway(code::NO_ERROR)
                .with_last_stream(last)
                .with_debug("bye"),
            data(own, b".").end_stream(),
        ]
    });
}

#[test]
fn goaway_for_an_error() {
    let script = "write-headers 200
        read
        goaway to=own 0xfeed
        write-data last .";
    ending(script, false, |own| {
        vec![
            headers(own).status(200),
            goaway(0xfeed).with_last_stream(own),
            data(own, b".").end_stream(),
        ]
    });
}

#[test]
fn close() {
    let script = "write-headers 200\nread\nwrite-data half\nclose";
    ending(script, false, |own| {
        vec![headers(own).status(200), data(own, b"half")]
    });
}

#[test]
fn reset_of_the_connection() {
    let script = "write-headers 200\nwrite-data half\nread\nreset";
    ending(script, false, |own| {
        vec![headers(own).status(200), data(own, b"half")]
    });
}
