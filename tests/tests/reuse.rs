//! Python's interpreter, kept for several requests: `reuse` in host.toml.

use host_tests::{Host, HostBuilder};

/// Counts the requests that its module has seen.
const COUNT: &str = "import counter\n\
                     def main(request, response):\n\
                     \x20   counter.seen += 1\n\
                     \x20   print('request %d' % counter.seen)\n\
                     \x20   return '%s %d' % (counter.name, counter.seen)\n";

const COUNTER: &str = "name = 'old'\nseen = 0\n";

fn builder() -> HostBuilder {
    let builder = Host::builder().scripts();
    builder.file("count.py", COUNT).file("counter.py", COUNTER)
}

#[test]
fn modules_stay_for_as_many_requests_and_an_edit_shows_at_once() {
    let host = builder().config("reuse = 3\n").start();
    let mut client = host.h1();
    let mut get = |path: &str| client.get(path).expect(200).text();
    let told: Vec<String> = (0..6).map(|_| get("/count.py")).collect();
    // A file that has only just come could change unseen: nothing is kept then.
    let kept = told.iter().any(|told| told == "old 3");
    assert!(kept && !told.iter().any(|told| told == "old 4"), "{told:?}");

    host.plugins()
        .put("counter.py", COUNTER.replace("old", "new"));
    let told: Vec<String> = (0..6).map(|_| get("/count.py")).collect();
    assert!(told.iter().all(|told| told.starts_with("new ")), "{told:?}");
    // What it prints is each request's own.
    host.wait_for_event("log", "request 3");
    host.stop();
}

#[test]
fn each_tenant_says_for_itself() {
    let builder = builder();
    let config = format!(
        "reuse = 1000\n[[tenant]]\nname = \"b\"\nhosts = [\"b.test\"]\nplugins = {:?}\n\
         reuse = 0\n",
        builder.folder()
    );
    let host = builder.config(&config).start();
    let mut client = host.h1();
    let mut get = |name: &str| {
        client.send(format!("GET /count.py HTTP/1.1\r\nHost: {name}\r\n\r\n"));
        client.response().expect(200).text()
    };
    let told: Vec<String> = (0..4).map(|_| get("a.test")).collect();
    assert_ne!(told[3], "old 1", "{told:?}");
    assert_eq!(get("b.test"), "old 1");
    assert_eq!(get("b.test"), "old 1");
}
