//! `/frames`: a hook for each frame, after the script in wptserve's "Writing H2
//! Tests".
//!
//! A request whose header `test` is `pass` is answered at once, before any of
//! its body has come. Then each DATA frame is sent back reversed as soon as it
//! arrives, and the last line follows when the request is complete. Any other
//! request is refused, whatever it still sends.
//!
//! All three hooks run on one instance, one after the other. The second and
//! third run for a refused request too; what they write is refused because the
//! stream has ended, and a hook that fails only for that has not failed.
//! (`response.ended()` tells, for a handler with more to do.)

use host_guest::prelude::*;

#[handle_headers]
fn on_headers(_frame: &HeadersFrame, request: &Request, response: &mut Response) -> Result {
    if request.header("test").is_some_and(|test| test == "pass") {
        response.set_status(200);
        response.headers().update([("test", "passed")]);
        response.write_status_headers()?;
    } else {
        response.set_status(403);
        response.headers().update([("test", "failed")]);
        response.write_status_headers()?;
        response.writer().end_stream()?;
    }
    Ok(())
}

#[handle_data]
fn on_data(frame: &DataFrame, _request: &Request, response: &mut Response) -> Result {
    let reversed: Vec<u8> = frame.data.iter().rev().copied().collect();
    Ok(response.writer().write_data(reversed)?)
}

#[main]
fn main(_request: &Request, response: &mut Response) -> Result {
    Ok(response.writer().write_data_last("\nEnd of File")?)
}
