//! Handlers' answers and host-content's pipes, and components that are pipes:
//! where the runtime and the content meet.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use bytes::Bytes;
use host_content::pipes::{Applied, Call, Held, Pipe, PipeError, Registry as PipeRegistry, Wrong};
use host_content::template::{Context, Escape};
use host_content::{Body, Response, Source};
use host_runtime::{
    Content, Draft, Failed, Finish, Finishing, Handler, Piece, Registry, Route, Tenant,
};
use host_wire::{Fields, Head};

/// Runs pipes on what a tenant's handlers answer.
#[derive(Debug)]
pub(crate) struct Pipes {
    site: host_content::Site,
    guests: Arc<Guests>,
}

/// The components that are pipes.
#[derive(Debug)]
struct Guests {
    tenant: Arc<Tenant>,
    registry: Arc<Registry>,
    /// Those of the settings: their files by name.
    named: BTreeMap<String, PathBuf>,
}

impl Pipes {
    /// The pipes of a tenant, beside host's own those of its settings; `site` is
    /// given them for its files.
    pub(crate) fn new(
        site: &mut host_content::Site,
        tenant: Arc<Tenant>,
        registry: Arc<Registry>,
        named: BTreeMap<String, PathBuf>,
    ) -> Self {
        let guests = Arc::new(Guests {
            tenant,
            registry,
            named,
        });
        site.pipes = Arc::new(guests.pipes_for(None));
        Self {
            site: site.clone(),
            guests,
        }
    }
}

impl Finish for Pipes {
    fn touches(&self, handler: &Handler, head: &Head) -> bool {
        template(handler).is_some() || host_content::touches(&self.site, head)
    }

    fn finish(&self, handler: Arc<Handler>, head: Head, draft: Draft) -> Finishing {
        let mut site = self.site.clone();
        if handler.hooks().handle_pipe {
            site.pipes = Arc::new(self.guests.pipes_for(Some(&handler)));
        }
        let template = template(&handler);
        let context = Arc::new(Context { site, head });
        Box::pin(async move {
            let response = Response {
                status: draft.status,
                reason: draft.reason,
                fields: draft.fields,
                body: Body::from_source(Given(draft.content)),
            };
            let finished = host_content::finish(response, template, &context).await;
            let response = finished.unwrap_or_else(Response::from);
            Draft {
                status: response.status,
                reason: response.reason,
                fields: response.fields,
                content: Box::new(Made(response.body)),
            }
        })
    }
}

/// What an answer is filled as: as in wptserve, a script's name can say that it
/// is a template's.
fn template(handler: &Handler) -> Option<Escape> {
    let of_script = || host_content::template_of(handler.file());
    handler.is_script().then(of_script).flatten()
}

/// A handler's content, as pipes take it.
struct Given(Box<dyn Content>);

impl Source for Given {
    fn length(&self) -> Option<u64> {
        self.0.length()
    }

    fn next(&mut self) -> host_content::Pull<'_> {
        Box::pin(async {
            Ok(self.0.next().await?.map(|piece| match piece {
                Piece::Data(data) => host_content::Piece::Data(data),
                Piece::Pause(time) => host_content::Piece::Pause(time),
            }))
        })
    }
}

/// What pipes made, as the runtime sends it.
struct Made(Body);

impl Content for Made {
    fn length(&self) -> Option<u64> {
        self.0.length()
    }

    fn next(&mut self) -> host_runtime::Pull<'_> {
        Box::pin(async {
            Ok(self.0.next().await?.map(|piece| match piece {
                host_content::Piece::Data(data) => Piece::Data(data),
                host_content::Piece::Pause(time) => Piece::Pause(time),
            }))
        })
    }
}

impl Guests {
    /// host's own pipes, then those of the handler that answers, then those of
    /// the settings.
    fn pipes_for(self: &Arc<Self>, answering: Option<&Arc<Handler>>) -> PipeRegistry {
        let mut pipes = PipeRegistry::wptserve();
        for (name, file) in &self.named {
            let sources = Sources {
                guests: Arc::clone(self),
                answering: answering.cloned(),
                file: Some(file.clone()),
            };
            pipes.insert(name, move |call| Ok(sources.pipe(call, None)));
        }
        if let Some(answering) = answering {
            let known = pipes.clone();
            let sources = Sources {
                guests: Arc::clone(self),
                answering: Some(Arc::clone(answering)),
                file: None,
            };
            pipes.otherwise(move |call| Ok(sources.pipe(call, Some(known.unknown(call)))));
        }
        pipes
    }
}

