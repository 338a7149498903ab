//! Reason phrases.

use http::StatusCode;

/// The registered reason phrase of a status code (RFC 9110 §15); empty for one
/// that is not registered.
pub fn reason_phrase(status: u16) -> &'static str {
    match status {
        // The http crate writes it without its hyphen.
        203 => "Non-Authoritative Information",
        _ => StatusCode::from_u16(status)
            .ok()
            .and_then(|code| code.canonical_reason())
            .unwrap_or(""),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn phrases_are_the_registered_ones() {
        assert_eq!(reason_phrase(203), "Non-Authoritative Information");
        assert_eq!(reason_phrase(404), "Not Found");
        assert_eq!(reason_phrase(799), "");
        assert_eq!(reason_phrase(7), "");
    }
}
