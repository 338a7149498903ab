//! A component that can serve: checked, linked, its hooks found.

use std::fmt;

use serde::Serialize;
use wasmtime::component::types::ComponentItem;
use wasmtime::component::{
    Component, ComponentExportIndex, ComponentNamedList, InstancePre, Lift, Linker, Lower, Resource,
};
use wasmtime_wasi_http::p2::bindings::ProxyPre;

use crate::bindings::frame_types::{Closing, ControlFrame, DataFrame, HeadersFrame};
use crate::bindings::types::HandlerError;
use crate::bindings::{Request, Response};
use crate::describe;
use crate::proxy::INCOMING;
use crate::state::State;

/// What a hook returns; `T` is `bool` for `handle-pipe`.
pub(crate) type HookResult<T = ()> = (Result<T, HandlerError>,);
/// What `main` takes.
pub(crate) type MainParams = (Resource<Request>, Resource<Response>);
/// What `handle-headers` and `handle-trailers` take.
pub(crate) type HeadersParams = (HeadersFrame, Resource<Request>, Resource<Response>);
/// What `handle-data` takes.
pub(crate) type DataParams = (DataFrame, Resource<Request>, Resource<Response>);
/// What `handle-reset` takes.
pub(crate) type ResetParams = (u32, Resource<Request>, Resource<Response>);
/// What `handle-frame` takes.
pub(crate) type FrameParams = (ControlFrame, Resource<Request>, Resource<Response>);
/// What `handle-close` takes.
pub(crate) type CloseParams = (Closing, Resource<Request>, Resource<Response>);
/// What `handle-pipe` takes.
pub(crate) type PipeParams = (String, Vec<String>, Resource<Request>, Resource<Response>);

const MAIN: &str = "main";
const HANDLE_HEADERS: &str = "handle-headers";
const HANDLE_DATA: &str = "handle-data";
const HANDLE_TRAILERS: &str = "handle-trailers";
const HANDLE_RESET: &str = "handle-reset";
const HANDLE_FRAME: &str = "handle-frame";
const HANDLE_CLOSE: &str = "handle-close";
const HANDLE_PIPE: &str = "handle-pipe";
/// A script runtime's, called before its hooks.
pub(crate) const LOAD: &str = "load";

/// The interfaces that a handler may import, without the version of WASI's.
pub(crate) const INTERFACES: &[&str] = &[
    "host:handler/clock@0.1.0",
    "host:handler/config@0.1.0",
    "host:handler/files@0.1.0",
    "host:handler/frames@0.1.0",
    "host:handler/log@0.1.0",
    "host:handler/random@0.1.0",
    "host:handler/request@0.1.0",
    "host:handler/response@0.1.0",
    "host:handler/stash@0.1.0",
    "host:handler/types@0.1.0",
    "host:handler/writer@0.1.0",
];
const WASI: &[&str] = &[
    "cli",
    "clocks",
    "filesystem",
    "http",
    "io",
    "random",
    "sockets",
];

/// Which hooks a handler exports.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Hooks {
    /// `main`: answers the request.
    pub main: bool,
    /// `handle-headers`: sees the HEADERS frame.
    pub handle_headers: bool,
    /// `handle-data`: sees each DATA frame.
    pub handle_data: bool,
    /// `handle-trailers`: sees the trailer fields.
    pub handle_trailers: bool,
    /// `handle-reset`: hears that the client has reset the stream.
    pub handle_reset: bool,
    /// `handle-frame`: sees the frames beside the request.
    pub handle_frame: bool,
    /// `handle-close`: hears that the client leaves.
    pub handle_close: bool,
    /// `handle-pipe`: works on answers, as a pipe of the query.
    pub handle_pipe: bool,
    /// `wasi:http/incoming-handler`: answers the request, where there is no other
    /// hook.
    pub incoming_handler: bool,
}

impl Hooks {
    /// The hooks' names.
    pub fn names(self) -> Vec<&'static str> {
        let all = [
            (self.handle_headers, HANDLE_HEADERS),
            (self.handle_data, HANDLE_DATA),
            (self.handle_trailers, HANDLE_TRAILERS),
            (self.main, MAIN),
            (self.handle_frame, HANDLE_FRAME),
            (self.handle_reset, HANDLE_RESET),
            (self.handle_close, HANDLE_CLOSE),
            (self.handle_pipe, HANDLE_PIPE),
            (self.incoming_handler, INCOMING),
        ];
        let present = all.into_iter().filter(|(present, _)| *present);
        present.map(|(_, name)| name).collect()
    }

    /// Whether it answers requests: there are components that are pipes alone.
    pub fn answer(self) -> bool {
        let pipe_alone = Self {
            handle_pipe: self.handle_pipe,
            ..Self::default()
        };
        self != pipe_alone
    }

    /// Whether any of them watches what the client does beside its request.
    pub(crate) fn watch(self) -> bool {
        self.handle_frame || self.handle_reset || self.handle_close
    }
}

