//! Scripts: loaded before their hooks, by an interpreter that is a component. This
//! one is small: it answers with what it runs, which is the script's source, or what
//! an earlier `load` gave for compiled: the script's path.

use std::fs;
use std::path::Path;
use std::sync::Arc;

use crate::common::{component, content, registry, request, says, tenant};
use host_runtime::{
    Failure, Fault, Handler, Limit, Limits, LoadProblem, Registry, Runtime, RuntimeConfig,
};
use tempfile::TempDir;

/// By the first letter of its source a script has `handle-headers` (h), `handle-data`
/// (d), or cannot be loaded (!). A hook writes its letter over that, in capitals.
const INTERPRETER: &str = r#"
    (global $at (mut i32) (i32.const 0))
    (global $len (mut i32) (i32.const 0))
    (func $kind (result i32) (i32.load8_u (global.get $at)))
    (func $answer (param $response i32)
      (call $set_content (local.get $response) (global.get $at) (global.get $len)))
    (func (export "load")
      (param $path i32) (param $path_len i32) (param $source i32) (param $source_len i32)
      (param $has i32) (param $compiled i32) (param $compiled_len i32)
      (param $request i32) (result i32)
      (call $drop_request (local.get $request))
      (global.set $at (local.get $source))
      (global.set $len (local.get $source_len))
      (if (i32.eq (call $kind) (i32.const 33))
        (then (return (call $err (i32.const 404) (global.get $at) (global.get $len)))))
      (drop (call $ok))
      (if (i32.eq (call $kind) (i32.const 104))
        (then (i32.store8 (i32.const 4) (i32.const 1))))
      (if (i32.eq (call $kind) (i32.const 100))
        (then (i32.store8 (i32.const 4) (i32.const 2))))
      (i32.store (i32.const 8) (local.get $path))
      (i32.store (i32.const 12) (local.get $path_len))
      (if (local.get $has) (then
        (global.set $at (local.get $compiled))
        (global.set $len (local.get $compiled_len))))
      (i32.const 0))
    (func (export "handle-headers")
      (param i32 i32 i32 i32 i32 i32 i32 i32 i32 i32 i32)
      (param $request i32) (param $response i32) (result i32)
      (i32.store8 (global.get $at) (i32.const 72))
      (call $done (local.get $request) (local.get $response) (call $ok)))
    (func (export "handle-data")
      (param i32 i32 i32 i32 i32 i32 i32 i32)
      (param $request i32) (param $response i32) (result i32)
      (i32.store8 (global.get $at) (i32.const 68))
      (call $done (local.get $request) (local.get $response) (call $ok)))
    (func (export "handle-trailers")
      (param i32 i32 i32 i32 i32 i32 i32 i32 i32 i32 i32)
      (param $request i32) (param $response i32) (result i32)
      (call $done (local.get $request) (local.get $response) (call $ok)))
    (func (export "handle-reset")
      (param i32) (param $request i32) (param $response i32) (result i32)
      (call $done (local.get $request) (local.get $response) (call $ok)))
    (func (export "handle-frame")
      (param i32 i32 i32 i32 i32) (param $request i32) (param $response i32) (result i32)
      (call $done (local.get $request) (local.get $response) (call $ok)))
    (func (export "handle-close")
      (param i32 i32 i32 i32 i32) (param $request i32) (param $response i32) (result i32)
      (call $done (local.get $request) (local.get $response) (call $ok)))
    (func (export "handle-pipe")
      (param i32 i32 i32 i32) (param $request i32) (param $response i32) (result i32)
      (call $done (local.get $request) (local.get $response) (call $ok)))
    (func (export "main") (param $request i32) (param $response i32) (result i32)
      (call $answer (local.get $response))
      (call $done (local.get $request) (local.get $response) (call $ok)))"#;

const FILE: &str = "a/b.py";

/// A folder of scripts and what runs them.
struct Scripts {
    folder: TempDir,
    registry: Registry,
    /// Where the interpreter is.
    _elsewhere: TempDir,
}

