//! What is no handler, in words: for `host check` and for the log.

use std::path::Path;

use crate::common::{encode, main, registry, runtime};
use host_runtime::Inspection;

fn inspect(wasm: &[u8]) -> Inspection {
    runtime().inspect(wasm)
}

#[track_caller]
fn refused(wasm: &[u8], words: &[&str]) {
    let inspection = inspect(wasm);
    let why = inspection.refused.expect("it is refused");
    for word in words {
        assert!(why.contains(word), "no {word:?} in: {why}");
    }
}

/// A module of one function that traps, with an allocator.
fn module(export: &str, signature: &str) -> String {
    format!(
        r#"(module (memory (export "memory") 1)
             (func (export "cabi_realloc") (param i32 i32 i32 i32) (result i32) unreachable)
             (func (export "{export}") {signature} unreachable))"#
    )
}

#[test]
fn a_handler_is_described() {
    let inspection = inspect(&main("(call $ok)"));
    assert!(inspection.is_accepted());
    assert_eq!(inspection.hooks.names(), ["main"]);
    let text = inspection.to_string();
    for word in ["It is a handler", "main", "host:handler/response@0.1.0"] {
        assert!(text.contains(word), "no {word:?} in: {text}");
    }
    let json = serde_json::to_value(&inspection).unwrap();
    assert_eq!(json["hooks"]["main"], true);
    assert_eq!(json["refused"], serde_json::Value::Null);
}

#[test]
fn what_is_no_component_is_refused_with_advice() {
    let core = wat::parse_str("(module)").unwrap();
    refused(&core, &["core wasm module", "wasm-tools component new"]);
    refused(b"(component)", &["text form", "wasm-tools parse"]);
    refused(b"", &["empty file"]);
    let whole = main("(call $ok)");
    refused(&whole[..whole.len() / 2], &["not a valid component"]);
}

#[test]
fn a_component_without_hooks_is_told_what_hooks_are() {
    let wit = "package test:x; world w { export run: func(); }";
    let wasm = encode("w", &module("run", ""), Some(wit));
    refused(&wasm, &["no hook", "`main`", "exports `run`"]);
}

#[test]
fn a_hook_of_another_type_is_shown_both() {
    let wit = "package test:x; world w { export main: func(a: u32, b: list<string>) -> string; }";
    let signature = "(param i32 i32 i32) (result i32)";
    let wasm = encode("w", &module("main", signature), Some(wit));
    refused(
        &wasm,
        &[
            "export `main`",
            "func(a: u32, b: list<string>) -> string",
            "func(request: borrow<request>, response: borrow<response>) -> result<_, handler-error>",
        ],
    );
}

#[test]
fn a_missing_interface_is_named_beside_what_there_is() {
    let wit = "package test:x;
        interface stash { get: func() -> u32; }
        world w { import stash; export main: func(); }";
    let core = r#"(module (import "test:x/stash" "get" (func (result i32)))
        (func (export "main")))"#;
    let wasm = encode("w", core, Some(wit));
    refused(
        &wasm,
        &[
            "`test:x/stash`",
            "Host has host:handler/clock@0.1.0",
            "wasi:cli@0.2",
        ],
    );
}

#[test]
fn a_missing_function_is_named_with_its_interface() {
    let wit = "package host:handler@0.1.0;
        interface random { more: func() -> u32; }
        world w { import random; export main: func(); }";
    let core = r#"(module (import "host:handler/random@0.1.0" "more" (func (result i32)))
        (func (export "main")))"#;
    let mut resolve = wit_parser::Resolve::default();
    let package = resolve.push_str("test.wit", wit).unwrap();
    let world = resolve.select_world(&[package], Some("w")).unwrap();
    let wasm = crate::common::encode_in(&resolve, world, core);
    refused(&wasm, &["host:handler/random@0.1.0", "`more`"]);
}

#[tokio::test]
async fn an_error_names_the_file() {
    let dir = tempfile::tempdir().unwrap();
    std::fs::write(dir.path().join("x.wasm"), "text").unwrap();
    let registry = registry(&runtime(), dir.path());
    let error = registry.handler(Path::new("x.wasm")).await.unwrap_err();
    assert!(
        error
            .to_string()
            .starts_with("x.wasm: it is not a wasm component")
    );
}
