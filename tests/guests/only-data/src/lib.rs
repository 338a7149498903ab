//! `handle-data` and nothing else: sends each frame back, host ends the answer.

use host_guest::prelude::*;

#[handle_data]
fn on_data(frame: &DataFrame, _request: &Request, response: &mut Response) -> Result {
    Ok(response.writer().write_data(&frame.data)?)
}
