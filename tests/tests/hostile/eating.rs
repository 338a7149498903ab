//! Memory, time, log and answers without end.

use host_tests::attack::{Cost, attack};

use crate::{ask, ask_h2, builder};

/// What scripts do, and what the log says of it: one of these.
const DOINGS: &[(&str, &[&str])] = &[
    ("memory", &["memory limit"]),
    ("at_once", &["MemoryError"]),
    ("doubling", &["memory limit"]),
    ("objects", &["memory limit", "CPU time limit"]),
    (
        "recursion",
        &["memory limit", "stack limit", "CPU time limit"],
    ),
    (
        "recursion_in_c",
        &["memory limit", "stack limit", "CPU time limit"],
    ),
    (
        "comparing",
        &["memory limit", "stack limit", "CPU time limit"],
    ),
    (
        "deep_json",
        &["stack limit", "memory limit", "RecursionError"],
    ),
    (
        "deep_source",
        &["stack limit", "memory limit", "SyntaxError"],
    ),
    ("deep_pickle", &["memory limit", "stack limit", "Error"]),
    ("zip_bomb", &["memory limit", "CPU time limit"]),
    ("integers", &["CPU time limit", "memory limit"]),
    ("backtracking", &["CPU time limit"]),
    ("catching", &["CPU time limit"]),
    ("in_c", &["CPU time limit"]),
    ("sleep", &["wall time limit"]),
    (
        "fields",
        &["CPU time limit", "memory limit", "response head limit"],
    ),
    ("long-field", &["response head limit"]),
    (
        "cookies",
        &["memory limit", "CPU time limit", "response head limit"],
    ),
    ("generator", &["limit of 4 MiB"]),
    ("empty-pieces", &["CPU time limit"]),
    ("lazy", &["ZeroDivisionError"]),
    ("lazy-loop", &["CPU time limit"]),
    ("lazy-memory", &["memory limit"]),
    ("endless-file", &["limit of 4 MiB"]),
    ("writer", &["limit of 4 MiB"]),
    ("content", &["limit of 4 MiB"]),
];

/// What host's memory may grow by: what one script may use and the one beside it,
/// the interpreter included, and buffers.
const MODEST: Cost = Cost {
    memory: 320 << 20,
    // Twenty times the limit on CPU time would be 40, and the interpreters'.
    cpu: 60.0,
};

#[test]
fn a_script_meets_its_limits_and_the_log_names_them() {
    attack("scripts that eat", builder().start(), MODEST, |host| {
        for (number, (doing, says)) in DOINGS.iter().enumerate() {
            let target = format!("/hostile/eats.py?do={doing}");
            // One protocol for each: most of these take their whole time.
            match number % 2 {
                0 => ask(host, &target).failed(),
                _ => ask_h2(host, &target).failed(),
            }
            host.wait_for(&format!("{says:?} of {doing}"), |event| {
                event["event"] == "log"
                    && event["handler"] == "/hostile/eats.py"
                    && event["level"] == "error"
                    && says.iter().any(|part| event.to_string().contains(part))
            });
            let fine = host.get("/fine.py").expect(200).text();
            assert_eq!(fine, "fine", "after {doing}");
        }
    });
}

#[test]
fn a_script_floods_no_log() {
    let host = builder().args(["--log-bytes", "10 KiB"]).start();
    for doing in ["log", "errors"] {
        ask(&host, &format!("/hostile/eats.py?do={doing}")).failed();
        host.wait_for_event("log", "over its limit of 10240 bytes");
    }
    assert_eq!(ask(&host, "/hostile/eats.py?do=one_line").status, 200);
    // Neither by what it fails with.
    ask(&host, "/hostile/leaves.py?way=long").failed();
    host.wait_for_event("log", "bytes are left out");
    let logged = host.log().len();
    assert!(logged < 256 << 10, "{logged} bytes");
    host.stop();
}
