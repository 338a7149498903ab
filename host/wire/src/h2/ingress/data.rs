//! DATA: content to its stream, and what it takes from the windows.

use bytes::Bytes;

use super::Ingress;
use crate::Service;
use crate::h2::fault::Fault;
use crate::h2::frame::Data;
use crate::h2::state::State;
use crate::h2::stream::{Sending, Waiting, WaitingData};
use crate::h2::{code, limits};

/// Content from this size on refers to the buffer that it was read into;
/// smaller content is copied out, so that it never holds a buffer many times
/// its size while it waits.
const IN_PLACE: usize = *limits::READ.end() / 8;

impl<S: Service> Ingress<S> {
    pub(super) fn on_data(&mut self, data: Data) -> Result<(), Fault> {
        let (id, length) = (data.stream, data.flow_controlled_length);
        let mut state = self.shared.lock();
        // Every DATA frame counts, those that are refused too (§6.9).
        if !state.recv_window.take(length) {
            let what = "more content than the connection's window lets pass";
            let code = code::FLOW_CONTROL_ERROR;
            return Err(Fault::connection(code, "RFC 9113 §6.9.1", what));
        }
        let Some(key) = state.streams.key(id) else {
            state.consume(length);
            drop(state);
            if self.is_ignored(id) || self.is_raw(id) {
                return self.spend_control();
            }
            if self.is_idle(id) {
                let what = "DATA on a stream that was never opened";
                let code = code::PROTOCOL_ERROR;
                return Err(Fault::connection(code, "RFC 9113 §5.1", what));
            }
            return self.on_ended(id, "DATA");
        };
        let empty = data.data.is_empty() && !data.end_stream();
        if empty && !self.empty_data.spend(self.now) {
            let what = "too many DATA frames without content";
            return Err(Fault::flood("CVE-2019-9518", what));
        }
        if !data.data.is_empty() {
            self.empty_data.earn(1);
            self.control.earn(1);
        }
        let too_many = state.too_many_wait(&self.shared.limits);
        let result = match too_many && !data.end_stream() {
            true => {
                let what = "too many small DATA frames wait for their handlers";
                let code = code::ENHANCE_YOUR_CALM;
                Err(Fault::stream(code, "RUSTSEC-2026-0258", what))
            }
            false => deliver(&mut state, key, data),
        };
        if result.is_err() {
            state.consume(length);
        }
        result
    }
}

/// Gives the frame to its stream, unless a rule forbids it.
fn deliver(state: &mut State, key: usize, data: Data) -> Result<(), Fault> {
    let Some(stream) = state.streams.get_mut(key) else {
        return Ok(());
    };
    if stream.pushed_by.is_some() && stream.sending == Sending::Head && !stream.raw {
        let what = "DATA on a stream that is promised";
        let code = code::PROTOCOL_ERROR;
        return Err(Fault::connection(code, "RFC 9113 §5.1", what));
    }
    if !stream.receiving {
        let what = "DATA after END_STREAM";
        return Err(Fault::stream(code::STREAM_CLOSED, "RFC 9113 §5.1", what));
    }
    if !stream.recv_window.take(data.flow_controlled_length) {
        let what = "more content than the stream's window lets pass";
        let code = code::FLOW_CONTROL_ERROR;
        return Err(Fault::stream(code, "RFC 9113 §6.9.1", what));
    }
    let end = data.end_stream();
    if let Some(left) = stream.content_left {
        let rest = left.checked_sub(data.data.len() as u64);
        let Some(rest) = rest.filter(|rest| !end || *rest == 0) else {
            let what = "the content has not the length that Content-Length says";
            let code = code::PROTOCOL_ERROR;
            return Err(Fault::stream(code, "RFC 9113 §8.1.1", what));
        };
        stream.content_left = Some(rest);
    }
    if stream.discarding.is_some() {
        let (id, length) = (data.stream, data.flow_controlled_length);
        stream.receiving = !end;
        state.discard(key, id, length);
        if end {
            state.close_if_complete(key);
        }
        return Ok(());
    }
    let content = match data.data.len() {
        0..IN_PLACE => Bytes::copy_from_slice(&data.data),
        _ => data.data,
    };
    let length = data.flow_controlled_length as usize;
    stream.queue.push_back(Waiting::Data(WaitingData {
        flags: data.flags,
        data: content,
        padding: data.padding,
        flow_controlled_length: data.flow_controlled_length,
    }));
    stream.receiving = !end;
    stream.wake_reader();
    state.waiting_frames += 1;
    state.waiting_bytes += length;
    if end {
        state.close_if_complete(key);
    }
    Ok(())
}
