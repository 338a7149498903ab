//! A transport with what was read ahead of need, what waits to be written, and
//! one timer for whatever the connection waits for.

use std::future::Future;
use std::io::{self, IoSlice};
use std::pin::{Pin, pin};
use std::task::{Context, Poll, ready};
use std::time::Duration;

use bytes::{Buf, Bytes, BytesMut};
use tokio::io::{AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::time::{Instant, Sleep, sleep_until};

use crate::{Drain, Transport};

/// What a read makes room for, and what an idle connection keeps.
pub(crate) const READ_ROOM: usize = 8 * 1024;

/// Pieces of content up to this size are copied behind the head so that both
/// leave in one write; larger ones are written from where they are.
const COPIED: usize = 16 * 1024;

/// What came of waiting for bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Arrival {
    /// There are more bytes in [`Socket::read`].
    Bytes,
    /// The client has closed its side.
    End,
    /// Nothing came in time.
    Late,
    /// Nothing came, and the server wants to stop.
    Drained,
}

/// See the module.
pub(crate) struct Socket {
    transport: Box<dyn Transport>,
    /// Read, and not used yet.
    pub(crate) read: BytesMut,
    /// Not written yet.
    pub(crate) out: Output,
    /// Whatever is waited for next has until then.
    pub(crate) alarm: Alarm,
    /// Our side is closed.
    shut: bool,
    drain: Drain,
    drained: Option<Pin<Box<dyn Future<Output = ()> + Send>>>,
}

impl Socket {
    pub(crate) fn new(transport: Box<dyn Transport>, drain: Drain) -> Self {
        Self {
            transport,
            read: BytesMut::new(),
            out: Output::default(),
            alarm: Alarm::default(),
            shut: false,
            drain,
            drained: None,
        }
    }

    /// For another protocol: the transport and what was read of it.
    pub(crate) fn into_parts(self) -> (Box<dyn Transport>, BytesMut) {
        (self.transport, self.read)
    }

    /// Whether the server wants to stop.
    pub(crate) fn draining(&self) -> bool {
        *self.drain.borrow()
    }

    /// What tells that the server wants to stop.
    pub(crate) fn drain(&self) -> Drain {
        self.drain.clone()
    }

    /// Reads at least one byte, into room for `room` or so. The alarm is set
    /// to `within` unless it is set already, and stays set: it may bound many
    /// reads together.
    pub(crate) async fn fill(&mut self, room: usize, within: Duration) -> io::Result<Arrival> {
        std::future::poll_fn(|cx| self.poll_fill(cx, room, within)).await
    }

    /// Like [`Socket::fill`] for a connection that may be closed at once when
    /// the server wants to stop, since it owes the client nothing.
    pub(crate) async fn fill_idle(&mut self, within: Duration) -> io::Result<Arrival> {
        std::future::poll_fn(|cx| {
            if let Poll::Ready(arrival) = self.poll_fill(cx, READ_ROOM, within) {
                return Poll::Ready(arrival);
            }
            let drained = self.drained.get_or_insert_with(|| {
                let mut drain = self.drain.clone();
                Box::pin(async move {
                    if drain.wait_for(|drain| *drain).await.is_err() {
                        // Nobody is left who could ask for it.
                        std::future::pending().await
                    }
                })
            });
            drained.as_mut().poll(cx).map(|()| {
                self.drained = None;
                Ok(Arrival::Drained)
            })
        })
        .await
    }

    fn poll_fill(
        &mut self,
        cx: &mut Context<'_>,
        room: usize,
        within: Duration,
    ) -> Poll<io::Result<Arrival>> {
        // Room a little short is better than moving the buffer for each read.
        if self.read.capacity() - self.read.len() < room / 4 {
            self.read.reserve(room);
        }
        match pin!(self.transport.read_buf(&mut self.read)).poll(cx) {
            Poll::Ready(Ok(0)) => Poll::Ready(Ok(Arrival::End)),
            Poll::Ready(read) => Poll::Ready(read.map(|_| Arrival::Bytes)),
            Poll::Pending => {
                ready!(self.alarm.poll(cx, within));
                Poll::Ready(Ok(Arrival::Late))
            }
        }
    }

