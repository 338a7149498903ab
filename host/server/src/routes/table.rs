//! A tenant's routes as they are asked.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;

use super::action::{Action, LONGEST_WAIT, Route, Text};
use super::pattern::{Captures, Pattern};
use super::trace::{Step, Trace};
use crate::router::{self, Unroutable};
use crate::sites::Root;

/// Every route of a tenant, and the folders that they mount.
#[derive(Debug)]
pub(crate) struct Table {
    hidden: Vec<Pattern>,
    routes: Vec<Entry>,
}

#[derive(Debug)]
struct Entry {
    route: Route,
    /// The folder of [`Action::Folder`].
    mount: Option<Arc<Root>>,
}

/// What is to be done with a request.
#[derive(Debug)]
pub(crate) struct Choice<'a> {
    /// The target that it goes on with, if a route changed that.
    pub(crate) rewritten: Option<Bytes>,
    /// How long it waits first.
    pub(crate) latency: Duration,
    pub(crate) answer: Answer<'a>,
    /// Methods that would have been answered otherwise.
    pub(crate) others: Vec<&'a str>,
    /// The routes that it waits for: each makes it wait once.
    waits: Vec<usize>,
}

/// What a request is answered with.
#[derive(Debug)]
pub(crate) enum Answer<'a> {
    /// 404, whatever is there.
    Hidden,
    /// This handler of the tenant's folder.
    Handler {
        file: &'a Path,
        captures: Owned,
    },
    /// This file of it.
    File(&'a Path),
    Text(&'a Text),
    Redirect {
        location: Vec<u8>,
        status: u16,
    },
    Error(u16),
    /// What a folder has under this path, which begins with the folder's slash:
    /// the tenant's own if it is none of its mounts.
    Named {
        mount: Option<&'a Root>,
        path: Vec<u8>,
        captures: Owned,
    },
}

/// What a pattern caught, by name, as text.
pub(crate) type Owned = Vec<(String, String)>;

/// The fallback that answers, with its latency, if one does.
#[derive(Debug)]
pub(crate) struct Fallback<'a> {
    pub(crate) answer: Option<(Answer<'a>, Duration)>,
    /// Methods that one would have answered.
    pub(crate) others: Vec<&'a str>,
}

impl Table {
    /// A table of routes, each with its mounted folder if it has one.
    pub(crate) fn new(hidden: Vec<Pattern>, routes: Vec<(Route, Option<Arc<Root>>)>) -> Self {
        let routes = routes.into_iter();
        Self {
            hidden,
            routes: routes
                .map(|(route, mount)| Entry { route, mount })
                .collect(),
        }
    }

    /// The routes in order.
    pub(crate) fn routes(&self) -> impl Iterator<Item = &Route> {
        self.routes.iter().map(|entry| &entry.route)
    }

    /// The paths that are not served.
    pub(crate) fn hidden(&self) -> &[Pattern] {
        &self.hidden
    }

    /// The folders beside the tenant's own.
    pub(crate) fn mounts(&self) -> impl Iterator<Item = &Arc<Root>> {
        self.routes.iter().filter_map(|entry| entry.mount.as_ref())
    }

    /// Chooses what answers a request, from its method and target alone.
    pub(crate) fn choose(
        &self,
        method: &[u8],
        target: &Bytes,
        trace: &mut impl Trace,
    ) -> Result<Choice<'_>, Unroutable> {
        let mut choice = Choice {
            rewritten: None,
            latency: Duration::ZERO,
            answer: Answer::Hidden,
            others: Vec::new(),
            waits: Vec::new(),
        };
        while let Some(target) = self.go(method, target, &mut choice, trace)? {
            choice.rewritten = Some(target);
            choice.others.clear();
        }
        Ok(choice)
    }

    /// Goes through the table once: to an answer, or to a target to begin anew
    /// with.
    fn go<'a>(
        &'a self,
        method: &[u8],
        asked: &Bytes,
        choice: &mut Choice<'a>,
        trace: &mut impl Trace,
    ) -> Result<Option<Bytes>, Unroutable> {
        let target = choice.rewritten.clone().unwrap_or_else(|| asked.clone());
        let path = router::path(&target)?;
        if let Some(pattern) = hiding(&self.hidden, path) {
            trace.tell(|| Step {
                path: text(path),
                route: None,
                pattern: Some(pattern.to_string()),
                outcome: "hidden".to_owned(),
            });
            choice.answer = Answer::Hidden;
            return Ok(None);
        }
        for (index, Entry { route, mount }) in self.asked(false) {
            let Some(captures) = meets(route, path) else {
                continue;
            };
            if !self.takes(index, method, path, &mut choice.others, trace) {
                continue;
            }
            choice.wait(index, route);
            match &route.action {
                Some(Action::Rewrite(_)) if choice.rewritten.is_some() => {
                    trace.tell(|| {
                        let outcome = "passed over: the path was rewritten already";
                        Step::of(path, index, route, outcome.to_owned())
                    });
                }
                Some(Action::Rewrite(to)) => {
                    let to = to.fill(&captures);
                    trace.tell(|| Step::of(path, index, route, told(route, &captures, Some(&to))));
                    return Ok(Some(router::with_path(&target, &to).into()));
                }
                action => {
                    let answer = action
                        .as_ref()
                        .map(|action| answer(action, mount.as_deref(), &target, path, &captures));
                    trace.tell(|| {
                        Step::of(
                            path,
                            index,
                            route,
                            told(route, &captures, location(&answer)),
                        )
                    });
                    if let Some(answer) = answer {
                        choice.answer = answer;
                        return Ok(None);
                    }
                }
            }
        }
        choice.answer = Answer::Named {
            mount: None,
            path: path.to_vec(),
            captures: Vec::new(),
        };
        Ok(None)
    }

    /// What is to answer a request that neither a route nor a file has answered.
    /// `target` is the one that it ended with.
    pub(crate) fn fall_back(
        &self,
        method: &[u8],
        target: &[u8],
        trace: &mut impl Trace,
    ) -> Fallback<'_> {
        let mut others = Vec::new();
        let path = router::path(target).unwrap_or_default();
        for (index, Entry { route, mount }) in self.asked(true) {
            let (Some(captures), Some(action)) = (meets(route, path), &route.action) else {
                continue;
            };
            if !self.takes(index, method, path, &mut others, trace) {
                continue;
            }
            let answer = answer(action, mount.as_deref(), target, path, &captures);
            let latency = route
                .latency
                .map_or(Duration::ZERO, |latency| latency.choose());
            let answer = Some(answer);
            trace.tell(|| {
                Step::of(
                    path,
                    index,
                    route,
                    told(route, &captures, location(&answer)),
                )
            });
            let answer = answer.map(|answer| (answer, latency));
            return Fallback { answer, others };
        }
        let answer = None;
        Fallback { answer, others }
    }

    fn asked(&self, fallback: bool) -> impl Iterator<Item = (usize, &Entry)> {
        let routes = self.routes.iter().enumerate();
        routes.filter(move |(_, entry)| entry.route.fallback == fallback)
    }

    /// Whether a route of this path is for the method, too.
    fn takes<'a>(
        &'a self,
        index: usize,
        method: &[u8],
        path: &[u8],
        others: &mut Vec<&'a str>,
        trace: &mut impl Trace,
    ) -> bool {
        let route = &self.routes[index].route;
        if route.takes(method) {
            return true;
        }
        if route.action.is_some() {
            others.extend(route.methods.iter().flatten().map(String::as_str));
        }
        trace.tell(|| {
            let outcome = format!("is for {} only", route.methods());
            Step::of(path, index, route, outcome)
        });
        false
    }
}

