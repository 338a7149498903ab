//! The query of a request target, and pairs in `a=b&c=d` form, which forms have
//! as well.

/// What is between the `?` and the `#` of a target (RFC 3986 §3.4); empty
/// without a `?`.
pub fn of(target: &[u8]) -> &[u8] {
    let end = target.iter().position(|b| *b == b'#');
    let target = &target[..end.unwrap_or(target.len())];
    match target.iter().position(|b| *b == b'?') {
        Some(at) => &target[at + 1..],
        None => &[],
    }
}

/// The pairs in order as bytes: `&` alone separates, `+` is a space, `%XX` any
/// byte, blank values are kept (Python's `parse_qsl`, wptserve's `GET`).
pub fn pairs(text: &[u8]) -> impl Iterator<Item = (Vec<u8>, Vec<u8>)> {
    text.split(|b| *b == b'&')
        .filter(|pair| !pair.is_empty())
        .map(|pair| {
            let mut halves = pair.splitn(2, |b| *b == b'=');
            let name = halves.next().unwrap_or_default();
            let value = halves.next().unwrap_or_default();
            (decode(name), decode(value))
        })
}

/// Escapes that are none stay as they are.
fn decode(text: &[u8]) -> Vec<u8> {
    let spaced: Vec<u8> = text
        .iter()
        .map(|b| if *b == b'+' { b' ' } else { *b })
        .collect();
    percent_encoding::percent_decode(&spaced).collect()
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
    fn the_query_is_between_question_mark_and_fragment() {
        assert_eq!(of(b"/a?b?c"), b"b?c");
        assert_eq!(of(b"/a?b=1#?c"), b"b=1");
        assert_eq!(of(b"/a#b?c"), b"");
        assert_eq!(of(b"/a"), b"");
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
