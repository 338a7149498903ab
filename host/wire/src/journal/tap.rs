//! A transport that is read along.

use std::io::{self, IoSlice};
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};

use super::{Direction, Page, What};
use crate::Transport;
use crate::h1::journal::{Messages, Methods};
use crate::h2::journal::Frames;

/// See the module.
pub(crate) struct Tap {
    transport: Box<dyn Transport>,
    page: Arc<Page>,
    methods: Methods,
    inward: Reader,
    outward: Reader,
    ended: bool,
}

/// What reads one direction.
enum Reader {
    Messages(Messages),
    Frames(Box<Frames>),
}

impl Reader {
    /// A read or a write begins.
    fn turn(&mut self, page: &Page) {
        match self {
            Self::Messages(messages) => messages.turn(page.since()),
            Self::Frames(frames) => frames.turn(page.since()),
        }
    }

    fn read(&mut self, mut bytes: &[u8], methods: &mut Methods, page: &Page) {
        if let Self::Messages(messages) = self {
            let Some(rest) = messages.read(bytes, methods, page) else {
                return;
            };
            bytes = rest;
            *self = Self::Frames(Box::new(Frames::new(messages.direction, messages.offset)));
        }
        if let Self::Frames(frames) = self {
            frames.read(bytes, page);
        }
    }

    fn end(&mut self, page: &Page) {
        match self {
            Self::Messages(messages) => messages.end(page),
            Self::Frames(frames) => frames.end(page),
        }
    }
}

impl Tap {
    pub(crate) fn new(transport: Box<dyn Transport>, page: Arc<Page>) -> Self {
        let reader = |direction| Reader::Messages(Messages::new(direction));
        Self {
            transport,
            page,
            methods: Methods::default(),
            inward: reader(Direction::In),
            outward: reader(Direction::Out),
            ended: false,
        }
    }

    /// The first `written` of these bytes were handed to the socket.
    fn wrote<'a>(&mut self, slices: impl IntoIterator<Item = &'a [u8]>, mut written: usize) {
        self.outward.turn(&self.page);
        for slice in slices {
            let n = slice.len().min(written);
            written -= n;
            self.page.wrote(n);
            self.outward
                .read(&slice[..n], &mut self.methods, &self.page);
        }
    }
}

impl AsyncRead for Tap {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let before = buffer.filled().len();
        ready!(Pin::new(&mut self.transport).poll_read(cx, buffer))?;
        let Self {
            page,
            methods,
            inward,
            ended,
            ..
        } = &mut *self;
        let new = &buffer.filled()[before..];
        if !new.is_empty() {
            inward.turn(page);
            inward.read(new, methods, page);
        } else if buffer.remaining() > 0 && !std::mem::replace(ended, true) {
            inward.end(page);
            page.record(What::End {
                direction: Direction::In,
                cause: None,
            });
        }
        Poll::Ready(Ok(()))
    }
}

impl AsyncWrite for Tap {
    fn poll_write(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        let written = ready!(Pin::new(&mut self.transport).poll_write(cx, bytes))?;
        self.wrote([bytes], written);
        Poll::Ready(Ok(written))
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        slices: &[IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let written = ready!(Pin::new(&mut self.transport).poll_write_vectored(cx, slices))?;
        self.wrote(slices.iter().map(|slice| &**slice), written);
        Poll::Ready(Ok(written))
    }

    fn is_write_vectored(&self) -> bool {
        self.transport.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.transport).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        ready!(Pin::new(&mut self.transport).poll_shutdown(cx))?;
        let Self { page, outward, .. } = &mut *self;
        outward.end(page);
        page.record(What::End {
            direction: Direction::Out,
            cause: page.ending(),
        });
        Poll::Ready(Ok(()))
    }
}

impl Transport for Tap {
    fn reset_when_dropped(&mut self) -> io::Result<()> {
        let Self { page, outward, .. } = self;
        outward.end(page);
        page.record(What::Reset {
            cause: page.ending(),
        });
        self.transport.reset_when_dropped()
    }
}

impl Drop for Tap {
    /// What was begun and never completed is told, too.
    fn drop(&mut self) {
        self.inward.end(&self.page);
        self.outward.end(&self.page);
    }
}
