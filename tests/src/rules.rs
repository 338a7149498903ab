//! The rules of RFC 9113 and RFC 7541 against the real binary: what a client
//! breaks must be [`refused`], what it may do must be [`allowed`].

use crate::Host;
use crate::h2::{Client, Frame, code, frame, headers, kind};

/// What must come of a broken rule: the reactions that the RFC allows, no
/// other.
#[derive(Clone, Copy, Debug)]
pub enum Outcome {
    /// A connection error (§5.4.1): GOAWAY with this code, then the end.
    GoAway(u32),
    /// A stream error (§5.4.2): RST_STREAM with this code and the connection
    /// goes on, or a connection error, which §5.4.1 allows for any.
    Either(u32),
    /// A malformed request (§8.1.1): a stream error of type PROTOCOL_ERROR, or
    /// a 400 before it.
    Malformed,
}

use Outcome::{Either, GoAway, Malformed};

/// The highest stream that a test opens itself, and room for what follows.
const LATER: u32 = 1_001;

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

/// A request on stream 1 with these fields only.
pub fn fields(fields: &[(&str, &str)]) -> Frame {
    let head = headers(1).end_headers().end_stream();
    fields
        .iter()
        .fold(head, |f, (name, value)| f.field(name, value))
}

/// HEADERS of stream 1 with this field block, whole.
pub fn block(bytes: impl Into<Vec<u8>>) -> Frame {
    frame(kind::HEADERS, 0, 1, bytes).end_headers().end_stream()
}

/// Checks that a client that sends this is refused so, that the host names the
/// rule, and that nobody else notices.
#[track_caller]
pub fn refused(section: &str, outcome: Outcome, frames: impl IntoIterator<Item = Frame>) {
    each_refused(section, outcome, [("it", frames)]);
}

/// The same for several ways to break a rule, each on a connection of its own.
#[track_caller]
pub fn each_refused<W: AsRef<str>, F: IntoIterator<Item = Frame>>(
    section: &str,
    outcome: Outcome,
    cases: impl IntoIterator<Item = (W, F)>,
) {
    let mut host = Host::start(&["frames"]);
    for (what, frames) in cases {
        let mut client = host.h2();
        let mut stream = 0;
        for frame in frames {
            stream = frame.stream;
            client.send(frame);
        }
        see(&mut client, what.as_ref(), outcome, stream);
        host.wait_for_violation_by(client.address(), section);
        // Everybody else is served on.
        host.h2().get(1, "/nothing").answer(1).expect(404);
    }
    host.assert_well();
    host.stop();
}

/// Waits for the outcome, past what was answered before the mistake.
#[track_caller]
fn see(client: &mut Client, what: &str, outcome: Outcome, stream: u32) {
    loop {
        let Some(got) = client.next_of_exchange() else {
            panic!("{what}: closed without a word, wanted {outcome:?}");
        };
        let wanted = match (outcome, got.kind) {
            (GoAway(code) | Either(code), kind::GOAWAY) => {
                assert_eq!(got.code(), Some(code), "{what}: {got:?}");
                return client.expect_close();
            }
            (Malformed, kind::HEADERS) if got.value(":status") == Some("400") => {
                return client.expect_alive_through_resets();
            }
            (Either(code), kind::RST_STREAM) => code,
            (Malformed, kind::RST_STREAM) => code::PROTOCOL,
            // An answer that began before the mistake.
            (_, kind::HEADERS | kind::DATA) => continue,
            _ => panic!("{what}: wanted {outcome:?}, got {got:?}"),
        };
        assert_eq!(
            (got.code(), got.stream),
            (Some(wanted), stream),
            "{what}: {got:?}"
        );
        return client.expect_alive_through_resets();
    }
}

/// Runs a conversation in which the client keeps to the rules: the connection
/// works to its end, and the host sees no violation. `/f.txt` is `fine`,
/// `/large.bin` 200,000 bytes, `/frames` the example.
#[track_caller]
pub fn allowed(conversation: impl FnOnce(&mut Client)) {
    allowed_with(&[], conversation);
}

/// The same with settings of the client's own.
#[track_caller]
pub fn allowed_with(settings: &[(u16, u32)], conversation: impl FnOnce(&mut Client)) {
    let mut host = Host::builder()
        .plugins(&["frames"])
        .file("f.txt", "fine")
        .file("large.bin", vec![b'x'; 200_000])
        .start();
    let mut client = host.h2_with(settings);
    conversation(&mut client);
    served_on(&mut client);
    drop(client);
    host.signal("TERM");
    assert!(host.wait().success());
    let events = host.events();
    let violation = events.iter().find(|e| e["event"] == "violation");
    assert_eq!(violation, None);
}

/// A request on a later stream is answered, whatever is still under way on the
/// others.
#[track_caller]
pub fn served_on(client: &mut Client) {
    client.get(LATER, "/nothing");
    loop {
        let Some(got) = client.next_of_exchange() else {
            panic!("closed instead of answering");
        };
        match got.kind {
            kind::HEADERS if got.stream == LATER => {
                return assert_eq!(got.value(":status"), Some("404"));
            }
            kind::GOAWAY | kind::RST_STREAM => panic!("{got:?}"),
            _ => {}
        }
    }
}
