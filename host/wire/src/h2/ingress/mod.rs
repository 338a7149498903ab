//! What a client sends, checked by RFC 9113 and given to where it belongs.

mod control;
mod data;
mod headers;

use std::sync::Arc;

use bytes::Bytes;
use tokio::time::Instant;

use self::headers::OpenBlock;
use super::code;
use super::fault::{Fault, Scope};
use super::flood::Budget;
use super::frame::{
    Frame, GoAway, Head, MAX_STREAM, MIN_MAX_FRAME_SIZE, Ping, RstStream, Settings, parse,
};
use super::hpack::Decoder;
use super::settings::Said;
use super::state::Shared;
use super::streams::Ended;
use super::{Upgraded, limits, settings};
use crate::{ConnectionInfo, Limits, Refusal, Service, Violation};

/// How far a graceful end has come (RFC 9113 §6.8).
#[derive(Clone, Copy, Debug)]
enum Drain {
    No,
    /// A GOAWAY without a last stream has been sent, and a PING to learn when
    /// the client has seen it.
    Announced(Instant),
    /// The last stream has been named.
    Final,
}

/// The payload of the PING between the two GOAWAYs.
const DRAIN_PING: [u8; 8] = *b"draining";

/// The receiving half of a connection.
pub(super) struct Ingress<S> {
    pub(super) shared: Arc<Shared>,
    info: Arc<ConnectionInfo>,
    service: Arc<S>,
    decoder: Decoder,
    /// A block whose END_HEADERS has not come.
    block: Option<OpenBlock>,
    /// The client's SETTINGS, which must be its first frame, have come.
    greeted: bool,
    /// Our first SETTINGS have been acknowledged.
    acknowledged: bool,
    /// The largest payload that we have allowed.
    max_frame_size: u32,
    drain: Drain,
    /// The time of this turn.
    pub(super) now: Instant,
    started: Instant,
    resets: Budget,
    forced_resets: Budget,
    control: Budget,
    /// Short frames that the client's earlier frames pay for.
    dribbles_allowed: u32,
    empty_data: Budget,
}

impl<S: Service> Ingress<S> {
    pub(super) fn new(
        info: Arc<ConnectionInfo>,
        limits: Arc<Limits>,
        service: Arc<S>,
        drains: crate::Drain,
        now: Instant,
    ) -> Self {
        Self {
            shared: Arc::new(Shared::new(limits, drains)),
            info,
            service,
            decoder: Decoder::new(),
            block: None,
            greeted: false,
            acknowledged: false,
            max_frame_size: MIN_MAX_FRAME_SIZE,
            drain: Drain::No,
            now,
            started: now,
            resets: Budget::new(limits::RESETS, now),
            forced_resets: Budget::new(limits::FORCED_RESETS, now),
            control: Budget::new(limits::CONTROL, now),
            dribbles_allowed: 0,
            empty_data: Budget::new(limits::EMPTY_DATA, now),
        }
    }

    fn limits(&self) -> &Limits {
        &self.shared.limits
    }

    /// Sends our SETTINGS, and opens the connection's window to its size.
    pub(super) fn greet(&mut self) {
        let ours = settings::ours(self.limits());
        let window = self.limits().connection_window;
        let mut state = self.shared.lock();
        state.out.frames(|out| Settings::write(&ours, out));
        state.said.push_back(Said {
            due: Some(self.now),
            settings: ours.to_vec(),
        });
        let more = window.saturating_sub(super::flow::DEFAULT_WINDOW);
        if more > 0 {
            state
                .recv_window
                .resize(window.min(super::flow::MAX_WINDOW));
            state.window_update(
                0,
                more.min(super::flow::MAX_WINDOW - super::flow::DEFAULT_WINDOW),
            );
        }
    }

    /// Takes the request that came by HTTP/1's upgrade (RFC 7540 §3.2).
    pub(super) fn upgrade(&mut self, upgraded: Upgraded) -> Result<(), Fault> {
        let settings = Settings::from_payload(upgraded.settings);
        self.shared.lock().take_settings(&settings)?;
        self.shared.lock().last_stream = 1;
        self.spawn_upgraded(upgraded.head);
        Ok(())
    }

