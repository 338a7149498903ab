//! The string code of RFC 7541 §5.2 and its appendix B.

/// The codes of appendix B by symbol, right-aligned; the last is EOS.
#[rustfmt::skip]
const CODES: [u32; 257] = [
    0x1ff8, 0x7fffd8, 0xfffffe2, 0xfffffe3, 0xfffffe4, 0xfffffe5, 0xfffffe6, 0xfffffe7, 0xfffffe8, 0xffffea,
    0x3ffffffc, 0xfffffe9, 0xfffffea, 0x3ffffffd, 0xfffffeb, 0xfffffec, 0xfffffed, 0xfffffee, 0xfffffef, 0xffffff0,
    0xffffff1, 0xffffff2, 0x3ffffffe, 0xffffff3, 0xffffff4, 0xffffff5, 0xffffff6, 0xffffff7, 0xffffff8, 0xffffff9,
    0xffffffa, 0xffffffb, 0x14, 0x3f8, 0x3f9, 0xffa, 0x1ff9, 0x15, 0xf8, 0x7fa,
    0x3fa, 0x3fb, 0xf9, 0x7fb, 0xfa, 0x16, 0x17, 0x18, 0x0, 0x1,
    0x2, 0x19, 0x1a, 0x1b, 0x1c, 0x1d, 0x1e, 0x1f, 0x5c, 0xfb,
    0x7ffc, 0x20, 0xffb, 0x3fc, 0x1ffa, 0x21, 0x5d, 0x5e, 0x5f, 0x60,
    0x61, 0x62, 0x63, 0x64, 0x65, 0x66, 0x67, 0x68, 0x69, 0x6a,
    0x6b, 0x6c, 0x6d, 0x6e, 0x6f, 0x70, 0x71, 0x72, 0xfc, 0x73,
    0xfd, 0x1ffb, 0x7fff0, 0x1ffc, 0x3ffc, 0x22, 0x7ffd, 0x3, 0x23, 0x4,
    0x24, 0x5, 0x25, 0x26, 0x27, 0x6, 0x74, 0x75, 0x28, 0x29,
    0x2a, 0x7, 0x2b, 0x76, 0x2c, 0x8, 0x9, 0x2d, 0x77, 0x78,
    0x79, 0x7a, 0x7b, 0x7ffe, 0x7fc, 0x3ffd, 0x1ffd, 0xffffffc, 0xfffe6, 0x3fffd2,
    0xfffe7, 0xfffe8, 0x3fffd3, 0x3fffd4, 0x3fffd5, 0x7fffd9, 0x3fffd6, 0x7fffda, 0x7fffdb, 0x7fffdc,
    0x7fffdd, 0x7fffde, 0xffffeb, 0x7fffdf, 0xffffec, 0xffffed, 0x3fffd7, 0x7fffe0, 0xffffee, 0x7fffe1,
    0x7fffe2, 0x7fffe3, 0x7fffe4, 0x1fffdc, 0x3fffd8, 0x7fffe5, 0x3fffd9, 0x7fffe6, 0x7fffe7, 0xffffef,
    0x3fffda, 0x1fffdd, 0xfffe9, 0x3fffdb, 0x3fffdc, 0x7fffe8, 0x7fffe9, 0x1fffde, 0x7fffea, 0x3fffdd,
    0x3fffde, 0xfffff0, 0x1fffdf, 0x3fffdf, 0x7fffeb, 0x7fffec, 0x1fffe0, 0x1fffe1, 0x3fffe0, 0x1fffe2,
    0x7fffed, 0x3fffe1, 0x7fffee, 0x7fffef, 0xfffea, 0x3fffe2, 0x3fffe3, 0x3fffe4, 0x7ffff0, 0x3fffe5,
    0x3fffe6, 0x7ffff1, 0x3ffffe0, 0x3ffffe1, 0xfffeb, 0x7fff1, 0x3fffe7, 0x7ffff2, 0x3fffe8, 0x1ffffec,
    0x3ffffe2, 0x3ffffe3, 0x3ffffe4, 0x7ffffde, 0x7ffffdf, 0x3ffffe5, 0xfffff1, 0x1ffffed, 0x7fff2, 0x1fffe3,
    0x3ffffe6, 0x7ffffe0, 0x7ffffe1, 0x3ffffe7, 0x7ffffe2, 0xfffff2, 0x1fffe4, 0x1fffe5, 0x3ffffe8, 0x3ffffe9,
    0xffffffd, 0x7ffffe3, 0x7ffffe4, 0x7ffffe5, 0xfffec, 0xfffff3, 0xfffed, 0x1fffe6, 0x3fffe9, 0x1fffe7,
    0x1fffe8, 0x7ffff3, 0x3fffea, 0x3fffeb, 0x1ffffee, 0x1ffffef, 0xfffff4, 0xfffff5, 0x3ffffea, 0x7ffff4,
    0x3ffffeb, 0x7ffffe6, 0x3ffffec, 0x3ffffed, 0x7ffffe7, 0x7ffffe8, 0x7ffffe9, 0x7ffffea, 0x7ffffeb, 0xffffffe,
    0x7ffffec, 0x7ffffed, 0x7ffffee, 0x7ffffef, 0x7fffff0, 0x3ffffee, 0x3fffffff,
];

