//! A server that knows a client by its cookie.

use host_testing::{Response, TestServer, cookie, has_cookie, not, path, respond};
use host_testing_examples::jar::Jar;

#[test]
fn it_sends_back_what_it_was_given() {
    let server = TestServer::start();
    server.mock(
        respond(
            Response::new(200)
                .cookie("session", "s3cret")
                .cookie("theme", "dark"),
        )
        .when(path("/login")),
    );
    // Only for those who are logged in; without the cookie nothing answers, and the
    // test fails with the reason.
    server.mock(
        respond("welcome back")
            .when(path("/"))
            .when(cookie("session", "s3cret")),
    );

    let mut jar = Jar::default();
    jar.get(&server.url("/login")).unwrap();
    assert_eq!(jar.get(&server.url("/")).unwrap(), "welcome back");

    let request = server.requests().pop().unwrap();
    assert_eq!(
        request.header("cookie").unwrap(),
        "session=s3cret; theme=dark"
    );
}

#[test]
fn it_forgets_what_it_is_to_forget() {
    let server = TestServer::start();
    let forget = Response::new(200).header("Set-Cookie", "session=; Max-Age=0");
    server.mock(respond(Response::new(200).cookie("session", "s3cret")).when(path("/login")));
    server.mock(
        respond(forget)
            .when(path("/logout"))
            .when(has_cookie("session")),
    );
    server.mock(respond("who are you?").when(not(has_cookie("session"))));

    let mut jar = Jar::default();
    jar.get(&server.url("/login")).unwrap();
    jar.get(&server.url("/logout")).unwrap();
    assert_eq!(jar.get(&server.url("/")).unwrap(), "who are you?");
}
