//! Handlers that do harm, one by one beside a healthy one under load: each
//! hurts only its own request, and the log says which limit it met.

use host_tests::Host;
use host_tests::h2::headers;
use host_tests::load::Load;

const CHAOS: &str = "/chaos";

/// Low enough that a limit is met at once, but on a busy machine not by the
/// healthy neighbour.
const FLAGS: [&str; 12] = [
    "--memory",
    "16MiB",
    "--wall-time",
    "2s",
    "--cpu-time",
    "500ms",
    "--response-bytes",
    "1MiB",
    "--log-bytes",
    "10KiB",
    "--max-instances",
    "50",
];

fn host_with(flags: &[&str]) -> Host {
    Host::builder()
        .plugins(&["hello"])
        .test_plugins(&["chaos"])
        .args(FLAGS)
        .args(flags.iter().copied())
        .start()
}

/// Lets the handler do its harm beside a healthy one. Whatever the client is
/// told, the log names the handler and `says`.
fn harm(flags: &[&str], what: &str, status: &[u16], says: &str) -> Host {
    let mut host = host_with(flags);
    let load = Load::get(&host, 2, "/hello", "Hello");
    load.wait_for(10);
    let target = format!("{CHAOS}?do={what}");

    // On HTTP/1 an answer that cannot be completed is one that is cut off.
    let mut client = host.h1();
    client.send(format!("GET {target} HTTP/1.1\r\nHost: test\r\n\r\n"));
    let mut answer = client.try_head().expect("a head");
    let _ = client.try_body(&mut answer);
    assert!(
        status.contains(&answer.status),
        "{answer:?} {}",
        answer.text()
    );
    let answer = host.h2().get(1, &target).answer(1);
    assert!(status.contains(&answer.status), "{answer:?}");

    let log = host.wait_for(&format!("{says:?} of {CHAOS}"), |e| {
        e["event"] == "log"
            && e["handler"] == CHAOS
            && e["message"].as_str().is_some_and(|m| m.contains(says))
    });
    assert!(log["level"].is_string(), "{log}");
    load.wait_for(10);
    load.stop();
    host.assert_well();
    host
}

#[test]
fn one_that_loops_meets_its_cpu_time() {
    let host = harm(&[], "loop", &[500, 503], "CPU time");
    let answer = host.get("/chaos?do=loop");
    assert!(answer.text().contains("CPU time"), "{}", answer.text());
    host.stop();
}

#[test]
fn one_that_eats_memory_meets_its_memory() {
    harm(&[], "memory", &[500, 503], "memory").stop();
}

#[test]
fn one_that_recurses_traps_at_the_end_of_its_stack() {
    // A guest's own stack lies in its memory, below everything else: it runs
    // off its end before host's is used up.
    harm(&[], "recurse", &[500], "trapped").stop();
}

#[test]
fn one_that_traps_shows_where_in_the_log_only() {
    for what in ["trap", "panic"] {
        let host = harm(&[], what, &[500], "trapped");
        let log = host.wait_for("a backtrace", |e| e["backtrace"].is_string());
        let backtrace = log["backtrace"].as_str().unwrap();
        assert!(backtrace.contains("chaos"), "{backtrace}");
        // The URL in the message says what was asked for.
        let url = format!("/chaos?do={what}");
        let answer = host.get(&url).expect(500).text().replace(&url, "");
        assert!(answer.contains("suppressed"), "{answer}");
        assert!(!answer.contains(what), "{answer}");
        host.stop();
    }
}

#[test]
fn one_that_hoards_handles_meets_their_number() {
    harm(&[], "handles", &[500], "handles").stop();
}

#[test]
fn one_that_sets_too_much_meets_the_response_s_bounds() {
    harm(&[], "content&bytes=4000000", &[500], "response").stop();
    harm(&[], "headers", &[500], "response head").stop();
}

#[test]
fn one_that_traps_shows_where_in_the_answer_for_its_developer() {
    let host = host_with(&["--dev"]);
    let answer = host.get("/chaos?do=trap").expect(500);
    assert!(answer.text().contains("trapped"), "{}", answer.text());
    assert!(answer.text().contains("chaos"), "{}", answer.text());
    host.stop();
}

#[test]
fn one_that_sleeps_meets_its_wall_time() {
    let host = harm(&[], "sleep", &[500, 503, 504], "wall");
    let answer = host.get("/chaos?do=sleep");
    assert!(answer.text().contains("wall"), "{}", answer.text());
    host.stop();
}

#[test]
fn one_that_never_stops_writing_meets_its_response_bytes() {
    let host = harm(&[], "flood", &[200, 500, 503], "response");
    // Where a head has been sent the end is a reset, or the end of the
    // connection in the middle of a chunked body.
    let answer = host.h2().get(1, "/chaos?do=flood").answer(1);
    assert!(answer.body.len() <= 1 << 20, "{}", answer.body.len());
    assert!(answer.status != 200 || answer.reset.is_some(), "{answer:?}");
    host.stop();
}

#[test]
fn one_that_logs_without_end_is_cut_off_and_answered() {
    let host = harm(&[], "logflood", &[200], "log");
    let logged: usize = host
        .events()
        .iter()
        .filter(|e| e["event"] == "log" && e["handler"] == CHAOS)
        .filter_map(|e| e["message"].as_str())
        .map(str::len)
        .sum();
    assert!(logged < 3 * 2 * 10 * 1024, "{logged}");
    host.stop();
}

#[test]
fn one_that_says_nothing_is_answered_for() {
    let host = host_with(&[]);
    let answer = host.get("/chaos?do=silent").expect(200);
    assert_eq!(answer.field("content-length"), Some("0"));
    let answer = host.h2().get(1, "/chaos?do=silent").answer(1).expect(200);
    assert_eq!(answer.text(), "");
    host.stop();
}

#[test]
fn more_requests_than_instances_are_told_to_come_again() {
    let host = Host::builder()
        .plugins(&["hello", "frames"])
        .args(["--max-instances", "3"])
        .start();
    let mut client = host.h2();
    for stream in [1, 3, 5] {
        let post = headers(stream).post("/frames").field("test", "pass");
        client.send(post.end_headers());
        client.expect(headers(stream).status(200));
    }
    let busy = host.get("/hello").expect(503);
    assert!(busy.field("retry-after").is_some(), "{busy:?}");
    assert!(
        busy.text().contains("requests at a time"),
        "{}",
        busy.text()
    );
    host.wait_for_event("log", "requests at a time");
    // A request that waits is answered when one is free.
    client.send(host_tests::h2::data(1, b"").end_stream());
    client.answer(1);
    host.get("/hello").expect(200);
    drop(client);
    host.stop();
}

#[test]
fn limits_can_be_set_in_the_configuration() {
    let host = Host::builder()
        .plugins(&["hello"])
        .test_plugins(&["chaos"])
        .config("[limits]\nwall-time = \"1s\"\ncpu-time = \"200 ms\"\n")
        .start();
    let answer = host.get("/chaos?do=loop");
    assert!(answer.text().contains("CPU time"), "{}", answer.text());
    host.stop();
}
