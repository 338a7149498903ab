//! Every hook, and each notes what it saw: the answer's content is one line for
//! each, in order. They are in the log, too, for a client that cannot read the
//! answer any more.
//!
//! - `?watch=MILLISECONDS`: `main` watches for so long.
//! - `?until=KIND`: watching ends with the first of `ping`, `settings`,
//!   `window-update`, `priority`, `goaway`, or a frame's type in decimal.
//! - `?ping=yes`: `main` writes a PING of eight `p`.
//! - `?sleep=MILLISECONDS`: `main` waits for so long.
//! - `?answer=yes`: `main` writes the whole answer, and watches behind it.
//! - `?reset=CODE`: `main` resets the stream itself.
//! - `?push=yes`: `main` pushes an answer. `?raw=ID`: it writes DATA on that stream.

use std::cell::RefCell;
use std::time::Duration;

use host_guest::{clock, prelude::*};

thread_local! {
    static SEEN: RefCell<String> = const { RefCell::new(String::new()) };
}

/// Notes a line, and ends the watch if it is what `?until=` says.
fn note(line: String, kind: &str, request: &Request, response: &mut Response) {
    host_guest::info!("{line}");
    SEEN.with_borrow_mut(|seen| {
        seen.push_str(&line);
        seen.push('\n');
        response.set_content(&*seen);
    });
    if request
        .query()
        .first("until")
        .is_some_and(|until| until == kind)
    {
        response.set_watch(Duration::ZERO);
    }
}

fn number(request: &Request, name: &str) -> Option<u32> {
    let number = request.query().first(name)?.to_string();
    Some(number.parse().expect("a number"))
}

fn milliseconds(request: &Request, name: &str) -> Option<Duration> {
    Some(Duration::from_millis(number(request, name)?.into()))
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

#[handle_headers]
fn on_headers(frame: &HeadersFrame, request: &Request, response: &mut Response) {
    let line = format!("headers end-stream={}", frame.end_stream);
    note(line, "headers", request, response);
}

#[handle_data]
fn on_data(frame: &DataFrame, request: &Request, response: &mut Response) {
    let line = format!("data {} end-stream={}", frame.data.len(), frame.end_stream);
    note(line, "data", request, response);
}

#[handle_trailers]
fn on_trailers(frame: &HeadersFrame, request: &Request, response: &mut Response) {
    let fields = frame.headers.iter().map(|(name, value)| {
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
        format!(" {}={}", text(name), text(value))
    });
    let line = format!("trailers{}", fields.collect::<String>());
    note(line, "trailers", request, response);
}

#[main]
fn main(request: &Request, response: &mut Response) -> Result {
    note("main".into(), "main", request, response);
    if request.query().first("ping").is_some() {
        response.writer().ping(*b"pppppppp")?;
    }
    if request.query().first("push").is_some() {
        let push = Push::answer(200, [("a", "b")], "pushed");
        let fields = [
            (":method", "GET"),
            (":scheme", "http"),
            (":authority", "t"),
            (":path", "/pushed"),
        ];
        response.writer().write_push(fields, push)?;
    }
    if let Some(stream) = number(request, "raw") {
        let writer = response.writer().on_stream(stream);
        writer.write_raw_data_frame("foreign", false)?;
    }
    if request.query().first("answer").is_some() {
        response.writer().write_data_last("all of it")?;
    }
    if let Some(code) = number(request, "reset") {
        response.writer().reset_stream(code)?;
    }
    if let Some(duration) = milliseconds(request, "watch") {
        response.set_watch(duration);
    }
    if let Some(duration) = milliseconds(request, "sleep") {
        clock::sleep(duration);
        note("slept".into(), "slept", request, response);
    }
    Ok(())
}

#[handle_frame]
fn on_frame(frame: &ControlFrame, request: &Request, response: &mut Response) {
    let kind = match frame.type_ {
        2 => "priority".into(),
        3 => "rst-stream".into(),
        4 => "settings".into(),
        6 => "ping".into(),
        8 => "window-update".into(),
        other => other.to_string(),
    };
    let line = format!(
        "frame {kind} flags={} stream={} {}",
        frame.flags,
        frame.stream_id,
        hex(&frame.payload)
    );
    note(line, &kind, request, response);
}

#[handle_reset]
fn on_reset(code: u32, request: &Request, response: &mut Response) {
    note(format!("reset {code}"), "reset", request, response);
}

#[handle_close]
fn on_close(closing: &Closing, request: &Request, response: &mut Response) {
    match closing {
        Closing::Goaway(goaway) => {
            let line = format!(
                "goaway last={} code={} {}",
                goaway.last_stream_id,
                goaway.code,
                hex(&goaway.debug)
            );
            note(line, "goaway", request, response);
        }
        Closing::Eof => note("eof".into(), "eof", request, response),
    }
}
