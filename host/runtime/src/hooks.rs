//! The life of a request: its hooks, one after another, on one instance.

use std::pin::pin;
use std::sync::{Arc, OnceLock};
use std::time::{Duration, Instant};

use host_wire::{Event, Gone, WireError};
use wasmtime::component::{
    ComponentExportIndex, ComponentNamedList, Instance, Lift, Lower, Resource,
};
use wasmtime::{Store, UpdateDeadline};

use crate::bindings::SINGLETON;
use crate::bindings::frame_types::{Closing, ControlFrame, DataFrame, HeadersFrame};
use crate::bindings::types::BodyError;
use crate::body::Next;
use crate::component::{
    CloseParams, DataParams, FrameParams, HeadersParams, HookResult, Loaded, MainParams,
    PipeParams, ResetParams,
};
use crate::context::{Context, Timed};
use crate::kept::Idle;
use crate::limits::Limit;
use crate::script::{Runner, Script};
use crate::state::State;
use crate::watch::Seen;
use crate::{Failure, Hooks, Runtime, proxy};

/// What an instance is made for.
pub(crate) enum Task {
    /// The hooks of a request, in their order.
    Answer,
    /// `handle-pipe`, with the pipe's name and its arguments.
    Pipe(String, Vec<String>),
}

/// What an instance is made of.
#[derive(Debug)]
pub(crate) enum Guest {
    Component(Arc<Loaded>),
    /// An interpreter, and the script that it loads first.
    Script(Arc<Runner>, Arc<Script>),
}

impl Guest {
    pub(crate) fn loaded(&self) -> &Arc<Loaded> {
        match self {
            Self::Component(loaded) => loaded,
            Self::Script(runner, _) => &runner.loaded,
        }
    }
}

/// What a run leaves behind.
pub(crate) struct Run {
    pub(crate) state: State,
    /// Whether the task was done: a component may not know a pipe.
    pub(crate) result: Result<bool, Ending>,
    pub(crate) instantiate: Duration,
    /// Time in hooks, waiting included.
    pub(crate) hooks: Duration,
    /// Time to take the instance down.
    pub(crate) dropped: Duration,
    /// The instance, if it may serve one more request.
    pub(crate) idle: Option<Idle>,
}

/// Why a life ends before its answer is completed.
#[derive(Debug)]
pub(crate) enum Ending {
    /// The client has left, and the handler was told.
    Told,
    Failed(Failure),
}

impl From<Failure> for Ending {
    fn from(failure: Failure) -> Self {
        Self::Failed(failure)
    }
}

/// Runs hooks, until the last one has returned, one has failed, the time is
/// over or the client is gone; on `idle` if that is there, otherwise on an instance
/// that is made.
pub(crate) async fn run(
    runtime: &Runtime,
    guest: &Guest,
    state: State,
    idle: Option<Idle>,
    task: Task,
) -> Run {
    let context = state.context.clone();
    let limits = &context.tenant.limits;
    let loaded = guest.loaded();
    if let (Some(proxy), Task::Answer) = (&loaded.proxy, &task) {
        return proxy::run(runtime, proxy, state).await;
    }
    let hooks = match guest {
        Guest::Component(loaded) => OnceLock::from(loaded.hooks()),
        Guest::Script(..) => OnceLock::new(),
    };
    let gone = cut_off(state.exchange.gone(), &hooks);
    let (store, instance, served) = match idle {
        Some(mut idle) => {
            idle.store.data_mut().enter(state);
            idle.store.set_hostcall_fuel(limits.memory);
            (idle.store, Some(idle.instance), idle.served)
        }
        None => (store(runtime, state), None, 0),
    };
    let mut life = Life {
        store,
        guest,
        loaded,
        hooks: &hooks,
        instance,
        instantiate: Duration::ZERO,
        in_hooks: Duration::ZERO,
        pool: runtime.instances,
    };
    let result = within_limits(&context, gone, life.perform(task)).await;
    if life.hooks().watch() {
        life.state().log_untold();
    }
    let ending = Instant::now();
    let served = served + 1;
    let Life {
        mut store,
        instance,
        instantiate,
        in_hooks,
        ..
    } = life;
    // An error of the script's own leaves the interpreter as it should be.
    let is_sound = matches!(
        &result,
        Ok(_) | Err(Ending::Failed(Failure::Handler { .. }))
    );
    let stays = matches!(guest, Guest::Script(..))
        && served < limits.reuse
        && is_sound
        && store.data().meter.has_room();
    let (mut state, idle) = match instance {
        Some(instance) if stays => {
            let state = store.data_mut().leave();
            let idle = Idle {
                store,
                instance,
                served,
            };
            (state, Some(idle))
        }
        _ => (store.into_data(), None),
    };
    // What is left of the answer may wait for a slow client: nobody waits with it.
    state.guard = None;
    Run {
        instantiate,
        hooks: in_hooks,
        dropped: ending.elapsed(),
        state,
        result,
        idle,
    }
}

