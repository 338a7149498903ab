//! A client that tries again.

/// The body of a page, tried so often.
///
/// # Errors
/// What went wrong the last time.
pub fn get(url: &str, attempts: usize) -> Result<String, ureq::Error> {
    let mut tried = 1;
    loop {
        match ureq::get(url).call() {
            Ok(mut response) => return response.body_mut().read_to_string(),
            // The server has said no: that is an answer.
            Err(ureq::Error::StatusCode(status)) if status < 500 => {
                return Err(ureq::Error::StatusCode(status));
            }
            Err(error) if tried == attempts => return Err(error),
            Err(_) => tried += 1,
        }
    }
}
