//! Who is chosen, what is kept, and what is said where it is not as expected.

use std::collections::HashMap;
use std::sync::Arc;

use parking_lot::Mutex;
use serde_json::json;

use super::request;
use crate::board::Choice;
use crate::limits::FAULTS;
use crate::{Condition, ConnectionFault, Limits, Mock, Mocks, TooMany, respond};

fn board() -> Arc<Mocks> {
    Mocks::new(Limits::default(), false)
}

/// A mock with these keys, which answers 200.
fn mock(mut keys: serde_json::Value) -> Mock {
    keys["response"] = json!({});
    serde_json::from_value(keys).unwrap()
}

/// The mock that answers, or why none does.
fn chosen(mocks: &Mocks, method: &str, target: &str) -> Result<u64, String> {
    match mocks.choose(&request(method, target, "")) {
        Choice::Mock { id, .. } => Ok(id),
        Choice::Unmatched { why, .. } => Err(why),
    }
}

/// Keeps a request; gives its number.
fn keep(mocks: &Mocks, body: &str) -> u64 {
    let mut kept = Arc::new(request("GET", "/", body));
    mocks.record(&mut kept);
    kept.id
}

#[test]
fn mocks_are_asked_by_priority_then_conditions_then_age() {
    let mocks = board();
    let get = json!({"when": [{"method": "GET"}]});
    for keys in [
        json!({}),
        get.clone(),
        json!({}),
        get.clone(),
        json!({"priority": -1, "times": null}),
        json!({"when": [{"path": "/never"}], "priority": 9}),
        json!({"when": [{"path": "/"}], "priority": 2}),
    ] {
        mocks.add(mock(keys)).unwrap();
    }
    let mut order = Vec::new();
    for _ in 0..7 {
        order.push(chosen(&mocks, "GET", "/").unwrap());
    }
    // FIFO of those for the method, FIFO of those for any, the one that is last for ever.
    assert_eq!(order, [7, 2, 4, 1, 3, 5, 5]);
    assert_eq!(chosen(&mocks, "PUT", "/"), Ok(5));
    let listed: Vec<_> = mocks.list().iter().map(|l| (l.id, l.answered)).collect();
    assert_eq!(
        listed,
        [(6, 0), (7, 1), (2, 1), (4, 1), (1, 1), (3, 1), (5, 3)]
    );
    assert_eq!(mocks.mock(5).unwrap().answered, 3);
    assert!(mocks.remove(5) && !mocks.remove(5) && mocks.mock(5).is_none());
}

#[test]
fn a_mock_answers_as_often_as_it_says_however_many_ask() {
    const THREADS: usize = 8;
    let mocks = board();
    let first = mocks.add(respond("a").times(100)).unwrap();
    let second = mocks.add(respond("b").times(50)).unwrap();
    let answered = Mutex::new(HashMap::new());
    std::thread::scope(|scope| {
        for _ in 0..THREADS {
            scope.spawn(|| {
                for _ in 0..50 {
                    let chosen = chosen(&mocks, "GET", "/").ok();
                    *answered.lock().entry(chosen).or_insert(0) += 1;
                }
            });
        }
    });
    let expected = [(Some(first), 100), (Some(second), 50), (None, 250)];
    assert_eq!(answered.into_inner(), HashMap::from(expected));
    assert!(mocks.verify().is_ok());
}

#[test]
fn the_closest_miss_is_told() {
    let mocks = board();
    mocks
        .add(mock(json!({"when": [{"method": "PUT"}, {"path": "/a"}]})))
        .unwrap();
    mocks
        .add(mock(json!({"when": [{"method": "GET"}, {"path": "/a"}]})))
        .unwrap();
    assert_eq!(
        chosen(&mocks, "GET", "/b?c").unwrap_err(),
        "no response available: mock 2 is closest, and wants that the path is \"/a\", but it is \"/b\""
    );
    assert_eq!(chosen(&mocks, "GET", "/a"), Ok(2));
    assert_eq!(
        chosen(&mocks, "GET", "/a").unwrap_err(),
        "no response available: mock 2 would do, and has answered 1 times already"
    );
}