/// What comes of a life, unless its time is over or the client gone before.
pub(crate) async fn within_limits(
    context: &Context,
    gone: impl Future<Output = WireError>,
    live: impl Future<Output = Result<bool, Ending>>,
) -> Result<bool, Ending> {
    let wall = context.tenant.limits.wall;
    let inner = pin!(live);
    tokio::select! {
        biased;
        result = Timed { inner, context } => result,
        error = gone => Err(Failure::Client(error).into()),
        () = tokio::time::sleep(wall) => Err(Failure::Overrun(Limit::Wall(wall)).into()),
    }
}

/// Waits until the client has left, and for ever if a hook is to be told of
/// that: such a handler goes on to it. A script that is not loaded has none.
async fn cut_off(gone: Gone, hooks: &OnceLock<Hooks>) -> WireError {
    let error = gone.await;
    let hooks = hooks.get().copied().unwrap_or_default();
    let is_told = match error {
        WireError::Reset(_) => hooks.handle_reset,
        _ => hooks.handle_close,
    };
    if is_told {
        std::future::pending::<()>().await;
    }
    error
}

/// A store with every limit set.
pub(crate) fn store(runtime: &Runtime, state: State) -> Store<State> {
    let context = state.context.clone();
    let limits = &context.tenant.limits;
    let mut store = Store::new(&runtime.engine, state);
    store.limiter(|state| &mut state.meter);
    store.set_max_component_handles(limits.handles);
    store.set_hostcall_fuel(limits.memory);
    store.set_epoch_deadline(1);
    store.epoch_deadline_callback(|store| {
        store.data().context.check_cpu()?;
        Ok(UpdateDeadline::Yield(1))
    });
    store
}

/// One request's store, and the instance in it once there is one.
struct Life<'a> {
    store: Store<State>,
    guest: &'a Guest,
    loaded: &'a Loaded,
    /// Those to call: a script names its own when it is loaded.
    hooks: &'a OnceLock<Hooks>,
    instance: Option<Instance>,
    instantiate: Duration,
    in_hooks: Duration,
    pool: u32,
}

