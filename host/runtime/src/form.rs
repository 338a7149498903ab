//! Forms: `application/x-www-form-urlencoded` and `multipart/form-data`.

use bytes::Bytes;
use futures_util::stream;
use multer::{Constraints, Multipart, SizeLimit};

use crate::bindings::request_types::FormPart;
use crate::bindings::types::BodyError;
use crate::query;

/// Fields that a form may have: each costs the host some hundred bytes, while a
/// field of two bytes could be repeated millions of times in a body.
pub(crate) const FIELDS: usize = 10_000;

/// The fields of a form in order; none for a type that is no form's.
pub(crate) async fn parse(content_type: &[u8], body: Bytes) -> Result<Vec<FormPart>, BodyError> {
    let kind = content_type
        .split(|b| *b == b';')
        .next()
        .unwrap_or_default()
        .trim_ascii()
        .to_ascii_lowercase();
    match kind.as_slice() {
        b"application/x-www-form-urlencoded" => urlencoded(&body),
        b"multipart/form-data" => multipart(content_type, body).await,
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
            content_type: None,
            value,
        });
    }
    Ok(parts)
}

async fn multipart(content_type: &[u8], body: Bytes) -> Result<Vec<FormPart>, BodyError> {
    let malformed = |error: multer::Error| BodyError::Malformed(error.to_string());
    let content_type = std::str::from_utf8(content_type)
        .map_err(|_| BodyError::Malformed("Content-Type is not UTF-8".into()))?;
    let boundary = multer::parse_boundary(content_type).map_err(malformed)?;
    // The whole body is there already: multer must not add a bound of its own.
    let length = body.len() as u64;
    let limits = SizeLimit::new().whole_stream(length).per_field(length);
    let body = stream::once(std::future::ready(Ok::<_, std::convert::Infallible>(body)));
    let constraints = Constraints::new().size_limit(limits);
    let mut form = Multipart::with_constraints(body, boundary, constraints);
    let mut parts = Vec::new();
    while let Some(field) = form.next_field().await.map_err(malformed)? {
        if parts.len() == FIELDS {
            return Err(too_many());
        }
        parts.push(FormPart {
            name: field.name().unwrap_or_default().as_bytes().to_vec(),
            filename: field.file_name().map(str::to_owned),
            content_type: field
                .headers()
                .get("content-type")
                .map(|value| String::from_utf8_lossy(value.as_bytes()).into_owned()),
            value: field.bytes().await.map_err(malformed)?.to_vec(),
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

    async fn form(kind: &str, body: &str) -> Result<Vec<FormPart>, BodyError> {
        parse(kind.as_bytes(), Bytes::copy_from_slice(body.as_bytes())).await
    }

    #[tokio::test]
    async fn an_urlencoded_form_keeps_order_blanks_and_bytes() {
        let parts = form("Application/X-WWW-form-urlencoded; x=y", "a=1&b&a=%FF+c")
            .await
            .unwrap();
        let pairs: Vec<(&[u8], &[u8])> =
            parts.iter().map(|p| (&p.name[..], &p.value[..])).collect();
        assert_eq!(
            pairs,
            [(&b"a"[..], &b"1"[..]), (b"b", b""), (b"a", b"\xff c")]
        );
    }

    #[tokio::test]
    async fn a_multipart_form_has_files() {
        let body = "--XX\r\nContent-Disposition: form-data; name=\"n\"\r\n\r\nv\r\n\
            --XX\r\nContent-Disposition: form-data; name=\"f\"; filename=\"a.txt\"\r\n\
            Content-Type: text/plain\r\n\r\nline\r\n\r\n--XX--\r\n";
        let parts = form("multipart/form-data; boundary=XX", body)
            .await
            .unwrap();
        assert_eq!(parts.len(), 2);
        assert_eq!(parts[0].name, b"n");
        assert_eq!(parts[0].filename, None);
        assert_eq!(parts[1].filename.as_deref(), Some("a.txt"));
        assert_eq!(parts[1].content_type.as_deref(), Some("text/plain"));
        assert_eq!(parts[1].value, b"line\r\n");
    }

    #[tokio::test]
    async fn a_broken_multipart_form_is_malformed() {
        for (kind, body) in [
            ("multipart/form-data", "--XX--\r\n"),
            ("multipart/form-data; boundary=XX", "--XX\r\nno end"),
        ] {
            let error = form(kind, body).await.unwrap_err();
            assert!(matches!(error, BodyError::Malformed(_)), "{error:?}");
        }
    }

    #[tokio::test]
    async fn other_types_are_no_forms() {
        assert!(form("application/json", "a=b").await.unwrap().is_empty());
        assert!(form("", "a=b").await.unwrap().is_empty());
    }

    #[tokio::test]
    async fn fields_are_bounded() {
        let body = "a&".repeat(FIELDS + 1);
        let error = form("application/x-www-form-urlencoded", &body)
            .await
            .unwrap_err();
        assert!(matches!(error, BodyError::Malformed(_)));
    }
}
