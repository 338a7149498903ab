//! `/gallery/ping`: sends the client a PING, and says what came back.
//!
//! `main` writes the PING and returns; `set_watch` keeps the handler alive for a
//! while, in which `handle_frame` is given each frame that carries no content.
//! All hooks run on one instance, so what one has stored another finds.

use std::time::Duration;

use host_guest::prelude::*;

const PING: u8 = 6;
const ACK: u8 = 1;

/// What the PING holds, to be known again.
const DATA: [u8; 8] = *b"gallery!";

#[main]
fn main(_request: &Request, response: &mut Response) -> Result {
    response.set_watch(Duration::from_secs(5));
    response.write_status_headers()?;
    response.writer().ping(DATA)?;
    Ok(())
}

#[handle_frame]
fn on_frame(frame: &ControlFrame, _request: &Request, response: &mut Response) -> Result {
    if frame.type_ == PING && frame.flags == ACK && frame.payload == DATA {
        response
            .writer()
            .write_data_last("The client is there.\n")?;
        response.set_watch(Duration::ZERO); // No more is waited for.
    }
    Ok(())
}
