//! A client that sends files.

/// Sends a file as browsers send it (RFC 7578), with a note; answers with what the
/// server calls it.
///
/// # Errors
/// Those of ureq.
pub fn upload(url: &str, name: &str, content: &[u8], note: &str) -> Result<String, ureq::Error> {
    const BOUNDARY: &str = "a-line-that-no-file-has";
    let head = format!(
        "--{BOUNDARY}\r\nContent-Disposition: form-data; name=\"note\"\r\n\r\n{note}\r\n\
         --{BOUNDARY}\r\nContent-Disposition: form-data; name=\"file\"; filename=\"{name}\"\r\n\
         Content-Type: application/octet-stream\r\n\r\n"
    );
    let end = format!("\r\n--{BOUNDARY}--\r\n");
    let body = [head.as_bytes(), content, end.as_bytes()].concat();
    let mut response = ureq::post(url)
        .header(
            "content-type",
            format!("multipart/form-data; boundary={BOUNDARY}"),
        )
        .send(&body)?;
    response.body_mut().read_to_string()
}
