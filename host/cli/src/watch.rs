//! `host serve --watch`: projects are built when a source changes. The component
//! is swapped in by the server, as any file that is replaced.
//!
//! One build runs at a time; a change of what is being built ends that build and
//! begins anew. How each went is an event of the log, and the server is told, for
//! those who ask for what does not build.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};

use anyhow::Context as _;
use host_project::{Output, Project, ProjectError, Sources};
use host_server::{Builds, PROJECT, Server};
use notify::{Event, EventKind, RecommendedWatcher, RecursiveMode, Watcher};
use tokio::sync::mpsc;
use tokio::task::block_in_place;
use tokio::time::{sleep, timeout};

use crate::escape;

/// The target of events about builds.
pub(crate) const BUILD: &str = "build";

/// A save is several changes, and an editor saves several files: those of this
/// time are taken together.
const GATHER: Duration = Duration::from_millis(100);

/// How long changes may go on before they are looked at all the same.
const GATHER_AT_MOST: Duration = Duration::from_secs(2);

/// Paths of changes that may wait; a folder with more has been unpacked there.
const QUEUE: usize = 4096;

/// Bytes of what tools say that are kept, from the start: the first mistakes are
/// those to mend.
const OUTPUT: usize = 256 * 1024;

/// The projects that are watched.
pub(crate) struct Watch {
    watcher: RecommendedWatcher,
    changed: mpsc::Receiver<PathBuf>,
    /// By their folders, without links.
    projects: BTreeMap<PathBuf, Watched>,
    /// Projects to build.
    dirty: BTreeSet<PathBuf>,
    builds: Arc<Builds>,
    colour: bool,
}

/// A project.
struct Watched {
    /// What it is called: its path beneath the served folder, or its name.
    name: String,
    /// The component that it was built into the last time.
    component: Option<PathBuf>,
}

impl Watch {
    /// Finds the projects near the top of the server's folders, and takes these,
    /// too.
    pub(crate) fn start(
        server: &Server,
        given: Vec<PathBuf>,
        colour: bool,
    ) -> anyhow::Result<Self> {
        let (sender, changed) = mpsc::channel(QUEUE);
        let watcher = notify::recommended_watcher(move |event: notify::Result<Event>| {
            let Ok(event) = event else { return };
            if let EventKind::Access(_) = event.kind {
                return;
            }
            for path in event.paths {
                // If the queue is full, a build is on its way in any case.
                let _ = sender.try_send(path);
            }
        });
        let mut watch = Self {
            watcher: watcher.context("--watch cannot watch folders here")?,
            changed,
            projects: BTreeMap::new(),
            dirty: BTreeSet::new(),
            builds: server.builds(),
            colour,
        };
        for folder in given {
            let shown = folder.display().to_string();
            // What is no project at all is said at once.
            let project = Project::open(&folder).with_context(|| format!("--watch {shown}"))?;
            let name = project.folder.file_name().unwrap_or_default();
            let name = name.to_string_lossy().into_owned();
            watch.add(project.folder, name);
        }
        for ((_, near), folder) in server.near().iter().zip(server.folders()) {
            for project in &near.projects {
                watch.add(folder.join(project), project.display().to_string());
            }
            // New projects appear there.
            for beneath in &near.folders {
                watch.look_at(&folder.join(beneath));
            }
        }
        Ok(watch)
    }

    /// Builds what has no component or an older one, and then whatever changes.
    /// Does not end; dropped, it ends the build that runs.
    pub(crate) async fn run(mut self) {
        loop {
            while let Some(folder) = self.dirty.pop_first() {
                self.build(&folder).await;
            }
            match self.changed.recv().await {
                Some(path) => self.gather(path).await,
                // Nobody notifies any more: nothing is left to do.
                None => std::future::pending().await,
            }
        }
    }

    /// Takes a change and those that come right behind it.
    async fn gather(&mut self, first: PathBuf) {
        let since = Instant::now();
        let mut next = Some(first);
        while let Some(path) = next {
            block_in_place(|| self.see(&path));
            next = match since.elapsed() < GATHER_AT_MOST {
                true => timeout(GATHER, self.changed.recv()).await.ok().flatten(),
                false => None,
            };
        }
    }

    /// Looks what a change is about.
    fn see(&mut self, path: &Path) {
        if let Some(folder) = self.project_of(path) {
            if path.is_dir() {
                self.look_at_sources(path);
            }
            self.dirty.insert(folder);
            return;
        }
        let is_inside = |folder: &PathBuf| path.starts_with(folder);
        if self.projects.keys().any(is_inside) {
            return;
        }
        // Perhaps a new project: `host new`, or a folder that is moved here.
        let folder = match path.file_name() {
            Some(name) if name == PROJECT => path.parent(),
            _ => Some(path).filter(|path| path.is_dir()),
        };
        if let Some(folder) = folder {
            // Before the look, so that nothing comes between them.
            self.look_at(folder);
            if folder.join(PROJECT).is_file() {
                let name = folder.file_name().unwrap_or_default();
                self.add(folder.to_owned(), name.to_string_lossy().into_owned());
            }
        }
    }

