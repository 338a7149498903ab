//! Handlers for the tests in one component: `/chaos?do=NAME`, with more in the
//! query where the case says so. `abuse` has those that must hurt nobody else,
//! `answers` and `streams` those that try an operation and say what came of it.

mod abuse;
mod answers;
mod probes;
mod query;
mod streams;

use host_guest::{Answer, prelude::*};
use query::Query;

/// `?do=early` answers before the body has come, `?do=headers-error` fails
/// there, `?do=headers-trap` traps. Nothing else is done here.
#[handle_headers]
fn on_headers(frame: &HeadersFrame, request: &Request, response: &mut Response) -> Result {
    match request.text("do").as_str() {
        "early" => {
            let writer = response.writer();
            writer.write_headers(200, [("x-answered-in", "handle-headers")])?;
            writer.write_data_last(format!("end-stream was {}\n", frame.end_stream))?;
        }
        "headers-error" => return Err(Error::status(418, "refused in handle-headers")),
        "headers-trap" => panic!("as asked, in handle-headers"),
        _ => {}
    }
    Ok(())
}

#[main]
fn main(request: &Request, response: &mut Response) -> Result<Option<Answer>> {
    let name = request.text("do");
    let text = match name.as_str() {
        "loop" => abuse::run_for_ever(),
        "busy" => abuse::run_for(request),
        "memory" => abuse::take_memory(),
        "recurse" => abuse::recurse(0),
        "panic" => panic!("as asked"),
        "trap" => std::process::abort(),
        "sleep" => abuse::sleep_for_ever(),
        "flood" => abuse::flood(response)?,
        "logflood" => abuse::flood_the_log(request),
        "handles" => abuse::take_handles(response),
        "content" => abuse::large_content(request),
        "headers" => abuse::many_headers(request, response),

        "silent" | "early" => return Ok(None),
        "error" => answers::error(request)?,
        "status" => return Ok(Some(answers::status(request)?)),
        "status-error" => return Err(Error::status(request.number("code", 404), "as asked")),
        "set-error" => return Ok(answers::set_error(request, response)),
        "fields" => return Ok(answers::fields(response)),
        "cookies" => return Ok(answers::cookies(response)),
        "bare" => answers::bare(response),
        "close" => answers::close(response),
        "head" => answers::head(response),
        "write" => return Ok(answers::write_now(response)?),

        "trailers" => return Ok(streams::trailers(response)?),
        "informational" => return Ok(streams::informational(response)?),
        "frames" => return Ok(streams::frames(request, response)?),
        "download" => return Ok(streams::download(request, response)?),
        "wrong-stream" => streams::wrong_stream(response),
        "second-head" => return Ok(streams::second_head(response)?),
        "after-end" => return Ok(streams::after_end(response)?),
        "reset" => return Ok(streams::reset(request, response)?),
        "error-after-head" => return Err(streams::error_after_head(response)),
        "head-only" => return Ok(streams::head_only(response)?),

        "reader" => probes::read_by_pieces(request)?,
        "io" => probes::read_by_reader(request)?,
        "body" => probes::whole_body(request)?,
        "taken" => probes::body_after_pieces(request)?,
        "trailers-in" => probes::trailers(request)?,
        "config" => probes::config(request),
        "clock" => probes::clock(),
        "random" => probes::random(request),
        "log" => probes::log(request),
        "fresh" => probes::fresh(),
        "stain" => probes::stain(),
        "look" => probes::look(),
        other => return Err(Error::status(404, format!("no case {other:?}"))),
    };
    Ok(Some(Answer {
        content: Some(text.into_bytes().into()),
        ..Answer::default()
    }))
}
