//! What a test is told when something is not as it expects, and when.

use std::panic::{AssertUnwindSafe, catch_unwind};

use host_testing::{Builder, TestServer, header, method, path, respond};

use crate::ask::{Ask, Way};

both!(
    a_request_that_nothing_answers_fails_the_test,
    too_few_and_too_many,
    the_closest_miss_is_named,
    expectations_that_are_met,
    verify_says_it_earlier,
    lenient_says_nothing,
    finish_says_it_without_a_panic,
    a_test_that_fails_already_is_not_disturbed,
);

/// What the thread panics with when the server goes.
fn dropped(server: TestServer) -> Option<String> {
    let panic = catch_unwind(AssertUnwindSafe(|| drop(server))).err()?;
    let message = panic.downcast_ref::<String>();
    Some(message.expect("a message").clone())
}

fn a_request_that_nothing_answers_fails_the_test(builder: Builder) {
    let server = builder.start();
    let answer = Ask::get("/missing").of(&server, Way::Http2);
    assert_eq!(answer.status, 555);
    let message = dropped(server).expect("a panic");
    assert!(message.contains("GET /missing"), "{message}");
    assert!(message.contains("there are no mocks"), "{message}");
}

fn too_few_and_too_many(builder: Builder) {
    let few = builder.clone().start();
    few.mock(respond("x").when(path("/a")).expect(2..));
    Ask::get("/a").of(&few, Way::Http1);
    let message = dropped(few).expect("a panic");
    let wanted = "mock 1 (the path is \"/a\") has answered 1 request, and at least 2 are expected";
    assert!(message.contains(wanted), "{message}");

    let many = builder.start();
    many.mock(respond("x").expect(..=1));
    // The second one is answered, too, so that all of them are counted.
    assert_eq!(Ask::get("/a").of(&many, Way::Http1).text, "x");
    assert_eq!(Ask::get("/b").of(&many, Way::Http1).text, "x");
    let message = dropped(many).expect("a panic");
    let wanted = "mock 1 (any request) has answered 2 requests, and 1 at most are expected";
    assert!(message.contains(wanted), "{message}");
}

fn the_closest_miss_is_named(builder: Builder) {
    let server = builder.start();
    let mock = respond("x").when(method("GET")).when(path("/a"));
    server.mock(mock.when(header("accept", "text/html")).expect(1..));
    Ask::post("/b", b"x").of(&server, Way::Http1);
    Ask::get("/a")
        .field("Accept", "text/plain")
        .of(&server, Way::Http1);
    let message = dropped(server).expect("a panic");
    assert!(message.contains("GET /a came closest"), "{message}");
    let miss = "the field accept is \"text/html\", but it is \"text/plain\"";
    assert!(message.contains(miss), "{message}");
    assert!(message.contains("nothing answered POST /b"), "{message}");
}

fn expectations_that_are_met(builder: Builder) {
    let server = builder.start();
    server.mock(respond("x").when(path("/a")).expect(1..=2));
    server.mock(respond("x").when(path("/b")).expect(..1));
    Ask::get("/a").of(&server, Way::Http2Tls);
    server.verify().unwrap();
    assert_eq!(dropped(server), None);
}

fn verify_says_it_earlier(builder: Builder) {
    let server = builder.start();
    let mock = server.mock(respond("x").when(path("/a")).expect(1..));
    let unmet = server.verify().unwrap_err();
    assert_eq!(unmet.0.len(), 1, "{unmet}");
    // Time to mend it.
    Ask::get("/a").of(&server, Way::Http1);
    server.verify().unwrap();
    assert_eq!(mock.answered(), 1);
}

fn lenient_says_nothing(builder: Builder) {
    let server = builder.lenient().start();
    server.mock(respond("x").when(path("/a")).expect(1..));
    Ask::get("/b").of(&server, Way::Http1);
    server.verify().unwrap_err();
    assert_eq!(dropped(server), None);
}

fn finish_says_it_without_a_panic(builder: Builder) {
    let server = builder.start();
    Ask::get("/b").of(&server, Way::Http1);
    let unmet = server.finish().unwrap_err();
    assert!(unmet.to_string().contains("GET /b"), "{unmet}");
}

fn a_test_that_fails_already_is_not_disturbed(builder: Builder) {
    let failed = catch_unwind(AssertUnwindSafe(|| {
        let server = builder.start();
        Ask::get("/b").of(&server, Way::Http1);
        // A second panic would end the process.
        panic!("the test's own reason");
    }));
    let panic = failed.unwrap_err();
    assert_eq!(panic.downcast_ref(), Some(&"the test's own reason"));
}