/// The codes' lengths in bits.
#[rustfmt::skip]
const LENGTHS: [u8; 257] = [
    13, 23, 28, 28, 28, 28, 28, 28, 28, 24, 30, 28, 28, 30, 28, 28, 28, 28, 28, 28,
    28, 28, 30, 28, 28, 28, 28, 28, 28, 28, 28, 28, 6, 10, 10, 12, 13, 6, 8, 11,
    10, 10, 8, 11, 8, 6, 6, 6, 5, 5, 5, 6, 6, 6, 6, 6, 6, 6, 7, 8,
    15, 6, 12, 10, 13, 6, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7,
    7, 7, 7, 7, 7, 7, 7, 7, 8, 7, 8, 13, 19, 13, 14, 6, 15, 5, 6, 5,
    6, 5, 6, 6, 6, 5, 7, 7, 6, 6, 6, 5, 6, 7, 6, 5, 5, 6, 7, 7,
    7, 7, 7, 15, 11, 14, 13, 28, 20, 22, 20, 20, 22, 22, 22, 23, 22, 23, 23, 23,
    23, 23, 24, 23, 24, 24, 22, 23, 24, 23, 23, 23, 23, 21, 22, 23, 22, 23, 23, 24,
    22, 21, 20, 22, 22, 23, 23, 21, 23, 22, 22, 24, 21, 22, 23, 23, 21, 21, 22, 21,
    23, 22, 23, 23, 20, 22, 22, 22, 23, 22, 22, 23, 26, 26, 20, 19, 22, 23, 22, 25,
    26, 26, 26, 27, 27, 26, 24, 25, 19, 21, 26, 27, 27, 26, 27, 24, 21, 21, 26, 26,
    28, 27, 27, 27, 20, 24, 20, 21, 22, 21, 21, 23, 22, 22, 25, 25, 24, 24, 26, 23,
    26, 27, 26, 26, 27, 27, 27, 27, 27, 28, 27, 27, 27, 27, 27, 26, 30,
];

const EOS: usize = 256;

/// What four bits do in a state of the decoder.
#[derive(Clone, Copy)]
struct Step {
    /// The node of the code tree that is reached.
    node: u16,
    /// The symbol completed on the way, where [`EMITS`] is set.
    symbol: u8,
    flags: u8,
}

const EMITS: u8 = 1;
/// A string may end here: what is left is fewer than eight bits of EOS's prefix.
const MAY_END: u8 = 2;
/// EOS itself was met.
const FAILS: u8 = 4;

/// The code tree has 256 inner nodes, for it has 257 leaves.
const NODES: usize = 256;

static STEPS: [[Step; 16]; NODES] = steps();

/// The tree: for each inner node its two children, below `NODES` an inner
/// node, from there on a leaf (`NODES + symbol`).
const fn tree() -> [[u16; 2]; NODES] {
    let mut tree = [[0u16; 2]; NODES];
    let mut used = 1;
    let mut symbol = 0;
    while symbol <= EOS {
        let mut node = 0;
        let mut left = LENGTHS[symbol];
        while left > 0 {
            left -= 1;
            let bit = ((CODES[symbol] >> left) & 1) as usize;
            if left == 0 {
                tree[node][bit] = (NODES + symbol) as u16;
            } else {
                if tree[node][bit] == 0 {
                    tree[node][bit] = used;
                    used += 1;
                }
                node = tree[node][bit] as usize;
            }
        }
        symbol += 1;
    }
    tree
}

/// Marks the nodes that up to seven one-bits lead to from the root.
const fn may_end(tree: &[[u16; 2]; NODES]) -> [bool; NODES] {
    let mut ends = [false; NODES];
    let mut node = 0;
    let mut depth = 0;
    while depth < 8 {
        ends[node] = true;
        node = tree[node][1] as usize;
        depth += 1;
    }
    ends
}

