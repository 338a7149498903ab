//! What a file is, in words: `host check`.

use std::fmt;

use serde::Serialize;
use wasmparser::{KnownCustom, Parser, Payload};

use crate::Runtime;
use crate::component::{Hooks, LOAD, Loaded, Problem, exports, imports};

/// What is to be known of a file before it serves.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Inspection {
    /// What kind of file it is.
    pub kind: Kind,
    /// Bytes.
    pub size: usize,
    /// What it was made with, as it says itself (its producers sections): names
    /// with their versions.
    pub toolchain: Vec<String>,
    /// The hooks that would run.
    pub hooks: Hooks,
    /// The interfaces that it imports.
    pub imports: Vec<String>,
    /// Which of these give nothing, or nothing by default, and how to change it.
    pub grants: Vec<&'static str>,
    /// What it exports.
    pub exports: Vec<String>,
    /// Why it would be refused, in words; `None` if it would serve.
    pub refused: Option<String>,
}

/// What a file is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Kind {
    /// A component with hooks of host:handler that answer requests.
    Handler,
    /// A component with `handle-pipe` alone.
    Pipe,
    /// A component that runs scripts.
    ScriptRuntime,
    /// A component with `wasi:http/incoming-handler@0.2`.
    WasiHttp,
    /// A component for `wasi:http@0.3`.
    WasiHttp03,
    /// A component with `wasi:cli/run`.
    Command,
    /// Another component.
    Component,
    /// A core module.
    CoreModule,
    /// A Python script, as wptserve's.
    Script,
    /// None of these.
    Unknown,
}

/// What WASI's interfaces give, by how an import begins.
const GRANTS: &[(&str, &str)] = &[
    (
        "wasi:filesystem/",
        "wasi:filesystem: no folder, unless host.toml has files = true for the tenant",
    ),
    ("wasi:sockets/", "wasi:sockets: every connection is refused"),
    ("wasi:cli/environment", "wasi:cli/environment: empty"),
    (
        "wasi:http/outgoing-handler",
        "wasi:http/outgoing-handler: only to servers that host.toml names in outgoing for the tenant",
    ),
];

impl Inspection {
    fn new(kind: Kind, size: usize) -> Self {
        Self {
            kind,
            size,
            toolchain: Vec::new(),
            hooks: Hooks::default(),
            imports: Vec::new(),
            grants: Vec::new(),
            exports: Vec::new(),
            refused: None,
        }
    }

    /// Of a script, which is not looked into: it says what is wrong when it runs.
    pub fn of_script(bytes: &[u8]) -> Self {
        Self::new(Kind::Script, bytes.len())
    }

    /// Whether it would serve.
    pub fn is_accepted(&self) -> bool {
        self.refused.is_none()
    }
}

impl Runtime {
    /// Looks at a component's bytes as loading it would. Compiles, so it blocks
    /// for as long as that takes.
    pub fn inspect(&self, bytes: &[u8]) -> Inspection {
        let mut inspection = Inspection::new(Kind::Unknown, bytes.len());
        let loaded = self
            .compile(blake3::hash(bytes), bytes)
            .and_then(|component| {
                inspection.imports = imports(&component);
                inspection.exports = exports(&component);
                inspection.toolchain = toolchain(bytes);
                Loaded::new(&self.linker, &component)
            });
        let any = |names: &[String], prefix: &str| names.iter().any(|n| n.starts_with(prefix));
        let granted = GRANTS.iter();
        inspection.grants = granted
            .filter(|(prefix, _)| any(&inspection.imports, prefix))
            .map(|(_, grant)| *grant)
            .collect();
        let exports = |prefix: &str| any(&inspection.exports, prefix);
        inspection.kind = match &loaded {
            Ok(loaded) => match loaded.hooks() {
                hooks if hooks.incoming_handler => Kind::WasiHttp,
                _ if exports(LOAD) => Kind::ScriptRuntime,
                hooks if hooks.answer() => Kind::Handler,
                _ => Kind::Pipe,
            },
            Err(Problem::NotAComponent { .. }) if is_core_module(bytes) => Kind::CoreModule,
            Err(Problem::NotAComponent { .. } | Problem::Invalid(_)) => Kind::Unknown,
            Err(_) if exports("wasi:http/incoming-handler@0.2.") => Kind::WasiHttp,
            Err(_) if exports("wasi:http/handler@0.3.") => Kind::WasiHttp03,
            Err(_) if exports("wasi:cli/run@") => Kind::Command,
            Err(_) => Kind::Component,
        };
        match loaded {
            Ok(loaded) => inspection.hooks = loaded.hooks(),
            Err(problem) => inspection.refused = Some(problem.to_string()),
        }
        inspection
    }
}