/// Why a file is no handler. Always the file's fault.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Problem {
    /// It is no wasm at all.
    #[error("it is not a wasm component but {found}. {advice}")]
    NotAComponent {
        /// What it looks like.
        found: &'static str,
        /// What to do.
        advice: &'static str,
    },
    /// It begins like a component, and then is none.
    #[error(
        "it is not a valid component, or not one for this host: {0}. If it is still being written, it is tried again when it changes"
    )]
    Invalid(String),
    /// It needs what host does not have.
    #[error("it imports what this host does not have: {}. Host has {}", missing.join("; "), host_has())]
    Imports {
        /// What is missing, one entry each.
        missing: Vec<String>,
    },
    /// A hook has another type than the WIT gives it.
    #[error(
        "its export `{name}` is {found}, but must be func({first}request: borrow<request>\
         {last}) -> result<{returned}, handler-error>"
    )]
    Hook {
        /// The hook.
        name: &'static str,
        /// Its type.
        found: String,
        /// What the WIT gives it before the request.
        first: &'static str,
        /// What it gives it behind the request.
        last: &'static str,
        /// What the WIT has it return.
        returned: &'static str,
    },
    /// It runs no scripts.
    #[error(
        "it does not run scripts: a runtime exports `load`, `main`, `handle-headers`, \
         `handle-data` and `handle-pipe` (world script-runtime of host:handler@0.1.0)"
    )]
    NoRuntime,
    /// It exports no hook.
    #[error(
        "it exports no hook: a handler exports `main`, `handle-headers`, `handle-data` or another hook of host:handler@0.1.0, or wasi:http/incoming-handler@0.2; this one exports {}{}",
        listing(exports),
        advice(exports)
    )]
    NoHook {
        /// What it does export.
        exports: Vec<String>,
    },
}

fn listing(names: &[String]) -> String {
    match names {
        [] => "nothing".into(),
        names => format!("`{}`", names.join("`, `")),
    }
}

/// What to do about a component of another kind, known by what it exports.
fn advice(exports: &[String]) -> &'static str {
    let has = |what: &str| exports.iter().any(|name| name.starts_with(what));
    if has("wasi:http/handler@0.3") || has("wasi:http/service@0.3") {
        ". wasi:http 0.3 is not served: build it for wasi:http 0.2 (world wasi:http/proxy@0.2)"
    } else if has("wasi:cli/run@") {
        ". It is a command, as for `wasmtime run`: build a library that exports a hook or wasi:http/incoming-handler instead"
    } else {
        ""
    }
}

fn host_has() -> String {
    let wasi = WASI.iter().map(|package| format!("wasi:{package}@0.2"));
    let ours = INTERFACES.iter().map(|name| (*name).to_owned());
    ours.chain(wasi).collect::<Vec<_>>().join(", ")
}

/// A component that is ready to be instantiated, any number of times at once.
pub(crate) struct Loaded {
    pub(crate) pre: InstancePre<State>,
    pub(crate) main: Option<ComponentExportIndex>,
    pub(crate) handle_headers: Option<ComponentExportIndex>,
    pub(crate) handle_data: Option<ComponentExportIndex>,
    pub(crate) handle_trailers: Option<ComponentExportIndex>,
    pub(crate) handle_reset: Option<ComponentExportIndex>,
    pub(crate) handle_frame: Option<ComponentExportIndex>,
    pub(crate) handle_close: Option<ComponentExportIndex>,
    pub(crate) handle_pipe: Option<ComponentExportIndex>,
    /// It has `wasi:http/incoming-handler`, and no hook.
    pub(crate) proxy: Option<ProxyPre<State>>,
}

impl fmt::Debug for Loaded {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Loaded")
            .field("hooks", &self.hooks())
            .finish_non_exhaustive()
    }
}

