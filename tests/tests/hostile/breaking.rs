//! The runtime that a script is in: its modules, its hooks, host's functions.

use crate::{ask, ask_h2, beside, builder};

/// Ways to break it; each takes whatever comes of it.
const WAYS: &[&str] = &[
    "builtins", "modules", "wptserve", "runtime", "bindings", "trace", "hooks", "gc", "streams",
    "limits", "code",
];

#[test]
fn what_a_script_breaks_is_whole_for_the_next_request() {
    beside(builder().start(), |host| {
        let fresh = ask(host, "/hostile/breaks.py?how=look");
        assert_eq!(fresh.status, 200, "{fresh:?}");
        for (number, way) in WAYS.iter().enumerate() {
            let target = format!("/hostile/breaks.py?how={way}");
            let answer = match number % 2 {
                0 => ask(host, &target),
                _ => ask_h2(host, &target),
            };
            assert!(matches!(answer.status, 200 | 500), "{way}: {answer:?}");
            let now = ask(host, "/hostile/breaks.py?how=look");
            assert_eq!(now.text, fresh.text, "after {way}");
        }
    });
}

#[test]
fn nonsense_for_hosts_functions_harms_the_script_alone() {
    beside(builder().start(), |host| {
        let names = ask(host, "/hostile/binds.py").text;
        let names: Vec<&str> = names.split(' ').collect();
        assert!(names.len() > 20, "{names:?}");
        for (number, name) in names.iter().enumerate() {
            let target = format!("/hostile/binds.py?how={name}");
            let answer = match number % 2 {
                0 => ask(host, &target),
                _ => ask_h2(host, &target),
            };
            // An exception of the script's, or the end of it.
            let is_refused = answer.status == 500 || !answer.text.starts_with("got");
            assert!(is_refused, "{name}: {answer:?}");
        }
    });
}
