//! `frames`: what the frame hooks are given.

use host_wire as wire;

use super::generated::host::handler::frames::{
    ControlFrame, DataFrame, HeadersFrame, Host, Priority,
};
use super::to_guest;
use crate::state::State;

impl Host for State {}

impl From<wire::HeadersFrame> for HeadersFrame {
    fn from(frame: wire::HeadersFrame) -> Self {
        Self {
            stream_id: frame.stream_id,
            flags: frame.flags,
            headers: to_guest(&frame.fields),
            end_stream: frame.end_stream,
            padding: frame.padding,
            priority: frame.priority.map(|priority| Priority {
                dependency: priority.dependency,
                weight: priority.weight,
                exclusive: priority.exclusive,
            }),
        }
    }
}

impl From<&wire::DataFrame> for DataFrame {
    fn from(frame: &wire::DataFrame) -> Self {
        Self {
            stream_id: frame.stream_id,
            flags: frame.flags,
            data: frame.data.to_vec(),
            end_stream: frame.end_stream,
            padding: frame.padding,
            flow_controlled_length: frame.flow_controlled_length,
        }
    }
}

impl From<wire::ControlFrame> for ControlFrame {
    fn from(frame: wire::ControlFrame) -> Self {
        Self {
            type_: frame.kind,
            flags: frame.flags,
            stream_id: frame.stream_id,
            payload: frame.payload.into(),
        }
    }
}

impl From<Priority> for wire::Priority {
    fn from(priority: Priority) -> Self {
        Self {
            dependency: priority.dependency,
            weight: priority.weight,
            exclusive: priority.exclusive,
        }
    }
}
