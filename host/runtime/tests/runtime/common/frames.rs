//! HTTP/2 as bytes, for what a client library does not write.

const PREFACE: &[u8] = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";
/// `GET`, `http`, `/` from the static table, and an authority (RFC 7541 §6).
const HEAD: &[u8] = &[0x82, 0x86, 0x84, 0x41, 1, b'x'];

/// A frame (RFC 9113 §4.1).
pub fn frame(kind: u8, flags: u8, stream: u32, payload: &[u8]) -> Vec<u8> {
    let length = (payload.len() as u32).to_be_bytes();
    let head = [&length[1..], &[kind, flags], &stream.to_be_bytes()].concat();
    [&head, payload].concat()
}

/// The beginning of a connection and a whole request on stream 1.
pub fn get() -> Vec<u8> {
    [PREFACE, &frame(4, 0, 0, b""), &frame(1, 5, 1, HEAD)].concat()
}

/// The same with a body to come.
pub fn open() -> Vec<u8> {
    [PREFACE, &frame(4, 0, 0, b""), &frame(1, 4, 1, HEAD)].concat()
}

pub fn ping() -> Vec<u8> {
    frame(6, 0, 0, b"12345678")
}

pub fn reset(code: u32) -> Vec<u8> {
    frame(3, 0, 1, &code.to_be_bytes())
}

pub fn goaway() -> Vec<u8> {
    frame(7, 0, 0, &[0; 8])
}
