//! A client that remembers cookies.

use std::collections::BTreeMap;

use ureq::http::HeaderMap;
use ureq::http::header::SET_COOKIE;

/// The cookies of one site, whatever they are for.
#[derive(Debug, Default)]
pub struct Jar(BTreeMap<String, String>);

impl Jar {
    /// The body of a page.
    ///
    /// # Errors
    /// Those of ureq.
    pub fn get(&mut self, url: &str) -> Result<String, ureq::Error> {
        let cookies = self.0.iter().map(|(name, value)| format!("{name}={value}"));
        let cookies: Vec<_> = cookies.collect();
        let mut request = ureq::get(url);
        if !cookies.is_empty() {
            request = request.header("cookie", cookies.join("; "));
        }
        let mut response = request.call()?;
        self.remember(response.headers());
        response.body_mut().read_to_string()
    }

    fn remember(&mut self, headers: &HeaderMap) {
        for line in headers.get_all(SET_COOKIE) {
            let line = line.to_str().unwrap_or_default();
            let mut parts = line.split(';').map(str::trim);
            let Some((name, value)) = parts.next().and_then(|pair| pair.split_once('=')) else {
                continue;
            };
            match parts.any(|attribute| attribute.eq_ignore_ascii_case("max-age=0")) {
                true => self.0.remove(name),
                false => self.0.insert(name.to_owned(), value.to_owned()),
            };
        }
    }
}
