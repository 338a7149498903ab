//! A component whose only hook is `handle-pipe`: `rot13`, for the settings to
//! name. It answers no request.

use host_guest::prelude::*;

#[handle_pipe]
fn pipe(pipe: &Pipe, _: &Request, response: &mut Response) -> bool {
    if pipe.name != "rot13" {
        return false;
    }
    let content = response.content().into_iter();
    response.set_content(content.map(turn).collect::<Vec<u8>>());
    true
}

fn turn(byte: u8) -> u8 {
    let base = match byte {
        b'a'..=b'z' => b'a',
        b'A'..=b'Z' => b'A',
        other => return other,
    };
    base + (byte - base + 13) % 26
}