#[test]
fn every_condition_says_what_it_misses() {
    let long = "x".repeat(100);
    let cases = [
        (
            json!({"target": {"starts_with": "/z"}}),
            "the target starts with \"/z\", but it is \"/a?q=1\"",
        ),
        (
            json!({"query": {"name": "q", "is": "2"}}),
            "the query's q is \"2\", but it is \"1\"",
        ),
        (
            json!({"query": {"name": "r"}}),
            "the query's r is there, but there is none",
        ),
        (
            json!({"header": {"name": "x-a", "is": {"contains": "2"}}}),
            "the field x-a contains \"2\", but it is \"1\"",
        ),
        (
            json!({"cookie": {"name": "c"}}),
            "the cookie c is there, but there is none",
        ),
        (
            json!({"form": {"name": "f"}}),
            "the form's f is there, but there is none",
        ),
        (
            json!({"body": {"regex": "^y"}}),
            "the body matches /^y/, but it is \"{\\\"k\\\":[1]}\"",
        ),
        (
            json!({"json": {"k": [2]}}),
            "the body is the JSON {\"k\":[2]}, but it is \"{\\\"k\\\":[1]}\"",
        ),
        (
            json!({"json_includes": {"l": 1}}),
            "the body's JSON includes {\"l\":1}, but it is \"{\\\"k\\\":[1]}\"",
        ),
        (
            json!({"json_at": {"pointer": "/k/0", "is": 2}}),
            "the body's JSON at /k/0 is 2, but it is \"1\"",
        ),
        (
            json!({"json_at": {"pointer": "/l", "is": 2}}),
            "the body's JSON at /l is 2, but there is nothing",
        ),
        (
            json!({"protocol": "HTTP/2.0"}),
            "the protocol is \"HTTP/2.0\", but it is \"HTTP/1.1\"",
        ),
        (
            json!({"scheme": "https"}),
            "the scheme is \"https\", but it is \"http\"",
        ),
        (
            json!({"authority": {"ends_with": long}}),
            &format!(
                "the authority ends with \"{}\"… (100 bytes), but it is \"h\"",
                &long[..60]
            ),
        ),
        (
            json!({"not": {"method": "GET"}}),
            "not the method is \"GET\"",
        ),
        (
            json!({"any": [{"path": "/x"}, {"path": "/y"}]}),
            "(the path is \"/x\" or the path is \"/y\")",
        ),
        (json!({"all": [{"path": "/x"}]}), "(the path is \"/x\")"),
    ];
    let request = request("GET", "/a?q=1", "{\"k\":[1]}");
    for (condition, miss) in cases {
        let mock = mock(json!({"when": [condition]}));
        assert_eq!(mock.misses(&request), [miss]);
        let not = Condition::Not(Box::new(mock.when[0].clone()));
        assert!(not.holds(&request));
    }
}

#[test]
fn conditions_hold() {
    let request = request(
        "GET",
        "/a?q=1&q=%32",
        "{\"k\":[1,{\"l\":null}],\"m\":\"n\"}",
    );
    for condition in [
        json!({"method": "GET"}),
        json!({"path": {"regex": "^/[a-c]$"}}),
        json!({"query": {"name": "q", "is": "2"}}),
        json!({"header": {"name": "x-A", "is": "1"}}),
        json!({"body": {"contains": ""}}),
        json!({"body": {"base64": "eyJrIjpbMSx7ImwiOm51bGx9XSwibSI6Im4ifQ=="}}),
        json!({"json": {"m": "n", "k": [1, {"l": null}]}}),
        json!({"json_includes": {"k": [1, {"l": null}]}}),
        json!({"json_at": {"pointer": "/k/1/l", "is": null}}),
        json!({"json_at": {"pointer": "", "is": {"m": "n", "k": [1, {"l": null}]}}}),
        json!({"any": [{"method": "PUT"}, {"method": "GET"}]}),
        json!({"all": []}),
        json!({"not": {"any": []}}),
    ] {
        let condition: Condition = serde_json::from_value(condition).unwrap();
        assert!(condition.holds(&request), "{condition}");
    }
}

#[test]
fn what_is_expected_is_verified() {
    let mocks = board();
    mocks
        .add(
            respond("a")
                .when(Condition::Path("/a".into()))
                .expect(2..=2),
        )
        .unwrap();
    mocks
        .add(respond("b").when(Condition::Path("/b".into())).expect(..1))
        .unwrap();
    mocks
        .add(respond("c").when(Condition::Path("/c".into())).expect(1..))
        .unwrap();
    let mut texts = Vec::new();
    for target in ["/a", "/b", "/d"] {
        let mut kept = request("GET", target, "");
        match mocks.choose(&kept) {
            Choice::Mock { id, .. } => kept.mock = Some(id),
            Choice::Unmatched { why, .. } => {
                texts.push(why.clone());
                kept.unmatched = Some(why);
            }
        }
        mocks.record(&mut Arc::new(kept));
    }
    assert_eq!(
        mocks.verify().unwrap_err().0,
        [
            "mock 1 (the path is \"/a\") has answered 1 request, and exactly 2 are expected; \
             GET /b came closest, but wanted is that the path is \"/a\", but it is \"/b\"",
            "mock 2 (the path is \"/b\") has answered 1 request, and exactly 0 are expected",
            "mock 3 (the path is \"/c\") has answered 0 requests, and at least 1 are expected; \
             GET /a came closest, but wanted is that the path is \"/c\", but it is \"/a\"",
            &format!("nothing answered GET /d: {}", texts[0]),
        ]
    );
    mocks.reset();
    assert!(mocks.verify().is_ok());
}

