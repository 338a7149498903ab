//! What `main` may return: wptserve's forms, as a trait.

use std::borrow::Cow;

use crate::{BString, Content, Error, IntoBody, Pieces, Result};

/// What a handler returned, ready to be set on the response. What is none, or
/// empty, leaves the response as it is.
#[derive(Debug, Default)]
pub struct Answer {
    /// The status code and, perhaps, a reason phrase.
    pub status: Option<(u16, Option<Vec<u8>>)>,
    /// Fields to add, in order.
    pub headers: Vec<(Vec<u8>, Vec<u8>)>,
    /// The content.
    pub content: Option<Content>,
}

/// What `main` may return.
///
/// | value | meaning |
/// |---|---|
/// | `()` | the response as it was set |
/// | `"text"`, `String`, `Vec<u8>`, … | the content ([`IntoBody`]) |
/// | `Pieces(iterator)` | the content, made while it is sent ([`Pieces`]) |
/// | `(headers, body)` | fields to add ([`IntoFields`]) and the content |
/// | `(status, headers, body)` | the status too: `404` or `(404, "Not here")` ([`IntoStatus`]) |
/// | `Option` of these | `None`: the response as it was set |
/// | `Result` of these | `Err`: the request fails, see [`Error`] |
///
/// ```
/// use host_guest::{IntoResponse, Result};
///
/// fn gone() -> impl IntoResponse {
///     (410, [("Content-Type", "text/plain"), ("X-Test", "test")], "TEST")
/// }
///
/// fn page(number: &str) -> Result<impl IntoResponse> {
///     let number: u32 = number.parse()?;
///     Ok(([("Content-Type", "text/plain")], format!("page {number}\n")))
/// }
/// ```
pub trait IntoResponse {
    /// What to set on the response.
    fn into_response(self) -> Result<Answer>;
}

/// A status code, or a code and a reason phrase (sent on HTTP/1 only).
pub trait IntoStatus {
    /// The code and the phrase.
    fn into_status(self) -> (u16, Option<Vec<u8>>);
}

/// Header fields: an array, a `Vec` or any iterator of (name, value), each
/// text or bytes.
pub trait IntoFields {
    /// The fields, in order.
    fn into_fields(self) -> Vec<(Vec<u8>, Vec<u8>)>;
}

impl<I, N, V> IntoFields for I
where
    I: IntoIterator<Item = (N, V)>,
    N: AsRef<[u8]>,
    V: AsRef<[u8]>,
{
    fn into_fields(self) -> Vec<(Vec<u8>, Vec<u8>)> {
        let fields = self.into_iter();
        fields
            .map(|(name, value)| (name.as_ref().to_vec(), value.as_ref().to_vec()))
            .collect()
    }
}

impl IntoStatus for u16 {
    fn into_status(self) -> (u16, Option<Vec<u8>>) {
        (self, None)
    }
}

impl<R: Into<Vec<u8>>> IntoStatus for (u16, R) {
    fn into_status(self) -> (u16, Option<Vec<u8>>) {
        (self.0, Some(self.1.into()))
    }
}

/// Implements `IntoBody`, and with it `IntoResponse`, for types of content.
macro_rules! body {
    ($($kind:ty, $value:ident => $bytes:expr;)+) => {$(
        impl IntoBody for $kind {
            fn into_body(self) -> Content {
                let $value = self;
                Content::Whole($bytes)
            }
        }

        impl IntoResponse for $kind {
            fn into_response(self) -> Result<Answer> {
                Ok(Answer { content: Some(self.into_body()), ..Answer::default() })
            }
        }
    )+};
}

body! {
    &'static str, text => Cow::Borrowed(text.as_bytes());
    String, text => Cow::Owned(text.into_bytes());
    Cow<'static, str>, text => match text {
        Cow::Borrowed(text) => Cow::Borrowed(text.as_bytes()),
        Cow::Owned(text) => Cow::Owned(text.into_bytes()),
    };
    &'static [u8], bytes => Cow::Borrowed(bytes);
    Vec<u8>, bytes => Cow::Owned(bytes);
    Cow<'static, [u8]>, bytes => bytes;
    BString, bytes => Cow::Owned(bytes.into());
}

impl<const N: usize> IntoResponse for &'static [u8; N] {
    fn into_response(self) -> Result<Answer> {
        self.as_slice().into_response()
    }
}

impl<I> IntoResponse for Pieces<I>
where
    Self: IntoBody,
{
    fn into_response(self) -> Result<Answer> {
        Ok(Answer {
            content: Some(self.into_body()),
            ..Answer::default()
        })
    }
}

impl IntoResponse for () {
    fn into_response(self) -> Result<Answer> {
        Ok(Answer::default())
    }
}

