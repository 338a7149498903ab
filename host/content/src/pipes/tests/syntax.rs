//! What is wrong with a string of pipes, and where; and pipes of one's own.

use super::*;

/// Where the string is wrong, and how.
fn wrong(pipes: &str) -> (usize, Mistake) {
    match Registry::wptserve().parse(pipes) {
        Err(PipeError::Syntax {
            pipes: shown,
            at,
            mistake,
        }) => {
            assert_eq!(shown, pipes);
            (at, mistake)
        }
        other => panic!("{pipes}: {other:?}"),
    }
}

fn count(name: &str, least: usize, most: usize, found: usize) -> Mistake {
    Mistake::WrongCount {
        name: name.to_owned(),
        least,
        most,
        found,
    }
}

#[test]
fn names_are_exact() {
    for (pipes, at, name) in [
        ("gzip| sub", 5, " sub"),
        ("Gzip", 0, "Gzip"),
        ("status(404))", 11, ")"),
        ("gzip |sub", 0, "gzip "),
    ] {
        let known = "gzip, header, slice, status, sub, trickle".to_owned();
        let name = name.to_owned();
        assert_eq!(wrong(pipes), (at, Mistake::Unknown { name, known }));
    }
}

#[test]
fn every_pipe_has_its_number_of_arguments() {
    assert_eq!(wrong("gzip()"), (5, count("gzip", 0, 0, 1)));
    assert_eq!(wrong("sub(html,x)"), (9, count("sub", 0, 1, 2)));
    assert_eq!(wrong("status"), (0, count("status", 1, 1, 0)));
    assert_eq!(wrong("gzip|header(X)"), (5, count("header", 2, 3, 1)));
    assert_eq!(wrong("header(X,a,b,c)"), (13, count("header", 2, 3, 4)));
    assert_eq!(wrong("slice"), (0, count("slice", 1, 2, 0)));
    assert_eq!(wrong("slice(1,2,3)"), (10, count("slice", 1, 2, 3)));
    assert_eq!(wrong("trickle"), (0, count("trickle", 1, 1, 0)));
}

#[test]
fn arguments_are_read_before_anything_runs() {
    assert_eq!(wrong("gzip|status(x)"), (12, Mistake::NotANumber));
    assert_eq!(wrong("status("), (7, Mistake::NotANumber));
    assert_eq!(wrong("slice()"), (6, Mistake::NotANumber));
    assert_eq!(wrong("slice(1,)"), (8, Mistake::NotANumber));
    assert_eq!(wrong("header(X,a,maybe)"), (11, Mistake::NotABoolean));
    for code in ["199", "100", "1000", "-1", "99999999999999999999"] {
        assert_eq!(wrong(&format!("status({code})")), (7, Mistake::NotAStatus));
    }
    for escape in ["", "null", "HTML", "js"] {
        assert_eq!(wrong(&format!("sub({escape})")), (4, Mistake::NotAnEscape));
    }
}

#[test]
fn fields_can_be_sent() {
    assert_eq!(wrong("header(,a)"), (7, Mistake::NotAName));
    assert_eq!(wrong("header(X Y,a)"), (8, Mistake::NotAName));
    assert_eq!(wrong(r"header(X\:,a)"), (8, Mistake::NotAName));
    assert_eq!(wrong(r"header(X,a\r\nB: c)"), (10, Mistake::NotAValue));
    assert_eq!(wrong("header(X,é\u{2603})"), (11, Mistake::NotLatin1));
}

#[test]
fn a_registry_takes_more_pipes() {
    struct Shout(i64);

    impl Pipe for Shout {
        fn apply<'a>(self: Box<Self>, response: Response, _: &'a Arc<Context>) -> Applied<'a> {
            Box::pin(async move {
                let held = held::Held::of(response.body, "shout").await?;
                let mut text = held.bytes.to_ascii_uppercase();
                text.extend((0..self.0).map(|_| b'!'));
                let body = Bytes::from(text).into();
                Ok(Response { body, ..response })
            })
        }
    }

    let mut registry = Registry::wptserve();
    registry.insert("shout", |call| {
        let times = &call.expect(1, 1)?[0];
        match times.integer()? {
            n @ 0..=9 => Ok(Box::new(Shout(n))),
            _ => Err(times.wrong(0, Mistake::Custom("not so loud".to_owned()))),
        }
    });
    let (_temp, context) = template_context();
    let content = async |pipes: &str| {
        let pipeline = registry.parse(pipes).unwrap();
        let context = Arc::new(context.clone());
        text(
            pipeline
                .apply(response("{{host}}"), &context)
                .await
                .unwrap(),
        )
        .await
    };
    let runtime = tokio::runtime::Builder::new_current_thread()
        .build()
        .unwrap();
    assert_eq!(runtime.block_on(content("sub|shout(2)|slice(0,3)")), "WEB");
    assert_eq!(runtime.block_on(content("slice(2,6)|shout(2)")), "HOST!!");
    let error = registry.parse("shout(10)").unwrap_err().to_string();
    assert_eq!(error, "not so loud:\nshout(10)\n      ^");
}