impl Loaded {
    /// Links a component and finds its hooks.
    pub(crate) fn new(linker: &Linker<State>, component: &Component) -> Result<Self, Problem> {
        let pre = linker
            .instantiate_pre(component)
            .map_err(|error| missing(component, &error))?;
        let mut loaded = Self {
            main: hook::<MainParams, ()>(&pre, MAIN)?,
            handle_headers: hook::<HeadersParams, ()>(&pre, HANDLE_HEADERS)?,
            handle_data: hook::<DataParams, ()>(&pre, HANDLE_DATA)?,
            handle_trailers: hook::<HeadersParams, ()>(&pre, HANDLE_TRAILERS)?,
            handle_reset: hook::<ResetParams, ()>(&pre, HANDLE_RESET)?,
            handle_frame: hook::<FrameParams, ()>(&pre, HANDLE_FRAME)?,
            handle_close: hook::<CloseParams, ()>(&pre, HANDLE_CLOSE)?,
            handle_pipe: hook::<PipeParams, bool>(&pre, HANDLE_PIPE)?,
            proxy: None,
            pre,
        };
        if loaded.hooks() != Hooks::default() {
            return Ok(loaded);
        }
        let exports = exports(component);
        if !exports.iter().any(|name| is_incoming(name)) {
            return Err(Problem::NoHook { exports });
        }
        let proxy = ProxyPre::new(loaded.pre.clone());
        loaded.proxy = Some(proxy.map_err(|error| Problem::Invalid(format!("{error:#}")))?);
        Ok(loaded)
    }

    pub(crate) fn hooks(&self) -> Hooks {
        Hooks {
            main: self.main.is_some(),
            handle_headers: self.handle_headers.is_some(),
            handle_data: self.handle_data.is_some(),
            handle_trailers: self.handle_trailers.is_some(),
            handle_reset: self.handle_reset.is_some(),
            handle_frame: self.handle_frame.is_some(),
            handle_close: self.handle_close.is_some(),
            handle_pipe: self.handle_pipe.is_some(),
            incoming_handler: self.proxy.is_some(),
        }
    }
}

/// Finds a hook and checks its type.
pub(crate) fn hook<P, T>(
    pre: &InstancePre<State>,
    name: &'static str,
) -> Result<Option<ComponentExportIndex>, Problem>
where
    P: ComponentNamedList + Lower,
    HookResult<T>: ComponentNamedList + Lift,
{
    let first = match name {
        HANDLE_HEADERS | HANDLE_TRAILERS => "frame: headers-frame, ",
        HANDLE_DATA => "frame: data-frame, ",
        HANDLE_FRAME => "frame: control-frame, ",
        HANDLE_RESET => "code: u32, ",
        HANDLE_CLOSE => "closing: closing, ",
        HANDLE_PIPE => "name: string, arguments: list<string>, ",
        LOAD => "path: string, source: list<u8>, compiled: option<list<u8>>, ",
        _ => "",
    };
    let returned = match name {
        HANDLE_PIPE => "bool",
        LOAD => "loaded",
        _ => "_",
    };
    let last = match name {
        LOAD => "",
        _ => ", response: borrow<response>",
    };
    let Some((item, index)) = pre.component().get_export(None, name) else {
        return Ok(None);
    };
    let found = match item {
        ComponentItem::ComponentFunc(function) => {
            if function
                .typecheck::<P, HookResult<T>>(&pre.instance_type())
                .is_ok()
            {
                return Ok(Some(index));
            }
            describe::function(&function)
        }
        _ => "no function".into(),
    };
    Err(Problem::Hook {
        name,
        found,
        first,
        last,
        returned,
    })
}

/// What a component imports that host does not have.
fn missing(component: &Component, error: &wasmtime::Error) -> Problem {
    let mut missing: Vec<String> = imports(component)
        .into_iter()
        .filter(|name| !is_known(name))
        .map(|name| format!("`{name}`"))
        .collect();
    if missing.is_empty() {
        // An interface that host has, in another shape.
        let causes: Vec<String> = error.chain().map(ToString::to_string).collect();
        missing.push(causes.join(": "));
    }
    Problem::Imports { missing }
}

/// Whether an export is the one that wasi:http calls, at any patch of 0.2.
fn is_incoming(name: &str) -> bool {
    let (interface, version) = name.split_once('@').unwrap_or((name, ""));
    interface == INCOMING && version.starts_with("0.2.")
}

fn is_known(name: &str) -> bool {
    let wasi = |name: &str| {
        let (package, rest) = name.split_once('/')?;
        let known = WASI.contains(&package.strip_prefix("wasi:")?);
        Some(known && rest.split_once('@')?.1.starts_with("0.2."))
    };
    INTERFACES.contains(&name) || wasi(name) == Some(true)
}

