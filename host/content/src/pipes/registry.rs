//! The pipes that there are, by name.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;

use super::arguments::Call;
use super::error::{Mistake, PipeError, Wrong};
use super::parse::parse;
use super::{Pipe, gzip, header, slice, status, sub, trickle};
use crate::Response;
use crate::template::Context;

/// Reads a call's arguments, so that what is wrong with them is known before any
/// pipe has run.
type Make = Arc<dyn Fn(&Call) -> Result<Box<dyn Pipe>, Wrong> + Send + Sync>;

/// Pipes by name: wptserve's six by default, and whatever is added.
#[derive(Clone)]
pub struct Registry {
    named: BTreeMap<String, Make>,
    /// For every other name.
    others: Option<Make>,
}

impl Default for Registry {
    fn default() -> Self {
        Self::wptserve()
    }
}

impl Registry {
    /// `sub`, `status`, `header`, `slice`, `trickle` and `gzip`.
    pub fn wptserve() -> Self {
        let mut registry = Self {
            named: BTreeMap::new(),
            others: None,
        };
        registry.insert("gzip", gzip::make);
        registry.insert("header", header::make);
        registry.insert("slice", slice::make);
        registry.insert("status", status::make);
        registry.insert("sub", sub::make);
        registry.insert("trickle", trickle::make);
        registry
    }

    /// Adds a pipe, instead of one of the same name. `make` reads the arguments
    /// of one call.
    pub fn insert(
        &mut self,
        name: impl Into<String>,
        make: impl Fn(&Call) -> Result<Box<dyn Pipe>, Wrong> + Send + Sync + 'static,
    ) {
        self.named.insert(name.into(), Arc::new(make));
    }

    /// Makes pipes of all names that are not added, for one that cannot tell
    /// beforehand which of them it has: [`Registry::unknown`] is what it says of
    /// others.
    pub fn otherwise(
        &mut self,
        make: impl Fn(&Call) -> Result<Box<dyn Pipe>, Wrong> + Send + Sync + 'static,
    ) {
        self.others = Some(Arc::new(make));
    }

    /// The names that were added, in order.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.named.keys().map(String::as_str)
    }

    /// What is wrong with a name that no pipe has.
    pub fn unknown(&self, call: &Call) -> Wrong {
        let name = call.name.clone();
        let known = self.names().collect::<Vec<_>>().join(", ");
        Wrong::new(call.at, Mistake::Unknown { name, known })
    }

    /// The pipes of a string, their arguments read.
    ///
    /// # Errors
    /// [`PipeError::Syntax`].
    pub fn parse(&self, pipes: &str) -> Result<Pipeline, PipeError> {
        self.calls(pipes).map_err(|wrong| wrong.of(pipes))
    }

    fn calls(&self, pipes: &str) -> Result<Pipeline, Wrong> {
        let make = |call: &Call| match self.named.get(&call.name).or(self.others.as_ref()) {
            Some(make) => make(call),
            None => Err(self.unknown(call)),
        };
        let calls = parse(pipes)?;
        let ready = calls.iter().map(make).collect::<Result<_, _>>()?;
        let asked = pipes.to_owned();
        Ok(Pipeline { asked, ready })
    }
}

impl fmt::Debug for Registry {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set().entries(self.named.keys()).finish()
    }
}

/// Pipes that are ready to run, in order.
pub struct Pipeline {
    /// The string that asked for them.
    asked: String,
    ready: Vec<Box<dyn Pipe>>,
}

impl Pipeline {
    /// Runs them, each on what the one before has made.
    ///
    /// # Errors
    /// That of the first pipe that fails.
    pub async fn apply(
        self,
        mut response: Response,
        context: &Arc<Context>,
    ) -> Result<Response, PipeError> {
        for pipe in self.ready {
            response = match pipe.apply(response, context).await {
                Err(PipeError::Wrong(wrong)) => return Err(wrong.of(&self.asked)),
                made => made?,
            };
        }
        Ok(response)
    }
}

impl fmt::Debug for Pipeline {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Pipeline").field(&self.asked).finish()
    }
}