    /// Writes everything that waits in [`Socket::out`]. Cancel-safe: what is
    /// left is written by the next call.
    ///
    /// # Errors
    /// The socket's own, and `TimedOut` when the client took no byte for
    /// `stall`.
    pub(crate) async fn flush(&mut self, stall: Duration) -> io::Result<()> {
        if self.out.is_empty() {
            return Ok(());
        }
        self.alarm.clear();
        let flushed = std::future::poll_fn(|cx| self.poll_flush(cx, stall)).await;
        self.alarm.clear();
        flushed
    }

    fn poll_flush(&mut self, cx: &mut Context<'_>, stall: Duration) -> Poll<io::Result<()>> {
        let late = || io::Error::new(io::ErrorKind::TimedOut, "the client takes nothing");
        while !self.out.is_empty() {
            match self.out.poll_write(cx, Pin::new(&mut *self.transport)) {
                Poll::Ready(Ok(0)) => return Poll::Ready(Err(io::ErrorKind::WriteZero.into())),
                Poll::Ready(Ok(written)) => {
                    self.out.advance(written);
                    self.alarm.clear();
                }
                Poll::Ready(Err(error)) => return Poll::Ready(Err(error)),
                Poll::Pending => {
                    ready!(self.alarm.poll(cx, stall));
                    return Poll::Ready(Err(late()));
                }
            }
        }
        match Pin::new(&mut *self.transport).poll_flush(cx) {
            Poll::Ready(flushed) => Poll::Ready(flushed),
            Poll::Pending => {
                ready!(self.alarm.poll(cx, stall));
                Poll::Ready(Err(late()))
            }
        }
    }

    /// Tells the client that nothing more will come (FIN, close_notify), once.
    pub(crate) async fn shutdown(&mut self) -> io::Result<()> {
        if !self.shut {
            self.transport.shutdown().await?;
            self.shut = true;
        }
        Ok(())
    }

    /// Drops the connection at once, by a reset where the transport has one.
    /// What is left is one that has ended.
    pub(crate) fn abort(&mut self) {
        // Without a reset an end is the next best.
        let _ = self.transport.reset_when_dropped();
        let (ended, _) = tokio::io::duplex(1);
        self.transport = Box::new(ended);
    }

    /// Gives back the memory that a large message took, between messages.
    pub(crate) fn shrink(&mut self) {
        if self.read.is_empty() && self.read.capacity() > READ_ROOM {
            self.read = BytesMut::new();
        }
        self.out.shrink();
    }
}

/// Bytes on their way out: `before`, then `piece`, then `after`.
#[derive(Default)]
pub(crate) struct Output {
    before: Vec<u8>,
    /// How much of `before` has been written.
    written: usize,
    piece: Bytes,
    after: &'static [u8],
}

impl Output {
    /// Where a head is put together. Only for an output without a piece.
    pub(crate) fn buffer(&mut self) -> &mut Vec<u8> {
        debug_assert!(!self.has_piece(), "a piece waits: flush first");
        &mut self.before
    }

    /// Appends content and what frames it behind. Only for an output without a
    /// piece.
    pub(crate) fn push(&mut self, piece: Bytes, after: &'static [u8]) {
        debug_assert!(!self.has_piece(), "a piece waits: flush first");
        if piece.len() <= COPIED {
            self.before.extend_from_slice(&piece);
            self.before.extend_from_slice(after);
        } else {
            self.piece = piece;
            self.after = after;
        }
    }

    /// Whether content waits that was too large to be copied.
    pub(crate) fn has_piece(&self) -> bool {
        !self.piece.is_empty() || !self.after.is_empty()
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.before.is_empty() && !self.has_piece()
    }

    /// Bytes that wait.
    pub(crate) fn len(&self) -> usize {
        self.before.len() - self.written + self.piece.len() + self.after.len()
    }

