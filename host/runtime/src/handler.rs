//! A handler, and what is said of each of its runs.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};

use cap_std::fs::Dir;
use host_wire::{Exchange, Fields, WireOp};
use tokio::sync::{Semaphore, SemaphorePermit};
use tokio::time::timeout;

use crate::answer::Answer;
use crate::component::Loaded;
use crate::context::Context;
use crate::finish::{Finish, Finisher};
use crate::hooks::{Ending, Guest, Task};
use crate::kept::{Keep, SPARE_PAYS};
use crate::limits::Limit;
use crate::registry::{BEGINS, LoadProblem};
use crate::script::{self, Script};
use crate::state::State;
use crate::{Failure, Fault, Hooks, Route, Runtime, Tenant, hooks, url};

/// What a busy host tells clients to wait, in seconds (RFC 9110 §10.2.3).
const RETRY_AFTER: &str = "1";

/// One version of one handler. Cheap to hold: requests under way go on with
/// theirs when a newer one has come.
#[derive(Debug)]
pub struct Handler {
    pub(crate) runtime: Arc<Runtime>,
    program: Program,
    /// The folder that the file is in.
    pub(crate) dir: Arc<Dir>,
    file: PathBuf,
    /// Instances for the handlers of that folder.
    kept: Arc<Keep>,
}

/// What a file holds.
#[derive(Clone, Debug)]
pub(crate) enum Program {
    Component(Arc<Loaded>),
    Script(Arc<Script>),
}

/// What became of a request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Outcome {
    /// The status that the client got; `None` when no head was sent.
    pub status: Option<u16>,
    /// Why the handler did not get its way, if so.
    pub failure: Option<Failure>,
    /// From the handler's turn to the end of the answer.
    pub wall: Duration,
    /// Of that, the time on a processor, instantiation included.
    pub cpu: Duration,
    /// Time to make the instance; zero when none was needed.
    pub instantiate: Duration,
    /// Time in the handler's hooks, waiting included.
    pub hooks: Duration,
    /// Time to take the instance down.
    pub dropped: Duration,
    /// Bytes written: content, fields and frames, as limits count them.
    pub response_bytes: usize,
}

impl Handler {
    pub(crate) fn new(
        runtime: Arc<Runtime>,
        program: Program,
        dir: Arc<Dir>,
        file: &Path,
        kept: Arc<Keep>,
    ) -> Self {
        Self {
            runtime,
            program,
            dir,
            file: file.to_owned(),
            kept,
        }
    }

    /// The hooks that it exports; for a script those that one may define.
    pub fn hooks(&self) -> Hooks {
        match &self.program {
            Program::Component(loaded) => loaded.hooks(),
            Program::Script(_) => script::HOOKS,
        }
    }

    /// Whether it is a script, which sees its folder as a file system.
    pub fn is_script(&self) -> bool {
        matches!(self.program, Program::Script(_))
    }

    /// What to make an instance of.
    pub(crate) async fn guest(&self) -> Result<Guest, Failure> {
        let script = match &self.program {
            Program::Component(loaded) => return Ok(Guest::Component(loaded.clone())),
            Program::Script(script) => script.clone(),
        };
        let Some(interpreter) = &self.runtime.interpreter else {
            return Err(Failure::Host(LoadProblem::NoRuntime.to_string()));
        };
        match timeout(BEGINS, interpreter.runner(&self.runtime)).await {
            Ok(Ok(runner)) => Ok(Guest::Script(runner, script)),
            Err(_) => {
                let problem = LoadProblem::Compiling;
                let file = interpreter.file().file_name().unwrap_or_default();
                Err(Failure::Compiling(format!("{}: {problem}", file.display())))
            }
            Ok(Err(problem)) => {
                let file = interpreter.file().display();
                Err(Failure::Host(format!("{file}: {problem}")))
            }
        }
    }

    /// The file that it came from, relative to its registry's directory.
    pub fn file(&self) -> &Path {
        &self.file
    }

