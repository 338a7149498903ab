//! The task of a connection: reads, dispatches, writes.

use std::future::{Future, poll_fn};
use std::io::{self, IoSlice};
use std::pin::{Pin, pin};
use std::task::{Context, Poll, ready};
use std::time::Duration;

use bytes::{Buf, BytesMut};
use tokio::io::AsyncReadExt;
use tokio::time::{Instant, MissedTickBehavior, interval};

use super::fault::Fault;
use super::frame::{HEAD_LEN, Head};
use super::ingress::Ingress;
use super::output::{Batch, SLICES};
use super::state::Ending;
use super::{code, limits};
use crate::detect::PREFACE;
use crate::{Drain, Service, Transport};

/// What is still to happen to a connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Phase {
    /// The client's preface has not come.
    Preface,
    Open,
    /// The last frames are being written.
    Closing,
    /// All is written; our side is being shut, and the client may read what
    /// came until then.
    Lingering(Instant),
}

/// A connection and its socket.
pub(super) struct Connection<T, S> {
    transport: T,
    input: BytesMut,
    /// Bytes to ask of the socket next.
    read_size: usize,
    /// The client's side has ended.
    eof: bool,
    /// Our side has been shut.
    shut: bool,
    /// What is being written.
    batch: Batch,
    flushed: bool,
    /// Writing was put off once, to let handlers add to it.
    deferred: bool,
    phase: Phase,
    ingress: Ingress<S>,
    /// Bytes written so far, and the same at the last tick.
    written: u64,
    written_at_tick: u64,
    /// Since when the socket has taken nothing.
    stalled: Option<Instant>,
    /// Since when there has been no exchange, and the last stream at that time.
    idle: Option<(Instant, u32)>,
}

impl<T: Transport, S: Service> Connection<T, S> {
    pub(super) fn new(transport: T, input: BytesMut, ingress: Ingress<S>) -> Self {
        Self {
            transport,
            input,
            read_size: *limits::READ.start(),
            eof: false,
            shut: false,
            batch: Batch::default(),
            flushed: true,
            deferred: false,
            phase: Phase::Preface,
            ingress,
            written: 0,
            written_at_tick: 0,
            stalled: None,
            idle: None,
        }
    }

    /// Serves the connection until it ends.
    pub(super) async fn run(mut self, mut drain: Drain) -> io::Result<()> {
        let mut ticks = interval(self.tick_length());
        ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
        let mut may_drain = true;
        // What was read with the preface waits in the buffer.
        self.take_input();
        loop {
            tokio::select! {
                biased;
                end = poll_fn(|cx| self.poll(cx)) => return end,
                drains = async { drain.wait_for(|drains| *drains).await.is_ok() }, if may_drain => {
                    may_drain = false;
                    if drains {
                        self.ingress.start_drain();
                    }
                }
                _ = ticks.tick() => {
                    if self.tick().is_break() {
                        return Ok(());
                    }
                }
            }
        }
    }

    /// Deadlines are looked at four times in the shortest of them.
    fn tick_length(&self) -> Duration {
        let limits = &self.ingress.shared.limits;
        let shortest = limits
            .head_timeout
            .min(limits.idle_timeout)
            .min(limits.stall_timeout);
        (shortest / 4).clamp(Duration::from_millis(1), limits::LONGEST_TICK)
    }

    /// One turn. Ready when the connection has ended.
    fn poll(&mut self, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        self.ingress.shared.lock().attend(cx);
        self.ingress.now = Instant::now();
        loop {
            let blocked = self.is_backlogged();
            if !blocked {
                self.poll_input(cx)?;
            }
            if self.defer() {
                cx.waker().wake_by_ref();
                return Poll::Pending;
            }
            let written = self.poll_output(cx)?;
            self.deferred = false;
            let ending = self.ingress.shared.lock().ending;
            if ending.is_some() && matches!(self.phase, Phase::Preface | Phase::Open) {
                self.phase = Phase::Closing;
                continue;
            }
            if self.phase == Phase::Open && self.ingress.is_finished() {
                self.ingress.finish();
                self.phase = Phase::Closing;
                continue;
            }
            if blocked && !self.is_backlogged() {
                continue;
            }
            if written.is_pending() {
                return Poll::Pending;
            }
            match self.phase {
                Phase::Closing if ending == Some(Ending::Abort) => {
                    return Poll::Ready(self.transport.reset_when_dropped());
                }
                Phase::Closing => {
                    self.phase = Phase::Lingering(self.ingress.now + limits::LINGER);
                }
                Phase::Lingering(_) if !self.shut => {
                    ready!(Pin::new(&mut self.transport).poll_shutdown(cx))?;
                    self.shut = true;
                }
                Phase::Lingering(_) if self.eof => return Poll::Ready(Ok(())),
                _ => return Poll::Pending,
            }
        }
    }