fn is_core_module(bytes: &[u8]) -> bool {
    bytes.starts_with(b"\0asm\x01\0\0\0")
}

/// What a component's producers sections name, its own and those of what is in
/// it. Without them it is none the worse.
fn toolchain(bytes: &[u8]) -> Vec<String> {
    let mut names = Vec::new();
    let payloads = Parser::new(0).parse_all(bytes).map_while(Result::ok);
    for payload in payloads {
        if let Payload::CustomSection(section) = payload
            && let KnownCustom::Producers(fields) = section.as_known()
        {
            let fields = fields.into_iter().map_while(Result::ok);
            for value in fields.flat_map(|field| field.values.into_iter().map_while(Result::ok)) {
                names.push(
                    format!("{} {}", value.name, value.version)
                        .trim_end()
                        .to_owned(),
                );
            }
        }
    }
    names.sort_unstable();
    names.dedup();
    names
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Handler => "a handler",
            Self::Pipe => "a pipe",
            Self::ScriptRuntime => "a runtime of scripts, for --python-runtime",
            Self::WasiHttp => "a component of wasi:http 0.2",
            Self::WasiHttp03 => "a component of wasi:http 0.3",
            Self::Command => "a command (wasi:cli/run)",
            Self::Component => "a component",
            Self::CoreModule => "a core module",
            Self::Script => "a Python script",
            Self::Unknown => "no component",
        })
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
        writeln!(f, "It is {}, {} bytes large.", self.kind, self.size)?;
        if !self.toolchain.is_empty() {
            writeln!(f, "Made with {}.", self.toolchain.join(", "))?;
        }
        match (&self.refused, self.kind) {
            (Some(why), _) => {
                writeln!(f, "It would be refused: {why}.")?;
                if self.imports.is_empty() && self.exports.is_empty() {
                    return Ok(());
                }
            }
            (None, Kind::Script) => return Ok(()),
            (None, Kind::Pipe) => writeln!(
                f,
                "It answers no request: its hook handle-pipe is for `[pipes]` in host.toml."
            )?,
            (None, _) => list(f, "Hooks that run:", &self.hooks.names())?,
        }
        list(f, "It imports:", &imports)?;
        if !self.grants.is_empty() {
            list(f, "Of these, what is not given by default:", &self.grants)?;
        }
        if self.refused.is_some() {
            list(f, "It exports:", &exports)?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::RuntimeConfig;

    #[test]
    fn every_kind_of_file_is_told_and_what_to_do_about_it() {
        let config = RuntimeConfig {
            instances: 1,
            ..RuntimeConfig::default()
        };
        let runtime = Runtime::new(config).unwrap();
        let run = r#"(component
            (core module $m (func (export "run") (result i32) i32.const 0))
            (core instance $i (instantiate $m))
            (func $run (result (result)) (canon lift (core func $i "run")))
            (instance $run (export "run" (func $run)))
            (export "EXPORT" (instance $run)))"#;
        let command = run.replace("EXPORT", "wasi:cli/run@0.2.3");
        let next = run.replace("EXPORT", "wasi:http/handler@0.3.0");
        for (text, kind, words) in [
            ("(module)", Kind::CoreModule, "wasm-tools component new"),
            ("(component)", Kind::Component, "exports nothing"),
            (&*command, Kind::Command, "It is a command"),
            (&*next, Kind::WasiHttp03, "wasi:http 0.3 is not served"),
        ] {
            let inspection = runtime.inspect(&wat::parse_str(text).unwrap());
            assert_eq!(inspection.kind, kind, "{inspection}");
            assert!(!inspection.is_accepted());
            assert!(inspection.to_string().contains(words), "{inspection}");
        }
        let script = Inspection::of_script(b"def main(request, response): pass");
        assert_eq!(
            script.to_string(),
            "It is a Python script, 33 bytes large.\n"
        );
        assert_eq!(runtime.inspect(b"#!").kind, Kind::Unknown);
    }
}