#[test]
fn what_nothing_answered_is_told_when_it_is_no_longer_kept() {
    let limits = Limits {
        requests: 1,
        ..Limits::default()
    };
    let mocks = Mocks::new(limits, false);
    for target in ["/a", "/b", "/c"] {
        let mut kept = request("GET", target, "");
        kept.unmatched = Some("no".to_owned());
        mocks.record(&mut Arc::new(kept));
    }
    let unmet = mocks.verify().unwrap_err().0;
    assert_eq!(
        unmet,
        [
            "nothing answered GET /c: no",
            "nothing answered 2 requests more"
        ]
    );
}

#[test]
fn the_oldest_requests_go() {
    let limits = Limits {
        requests: 3,
        ..Limits::default()
    };
    let mocks = Mocks::new(limits, false);
    for _ in 0..5 {
        keep(&mocks, "");
    }
    let ids: Vec<_> = mocks.requests(0).iter().map(|r| r.id).collect();
    assert_eq!(ids, [3, 4, 5]);
    assert_eq!((mocks.counts().received, mocks.counts().dropped), (5, 2));
    assert_eq!(mocks.take().unwrap().id, 3);
    assert_eq!(mocks.requests(4).len(), 1);
    assert!(mocks.requests(99).is_empty());

    let limits = Limits {
        bytes: 10_000,
        ..Limits::default()
    };
    let mocks = Mocks::new(limits, false);
    for _ in 0..5 {
        keep(&mocks, &"x".repeat(4_000));
    }
    assert_eq!(mocks.requests(0).len(), 2);
    // One that is too large alone is not kept at all, and counted.
    keep(&mocks, &"x".repeat(40_000));
    assert!(mocks.requests(0).is_empty());
    assert_eq!((mocks.counts().received, mocks.counts().dropped), (6, 6));
}

#[test]
fn what_is_forgotten_counts_nowhere() {
    let mocks = board();
    let early = keep(&mocks, "");
    mocks.forget_requests();
    // Its answer ends late.
    mocks.answered(early);
    assert_eq!(mocks.counts(), Default::default());
    let id = keep(&mocks, "");
    assert_eq!(id, early + 1, "numbers go on");
    mocks.answered(id);
    assert_eq!(mocks.counts().answered, 1);
    assert_eq!(mocks.take().unwrap().id, id);
    let mock = mocks.add(respond("x")).unwrap();
    mocks.reset();
    assert!(mocks.list().is_empty() && mocks.take().is_none());
    assert!(mocks.add(respond("x")).unwrap() > mock);
}

#[test]
fn mocks_are_bounded() {
    let limits = Limits {
        mocks: 2,
        ..Limits::default()
    };
    let mocks = Mocks::new(limits, false);
    assert_eq!(
        mocks.add_all([respond("a"), respond("b"), respond("c")]),
        Err(TooMany::Mocks(2))
    );
    assert!(mocks.list().is_empty(), "all or none");
    assert_eq!(
        mocks.add_all([respond("a"), respond("b").expect(1..)]),
        Ok(1..3)
    );
    assert_eq!(mocks.add(respond("c")), Err(TooMany::Mocks(2)));
    // The first has answered, and nobody will ask for it.
    chosen(&mocks, "GET", "/").unwrap();
    assert_eq!(mocks.add(respond("c")), Ok(3));
    mocks.clear();
    assert_eq!(mocks.add(respond("d")), Ok(4));
}

#[test]
fn connections_fail_as_often_as_they_should() {
    let mocks = board();
    let (reset, alert) = (
        ConnectionFault::Reset,
        ConnectionFault::TlsAlert { alert: 40 },
    );
    for (fault, times) in [(reset, 2), (alert, 1), (alert, 0)] {
        mocks.fail_connections(fault, times).unwrap();
    }
    let faults: Vec<_> = (0..4).map(|_| mocks.connection_fault()).collect();
    assert_eq!(faults, [Some(reset), Some(reset), Some(alert), None]);
    for _ in 0..FAULTS {
        mocks.fail_connections(reset, 2).unwrap();
    }
    let full = mocks.fail_connections(reset, 1);
    assert_eq!(full, Err(TooMany::Faults(FAULTS)));
    mocks.clear_connection_faults();
    assert_eq!(mocks.connection_fault(), None);
}
