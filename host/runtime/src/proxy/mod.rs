//! Components of the world `wasi:http/proxy`: a request goes to
//! `wasi:http/incoming-handler` on a fresh instance, as `wasmtime serve` does it.
//!
//! What such a component may use is wasmtime's implementation; the request and
//! the answer are this host's, with its limits, pipes and log. Guest and wire go
//! on side by side, in one task: the guest's body is read when it is asked for,
//! and its answer is written as it comes, so that each waits for the other.

mod answer;
mod request;

use std::pin::pin;
use std::time::{Duration, Instant};

use host_wire::{Event, Exchange, WireError};
use tokio::sync::oneshot;
use wasmtime::Store;
use wasmtime_wasi_http::WasiHttpView as _;
use wasmtime_wasi_http::p2::bindings::ProxyPre;
use wasmtime_wasi_http::p2::bindings::http::types::Scheme;

use crate::answer::Answer;
use crate::hooks::{self, Ending, Run};
use crate::state::State;
use crate::{Failure, Runtime};

/// The interface that makes a component one of these, without its version.
pub(crate) const INCOMING: &str = "wasi:http/incoming-handler";

/// Answers a request.
pub(crate) async fn run(runtime: &Runtime, proxy: &ProxyPre<State>, mut state: State) -> Run {
    let context = state.context.clone();
    // Written and read while the guest runs: the store cannot have them.
    let stand_in = Exchange::detached(state.exchange.head().clone());
    let mut exchange = std::mem::replace(&mut state.exchange, stand_in);
    let stand_in = Answer::new(context.tenant.clone(), None);
    let mut answer = std::mem::replace(&mut state.answer, stand_in);
    let gone = exchange.gone();
    let mut life = Life {
        store: hooks::store(runtime, state),
        pool: runtime.instances,
        instantiate: Duration::ZERO,
        called: Duration::ZERO,
    };
    let live = life.live(proxy, &mut exchange, &mut answer);
    let result = hooks::within_limits(&context, gone, live).await;
    let ending = Instant::now();
    let mut state = life.store.into_data();
    (state.exchange, state.answer) = (exchange, answer);
    Run {
        instantiate: life.instantiate,
        hooks: life.called,
        dropped: ending.elapsed(),
        state,
        result,
        idle: None,
    }
}

struct Life {
    store: Store<State>,
    pool: u32,
    instantiate: Duration,
    called: Duration,
}

impl Life {
    async fn live(
        &mut self,
        proxy: &ProxyPre<State>,
        exchange: &mut Exchange,
        answer: &mut Answer,
    ) -> Result<bool, Ending> {
        match exchange.next().await {
            Some(Event::Headers(_)) => {}
            Some(Event::Reset(code)) => return Err(Failure::Client(WireError::Reset(code)).into()),
            _ => return Err(Failure::Client(WireError::Gone).into()),
        }
        let (body, source) = request::body();
        let request = request::of(exchange.head(), body)?;
        let (sender, response) = oneshot::channel();
        let mut writing = pin!(answer::write(exchange, answer, source, response));
        let mut guest = pin!(self.call(proxy, request, sender));
        let (mut returned, mut written) = (false, false);
        while !(returned && written) {
            tokio::select! {
                biased;
                result = &mut guest, if !returned => {
                    result?;
                    returned = true;
                }
                result = &mut writing, if !written => {
                    result?;
                    written = true;
                }
            }
        }
        Ok(true)
    }

    /// Makes the instance and calls it; it may work on behind its answer.
    async fn call(
        &mut self,
        proxy: &ProxyPre<State>,
        request: request::Request,
        sender: oneshot::Sender<answer::Response>,
    ) -> Result<(), Failure> {
        let called = self.try_call(proxy, request, sender).await;
        let state = self.store.data_mut();
        let limits = &state.context.tenant.limits;
        called.map_err(|error| Failure::from_wasm(&error, &state.meter, limits, self.pool))?;
        // What it has left open ends with it.
        state.wasi = None;
        Ok(())
    }

    async fn try_call(
        &mut self,
        proxy: &ProxyPre<State>,
        request: request::Request,
        sender: oneshot::Sender<answer::Response>,
    ) -> wasmtime::Result<()> {
        let began = Instant::now();
        let proxy = proxy.instantiate_async(&mut self.store).await?;
        self.instantiate = began.elapsed();
        let scheme = match request.uri().scheme_str() {
            Some("https") => Scheme::Https,
            Some("http") | None => Scheme::Http,
            Some(other) => Scheme::Other(other.to_owned()),
        };
        let mut http = self.store.data_mut().http();
        let request = http.new_incoming_request(scheme, request)?;
        let outparam = http.new_response_outparam(sender)?;
        let began = Instant::now();
        let handler = proxy.wasi_http_incoming_handler();
        let result = handler
            .call_handle(&mut self.store, request, outparam)
            .await;
        self.called = began.elapsed();
        result
    }
}
