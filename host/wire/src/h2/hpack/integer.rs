//! Integers with a prefix (RFC 7541 §5.1).

/// No length, index or size that we take is near this: what is larger is an
/// attack or a mistake.
const MAX: u64 = u32::MAX as u64;

/// Takes an integer with a prefix of `bits` bits off the front of `input`.
///
/// `None` where the input ends early or the value passes 32 bits.
pub(super) fn decode(input: &mut &[u8], bits: u32) -> Option<usize> {
    let (first, mut rest) = input.split_first()?;
    let mask = (1u64 << bits) - 1;
    let mut value = u64::from(*first) & mask;
    if value == mask {
        let mut shift = 0;
        loop {
            let (byte, after) = rest.split_first()?;
            rest = after;
            // Five groups of seven bits are more than 32: longer is padding.
            if shift > 28 {
                return None;
            }
            value += u64::from(byte & 0x7f) << shift;
            shift += 7;
            if byte & 0x80 == 0 {
                break;
            }
        }
    }
    *input = rest;
    (value <= MAX).then_some(value as usize)
}

/// Appends `value` with a prefix of `bits` bits, the bits before it being
/// `flags`.
pub(super) fn encode(value: usize, bits: u32, flags: u8, out: &mut Vec<u8>) {
    let mask = (1usize << bits) - 1;
    if value < mask {
        out.push(flags | value as u8);
        return;
    }
    out.push(flags | mask as u8);
    let mut rest = value - mask;
    while rest >= 0x80 {
        out.push(rest as u8 | 0x80);
        rest >>= 7;
    }
    out.push(rest as u8);
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn the_rfcs_examples() {
        // RFC 7541 C.1.
        for (value, bits, bytes) in [
            (10, 5, &b"\x0a"[..]),
            (1337, 5, b"\x1f\x9a\x0a"),
            (42, 8, b"\x2a"),
        ] {
            let mut out = Vec::new();
            encode(value, bits, 0, &mut out);
            assert_eq!(out, bytes);
            assert_eq!(decode(&mut &bytes[..], bits), Some(value));
        }
    }

    #[test]
    fn too_large_and_cut_off_are_refused() {
        assert_eq!(decode(&mut &b"\x1f\xff\xff\xff\xff\x7f"[..], 5), None);
        assert_eq!(decode(&mut &b"\x1f\x80\x80\x80\x80\x80\x00"[..], 5), None);
        assert_eq!(decode(&mut &b"\x1f\x9a"[..], 5), None);
        assert_eq!(decode(&mut &b""[..], 5), None);
    }

    proptest! {
        #[test]
        fn what_is_encoded_is_decoded(value: u32, bits in 1u32..=8, tail: u8) {
            let mut out = Vec::new();
            encode(value as usize, bits, 0, &mut out);
            out.push(tail);
            let mut input = &out[..];
            prop_assert_eq!(decode(&mut input, bits), Some(value as usize));
            prop_assert_eq!(input, &[tail]);
        }
    }
}
