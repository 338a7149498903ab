//! A complete answer in one call, for those who need no writer.

use bytes::Bytes;

use crate::{Exchange, Fields, WireError, WireOp};

impl Exchange {
    /// Writes a whole answer: the head, with Server, Date and Content-Length
    /// added where they are missing, and the content, which is left out where
    /// the request was HEAD or the status has none (RFC 9110 §6.4.1).
    ///
    /// # Errors
    /// Those of [`Exchange::apply`].
    pub async fn respond(
        &mut self,
        status: u16,
        mut fields: Fields,
        content: Bytes,
    ) -> Result<(), WireError> {
        fields.add_server_and_date();
        let has_content = !matches!(status, 100..=199 | 204 | 304);
        if has_content && !fields.contains("content-length") {
            fields.append("Content-Length", content.len().to_string());
        }
        let end = !has_content || content.is_empty() || self.head().method == "HEAD";
        self.apply(WireOp::WriteHeaders {
            stream: None,
            status,
            reason: None,
            fields,
            end,
        })
        .await?;
        if !end {
            self.apply(WireOp::WriteData {
                stream: None,
                data: content,
                end: true,
            })
            .await?;
        }
        Ok(())
    }

    /// Writes wptserve's error page, `{"error": {"code": …, "message": …}}`, or
    /// resets the stream with `INTERNAL_ERROR` where a head has been sent.
    ///
    /// # Errors
    /// Those of [`Exchange::apply`].
    pub async fn refuse(
        &mut self,
        status: u16,
        mut fields: Fields,
        message: &str,
    ) -> Result<(), WireError> {
        const INTERNAL_ERROR: u32 = 2;
        let progress = self.progress();
        if progress.ended {
            return Ok(());
        }
        if progress.headers {
            let stream = None;
            let code = INTERNAL_ERROR;
            return self.apply(WireOp::Reset { stream, code }).await.map(drop);
        }
        fields.set("Content-Type", "application/json");
        self.respond(status, fields, error_page(status, message))
            .await
    }
}

/// wptserve's error page as JSON.
pub fn error_page(status: u16, message: &str) -> Bytes {
    let mut page = format!("{{\"error\": {{\"code\": {status}, \"message\": \"");
    for c in message.chars() {
        match c {
            '"' => page.push_str("\\\""),
            '\\' => page.push_str("\\\\"),
            '\n' => page.push_str("\\n"),
            c if c.is_control() => page.push_str(&format!("\\u{:04x}", u32::from(c))),
            c => page.push(c),
        }
    }
    page.push_str("\"}}");
    page.into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn error_pages_are_json_whatever_the_message() {
        let page = error_page(500, "a \"b\"\\\n\u{1b}[0m é");
        assert_eq!(
            page,
            "{\"error\": {\"code\": 500, \"message\": \"a \\\"b\\\"\\\\\\n\\u001b[0m é\"}}"
        );
    }
}
