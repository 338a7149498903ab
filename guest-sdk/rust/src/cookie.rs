//! A cookie to set.

use std::time::Duration;

use crate::bindings::host::handler::response::Cookie as Raw;
pub use crate::bindings::host::handler::response::SameSite;

/// A cookie to set, by [`Response::set_cookie`](crate::Response::set_cookie)
/// (RFC 6265 §4.1). `Path` is `/` unless set otherwise, as in wptserve. Text
/// goes out as it is.
///
/// ```
/// use host_guest::{Cookie, SameSite};
/// use std::time::Duration;
///
/// let cookie = Cookie::new("session", "s1")
///     .max_age(Duration::from_secs(3600))
///     .http_only()
///     .same_site(SameSite::Lax);
/// ```
#[derive(Clone, Debug)]
pub struct Cookie {
    raw: Raw,
}

impl Cookie {
    /// A cookie of the session, for the whole site.
    pub fn new(name: impl Into<String>, value: impl Into<String>) -> Self {
        Self {
            raw: Raw {
                name: name.into(),
                value: value.into(),
                path: Some("/".to_owned()),
                domain: None,
                max_age: None,
                expires: None,
                secure: false,
                http_only: false,
                same_site: None,
            },
        }
    }

    /// `Path`.
    #[must_use]
    pub fn path(mut self, path: impl Into<String>) -> Self {
        self.raw.path = Some(path.into());
        self
    }

    /// No `Path`: the client takes the directory of the request.
    #[must_use]
    pub fn no_path(mut self) -> Self {
        self.raw.path = None;
        self
    }

    /// `Domain`.
    #[must_use]
    pub fn domain(mut self, domain: impl Into<String>) -> Self {
        self.raw.domain = Some(domain.into());
        self
    }

    /// `Max-Age`, in whole seconds.
    #[must_use]
    pub fn max_age(mut self, age: Duration) -> Self {
        self.raw.max_age = Some(i64::try_from(age.as_secs()).unwrap_or(i64::MAX));
        self
    }

    /// `Expires`, as it is to be written.
    #[must_use]
    pub fn expires(mut self, date: impl Into<String>) -> Self {
        self.raw.expires = Some(date.into());
        self
    }

    /// `Secure`.
    #[must_use]
    pub fn secure(mut self) -> Self {
        self.raw.secure = true;
        self
    }

    /// `HttpOnly`.
    #[must_use]
    pub fn http_only(mut self) -> Self {
        self.raw.http_only = true;
        self
    }

    /// `SameSite`.
    #[must_use]
    pub fn same_site(mut self, same_site: SameSite) -> Self {
        self.raw.same_site = Some(same_site);
        self
    }

    pub(crate) fn raw(&self) -> &Raw {
        &self.raw
    }
}
