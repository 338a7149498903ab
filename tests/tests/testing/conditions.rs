//! What a mock may want of a request: each condition, met and missed.

use host_testing::TestServer;
use host_testing::{
    Builder, Condition, all, any, authority, body, contains, cookie, ends_with, form, has_cookie,
    has_form, has_header, has_query, header, is, json, json_at, json_includes, matching, method,
    not, path, protocol, query, regex, respond, scheme, starts_with, target,
};
use serde_json::json as value;

use crate::ask::{Ask, Way};

both!(
    lines_of_the_head,
    fields_and_cookies,
    forms,
    bodies,
    json_bodies,
    protocol_and_scheme,
    combinations,
    pieces_of_text,
    the_order_in_which_mocks_are_asked,
);

/// Checks on every way that the condition tells the one from the other.
#[track_caller]
fn tells(server: &TestServer, condition: Condition, yes: &Ask, no: &Ask) {
    let mock = server.mock(respond("yes").when(condition.clone()).always());
    for way in Way::ALL {
        let answer = yes.of(server, way);
        assert_eq!(answer.text, "yes", "{condition} by {way:?}: {yes:?}");
        let answer = no.of(server, way);
        assert_eq!(answer.status, 555, "{condition} by {way:?}: {no:?}");
    }
    assert_eq!(mock.answered(), 4);
    assert!(mock.remove());
}

fn lines_of_the_head(builder: Builder) {
    let server = builder.lenient().start();
    let get = Ask::get;
    let other = Ask {
        method: "PATCH",
        ..get("/a")
    };
    tells(&server, method("PATCH"), &other, &get("/a"));
    tells(&server, path("/a"), &get("/a?b=c"), &get("/a/b"));
    // As it came: nothing is decoded.
    tells(&server, path("/%61"), &get("/%61"), &get("/a"));
    tells(&server, target("/a?b"), &get("/a?b"), &get("/a"));
    tells(
        &server,
        query("q", "a b"),
        &get("/?x=1&q=a+b"),
        &get("/?q=a"),
    );
    tells(&server, query("q", "é"), &get("/?q=%C3%A9"), &get("/?q=e"));
    tells(&server, has_query("q"), &get("/?q"), &get("/?p=q"));
    let elsewhere = Ask {
        host: "elsewhere",
        ..get("/")
    };
    tells(&server, authority("test"), &get("/"), &elsewhere);
}

fn fields_and_cookies(builder: Builder) {
    let server = builder.lenient().start();
    let with = |name, field| Ask::get("/").field(name, field);
    let plain = Ask::get("/");
    tells(
        &server,
        header("x-a", "1"),
        &with("X-A", "1"),
        &with("X-A", "2"),
    );
    let twice = with("X-A", "2").field("X-A", "1");
    tells(&server, header("X-a", "1"), &twice, &plain);
    tells(&server, has_header("x-a"), &with("X-A", ""), &plain);
    let cookies = with("Cookie", "a=1; b=2");
    tells(&server, cookie("b", "2"), &cookies, &with("Cookie", "b=3"));
    tells(&server, has_cookie("a"), &cookies, &with("Cookie", "b=a"));
}

const URLENCODED: &str = "application/x-www-form-urlencoded";
const MULTIPART: &str = "multipart/form-data; boundary=x";

fn forms(builder: Builder) {
    let server = builder.lenient().start();
    let post = |body| Ask::post("/", body).field("Content-Type", URLENCODED);
    tells(
        &server,
        form("a", "1 2"),
        &post(b"b=0&a=1+2"),
        &post(b"a=1"),
    );
    tells(&server, has_form("a"), &post(b"a"), &post(b"b=a"));
    let parts = |body| Ask::post("/", body).field("Content-Type", MULTIPART);
    let one = parts(b"--x\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\n1\r\n--x--\r\n");
    let two = parts(b"--x\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\n2\r\n--x--\r\n");
    tells(&server, form("a", "1"), &one, &two);
    // Without the type it is no form.
    tells(&server, has_form("a"), &one, &Ask::post("/", b"a=1"));
}