impl IntoResponse for Answer {
    fn into_response(self) -> Result<Answer> {
        Ok(self)
    }
}

impl<H: IntoFields, B: IntoBody> IntoResponse for (H, B) {
    fn into_response(self) -> Result<Answer> {
        let (headers, body) = self;
        Ok(Answer {
            status: None,
            headers: headers.into_fields(),
            content: Some(body.into_body()),
        })
    }
}

impl<S: IntoStatus, H: IntoFields, B: IntoBody> IntoResponse for (S, H, B) {
    fn into_response(self) -> Result<Answer> {
        let (status, headers, body) = self;
        Ok(Answer {
            status: Some(status.into_status()),
            ..(headers, body).into_response()?
        })
    }
}

impl<T: IntoResponse> IntoResponse for Option<T> {
    fn into_response(self) -> Result<Answer> {
        self.map_or_else(|| Ok(Answer::default()), T::into_response)
    }
}

impl<T: IntoResponse, E: Into<Error>> IntoResponse for Result<T, E> {
    fn into_response(self) -> Result<Answer> {
        self.map_err(Into::into)?.into_response()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn answer(value: impl IntoResponse) -> Answer {
        value.into_response().unwrap()
    }

    /// The content, if all of it is there.
    fn whole(answer: Answer) -> Option<Vec<u8>> {
        match answer.content? {
            Content::Whole(bytes) => Some(bytes.into_owned()),
            Content::Pieces(_) => None,
        }
    }

    fn is_empty(answer: &Answer) -> bool {
        answer.status.is_none() && answer.headers.is_empty() && answer.content.is_none()
    }

    fn field(name: &str, value: &str) -> (Vec<u8>, Vec<u8>) {
        (name.into(), value.into())
    }

    #[test]
    fn nothing_leaves_the_response() {
        assert!(is_empty(&answer(())));
        assert!(is_empty(&answer(None::<&str>)));
        assert!(is_empty(&answer(Ok::<(), Error>(()))));
    }

    #[test]
    fn one_value_is_the_content() {
        let content = Some(b"TEST".to_vec());
        assert_eq!(whole(answer("TEST")), content);
        assert_eq!(whole(answer("TEST".to_owned())), content);
        assert_eq!(whole(answer(b"TEST")), content);
        assert_eq!(whole(answer(b"TEST".to_vec())), content);
        assert_eq!(whole(answer(BString::from("TEST"))), content);
        assert_eq!(whole(answer(Some(Cow::from("TEST")))), content);
        assert_eq!(answer("TEST").status, None);
    }

    #[test]
    fn two_values_are_headers_and_content() {
        let answer = answer(([("Content-Type", "text/plain"), ("X-Test", "test")], "TEST"));
        let headers = vec![field("Content-Type", "text/plain"), field("X-Test", "test")];
        assert_eq!(answer.headers, headers);
        assert_eq!(answer.status, None);
        assert_eq!(whole(answer), Some(b"TEST".to_vec()));
    }

    #[test]
    fn three_values_have_the_status_first() {
        let plain = answer((410, [("X-Test", "test")], "TEST"));
        assert_eq!(plain.status, Some((410, None)));
        assert_eq!(plain.headers, [field("X-Test", "test")]);
        let headers: Vec<(String, Vec<u8>)> = vec![("a".into(), b"\xff".into())];
        let worded = answer(((410, "Long gone"), headers, vec![1, 2]));
        assert_eq!(worded.status, Some((410, Some(b"Long gone".to_vec()))));
        assert_eq!(worded.headers, [(b"a".to_vec(), b"\xff".to_vec())]);
    }

    #[test]
    fn pieces_are_made_when_they_are_asked_for() {
        let made = std::rc::Rc::new(std::cell::Cell::new(0));
        let count = made.clone();
        let pieces = Pieces((1..4).map(move |n| {
            count.set(n);
            n.to_string()
        }));
        let answer = answer((201, [("X-Test", "test")], pieces));
        assert_eq!((answer.status.clone(), made.get()), (Some((201, None)), 0));
        let Some(Content::Pieces(mut pieces)) = answer.content else {
            panic!("it is in pieces");
        };
        assert_eq!(pieces.next(), Some(b"1".to_vec()));
        assert_eq!((made.get(), pieces.count()), (1, 2));
    }

    #[test]
    fn an_error_fails_the_request() {
        let failed: Result<&str> = Err(Error::status(404, "no such page"));
        assert_eq!(failed.into_response().unwrap_err().code(), 404);
        let number = "x".parse::<u8>().map(|n| n.to_string());
        assert_eq!(number.into_response().unwrap_err().code(), 500);
    }
}
