//! Interpreters that are kept for further requests. This one counts those that it has
//! answered, and answers with that; by the first letter of its source a script ends
//! with an error (e), traps (t) or runs out of memory and goes on (m).

use std::fs;
use std::path::Path;
use std::sync::Arc;

use crate::common::{component, content, registry, request, tenant};
use host_runtime::{Handler, Limits, Registry, Runtime, RuntimeConfig, Tenant};
use tempfile::TempDir;

const INTERPRETER: &str = r#"
    (global $kind (mut i32) (i32.const 0))
    (global $answered (mut i32) (i32.const 0))
    (func (export "load")
      (param $path i32) (param $path_len i32) (param $source i32) (param $source_len i32)
      (param $has i32) (param $compiled i32) (param $compiled_len i32)
      (param $request i32) (result i32)
      (call $drop_request (local.get $request))
      (global.set $kind (i32.load8_u (local.get $source)))
      (call $ok))
    (func (export "handle-headers")
      (param i32 i32 i32 i32 i32 i32 i32 i32 i32 i32 i32)
      (param $request i32) (param $response i32) (result i32)
      (call $done (local.get $request) (local.get $response) (call $ok)))
    (func (export "handle-data")
      (param i32 i32 i32 i32 i32 i32 i32 i32)
      (param $request i32) (param $response i32) (result i32)
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
      (global.set $answered (i32.add (global.get $answered) (i32.const 1)))
      (i32.store8 (i32.const 1024) (i32.add (global.get $answered) (i32.const 48)))
      (call $set_content (local.get $response) (i32.const 1024) (i32.const 1))
      (if (i32.eq (global.get $kind) (i32.const 116)) (then (unreachable)))
      (if (i32.eq (global.get $kind) (i32.const 109))
        (then (drop (memory.grow (i32.const 60000)))))
      (call $done (local.get $request) (local.get $response)
        (if (result i32) (i32.eq (global.get $kind) (i32.const 101))
          (then (call $err (i32.const 404) (i32.const 1024) (i32.const 1)))
          (else (call $ok)))))"#;

/// Each script is named by the letter that it begins with.
struct Scripts {
    registry: Registry,
    _folder: TempDir,
}

impl Scripts {
    fn of(runtime: &Arc<Runtime>) -> Self {
        let folder = tempfile::tempdir().unwrap();
        for name in ["a", "b", "e", "m", "t"] {
            fs::write(folder.path().join(format!("{name}.py")), name).unwrap();
        }
        Self {
            registry: registry(runtime, folder.path()),
            _folder: folder,
        }
    }

    async fn handler(&self, name: &str) -> Arc<Handler> {
        let file = format!("{name}.py");
        let handler = self.registry.handler(Path::new(&file)).await;
        handler.unwrap().expect("the file is there")
    }

    /// What scripts answer, one after another.
    async fn answers(&self, tenant: &Arc<Tenant>, names: &[&str]) -> String {
        let mut answers = String::new();
        for name in names {
            let (answer, _) = request(&self.handler(name).await, tenant, "GET", "").await;
            let told = content(&answer).chars().next().unwrap_or('-');
            answers.push(if told.is_ascii_digit() { told } else { '-' });
        }
        answers
    }
}

fn runtime() -> (Arc<Runtime>, TempDir) {
    let elsewhere = tempfile::tempdir().unwrap();
    let file = elsewhere.path().join("interpreter.wasm");
    fs::write(&file, component("script-runtime", INTERPRETER)).unwrap();
    let runtime = Runtime::new(RuntimeConfig {
        instances: 16,
        interpreter: Some(file),
        ..RuntimeConfig::default()
    });
    (runtime.unwrap(), elsewhere)
}

fn reusing(reuse: usize) -> Arc<Tenant> {
    tenant(Limits {
        reuse,
        ..Limits::default()
    })
}

#[tokio::test]
async fn an_interpreter_serves_as_many_requests_as_its_tenant_says() {
    let (runtime, _elsewhere) = runtime();
    for (reuse, told) in [(0, "111111"), (1, "111111"), (3, "123123"), (9, "123456")] {
        let scripts = Scripts::of(&runtime);
        let tenant = reusing(reuse);
        let names = ["a", "a", "b", "a", "b", "b"];
        assert_eq!(
            scripts.answers(&tenant, &names).await,
            told,
            "reuse = {reuse}"
        );
    }
}

#[tokio::test]
async fn an_error_leaves_it_and_a_trap_or_a_limit_does_not() {
    let (runtime, _elsewhere) = runtime();
    for (name, told) in [("e", "12-4"), ("t", "12-1"), ("m", "1231")] {
        let scripts = Scripts::of(&runtime);
        let names = ["a", "a", name, "a"];
        assert_eq!(scripts.answers(&reusing(9), &names).await, told, "{name}");
    }
}

#[tokio::test]
async fn neither_tenants_nor_folders_share_one() {
    let (runtime, _elsewhere) = runtime();
    let (here, there) = (Scripts::of(&runtime), Scripts::of(&runtime));
    let (ours, theirs) = (reusing(9), reusing(9));
    assert_eq!(here.answers(&ours, &["a", "a"]).await, "12");
    assert_eq!(here.answers(&theirs, &["a", "a"]).await, "12");
    assert_eq!(there.answers(&ours, &["a", "a"]).await, "12");
    assert_eq!(here.answers(&ours, &["a"]).await, "3");
}