impl Life<'_> {
    async fn perform(&mut self, task: Task) -> Result<bool, Ending> {
        match task {
            Task::Answer => self.live().await.map(|()| true),
            Task::Pipe(name, arguments) => self.pipe(name, arguments).await,
        }
    }

    /// `handle-pipe`: whether there is such a pipe.
    async fn pipe(&mut self, name: String, arguments: Vec<String>) -> Result<bool, Ending> {
        let Some(hook) = &self.loaded.handle_pipe else {
            return Ok(false);
        };
        self.load().await?;
        let params: PipeParams = (name, arguments, request(), response());
        Ok(self.call(hook, params).await?)
    }

    /// Lets an interpreter load its script, which says then what to call.
    async fn load(&mut self) -> Result<(), Ending> {
        if let Guest::Script(runner, script) = self.guest {
            let ready = self.call(&runner.load, script.params(request())).await?;
            self.hooks.get_or_init(|| script.loaded(ready));
        }
        Ok(())
    }

    /// Those to call, as far as they are known.
    fn hooks(&self) -> Hooks {
        self.hooks.get().copied().unwrap_or_default()
    }

    async fn live(&mut self) -> Result<(), Ending> {
        let loaded = self.loaded;
        self.look_out();
        let frame = match self.state().exchange.next().await {
            Some(Event::Headers(frame)) => frame,
            Some(Event::Reset(code)) => return Err(Failure::Client(WireError::Reset(code)).into()),
            _ => return Err(Failure::Client(WireError::Gone).into()),
        };
        self.load().await?;
        self.look_out();
        let hooks = self.hooks();
        if let Some(hook) = &loaded.handle_headers
            && hooks.handle_headers
        {
            let params: HeadersParams = (HeadersFrame::from(frame), request(), response());
            self.step(hook, params).await?;
        }
        if let Some(hook) = &loaded.handle_data
            && hooks.handle_data
        {
            self.take_body(hook).await?;
        } else if hooks.handle_trailers {
            // They come behind the body, which is kept for `main`.
            let (body, mut source) = self.state().body();
            body.whole(&mut source).await.map_err(unread)?;
        }
        if let Some(hook) = &loaded.handle_trailers
            && hooks.handle_trailers
            && let Some(frame) = self.state().body.trailers().cloned()
        {
            let params: HeadersParams = (HeadersFrame::from(frame), request(), response());
            self.step(hook, params).await?;
        }
        if let Some(hook) = &loaded.main {
            self.look().await?;
            let params: MainParams = (request(), response());
            self.step(hook, params).await?;
        }
        if hooks.watch() {
            self.watch().await?;
        }
        Ok(())
    }

    /// Has the wire tell what the client does beside its request, if a hook watches.
    fn look_out(&mut self) {
        if self.hooks().watch() {
            self.state().exchange.watch();
        }
    }

    /// `handle-data`, frame by frame, and what comes in between.
    async fn take_body(&mut self, hook: &ComponentExportIndex) -> Result<(), Ending> {
        loop {
            let state = self.state();
            match state.body.next(&mut state.exchange, &mut state.watch).await {
                Next::Content(frame) => {
                    let params: DataParams = (DataFrame::from(&frame), request(), response());
                    self.step(hook, params).await?;
                    // Its credit goes back to the client here.
                    drop(frame);
                }
                Next::Beside => self.deliver().await?,
                Next::End => return Ok(()),
            }
        }
    }

    /// Goes on for as long as the handler wants to watch.
    async fn watch(&mut self) -> Result<(), Ending> {
        self.state().body.give_up();
        let mut until = Instant::now();
        loop {
            self.look().await?;
            let state = self.state();
            if let Some(duration) = state.watch.take() {
                // The run's own deadline ends what would wait longer than it.
                until = Instant::now() + duration.min(state.context.tenant.limits.wall);
            }
            if state.watch.over || until <= Instant::now() {
                return Ok(());
            }
            state.let_go().await;
            tokio::select! {
                biased;
                () = state.body.watch(&mut state.exchange, &mut state.watch) => {}
                () = tokio::time::sleep_until(until.into()) => {}
            }
        }
    }

    /// Hands over what has come by now.
    async fn look(&mut self) -> Result<(), Ending> {
        if self.hooks().watch() {
            let state = self.state();
            state.body.look(&mut state.exchange, &mut state.watch);
            self.deliver().await?;
        }
        Ok(())
    }

    /// Hands over what waits for the watching hooks; the client's leaving last,
    /// which is the end.
    async fn deliver(&mut self) -> Result<(), Ending> {
        let (loaded, hooks) = (self.loaded, self.hooks());
        self.state().log_untold();
        while let Some(seen) = self.state().watch.pop() {
            match (seen, &loaded.handle_frame, &loaded.handle_close) {
                (Seen::Frame(frame), Some(hook), _) if hooks.handle_frame => {
                    let params: FrameParams = (ControlFrame::from(frame), request(), response());
                    self.call::<_, ()>(hook, params).await?;
                }
                (Seen::Goaway(goaway), _, Some(hook)) if hooks.handle_close => {
                    let params: CloseParams = (Closing::Goaway(goaway), request(), response());
                    self.call::<_, ()>(hook, params).await?;
                }
                _ => {}
            }
        }
        let Some(left) = self.state().watch.left.clone() else {
            return Ok(());
        };
        match (left, &loaded.handle_reset, &loaded.handle_close) {
            (WireError::Reset(code), Some(hook), _) if hooks.handle_reset => {
                let params: ResetParams = (code, request(), response());
                self.call::<_, ()>(hook, params).await?;
            }
            (WireError::Gone, _, Some(hook)) if hooks.handle_close => {
                let params: CloseParams = (Closing::Eof, request(), response());
                self.call::<_, ()>(hook, params).await?;
            }
            (error, ..) => return Err(Failure::Client(error).into()),
        }
        Err(Ending::Told)
    }

    fn state(&mut self) -> &mut State {
        self.store.data_mut()
    }

    /// Calls a hook of the request's own course. One that fails when the client
    /// has left has not failed if another is to be told of that.
    async fn step<P>(&mut self, hook: &ComponentExportIndex, params: P) -> Result<(), Ending>
    where
        P: ComponentNamedList + Lower + Send + Sync + 'static,
    {
        let result = self.call::<_, ()>(hook, params).await;
        if let Err(Failure::Handler { .. }) = result {
            self.look().await?;
        }
        Ok(result?)
    }

    /// Calls a hook, on an instance that is made when the first one is called.
    async fn call<P, T>(&mut self, hook: &ComponentExportIndex, params: P) -> Result<T, Failure>
    where
        P: ComponentNamedList + Lower + Send + Sync + 'static,
        HookResult<T>: ComponentNamedList + Lift + Send + Sync + 'static,
    {
        let result = self.try_call(hook, params).await;
        match result {
            Ok((Ok(returned),)) => Ok(returned),
            Ok((Err(error),)) => Err(Failure::Handler {
                status: error.status,
                message: error.message,
                limit: self.store.data().meter.hit,
            }),
            Err(error) => {
                let state = self.store.data();
                let limits = &state.context.tenant.limits;
                let failure = Failure::from_wasm(&error, &state.meter, limits, self.pool);
                Err(match (failure, self.guest, self.instance) {
                    // Before the script's first line.
                    (Failure::Overrun(limit), Guest::Script(..), None) => Failure::Cramped(limit),
                    (failure, ..) => failure,
                })
            }
        }
    }

    async fn try_call<P, T>(
        &mut self,
        hook: &ComponentExportIndex,
        params: P,
    ) -> wasmtime::Result<HookResult<T>>
    where
        P: ComponentNamedList + Lower + Send + Sync + 'static,
        HookResult<T>: ComponentNamedList + Lift + Send + Sync + 'static,
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
        let hook = instance.get_typed_func::<P, HookResult<T>>(&mut self.store, hook)?;
        let result = hook.call_async(&mut self.store, params).await;
        self.in_hooks += began.elapsed();
        result
    }
}

fn request() -> Resource<crate::bindings::Request> {
    Resource::new_borrow(SINGLETON)
}

fn response() -> Resource<crate::bindings::Response> {
    Resource::new_borrow(SINGLETON)
}

/// A body that ends before `handle-trailers` could be called.
fn unread(error: BodyError) -> Failure {
    let (status, message) = match error {
        BodyError::TooLarge(limit) => (
            413,
            format!(
                "the body is larger than {limit} bytes, and a handler with handle-trailers \
                 takes larger ones by handle-data only"
            ),
        ),
        _ => (400, "the body is incomplete".to_owned()),
    };
    Failure::Handler {
        status,
        message,
        limit: None,
    }
}
