//! Instances that wait for a request: interpreters that have served some and may
//! serve more (`reuse`), and spares, made ahead where that takes long.
//!
//! A spare serves one request like any other fresh instance; only its making was
//! before. An interpreter that is kept serves requests of one tenant from one folder,
//! and goes with the first thing that is not as it was: a source that it has read has
//! changed, it trapped, it reached a limit.

use std::fmt;
use std::pin::pin;
use std::sync::Arc;
use std::time::{Duration, Instant};

use cap_std::fs::Dir;
use host_wire::Head;
use parking_lot::Mutex;
use tokio::sync::{Notify, OwnedSemaphorePermit};
use tokio::time::timeout_at;
use wasmtime::Store;
use wasmtime::component::Instance;

use crate::component::Loaded;
use crate::context::{Context, Timed};
use crate::hooks::{self, Guest};
use crate::state::State;
use crate::{Handler, Route, Runtime, Tenant};

/// Instances that may wait, of all tenants. Each has a place of the pool and up to
/// its limit of memory.
pub(crate) const ROOM: usize = 16;

/// The same for one folder, so that a busy tenant leaves room for others.
const OF_FOLDER: usize = 8;

/// Spares of one component: more are not made as fast as they are used.
const SPARES: usize = 2;

/// Instances that take longer than this to make have spares. A Rust handler's take
/// some 10 µs, Python's 1 ms.
pub(crate) const SPARE_PAYS: Duration = Duration::from_micros(300);

/// How long a request waits for an interpreter that is at work, where as many are at
/// work as are kept: most are done sooner than another could be made. Those that wait
/// for something themselves hold nobody up for longer.
const SOON: Duration = Duration::from_millis(20);

/// An instance that nobody has asked for in this long goes.
const IDLE: Duration = Duration::from_secs(60);

/// An instance that serves no request at the moment.
pub(crate) struct Idle {
    pub(crate) store: Store<State>,
    pub(crate) instance: Instance,
    /// Requests that it has served.
    pub(crate) served: usize,
}

/// One that waits.
struct Waiting {
    idle: Idle,
    loaded: Arc<Loaded>,
    since: Instant,
    _room: OwnedSemaphorePermit,
}

/// The instances that wait for requests of one folder.
#[derive(Default)]
pub(crate) struct Keep {
    kept: Mutex<Kept>,
    /// One has come to wait.
    came: Notify,
}

#[derive(Default)]
struct Kept {
    waiting: Vec<Waiting>,
    /// Interpreters that serve a request and may then be kept.
    at_work: usize,
    /// Spares that are being made.
    making: usize,
}

impl fmt::Debug for Keep {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Keep").finish_non_exhaustive()
    }
}

/// That an interpreter is at work, until it is dropped.
pub(crate) struct AtWork(Arc<Keep>);

impl Drop for AtWork {
    fn drop(&mut self) {
        self.0.kept.lock().at_work -= 1;
    }
}

impl Keep {
    /// An instance of this guest for this tenant, if one waits or comes soon. Without
    /// one the request has to make its own.
    pub(crate) async fn take(
        &self,
        guest: &Guest,
        tenant: &Arc<Tenant>,
        dir: &Dir,
    ) -> Option<Idle> {
        let soon = tokio::time::Instant::now() + SOON;
        loop {
            let idle = self.find(guest, tenant, dir);
            if idle.is_some() || self.kept.lock().at_work < OF_FOLDER {
                return idle;
            }
            timeout_at(soon, self.came.notified()).await.ok()?;
        }
    }

    /// Counts an interpreter that may be kept after this request.
    pub(crate) fn at_work(self: &Arc<Self>, guest: &Guest, tenant: &Tenant) -> Option<AtWork> {
        let is_one = matches!(guest, Guest::Script(..)) && tenant.limits.reuse > 1;
        is_one.then(|| {
            self.kept.lock().at_work += 1;
            AtWork(Arc::clone(self))
        })
    }

    /// The last that came to wait. The sources that it has read are in `dir`, and still
    /// what they were.
    fn find(&self, guest: &Guest, tenant: &Arc<Tenant>, dir: &Dir) -> Option<Idle> {
        loop {
            let mut kept = self.kept.lock();
            let ours = |waiting: &Waiting| {
                Arc::ptr_eq(&waiting.loaded, guest.loaded())
                    && Arc::ptr_eq(&waiting.idle.store.data().context.tenant, tenant)
            };
            let place = kept.waiting.iter().rposition(ours)?;
            let idle = kept.waiting.remove(place).idle;
            // What comes next looks at files, or takes an instance down.
            drop(kept);
            if idle.store.data().is_current(dir) {
                return Some(idle);
            }
        }
    }

    /// Lets an instance wait, if there is room.
    pub(crate) fn put(&self, idle: Idle, handler: &Handler, guest: &Guest) {
        let Ok(room) = Arc::clone(&handler.runtime.room).try_acquire_owned() else {
            return;
        };
        self.wait(idle, Arc::clone(guest.loaded()), room);
    }

    fn wait(&self, idle: Idle, loaded: Arc<Loaded>, room: OwnedSemaphorePermit) {
        let mut kept = self.kept.lock();
        if kept.waiting.len() < OF_FOLDER {
            kept.waiting.push(Waiting {
                idle,
                loaded,
                since: Instant::now(),
                _room: room,
            });
            self.came.notify_one();
        }
    }

    /// Begins to make a spare for the next request like this one, if there is room.
    pub(crate) fn prepare(
        self: &Arc<Self>,
        handler: &Arc<Handler>,
        guest: &Guest,
        tenant: &Arc<Tenant>,
        head: &Head,
    ) {
        let loaded = Arc::clone(guest.loaded());
        {
            let mut kept = self.kept.lock();
            let of_it = |waiting: &&Waiting| Arc::ptr_eq(&waiting.loaded, &loaded);
            let there = kept.waiting.iter().filter(of_it).count();
            if there + kept.making >= SPARES {
                return;
            }
            kept.making += 1;
        }
        let (keep, handler) = (Arc::clone(self), Arc::clone(handler));
        let route = Route::named(handler.file().to_string_lossy());
        let context = Context::new(Arc::clone(tenant), route, &handler);
        let state = State::of_nobody(context, head);
        tokio::spawn(async move {
            if let Ok(room) = Arc::clone(&handler.runtime.room).try_acquire_owned()
                && let Some(idle) = instantiate(&handler.runtime, &loaded, state).await
            {
                keep.wait(idle, loaded, room);
            }
            keep.kept.lock().making -= 1;
        });
    }

    /// Lets those go that nobody has asked for.
    pub(crate) fn forget_idle(&self) {
        let idle = |waiting: &mut Waiting| waiting.since.elapsed() > IDLE;
        let gone: Vec<Waiting> = self.kept.lock().waiting.extract_if(.., idle).collect();
        drop(gone);
    }
}

/// Makes an instance ahead, within the limits of a request: its making may run code
/// of the guest's. `None` if that fails; whoever needs it then hears why.
async fn instantiate(runtime: &Runtime, loaded: &Loaded, state: State) -> Option<Idle> {
    let context = state.context.clone();
    let mut store = hooks::store(runtime, state);
    let instance = {
        let inner = pin!(loaded.pre.instantiate_async(&mut store));
        let live = Timed {
            inner,
            context: &context,
        };
        let within = tokio::time::timeout(context.tenant.limits.wall, live);
        within.await.ok()?.ok()?
    };
    Some(Idle {
        store,
        instance,
        served: 0,
    })
}
