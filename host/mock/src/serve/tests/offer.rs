//! Who answers, in which order things happen, and what the exchange is then.

use std::sync::Arc;
use std::time::Duration;

use host_wire::Negotiated;
use serde_json::json;

use super::harness::{Client, GET, answer, answered, serve, serve_board};
use crate::{Answer, Condition, Limits, Mock, Mocks, Response, respond};

const POST: &str = "POST /up HTTP/1.1\r\nHost: h\r\nContent-Length: 4\r\n\r\nbody";
const CHUNKED: &str = "POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n\
                       2\r\nab\r\n3\r\ncde\r\n0\r\nX-t: 1\r\n\r\n";

/// Looks at the body, so that it is read before anybody is chosen.
fn looks(answer: Answer) -> Mock {
    respond(answer).when(Condition::Not(Box::new(Condition::Body("nonsense".into()))))
}

/// The content of what is answered to this.
async fn content(client: Client, request: &str) -> String {
    let got = client.ask(request).await;
    let (_, content) = got.split_once("\r\n\r\n").unwrap();
    content.trim_end_matches("(open)").to_owned()
}

fn passing(limits: Limits) -> Arc<Mocks> {
    Mocks::new(limits, true)
}

#[tokio::test(start_paused = true)]
async fn what_nothing_answers_is_555_with_the_reason() {
    let got = answer([], GET).await;
    assert_eq!(
        got,
        "HTTP/1.1 555 \r\nContent-Type: text/plain; charset=utf-8\r\nServer: host\r\nDate: D\r\n\
         Content-Length: 42\r\n\r\nno response available: there are no mocks\n(open)"
    );
    let client = serve([respond("x").when(Condition::Method("PUT".into()))]);
    let mocks = Arc::clone(&client.mocks);
    let why = "no response available: mock 1 is closest, and wants that the method is \"PUT\", \
               but it is \"GET\"";
    assert_eq!(content(client, GET).await, format!("{why}\n"));
    assert_eq!(mocks.requests(0)[0].unmatched.as_deref(), Some(why));
    assert_eq!(mocks.counts().unmatched, 1);
    assert_eq!(
        mocks.verify().unwrap_err().to_string(),
        format!("nothing answered GET /a?b=c: {why}")
    );

    let client = serve([]);
    client
        .mocks
        .set_unmatched(Some(Response::new(404).body("none").into()));
    let mocks = Arc::clone(&client.mocks);
    assert_eq!(content(client, GET).await, "none");
    assert_eq!(mocks.counts().unmatched, 1);
}

#[tokio::test(start_paused = true)]
async fn what_passes_is_as_it_came() {
    for (request, told) in [
        (POST, "passed headers(false) body end"),
        (GET, "passed headers(true) end"),
        (CHUNKED, "passed headers(false) ab cde trailers(1) end"),
    ] {
        for looked_at in [false, true] {
            let mocks = passing(Limits::default());
            if looked_at {
                let no = Condition::Body("nonsense".into());
                mocks.add(respond("x").when(no)).unwrap();
            }
            let client = serve_board(Arc::clone(&mocks), Negotiated::Nothing);
            assert_eq!(content(client, request).await, told);
            let kept = mocks.requests(0);
            assert_eq!(kept.len(), 1);
            assert!(kept[0].done && kept[0].unmatched.is_none() && kept[0].mock.is_none());
            let body = if request == POST { "body" } else { "abcde" };
            assert_eq!(kept[0].body, if request == GET { "" } else { body });
            assert_eq!((mocks.counts().answered, mocks.counts().unmatched), (1, 0));
        }
    }
}

/// A body that is longer than what is kept goes on where it was left off.
#[tokio::test(start_paused = true)]
async fn a_body_that_is_too_long_to_keep_is_handed_on_whole() {
    for body in [0, 1, 2, 4, 100] {
        let limits = Limits {
            body,
            ..Limits::default()
        };
        let mocks = passing(limits);
        mocks
            .add(respond("x").when(Condition::Body("n".into())))
            .unwrap();
        let mut client = serve_board(Arc::clone(&mocks), Negotiated::Nothing);
        // The pieces come one by one.
        client
            .send("POST /up HTTP/1.1\r\nHost: h\r\nContent-Length: 6\r\n\r\n")
            .await;
        for piece in ["ab", "cd", "ef"] {
            tokio::time::sleep(Duration::from_millis(1)).await;
            client.send(piece).await;
        }
        let got = client.read_answer().await;
        assert!(
            got.contains("passed headers(false) ab cd ef end"),
            "{body}: {got}"
        );
        let kept = mocks.requests(0);
        assert_eq!(kept[0].body_length, 6);
        assert_eq!(*kept[0].body, b"abcdef"[..body.min(6)]);
    }
}

#[tokio::test(start_paused = true)]
async fn a_handler_gets_the_request_as_it_came() {
    let handler = || Answer::handler("tell");
    for mock in [respond(handler()), looks(handler())] {
        let client = serve([mock]);
        let mocks = Arc::clone(&client.mocks);
        let told = "handled headers(false) ab cde trailers(1) end";
        assert_eq!(content(client, CHUNKED).await, told);
        let kept = mocks.requests(0);
        assert_eq!((&kept[0].body, kept[0].mock), (&"abcde".into(), Some(1)));
        assert_eq!(kept[0].trailers.get("x-T").unwrap(), "1");
    }
    // Through a function, which has seen all of it.
    let through = Answer::function(move |request| {
        assert_eq!(request.body, "abcde");
        Answer::handler("tell")
    });
    let client = serve([respond(through)]);
    let told = "handled headers(false) ab cde trailers(1) end";
    assert_eq!(content(client, CHUNKED).await, told);

    let client = serve([respond(Answer::handler("none"))]);
    assert_eq!(content(client, GET).await, "there is no handler \"none\"\n");
}

