//! What a ClientHello offers, read from its bytes (RFC 8446 §4.1.2).

pub(super) mod names;

use bytes::Bytes;
use host_wire::journal::ClientHello;

/// Reads a ClientHello from the first bytes of a connection, in however many
/// records it came. `None` where it is none, or not whole.
pub(crate) fn client_hello(connection: &[u8]) -> Option<ClientHello> {
    let message = handshake_message(connection)?;
    let mut rest = Reader(&message);
    let mut hello = ClientHello {
        version: rest.u16()?,
        ..ClientHello::default()
    };
    // random, legacy_session_id
    rest.take(32)?;
    rest.vector8()?;
    hello.ciphers = rest.vector16()?.numbers();
    // legacy_compression_methods
    rest.vector8()?;
    if rest.0.is_empty() {
        // TLS 1.2 without extensions.
        return Some(hello);
    }
    let mut extensions = rest.vector16()?;
    while !extensions.0.is_empty() {
        let kind = extensions.u16()?;
        let content = extensions.vector16()?;
        hello.extensions.push(kind);
        // One that cannot be read is still told to be there.
        let _ = extension(&mut hello, kind, content);
    }
    Some(hello)
}

fn extension(hello: &mut ClientHello, kind: u16, mut content: Reader<'_>) -> Option<()> {
    match kind {
        // server_name: the first host_name (RFC 6066 §3).
        0 => {
            let mut list = content.vector16()?;
            if list.u8()? == 0 {
                hello.server_name = Some(Bytes::copy_from_slice(list.vector16()?.0));
            }
        }
        10 => hello.groups = content.vector16()?.numbers(),
        11 => hello.point_formats = content.vector8()?.0.to_vec(),
        13 => hello.signatures = content.vector16()?.numbers(),
        16 => {
            let mut list = content.vector16()?;
            while !list.0.is_empty() {
                let name = list.vector8()?;
                hello.alpn.push(Bytes::copy_from_slice(name.0));
            }
        }
        43 => hello.versions = content.vector8()?.numbers(),
        _ => {}
    }
    Some(())
}

/// The ClientHello without the records and the head around it.
fn handshake_message(connection: &[u8]) -> Option<Vec<u8>> {
    let mut records = Reader(connection);
    let mut message = Vec::new();
    loop {
        // A record of the handshake: type, legacy_record_version, fragment.
        if records.u8()? != 22 {
            return None;
        }
        records.u16()?;
        let fragment = records.vector16()?.0;
        if fragment.is_empty() {
            return None;
        }
        message.extend_from_slice(fragment);
        if let [1, l0, l1, l2, ..] = message[..] {
            let length = u32::from_be_bytes([0, l0, l1, l2]) as usize;
            if message.len() >= 4 + length {
                message.truncate(4 + length);
                message.drain(..4);
                return Some(message);
            }
        } else if message.first() != Some(&1) {
            return None;
        }
    }
}

/// Takes things off the front of bytes.
#[derive(Clone, Copy)]
struct Reader<'a>(&'a [u8]);

impl<'a> Reader<'a> {
    fn take(&mut self, n: usize) -> Option<Self> {
        let (taken, rest) = self.0.split_at_checked(n)?;
        self.0 = rest;
        Some(Self(taken))
    }

    fn u8(&mut self) -> Option<u8> {
        self.take(1)?.0.first().copied()
    }

    fn u16(&mut self) -> Option<u16> {
        Some(u16::from_be_bytes(self.take(2)?.0.try_into().ok()?))
    }

    fn vector8(&mut self) -> Option<Self> {
        let n = self.u8()?;
        self.take(n.into())
    }

    fn vector16(&mut self) -> Option<Self> {
        let n = self.u16()?;
        self.take(n.into())
    }

    fn numbers(self) -> Vec<u16> {
        let pairs = self.0.as_chunks::<2>().0;
        pairs.iter().map(|pair| u16::from_be_bytes(*pair)).collect()
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn vector16(content: &[u8]) -> Vec<u8> {
        let length = u16::try_from(content.len()).unwrap();
        [&length.to_be_bytes(), content].concat()
    }

    fn extension(kind: u16, content: &[u8]) -> Vec<u8> {
        [&kind.to_be_bytes()[..], &vector16(content)].concat()
    }

    /// A ClientHello in records of `size` bytes.
    fn records(size: usize) -> Vec<u8> {
        let extensions = [
            extension(0x0a0a, b""),
            extension(16, &vector16(b"\x02h2\x08http/1.1")),
            extension(0, &vector16(&[&[0][..], &vector16(b"t.test")].concat())),
            extension(43, b"\x04\x1a\x1a\x03\x04"),
            extension(10, &vector16(b"\x1a\x1a\x00\x1d")),
            extension(13, &vector16(b"\x04\x03")),
            extension(11, b"\x01\x00"),
        ]
        .concat();
        let body = [
            &b"\x03\x03"[..],
            &[7; 32],
            b"\x00",
            &vector16(b"\x0a\x0a\x13\x01\xc0\x2b"),
            b"\x01\x00",
            &vector16(&extensions),
        ]
        .concat();
        let length = u32::try_from(body.len()).unwrap().to_be_bytes();
        let message = [&[1], &length[1..], &body].concat();
        let records = message.chunks(size);
        records
            .flat_map(|part| [&b"\x16\x03\x01"[..], &vector16(part)].concat())
            .collect()
    }

    fn wanted() -> ClientHello {
        ClientHello {
            version: 0x0303,
            ciphers: vec![0x0a0a, 0x1301, 0xc02b],
            extensions: vec![0x0a0a, 16, 0, 43, 10, 13, 11],
            groups: vec![0x1a1a, 29],
            point_formats: vec![0],
            signatures: vec![0x0403],
            versions: vec![0x1a1a, 0x0304],
            alpn: vec!["h2".into(), "http/1.1".into()],
            server_name: Some("t.test".into()),
        }
    }

    #[test]
    fn in_one_record_or_many() {
        for size in [1, 3, 50, 10_000] {
            assert_eq!(client_hello(&records(size)), Some(wanted()), "{size}");
        }
        let more = [records(10_000), b"\x14\x03\x03\x00\x01\x01".to_vec()].concat();
        assert_eq!(client_hello(&more), Some(wanted()));
    }

    #[test]
    fn half_of_it_is_none() {
        let records = records(10_000);
        for length in 0..records.len() {
            assert_eq!(client_hello(&records[..length]), None, "{length}");
        }
        assert_eq!(client_hello(b"GET / HTTP/1.1\r\n\r\n"), None);
    }

    #[test]
    fn names_of_numbers() {
        assert_eq!(names::extension(0x0a0a), "GREASE(2570)");
        assert_eq!(names::extension(0), "server_name(0)");
        assert_eq!(names::extension(0x0a1a), "unknown(2586)");
        assert_eq!(names::cipher(0x1301), "TLS_AES_128_GCM_SHA256(4865)");
        assert_eq!(names::group(29), "x25519(29)");
        assert_eq!(names::version(0x0304), "TLSv1.3(772)");
        assert_eq!(names::signature(0x0403), "ecdsa_secp256r1_sha256(1027)");
    }

    proptest! {
        #[test]
        fn any_bytes_are_taken(
            mut bytes in proptest::collection::vec(any::<u8>(), 0..300),
            broken in any::<proptest::sample::Index>(),
            with in any::<u8>(),
        ) {
            client_hello(&bytes);
            bytes = records(60);
            *broken.get_mut(&mut bytes) = with;
            client_hello(&bytes);
        }
    }
}