    /// Whether both run the same compiled component: files of the same content
    /// share it.
    pub fn shares_code_with(&self, other: &Self) -> bool {
        match (&self.program, &other.program) {
            (Program::Component(ours), Program::Component(theirs)) => Arc::ptr_eq(ours, theirs),
            _ => false,
        }
    }

    /// Runs a request through its whole life (see the comment of the package
    /// `host:handler` in `wit/handler.wit`) and answers it, whatever happens.
    /// `route` says how the request came here, `finish` works on what the handler
    /// leaves to the host.
    pub async fn run(
        self: Arc<Self>,
        mut exchange: Exchange,
        tenant: &Arc<Tenant>,
        route: Route,
        finish: Option<Arc<dyn Finish>>,
    ) -> Outcome {
        let context = Context::new(tenant.clone(), route, &self);
        let mut outcome = Outcome {
            status: None,
            failure: None,
            wall: Duration::ZERO,
            cpu: Duration::ZERO,
            instantiate: Duration::ZERO,
            hooks: Duration::ZERO,
            dropped: Duration::ZERO,
            response_bytes: 0,
        };
        let ready = async {
            // Before the turn: compiling an interpreter takes long.
            let guest = self.guest().await?;
            Ok((guest, self.turn(tenant).await?))
        };
        let ready = tokio::select! {
            biased;
            ready = ready => ready,
            error = exchange.gone() => Err(Failure::Client(error)),
        };
        // A raw answer was begun: no other can take its place.
        let mut begun = false;
        let result = match ready {
            Ok((guest, turn)) => {
                let deadline = tokio::time::Instant::now() + tenant.limits.wall;
                let handler = Arc::clone(&self);
                let finisher = finish.map(|finish| Finisher { finish, handler });
                let state = State::new(exchange, context.clone(), finisher);
                let idle = self.kept.take(&guest, tenant, &self.dir).await;
                let at_work = self.kept.at_work(&guest, tenant);
                let is_spare = idle.as_ref().is_some_and(|idle| idle.served == 0);
                let run = hooks::run(&self.runtime, &guest, state, idle, Task::Answer).await;
                let is_slow = is_spare || run.instantiate > SPARE_PAYS;
                let has_spares = is_slow && guest.loaded().proxy.is_none();
                outcome.instantiate = run.instantiate;
                outcome.hooks = run.hooks;
                outcome.dropped = run.dropped;
                drop(at_work);
                if let Some(idle) = run.idle {
                    self.kept.put(idle, &self, &guest);
                } else if has_spares {
                    let head = run.state.exchange.head();
                    self.kept.prepare(&self, &guest, tenant, head);
                }
                // The instance is gone: what is left needs no slot.
                let State {
                    exchange: returned,
                    mut answer,
                    ..
                } = run.state;
                exchange = returned;
                exchange.write_as("response");
                let result = match run.result {
                    // There is nobody to answer.
                    Err(Ending::Told) => Ok(()),
                    Ok(_) => match answer.hit {
                        // It wrote too much, and was told; what it left
                        // unfinished must not look finished.
                        Some(limit) if !exchange.progress().ended => Err(Failure::Overrun(limit)),
                        // Pipes may need an instance, and take this one's turn.
                        _ if answer.is_piped(&exchange) => {
                            drop(turn);
                            complete_piped(&mut answer, &mut exchange, deadline, tenant).await
                        }
                        _ => answer.complete(&mut exchange).await.map_err(Failure::from),
                    },
                    // It had its answer: hooks that went on after that, and a
                    // client that did not wait for them, are as they should be.
                    Err(Ending::Failed(Failure::Client(_))) if answer.ended => Ok(()),
                    Err(Ending::Failed(failure)) => Err(failure),
                };
                begun = answer.is_raw(&exchange);
                outcome.status = answer.sent;
                outcome.response_bytes = answer.written;
                result
            }
            Err(failure) => Err(failure),
        };
        if let Err(failure) = result {
            self.report(&failure, &context);
            let headed = begun || exchange.progress().headers;
            if refuse(&mut exchange, &failure, tenant.dev, begun).await && !headed {
                outcome.status = Some(failure.status());
            }
            outcome.failure = Some(failure);
        }
        outcome.wall = context.started.elapsed();
        outcome.cpu = context.cpu();
        outcome
    }

