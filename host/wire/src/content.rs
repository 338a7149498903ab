//! What content an answer may have, by what it answers and what its head says:
//! the same on both protocols (RFC 9110 §6.4.1, §8.6).

use crate::{Fields, WireError};

/// What in a request's method decides about the content of its answer.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Method {
    Head,
    Connect,
    #[default]
    Other,
}

impl Method {
    pub(crate) fn of(method: &[u8]) -> Self {
        match method {
            b"HEAD" => Self::Head,
            b"CONNECT" => Self::Connect,
            _ => Self::Other,
        }
    }

    /// Whether an answer of this status makes the connection or the stream a
    /// tunnel (RFC 9110 §9.3.6).
    pub(crate) fn is_tunnel(self, status: u16) -> bool {
        self == Self::Connect && (200..300).contains(&status)
    }
}

/// The content that may still follow a head.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Content {
    /// As much as there is: nothing was announced, or it is not for the head to
    /// say. Who answers HEAD may announce a length and has no content; a handler
    /// that sends some means to.
    #[default]
    Any,
    /// None.
    None,
    /// So many bytes, no more and no fewer.
    Left(u64),
}

impl Content {
    /// What may follow the final head of an answer.
    pub(crate) fn behind(method: Method, status: u16, fields: &Fields) -> Result<Self, WireError> {
        let length = length(fields).map_err(refused)?;
        if status == 204 && length.is_some() {
            return Err(refused("Content-Length in an answer that has no content"));
        }
        Ok(match length {
            _ if method == Method::Head || method.is_tunnel(status) => Self::Any,
            _ if matches!(status, 204 | 304) => Self::None,
            Some(length) => Self::Left(length),
            None => Self::Any,
        })
    }

    /// Checks an informational head, behind which nothing has changed.
    pub(crate) fn check_informational(fields: &Fields) -> Result<(), WireError> {
        if fields.contains("content-length") || fields.contains("transfer-encoding") {
            let what = "Content-Length or Transfer-Encoding in an informational head";
            return Err(refused(what));
        }
        Ok(())
    }

    /// Takes `bytes` of it; `end`: these are the last. Answers what is left.
    pub(crate) fn take(self, bytes: u64, end: bool) -> Result<Self, WireError> {
        let left = match self {
            Self::Any => return Ok(self),
            Self::None if bytes == 0 => return Ok(self),
            Self::None => {
                let what = "content in an answer that has none";
                return Err(WireError::protocol(what, "RFC 9110 §6.4.1"));
            }
            Self::Left(left) => left,
        };
        let what = match left.checked_sub(bytes) {
            None => format!("{bytes} bytes of content where {left} are left of Content-Length"),
            Some(short @ 1..) if end => {
                format!("the answer ends {short} bytes before its Content-Length")
            }
            Some(left) => return Ok(Self::Left(left)),
        };
        Err(WireError::protocol(what, SECTION))
    }
}

const SECTION: &str = "RFC 9110 §8.6";

fn refused(what: &'static str) -> WireError {
    WireError::protocol(what, SECTION)
}

/// The value of `Content-Length`. Several that agree count as one (§8.6). The
/// error says what is wrong.
pub(crate) fn length(fields: &Fields) -> Result<Option<u64>, &'static str> {
    let mut length = None;
    for value in fields.get_all("content-length") {
        for item in value.split(|b| *b == b',') {
            let Some(n) = decimal(item.trim_ascii()) else {
                return Err("Content-Length is not a number");
            };
            if length.is_some_and(|known| known != n) {
                return Err("Content-Length fields that differ");
            }
            length = Some(n);
        }
    }
    Ok(length)
}

/// Decimal digits, and nothing else, as a number that fits.
pub(crate) fn decimal(bytes: &[u8]) -> Option<u64> {
    if bytes.is_empty() {
        return None;
    }
    bytes.iter().try_fold(0_u64, |n, b| {
        let digit = b.is_ascii_digit().then(|| u64::from(b - b'0'))?;
        n.checked_mul(10)?.checked_add(digit)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fields(lengths: &[&'static str]) -> Fields {
        let mut fields = Fields::new();
        for length in lengths {
            fields.append("Content-Length", *length);
        }
        fields
    }

    #[test]
    fn what_a_head_allows() {
        use Method::{Connect, Head, Other};
        for (method, status, lengths, allowed) in [
            (Other, 200, &[][..], Some(Content::Any)),
            (Other, 200, &["3"], Some(Content::Left(3))),
            (Other, 200, &["3, 3", "3"], Some(Content::Left(3))),
            (Other, 404, &["0"], Some(Content::Left(0))),
            (Other, 200, &["3", "4"], None),
            (Other, 200, &["x"], None),
            (Other, 200, &[""], None),
            (Other, 200, &["99999999999999999999"], None),
            (Other, 204, &[], Some(Content::None)),
            (Other, 204, &["0"], None),
            (Other, 304, &["3"], Some(Content::None)),
            (Head, 200, &["3"], Some(Content::Any)),
            (Head, 204, &["3"], None),
            (Connect, 200, &[], Some(Content::Any)),
            (Connect, 200, &["3"], Some(Content::Any)),
            (Connect, 501, &["3"], Some(Content::Left(3))),
        ] {
            let got = Content::behind(method, status, &fields(lengths)).ok();
            assert_eq!(got, allowed, "{method:?} {status} {lengths:?}");
        }
        assert!(Content::check_informational(&fields(&["0"])).is_err());
        assert!(Content::check_informational(&fields(&[])).is_ok());
    }

    #[test]
    fn what_is_left() {
        assert_eq!(Content::Any.take(9, true), Ok(Content::Any));
        assert_eq!(Content::None.take(0, true), Ok(Content::None));
        assert!(Content::None.take(1, false).is_err());
        assert_eq!(Content::Left(3).take(2, false), Ok(Content::Left(1)));
        assert_eq!(Content::Left(3).take(3, true), Ok(Content::Left(0)));
        assert!(Content::Left(3).take(2, true).is_err());
        assert!(Content::Left(3).take(4, false).is_err());
    }
}
