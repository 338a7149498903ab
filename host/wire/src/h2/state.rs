//! What the connection's task and its exchanges share, under one lock.
//!
//! Whoever writes encodes and appends under that same lock, so frames leave in
//! the order in which the compression met them.

use std::collections::VecDeque;
use std::fmt;
use std::sync::Arc;
use std::task::{Context, Waker};

use parking_lot::{Mutex, MutexGuard};
use tokio::time::Instant;

use super::flow::{DEFAULT_WINDOW, RecvWindow, SendWindow};
use super::frame::{MAX_STREAM, RstStream, WindowUpdate};
use super::hpack::Encoder;
use super::output::Output;
use super::raw::Tracker;
use super::response::{Style, Updates};
use super::settings::{PeerSettings, Said};
use super::stream::{Discarding, Sending, Stream, remember};
use super::streams::{Ended, Streams};
use super::{code, limits};
use crate::content::{Content, Method};
use crate::{Drain, Limits};

/// A connection, as its exchanges know it.
pub(super) struct Shared {
    state: Mutex<State>,
    pub(super) limits: Arc<Limits>,
    pub(super) drain: Drain,
}

impl fmt::Debug for Shared {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Shared").finish_non_exhaustive()
    }
}

impl Shared {
    pub(super) fn new(limits: Arc<Limits>, drain: Drain) -> Self {
        Self {
            state: Mutex::new(State::new()),
            limits,
            drain,
        }
    }

    /// The state, for the connection's task, which writes when it is done.
    pub(super) fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock()
    }

    /// Changes the state from elsewhere, and wakes the task if there is
    /// something to do for it.
    pub(super) fn update<R>(&self, change: impl FnOnce(&mut State) -> R) -> R {
        self.change(None, change)
    }

    /// The same for exchange `key`, which writes.
    pub(super) fn write<R>(&self, key: usize, change: impl FnOnce(&mut State) -> R) -> R {
        self.change(Some(key), change)
    }

    fn change<R>(&self, writer: Option<usize>, change: impl FnOnce(&mut State) -> R) -> R {
        let mut state = self.state.lock();
        let before = state.out.appended();
        state.out.writer = writer;
        let result = change(&mut state);
        state.out.writer = None;
        let grew = state.out.appended() != before;
        let wake = match (grew || state.is_leaving()) && !state.woken {
            true => {
                state.woken = true;
                state.task.clone()
            }
            false => None,
        };
        drop(state);
        if let Some(task) = wake {
            task.wake();
        }
        result
    }
}

/// What a request's head says of the stream that it opens.
#[derive(Clone, Copy, Debug)]
pub(super) struct Opened {
    pub method: Method,
    /// More comes of it.
    pub receiving: bool,
    /// Its Content-Length.
    pub content_left: Option<u64>,
}

/// How a handler ends the connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Ending {
    /// FIN.
    Close,
    /// RST.
    Abort,
}

/// The state of a connection.
pub(super) struct State {
    pub out: Output,
    pub encoder: Encoder,
    pub peer: PeerSettings,
    pub streams: Streams,
    /// The connection's windows.
    pub send_window: SendWindow,
    pub recv_window: RecvWindow,
    /// The window that new streams give to the client: ours once it
    /// acknowledged our SETTINGS, until then the default (RFC 9113 §6.5.3).
    pub stream_window: u32,
    /// DATA frames that wait for handlers.
    pub waiting_frames: u32,
    /// Bytes of content among them.
    pub waiting_bytes: usize,
    /// DATA frames that were worth it, those that the client's windows cut too
    /// short ([`limits::DRIBBLE`]), and streams that were completed, since the
    /// reader last asked.
    pub sent_frames: u32,
    pub dribbles: u32,
    pub completed: u32,
    /// Nothing more is sent or received: exchanges are gone.
    pub over: bool,
    /// How, where it was a handler's will.
    pub ending: Option<Ending>,
    /// The last stream that a GOAWAY of ours named: later ones are ignored.
    pub named: Option<u32>,
    /// The client said GOAWAY: it opens no more streams and takes none.
    pub client_leaves: bool,
    /// The highest stream that the client opened, and the highest promised.
    pub last_stream: u32,
    pub last_pushed: u32,
    /// Our SETTINGS that the client has not acknowledged, the oldest first.
    pub said: VecDeque<Said>,
    /// SETTINGS_MAX_CONCURRENT_STREAMS that holds, if a handler said another.
    pub concurrent_streams: Option<u32>,
    /// Frames that handlers write raw.
    pub tracker: Tracker,
    /// Exchanges that watch the client.
    pub watching: usize,
    /// Streams whose handlers wait for the connection's window or for room in
    /// the queue, in the order of their coming.
    turns: VecDeque<usize>,
    task: Option<Waker>,
    /// The task will run again, whatever happens.
    woken: bool,
}

