//! The examples of RFC 7541 appendix C, and round trips.

use proptest::prelude::*;

use super::*;
use crate::{Field, Indexing};

const BOUNDS: Bounds = Bounds {
    bytes: 1 << 20,
    fields: 1 << 10,
};

/// One block of an example: its hex, its fields, the table's size afterwards.
type Step<'a> = (&'a str, &'a [(&'a str, &'a str)], usize);

fn unhex(hex: &str) -> Vec<u8> {
    let digits: Vec<u8> = hex
        .chars()
        .filter_map(|c| c.to_digit(16))
        .map(|d| d as u8)
        .collect();
    digits
        .chunks(2)
        .map(|pair| pair[0] << 4 | pair[1])
        .collect()
}

fn text(fields: &[Field]) -> Vec<(&str, &str)> {
    let str = |b| std::str::from_utf8(b).unwrap();
    fields.iter().map(|(n, v)| (str(n), str(v))).collect()
}

fn check_decoder(decoder: &mut Decoder, steps: &[Step<'_>]) {
    for (hex, fields, size) in steps {
        let list = decoder.decode(&unhex(hex), BOUNDS).unwrap();
        assert_eq!(text(&list.fields), *fields);
        assert_eq!(decoder.table().size(), *size);
    }
}

fn check_encoder(encoder: &mut Encoder, steps: &[Step<'_>]) {
    for (hex, fields, _) in steps {
        let mut out = Vec::new();
        encoder.begin(&mut out);
        for (name, value) in *fields {
            let (name, value) = (name.as_bytes(), value.as_bytes());
            encoder.field(name, value, Indexing::Incremental, None, &mut out);
        }
        assert_eq!(out, unhex(hex));
    }
}

/// A decoder whose table has 256 bytes, as C.5 and C.6 want it.
fn small_decoder() -> Decoder {
    let mut decoder = Decoder::new();
    decoder.decode(b"\x3f\xe1\x01", BOUNDS).unwrap();
    decoder
}

const REQUESTS: [&[(&str, &str)]; 3] = [
    &[
        (":method", "GET"),
        (":scheme", "http"),
        (":path", "/"),
        (":authority", "www.example.com"),
    ],
    &[
        (":method", "GET"),
        (":scheme", "http"),
        (":path", "/"),
        (":authority", "www.example.com"),
        ("cache-control", "no-cache"),
    ],
    &[
        (":method", "GET"),
        (":scheme", "https"),
        (":path", "/index.html"),
        (":authority", "www.example.com"),
        ("custom-key", "custom-value"),
    ],
];

const RESPONSES: [&[(&str, &str)]; 3] = [
    &[
        (":status", "302"),
        ("cache-control", "private"),
        ("date", "Mon, 21 Oct 2013 20:13:21 GMT"),
        ("location", "https://www.example.com"),
    ],
    &[
        (":status", "307"),
        ("cache-control", "private"),
        ("date", "Mon, 21 Oct 2013 20:13:21 GMT"),
        ("location", "https://www.example.com"),
    ],
    &[
        (":status", "200"),
        ("cache-control", "private"),
        ("date", "Mon, 21 Oct 2013 20:13:22 GMT"),
        ("location", "https://www.example.com"),
        ("content-encoding", "gzip"),
        (
            "set-cookie",
            "foo=ASDJKHQKBZXOQWEOPIUAXQWEOIU; max-age=3600; version=1",
        ),
    ],
];

#[test]
fn c2_literals_and_indices() {
    let steps: [Step<'_>; 4] = [
        (
            "400a 6375 7374 6f6d 2d6b 6579 0d63 7573 746f 6d2d 6865 6164 6572",
            &[("custom-key", "custom-header")],
            55,
        ),
        (
            "040c 2f73 616d 706c 652f 7061 7468",
            &[(":path", "/sample/path")],
            0,
        ),
        (
            "1008 7061 7373 776f 7264 0673 6563 7265 74",
            &[("password", "secret")],
            0,
        ),
        ("82", &[(":method", "GET")], 0),
    ];
    for step in steps {
        check_decoder(&mut Decoder::new(), &[step]);
    }
}

#[test]
fn c3_requests_without_huffman() {
    let steps: [Step<'_>; 3] = [
        (
            "8286 8441 0f77 7777 2e65 7861 6d70 6c65 2e63 6f6d",
            REQUESTS[0],
            57,
        ),
        ("8286 84be 5808 6e6f 2d63 6163 6865", REQUESTS[1], 110),
        (
            "8287 85bf 400a 6375 7374 6f6d 2d6b 6579 0c63 7573 746f 6d2d 7661 6c75 65",
            REQUESTS[2],
            164,
        ),
    ];
    check_decoder(&mut Decoder::new(), &steps);
}

#[test]
fn c4_requests_with_huffman() {
    let steps: [Step<'_>; 3] = [
        (
            "8286 8441 8cf1 e3c2 e5f2 3a6b a0ab 90f4 ff",
            REQUESTS[0],
            57,
        ),
        ("8286 84be 5886 a8eb 1064 9cbf", REQUESTS[1], 110),
        (
            "8287 85bf 4088 25a8 49e9 5ba9 7d7f 8925 a849 e95b b8e8 b4bf",
            REQUESTS[2],
            164,
        ),
    ];
    check_decoder(&mut Decoder::new(), &steps);
    check_encoder(&mut Encoder::new(), &steps);
}

#[test]
fn c5_responses_without_huffman_and_with_eviction() {
    let steps: [Step<'_>; 3] = [
        (
            "4803 3330 3258 0770 7269 7661 7465 611d 4d6f 6e2c 2032 3120 4f63 7420 3230 3133
             2032 303a 3133 3a32 3120 474d 546e 1768 7474 7073 3a2f 2f77 7777 2e65 7861 6d70
             6c65 2e63 6f6d",
            RESPONSES[0],
            222,
        ),
        ("4803 3330 37c1 c0bf", RESPONSES[1], 222),
        (
            "88c1 611d 4d6f 6e2c 2032 3120 4f63 7420 3230 3133 2032 303a 3133 3a32 3220 474d
             54c0 5a04 677a 6970 7738 666f 6f3d 4153 444a 4b48 514b 425a 584f 5157 454f 5049
             5541 5851 5745 4f49 553b 206d 6178 2d61 6765 3d33 3630 303b 2076 6572 7369 6f6e
             3d31",
            RESPONSES[2],
            215,
        ),
    ];
    check_decoder(&mut small_decoder(), &steps);
}

#[test]
fn c6_responses_with_huffman_and_with_eviction() {
    let mut steps: [Step<'_>; 3] = [
        (
            "3fe1 01 4882 6402 5885 aec3 771a 4b61 96d0 7abe 9410 54d4 44a8 2005 9504 0b81
             66e0 82a6 2d1b ff6e 919d 29ad 1718 63c7 8f0b 97c8 e9ae 82ae 43d3",
            RESPONSES[0],
            222,
        ),
        ("4883 640e ffc1 c0bf", RESPONSES[1], 222),
        (
            "88c1 6196 d07a be94 1054 d444 a820 0595 040b 8166 e084 a62d 1bff c05a 839b d9ab
             77ad 94e7 821d d7f2 e6c7 b335 dfdf cd5b 3960 d5af 2708 7f36 72c1 ab27 0fb5 291f
             9587 3160 65c0 03ed 4ee5 b106 3d50 07",
            RESPONSES[2],
            215,
        ),
    ];
    let mut encoder = Encoder::new();
    encoder.set_peer_table_size(256);
    // "307" takes three bytes either way: the RFC codes it, we do not.
    let coded = std::mem::replace(&mut steps[1].0, "4803 3330 37c1 c0bf");
    check_encoder(&mut encoder, &steps);
    steps[1].0 = coded;
    steps[0].0 = &steps[0].0[7..];
    check_decoder(&mut small_decoder(), &steps);
}

#[test]
fn a_lowered_table_is_announced_by_its_lowest_and_its_last_size() {
    let mut encoder = Encoder::new();
    for size in [100, 0, 70_000] {
        encoder.set_peer_table_size(size);
    }
    let mut out = Vec::new();
    encoder.begin(&mut out);
    assert_eq!(out, b"\x20\x3f\xe1\x1f");
    out.clear();
    encoder.begin(&mut out);
    assert_eq!(out, b"");
}

#[test]
fn broken_blocks_are_refused_by_name() {
    for (block, error) in [
        (&b"\x80"[..], Error::Index),
        (b"\xbe", Error::Index),
        (b"\x7e\x00", Error::Index),
        (b"\x3f\xe2\x1f", Error::TableSize),
        (b"\x82\x20", Error::LateUpdate),
        (b"\xff", Error::Truncated),
        (b"\x00\x05ab", Error::Truncated),
        (b"\x00\x01a", Error::Truncated),
        (b"\x00\x01a\x81\x00", Error::Huffman),
    ] {
        let refused = Decoder::new().decode(block, BOUNDS).unwrap_err();
        assert_eq!(refused, error, "{block:?}");
    }
}

#[test]
fn a_list_over_its_bounds_leaves_the_table_right() {
    let mut decoder = Decoder::new();
    // Two fields that enter the table, of 34 bytes each.
    let block = b"\x40\x01a\x011\x40\x01b\x012";
    for bounds in [
        Bounds {
            bytes: 67,
            fields: 9,
        },
        Bounds {
            bytes: 1000,
            fields: 1,
        },
    ] {
        let list = decoder.decode(block, bounds).unwrap();
        assert!(list.over);
        assert_eq!(text(&list.fields), [("a", "1")]);
    }
    let list = decoder.decode(b"\xbe\xbf", BOUNDS).unwrap();
    assert_eq!(text(&list.fields), [("b", "2"), ("a", "1")]);
    assert!(!list.over);
}

fn indexing() -> impl Strategy<Value = Indexing> {
    prop_oneof![
        Just(Indexing::Incremental),
        Just(Indexing::Without),
        Just(Indexing::Never)
    ]
}

/// A name and a value, and how they are coded.
type Coded = (Vec<u8>, Vec<u8>, Indexing, Option<bool>);

fn field() -> impl Strategy<Value = Coded> {
    let any = proptest::collection::vec(any::<u8>(), 0..40);
    let name = prop_oneof![
        any.clone(),
        Just(b":status".to_vec()),
        Just(b"date".to_vec()),
        "[a-c]".prop_map(String::into_bytes),
    ];
    let value = prop_oneof![
        any,
        Just(b"200".to_vec()),
        "[0-3]".prop_map(String::into_bytes)
    ];
    (
        name,
        value,
        indexing(),
        proptest::option::of(proptest::bool::ANY),
    )
}

proptest! {
    #[test]
    fn what_is_encoded_is_decoded(
        blocks in proptest::collection::vec(
            (proptest::option::of(0usize..400), proptest::collection::vec(field(), 0..12)),
            1..12,
        )
    ) {
        let (mut encoder, mut decoder) = (Encoder::new(), Decoder::new());
        for (size, fields) in blocks {
            if let Some(size) = size {
                encoder.set_peer_table_size(size);
            }
            let mut block = Vec::new();
            encoder.begin(&mut block);
            for (name, value, indexing, huffman) in &fields {
                encoder.field(name, value, *indexing, *huffman, &mut block);
            }
            let list = decoder.decode(&block, BOUNDS).unwrap();
            let sent: Vec<Field> =
                fields.into_iter().map(|(n, v, ..)| (n.into(), v.into())).collect();
            prop_assert_eq!(list.fields, sent);
        }
    }

    #[test]
    fn any_bytes_are_decoded_or_refused(block in proptest::collection::vec(any::<u8>(), 0..200)) {
        let mut decoder = Decoder::new();
        let _ = decoder.decode(&block, BOUNDS);
        prop_assert!(decoder.table().size() <= TABLE_SIZE);
    }
}