    /// Takes a frame's header before its payload has come.
    pub(super) fn check_head(&self, head: Head) -> Result<(), Fault> {
        if head.length > self.max_frame_size {
            let what = format!(
                "a frame of {} bytes, more than SETTINGS_MAX_FRAME_SIZE",
                head.length
            );
            let code = code::FRAME_SIZE_ERROR;
            return Err(Fault::connection(code, "RFC 9113 §4.2", what));
        }
        if !self.greeted && head.kind != super::frame::kind::SETTINGS {
            let what = "the first frame is not SETTINGS";
            let code = code::PROTOCOL_ERROR;
            return Err(Fault::connection(code, "RFC 9113 §3.4", what));
        }
        if let Some(block) = &self.block {
            let same = head.stream == block.stream;
            if !same || head.kind != super::frame::kind::CONTINUATION {
                let what = "a frame came within a header block";
                let code = code::PROTOCOL_ERROR;
                return Err(Fault::connection(code, "RFC 9113 §6.10", what));
            }
        }
        Ok(())
    }

    /// Takes a frame. A fault that it answers is the connection's; what
    /// concerns a stream only is dealt with.
    pub(super) fn frame(&mut self, head: Head, payload: Bytes) -> Result<(), Fault> {
        let mut parsed = parse(head, payload.clone());
        if let Some(at) = parsed
            .faults
            .iter()
            .position(|f| f.scope == Scope::Connection)
        {
            return Err(parsed.faults.swap_remove(at));
        }
        let fault = parsed.faults.pop();
        if !is_ours(&parsed.frame) {
            self.shared.lock().tell(head, &parsed.frame, &payload);
        }
        let result = match (parsed.frame, fault) {
            // The compression must go on, whatever the frame's fault.
            (Frame::Headers(headers), fault) => self.on_headers(headers, fault),
            (_, Some(fault)) => Err(fault),
            (Frame::Continuation(continuation), None) => self.on_continuation(continuation),
            (Frame::Data(data), None) => self.on_data(data),
            (Frame::Settings(settings), None) => self.on_settings(settings),
            (Frame::WindowUpdate(update), None) => self.on_window_update(update),
            (Frame::RstStream(reset), None) => self.on_reset(reset),
            (Frame::Ping(ping), None) => self.on_ping(ping),
            (Frame::GoAway(_), None) => {
                self.shared.lock().client_leaves = true;
                self.spend_control()
            }
            (Frame::Priority(_) | Frame::Unknown(_), None) => self.spend_control(),
            (Frame::PushPromise(_), None) => {
                let what = "a client pushed";
                let code = code::PROTOCOL_ERROR;
                Err(Fault::connection(code, "RFC 9113 §8.4", what))
            }
        };
        match result {
            Err(fault) if fault.scope == Scope::Stream => self.refuse(head.stream, fault),
            result => result,
        }
    }

    /// Counts a frame that carries nothing, and those that earlier ones made us
    /// send to little purpose.
    fn spend_control(&mut self) -> Result<(), Fault> {
        let mut state = self.shared.lock();
        let dribbles = std::mem::take(&mut state.dribbles);
        // Those that each frame of the client's has let go are content like any other.
        let allowed = self.dribbles_allowed + limits::DRIBBLES_FOR_CONTROL;
        let paid = dribbles.min(allowed);
        self.dribbles_allowed = (allowed - paid).min(limits::DRIBBLES_ALLOWED);
        state.sent_frames = state.sent_frames.saturating_add(paid);
        let dribbles = dribbles - paid;
        let frames = dribbles.saturating_add(1);
        if self.control.has(frames, self.now) {
            self.control.spend_all(frames, self.now);
            return Ok(());
        }
        let sent = std::mem::take(&mut state.sent_frames);
        drop(state);
        self.control
            .earn(sent.saturating_mul(limits::CONTROL_FOR_CONTENT));
        match (self.control.spend_all(frames, self.now), dribbles) {
            (true, _) => Ok(()),
            (false, 0) => Err(Fault::flood(
                "CVE-2019-9512",
                "too many frames that carry nothing",
            )),
            (false, _) => Err(Fault::flood(
                "CVE-2019-9511",
                "windows that let pass a few bytes in each of many frames",
            )),
        }
    }

