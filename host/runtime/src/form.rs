//! Forms: `application/x-www-form-urlencoded` and `multipart/form-data`.

mod multipart;
mod parameters;

use host_wire::query;

use self::parameters::Parameters;
use crate::bindings::request_types::FormPart;
use crate::bindings::types::BodyError;

/// Fields that a form may have: each costs the host some hundred bytes, while a
/// field of two bytes could be repeated millions of times in a body.
pub(crate) const FIELDS: usize = 10_000;

/// The fields of a form in order; none for a type that is no form's. A POST that
/// does not say its type has an urlencoded one.
pub(crate) fn parse(
    method: &[u8],
    content_type: Option<&[u8]>,
    body: &[u8],
) -> Result<Vec<FormPart>, BodyError> {
    let Some(content_type) = content_type else {
        return match method {
            b"POST" => urlencoded(body),
            _ => Ok(Vec::new()),
        };
    };
    let parameters = Parameters::of(content_type);
    match parameters.value.to_ascii_lowercase().as_slice() {
        b"application/x-www-form-urlencoded" => urlencoded(body),
        kind if kind.starts_with(b"multipart/") => {
            let boundary = parameters.get("boundary").unwrap_or_default();
            multipart::parse(&boundary, body)
        }
        _ => Ok(Vec::new()),
    }
}

fn urlencoded(body: &[u8]) -> Result<Vec<FormPart>, BodyError> {
    let mut parts = Vec::new();
    for (name, value) in query::pairs(body) {
        if parts.len() == FIELDS {
            return Err(too_many());
        }
        parts.push(FormPart {
            name,
            filename: None,
            headers: Vec::new(),
            value,
        });
    }
    Ok(parts)
}

fn too_many() -> BodyError {
    BodyError::Malformed(format!("the form has more than {FIELDS} fields"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn form(method: &str, kind: Option<&str>, body: &str) -> Result<String, BodyError> {
        let parts = parse(method.as_bytes(), kind.map(str::as_bytes), body.as_bytes())?;
        let pairs = parts
            .into_iter()
            .map(|part| format!("{}={}", part.name.escape_ascii(), part.value.escape_ascii()));
        Ok(pairs.collect::<Vec<_>>().join("|"))
    }

    #[test]
    fn an_urlencoded_form_keeps_order_blanks_and_bytes() {
        let kind = Some("Application/X-WWW-form-urlencoded; x=y");
        assert_eq!(
            form("PUT", kind, "a=1&b&a=%FF+c").unwrap(),
            r"a=1|b=|a=\xff c"
        );
    }

    #[test]
    fn a_post_without_a_type_is_urlencoded() {
        assert_eq!(form("POST", None, "a=1").unwrap(), "a=1");
        assert_eq!(form("PUT", None, "a=1").unwrap(), "");
    }

    #[test]
    fn any_multipart_type_is_a_form() {
        let body = "--X\r\nContent-Disposition: form-data; name=a\r\n\r\n1\r\n--X--\r\n";
        for kind in [
            "multipart/form-data; boundary=X",
            "Multipart/Mixed;Boundary=\"X\"",
        ] {
            assert_eq!(form("POST", Some(kind), body).unwrap(), "a=1");
        }
    }

    #[test]
    fn other_types_are_no_forms() {
        for kind in ["application/json", "", "text/plain; boundary=X"] {
            assert_eq!(form("POST", Some(kind), "a=b").unwrap(), "");
        }
    }

    #[test]
    fn fields_are_bounded() {
        let body = "a&".repeat(FIELDS + 1);
        let error = form("POST", None, &body).unwrap_err();
        assert!(matches!(error, BodyError::Malformed(_)));
    }
}
