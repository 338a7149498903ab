//! What holds for any string of pipes.

use proptest::prelude::*;

use super::super::parse::parse;
use super::*;

/// A string that holds what the grammar minds.
fn strings() -> impl Strategy<Value = String> {
    const NAMES: [&str; 7] = ["sub", "status", "header", "slice", "trickle", "gzip", "f"];
    const MARKS: [&str; 14] = [
        "(", ")", ",", "|", "\\", ":", "d1", "r2", "10", "-", "é", "☃", " ", "\n",
    ];
    let piece = prop_oneof![
        prop::sample::select(&NAMES[..]).prop_map(str::to_owned),
        prop::sample::select(&MARKS[..]).prop_map(str::to_owned),
        any::<char>().prop_map(String::from),
    ];
    prop::collection::vec(piece, 0..40).prop_map(|pieces| pieces.concat())
}

/// An argument as a string must have it for `parse` to give it back.
fn escaped(argument: &str) -> String {
    let mut escaped = String::new();
    for c in argument.chars() {
        match c {
            '\n' => escaped.push_str("\\n"),
            '\r' => escaped.push_str("\\r"),
            '\t' => escaped.push_str("\\t"),
            ',' | ')' | '\\' => escaped.extend(['\\', c]),
            c => escaped.push(c),
        }
    }
    escaped
}

proptest! {
    #[test]
    fn mistakes_are_inside_the_string_and_can_be_shown(pipes in strings()) {
        crate::fuzz::pipes(pipes.as_bytes());
    }

    #[test]
    fn any_bytes_can_be_a_query_and_a_string(bytes in any::<Vec<u8>>()) {
        crate::fuzz::pipes(&bytes);
    }

    #[test]
    fn what_is_escaped_comes_back(
        calls in prop::collection::vec(
            ("[^(|]{1,8}", prop::collection::vec(any::<String>(), 1..4)),
            0..5,
        ),
    ) {
        let pipes: String = calls
            .iter()
            .map(|(name, arguments)| {
                let arguments: Vec<_> = arguments.iter().map(|a| escaped(a)).collect();
                format!("{name}({})", arguments.join(","))
            })
            .collect();
        let parsed: Vec<_> = parse(&pipes)
            .unwrap()
            .into_iter()
            .map(|call| {
                let arguments: Vec<_> = call.arguments.iter().map(|a| a.text().to_owned()).collect();
                (call.name, arguments)
            })
            .collect();
        prop_assert_eq!(parsed, calls);
    }

    #[test]
    fn an_arguments_places_are_those_of_its_characters(text in any::<String>()) {
        let pipes = format!("f({})", escaped(&text));
        let calls = parse(&pipes).unwrap();
        let argument = &calls[0].arguments[0];
        for (at, c) in text.char_indices() {
            let rest = &pipes[argument.place(at)..];
            prop_assert!(rest.starts_with(&escaped(&c.to_string())));
        }
        prop_assert_eq!(argument.place(text.len()), pipes.len() - 1);
    }

    #[test]
    fn a_slice_is_never_longer_than_what_it_is_of(start: i64, end: i64, length in 0..100usize) {
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        let content = "x".repeat(length);
        let sliced = runtime.block_on(run(&content, &format!("slice({start},{end})"))).unwrap();
        prop_assert!(sliced.body.length().unwrap() <= length as u64);
    }
}
