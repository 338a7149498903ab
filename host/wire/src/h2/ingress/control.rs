//! The frames that carry no content: SETTINGS, PING, WINDOW_UPDATE, RST_STREAM.

use super::{DRAIN_PING, Drain, Ingress};
use crate::Service;
use crate::h2::fault::Fault;
use crate::h2::flow::MAX_WINDOW;
use crate::h2::frame::{
    MAX_MAX_FRAME_SIZE, MIN_MAX_FRAME_SIZE, Ping, RstStream, Settings, WindowUpdate,
};
use crate::h2::limits::MOST_TABLE;
use crate::h2::settings::id;
use crate::h2::state::State;
use crate::h2::stream::Sending;
use crate::h2::streams::Ended;
use crate::h2::{code, limits};

impl<S: Service> Ingress<S> {
    pub(super) fn on_settings(&mut self, frame: Settings) -> Result<(), Fault> {
        if frame.ack {
            if !self.greeted {
                let what = "the first frame acknowledges SETTINGS";
                let code = code::PROTOCOL_ERROR;
                return Err(Fault::connection(code, "RFC 9113 §3.4", what));
            }
            self.acknowledged = true;
            let said = self.shared.lock().said.pop_front();
            for (id, value) in said.into_iter().flat_map(|said| said.settings) {
                self.holds(id, value);
            }
            return self.spend_control();
        }
        self.greeted = true;
        self.spend_control()?;
        // Under one lock: what handlers write before the acknowledgement is by
        // the old settings, what they write behind it by these.
        let mut state = self.shared.lock();
        state.take_settings(&frame)?;
        state.out.control(Settings::write_ack);
        Ok(())
    }

    /// A setting of ours holds from its acknowledgement on (RFC 9113 §6.5.3).
    /// Handlers may write any value raw.
    fn holds(&mut self, id: u16, value: u32) {
        let mut state = self.shared.lock();
        match id {
            id::HEADER_TABLE_SIZE => self.decoder.allow(value.min(MOST_TABLE) as usize),
            id::MAX_CONCURRENT_STREAMS => state.concurrent_streams = Some(value),
            id::INITIAL_WINDOW_SIZE if value <= MAX_WINDOW => {
                state.stream_window = value;
                for (_, stream) in state.streams.iter_mut() {
                    stream.recv_window.resize(value);
                }
            }
            id::MAX_FRAME_SIZE if (MIN_MAX_FRAME_SIZE..=MAX_MAX_FRAME_SIZE).contains(&value) => {
                self.max_frame_size = value;
            }
            // The others inform.
            _ => {}
        }
    }

    pub(super) fn on_ping(&mut self, ping: Ping) -> Result<(), Fault> {
        self.spend_control()?;
        if !ping.ack {
            let answer = Ping { ack: true, ..ping };
            self.shared.lock().out.control(|out| answer.write(out));
        } else if ping.data == DRAIN_PING && matches!(self.drain, Drain::Announced(_)) {
            self.name_last_stream();
        }
        Ok(())
    }

    pub(super) fn on_window_update(&mut self, frame: WindowUpdate) -> Result<(), Fault> {
        self.spend_control()?;
        let by = i64::from(frame.increment);
        let code = code::FLOW_CONTROL_ERROR;
        let section = "RFC 9113 §6.9.1";
        let mut state = self.shared.lock();
        if frame.stream == 0 {
            if state.send_window.shift(by).is_err() {
                let what = "the connection's window passes 2^31-1";
                return Err(Fault::connection(code, section, what));
            }
            state.next_turns();
            return Ok(());
        }
        let Some(key) = state.streams.key(frame.stream) else {
            drop(state);
            return self.not_idle(frame.stream, "WINDOW_UPDATE");
        };
        let Some(stream) = state.streams.get_mut(key) else {
            return Ok(());
        };
        if stream.send_window.shift(by).is_err() {
            let what = "the stream's window passes 2^31-1";
            return Err(Fault::stream(code, section, what));
        }
        stream.wake_writer();
        Ok(())
    }

    pub(super) fn on_reset(&mut self, frame: RstStream) -> Result<(), Fault> {
        let mut state = self.shared.lock();
        let Some(key) = state.streams.key(frame.stream) else {
            state.tell_late_reset(frame.stream, frame.code);
            drop(state);
            self.spend_control()?;
            return self.not_idle(frame.stream, "RST_STREAM");
        };
        // To refuse what we push is no flood either.
        let harmless = state
            .streams
            .get(key)
            .is_some_and(|stream| stream.sending == Sending::Ended || stream.pushed_by.is_some());
        state.closed_by_reset(key, frame.code, Ended::ResetByClient);
        let completed = std::mem::take(&mut state.completed);
        drop(state);
        self.resets.earn(completed);
        if !harmless && !self.resets.spend(self.now) {
            let what = "too many streams were reset before they were answered";
            return Err(Fault::flood(limits::RAPID_RESET, what));
        }
        Ok(())
    }

    /// Whether handlers have written raw on a stream.
    pub(super) fn is_raw(&self, stream: u32) -> bool {
        self.shared.lock().streams.is_raw(stream)
    }

    /// Refuses a frame on a stream that was never opened; on one that has
    /// ended it was sent before the client knew (RFC 9113 §5.1).
    fn not_idle(&self, stream: u32, name: &str) -> Result<(), Fault> {
        if !self.is_idle(stream) || self.is_ignored(stream) || self.is_raw(stream) {
            return Ok(());
        }
        let what = format!("{name} on a stream that was never opened");
        Err(Fault::connection(
            code::PROTOCOL_ERROR,
            "RFC 9113 §5.1",
            what,
        ))
    }
}

impl State {
    /// Takes the client's settings, all at once (RFC 9113 §6.5.3).
    pub(super) fn take_settings(&mut self, frame: &Settings) -> Result<(), Fault> {
        let before = self.peer.initial_window;
        let encoder = &mut self.encoder;
        self.peer
            .take(frame, |size| encoder.set_peer_table_size(size as usize))?;
        let by = i64::from(self.peer.initial_window) - i64::from(before);
        if by == 0 {
            return Ok(());
        }
        // One that has closed, and whose exchange is still there, has no window.
        let streams = self.streams.iter_mut();
        for (_, stream) in streams.filter(|(_, stream)| !stream.is_closed()) {
            if stream.send_window.shift(by).is_err() {
                let what = "SETTINGS_INITIAL_WINDOW_SIZE makes a stream's window too large";
                let code = code::FLOW_CONTROL_ERROR;
                return Err(Fault::connection(code, "RFC 9113 §6.9.2", what));
            }
            stream.wake_writer();
        }
        Ok(())
    }
}