const fn steps() -> [[Step; 16]; NODES] {
    let tree = tree();
    let ends = may_end(&tree);
    let mut steps = [[Step {
        node: 0,
        symbol: 0,
        flags: 0,
    }; 16]; NODES];
    let mut start = 0;
    while start < NODES {
        let mut nibble = 0;
        while nibble < 16 {
            let mut step = Step {
                node: start as u16,
                symbol: 0,
                flags: 0,
            };
            let mut left = 4;
            while left > 0 {
                left -= 1;
                let next = tree[step.node as usize][(nibble >> left) & 1] as usize;
                if next < NODES {
                    step.node = next as u16;
                } else {
                    if next - NODES == EOS {
                        step.flags |= FAILS;
                    } else {
                        step.flags |= EMITS;
                        step.symbol = (next - NODES) as u8;
                    }
                    step.node = 0;
                }
            }
            if ends[step.node as usize] {
                step.flags |= MAY_END;
            }
            steps[start][nibble] = step;
            nibble += 1;
        }
        start += 1;
    }
    steps
}

/// Appends the decoded string to `out`.
///
/// `false` where it holds EOS or ends with anything but fewer than eight bits
/// of EOS's prefix (RFC 7541 §5.2).
pub(super) fn decode(coded: &[u8], out: &mut Vec<u8>) -> bool {
    // The shortest code has five bits.
    out.reserve(coded.len() * 8 / 5 + 1);
    let mut node = 0usize;
    let mut flags = MAY_END;
    let mut failed = 0;
    for byte in coded {
        for nibble in [byte >> 4, byte & 15] {
            let step = STEPS[node & (NODES - 1)][usize::from(nibble)];
            if step.flags & EMITS != 0 {
                out.push(step.symbol);
            }
            failed |= step.flags & FAILS;
            flags = step.flags;
            node = usize::from(step.node);
        }
    }
    failed == 0 && flags & MAY_END != 0
}

/// The number of bytes that `plain` takes when coded.
pub(super) fn coded_len(plain: &[u8]) -> usize {
    let bits: usize = plain
        .iter()
        .map(|b| usize::from(LENGTHS[usize::from(*b)]))
        .sum();
    bits.div_ceil(8)
}

/// Appends the coded string to `out`, padded with EOS's prefix.
pub(super) fn encode(plain: &[u8], out: &mut Vec<u8>) {
    let mut bits = 0u64;
    let mut held = 0u32;
    for byte in plain {
        let at = usize::from(*byte);
        bits = bits << LENGTHS[at] | u64::from(CODES[at]);
        held += u32::from(LENGTHS[at]);
        // At most 31 bits are held here and a code has at most 30.
        while held >= 32 {
            held -= 32;
            out.extend_from_slice(&((bits >> held) as u32).to_be_bytes());
        }
    }
    while held >= 8 {
        held -= 8;
        out.push((bits >> held) as u8);
    }
    if held > 0 {
        out.push((bits << (8 - held)) as u8 | (0xff >> held));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn decoded(coded: &[u8]) -> Option<Vec<u8>> {
        let mut out = Vec::new();
        decode(coded, &mut out).then_some(out)
    }

    #[test]
    fn the_rfcs_examples() {
        // RFC 7541 C.4.1 and C.6.1.
        let pairs: [(&str, &[u8]); 3] = [
            (
                "www.example.com",
                b"\xf1\xe3\xc2\xe5\xf2\x3a\x6b\xa0\xab\x90\xf4\xff",
            ),
            ("302", b"\x64\x02"),
            ("private", b"\xae\xc3\x77\x1a\x4b"),
        ];
        for (plain, coded) in pairs {
            let mut out = Vec::new();
            encode(plain.as_bytes(), &mut out);
            assert_eq!(out, coded);
            assert_eq!(decoded(coded).unwrap(), plain.as_bytes());
        }
    }

    #[test]
    fn eos_and_wrong_padding_are_refused() {
        assert_eq!(decoded(b""), Some(vec![]));
        // '0' is 00000; three zero bits pad it.
        assert_eq!(decoded(b"\x00"), None);
        assert_eq!(decoded(b"\x07"), Some(b"0".to_vec()));
        // A whole byte of padding.
        assert_eq!(decoded(b"\x07\xff"), None);
        // EOS, thirty ones.
        assert_eq!(decoded(b"\xff\xff\xff\xff"), None);
        assert_eq!(decoded(b"\xff\xff\xff\xfc"), None);
    }

    proptest! {
        #[test]
        fn what_is_coded_is_decoded(plain in proptest::collection::vec(any::<u8>(), 0..300)) {
            let mut coded = Vec::new();
            encode(&plain, &mut coded);
            prop_assert_eq!(coded.len(), coded_len(&plain));
            prop_assert_eq!(decoded(&coded), Some(plain));
        }

        #[test]
        fn any_bytes_decode_to_what_codes_to_them(coded in proptest::collection::vec(any::<u8>(), 0..60)) {
            if let Some(plain) = decoded(&coded) {
                let mut again = Vec::new();
                encode(&plain, &mut again);
                prop_assert_eq!(again, coded);
            }
        }
    }
}
