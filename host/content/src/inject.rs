//! A script that is put before the first content of every HTML document (`wpt
//! serve`'s `--inject-script`): in a doctype's wake, inside of `<html>` and
//! `<head>`, behind comments, so that it runs before anything of the page does.
//!
//! A scanner of our own finds the place. Only white space, comments, doctypes and
//! two tags can be before it, and crates that read HTML do too little or too much:
//! html5ever's tokenizer does not say at which byte a token is, and `lol_html`
//! parses all of the document.

use std::collections::VecDeque;
use std::io;

use bytes::Bytes;

use crate::refusal::Refusal;
use crate::{Body, Piece, Pull, Response, Source};
use start::{Next, Start};

mod start;

/// Bytes of a document in which its first content is looked for. Upstream looks
/// at 10,240 characters; behind so many bytes a document stays as it is. What is
/// held of an answer meanwhile is not more.
const START: usize = 16 * 1024;

/// The script, as the element that is put into documents.
#[derive(Clone, Debug)]
pub struct Script(Bytes);

/// The script would end its element early, or not at all.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("it holds \"{0}\", which HTML takes for its own inside of a <script>")]
pub struct BadScript(&'static str);

impl Script {
    /// The element of a script, which removes itself from the document.
    ///
    /// # Errors
    /// [`BadScript`] if the text has what ends a `<script>`, or hides its end
    /// (`<!--` with `<script`; HTML, script data double escaped state).
    pub fn new(text: &[u8]) -> Result<Self, BadScript> {
        let has = |what: &str| {
            let mut places = text.windows(what.len());
            places.any(|place| place.eq_ignore_ascii_case(what.as_bytes()))
        };
        if has("</script") {
            return Err(BadScript("</script"));
        }
        if has("<!--") && has("<script") {
            return Err(BadScript("<!--"));
        }
        let end = "\n// Remove the injected script tag from the DOM.\n\
            document.currentScript.remove();\n</script>\n";
        Ok(Self([b"<script>\n", text, end.as_bytes()].concat().into()))
    }

    /// Whether an answer is a document to put it into, by its type: HTML that is
    /// not encoded.
    pub(crate) fn is_for(&self, response: &Response) -> bool {
        let media_type = response.fields.get("content-type");
        let media_type = media_type.and_then(|value| value.split(|b| *b == b';').next());
        media_type.is_some_and(|value| value.trim_ascii().eq_ignore_ascii_case(b"text/html"))
            && !response.fields.contains("content-encoding")
            // A part of a document has no start.
            && response.status != 206
    }

    /// Puts it into an answer, where that is a document.
    ///
    /// Where the length is known, so much is read as it takes to know what it
    /// becomes; otherwise nothing is until the content is sent.
    pub(crate) async fn put_into(&self, mut response: Response) -> Result<Response, Refusal> {
        let length = response.body.length();
        if length == Some(0) || !self.is_for(&response) {
            return Ok(response);
        }
        let mut document = Document {
            body: std::mem::replace(&mut response.body, Body::empty()),
            script: self.0.clone(),
            start: Some(Start::new()),
            held: Bytes::new(),
            ready: VecDeque::new(),
            ended: false,
        };
        let declared = response.fields.get("content-length");
        let declared =
            declared.map(|value| length.is_none_or(|l| value == l.to_string().as_bytes()));
        if length.is_some() || declared.is_some() {
            document.read_start().await?;
        }
        // One that says another length than the content has is a test's own.
        if declared == Some(true) {
            match document.length() {
                Some(length) => response.fields.set("Content-Length", length.to_string()),
                None => drop(response.fields.remove(b"content-length")),
            }
        }
        response.body = Body::from_source(document);
        Ok(response)
    }
}

/// A document that the script is put into while it is sent.
struct Document {
    body: Body,
    script: Bytes,
    /// What looks for the place; `None` once it is found, or will not be.
    start: Option<Start>,
    /// What was read and cannot be told yet.
    held: Bytes,
    /// What is to be sent before more of the body is.
    ready: VecDeque<Piece>,
    /// Whether the body has ended.
    ended: bool,
}

impl Document {
    /// Reads until the place is known, or the body pauses.
    async fn read_start(&mut self) -> io::Result<()> {
        while self.start.is_some() && !matches!(self.ready.back(), Some(Piece::Pause(_))) {
            self.read().await?;
        }
        Ok(())
    }

    async fn read(&mut self) -> io::Result<()> {
        match self.body.next().await? {
            Some(Piece::Data(data)) => self.take(data),
            Some(pause) => self.ready.push_back(pause),
            None => {
                self.ended = true;
                self.give_up();
            }
        }
        Ok(())
    }

    /// Sorts what was read into what can be sent and what must wait.
    fn take(&mut self, data: Bytes) {
        let Some(start) = &mut self.start else {
            return self.push(data);
        };
        let mut held = match self.held.is_empty() {
            true => data,
            false => [&self.held[..], &data].concat().into(),
        };
        let (length, next) = start.scan(&held);
        let passed = start.passed();
        self.push(held.split_to(length));
        self.held = held;
        match next {
            Next::Unknown if passed + self.held.len() <= START => return,
            Next::Content if passed <= START => self.push(self.script.clone()),
            _ => {}
        }
        self.give_up();
    }

    /// Looks no further: all is sent as it comes.
    fn give_up(&mut self) {
        self.start = None;
        let held = std::mem::take(&mut self.held);
        self.push(held);
    }

    fn push(&mut self, data: Bytes) {
        if !data.is_empty() {
            self.ready.push_back(Piece::Data(data));
        }
    }
}

impl Source for Document {
    fn length(&self) -> Option<u64> {
        if self.start.is_some() {
            return None;
        }
        let ready = self.ready.iter().map(|piece| match piece {
            Piece::Data(data) => data.len() as u64,
            Piece::Pause(_) => 0,
        });
        let left = if self.ended { 0 } else { self.body.length()? };
        Some(ready.sum::<u64>() + left)
    }

    fn next(&mut self) -> Pull<'_> {
        Box::pin(async {
            while self.ready.is_empty() && !self.ended {
                if self.start.is_none() {
                    return self.body.next().await;
                }
                self.read().await?;
            }
            Ok(self.ready.pop_front())
        })
    }
}

#[cfg(test)]
mod tests;