impl Choice<'_> {
    fn wait(&mut self, index: usize, route: &Route) {
        if let Some(latency) = route.latency
            && !self.waits.contains(&index)
        {
            self.waits.push(index);
            self.latency = (self.latency + latency.choose()).min(LONGEST_WAIT);
        }
    }
}

/// What a route catches of a path, if it is for it.
fn meets<'a>(route: &'a Route, path: &'a [u8]) -> Option<Captures<'a>> {
    let captures = route.path.captures(path);
    if captures.is_none() && route.forbids() && in_any_spelling(&route.path, path) {
        return Some(Vec::new());
    }
    captures
}

/// The pattern that keeps a path from being served.
pub(crate) fn hiding<'a>(hidden: &'a [Pattern], path: &[u8]) -> Option<&'a Pattern> {
    hidden.iter().find(|pattern| in_any_spelling(pattern, path))
}

/// Whether a pattern is for a path, or for what a file's name is decoded from.
fn in_any_spelling(pattern: &Pattern, path: &[u8]) -> bool {
    pattern.matches(path)
        || (path.contains(&b'%')
            && router::percent_decode(path).is_some_and(|path| pattern.matches(&path)))
}

fn answer<'a>(
    action: &'a Action,
    mount: Option<&'a Root>,
    target: &[u8],
    path: &[u8],
    captures: &Captures<'_>,
) -> Answer<'a> {
    match action {
        Action::Handler(file) => Answer::Handler {
            file,
            captures: owned(captures),
        },
        Action::File(file) => Answer::File(file),
        Action::Text(text) => Answer::Text(text),
        Action::Error(status) => Answer::Error(*status),
        Action::Redirect { location, status } => {
            let mut location = location.fill(captures);
            if !location.contains(&b'?') {
                let asked = router::path_and_query(target).unwrap_or_default();
                location.extend_from_slice(router::split_query(asked).1);
            }
            let status = *status;
            Answer::Redirect { location, status }
        }
        Action::Folder(_) | Action::Plugins | Action::Rewrite(_) => Answer::Named {
            mount,
            // The folder's own slash stays.
            path: path[mount.map_or(0, |root| root.url_base.len() - 1)..].to_vec(),
            captures: owned(captures),
        },
    }
}

fn owned(captures: &Captures<'_>) -> Owned {
    let pairs = captures.iter();
    pairs
        .map(|(name, value)| ((*name).to_owned(), text(value)))
        .collect()
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

/// Where a redirect leads.
fn location<'a>(answer: &'a Option<Answer<'_>>) -> Option<&'a [u8]> {
    match answer {
        Some(Answer::Redirect { location, .. }) => Some(location),
        _ => None,
    }
}

/// What a route does, for people, as in `name=x: rewrites to /b/x`.
fn told(route: &Route, captures: &Captures<'_>, filled: Option<&[u8]>) -> String {
    let caught: Vec<String> = captures
        .iter()
        .map(|(name, value)| format!("{name}={}", text(value)))
        .collect();
    let caught = match caught.is_empty() {
        true => String::new(),
        false => format!("{}: ", caught.join(", ")),
    };
    let does = match (&route.action, filled) {
        (Some(Action::Rewrite(_)), Some(to)) => format!("rewrites to {}", text(to)),
        (Some(Action::Redirect { status, .. }), Some(to)) => {
            format!("redirects to {} ({status})", text(to))
        }
        _ => return format!("{caught}{route}"),
    };
    match route.latency {
        Some(latency) => format!("{caught}waits {latency}, {does}"),
        None => format!("{caught}{does}"),
    }
}

#[cfg(test)]
mod tests;