impl Scripts {
    fn new(interpreter: &[u8]) -> Self {
        let (folder, elsewhere) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        let file = elsewhere.path().join("interpreter.wasm");
        fs::write(&file, interpreter).unwrap();
        fs::create_dir(folder.path().join("a")).unwrap();
        let runtime = Runtime::new(RuntimeConfig {
            instances: 16,
            interpreter: Some(file),
            ..RuntimeConfig::default()
        });
        Self {
            registry: registry(&runtime.unwrap(), folder.path()),
            folder,
            _elsewhere: elsewhere,
        }
    }

    fn put(&self, source: &str) {
        fs::write(self.folder.path().join(FILE), source).unwrap();
    }

    async fn handler(&self) -> Arc<Handler> {
        let handler = self.registry.handler(Path::new(FILE)).await;
        handler.unwrap().expect("the file is there")
    }

    async fn answer(&self, method: &str, body: &str) -> String {
        let tenant = tenant(Limits::default());
        let (answer, outcome) = request(&self.handler().await, &tenant, method, body).await;
        assert_eq!(outcome.failure, None);
        content(&answer).to_owned()
    }
}

fn interpreter() -> Vec<u8> {
    component("script-runtime", INTERPRETER)
}

#[tokio::test]
async fn what_load_gave_is_kept_for_this_version_of_the_file() {
    let scripts = Scripts::new(&interpreter());
    for source in ["one", "two"] {
        scripts.put(source);
        assert_eq!(scripts.answer("GET", "").await, source);
        assert_eq!(scripts.answer("GET", "").await, "/a/b.py");
        assert_eq!(scripts.answer("GET", "").await, "/a/b.py");
    }
}

#[tokio::test]
async fn the_hooks_that_it_names_are_called_and_no_others() {
    let scripts = Scripts::new(&interpreter());
    for (source, answer) in [("h.", "H."), ("d.", "D."), ("m.", "m.")] {
        scripts.put(source);
        assert_eq!(scripts.answer("POST", "body").await, answer);
    }
}

#[tokio::test]
async fn an_error_of_loading_is_the_request_s() {
    let scripts = Scripts::new(&interpreter());
    scripts.put("!gone");
    let tenant = tenant(Limits::default());
    let (answer, outcome) = request(&scripts.handler().await, &tenant, "GET", "").await;
    assert!(answer.starts_with("HTTP/1.1 404 "), "{answer}");
    let failure = outcome.failure.unwrap();
    assert_eq!(failure.fault(), Fault::Handler);
    // The next request tries what is there then.
    scripts.put("found");
    assert_eq!(scripts.answer("GET", "").await, "found");
}

#[tokio::test]
async fn without_an_interpreter_a_script_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("a.py"), "source").unwrap();
    let registry = registry(&crate::common::runtime(), folder.path());
    let error = registry.handler(Path::new("a.py")).await.unwrap_err();
    assert_eq!(error.problem, LoadProblem::NoRuntime);
    assert!(error.to_string().contains("--python-runtime"), "{error}");
}

#[tokio::test]
async fn an_interpreter_that_is_none_is_the_host_s_fault() {
    let scripts = Scripts::new(&says("hello"));
    scripts.put("source");
    let tenant = tenant(Limits::default());
    let (answer, outcome) = request(&scripts.handler().await, &tenant, "GET", "").await;
    assert!(answer.starts_with("HTTP/1.1 500 "), "{answer}");
    let failure = outcome.failure.unwrap();
    assert_eq!(failure.fault(), Fault::Host);
    let told = failure.to_string();
    assert!(told.contains("does not run scripts"), "{told}");
    // Nor does the server start with one that is not there.
    let missing = Runtime::new(RuntimeConfig {
        instances: 1,
        interpreter: Some(scripts.folder.path().join("none.wasm")),
        ..RuntimeConfig::default()
    });
    let error = missing.unwrap_err().to_string();
    assert!(error.contains("none.wasm"), "{error}");
}

#[tokio::test]
async fn a_limit_that_an_interpreter_does_not_fit_into_says_so() {
    let scripts = Scripts::new(&interpreter());
    scripts.put("source");
    let memory = 64 * 1024;
    let tenant = tenant(Limits {
        memory,
        ..Limits::default()
    });
    let (answer, outcome) = request(&scripts.handler().await, &tenant, "GET", "").await;
    let cramped = Failure::Cramped(Limit::Memory(memory));
    assert_eq!(outcome.failure, Some(cramped));
    assert!(content(&answer).contains("64 KiB"), "{answer}");
}