impl State {
    fn new() -> Self {
        Self {
            out: Output::default(),
            encoder: Encoder::new(),
            peer: PeerSettings::default(),
            streams: Streams::default(),
            send_window: SendWindow::new(DEFAULT_WINDOW),
            recv_window: RecvWindow::new(DEFAULT_WINDOW),
            stream_window: DEFAULT_WINDOW,
            waiting_frames: 0,
            waiting_bytes: 0,
            sent_frames: 0,
            dribbles: 0,
            completed: 0,
            over: false,
            ending: None,
            named: None,
            client_leaves: false,
            last_stream: 0,
            last_pushed: 0,
            said: VecDeque::new(),
            concurrent_streams: None,
            tracker: Tracker::default(),
            watching: 0,
            turns: VecDeque::new(),
            task: None,
            woken: false,
        }
    }

    /// Whether the connection ends when its exchanges have, or at once.
    pub(super) fn is_leaving(&self) -> bool {
        self.over || self.client_leaves || self.named.is_some_and(|named| !self.may_open(named))
    }

    /// Whether the client may still open a stream up to this one.
    fn may_open(&self, named: u32) -> bool {
        let next = match self.last_stream {
            0 => 1,
            last => last.saturating_add(2),
        };
        next <= named.min(MAX_STREAM)
    }

    /// Says which task to wake, which runs now.
    pub(super) fn attend(&mut self, cx: &Context<'_>) {
        remember(&mut self.task, cx);
        self.woken = false;
    }

    /// Opens a stream for a request; answers its key.
    pub(super) fn open(&mut self, id: u32, opened: Opened) -> usize {
        let stream = self.stream(id);
        self.streams.insert(Stream {
            method: opened.method,
            receiving: opened.receiving,
            content_left: opened.content_left,
            ..stream
        })
    }

    /// Promises a stream for exchange `key`, with a request by this method;
    /// answers the stream's key.
    pub(super) fn promise(&mut self, id: u32, key: usize, method: Method) -> usize {
        self.last_pushed = id;
        let stream = self.stream(id);
        self.streams.insert(Stream {
            method,
            pushed_by: Some(key),
            ..stream
        })
    }

    fn stream(&self, id: u32) -> Stream {
        Stream {
            id,
            method: Method::default(),
            sending: Sending::Head,
            content: Content::Any,
            receiving: false,
            reset: None,
            held: true,
            discarding: None,
            raw: false,
            placed: false,
            foreign: VecDeque::new(),
            given_up: false,
            pushed_by: None,
            watched: None,
            untold: 0,
            send_window: SendWindow::new(self.peer.initial_window),
            recv_window: RecvWindow::new(self.stream_window),
            queue: VecDeque::new(),
            content_left: None,
            reader: None,
            writer: None,
            listed: false,
            stalled: None,
            watchers: Vec::new(),
        }
    }

    /// Resets a stream that is open, and says so to the client, unless a
    /// handler writes on it raw: then that is the handler's.
    pub(super) fn reset(&mut self, key: usize, code: u32) {
        let raw = |stream: &Stream| stream.raw && !stream.is_closed();
        match self.streams.get(key).is_some_and(raw) {
            true => self.closed_by_reset(key, code, Ended::ResetByUs),
            false => self.write_reset(key, code),
        }
    }

    /// Resets a stream that is open.
    pub(super) fn write_reset(&mut self, key: usize, code: u32) {
        let Some(stream) = self.streams.get_mut(key) else {
            return;
        };
        if stream.is_closed() {
            return;
        }
        let reset = RstStream {
            stream: stream.id,
            code,
        };
        self.out.control(|out| reset.write(out));
        self.closed_by_reset(key, code, Ended::ResetByUs);
    }

    /// Notes that exchange `key` did the reset of stream `reset`: of its own it
    /// is not told.
    pub(super) fn given_up(&mut self, key: usize, reset: usize) {
        if key == reset
            && let Some(stream) = self.streams.get_mut(key)
        {
            stream.given_up = true;
        }
    }

    /// How a block is made that exchange `key` or, without one, the engine
    /// writes now. Whoever keeps the others from writing may have a block open
    /// that changes the table: what it writes within must leave the table alone,
    /// and so must what the others write meanwhile, which leaves behind it.
    pub(super) fn style(&self, key: Option<usize>) -> Style {
        let updates = match self.out.corked_by() {
            None => return Style::default(),
            Some(owner) if Some(owner) == key => Updates::Left,
            Some(_) => Updates::Repeated,
        };
        Style {
            stateless: true,
            updates,
            ..Style::default()
        }
    }

    /// Notes a reset, by whomever, of a stream that is open.
    pub(super) fn closed_by_reset(&mut self, key: usize, code: u32, how: Ended) {
        if let Some(stream) = self.streams.get_mut(key) {
            stream.reset = Some(code);
            stream.wake_all();
            let id = stream.id;
            self.streams.close(id, how);
        }
    }