    /// The project that has this path as a source.
    fn project_of(&self, path: &Path) -> Option<PathBuf> {
        let mut folders = self.projects.keys();
        let folder = folders.find(|folder| {
            path.strip_prefix(folder)
                .is_ok_and(|file| file != Path::new("") && Sources::have(file))
        });
        folder.cloned()
    }

    /// Adds a project, to be built unless its component is from its sources.
    fn add(&mut self, folder: PathBuf, name: String) {
        self.look_at_sources(&folder);
        let project = Project::open(&folder).ok();
        if !project.as_ref().is_some_and(Project::is_current) {
            self.dirty.insert(folder.clone());
        }
        let component = project.map(|project| component_of(&project));
        if let Some(component) = &component
            && self.dirty.contains(&folder)
        {
            self.builds.running(component);
        }
        self.projects.insert(folder, Watched { name, component });
    }

    /// Watches a folder of sources with those in it.
    fn look_at_sources(&mut self, folder: &Path) {
        for folder in Sources::of(folder).folders {
            self.look_at(&folder);
        }
    }

    fn look_at(&mut self, folder: &Path) {
        let watched = self.watcher.watch(folder, RecursiveMode::NonRecursive);
        if let Err(error) = watched {
            let folder = folder.display();
            tracing::warn!(%folder, "changes are not noticed there: {error}");
        }
    }

    /// Builds a project until it is done or one of its sources changes.
    async fn build(&mut self, folder: &Path) {
        let Some(watched) = self.projects.get_mut(folder) else {
            return;
        };
        let name = watched.name.clone();
        let project = match block_in_place(|| Project::open(folder)) {
            Ok(project) => project,
            Err(ProjectError::Unreadable { .. }) if !folder.is_dir() => {
                if let Some(component) = &watched.component {
                    self.builds.finished(component);
                }
                self.projects.remove(folder);
                return;
            }
            Err(error) => {
                let said = describe(&error, error.hint());
                if let Some(component) = &watched.component {
                    self.builds.failed(component, &said);
                }
                tell_failed(&name, &said, "", None);
                return;
            }
        };
        let component = component_of(&project);
        watched.component = Some(component.clone());
        self.builds.running(&component);
        tracing::info!(target: BUILD, project = name, state = "started", "building");
        let started = Instant::now();
        let mut said = Vec::new();
        let result = {
            let mut keep = |bytes: &[u8]| {
                let room = OUTPUT.saturating_sub(said.len());
                said.extend_from_slice(&bytes[..bytes.len().min(room)]);
            };
            let mut output = Output::new(self.colour, &mut keep);
            let build = project.build(&mut output);
            tokio::pin!(build);
            loop {
                let path = tokio::select! {
                    result = &mut build => break Some(result),
                    path = self.changed.recv() => path,
                };
                let Some(path) = path else {
                    break Some(build.await);
                };
                block_in_place(|| self.see(&path));
                if self.dirty.contains(folder) {
                    break None;
                }
            }
        };
        let time_us = u64::try_from(started.elapsed().as_micros()).unwrap_or(u64::MAX);
        let said = String::from_utf8_lossy(&said).into_owned();
        match result {
            Some(Ok(built)) => {
                self.builds.finished(&component);
                let message = if built.is_new {
                    "built"
                } else {
                    "built, and as it was"
                };
                tracing::info!(
                    target: BUILD, project = name, state = "finished", time_us,
                    component = %project.output.display(), bytes = built.length, "{message}"
                );
            }
            Some(Err(error)) => {
                let why = describe(&error, error.hint());
                let plain = escape::without_colours(&said);
                let page = format!("{plain}{}{why}\n", end_of(&plain));
                self.builds.failed(&component, &page);
                tell_failed(&name, &why, &said, Some(time_us));
            }
            None => {
                tracing::info!(
                    target: BUILD, project = name, state = "cancelled", time_us,
                    "a source has changed: again"
                );
                // Until the editor is done.
                sleep(GATHER).await;
            }
        }
    }
}

/// The component as the server knows it: an absolute path without links.
fn component_of(project: &Project) -> PathBuf {
    let output = &project.output;
    let folder = output
        .parent()
        .and_then(|folder| folder.canonicalize().ok());
    match (folder, output.file_name()) {
        (Some(folder), Some(name)) => folder.join(name),
        _ => output.clone(),
    }
}

fn tell_failed(project: &str, why: &str, output: &str, time_us: Option<u64>) {
    tracing::error!(target: BUILD, project, state = "failed", time_us, output, "{why}");
}

/// An error with its causes and what to do about it.
fn describe(error: &dyn std::error::Error, hint: Option<String>) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        text.push_str(&format!(": {error}"));
        cause = error.source();
    }
    if let Some(hint) = hint {
        text.push_str(&format!("\nhint: {hint}"));
    }
    text
}

/// What is missing to end a text's last line.
fn end_of(text: &str) -> &'static str {
    match text.is_empty() || text.ends_with('\n') {
        true => "",
        false => "\n",
    }
}

#[cfg(test)]
mod tests {
    #[test]
    fn what_hides_sources_is_what_makes_a_project() {
        assert_eq!(host_server::PROJECT, host_project::project::MANIFEST);
    }
}
