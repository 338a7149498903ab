//! A client that tries again.

/// The body of a page, tried so often.
///
/// # Errors
/// What went wrong the last time.
pub fn get(url: &str, attempts: usize) -> Result<String, ureq::Error> {
    let mut tried = 1;
    loop {
        match get_once(url) {
            // The server has said no: that is an answer.
            Err(ureq::Error::StatusCode(status)) if status < 500 => {
                return Err(ureq::Error::StatusCode(status));
            }
            Err(_) if tried < attempts => tried += 1,
            other => return other,
        }
    }
}

/// All of it: an answer may break after it has begun well.
fn get_once(url: &str) -> Result<String, ureq::Error> {
    ureq::get(url).call()?.body_mut().read_to_string()
}
