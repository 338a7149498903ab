//! A whole connection's frames as they were on the wire, nothing decoded.

use std::io::{Read, Write};
use std::net::TcpStream;

use host_tests::h2::{Frame, code, goaway};
use host_tests::{DEADLINE, Host};

pub(crate) const PREFACE: &[u8] = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";

/// A frame that the server sent.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Sent {
    pub kind: u8,
    pub flags: u8,
    /// With the reserved bit.
    pub stream: u32,
    pub payload: Vec<u8>,
}

/// Sends the preface, these frames and GOAWAY, and takes what the server sends
/// until it has finished what it was asked and closes.
pub(crate) fn transcript(host: &Host, frames: impl IntoIterator<Item = Frame>) -> Vec<Sent> {
    let mut socket = TcpStream::connect(host.http()).unwrap();
    socket.set_read_timeout(Some(DEADLINE)).unwrap();
    let mut bytes = PREFACE.to_vec();
    for frame in frames {
        bytes.extend(frame.encode());
    }
    bytes.extend(goaway(code::NO_ERROR).encode());
    socket.write_all(&bytes).unwrap();
    let mut said = Vec::new();
    socket.read_to_end(&mut said).unwrap();
    cut(&said)
}

fn cut(mut bytes: &[u8]) -> Vec<Sent> {
    let mut frames = Vec::new();
    while let Some((head, rest)) = bytes.split_first_chunk::<9>() {
        let [l0, l1, l2, kind, flags, stream @ ..] = *head;
        let length = u32::from_be_bytes([0, l0, l1, l2]) as usize;
        let (payload, rest) = rest.split_at(length);
        frames.push(Sent {
            kind,
            flags,
            stream: u32::from_be_bytes(stream),
            payload: payload.to_vec(),
        });
        bytes = rest;
    }
    assert!(bytes.is_empty(), "the end is within a frame");
    frames
}
