//! Every hook, and what each was given: `main` answers with a line for each.
//! `?ms=N` sleeps in each DATA frame's hook, `?fail=N` fails in that of frame
//! number N, `?trap=N` traps there, `?early=yes` answers line by line as the
//! frames come, `?url=yes` with the request's URL and its scheme alone,
//! `?route=yes` with what the route caught.

use std::cell::RefCell;
use std::time::Duration;

use host_guest::{clock, prelude::*};

thread_local! {
    static LINES: RefCell<Vec<String>> = const { RefCell::new(Vec::new()) };
}

/// Keeps a line, or writes it at once. Says how many there are now.
fn tell(line: String, request: &Request, response: &mut Response) -> Result<usize> {
    if request.query().first("early").is_some() {
        response.writer().write_data(&line)?;
    }
    Ok(LINES.with_borrow_mut(|lines| {
        lines.push(line);
        lines.len()
    }))
}

fn number(request: &Request, name: &str) -> Option<u64> {
    request.query().first(name)?.to_string().parse().ok()
}

#[handle_headers]
fn on_headers(frame: &HeadersFrame, request: &Request, response: &mut Response) -> Result {
    let names: Vec<_> = frame
        .headers
        .iter()
        .map(|(name, _)| String::from_utf8_lossy(name))
        .collect();
    let line = format!(
        "HEADERS stream={} flags={:#x} end={} padding={:?} priority={:?} {}\n",
        frame.stream_id,
        frame.flags,
        frame.end_stream,
        frame.padding,
        frame
            .priority
            .map(|of| (of.dependency, of.weight, of.exclusive)),
        names.join(","),
    );
    tell(line, request, response)?;
    Ok(())
}

#[handle_data]
fn on_data(frame: &DataFrame, request: &Request, response: &mut Response) -> Result {
    let line = format!(
        "DATA stream={} flags={:#x} end={} padding={:?} flow={} bytes={}\n",
        frame.stream_id,
        frame.flags,
        frame.end_stream,
        frame.padding,
        frame.flow_controlled_length,
        frame.data.len(),
    );
    // The first line is that of HEADERS.
    let frame_number = (tell(line, request, response)? - 1) as u64;
    if let Some(ms) = number(request, "ms") {
        clock::sleep(Duration::from_millis(ms));
    }
    if number(request, "fail") == Some(frame_number) {
        return Err(Error::status(
            422,
            format!("refused at frame {frame_number}"),
        ));
    }
    if number(request, "trap") == Some(frame_number) {
        panic!("as asked, at frame {frame_number}");
    }
    Ok(())
}

#[main]
fn main(request: &Request, response: &mut Response) -> Result<Option<String>> {
    if request.query().first("url").is_some() {
        let url = request.url();
        return Ok(Some(format!("{url} {}", request.url_parts().scheme)));
    }
    if request.query().first("route").is_some() {
        let (base, caught) = (request.url_base(), request.route_match());
        let caught: Vec<_> = caught.iter().map(|(k, v)| format!(" {k}={v}")).collect();
        return Ok(Some(base + &caught.concat()));
    }
    let line = format!("main trailers={}\n", request.trailers().len());
    tell(line, request, response)?;
    if request.query().first("early").is_some() {
        return Ok(None);
    }
    Ok(Some(LINES.take().concat()))
}
