//! Parts of a file: wptserve's `Range` grammar, and the framing of several
//! parts (RFC 9110 §14).

use std::ops::Range;
use std::sync::Arc;

use bytes::Bytes;
use cap_std::fs::File;

use crate::refusal::Refusal;
use crate::template::uuid;
use crate::{Body, Response};

/// Parts that one answer may have. A Range field has room for thousands of
/// single bytes, each of which costs a hundred of framing (CVE-2011-3192).
const MAX_PARTS: usize = 500;

/// The parts that a `Range` field asks for, in ascending order, those that
/// overlap or touch made one.
///
/// The grammar is wptserve's: `bytes=` in this case, then items with one hyphen
/// and Python's integers around it. One bad or unsatisfiable item refuses the
/// whole, where RFC 9110 §14.2 would leave it out.
pub(crate) fn parse(field: &[u8], size: u64) -> Result<Vec<Range<u64>>, Refusal> {
    let unsatisfiable = |message| Refusal::Range { message, size };
    let Some(text) = std::str::from_utf8(field)
        .ok()
        .filter(|text| text.is_ascii())
    else {
        return Err(Refusal::RangeEncoding);
    };
    let Some(items) = text.strip_prefix("bytes=") else {
        return Err(unsatisfiable(format!("Unrecognised range type {text}")));
    };
    let mut ranges = Vec::new();
    for item in items.split(',') {
        match parse_item(item, size) {
            Some(range) => ranges.push(range),
            None => return Err(unsatisfiable(format!("Bad range specifier {item}"))),
        }
    }
    ranges.sort_unstable_by_key(|range| range.start);
    let mut parts: Vec<Range<u64>> = Vec::new();
    for range in ranges {
        match parts.last_mut() {
            Some(last) if range.start <= last.end => last.end = last.end.max(range.end),
            _ => parts.push(range),
        }
    }
    if parts.len() > MAX_PARTS {
        return Err(unsatisfiable(format!("more than {MAX_PARTS} ranges")));
    }
    Ok(parts)
}

/// `first-last`, `first-`, `-length`, or `-` for all of it; `None` for what is
/// none of them, or is empty.
fn parse_item(item: &str, size: u64) -> Option<Range<u64>> {
    let (first, last) = item.split_once('-')?;
    let number = |text: &str| match text {
        "" => Some(None),
        text => integer(text).map(Some),
    };
    let range = match (number(first)?, number(last)?) {
        (None, None) => 0..size,
        (None, Some(length)) => size.saturating_sub(length)..size,
        (Some(first), None) => first..size,
        (Some(first), Some(last)) => first..size.min(last.saturating_add(1)),
    };
    (!range.is_empty()).then_some(range)
}

/// What Python's `int()` reads of it: space around it, a plus, and underscores
/// between digits. Larger than any file is as good as the largest number.
fn integer(text: &str) -> Option<u64> {
    let is_space = |c: char| matches!(c, '\t'..='\r' | '\x1c'..='\x1f' | ' ');
    let text = text.trim_matches(is_space);
    let digits = text.strip_prefix('+').unwrap_or(text);
    let mut value = 0_u64;
    let mut after_digit = false;
    for b in digits.bytes() {
        match b {
            b'0'..=b'9' => {
                value = value.saturating_mul(10).saturating_add(u64::from(b - b'0'));
                after_digit = true;
            }
            b'_' if after_digit => after_digit = false,
            _ => return None,
        }
    }
    after_digit.then_some(value)
}

/// Makes of a response with all of a file one with these parts of it: 206, and
/// with `multipart/byteranges` where there are several.
pub(crate) fn apply(
    response: &mut Response,
    file: &Arc<File>,
    size: u64,
    parts: &[Range<u64>],
) -> Result<(), Refusal> {
    let part = |range: &Range<u64>| {
        Body::from_file(Arc::clone(file), range.start, range.end - range.start)
    };
    response.status = 206;
    if let [range] = parts {
        response
            .fields
            .set("Content-Range", content_range(range, size));
        response.body = part(range);
        return Ok(());
    }
    // A random UUID, as wptserve's: it is in none of the parts.
    let boundary = uuid().map_err(|_| Refusal::NoRandom)?;
    let boundary = String::from_utf8_lossy(&boundary);
    // wptserve takes the last, where a .headers file gave several.
    let content_type = response.fields.get_all("content-type").last().cloned();
    response.fields.set(
        "Content-Type",
        format!("multipart/byteranges; boundary={boundary}"),
    );
    let mut bodies = Vec::with_capacity(parts.len() * 2 + 1);
    for range in parts {
        let mut head = format!("\r\n--{boundary}\r\n").into_bytes();
        if let Some(content_type) = &content_type {
            head.extend_from_slice(b"Content-Type: ");
            head.extend_from_slice(content_type);
            head.extend_from_slice(b"\r\n");
        }
        let content_range = content_range(range, size);
        head.extend_from_slice(format!("Content-Range: {content_range}\r\n\r\n").as_bytes());
        bodies.push(Bytes::from(head).into());
        bodies.push(part(range));
    }
    bodies.push(Bytes::from(format!("\r\n--{boundary}--")).into());
    response.body = Body::chain(bodies);
    Ok(())
}