    /// Whether the client makes us answer more than it reads.
    fn is_backlogged(&self) -> bool {
        let state = self.ingress.shared.lock();
        state.out.control_waiting() > limits::CONTROL_BACKLOG
    }

    /// Whether to put off writing for one turn of the scheduler: handlers that
    /// are at work may add to it, and one write for many answers costs less.
    fn defer(&mut self) -> bool {
        const ENOUGH: usize = 16 * 1024;
        if self.deferred || self.phase != Phase::Open {
            return false;
        }
        let state = self.ingress.shared.lock();
        self.deferred = state.streams.held > 0 && (1..ENOUGH).contains(&state.out.unsent());
        self.deferred
    }

    /// Reads and dispatches until there is nothing more or others should have
    /// their turn.
    fn poll_input(&mut self, cx: &mut Context<'_>) -> io::Result<()> {
        for _ in 0..limits::READS_A_TURN {
            if self.eof {
                return Ok(());
            }
            self.input.reserve(self.read_size);
            let read = pin!(self.transport.read_buf(&mut self.input)).poll(cx)?;
            let Poll::Ready(n) = read else {
                return Ok(());
            };
            if n == 0 {
                self.eof = true;
                self.on_eof();
                return Ok(());
            }
            if n >= self.read_size {
                self.read_size = (self.read_size * 2).min(*limits::READ.end());
            }
            self.take_input();
            if self.is_backlogged() {
                return Ok(());
            }
        }
        cx.waker().wake_by_ref();
        Ok(())
    }

    /// A client that has closed its side will not take answers either; what is
    /// queued is offered.
    fn on_eof(&mut self) {
        self.ingress.shared.lock().end();
        if !matches!(self.phase, Phase::Lingering(_)) {
            self.phase = Phase::Closing;
        }
    }

    /// Takes the whole frames off the input.
    fn take_input(&mut self) {
        let result = match self.phase {
            Phase::Preface => match self.take_preface() {
                Ok(true) => self.take_frames(),
                Ok(false) => Ok(()),
                Err(fault) => Err(fault),
            },
            Phase::Open => self.take_frames(),
            Phase::Closing | Phase::Lingering(_) => Ok(()),
        };
        if let Err(fault) = result {
            self.fail(fault);
        }
        if matches!(self.phase, Phase::Closing | Phase::Lingering(_)) {
            self.input.clear();
        }
    }

    fn fail(&mut self, fault: Fault) {
        self.ingress.fail(fault);
        self.phase = Phase::Closing;
    }

    /// Takes the client's preface off; `false` if there is more to come.
    fn take_preface(&mut self) -> Result<bool, Fault> {
        let n = self.input.len().min(PREFACE.len());
        if self.input[..n] != PREFACE[..n] {
            let what = "no HTTP/2 preface";
            let code = code::PROTOCOL_ERROR;
            return Err(Fault::connection(code, "RFC 9113 §3.4", what));
        }
        let complete = n == PREFACE.len();
        if complete {
            self.input.advance(n);
            self.phase = Phase::Open;
        }
        Ok(complete)
    }

    fn take_frames(&mut self) -> Result<(), Fault> {
        while let Some(head) = self.input.first_chunk::<HEAD_LEN>() {
            let head = Head::parse(*head);
            self.ingress.check_head(head)?;
            let length = HEAD_LEN + head.length as usize;
            if self.input.len() < length {
                self.input.reserve(length - self.input.len());
                return Ok(());
            }
            let mut frame = self.input.split_to(length).freeze();
            frame.advance(HEAD_LEN);
            self.ingress.frame(head, frame)?;
        }
        Ok(())
    }

