//! What is known of one run of a handler outside its store: whose it is, what
//! it has used of the processor, what it may still log.

use std::future::Future;
use std::path::PathBuf;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering::Relaxed};
use std::task::{Context as TaskContext, Poll};
use std::time::{Duration, Instant};

use cap_std::fs::Dir;
use tracing::Level;

use crate::limits::Limit;
use crate::{Handler, Route, Tenant};

/// One run. Shared by the store's state, its epoch callback, the timer around
/// it and the guest's stdout.
#[derive(Debug)]
pub(crate) struct Context {
    pub(crate) tenant: Arc<Tenant>,
    pub(crate) route: Route,
    /// The folder that the handler was loaded from.
    pub(crate) dir: Arc<Dir>,
    /// Its file there.
    pub(crate) file: PathBuf,
    /// The folder that the guest has as WASI's `/`, to be read. Without it WASI
    /// has no files.
    pub(crate) folder: Option<Arc<Dir>>,
    pub(crate) started: Instant,
    /// Nanoseconds on a processor, polls under way not included.
    used: AtomicU64,
    /// When the poll under way began: nanoseconds since `started`.
    polled: AtomicU64,
    /// Bytes that may still be logged.
    log_left: AtomicUsize,
    log_dropped: AtomicBool,
}

impl Context {
    pub(crate) fn new(tenant: Arc<Tenant>, route: Route, handler: &Handler) -> Arc<Self> {
        Arc::new(Self {
            log_left: AtomicUsize::new(tenant.limits.log_bytes),
            folder: (tenant.files || handler.is_script()).then(|| Arc::clone(&handler.dir)),
            tenant,
            route,
            dir: Arc::clone(&handler.dir),
            file: handler.file().to_owned(),
            started: Instant::now(),
            used: AtomicU64::new(0),
            polled: AtomicU64::new(0),
            log_dropped: AtomicBool::new(false),
        })
    }

    fn now(&self) -> u64 {
        u64::try_from(self.started.elapsed().as_nanos()).unwrap_or(u64::MAX)
    }

    /// Time spent in polls that have returned.
    pub(crate) fn cpu(&self) -> Duration {
        Duration::from_nanos(self.used.load(Relaxed))
    }

    /// Says whether the limit of CPU time is reached, from inside a poll.
    pub(crate) fn check_cpu(&self) -> Result<(), Limit> {
        let limit = self.tenant.limits.cpu;
        let running = self.now().saturating_sub(self.polled.load(Relaxed));
        if self.cpu() + Duration::from_nanos(running) > limit {
            return Err(Limit::Cpu(limit));
        }
        Ok(())
    }

    /// Puts one entry of the handler into the log, as far as it may.
    pub(crate) fn log(&self, level: Level, message: &str) {
        let fits = |left: usize| left.checked_sub(message.len());
        if self.log_left.fetch_update(Relaxed, Relaxed, fits).is_err() {
            if !self.log_dropped.swap(true, Relaxed) {
                let limit = self.tenant.limits.log_bytes;
                tracing::warn!(
                    target: "handler",
                    tenant = %self.tenant.name,
                    route = %self.route.name,
                    "this request's log is over its limit of {limit} bytes: entries are dropped"
                );
            }
            return;
        }
        macro_rules! entry {
            ($level:expr) => {
                tracing::event!(
                    target: "handler",
                    $level,
                    tenant = %self.tenant.name,
                    route = %self.route.name,
                    "{message}"
                )
            };
        }
        // A level is part of an event's static description, hence the arms.
        match level {
            Level::TRACE => entry!(Level::TRACE),
            Level::DEBUG => entry!(Level::DEBUG),
            Level::INFO => entry!(Level::INFO),
            Level::WARN => entry!(Level::WARN),
            Level::ERROR => entry!(Level::ERROR),
        }
    }
}

/// Counts the time that polls of `inner` take as CPU time.
pub(crate) struct Timed<'a, F> {
    pub(crate) inner: Pin<&'a mut F>,
    pub(crate) context: &'a Context,
}

impl<F: Future> Future for Timed<'_, F> {
    type Output = F::Output;

    fn poll(mut self: Pin<&mut Self>, cx: &mut TaskContext<'_>) -> Poll<F::Output> {
        let context = self.context;
        let began = context.now();
        context.polled.store(began, Relaxed);
        let result = self.inner.as_mut().poll(cx);
        let took = context.now().saturating_sub(began);
        context.used.fetch_add(took, Relaxed);
        result
    }
}