fn content_range(range: &Range<u64>, size: u64) -> String {
    format!("bytes {}-{}/{size}", range.start, range.end - 1)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// As `first-end` of each part, or the refusal's words.
    fn shown(field: &str, size: u64) -> String {
        match parse(field.as_bytes(), size) {
            Ok(parts) => {
                let parts = parts.iter().map(|r| format!("{}-{}", r.start, r.end));
                parts.collect::<Vec<_>>().join(" ")
            }
            Err(refusal) => refusal.to_string(),
        }
    }

    /// What wptserve's `RangeParser` makes of the same.
    #[test]
    fn the_grammar_is_wptserves() {
        for (field, size, expected) in [
            ("bytes=0-4", 10, "0-5"),
            ("bytes=5-", 10, "5-10"),
            ("bytes=-3", 10, "7-10"),
            ("bytes=-30", 10, "0-10"),
            ("bytes=-", 10, "0-10"),
            ("bytes=0-99", 10, "0-10"),
            ("bytes=9-9", 10, "9-10"),
            ("bytes=0-99999999999999999999999", 10, "0-10"),
            ("bytes= 1 -\t2 ", 10, "1-3"),
            ("bytes=1_0-1_1", 20, "10-12"),
            ("bytes=+1-2", 10, "1-3"),
            ("bytes=007-8", 10, "7-9"),
        ] {
            assert_eq!(shown(field, size), expected, "{field}");
        }
    }

    #[test]
    fn ranges_that_overlap_or_touch_are_one() {
        for (field, expected) in [
            ("bytes=1-2,2-4", "1-5"),
            ("bytes=1-2,3-4", "1-5"),
            ("bytes=1-2,4-5", "1-3 4-6"),
            ("bytes=8-9,0-1", "0-2 8-10"),
            // wptserve sends 5-7 a second time.
            ("bytes=0-9,2-3,5-6", "0-10"),
            ("bytes=-1,-2,-3", "7-10"),
        ] {
            assert_eq!(shown(field, 10), expected, "{field}");
        }
    }

    #[test]
    fn one_bad_item_refuses_the_whole() {
        for (item, size) in [
            ("10-", 10),
            ("5-2", 10),
            ("-0", 10),
            ("-", 0),
            ("0-0", 0),
            ("", 10),
            ("1-2-3", 10),
            ("a-b", 10),
            ("1__0-12", 20),
            ("_1-2", 10),
            ("1_-2", 10),
            (" -5", 10),
            ("--1", 10),
            ("99999999999999999999999-", 10),
        ] {
            let expected = format!("Bad range specifier {item}");
            assert_eq!(shown(&format!("bytes={item}"), size), expected);
            assert_eq!(
                shown(&format!("bytes=-1,{item}"), 0),
                "Bad range specifier -1"
            );
            if size > 0 {
                assert_eq!(shown(&format!("bytes=-1,{item}"), size), expected);
            }
        }
        for field in ["Bytes=0-1", "lines=0-1", "bytes", "bytes =0-1", ""] {
            let expected = format!("Unrecognised range type {field}");
            assert_eq!(shown(field, 10), expected);
        }
    }

    #[test]
    fn a_field_that_is_not_ascii_is_a_bad_request() {
        for field in [&b"bytes=0-\xff"[..], "bytes=0-1é".as_bytes()] {
            assert!(matches!(parse(field, 10), Err(Refusal::RangeEncoding)));
        }
    }

    #[test]
    fn parts_are_bounded() {
        let field = |parts: usize| {
            let items: Vec<String> = (0..parts).map(|n| format!("{0}-{0}", n * 2)).collect();
            format!("bytes={}", items.join(","))
        };
        let size = 1_000_000;
        assert_eq!(
            parse(field(MAX_PARTS).as_bytes(), size).unwrap().len(),
            MAX_PARTS
        );
        assert_eq!(shown(&field(MAX_PARTS + 1), size), "more than 500 ranges");
    }

    proptest! {
        /// Whatever is asked for: parts of the file, in order, with a gap between.
        #[test]
        fn parts_are_in_the_file_ascending_and_apart(
            field in "(bytes=)?[0-9]{0,3}-[0-9]{0,3}(,[-0-9_+ ,]{0,9}){0,6}",
            size in 0_u64..1000,
        ) {
            if let Ok(parts) = parse(field.as_bytes(), size) {
                prop_assert!(!parts.is_empty());
                prop_assert!(parts.iter().all(|part| part.start < part.end));
                prop_assert!(parts.windows(2).all(|two| two[0].end < two[1].start));
                prop_assert!(parts.last().is_some_and(|last| last.end <= size));
            }
        }

        #[test]
        fn any_bytes_are_ranges_or_refused(field in any::<Vec<u8>>(), size in any::<u64>()) {
            let named = [b"bytes=", &field[..]].concat();
            prop_assert!(parse(&field, size).is_err() || field.starts_with(b"bytes="));
            let _ = parse(&named, size);
        }
    }
}
