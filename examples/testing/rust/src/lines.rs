//! A client that reads as much as it needs.

use std::io::{self, BufRead, BufReader};

/// The first line that is so, of a page of any length; the rest is not read.
///
/// # Errors
/// Those of ureq.
pub fn find(url: &str, is_so: impl Fn(&str) -> bool) -> Result<Option<String>, ureq::Error> {
    let response = ureq::get(url).call()?;
    let lines = BufReader::new(response.into_body().into_reader()).lines();
    let found: io::Result<Vec<_>> = lines
        .filter(|line| line.as_ref().is_ok_and(|line| is_so(line)) || line.is_err())
        .take(1)
        .collect();
    Ok(found?.pop())
}
