//! Pairs in `a=b&c=d` form, as queries and forms have them.

use percent_encoding::percent_decode;

/// The pairs in order as bytes: `&` alone separates, `+` is a space, `%XX` any
/// byte, blank values are kept (Python's `parse_qsl`, wptserve's `GET`).
pub(crate) fn pairs(text: &[u8]) -> impl Iterator<Item = (Vec<u8>, Vec<u8>)> {
    text.split(|b| *b == b'&')
        .filter(|pair| !pair.is_empty())
        .map(|pair| {
            let mut halves = pair.splitn(2, |b| *b == b'=');
            let name = halves.next().unwrap_or_default();
            let value = halves.next().unwrap_or_default();
            (decode(name), decode(value))
        })
}

fn decode(text: &[u8]) -> Vec<u8> {
    let spaced: Vec<u8> = text
        .iter()
        .map(|b| if *b == b'+' { b' ' } else { *b })
        .collect();
    percent_decode(&spaced).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, expected: &[(&[u8], &[u8])]) {
        let found: Vec<_> = pairs(text.as_bytes()).collect();
        let expected: Vec<_> = expected
            .iter()
            .map(|(n, v)| (n.to_vec(), v.to_vec()))
            .collect();
        assert_eq!(found, expected, "{text}");
    }

    #[test]
    fn order_duplicates_and_blanks_are_kept() {
        check(
            "a=1&b=&a=2&c",
            &[(b"a", b"1"), (b"b", b""), (b"a", b"2"), (b"c", b"")],
        );
        check("", &[]);
        check("&&=x&", &[(b"", b"x")]);
    }

    #[test]
    fn escapes_are_bytes_and_broken_ones_stay() {
        check("a+b=%ff%2B+%zz%2", &[(b"a b", b"\xff+ %zz%2")]);
        check("a=b=c;d", &[(b"a", b"b=c;d")]);
    }
}
