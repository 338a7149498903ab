//! `/gallery/settings`: what server and client say of the connection: SETTINGS,
//! WINDOW_UPDATE and PRIORITY (RFC 9113 §6.5, §6.9, §6.3) go out, and the answer
//! tells what the client's own SETTINGS were, and which windows it has left.
//!
//! Settings are for every stream, and so is the connection's window: those two
//! are raw. They hold when the client has acknowledged them.

use host_guest::{Priority, prelude::*};

const MAX_CONCURRENT_STREAMS: u16 = 0x3;

#[main]
fn main(_request: &Request, response: &mut Response) -> Result<String> {
    let writer = response.writer();
    let peer = writer.peer()?;
    writer.settings(&[(MAX_CONCURRENT_STREAMS, 50)])?;
    writer.window_update(1000)?;
    response.writer().on_stream(0).window_update(2000)?;
    writer.priority(Priority {
        dependency: 0,
        weight: 200,
        exclusive: false,
    })?;
    Ok(format!(
        "header table {}, push {}, streams {:?}, frames of {}, list of {:?}\n\
         windows {} (of {}) and {}\n",
        peer.header_table_size,
        peer.enable_push,
        peer.max_concurrent_streams,
        peer.max_frame_size,
        peer.max_header_list_size,
        peer.stream_window,
        peer.initial_window_size,
        peer.connection_window,
    ))
}
