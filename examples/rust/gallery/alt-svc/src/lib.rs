//! `/gallery/alt-svc`: two frames of extensions, made by hand: ALTSVC (RFC 7838
//! §4) says where else this origin is served, ORIGIN (RFC 8336 §2) for which
//! others this connection may be used.
//!
//! `write_raw_frame` takes any type. On stream 0 a frame is the connection's,
//! and the answer is still to be made: here by what `main` returns. A client
//! that does not know a frame's type ignores it (RFC 9113 §4.1).

use host_guest::prelude::*;

const ALTSVC: u8 = 0xa;
const ORIGIN: u8 = 0xc;

/// Text behind its length.
fn counted(text: &str) -> Vec<u8> {
    let length = u16::try_from(text.len()).expect("a short text");
    [&length.to_be_bytes()[..], text.as_bytes()].concat()
}

#[main]
fn main(_request: &Request, response: &mut Response) -> Result<&'static str> {
    let writer = response.writer();
    let service = [counted("https://a.test"), b"h2=\":8443\"; ma=60".to_vec()].concat();
    writer.write_raw_frame(ALTSVC, 0, 0, service)?;
    let origins = [counted("https://a.test"), counted("https://b.test")].concat();
    writer.write_raw_frame(ORIGIN, 0, 0, origins)?;
    Ok("Served elsewhere, too.\n")
}