#[tokio::test(start_paused = true)]
async fn functions_answer_with_any_answer() {
    let echo = Answer::function(|request| Response::new(200).body(request.body.clone()));
    assert_eq!(content(serve([respond(echo)]), POST).await, "body");
    let panics = Answer::function(|_| -> Answer { panic!("on purpose") });
    let got = content(serve([respond(panics)]), GET).await;
    assert!(got.starts_with("the test's function failed: "), "{got}");
    fn endless() -> Answer {
        Answer::function(|_| endless())
    }
    assert_eq!(
        content(serve([respond(endless())]), GET).await,
        "more than 8 functions and callbacks, one behind the other\n"
    );
    // A condition that panics does not hold.
    let panics = Condition::Function(crate::Predicate(Arc::new(|_| panic!("on purpose"))));
    let got = content(serve([respond("x").when(panics)]), GET).await;
    assert!(
        got.contains("wants that the test's function says yes"),
        "{got}"
    );
}

#[tokio::test(start_paused = true)]
async fn callbacks_are_answered_by_whoever_asks_for_them() {
    let client = serve([respond(Answer::Callback("login".into()))]);
    let mocks = Arc::clone(&client.mocks);
    let answering = tokio::spawn({
        let mocks = Arc::clone(&mocks);
        async move {
            let call = mocks.next_call().await;
            assert_eq!(
                (&*call.callback, &call.request.body),
                ("login", &"body".into())
            );
            assert_eq!(call.request.id, 1, "it is kept already");
            assert!(mocks.answer_call(call.id, Response::new(200).body("hi").into()));
            assert!(!mocks.answer_call(call.id, "again".into()));
        }
    });
    assert_eq!(content(client, POST).await, "hi");
    answering.await.unwrap();
}

#[tokio::test(start_paused = true)]
async fn a_callback_that_is_late_or_given_up_is_555() {
    let limits = || Limits {
        callback: Duration::from_secs(2),
        ..Limits::default()
    };
    let late = Mocks::new(limits(), false);
    late.add(respond(Answer::Callback("a".into()))).unwrap();
    let client = serve_board(late, Negotiated::Nothing);
    assert_eq!(
        content(client, GET).await,
        "the callback \"a\" gave no answer in time\n"
    );

    let client = serve([respond(Answer::Callback("a".into()))]);
    let mocks = Arc::clone(&client.mocks);
    let reset = tokio::spawn(async move {
        mocks.next_call().await;
        mocks.reset();
    });
    assert_eq!(
        content(client, GET).await,
        "the callback \"a\" was given up\n"
    );
    reset.await.unwrap();
}

#[tokio::test(start_paused = true)]
async fn a_call_is_forgotten_when_its_client_leaves() {
    let mut client = serve([respond(Answer::Callback("a".into()))]);
    client.send(GET).await;
    let call = client.mocks.next_call().await;
    drop(client.io);
    answered(&client.mocks, 1).await;
    assert!(!client.mocks.answer_call(call.id, "too late".into()));
}

/// The request's bytes, its mock, its frames.
#[tokio::test(start_paused = true)]
async fn all_of_a_request_is_kept() {
    let client = serve([respond("ok")]);
    let mocks = Arc::clone(&client.mocks);
    client
        .ask(
            "POST /a%20b?x=1&y=%26 HTTP/1.1\r\nHost: h\r\nCookie: a=1; b=2\r\n\
             Content-Type: application/x-www-form-urlencoded; charset=\"UTF-8\"\r\n\
             Content-Length: 7\r\n\r\nf=1+2&g",
        )
        .await;
    let kept = mocks.take().unwrap();
    assert!(mocks.take().is_none());
    assert_eq!((kept.id, kept.connection, kept.stream), (1, 1, 0));
    assert_eq!(
        (&*kept.protocol, &*kept.method.text()),
        ("HTTP/1.1", "POST")
    );
    assert_eq!(
        (kept.path(), kept.query()),
        ("/a%20b".into(), "x=1&y=%26".into())
    );
    let pair = |a: &str, b: &str| (a.to_owned(), b.to_owned());
    assert_eq!(kept.args(), [pair("x", "1"), pair("y", "&")]);
    assert_eq!(kept.cookies(), [pair("a", "1"), pair("b", "2")]);
    assert_eq!(kept.form(), [pair("f", "1 2"), pair("g", "")]);
    assert_eq!(kept.charset().unwrap(), "utf-8");
    assert_eq!(kept.header("COOKIE").unwrap(), "a=1; b=2");
    assert!(kept.done && kept.body_length == 7 && kept.mock == Some(1));
    let kinds: Vec<_> = kept.frames.iter().map(|f| (&*f.kind, f.length)).collect();
    assert_eq!(kinds[1..], [("DATA", 7)]);
    let told = serde_json::to_value(&*kept).unwrap();
    assert_eq!(told["body"], json!("f=1+2&g"));
    assert_eq!(told["headers"][1], json!(["Cookie", "a=1; b=2"]));
}
