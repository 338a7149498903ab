//! The life of a request: its hooks, one after another, on one instance.

use std::pin::pin;
use std::sync::Arc;
use std::time::{Duration, Instant};

use host_wire::{Event, WireError};
use wasmtime::component::{ComponentExportIndex, ComponentNamedList, Instance, Lower, Resource};
use wasmtime::{Store, UpdateDeadline};

use crate::bindings::SINGLETON;
use crate::bindings::frame_types::{DataFrame, HeadersFrame};
use crate::component::{DataParams, HeadersParams, HookResult, Loaded, MainParams};
use crate::context::Timed;
use crate::limits::Limit;
use crate::state::State;
use crate::{Failure, Runtime};

/// What a run leaves behind.
pub(crate) struct Run {
    pub(crate) state: State,
    pub(crate) result: Result<(), Failure>,
    pub(crate) instantiate: Duration,
    /// Time in hooks, waiting included.
    pub(crate) hooks: Duration,
    /// Time to take the instance down.
    pub(crate) dropped: Duration,
}

/// Runs the hooks, until the last one has returned, one has failed, the time is
/// over or the client is gone.
pub(crate) async fn run(runtime: &Runtime, loaded: &Loaded, state: State) -> Run {
    let context = state.context.clone();
    let limits = &context.tenant.limits;
    let gone = state.exchange.gone();
    let mut life = Life {
        store: store(runtime, state),
        loaded,
        instance: None,
        instantiate: Duration::ZERO,
        hooks: Duration::ZERO,
        pool: runtime.instances,
    };
    let result = {
        let inner = pin!(life.live());
        let live = Timed {
            inner,
            context: &context,
        };
        tokio::select! {
            biased;
            result = live => result,
            error = gone => Err(Failure::Client(error)),
            () = tokio::time::sleep(limits.wall) => Err(Failure::Overrun(Limit::Wall(limits.wall))),
        }
    };
    let ending = Instant::now();
    let state = life.store.into_data();
    Run {
        instantiate: life.instantiate,
        hooks: life.hooks,
        dropped: ending.elapsed(),
        state,
        result,
    }
}

/// A store with every limit set.
fn store(runtime: &Runtime, state: State) -> Store<State> {
    let context = state.context.clone();
    let limits = &context.tenant.limits;
    let mut store = Store::new(&runtime.engine, state);
    store.limiter(|state| &mut state.meter);
    store.set_max_component_handles(limits.handles);
    store.set_hostcall_fuel(limits.memory);
    store.set_epoch_deadline(1);
    let context = Arc::clone(&context);
    store.epoch_deadline_callback(move |_| {
        context.check_cpu()?;
        Ok(UpdateDeadline::Yield(1))
    });
    store
}

/// One request's store, and the instance in it once there is one.
struct Life<'a> {
    store: Store<State>,
    loaded: &'a Loaded,
    instance: Option<Instance>,
    instantiate: Duration,
    hooks: Duration,
    pool: u32,
}

impl Life<'_> {
    async fn live(&mut self) -> Result<(), Failure> {
        let frame = match self.store.data_mut().exchange.next().await {
            Some(Event::Headers(frame)) => frame,
            Some(Event::Reset(code)) => return Err(Failure::Client(WireError::Reset(code))),
            _ => return Err(Failure::Client(WireError::Gone)),
        };
        if let Some(hook) = &self.loaded.handle_headers {
            let params: HeadersParams = (HeadersFrame::from(frame), request(), response());
            self.call(hook, params).await?;
        }
        if let Some(hook) = &self.loaded.handle_data {
            while let Some(frame) = self.frame().await? {
                let params: DataParams = (DataFrame::from(&frame), request(), response());
                self.call(hook, params).await?;
                // Its credit goes back to the client here.
                drop(frame);
            }
        }
        if let Some(hook) = &self.loaded.main {
            let params: MainParams = (request(), response());
            self.call(hook, params).await?;
        }
        Ok(())
    }

    async fn frame(&mut self) -> Result<Option<host_wire::DataFrame>, Failure> {
        let State { body, exchange, .. } = self.store.data_mut();
        let frame = body.frame(exchange).await;
        frame.map_err(|_| Failure::Client(body.broken.clone().unwrap_or(WireError::Gone)))
    }

    /// Calls a hook, on an instance that is made when the first one is called.
    async fn call<P>(&mut self, hook: &ComponentExportIndex, params: P) -> Result<(), Failure>
    where
        P: ComponentNamedList + Lower + Send + Sync + 'static,
    {
        let result = self.try_call(hook, params).await;
        match result {
            Ok((Ok(()),)) => Ok(()),
            Ok((Err(error),)) => Err(Failure::Handler {
                status: error.status,
                message: error.message,
            }),
            Err(error) => {
                let state = self.store.data();
                let limits = &state.context.tenant.limits;
                Err(Failure::from_wasm(&error, &state.meter, limits, self.pool))
            }
        }
    }

    async fn try_call<P>(
        &mut self,
        hook: &ComponentExportIndex,
        params: P,
    ) -> wasmtime::Result<HookResult>
    where
        P: ComponentNamedList + Lower + Send + Sync + 'static,
    {
        let instance = match self.instance {
            Some(instance) => instance,
            None => {
                let began = Instant::now();
                let instance = self.loaded.pre.instantiate_async(&mut self.store).await?;
                self.instantiate = began.elapsed();
                *self.instance.insert(instance)
            }
        };
        let began = Instant::now();
        let hook = instance.get_typed_func::<P, HookResult>(&mut self.store, hook)?;
        let result = hook.call_async(&mut self.store, params).await;
        self.hooks += began.elapsed();
        result
    }
}

fn request() -> Resource<crate::bindings::Request> {
    Resource::new_borrow(SINGLETON)
}

fn response() -> Resource<crate::bindings::Response> {
    Resource::new_borrow(SINGLETON)
}
