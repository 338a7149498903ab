//! Generated wrappers: for a test that is a script alone, the pages and workers
//! that run it (`wpt serve`'s, of `tools/serve/serve.py`).
//!
//! `a.any.js` is run in a window by `a.any.html`, in a worker by
//! `a.any.worker.html`, and so on: [`ALL`] is the list. No such file is there;
//! each is made when it is asked for, from the script's `// META:` lines, which
//! also say in which scopes the test runs: the wrappers of others are not found.
//!
//! A wrapper goes before a file of its name, if its script is there.

mod escape;
mod global;
mod html;
mod meta;
mod shadowrealm;
mod worker;

use std::ffi::OsStr;
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};

use bytes::Bytes;
use host_wire::Fields;

use crate::open::open_file;
use crate::refusal::Refusal;
use crate::template::{Context, Location};
use crate::{Response, files, types};
use meta::Meta;

/// A kind of wrapper.
#[derive(Clone, Copy, Debug)]
pub struct Wrapper {
    /// What its names end in.
    pub suffix: &'static str,
    /// What the name of the script ends in instead.
    pub source: &'static str,
    /// The global scope that the script must name in `// META: global=`; `None`
    /// where it is always made.
    pub scope: Option<&'static str>,
    /// What the name of what it loads ends in: the script, or a worker that is
    /// itself a wrapper.
    loads: &'static str,
    write: fn(&Parts<'_>) -> String,
}

/// What a wrapper is made of.
struct Parts<'a> {
    meta: &'a Meta,
    /// The path of what it loads.
    path: String,
    /// The query of the request with its question mark; empty without.
    query: String,
}

impl Parts<'_> {
    /// What it loads, with the query that it was asked for with itself.
    fn url(&self) -> String {
        format!("{}{}", self.path, self.query)
    }
}

