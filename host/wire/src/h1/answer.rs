//! Where the answer to one request stands, as its reader sees it (RFC 9112
//! §6.3).
//!
//! One state serves both ways to write: `writer.rs` writes what is checked,
//! `track.rs` reads raw bytes along.

use bytes::BytesMut;

use super::head::Request;
use super::lines::Scan;
use crate::content::Method;
use crate::{Progress, Protocol};

/// See the module. The default is an answer to nobody, which takes nothing.
#[derive(Debug, Default)]
pub(super) struct Answer {
    /// What it answers.
    pub(super) to: Asked,
    pub(super) state: State,
    /// The connection may go on after it.
    pub(super) persistent: bool,
    /// Some of it was written raw.
    pub(super) raw: bool,
    /// It has said `100 Continue`.
    pub(super) continued: bool,
    /// The beginning of a line or section that raw bytes have not completed.
    pub(super) partial: BytesMut,
    /// How far `partial` was looked at for the end of a section.
    pub(super) scan: Scan,
}

/// What in a request decides how its answer is framed.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Asked {
    pub(super) http10: bool,
    pub(super) method: Method,
    pub(super) persistent: bool,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum State {
    /// No final head yet, and nothing of one.
    Start,
    /// Raw bytes have begun a head.
    Head,
    /// The final head is written, the answer is not said to be over.
    Content(Framing),
    /// The answer is complete.
    Done,
    /// Our side of the connection is closed.
    Closed,
    /// It was given up, or nobody takes it: nothing more is written.
    #[default]
    GivenUp,
}

/// How the client finds the end of the content (RFC 9112 §6.3).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Framing {
    /// There is none, or no more: some would be taken for the next answer.
    None,
    /// The request was HEAD: content is taken from the handler and not sent,
    /// so that it need not know.
    Withheld,
    /// So many bytes are left to write.
    Length(u64),
    /// In chunks.
    Chunked(Chunk),
    /// By the end of the connection, or it cannot be told.
    Close,
}

/// Where chunked content stands (RFC 9112 §7.1).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Chunk {
    /// A chunk-size line is to come, or the rest of one.
    Size,
    /// So many bytes of a chunk are to come.
    Data(u64),
    /// The CRLF behind a chunk is to come; `cr`: only its LF.
    End { cr: bool },
    /// The trailer section is to come, or the rest of it.
    Trailers,
}

impl Answer {
    /// The answer to `request`.
    pub(super) fn new(request: &Request) -> Self {
        Self {
            to: Asked {
                http10: request.head.protocol == Protocol::Http10,
                method: Method::of(&request.head.method),
                persistent: request.persistent,
            },
            state: State::Start,
            persistent: request.persistent,
            ..Self::default()
        }
    }

    pub(super) fn progress(&self) -> Progress {
        let headers = self.state != State::Start;
        Progress {
            headers,
            ended: self.is_complete() || matches!(self.state, State::Closed | State::GivenUp),
            // Raw informational heads are in nobody's place.
            raw: self.raw && headers,
        }
    }

    /// Whether the client has the whole answer, and nothing behind it.
    pub(super) fn is_complete(&self) -> bool {
        match self.state {
            State::Done => true,
            // Raw bytes are complete without anybody's word.
            State::Content(Framing::None | Framing::Withheld | Framing::Length(0)) => self.raw,
            _ => false,
        }
    }

    /// Whether the connection is closed in good order behind an answer that is
    /// not complete: the handler wanted the client to see what was written.
    pub(super) fn is_meant(&self) -> bool {
        self.raw || self.state == State::Closed
    }

    /// Whether it was given up.
    pub(super) fn is_given_up(&self) -> bool {
        self.state == State::GivenUp
    }

    /// Nothing more can be written; every further operation is
    /// [`WireError::Gone`](crate::WireError::Gone).
    pub(super) fn give_up(&mut self) {
        self.state = State::GivenUp;
        self.persistent = false;
    }

    /// Our side of the connection closes: likewise, but the request may still
    /// be read.
    pub(super) fn close(&mut self) {
        self.state = State::Closed;
        self.persistent = false;
    }
}