    /// Resets a stream for what the client did on it.
    fn refuse(&mut self, stream: u32, fault: Fault) -> Result<(), Fault> {
        if self.shared.lock().streams.is_raw(stream) {
            // It is the handler's: what the client makes of it is let pass.
            return self.spend_control();
        }
        if self.is_idle(stream) {
            // An idle stream cannot be reset (RFC 9113 §6.4).
            return Err(Fault {
                scope: Scope::Connection,
                ..fault
            });
        }
        // Before it acknowledged our SETTINGS a client cannot know how many
        // streams it may open.
        let innocent = fault.code == code::REFUSED_STREAM && !self.acknowledged;
        // What is refused for the streams that the client reset before is of
        // one kind with those.
        let (section, budget) = match fault.section {
            limits::RAPID_RESET => (limits::RAPID_RESET, &mut self.resets),
            _ => (limits::MADE_YOU_RESET, &mut self.forced_resets),
        };
        if !innocent && !budget.spend(self.now) {
            let what = format!(
                "too many streams had to be reset, the last since {}",
                fault.what
            );
            return Err(Fault::flood(section, what));
        }
        let mut state = self.shared.lock();
        let latest = stream == state.last_stream;
        match (state.streams.key(stream), state.streams.how_ended(stream)) {
            (Some(key), _) => state.reset(key, fault.code),
            // It was refused before it was opened.
            (None, Ended::Never) if latest => {
                let reset = RstStream {
                    stream,
                    code: fault.code,
                };
                state.out.control(|out| reset.write(out));
                state.streams.close(stream, Ended::ResetByUs);
            }
            // Nothing but PRIORITY is sent on a stream that has closed (§5.1).
            (None, _) => {}
        }
        drop(state);
        self.report(&fault.violation(stream));
        Ok(())
    }

    pub(super) fn report(&self, violation: &Violation) {
        self.service.violation(&self.info, violation);
    }

    /// Ends the connection for what the client did: GOAWAY with the words for
    /// it (RFC 9113 §5.4.1).
    pub(super) fn fail(&mut self, fault: Fault) {
        let mut state = self.shared.lock();
        if state.over {
            return;
        }
        let last = state.last_stream;
        let goaway = GoAway {
            // It never goes up (RFC 9113 §6.8).
            last: state.named.map_or(last, |named| named.min(last)),
            code: fault.code,
            debug: format!("{} ({})", fault.what, fault.section).into(),
        };
        // It is said even within a block that a handler left open.
        state.uncork();
        state.out.frames(|out| goaway.write(out));
        state.end();
        drop(state);
        self.report(&fault.violation(0));
    }

    /// Ends the connection in good order: nothing is under way.
    pub(super) fn finish(&mut self) {
        let mut state = self.shared.lock();
        if state.over {
            return;
        }
        if state.named.is_none_or(|named| named > state.last_stream) {
            let goaway = goaway(state.last_stream);
            state.out.frames(|out| goaway.write(out));
        }
        state.end();
    }

    /// The end of the socket: nothing can be said any more.
    pub(super) fn report_closed(&self, section: &'static str, what: &'static str) {
        self.report(&Violation {
            section,
            what: what.into(),
            stream: None,
            refusal: Refusal::Closed,
        });
    }

    /// Begins a graceful end; where a handler has named a last stream, what has
    /// come by now is the last.
    pub(super) fn start_drain(&mut self) {
        let mut state = self.shared.lock();
        if state.named.is_some_and(|named| named < MAX_STREAM) {
            drop(state);
            return self.name_last_stream();
        }
        self.drain = Drain::Announced(self.now);
        state.out.frames(|out| {
            goaway(super::flow::MAX_WINDOW).write(out);
            Ping {
                ack: false,
                data: DRAIN_PING,
            }
            .write(out);
        });
    }

    /// Names the last stream that will be answered.
    fn name_last_stream(&mut self) {
        self.drain = Drain::Final;
        let mut state = self.shared.lock();
        if state.named.is_none_or(|named| named > state.last_stream) {
            let last = state.last_stream;
            state.named = Some(last);
            let goaway = goaway(last);
            state.out.frames(|out| goaway.write(out));
        }
    }