/// A wrapper that runs the script as it is.
const fn page(
    suffix: &'static str,
    source: &'static str,
    scope: &'static str,
    write: fn(&Parts<'_>) -> String,
) -> Wrapper {
    loader(suffix, source, scope, source, write)
}

/// A wrapper that loads another.
const fn loader(
    suffix: &'static str,
    source: &'static str,
    scope: &'static str,
    loads: &'static str,
    write: fn(&Parts<'_>) -> String,
) -> Wrapper {
    Wrapper {
        suffix,
        source,
        scope: Some(scope),
        loads,
        write,
    }
}

/// A wrapper whatever the scopes are: the script says by its name what it is for,
/// or another wrapper has asked.
const fn always(
    suffix: &'static str,
    source: &'static str,
    write: fn(&Parts<'_>) -> String,
) -> Wrapper {
    Wrapper {
        scope: None,
        ..page(suffix, source, "", write)
    }
}

const ANY: &str = ".any.js";
const CLASSIC: &str = ".any.worker.js";
const MODULE: &str = ".any.worker-module.js";
const REALM: &str = ".any.worker-shadowrealm.js";
const SERVICE_REALM: &str = ".any.serviceworker-shadowrealm.js";
const AUDIO_REALM: &str = ".any.audioworklet-shadowrealm.js";

/// Every kind of wrapper. The first whose suffix fits is meant.
#[rustfmt::skip]
pub const ALL: [Wrapper; 22] = [
    page(".any.html", ANY, "window", html::any),
    page(".any.window-module.html", ANY, "window-module", html::window_module),
    always(".window.html", ".window.js", html::window),
    always(".extension.html", ".extension.js", html::extension),

    loader(".any.worker.html", ANY, "dedicatedworker", CLASSIC, html::worker),
    page(".worker.html", ".worker.js", "dedicatedworker", html::worker),
    loader(".any.worker-module.html", ANY, "dedicatedworker-module", MODULE, html::worker_module),
    loader(".any.sharedworker.html", ANY, "sharedworker", CLASSIC, html::shared_worker),
    loader(".any.sharedworker-module.html", ANY, "sharedworker-module", MODULE, html::shared_worker_module),
    loader(".any.serviceworker.html", ANY, "serviceworker", CLASSIC, html::service_worker),
    loader(".any.serviceworker-module.html", ANY, "serviceworker-module", MODULE, html::service_worker_module),
    always(CLASSIC, ANY, worker::classic),
    always(MODULE, ANY, worker::module),

    page(".any.shadowrealm-in-window.html", ANY, "shadowrealm-in-window", shadowrealm::in_window),
    page(".any.shadowrealm-in-shadowrealm.html", ANY, "shadowrealm-in-shadowrealm", shadowrealm::in_shadow_realm),
    loader(".any.shadowrealm-in-dedicatedworker.html", ANY, "shadowrealm-in-dedicatedworker", REALM, html::worker),
    loader(".any.shadowrealm-in-sharedworker.html", ANY, "shadowrealm-in-sharedworker", REALM, html::shared_worker),
    loader(".https.any.shadowrealm-in-serviceworker.html", ANY, "shadowrealm-in-serviceworker", SERVICE_REALM, html::service_worker),
    loader(".https.any.shadowrealm-in-audioworklet.html", ANY, "shadowrealm-in-audioworklet", AUDIO_REALM, shadowrealm::in_audio_worklet),
    always(REALM, ANY, shadowrealm::worker),
    always(SERVICE_REALM, ANY, shadowrealm::service_worker),
    always(AUDIO_REALM, ANY, shadowrealm::audio_worklet),
];

impl Wrapper {
    /// The wrapper that a path names, and the script that it would be made from.
    /// Whether that is there, and whether it is for this scope, is not asked.
    pub fn of(path: &Path) -> Option<(&'static Self, PathBuf)> {
        let name = path.as_os_str().as_bytes();
        let wrapper = ALL.iter().find(|w| name.ends_with(w.suffix.as_bytes()))?;
        let source = wrapper.replace(name, wrapper.source);
        Some((wrapper, OsStr::from_bytes(&source).into()))
    }

    /// A name of this wrapper with another end.
    fn replace(&self, name: &[u8], end: &str) -> Vec<u8> {
        let stem = &name[..name.len() - self.suffix.len()];
        [stem, end.as_bytes()].concat()
    }
}

/// The wrapper that `path` names, if the site has them and the script is there:
/// the script's path, which says whether it is a template, and the answer.
///
/// It waits for the disk.
pub(crate) fn find(context: &Context, path: &Path) -> Result<Option<(PathBuf, Response)>, Refusal> {
    if !context.site.wrappers {
        return Ok(None);
    }
    let Some((wrapper, source)) = Wrapper::of(path) else {
        return Ok(None);
    };
    let location = Location::of(&context.head);
    // A suffix in another spelling (`%2Ehtml`) is a file's name and nothing more.
    if !location.path.ends_with(wrapper.suffix.as_bytes()) {
        return Ok(None);
    }
    let script = match open_file(&context.site.dir, &source) {
        Ok((script, _)) => script,
        Err(Refusal::NotFound) => return Ok(None),
        Err(other) => return Err(other),
    };
    files::check_method(context)?;
    let mut response = Response::new(200);
    response.fields = fields(context, wrapper, &source)?;
    let meta = Meta::read(script, &source.to_string_lossy())?;
    if let Some(scope) = wrapper.scope
        && !meta.is_for(scope)
    {
        return Err(Refusal::Scope(scope));
    }
    let query = match location.query {
        [] => String::new(),
        query => format!("?{}", escape::query(query)),
    };
    let parts = Parts {
        meta: &meta,
        path: escape::path(&wrapper.replace(location.path, wrapper.loads)),
        query,
    };
    response.body = Bytes::from((wrapper.write)(&parts)).into();
    Ok(Some((source, response)))
}

/// The wrapper's type, and the fields of the script's `.headers`, each of which
/// takes the place of what was there.
fn fields(context: &Context, wrapper: &Wrapper, source: &Path) -> Result<Fields, Refusal> {
    let mut fields = Fields::new();
    let own = types::content_type(Path::new(wrapper.suffix));
    fields.append("Content-Type", own);
    for (name, value) in files::given_fields(context, source)? {
        fields.set(name, value);
    }
    Ok(fields)
}

/// `self.GLOBAL`, by which a test asks where it is.
fn global_object(scope: &str) -> String {
    let answers = [
        ("isWindow", "window"),
        ("isWorker", "worker"),
        ("isShadowRealm", "shadowrealm"),
    ];
    let lines: String = answers
        .iter()
        .map(|(name, of)| format!("  {name}: function() {{ return {}; }},\n", *of == scope))
        .collect();
    format!("self.GLOBAL = {{\n{lines}}};\n")
}

#[cfg(test)]
mod tests;
