//! What holds for any template.

use std::ops::Range;

use proptest::prelude::*;

use super::tests::context;
use super::*;

/// Content that holds what the language minds.
fn contents() -> impl Strategy<Value = Vec<u8>> {
    const MARKS: [&str; 24] = [
        "{{",
        "}}",
        "{",
        "}",
        "host",
        "domains",
        "ports",
        "GET",
        "headers",
        "location",
        "uuid",
        "fs_path",
        "[",
        "]",
        "(",
        ")",
        "$v",
        ":",
        "[www]",
        "[http][0]",
        "()",
        "(../x)",
        "\n",
        "é",
    ];
    let piece = prop_oneof![
        4 => prop::sample::select(&MARKS[..]).prop_map(|mark| mark.as_bytes().to_vec()),
        1 => any::<u8>().prop_map(|byte| vec![byte]),
    ];
    prop::collection::vec(piece, 0..40).prop_map(|pieces| pieces.concat())
}

/// The regular expression `{{([^}]*)}}`, tried at every place.
fn search(content: &[u8], from: usize) -> Option<Range<usize>> {
    (from..content.len()).find_map(|open| {
        let inside = content[open..].strip_prefix(b"{{")?;
        let length = inside.iter().take_while(|b| **b != b'}').count();
        inside[length..]
            .starts_with(b"}}")
            .then_some(open + 2..open + 2 + length)
    })
}

proptest! {
    #[test]
    fn expressions_are_where_the_regular_expression_finds_them(content in contents()) {
        let mut from = 0;
        loop {
            let found = find(&content, from);
            prop_assert_eq!(&found, &search(&content, from));
            let Some(found) = found else { break };
            from = found.end + 2;
        }
    }

    #[test]
    fn errors_are_inside_the_content(content in contents()) {
        crate::fuzz::template(&content);
    }

    #[test]
    fn any_bytes_can_be_a_template(content in any::<Vec<u8>>()) {
        crate::fuzz::template(&content);
    }

    #[test]
    fn what_is_around_expressions_is_unchanged(
        before in "[^{}]{0,20}",
        after in "[^{}]{0,20}",
    ) {
        let (_temp, context) = context();
        let content = format!("{before}{{{{url_base}}}}{after}");
        let result = substitute(content.as_bytes(), "/f", Escape::Html, &context);
        prop_assert_eq!(result.unwrap(), format!("{before}/{after}").into_bytes());
    }

    #[test]
    fn escaped_values_hold_no_markup(value in any::<Vec<u8>>()) {
        let mut out = Vec::new();
        Escape::Html.write(&value, &mut out);
        prop_assert!(!out.iter().any(|b| b"<>\"'".contains(b)));
        let plain = [
            ("&lt;", "<"), ("&gt;", ">"), ("&quot;", "\""), ("&#x27;", "'"), ("&amp;", "&"),
        ];
        let mut text: String = out.iter().copied().map(char::from).collect();
        for (reference, character) in plain {
            text = text.replace(reference, character);
        }
        let value: String = value.iter().copied().map(char::from).collect();
        prop_assert_eq!(text, value);
    }
}
