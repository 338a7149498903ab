//! A certificate as text (RFC 7468).

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

/// Characters of a line.
const LINE: usize = 64;

/// A certificate's DER as PEM.
pub(crate) fn certificate(der: &[u8]) -> String {
    let text = STANDARD.encode(der);
    let mut pem = String::from("-----BEGIN CERTIFICATE-----\n");
    for (at, c) in text.char_indices() {
        if at > 0 && at % LINE == 0 {
            pem.push('\n');
        }
        pem.push(c);
    }
    pem.push_str("\n-----END CERTIFICATE-----\n");
    pem
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_of_64_characters() {
        let pem = certificate(&[0xff; 49]);
        let lines: Vec<usize> = pem.lines().map(str::len).collect();
        assert_eq!(lines, [27, 64, 4, 25]);
    }
}
