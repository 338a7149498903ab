//! What a component is, in words: `host check`.

use std::fmt;

use serde::Serialize;

use crate::Runtime;
use crate::component::{Hooks, Loaded, exports, imports};

/// What is to be known of a file before it serves.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Inspection {
    /// The hooks that would run.
    pub hooks: Hooks,
    /// The interfaces that it imports.
    pub imports: Vec<String>,
    /// What it exports.
    pub exports: Vec<String>,
    /// Why it would be refused, in words; `None` if it would serve.
    pub refused: Option<String>,
}

impl Inspection {
    /// Whether it would serve.
    pub fn is_accepted(&self) -> bool {
        self.refused.is_none()
    }
}

impl Runtime {
    /// Looks at a component's bytes as loading it would. Compiles, so it blocks
    /// for as long as that takes.
    pub fn inspect(&self, bytes: &[u8]) -> Inspection {
        let mut inspection = Inspection {
            hooks: Hooks::default(),
            imports: Vec::new(),
            exports: Vec::new(),
            refused: None,
        };
        let loaded = self
            .compile(blake3::hash(bytes), bytes)
            .and_then(|component| {
                inspection.imports = imports(&component);
                inspection.exports = exports(&component);
                Loaded::new(&self.linker, &component)
            });
        match loaded {
            Ok(loaded) => inspection.hooks = loaded.hooks(),
            Err(problem) => inspection.refused = Some(problem.to_string()),
        }
        inspection
    }
}

impl fmt::Display for Inspection {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let list = |f: &mut fmt::Formatter<'_>, heading: &str, names: &[&str]| {
            writeln!(f, "{heading}")?;
            if names.is_empty() {
                return writeln!(f, "  nothing");
            }
            names.iter().try_for_each(|name| writeln!(f, "  {name}"))
        };
        let imports: Vec<&str> = self.imports.iter().map(String::as_str).collect();
        let exports: Vec<&str> = self.exports.iter().map(String::as_str).collect();
        match &self.refused {
            None if self.hooks.answer() => {
                list(f, "It is a handler. Hooks that run:", &self.hooks.names())?;
            }
            None => writeln!(
                f,
                "It answers no request: its hook handle-pipe is for `[pipes]` in host.toml."
            )?,
            Some(why) => {
                writeln!(f, "It would be refused: {why}.")?;
                if self.imports.is_empty() && self.exports.is_empty() {
                    return Ok(());
                }
            }
        }
        list(f, "It imports:", &imports)?;
        if self.refused.is_some() {
            list(f, "It exports:", &exports)?;
        }
        Ok(())
    }
}
