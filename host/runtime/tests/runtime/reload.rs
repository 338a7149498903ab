//! Files to handlers: what is on disk serves, and what cannot serve hurts
//! nobody.

use std::fs;
use std::path::Path;
use std::sync::Arc;

use crate::common::{Client, content, main, registry, request, runtime, says, tenant};
use host_runtime::{Limits, LoadProblem, Problem, Registry, Runtime, RuntimeConfig};
use host_wire::Negotiated;

const FILE: &str = "a/b.wasm";

fn file() -> &'static Path {
    Path::new(FILE)
}

/// Puts a file in place as a build does: complete, by renaming.
fn replace(dir: &Path, wasm: &[u8]) {
    fs::create_dir_all(dir.join("a")).unwrap();
    fs::write(dir.join("new"), wasm).unwrap();
    fs::rename(dir.join("new"), dir.join(FILE)).unwrap();
}

async fn says_now(registry: &Registry) -> String {
    let handler = registry.handler(file()).await.unwrap().unwrap();
    let tenant = tenant(Limits::default());
    let (answer, _) = request(&handler, &tenant, "GET", "").await;
    content(&answer).to_owned()
}

#[tokio::test]
async fn the_next_request_is_served_by_the_new_file() {
    let dir = tempfile::tempdir().unwrap();
    let registry = registry(&runtime(), dir.path());
    assert!(registry.handler(file()).await.unwrap().is_none());
    for i in 0..20 {
        let text = format!("version {i:02}");
        replace(dir.path(), &says(&text));
        assert_eq!(says_now(&registry).await, text);
    }
    // In place, of the same size, on the same inode, at once.
    for i in 0..20 {
        let text = format!("in place {i:02}");
        fs::write(dir.path().join(FILE), says(&text)).unwrap();
        assert_eq!(says_now(&registry).await, text);
    }
    fs::remove_file(dir.path().join(FILE)).unwrap();
    assert!(registry.handler(file()).await.unwrap().is_none());
    replace(dir.path(), &says("back"));
    assert_eq!(says_now(&registry).await, "back");
}

#[tokio::test]
async fn a_request_under_way_ends_on_the_version_that_it_began_with() {
    let dir = tempfile::tempdir().unwrap();
    let registry = registry(&runtime(), dir.path());
    // Waits for the body, then says "old".
    let old = main(
        "(call $body (local.get $request) (i32.const 512))
         (i32.store (i32.const 1024) (i32.const 0x646C6F))
         (call $set_content (local.get $response) (i32.const 1024) (i32.const 3))
         (call $ok)",
    );
    replace(dir.path(), &old);
    let handler = registry.handler(file()).await.unwrap().unwrap();
    let mut client = Client::new(&handler, &tenant(Limits::default()), Negotiated::Http1);
    drop(handler);
    client
        .send("POST / HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Length: 1\r\n\r\n")
        .await;
    replace(dir.path(), &says("new"));
    assert_eq!(says_now(&registry).await, "new");
    fs::remove_file(dir.path().join(FILE)).unwrap();
    assert!(registry.handler(file()).await.unwrap().is_none());
    client.send("x").await;
    assert_eq!(content(&client.rest().await), "old");
}

#[tokio::test]
async fn a_file_that_is_being_written_hurts_nobody() {
    let dir = tempfile::tempdir().unwrap();
    let registry = registry(&runtime(), dir.path());
    replace(dir.path(), &says("good"));
    assert_eq!(says_now(&registry).await, "good");
    let new = says("better");
    // As a slow copy would: in place, growing.
    for end in (0..new.len()).step_by(new.len() / 7) {
        fs::write(dir.path().join(FILE), &new[..end]).unwrap();
        assert_eq!(says_now(&registry).await, "good");
        assert!(registry.problem(file()).is_some());
    }
    fs::write(dir.path().join(FILE), &new).unwrap();
    assert_eq!(says_now(&registry).await, "better");
    assert_eq!(registry.problem(file()), None);
}

#[tokio::test]
async fn a_version_that_cannot_serve_leaves_the_last_good_one() {
    let dir = tempfile::tempdir().unwrap();
    let registry = registry(&runtime(), dir.path());
    replace(dir.path(), &says("good"));
    assert_eq!(says_now(&registry).await, "good");
    for bad in [&b"text"[..], b"\0asm\x01\0\0\0", b"\0asm\x0d\0\x01\0"] {
        replace(dir.path(), bad);
        assert_eq!(says_now(&registry).await, "good");
        assert!(registry.problem(file()).is_some());
    }
    // The same content again is the same handler.
    replace(dir.path(), &says("good"));
    assert_eq!(says_now(&registry).await, "good");
    assert_eq!(registry.problem(file()), None);
}

