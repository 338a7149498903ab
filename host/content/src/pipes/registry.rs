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

/// Pipes by name. wptserve's six, and whatever is added.
#[derive(Clone)]
pub struct Registry(BTreeMap<String, Make>);

impl Registry {
    /// `sub`, `status`, `header`, `slice`, `trickle` and `gzip`.
    pub fn wptserve() -> Self {
        let mut registry = Self(BTreeMap::new());
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
        self.0.insert(name.into(), Arc::new(make));
    }

    /// The pipes of a string, their arguments read.
    ///
    /// # Errors
    /// [`PipeError::Syntax`].
    pub fn parse(&self, pipes: &str) -> Result<Pipeline, PipeError> {
        self.calls(pipes).map_err(|wrong| wrong.of(pipes))
    }

    fn calls(&self, pipes: &str) -> Result<Pipeline, Wrong> {
        let make = |call: &Call| match self.0.get(&call.name) {
            Some(make) => make(call),
            None => Err(Wrong::new(call.at, Mistake::Unknown(call.name.clone()))),
        };
        let calls = parse(pipes)?;
        Ok(Pipeline(calls.iter().map(make).collect::<Result<_, _>>()?))
    }
}

impl fmt::Debug for Registry {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set().entries(self.0.keys()).finish()
    }
}

/// Pipes that are ready to run, in order.
pub struct Pipeline(Vec<Box<dyn Pipe>>);

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
        for pipe in self.0 {
            response = pipe.apply(response, context).await?;
        }
        Ok(response)
    }
}

impl fmt::Debug for Pipeline {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Pipeline").field(&self.0.len()).finish()
    }
}
