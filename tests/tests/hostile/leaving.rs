//! Ways out of a script.

use crate::{ask, ask_h2, beside, builder};

/// Ways, and what the log says of each.
const WAYS: &[(&str, &str)] = &[
    ("exit", "SystemExit: 3"),
    ("exit-text", "SystemExit: words"),
    ("quit", "SystemExit: None"),
    ("os-exit", "Exited with i32 exit status 0"),
    ("abort", "trap"),
    ("raise-signal", ""),
    ("base", "Base: seen"),
    ("interrupt", "KeyboardInterrupt"),
    ("generator-exit", "GeneratorExit"),
    ("unprintable", "Unprintable"),
    ("endless", "CPU time limit"),
    ("nameless", "leave"),
    ("group", "BaseExceptionGroup"),
    ("chain", ""),
    ("circle", ""),
    ("deep", "RecursionError"),
    ("surrogates", "forged line"),
    ("crash", "trap"),
    ("bad-code", ""),
];

#[test]
fn however_a_script_leaves_it_is_a_500_and_the_next_one_runs() {
    beside(builder().start(), |host| {
        for (number, (way, says)) in WAYS.iter().enumerate() {
            let target = format!("/hostile/leaves.py?way={way}");
            let answer = match number % 2 {
                0 => ask(host, &target),
                _ => ask_h2(host, &target),
            };
            assert_eq!(answer.status, 500, "{way}: {answer:?}");
            host.wait_for(&format!("{says:?} of {way}"), |event| {
                event["event"] == "log"
                    && event["handler"] == "/hostile/leaves.py"
                    && event["level"] == "error"
                    && event.to_string().contains(says)
            });
        }
        // What would run behind the answer does not.
        for way in ["atexit", "finaliser"] {
            let answer = ask(host, &format!("/hostile/leaves.py?way={way}"));
            assert_eq!((answer.status, &*answer.text), (200, "left"), "{way}");
        }
    });
}