#[tokio::test]
async fn a_first_version_that_cannot_serve_says_why_until_it_changes() {
    let dir = tempfile::tempdir().unwrap();
    let registry = registry(&runtime(), dir.path());
    replace(dir.path(), b"#!/usr/bin/python3");
    for _ in 0..2 {
        let error = registry.handler(file()).await.unwrap_err();
        assert_eq!(error.file, file());
        let LoadProblem::Component(Problem::NotAComponent { found, .. }) = error.problem else {
            panic!("{error}");
        };
        assert_eq!(found, "a text file");
    }
    replace(dir.path(), &says("mended"));
    assert_eq!(says_now(&registry).await, "mended");
}

#[tokio::test]
async fn idle_handlers_are_forgotten_but_for_a_last_good_version() {
    let dir = tempfile::tempdir().unwrap();
    let registry = registry(&runtime(), dir.path());
    let get = async || registry.handler(file()).await.unwrap().unwrap();
    replace(dir.path(), &says("good"));
    let first = get().await;
    registry.forget_idle(std::time::Duration::from_secs(3600));
    assert!(Arc::ptr_eq(&first, &get().await));
    registry.forget_idle(std::time::Duration::ZERO);
    let second = get().await;
    assert!(!Arc::ptr_eq(&first, &second));
    replace(dir.path(), b"bad");
    assert!(Arc::ptr_eq(&second, &get().await));
    registry.forget_idle(std::time::Duration::ZERO);
    assert!(Arc::ptr_eq(&second, &get().await));
}

#[tokio::test]
async fn folders_and_paths_outside_are_no_files() {
    let dir = tempfile::tempdir().unwrap();
    fs::create_dir_all(dir.path().join("in/x.wasm")).unwrap();
    fs::write(dir.path().join("out.wasm"), says("out")).unwrap();
    std::os::unix::fs::symlink("../out.wasm", dir.path().join("in/link.wasm")).unwrap();
    let registry = registry(&runtime(), &dir.path().join("in"));
    for path in ["x.wasm", "../out.wasm", "link.wasm", "x.wasm/y.wasm"] {
        assert!(
            registry.handler(Path::new(path)).await.unwrap().is_none(),
            "{path}"
        );
    }
}

#[tokio::test]
async fn many_requests_at_once_load_once() {
    let dir = tempfile::tempdir().unwrap();
    let registry = Arc::new(registry(&runtime(), dir.path()));
    replace(dir.path(), &says("one"));
    fs::copy(dir.path().join(FILE), dir.path().join("copy.wasm")).unwrap();
    let tasks: Vec<_> = (0..20)
        .map(|i| {
            let registry = registry.clone();
            let path = Path::new(if i % 2 == 0 { FILE } else { "copy.wasm" });
            tokio::spawn(async move { registry.handler(path).await.unwrap().unwrap() })
        })
        .collect();
    let mut handlers = Vec::new();
    for task in tasks {
        handlers.push(task.await.unwrap());
    }
    // Files of the same content share the component.
    assert!(handlers.iter().all(|h| h.shares_code_with(&handlers[0])));
}

#[tokio::test]
async fn compiled_code_is_kept_on_disk() {
    let dir = tempfile::tempdir().unwrap();
    let cache = dir.path().join("cache");
    let start = || {
        Runtime::new(RuntimeConfig {
            cache_dir: Some(cache.clone()),
            instances: 4,
            ..RuntimeConfig::default()
        })
        .unwrap()
    };
    let plugins = dir.path().join("plugins");
    fs::create_dir(&plugins).unwrap();
    replace(&plugins, &says("kept"));
    assert_eq!(says_now(&registry(&start(), &plugins)).await, "kept");
    let kept = || {
        let files = fs::read_dir(&cache).unwrap().map(|f| f.unwrap().path());
        let mut files: Vec<_> = files
            .filter(|path| path.extension().is_some_and(|e| e == "code"))
            .map(|path| (fs::metadata(&path).unwrap().len(), path))
            .collect();
        files.sort();
        files
    };
    let first = kept();
    assert_eq!(first.len(), 1);
    assert_eq!(says_now(&registry(&start(), &plugins)).await, "kept");
    assert_eq!(kept(), first);
    // Damage is noticed and mended.
    fs::write(&first[0].1, b"damaged").unwrap();
    assert_eq!(says_now(&registry(&start(), &plugins)).await, "kept");
    assert_eq!(kept(), first);
}
