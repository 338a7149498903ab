//! RFC 7541: what a field block may hold.

use host_tests::Host;
use host_tests::h2::{Client, code, flag, frame, headers, kind};
use host_tests::rules::Outcome::GoAway;
use host_tests::rules::{allowed, block, each_refused, refused};

/// `GET http /` in three static indices.
const GET: &[u8] = b"\x82\x86\x84";

/// Requests that differ in how one field of theirs is represented.
fn blocks<const N: usize>(
    cases: [(&'static str, &[u8]); N],
) -> [(&'static str, [host_tests::h2::Frame; 1]); N] {
    cases.map(|(what, more)| (what, [block([GET, more].concat())]))
}

/// Asks for `/f.txt` with a block that begins so.
fn answered(client: &mut Client, stream: u32, bytes: &[u8]) {
    let whole = flag::END_HEADERS | flag::END_STREAM;
    let path = b"\x82\x86\x04\x06/f.txt";
    let sent = [&path[..], bytes].concat();
    client.send(frame(kind::HEADERS, whole, stream, sent));
    client.answer(stream).expect(200);
}

#[test]
fn rfc7541_s2_3_3_an_index_beyond_the_tables() {
    each_refused(
        "RFC 7541 §2.3.3",
        GoAway(code::COMPRESSION),
        blocks([
            ("a field", b"\xbe"),
            ("far beyond", b"\xff\xff\x7f"),
            ("a name, indexed", b"\x7e\x01x"),
            ("a name, not indexed", b"\x0f\x2f\x01x"),
            ("a name, never indexed", b"\x1f\x2f\x01x"),
        ]),
    );
}

#[test]
fn rfc7541_s5_1_an_integer_that_is_too_large_or_too_long() {
    each_refused(
        "RFC 7541 §5",
        GoAway(code::COMPRESSION),
        blocks([
            ("an index", b"\xff\xff\xff\xff\xff\xff\x0f"),
            ("a length", b"\x40\x7f\xff\xff\xff\xff\xff\x0f"),
            ("padded with zeros", b"\xff\x80\x80\x80\x80\x80\x80\x00"),
        ]),
    );
}

#[test]
fn rfc7541_s5_1_a_block_that_ends_within_a_representation() {
    each_refused(
        "RFC 7541 §5",
        GoAway(code::COMPRESSION),
        blocks([
            ("within an index", b"\xff"),
            ("before a name", b"\x40"),
            ("within a name", b"\x40\x05abc"),
            ("before a value", b"\x40\x01x"),
            ("within a value", b"\x40\x01x\x05abc"),
            ("within a size update", b""),
        ])
        .map(|(what, frames)| match what {
            "within a size update" => (what, [block(b"\x3f")]),
            _ => (what, frames),
        }),
    );
}

#[test]
fn rfc7541_s5_2_padding_longer_than_7_bits() {
    // "a" is 00011; the padding's ones go on for a whole byte more.
    refused(
        "RFC 7541 §5.2",
        GoAway(code::COMPRESSION),
        [block([GET, b"\x40\x01x\x82\x1f\xff"].concat())],
    );
}

#[test]
fn rfc7541_s5_2_padding_that_is_not_the_start_of_eos() {
    refused(
        "RFC 7541 §5.2",
        GoAway(code::COMPRESSION),
        [block([GET, b"\x40\x01x\x81\x18"].concat())],
    );
}

#[test]
fn rfc7541_s5_2_eos_within_a_string() {
    refused(
        "RFC 7541 §5.2",
        GoAway(code::COMPRESSION),
        [block([GET, b"\x40\x01x\x84\xff\xff\xff\xff"].concat())],
    );
}

#[test]
fn rfc7541_s6_1_index_0() {
    refused(
        "RFC 7541 §2.3.3",
        GoAway(code::COMPRESSION),
        [block([GET, b"\x80"].concat())],
    );
}

#[test]
fn rfc7541_s6_every_representation_is_taken() {
    let plain: &[u8] = b"\x08no-cache";
    let coded: &[u8] = b"\x86\xa8\xeb\x10\x64\x9c\xbf";
    let name: &[u8] = b"\x0acustom-key";
    let coded_name: &[u8] = b"\x88\x25\xa8\x49\xe9\x5b\xa9\x7d\x7f";
    allowed(|client| {
        let mut stream = 1;
        // §6.2.1, §6.2.2, §6.2.3: the name by index 24 (cache-control) or not.
        for (index, new) in [
            (&b"\x58"[..], 0x40),
            (b"\x0f\x09", 0x00),
            (b"\x1f\x09", 0x10),
        ] {
            for value in [plain, coded] {
                answered(client, stream, &[index, value].concat());
                for name in [name, coded_name] {
                    let field = [&[new], name, value].concat();
                    answered(client, stream + 2, &field);
                    stream += 2;
                }
                stream += 2;
            }
        }
        // §6.1: one that an earlier request has put into the table.
        answered(client, stream, b"\xbe");
    });
}

#[test]
fn rfc7541_s6_2_only_incremental_indexing_changes_the_table() {
    for field in [&b"\x00\x01x\x01y"[..], b"\x10\x01x\x01y"] {
        let unindexed = [GET, field].concat();
        refused(
            "RFC 7541 §2.3.3",
            GoAway(code::COMPRESSION),
            [block(unindexed), block([GET, b"\xbe"].concat()).on(3)],
        );
    }
}

#[test]
fn rfc7541_s3_2_the_table_is_the_connection_s() {
    let host = Host::builder().file("f.txt", "fine").start();
    let mut first = host.h2();
    answered(&mut first, 1, b"\x40\x01x\x01y");
    answered(&mut first, 3, b"\xbe");
    let mut second = host.h2();
    let whole = flag::END_HEADERS | flag::END_STREAM;
    second.send(frame(kind::HEADERS, whole, 1, [GET, b"\xbe"].concat()));
    let got = second.next_of_exchange().expect("GOAWAY");
    assert_eq!(got.code(), Some(code::COMPRESSION));
    first.send(headers(5).get("/f.txt").end_headers().end_stream());
    first.answer(5).expect(200);
    host.stop();
}