/// Which components may have a pipe, in this order.
#[derive(Clone)]
struct Sources {
    guests: Arc<Guests>,
    answering: Option<Arc<Handler>>,
    /// That of the settings.
    file: Option<PathBuf>,
}

impl Sources {
    fn pipe(&self, call: &Call, unknown: Option<Wrong>) -> Box<dyn Pipe> {
        let arguments = call.arguments.iter();
        Box::new(GuestPipe {
            sources: self.clone(),
            call: host_runtime::Call {
                name: call.name.clone(),
                arguments: arguments.map(|a| a.text().to_owned()).collect(),
            },
            unknown,
        })
    }
}

/// A call of a pipe that a component may have.
struct GuestPipe {
    sources: Sources,
    call: host_runtime::Call,
    /// What to say if none has it.
    unknown: Option<Wrong>,
}

impl Pipe for GuestPipe {
    fn apply<'a>(self: Box<Self>, response: Response, context: &'a Arc<Context>) -> Applied<'a> {
        Box::pin(async move {
            let whole = Held::of(response.body, self.call.name.clone()).await?;
            let length = whole.bytes.len();
            let held = host_runtime::Held {
                status: response.status,
                reason: response.reason,
                fields: response.fields,
                content: whole.bytes,
            };
            let made = self.run(held, &context.head).await?;
            let mut response = Response {
                status: made.status,
                reason: made.reason,
                fields: made.fields,
                body: Body::empty(),
            };
            if made.content.len() != length {
                forget_length(&mut response.fields, length);
            }
            response.body = Held::behind(whole.paused, made.content.into());
            Ok(response)
        })
    }
}

impl GuestPipe {
    /// Asks the components in their order.
    async fn run(
        self,
        held: host_runtime::Held,
        head: &Head,
    ) -> Result<host_runtime::Held, PipeError> {
        let Sources {
            guests,
            answering,
            file,
        } = &self.sources;
        let mut held = held;
        if let Some(handler) = answering {
            let (known, made) = self.ask(handler, head, held).await?;
            if known {
                return Ok(made);
            }
            held = made;
        }
        if let Some(file) = file {
            let handler = match guests.registry.handler(file).await {
                Ok(Some(handler)) => handler,
                Ok(None) => return Err(self.broken(file, "it is not there")),
                Err(error) => return Err(self.broken(file, &error.problem.to_string())),
            };
            let (known, made) = self.ask(&handler, head, held).await?;
            return match known {
                true => Ok(made),
                false => Err(self.broken(file, "it has no handle-pipe for this name")),
            };
        }
        Err(match self.unknown.clone() {
            Some(wrong) => PipeError::Wrong(wrong),
            None => self.failed(500, "there is no such pipe".to_owned()),
        })
    }

    async fn ask(
        &self,
        handler: &Arc<Handler>,
        head: &Head,
        held: host_runtime::Held,
    ) -> Result<(bool, host_runtime::Held), PipeError> {
        let tenant = &self.sources.guests.tenant;
        let route = Route::named(crate::find::route_of(handler.file()));
        let made = handler.pipe(tenant, route, head.clone(), self.call.clone(), held);
        made.await
            .map_err(|Failed { status, message }| self.failed(status, message))
    }

    /// A component of the settings that is none: the operator's mistake.
    fn broken(&self, file: &Path, why: &str) -> PipeError {
        let (pipe, file) = (&*self.call.name, file.display());
        let tenant = &*self.sources.guests.tenant.name;
        tracing::error!(target: "handler", tenant, pipe, %file, "the pipe cannot run: {why}");
        self.failed(500, format!("{file}: {why}"))
    }

    fn failed(&self, status: u16, message: String) -> PipeError {
        let pipe = self.call.name.clone();
        PipeError::Custom {
            pipe,
            status,
            message,
        }
    }
}

/// Takes back a Content-Length that was right before the pipe.
fn forget_length(fields: &mut Fields, was: usize) {
    let stale = Bytes::from(was.to_string());
    if fields.get("content-length") == Some(&stale) {
        fields.remove(b"content-length");
    }
}