    /// Closes a stream that both sides have ended. To be called after either
    /// side has.
    pub(super) fn close_if_complete(&mut self, key: usize) {
        let complete = self
            .streams
            .get(key)
            .filter(|s| s.is_closed() && s.reset.is_none());
        if let Some(id) = complete.map(|stream| stream.id) {
            self.streams.close(id, Ended::Complete);
            self.completed += 1;
        }
    }

    /// An exchange is gone. An answer that is not complete is given up. A
    /// request that goes on behind a complete answer is let go on for a while,
    /// unread: a client may ask to be stopped without error then (RFC 9113
    /// §8.1), but curl before 8.7 takes the reset for a failure of the answer.
    pub(super) fn release(&mut self, key: usize) {
        if self.out.is_corked_by(key) {
            self.uncork();
        }
        let Some(stream) = self.streams.get_mut(key) else {
            return;
        };
        let (frames, unread) = stream.waiting();
        self.waiting_frames -= frames;
        self.waiting_bytes -= unread as usize;
        stream.queue.clear();
        self.watching -= usize::from(stream.watched.take().is_some());
        let answered = stream.sending == Sending::Ended && !stream.is_closed();
        if answered && !self.over {
            stream.discarding = Some(Discarding {
                left: limits::DISCARDED,
                since: Instant::now(),
            });
            let id = stream.id;
            self.had_turn(key);
            self.streams.let_go(key);
            return self.discard(key, id, unread);
        }
        let code = match stream.pushed_by {
            Some(_) => code::CANCEL,
            None => code::INTERNAL_ERROR,
        };
        self.consume(unread);
        if !self.over {
            self.reset(key, code);
        }
        self.had_turn(key);
        self.streams.remove(key);
    }

    /// Throws away what came of a request that nobody reads, and stops the
    /// client where that is too much.
    pub(super) fn discard(&mut self, key: usize, id: u32, bytes: u32) {
        self.consume_of(id, bytes);
        let Some(stream) = self.streams.get_mut(key) else {
            return;
        };
        let Some(discarding) = &mut stream.discarding else {
            return;
        };
        match discarding.left.checked_sub(bytes) {
            Some(left) => {
                discarding.left = left;
                discarding.since = Instant::now();
            }
            None => self.reset(key, code::NO_ERROR),
        }
    }

    /// Gives bytes of the connection's window back.
    pub(super) fn consume(&mut self, bytes: u32) {
        if let Some(increment) = self.recv_window.consume(bytes) {
            self.window_update(0, increment);
        }
    }

    /// Gives back what a frame of stream `id` took, there and for the
    /// connection.
    pub(super) fn consume_of(&mut self, id: u32, bytes: u32) {
        self.consume(bytes);
        let Some(key) = self.streams.key(id) else {
            return;
        };
        let Some(stream) = self.streams.get_mut(key).filter(|s| s.receiving) else {
            return;
        };
        if let Some(increment) = stream.recv_window.consume(bytes) {
            self.window_update(id, increment);
        }
    }

    pub(super) fn window_update(&mut self, stream: u32, increment: u32) {
        if !self.over {
            let update = WindowUpdate { stream, increment };
            self.out.control(|out| update.write(out));
        }
    }

    /// Puts a stream at the end of those that wait for their turn, if it is not
    /// among them.
    pub(super) fn wait_for_turn(&mut self, key: usize) {
        if let Some(stream) = self.streams.get_mut(key).filter(|s| !s.listed) {
            stream.listed = true;
            self.turns.push_back(key);
        }
    }

    /// A stream has had its turn, or needs none any more.
    pub(super) fn had_turn(&mut self, key: usize) {
        if let Some(stream) = self.streams.get_mut(key).filter(|s| s.listed) {
            stream.listed = false;
            self.turns.retain(|waiting| *waiting != key);
        }
    }

    /// Lets those that wait for their turn look again, in order. Who finds no
    /// room keeps its place, so that each comes first at last.
    pub(super) fn next_turns(&mut self) {
        for key in &self.turns {
            if let Some(stream) = self.streams.get_mut(*key) {
                stream.wake_writer();
            }
        }
    }

    /// Whether writers must wait for the socket.
    pub(super) fn is_full(&self, limits: &Limits) -> bool {
        self.out.waiting() >= limits.output_queue.max(1)
    }

    /// Whether so much waits for handlers that the next frame is too much.
    pub(super) fn too_many_wait(&self, limits: &Limits) -> bool {
        let most = limits.connection_window / limits::WINDOW_BYTES_PER_WAITING_FRAME;
        let most_bytes = limits::WAITING_BYTES.max(limits.connection_window as usize);
        self.waiting_frames >= most.max(limits::MIN_WAITING_FRAMES)
            || self.waiting_bytes > most_bytes
    }

    /// The end of the connection: exchanges get no more and give no more.
    pub(super) fn end(&mut self) {
        self.over = true;
        for (_, stream) in self.streams.iter_mut() {
            stream.wake_all();
        }
    }
}
