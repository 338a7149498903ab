//! The query's parameters as `{{GET[name]}}` sees them.

use percent_encoding::percent_decode;

/// The first value of `name`: `&` alone separates, `+` is a space, `%XX` any
/// byte, blank values count (Python's `parse_qsl`, wptserve's `GET`).
pub(crate) fn first(query: &[u8], name: &[u8]) -> Option<Vec<u8>> {
    query
        .split(|b| *b == b'&')
        .filter(|pair| !pair.is_empty())
        .find_map(|pair| {
            let (key, value) = match pair.iter().position(|b| *b == b'=') {
                Some(at) => (&pair[..at], &pair[at + 1..]),
                None => (pair, &[][..]),
            };
            (decode(key) == name).then(|| decode(value))
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

    #[test]
    fn the_first_value_counts_and_escapes_are_bytes() {
        let query = b"a=1&b=&a=2&c&%FF=%fe+x&d=1=2;e=3&=x";
        for (name, value) in [
            (&b"a"[..], Some(&b"1"[..])),
            (b"b", Some(b"")),
            (b"c", Some(b"")),
            (b"\xff", Some(b"\xfe x")),
            (b"d", Some(b"1=2;e=3")),
            (b"e", None),
            (b"", Some(b"x")),
        ] {
            assert_eq!(first(query, name).as_deref(), value);
        }
    }
}
