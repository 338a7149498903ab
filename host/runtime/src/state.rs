//! What a store holds: everything that the host functions of one run work on.

use std::sync::Arc;

use bytes::Bytes;
use cap_std::fs::Dir;
use host_wire::{ConnectionInfo, Exchange, Fields, Head, WireOp};
use wasmtime::component::ResourceTable;

use crate::answer::Answer;
use crate::body::{Body, Source};
use crate::context::Context;
use crate::files;
use crate::finish::Finisher;
use crate::limits::Meter;
use crate::wasi::Wasi;
use crate::watch::Watch;

/// The data of one request's store. `request`, `response` and `writer` exist
/// once in it, so that a handle to one needs no look-up.
pub(crate) struct State {
    pub(crate) exchange: Exchange,
    pub(crate) body: Body,
    pub(crate) watch: Watch,
    pub(crate) answer: Answer,
    pub(crate) meter: Meter,
    pub(crate) context: Arc<Context>,
    /// The stash's lock while the guest holds it, and the number of its guard.
    pub(crate) guard: Option<(u32, host_stash::Guard)>,
    /// How many guards the guest has had.
    pub(crate) guards: u32,
    /// Made when a guest first asks for anything of WASI.
    pub(crate) wasi: Option<Box<Wasi>>,
    /// The files that the guest has open.
    pub(crate) files: ResourceTable,
}

impl State {
    pub(crate) fn new(
        exchange: Exchange,
        context: Arc<Context>,
        finisher: Option<Finisher>,
    ) -> Self {
        Self {
            exchange,
            body: Body::default(),
            watch: Watch::default(),
            answer: Answer::new(Arc::clone(&context.tenant), finisher),
            meter: Meter::new(&context.tenant.limits),
            context,
            guard: None,
            guards: 0,
            wasi: None,
            files: files::table(),
        }
    }

    /// A state between two requests, and before the first.
    pub(crate) fn of_nobody(context: Arc<Context>, head: &Head) -> Self {
        Self::new(Exchange::detached(nobodys(head)), context, None)
    }

    /// Ends a request: its state. What the guest holds of the host stays.
    pub(crate) fn leave(&mut self) -> Self {
        let next = Self::of_nobody(Arc::clone(&self.context), self.exchange.head());
        let mut left = std::mem::replace(self, next);
        self.inherit(&mut left);
        left
    }

    /// Begins a request: what the guest holds of the host stays.
    pub(crate) fn enter(&mut self, request: Self) {
        let mut left = std::mem::replace(self, request);
        self.inherit(&mut left);
        if let Some(wasi) = &mut self.wasi {
            wasi.speak_for(&self.context);
        }
    }

    fn inherit(&mut self, left: &mut Self) {
        self.wasi = left.wasi.take();
        self.guards = left.guards;
        std::mem::swap(&mut self.files, &mut left.files);
        std::mem::swap(&mut self.meter, &mut left.meter);
    }

    /// Whether all sources that the guest has read are what they were.
    pub(crate) fn is_current(&self, dir: &Dir) -> bool {
        self.wasi.as_ref().is_none_or(|wasi| wasi.is_current(dir))
    }

    /// Lets go what waits for more to leave with, before a wait of the handler's.
    pub(crate) async fn let_go(&mut self) {
        let progress = self.exchange.progress();
        if progress.headers || progress.raw {
            // A client that left is found out by the next write.
            let _ = self.exchange.apply(WireOp::Flush).await;
        }
    }

    /// Says in the handler's log how many frames its hooks should have been told
    /// of and were not, if there are any.
    pub(crate) fn log_untold(&mut self) {
        let untold = self.watch.take_untold() + self.exchange.take_untold();
        if untold > 0 {
            let message = format!(
                "{untold} frames not told: {} wait for handle-frame and handle-close at \
                 most, of at most 16384 bytes each",
                crate::watch::WAITING
            );
            self.context.log(tracing::Level::WARN, &message);
        }
    }

    /// The request's body, and where it comes from.
    pub(crate) fn body(&mut self) -> (&mut Body, Source<'_>) {
        let source = Source {
            exchange: &mut self.exchange,
            watch: &mut self.watch,
            limit: self.context.tenant.limits.body_bytes,
        };
        (&mut self.body, source)
    }
}

/// A head like this one with nothing of its request, nor of its connection.
fn nobodys(head: &Head) -> Head {
    let connection = ConnectionInfo {
        id: 0,
        peer: head.connection.peer,
        local: head.connection.local,
        tls: None,
        journal: None,
    };
    Head {
        protocol: head.protocol,
        method: Bytes::new(),
        target: Bytes::new(),
        authority: None,
        scheme: Bytes::new(),
        connect_protocol: None,
        request_line: Bytes::new(),
        fields: Fields::new(),
        stream_id: 0,
        connection: Arc::new(connection),
    }
}