/// The names of what a component imports.
pub(crate) fn imports(component: &Component) -> Vec<String> {
    let kind = component.component_type();
    let imports = kind.imports(component.engine());
    // A type that the world uses belongs to an interface that is there as well.
    let provided = imports.filter(|(_, import)| {
        !matches!(
            import.ty,
            ComponentItem::Type(_) | ComponentItem::Resource(_)
        )
    });
    provided.map(|(name, _)| name.to_owned()).collect()
}

/// The names of what a component exports.
pub(crate) fn exports(component: &Component) -> Vec<String> {
    let kind = component.component_type();
    let exports = kind.exports(component.engine());
    exports.map(|(name, _)| name.to_owned()).collect()
}

/// Says what bytes are that do not begin like a component (the binary format's
/// preamble: magic, version, layer).
pub(crate) fn check_preamble(bytes: &[u8]) -> Result<(), Problem> {
    let (found, advice) = match bytes {
        [b'\0', b'a', b's', b'm', 0x0d, 0, 1, 0, ..] => return Ok(()),
        [b'\0', b'a', b's', b'm', 1, 0, 0, 0, ..] => (
            "a core wasm module",
            "Make a component of it: build for wasm32-wasip2, or use `wasm-tools component new`",
        ),
        [b'\0', b'a', b's', b'm', _, _, 1, 0, ..] => (
            "a component in a version of the format that this host does not know",
            "Build it with a current toolchain",
        ),
        [] => (
            "an empty file",
            "If it is still being written, it is tried again when it changes",
        ),
        bytes if b"\0asm\x0d\0\x01\0".starts_with(bytes) => (
            "the first bytes of one",
            "If it is still being written, it is tried again when it changes",
        ),
        bytes if bytes.trim_ascii_start().starts_with(b"(") => (
            "wasm in its text form",
            "Translate it with `wasm-tools parse`",
        ),
        [0x7f, b'E', b'L', b'F', ..] => (
            "a native program or compiled code",
            "Give the component itself: host compiles it",
        ),
        bytes if std::str::from_utf8(&bytes[..bytes.len().min(256)]).is_ok() => {
            ("a text file", "Build the handler to a component")
        }
        _ => ("something else", "Build the handler to a component"),
    };
    Err(Problem::NotAComponent { found, advice })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_interfaces_are_those_of_the_wit() {
        let mut resolve = wit_parser::Resolve::default();
        let wit = concat!(env!("CARGO_MANIFEST_DIR"), "/../../wit");
        let (package, _) = resolve.push_dir(wit).unwrap();
        let world = resolve.select_world(&[package], Some("imports")).unwrap();
        let mut names: Vec<String> = resolve.worlds[world]
            .imports
            .keys()
            .map(|key| resolve.name_world_key(key))
            .collect();
        names.sort();
        assert_eq!(names, INTERFACES);
    }

    #[test]
    fn what_is_no_component_is_named() {
        let found = |bytes: &[u8]| match check_preamble(bytes) {
            Err(Problem::NotAComponent { found, .. }) => found,
            other => panic!("{other:?}"),
        };
        assert_eq!(found(b"\0asm\x01\0\0\0"), "a core wasm module");
        assert_eq!(found(b""), "an empty file");
        assert_eq!(found(b"\0asm"), "the first bytes of one");
        assert_eq!(found(b" (component)"), "wasm in its text form");
        assert_eq!(found(b"def main(): pass"), "a text file");
        assert_eq!(found(b"\xff\xfe\0"), "something else");
        check_preamble(b"\0asm\x0d\0\x01\0rest").unwrap();
    }

    #[test]
    fn wasi_is_known_at_any_patch_of_0_2() {
        assert!(is_known("wasi:cli/stdout@0.2.0"));
        assert!(is_known("wasi:clocks/wall-clock@0.2.9"));
        assert!(!is_known("wasi:clocks/wall-clock@0.3.0"));
        assert!(is_known("wasi:http/types@0.2.0"));
        assert!(!is_known("wasi:http/types@0.3.0"));
        assert!(is_incoming("wasi:http/incoming-handler@0.2.8"));
        assert!(!is_incoming("wasi:http/incoming-handler@0.3.0"));
        assert!(!is_known("host:handler/magic@0.1.0"));
    }
}