    /// Whether all is done that there was to do, and nothing more will come.
    pub(super) fn is_finished(&self) -> bool {
        let state = self.shared.lock();
        state.is_leaving() && self.block.is_none() && state.streams.held == 0
    }

    /// Whether there is any exchange.
    pub(super) fn is_busy(&self) -> bool {
        self.shared.lock().streams.held > 0
    }

    /// Streams that the client opened so far, as a sign of life.
    pub(super) fn last_stream(&self) -> u32 {
        self.shared.lock().last_stream
    }

    /// Whether nothing was ever sent on the stream (RFC 9113 §5.1, "idle").
    fn is_idle(&self, stream: u32) -> bool {
        let state = self.shared.lock();
        match stream.is_multiple_of(2) {
            true => stream > state.last_pushed,
            false => stream > state.last_stream,
        }
    }

    /// Whether the stream came after the last one that will be answered.
    fn is_ignored(&self, stream: u32) -> bool {
        let state = self.shared.lock();
        let late = state.named.is_some_and(|named| stream > named);
        late && !stream.is_multiple_of(2) && state.streams.key(stream).is_none()
    }

    /// Looks at what the client should have done by now.
    pub(super) fn check_deadlines(&mut self) -> Result<(), Fault> {
        let patience = self.limits().head_timeout;
        let since = |then: Instant| self.now.saturating_duration_since(then);
        if !self.greeted && since(self.started) > patience {
            let what = "no preface and SETTINGS in time";
            let code = code::PROTOCOL_ERROR;
            return Err(Fault::connection(code, "RFC 9113 §3.4", what));
        }
        let mut state = self.shared.lock();
        let due = state.said.iter().find_map(|said| said.due);
        if state
            .out
            .corked_since()
            .is_some_and(|then| since(then) > limits::CORKED)
        {
            state.uncork();
        }
        drop(state);
        if due.is_some_and(|then| since(then) > patience) {
            let what = "no acknowledgement of SETTINGS in time";
            let code = code::SETTINGS_TIMEOUT;
            return Err(Fault::connection(code, "RFC 9113 §6.5.3", what));
        }
        if self
            .block
            .as_ref()
            .is_some_and(|block| since(block.began) > patience)
        {
            let what = "a header block was not ended in time";
            return Err(Fault::flood("CVE-2024-27316", what));
        }
        if matches!(self.drain, Drain::Announced(then) if since(then) > limits::DRAIN_PING) {
            self.name_last_stream();
        }
        self.reset_stalled();
        self.stop_discarded();
        Ok(())
    }

    /// Stops requests that nobody reads and that do not go on.
    fn stop_discarded(&mut self) {
        let now = self.now;
        let mut state = self.shared.lock();
        let long = |since| now.saturating_duration_since(since) > limits::DISCARD_PAUSE;
        let streams = state.streams.iter_mut();
        let over = streams.filter(|(_, s)| s.discarding.is_some_and(|d| long(d.since)));
        for key in over.map(|(key, _)| key).collect::<Vec<_>>() {
            state.reset(key, code::NO_ERROR);
        }
    }

    /// Resets streams whose client takes nothing (CVE-2019-9511).
    fn reset_stalled(&mut self) {
        let (now, patience) = (self.now, self.limits().stall_timeout);
        let mut stalled = Vec::new();
        let mut state = self.shared.lock();
        for (key, stream) in state.streams.iter_mut() {
            let long = |then| now.saturating_duration_since(then) > patience;
            if stream.stalled.is_some_and(long) && !stream.is_closed() {
                stalled.push((key, stream.id));
            }
        }
        for (key, _) in &stalled {
            state.reset(*key, code::CANCEL);
        }
        drop(state);
        for (_, stream) in stalled {
            let what = "the client gave no window in time";
            self.report(&Fault::stream(code::CANCEL, "CVE-2019-9511", what).violation(stream));
        }
    }
}

/// Whether a frame answers the engine's own doings.
fn is_ours(frame: &Frame) -> bool {
    matches!(frame, Frame::Ping(ping) if ping.ack && ping.data == DRAIN_PING)
}

fn goaway(last: u32) -> GoAway {
    GoAway {
        last,
        code: code::NO_ERROR,
        debug: Bytes::new(),
    }
}
