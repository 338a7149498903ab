//! RFC 9113 §3 to §6 and §8, one case for each rule a client can break: what
//! must come of it, that the rule is named, and that nobody else notices.

use crate::Host;
use crate::h2::{Client, Frame, code, headers, kind};

/// What must come of it.
#[derive(Clone, Copy, Debug)]
pub enum Outcome {
    /// GOAWAY, then the end.
    GoAway(u32),
    /// The same, or RST_STREAM on stream 1 and the connection goes on.
    Either(u32),
    /// A 400 on stream 1, or RST_STREAM (RFC 9113 §8.1.1).
    Malformed,
}

use Outcome::{Either, GoAway, Malformed};

/// A rule and what breaks it.
#[derive(Debug)]
pub struct Case {
    what: &'static str,
    section: &'static str,
    send: Vec<Frame>,
    outcome: Outcome,
}

/// A case: what it is, the rule, the frames, the outcome.
pub fn case(
    what: &'static str,
    section: &'static str,
    send: impl Into<Vec<Frame>>,
    outcome: Outcome,
) -> Case {
    Case {
        what,
        section,
        send: send.into(),
        outcome,
    }
}

/// A request on stream 1 that stays open.
pub fn open() -> Frame {
    headers(1)
        .post("/frames")
        .field("test", "pass")
        .end_headers()
}

/// A request on stream 1 that is complete.
pub fn whole() -> Frame {
    headers(1)
        .get("/frames")
        .field("test", "pass")
        .end_headers()
        .end_stream()
}

/// A request on stream 1 with these pseudo-header fields only.
pub fn pseudo(fields: &[(&str, &str)]) -> Frame {
    let head = headers(1).end_headers().end_stream();
    fields
        .iter()
        .fold(head, |f, (name, value)| f.field(name, value))
}

/// Runs cases, each on a connection of its own, against one host.
pub fn check(cases: &[Case]) {
    let mut host = Host::start(&["frames"]);
    for case in cases {
        let mut client = host.h2();
        for frame in &case.send {
            client.send(frame.clone());
        }
        see(&mut client, case);
        host.wait_for_violation_by(client.address(), case.section);
        // Everybody else is served on.
        host.h2().get(1, "/nothing").answer(1).expect(404);
    }
    host.assert_well();
    host.stop();
}

/// Waits for the outcome, past what was answered before.
fn see(client: &mut Client, case: &Case) {
    let what = format!("{} ({})", case.what, case.section);
    loop {
        let Some(got) = client.next_of_exchange() else {
            panic!("{what}: closed without a word, wanted {:?}", case.outcome);
        };
        let wanted = match (case.outcome, got.kind) {
            (Either(code), kind::RST_STREAM) | (GoAway(code) | Either(code), kind::GOAWAY) => code,
            (Malformed, kind::RST_STREAM) => code::PROTOCOL,
            (Malformed, kind::HEADERS) if got.value(":status") == Some("400") => {
                break client.expect_alive_through_resets();
            }
            // An answer that began before the mistake.
            (_, kind::HEADERS | kind::DATA) => continue,
            _ => panic!("{what}: wanted {:?}, got {got:?}", case.outcome),
        };
        assert_eq!(got.code(), Some(wanted), "{what}: {got:?}");
        if got.kind == kind::GOAWAY {
            break client.expect_close();
        }
        break client.expect_alive_through_resets();
    }
}
