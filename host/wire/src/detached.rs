//! A request without its connection: for those that are shown it and do not
//! answer it.

use crate::{Event, Head, HeadersFrame, Peer, Progress, Reply, WireError, WireOp};

/// A request's head, as an exchange that has no body and takes no answer.
#[derive(Debug)]
pub(crate) struct Exchange {
    head: Box<Head>,
    next: Next,
}

/// What [`Exchange::next`] answers next.
#[derive(Debug)]
enum Next {
    Headers,
    End,
    Nothing,
}

impl Exchange {
    pub(crate) fn new(head: Head) -> Self {
        Self {
            head: Box::new(head),
            next: Next::Headers,
        }
    }

    pub(crate) fn head_mut(&mut self) -> &mut Head {
        &mut self.head
    }

    pub(crate) fn head(&self) -> &Head {
        &self.head
    }

    pub(crate) fn next(&mut self) -> Option<Event> {
        match self.next {
            Next::Headers => {
                self.next = Next::End;
                Some(Event::Headers(HeadersFrame {
                    fields: self.head.fields.clone(),
                    end_stream: true,
                    ..HeadersFrame::default()
                }))
            }
            Next::End => {
                self.next = Next::Nothing;
                Some(Event::End)
            }
            Next::Nothing => None,
        }
    }

    pub(crate) fn apply(&self, op: &WireOp) -> Result<Reply, WireError> {
        Err(self.refusal(op.name()))
    }

    pub(crate) fn peer(&self) -> Result<Peer, WireError> {
        Err(self.refusal("peer"))
    }

    fn refusal(&self, operation: &'static str) -> WireError {
        let what = format!("{operation}: the answer is somebody else's to write");
        WireError::protocol(what, "detached exchange")
    }

    pub(crate) fn progress() -> Progress {
        Progress::default()
    }
}
