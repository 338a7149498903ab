//! What a store holds: everything that the host functions of one run work on.

use std::sync::Arc;

use host_wire::Exchange;

use crate::answer::Answer;
use crate::body::Body;
use crate::context::Context;
use crate::limits::Meter;
use crate::wasi::Wasi;

/// The data of one request's store. `request`, `response` and `writer` exist
/// once in it, so that a handle to one needs no look-up.
pub(crate) struct State {
    pub(crate) exchange: Exchange,
    pub(crate) body: Body,
    pub(crate) answer: Answer,
    pub(crate) meter: Meter,
    pub(crate) context: Arc<Context>,
    /// Made when a guest first asks for anything of WASI.
    pub(crate) wasi: Option<Box<Wasi>>,
}

impl State {
    pub(crate) fn new(exchange: Exchange, context: Arc<Context>) -> Self {
        Self {
            exchange,
            body: Body::default(),
            answer: Answer::new(context.tenant.limits.response_bytes),
            meter: Meter::new(&context.tenant.limits),
            context,
            wasi: None,
        }
    }
}
