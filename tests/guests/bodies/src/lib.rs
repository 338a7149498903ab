//! `/bodies`: takes the request's body by pieces and says how long it was;
//! `/bodies?down=N` answers with N bytes, by pieces of 64 KiB.

use host_guest::prelude::*;

const PIECE: usize = 64 * 1024;

#[main]
fn main(request: &Request, response: &mut Response) -> Result {
    let mut taken = 0;
    for piece in request.body_pieces(0) {
        taken += piece?.len();
    }
    let down = request.query().first("down");
    let Some(down) = down.and_then(|down| down.to_string().parse::<usize>().ok()) else {
        response.set_content(format!("{taken} bytes\n"));
        return Ok(());
    };
    response.headers().set("Content-Length", down.to_string());
    response.write_status_headers()?;
    let (writer, piece) = (response.writer(), [b'x'; PIECE]);
    for sent in (0..down).step_by(PIECE) {
        writer.write_data(&piece[..PIECE.min(down - sent)])?;
    }
    Ok(())
}
