//! Mocks as JSON.

use proptest::prelude::*;
use serde_json::{Value, json};

use super::any;
use crate::{Answer, Body, Condition, Expected, Mock, Response, Times, respond};

fn read(json: Value) -> Result<Mock, String> {
    // As text, as it comes.
    serde_json::from_str(&json.to_string()).map_err(|error| error.to_string())
}

proptest! {
    #[test]
    fn any_mock_is_read_as_it_was_written(mock in any::mock()) {
        let told = serde_json::to_value(&mock).unwrap();
        let again = read(told.clone()).unwrap();
        prop_assert_eq!(serde_json::to_value(&again).unwrap(), told);
        prop_assert_eq!(again.limit(), mock.limit());
    }

    #[test]
    fn any_json_is_a_mock_or_an_error(value in any::value()) {
        let _ = read(value.clone());
        let _ = read(json!({"response": value}));
        let _ = read(json!({"response": {}, "when": [value]}));
        let _ = read(json!({"wire": [value]}));
    }

    /// Whatever is put in place of one of its values.
    #[test]
    fn a_mock_with_a_mistake_is_one_or_an_error(
        mock in any::mock(),
        value in any::value(),
        at in any::<prop::sample::Index>(),
    ) {
        let mut told = serde_json::to_value(&mock).unwrap();
        let mut places = Vec::new();
        pointers(&told, String::new(), &mut places);
        let place = at.get(&places);
        *told.pointer_mut(place).unwrap() = value;
        let _ = read(told);
    }
}

fn pointers(value: &Value, here: String, places: &mut Vec<String>) {
    let escaped = |key: &str| key.replace('~', "~0").replace('/', "~1");
    match value {
        Value::Object(object) => {
            for (key, value) in object {
                pointers(value, format!("{here}/{}", escaped(key)), places);
            }
        }
        Value::Array(array) => {
            for (n, value) in array.iter().enumerate() {
                pointers(value, format!("{here}/{n}"), places);
            }
        }
        _ => {}
    }
    places.push(here);
}

#[test]
fn the_least_is_an_answer() {
    let mock = read(json!({"response": {}})).unwrap();
    assert_eq!(
        (mock.limit(), mock.priority, mock.when.len()),
        (Some(1), 0, 0)
    );
    let Answer::Response(response) = mock.answer else {
        panic!("{mock:?}")
    };
    assert_eq!(*response, Response::default());
    let expected = read(json!({"response": {}, "expect": 2})).unwrap();
    assert_eq!(expected.limit(), None);
    let two = Expected {
        at_least: 2,
        at_most: Some(2),
    };
    assert_eq!(expected.expect, Some(two));
    let always = read(json!({"response": {}, "times": null})).unwrap();
    assert_eq!(always.times, Times::Always);
}

#[test]
fn forms_that_are_shorter() {
    let mock = read(json!({
        "response": {"body": {"base64": "AP8="}, "headers": {"A": "b"}, "delay": 0.5},
        "expect": {"at_most": 3},
    }))
    .unwrap();
    let told = serde_json::to_value(&mock).unwrap();
    assert_eq!(told["response"]["body"], json!({"base64": "AP8="}));
    assert_eq!(told["response"]["headers"], json!([["A", "b"]]));
    assert_eq!(
        told["response"]["delay"],
        json!({"request": 0.0, "head": 0.5, "body": 0.0, "end": 0.0})
    );
    assert_eq!(told["expect"], json!({"at_least": 0, "at_most": 3}));
    let empty: Response = serde_json::from_value(json!({"body": ""})).unwrap();
    assert_eq!(empty.body, Body::Empty);
}

#[test]
fn mistakes_are_told() {
    for (mistake, why) in [
        (
            json!({}),
            "no answer: one of response, wire, handler, callback",
        ),
        (
            json!({"response": {}, "handler": "a"}),
            "two answers: only one of response, wire",
        ),
        (json!({"response": {}, "time": 1}), "unknown field `time`"),
        (
            json!({"response": {}, "times": 0}),
            "times: 1 or more, or null for always",
        ),
        (
            json!({"response": {"status": 70000}}),
            "invalid value: integer `70000`, expected u16",
        ),
        (
            json!({"response": {"delay": -1}}),
            "a number of seconds, or an object with some of",
        ),
        (
            json!({"response": {"body": 1}}),
            "a string, or an object with one of base64, json",
        ),
        (
            json!({"response": {"fault": {"kind": "x"}}}),
            "unknown variant `x`, expected one of",
        ),
        (
            json!({"response": {}, "when": [{"path": {"regex": "("}}]}),
            "unclosed group",
        ),
        (
            json!({"response": {}, "when": [{"function": null}]}),
            "unknown variant `function`",
        ),
        (
            json!({"wire": [{"op": "write-data"}]}),
            "missing field `data`",
        ),
        (
            json!({"wire": [{"op": "sleep", "seconds": 1e9}]}),
            "a time is 0 to 86400 seconds",
        ),
    ] {
        let error = read(mistake.clone()).unwrap_err();
        assert!(error.contains(why), "{mistake}: {error}");
    }
    let deep = "{\"not\":".repeat(100_000);
    assert!(serde_json::from_str::<Condition>(&deep).is_err());
}

#[test]
fn what_is_a_function_is_only_said_to_be_there() {
    let never = Condition::Function(crate::Predicate(std::sync::Arc::new(|_| false)));
    let mock = respond(Answer::function(|_| 200)).when(Condition::Not(Box::new(never)));
    assert_eq!(
        serde_json::to_value(&mock).unwrap(),
        json!({"when": [{"not": {"function": null}}], "priority": 0})
    );
}
