//! Which route is chosen, without any folder.

use super::*;
use crate::routes::{Latency, Template};

fn route(path: &str, action: impl Into<Option<Action>>) -> Route {
    Route {
        path: Pattern::parse(path).unwrap(),
        methods: None,
        action: action.into(),
        latency: None,
        fallback: false,
    }
}

fn error(path: &str, status: u16) -> Route {
    route(path, Action::Error(status))
}

fn for_methods(methods: &[&str], mut route: Route) -> Route {
    route.methods = Some(methods.iter().map(|m| (*m).to_owned()).collect());
    route
}

fn rewrite(path: &str, to: &str) -> Route {
    let pattern = Pattern::parse(path).unwrap();
    route(
        path,
        Action::Rewrite(Template::parse(to, &pattern).unwrap()),
    )
}

fn waits(path: &str, seconds: u64) -> Route {
    let least = Duration::from_secs(seconds);
    let latency = Some(Latency { least, most: least });
    Route {
        latency,
        ..route(path, None)
    }
}

fn table(hidden: &[&str], routes: Vec<Route>) -> Table {
    let hidden = hidden.iter().map(|path| Pattern::parse(path).unwrap());
    let routes = routes.into_iter().map(|route| (route, None));
    Table::new(hidden.collect(), routes.collect())
}

/// The answer in a word, and the steps.
fn chosen(table: &Table, method: &str, target: &str) -> (String, Vec<String>) {
    let mut steps: Vec<Step> = Vec::new();
    let target = Bytes::copy_from_slice(target.as_bytes());
    let choice = table
        .choose(method.as_bytes(), &target, &mut steps)
        .unwrap();
    let answer = match choice.answer {
        Answer::Hidden => "hidden".to_owned(),
        Answer::Error(status) => status.to_string(),
        Answer::Redirect { location, .. } => text(&location),
        Answer::Named { path, .. } => text(&path),
        Answer::Handler { captures, .. } => format!("{captures:?}"),
        other => panic!("{other:?}"),
    };
    let steps = steps.into_iter().map(|step| step.outcome);
    (answer, steps.collect())
}

fn answer(table: &Table, method: &str, target: &str) -> String {
    chosen(table, method, target).0
}

#[test]
fn the_first_route_of_path_and_method_answers() {
    let table = table(
        &[],
        vec![
            for_methods(&["POST"], error("/a/*", 401)),
            for_methods(&["GET"], error("/a/{x}", 402)),
            error("/a/*", 403),
        ],
    );
    for (method, target, expected) in [
        ("POST", "/a/b", "401"),
        ("GET", "/a/b?c", "402"),
        ("HEAD", "/a/b", "402"),
        ("GET", "/a/b/c", "403"),
        ("PUT", "/a/b", "403"),
        ("GET", "/b", "/b"),
        ("GET", "http://a.test/a/b", "402"),
    ] {
        assert_eq!(
            answer(&table, method, target),
            expected,
            "{method} {target}"
        );
    }
    let (_, steps) = chosen(&table, "PUT", "/a/b");
    assert_eq!(
        steps,
        [
            "is for POST only",
            "is for GET only",
            "*=b: refuses with 403"
        ]
    );
}

#[test]
fn what_is_forbidden_has_no_second_spelling() {
    let table = table(
        &["/_certs/*"],
        vec![
            route("/tools/runner/*", Action::Plugins),
            error("/tools/*", 404),
            rewrite("/in", "/_certs/key"),
            route("/other/*", Action::Plugins),
        ],
    );
    for (target, expected) in [
        ("/_certs/key", "hidden"),
        ("/%5fcerts/key", "hidden"),
        ("/_certs%2Fkey", "hidden"),
        ("/in", "hidden"),
        ("/tools/x", "404"),
        ("/%74ools/x", "404"),
        ("/tools/runner/x", "/tools/runner/x"),
        // What allows is compared as it is spelt.
        ("/tools/%72unner/x", "404"),
        ("/_certs", "/_certs"),
        ("/%zz", "/%zz"),
    ] {
        assert_eq!(answer(&table, "GET", target), expected, "{target}");
    }
}