fn bodies(builder: Builder) {
    let server = builder.lenient().start();
    let post = |body| Ask::post("/", body);
    tells(&server, body("abc"), &post(b"abc"), &post(b"abcd"));
    tells(
        &server,
        body(b"\xff\x00"),
        &post(b"\xff\x00"),
        &post(b"\xff"),
    );
    tells(&server, body(""), &Ask::get("/"), &post(b"a"));
}

fn json_bodies(builder: Builder) {
    let server = builder.lenient().start();
    let post = |body| Ask::post("/", body);
    let wanted = value!({"a": 1, "b": [true, null]});
    let same = post(br#"{ "b":[true,null],"a":1 }"#);
    let more = post(br#"{"a":1,"b":[true,null],"c":{"d":"e"}}"#);
    tells(&server, json(&wanted), &same, &more);
    tells(&server, json_includes(&wanted), &more, &post(br#"{"a":1}"#));
    tells(&server, json_includes(value!({"c": {}})), &more, &same);
    tells(&server, json_at("/c/d", "e"), &more, &same);
    tells(&server, json_at("/b/0", true), &same, &post(b"no JSON"));
}

fn protocol_and_scheme(builder: Builder) {
    let server = builder.lenient().start();
    for way in Way::ALL {
        let mock = server.mock(
            respond("yes")
                .when(protocol(way.protocol()))
                .when(scheme(way.scheme()))
                .always(),
        );
        for other in Way::ALL {
            let same = way == other;
            let status = Ask::get("/").of(&server, other).status;
            assert_eq!(status, if same { 200 } else { 555 }, "{way:?}, {other:?}");
        }
        mock.remove();
    }
}

fn combinations(builder: Builder) {
    let server = builder.lenient().start();
    let (a, b) = (Ask::get("/a"), Ask::get("/b"));
    tells(&server, not(path("/b")), &a, &b);
    tells(&server, any([path("/c"), path("/a")]), &a, &b);
    tells(&server, all([path("/a"), method("GET")]), &a, &b);
    // Of nothing, none holds, and all do.
    let nothing = any([]);
    tells(&server, all([not(nothing), path("/a")]), &a, &b);
    tells(&server, all([all([]), path("/a")]), &a, &b);
}

fn pieces_of_text(builder: Builder) {
    let server = builder.lenient().start();
    let get = Ask::get;
    tells(&server, path(is("/abc")), &get("/abc"), &get("/abcd"));
    tells(&server, path(contains("bc")), &get("/abcd"), &get("/acb"));
    tells(&server, path(starts_with("/a")), &get("/abc"), &get("/ba"));
    tells(
        &server,
        path(ends_with(".js")),
        &get("/a.js"),
        &get("/a.jsx"),
    );
    tells(&server, path(regex("^/[0-9]+$")), &get("/42"), &get("/42a"));
    let json = |field| get("/").field("Accept", field);
    let wanted = header("accept", contains("json"));
    tells(
        &server,
        wanted,
        &json("text/html, application/json"),
        &json("*/*"),
    );
}

#[test]
fn a_function_of_the_test() {
    let server = TestServer::builder().lenient().start();
    let long = matching(|request| request.body.len() > 3);
    tells(
        &server,
        long,
        &Ask::post("/", b"abcd"),
        &Ask::post("/", b"abc"),
    );
}

fn the_order_in_which_mocks_are_asked(builder: Builder) {
    let server = builder.start();
    server.respond("any 1");
    server.respond("any 2");
    server.mock(respond("a 1").when(path("/a")));
    server.mock(respond("a 2").when(path("/a")).times(2));
    server.mock(respond("first").when(path("/a")).priority(1));
    let texts = ["first", "a 1", "a 2", "a 2", "any 1", "any 2"];
    for (n, text) in texts.into_iter().enumerate() {
        let way = Way::ALL[n % 4];
        assert_eq!(Ask::get("/a").of(&server, way).text, text);
    }
}