    /// Waits for the tenant's turn, then for a slot of the pool.
    pub(crate) async fn turn<'a>(
        &'a self,
        tenant: &'a Tenant,
    ) -> Result<(SemaphorePermit<'a>, SemaphorePermit<'a>), Failure> {
        let began = Instant::now();
        let left = || self.runtime.instance_wait.saturating_sub(began.elapsed());
        let ours = Limit::TenantInstances(tenant.limits.instances);
        let all = Limit::Instances(self.runtime.instances);
        Ok((
            permit(&tenant.slots, left, ours).await?,
            permit(&self.runtime.slots, left, all).await?,
        ))
    }

    /// Puts a failure into the log.
    pub(crate) fn report(&self, failure: &Failure, context: &Context) {
        let (tenant, route) = (&*context.tenant.name, &*context.route.name);
        let file = self.file.display();
        match failure.fault() {
            Fault::Client => {
                tracing::debug!(target: "handler", tenant, route, %file, "{failure}");
            }
            Fault::Handler => match failure {
                Failure::Handler { status, .. } if *status < 500 => {
                    tracing::info!(target: "handler", tenant, route, %file, "{failure}");
                }
                Failure::Trap { backtrace, .. } => {
                    tracing::error!(target: "handler", tenant, route, %file, backtrace, "{failure}");
                }
                _ => tracing::error!(target: "handler", tenant, route, %file, "{failure}"),
            },
            Fault::Host => {
                tracing::warn!(target: "handler", tenant, route, %file, "{failure}");
            }
        }
    }
}

async fn permit(
    slots: &Semaphore,
    left: impl Fn() -> Duration,
    limit: Limit,
) -> Result<SemaphorePermit<'_>, Failure> {
    if let Ok(permit) = slots.try_acquire() {
        return Ok(permit);
    }
    match timeout(left(), slots.acquire()).await {
        Ok(Ok(permit)) => Ok(permit),
        // Nobody closes these semaphores.
        Ok(Err(_)) | Err(_) => Err(Failure::Busy(limit)),
    }
}

/// Completes an answer that others work on, within the handler's time: a pipe may
/// wait, and wait for a handler of its own.
async fn complete_piped(
    answer: &mut Answer,
    exchange: &mut Exchange,
    deadline: tokio::time::Instant,
    tenant: &Tenant,
) -> Result<(), Failure> {
    let gone = exchange.gone();
    tokio::select! {
        biased;
        completed = answer.complete(exchange) => completed.map_err(Failure::from),
        error = gone => Err(Failure::Client(error)),
        () = tokio::time::sleep_until(deadline) => {
            Err(Failure::Overrun(Limit::Wall(tenant.limits.wall)))
        }
    }
}

/// Answers a failure, where an answer has not `begun`; says whether that could
/// be sent.
async fn refuse(exchange: &mut Exchange, failure: &Failure, dev: bool, begun: bool) -> bool {
    const INTERNAL_ERROR: u32 = 2;
    let mut fields = Fields::new();
    if let Failure::Client(_) = failure {
        return false;
    }
    exchange.write_as("host");
    if begun {
        let (stream, code) = (None, INTERNAL_ERROR);
        let ended = exchange.progress().ended;
        return !ended && exchange.apply(WireOp::Reset { stream, code }).await.is_ok();
    }
    if let Failure::Busy(_) | Failure::Compiling(_) = failure {
        fields.append("Retry-After", RETRY_AFTER);
    }
    let message = failure.message(dev, &url::of(exchange.head()));
    let status = failure.status();
    exchange.refuse(status, fields, &message).await.is_ok()
}
