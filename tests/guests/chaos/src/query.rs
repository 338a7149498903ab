//! The query of a case.

use host_guest::prelude::*;

/// Values of the query, with defaults: a test that misspells one should fail
/// loudly, so a value that is no number panics.
pub(crate) trait Query {
    /// The value's text; empty without one.
    fn text(&self, name: &str) -> String;

    /// The value's number.
    fn number<N: std::str::FromStr>(&self, name: &str, default: N) -> N;
}

impl Query for Request<'_> {
    fn text(&self, name: &str) -> String {
        self.query()
            .first(name)
            .map(ToString::to_string)
            .unwrap_or_default()
    }

    fn number<N: std::str::FromStr>(&self, name: &str, default: N) -> N {
        match self.query().first(name) {
            None => default,
            Some(value) => match value.to_string().parse() {
                Ok(number) => number,
                Err(_) => panic!("{name}={value} is no number"),
            },
        }
    }
}