#[test]
fn a_request_is_rewritten_once_and_keeps_its_query() {
    let table = table(
        &[],
        vec![
            rewrite("/a/{id}", "/b/{id}"),
            rewrite("/b/{id}", "/a/{id}"),
            for_methods(&["POST"], error("/b/*", 400)),
        ],
    );
    let (answer, steps) = chosen(&table, "GET", "/a/7?q=1");
    assert_eq!(answer, "/b/7");
    assert_eq!(
        steps,
        [
            "id=7: rewrites to /b/7",
            "passed over: the path was rewritten already",
            "is for POST only",
        ]
    );
    let target = Bytes::from_static(b"http://t.test/a/7?q=1");
    let choice = table
        .choose(b"GET", &target, &mut crate::routes::Silent)
        .unwrap();
    assert_eq!(choice.rewritten.unwrap(), "http://t.test/b/7?q=1");
    assert_eq!(choice.others, ["POST"]);
}

#[test]
fn a_redirect_keeps_the_query_unless_it_has_its_own() {
    let to = |path: &str, to: &str| {
        let pattern = Pattern::parse(path).unwrap();
        let location = Template::parse(to, &pattern).unwrap();
        route(
            path,
            Action::Redirect {
                location,
                status: 302,
            },
        )
    };
    let table = table(
        &[],
        vec![to("/a/*", "/b/{*}"), to("/c/{x}", "https://d.test/?x={x}")],
    );
    assert_eq!(answer(&table, "GET", "/a/b/c?d=e"), "/b/b/c?d=e");
    assert_eq!(answer(&table, "GET", "/c/y?d=e"), "https://d.test/?x=y");
}

#[test]
fn latencies_add_up_within_bounds_and_each_counts_once() {
    let latency = |routes: Vec<Route>, target: &'static str| {
        let table = table(&[], routes);
        let target = Bytes::from_static(target.as_bytes());
        let choice = table.choose(b"GET", &target, &mut crate::routes::Silent);
        choice.unwrap().latency.as_secs()
    };
    assert_eq!(latency(vec![waits("*", 2), waits("/a", 3)], "/a"), 5);
    assert_eq!(latency(vec![waits("*", 2), waits("/a", 3)], "/b"), 2);
    assert_eq!(
        latency(
            vec![waits("*", 2), rewrite("/a", "/b"), waits("/b", 3)],
            "/a"
        ),
        5
    );
    assert_eq!(
        latency(vec![waits("*", 3000), waits("/*", 3000)], "/"),
        3600
    );
    let fails = for_methods(&["POST"], waits("*", 2));
    assert_eq!(latency(vec![fails], "/"), 0);
}

#[test]
fn a_handler_is_told_what_was_caught() {
    let table = table(
        &[],
        vec![route("/api/{id}/*", Action::Handler("x.wasm".into()))],
    );
    assert_eq!(
        answer(&table, "GET", "/api/7/a/b"),
        r#"[("id", "7"), ("*", "a/b")]"#
    );
}

#[test]
fn fallbacks_are_asked_last_and_apart() {
    let fallback = |mut route: Route| {
        route.fallback = true;
        route
    };
    let table = table(
        &[],
        vec![
            fallback(for_methods(&["POST"], error("/a/*", 401))),
            fallback(error("/a/b/*", 402)),
        ],
    );
    assert_eq!(answer(&table, "GET", "/a/b/c"), "/a/b/c");
    let mut steps: Vec<Step> = Vec::new();
    let found = table.fall_back(b"GET", b"/a/b/c", &mut steps);
    assert!(
        matches!(found.answer, Some((Answer::Error(402), _))),
        "{found:?}"
    );
    assert_eq!(steps.len(), 2);
    let found = table.fall_back(b"GET", b"/a/c", &mut crate::routes::Silent);
    assert!(found.answer.is_none());
    assert_eq!(found.others, ["POST"]);
}