    /// Writes all that waits. Ready when everything is in the socket's hands.
    fn poll_output(&mut self, cx: &mut Context<'_>) -> io::Result<Poll<()>> {
        let mut new = 0;
        loop {
            let more = {
                let limits = &self.ingress.shared.limits;
                let mut state = self.ingress.shared.lock();
                let more = state.out.swap(new, &mut self.batch);
                if new > 0 && state.out.unsent() <= limits.output_queue / 2 {
                    state.next_turns();
                }
                more
            };
            if !more {
                break;
            }
            self.flushed = false;
            new = 0;
            while !self.batch.is_done() {
                let mut slices = [IoSlice::new(&[]); SLICES];
                let used = self.batch.slices(&mut slices);
                let transport = Pin::new(&mut self.transport);
                let write = match used {
                    1 => transport.poll_write(cx, &slices[0])?,
                    _ => transport.poll_write_vectored(cx, &slices[..used])?,
                };
                let Poll::Ready(n) = write else {
                    if new > 0 {
                        let mut state = self.ingress.shared.lock();
                        state.out.swap(new, &mut self.batch);
                    }
                    return Ok(Poll::Pending);
                };
                if n == 0 {
                    return Err(io::ErrorKind::WriteZero.into());
                }
                self.batch.advance(n);
                self.written += n as u64;
                new += n;
            }
        }
        if !self.flushed {
            if Pin::new(&mut self.transport).poll_flush(cx)?.is_pending() {
                return Ok(Poll::Pending);
            }
            self.flushed = true;
        }
        Ok(Poll::Ready(()))
    }

    /// Looks at the deadlines; breaks where there is nothing left to wait for.
    fn tick(&mut self) -> std::ops::ControlFlow<()> {
        use std::ops::ControlFlow::{Break, Continue};
        let now = Instant::now();
        self.ingress.now = now;
        if matches!(self.phase, Phase::Lingering(until) if now >= until) {
            return Break(());
        }
        if self.is_stalled(now) {
            let what = "the client has read nothing for too long";
            self.ingress.report_closed("CVE-2019-9517", what);
            return Break(());
        }
        if !matches!(self.phase, Phase::Preface | Phase::Open) {
            return Continue(());
        }
        if let Err(fault) = self.ingress.check_deadlines() {
            self.fail(fault);
        } else if self.is_long_idle(now) {
            self.ingress.finish();
            self.phase = Phase::Closing;
        }
        Continue(())
    }

    /// Whether the socket has taken nothing for too long, though it should.
    fn is_stalled(&mut self, now: Instant) -> bool {
        let moved = self.written != self.written_at_tick;
        self.written_at_tick = self.written;
        if self.batch.is_done() || moved {
            self.stalled = None;
            return false;
        }
        let since = *self.stalled.get_or_insert(now);
        now.saturating_duration_since(since) > self.ingress.shared.limits.stall_timeout
    }

    /// Whether there has been no exchange for too long.
    fn is_long_idle(&mut self, now: Instant) -> bool {
        let last = self.ingress.last_stream();
        if self.ingress.is_busy() {
            self.idle = None;
            return false;
        }
        if self.idle.is_some_and(|(_, then)| then != last) {
            self.idle = None;
        }
        let (since, _) = *self.idle.get_or_insert((now, last));
        // Buffers that one request made large are not kept for the next.
        self.read_size = *limits::READ.start();
        if self.input.is_empty() {
            self.input = BytesMut::new();
        }
        if self.batch.is_done() {
            self.batch = Batch::default();
            self.ingress.shared.lock().out.forget_capacity();
        }
        now.saturating_duration_since(since) > self.ingress.shared.limits.idle_timeout
    }
}

impl<T, S> Drop for Connection<T, S> {
    /// However the task ends, its exchanges learn of it.
    fn drop(&mut self) {
        self.ingress.shared.lock().end();
    }
}
