//! Scripts as handlers: source that an interpreter runs, which is a component
//! itself (`wit/script.wit`).
//!
//! A script has no compile step of its own. What `load` gives, the script in the
//! interpreter's form, is kept with this version of the file, so that the next
//! request has it: compiling takes longer than most scripts run.

mod interpreter;

use std::path::Path;
use std::sync::Arc;

use parking_lot::Mutex;
use wasmtime::component::{ComponentType, Lift, Resource, flags};

use crate::Hooks;
use crate::bindings::Request;

pub(crate) use interpreter::{Interpreter, Runner};

/// The end of the name of a file that is a script.
pub const EXTENSION: &str = ".py";

/// Bytes of a script that host is willing to read. Each request hands them to
/// its instance.
pub(crate) const LARGEST: u64 = 4 * 1024 * 1024;

/// Bytes of a compiled script that are kept. The guest says how many they are,
/// and they stay with the host; Python's are about as large as the source.
const LARGEST_COMPILED: usize = 8 * 1024 * 1024;

/// What a script may define. Which of these it does is known once it is loaded.
pub(crate) const HOOKS: Hooks = Hooks {
    main: true,
    handle_headers: true,
    handle_data: true,
    handle_trailers: true,
    handle_reset: true,
    handle_frame: true,
    handle_close: true,
    handle_pipe: true,
    incoming_handler: false,
};

/// Whether a file is a script, by its name.
pub fn is_script(file: &Path) -> bool {
    let name = file.as_os_str().as_encoded_bytes();
    name.ends_with(EXTENSION.as_bytes())
}

/// One version of a script.
#[derive(Debug)]
pub(crate) struct Script {
    /// Below the folder that it was loaded from, as in `/a/b.py`.
    path: Arc<str>,
    source: Arc<[u8]>,
    /// What `load` gave.
    compiled: Mutex<Option<Arc<[u8]>>>,
}

/// What `load` takes.
pub(crate) type LoadParams = (Arc<str>, Arc<[u8]>, Option<Arc<[u8]>>, Resource<Request>);

flags! {
    Defined {
        #[component(name = "handle-headers")]
        const HANDLE_HEADERS;
        #[component(name = "handle-data")]
        const HANDLE_DATA;
        #[component(name = "handle-trailers")]
        const HANDLE_TRAILERS;
        #[component(name = "handle-reset")]
        const HANDLE_RESET;
        #[component(name = "handle-frame")]
        const HANDLE_FRAME;
        #[component(name = "handle-close")]
        const HANDLE_CLOSE;
    }
}

/// `script.loaded`.
#[derive(ComponentType, Lift)]
#[component(record)]
pub(crate) struct Ready {
    hooks: Defined,
    compiled: Vec<u8>,
}

impl Script {
    pub(crate) fn new(file: &Path, source: &[u8]) -> Self {
        Self {
            path: format!("/{}", file.display()).into(),
            source: source.into(),
            compiled: Mutex::new(None),
        }
    }

    /// What to hand to `load`.
    pub(crate) fn params(&self, request: Resource<Request>) -> LoadParams {
        let compiled = self.compiled.lock().clone();
        (self.path.clone(), self.source.clone(), compiled, request)
    }

    /// Takes what `load` gave; the hooks that are to be called.
    pub(crate) fn loaded(&self, ready: Ready) -> Hooks {
        let mut compiled = self.compiled.lock();
        if compiled.is_none() && ready.compiled.len() <= LARGEST_COMPILED {
            *compiled = Some(ready.compiled.into());
        }
        let defined = |hook| ready.hooks.contains(hook);
        Hooks {
            handle_headers: defined(Defined::HANDLE_HEADERS),
            handle_data: defined(Defined::HANDLE_DATA),
            handle_trailers: defined(Defined::HANDLE_TRAILERS),
            handle_reset: defined(Defined::HANDLE_RESET),
            handle_frame: defined(Defined::HANDLE_FRAME),
            handle_close: defined(Defined::HANDLE_CLOSE),
            ..HOOKS
        }
    }
}