    fn poll_write(
        &self,
        cx: &mut Context<'_>,
        transport: Pin<&mut dyn Transport>,
    ) -> Poll<io::Result<usize>> {
        let before = &self.before[self.written..];
        if !self.has_piece() {
            return AsyncWrite::poll_write(transport, cx, before);
        }
        let slices = [before, &self.piece, self.after].map(IoSlice::new);
        AsyncWrite::poll_write_vectored(transport, cx, &slices)
    }

    fn advance(&mut self, mut written: usize) {
        let before = written.min(self.before.len() - self.written);
        self.written += before;
        written -= before;
        if self.written == self.before.len() {
            self.before.clear();
            self.written = 0;
        }
        let piece = written.min(self.piece.len());
        self.piece.advance(piece);
        self.after = &self.after[written - piece..];
    }

    fn shrink(&mut self) {
        if self.is_empty() && self.before.capacity() > 2 * COPIED {
            self.before = Vec::new();
        }
    }
}

/// A timer that costs next to nothing while nobody has to wait: it is set when
/// a wait begins, and a timer that was set too early is moved when it fires.
#[derive(Default)]
pub(crate) struct Alarm {
    deadline: Option<Instant>,
    sleep: Option<Pin<Box<Sleep>>>,
}

impl Alarm {
    /// Lets the next wait set it anew.
    pub(crate) fn clear(&mut self) {
        self.deadline = None;
    }

    /// Ready when the deadline has passed, which is `within` from now unless
    /// one was set before.
    fn poll(&mut self, cx: &mut Context<'_>, within: Duration) -> Poll<()> {
        let deadline = *self.deadline.get_or_insert_with(|| Instant::now() + within);
        let sleep = self
            .sleep
            .get_or_insert_with(|| Box::pin(sleep_until(deadline)));
        if sleep.deadline() > deadline {
            sleep.as_mut().reset(deadline);
        }
        while sleep.as_mut().poll(cx).is_ready() {
            if sleep.deadline() >= deadline {
                // It stays ready until it is cleared.
                return Poll::Ready(());
            }
            sleep.as_mut().reset(deadline);
        }
        Poll::Pending
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn an_alarm_that_was_set_early_goes_off_when_it_should() {
        let mut alarm = Alarm::default();
        let second = Duration::from_secs(1);
        let wait = async |alarm: &mut Alarm, n: u32| {
            let start = Instant::now();
            std::future::poll_fn(|cx| alarm.poll(cx, second * n)).await;
            // tokio's timer has a grain of 1 ms.
            (start.elapsed().as_secs_f32() * 10.0).round() / 10.0
        };
        assert_eq!(wait(&mut alarm, 2).await, 2.0);
        assert_eq!(wait(&mut alarm, 2).await, 0.0, "it stays ready");
        alarm.clear();
        // Armed, and given up.
        let armed = tokio::time::timeout(second, wait(&mut alarm, 5)).await;
        assert!(armed.is_err());
        alarm.clear();
        assert_eq!(wait(&mut alarm, 10).await, 10.0);
        alarm.clear();
        let armed = tokio::time::timeout(second, wait(&mut alarm, 60)).await;
        assert!(armed.is_err());
        alarm.clear();
        assert_eq!(wait(&mut alarm, 3).await, 3.0);
    }

    #[test]
    fn output_is_written_in_order_however_it_is_cut() {
        let large = Bytes::from(vec![b'x'; COPIED + 1]);
        for step in [1, 2, 3, 7, 1000, COPIED + 100] {
            let mut out = Output::default();
            out.buffer().extend_from_slice(b"head");
            out.push(large.clone(), b"\r\n");
            let mut seen = Vec::new();
            while !out.is_empty() {
                let rest = [&out.before[out.written..], &out.piece, out.after].concat();
                let written = step.min(rest.len());
                seen.extend_from_slice(&rest[..written]);
                out.advance(written);
            }
            assert_eq!(seen, [b"head", &large[..], b"\r\n"].concat(), "step {step}");
        }
    }
}
