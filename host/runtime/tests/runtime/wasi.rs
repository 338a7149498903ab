//! Guests of toolchains that bring WASI with them.

use crate::common::log::Log;
use crate::common::{encode, handler, request, runtime, tenant};
use host_runtime::Limits;

const WIT: &str = "
    package test:x;

    package wasi:io@0.2.9 {
      interface error { resource error; }
      interface streams {
        use error.{error};
        variant stream-error { last-operation-failed(error), closed }
        resource output-stream {
          blocking-write-and-flush: func(contents: list<u8>) -> result<_, stream-error>;
        }
      }
    }
    package wasi:cli@0.2.9 {
      interface stdout {
        use wasi:io/streams@0.2.9.{output-stream};
        get-stdout: func() -> output-stream;
      }
    }
    package wasi:filesystem@0.2.9 {
      interface types { resource descriptor; }
      interface preopens {
        use types.{descriptor};
        get-directories: func() -> list<tuple<descriptor, string>>;
      }
    }

    world w {
      include host:handler/main-handler@0.1.0;
      import wasi:cli/stdout@0.2.9;
      import wasi:filesystem/preopens@0.2.9;
    }";

/// Prints a line and half of another, and traps if it is given any folder.
const GUEST: &str = r#"(module
    (import "wasi:cli/stdout@0.2.9" "get-stdout" (func $stdout (result i32)))
    (import "wasi:io/streams@0.2.9" "[method]output-stream.blocking-write-and-flush"
      (func $print (param i32 i32 i32 i32)))
    (import "wasi:filesystem/preopens@0.2.9" "get-directories" (func $folders (param i32)))
    (import "host:handler/request@0.1.0" "[resource-drop]request" (func $a (param i32)))
    (import "host:handler/response@0.1.0" "[resource-drop]response" (func $b (param i32)))
    (memory (export "memory") 1)
    (data (i32.const 1024) "first line\nand half")
    (func (export "cabi_realloc") (param i32 i32 i32 i32) (result i32) (i32.const 2048))
    (func (export "main") (param i32 i32) (result i32)
      (call $print (call $stdout) (i32.const 1024) (i32.const 19) (i32.const 512))
      (if (i32.load8_u (i32.const 512)) (then unreachable))
      (call $folders (i32.const 512))
      (if (i32.load (i32.const 516)) (then unreachable))
      (call $a (local.get 0))
      (call $b (local.get 1))
      (i32.const 0)))"#;

#[tokio::test]
async fn stdout_goes_to_the_log_and_there_are_no_folders() {
    let wasm = encode("w", GUEST, Some(WIT));
    let handler = handler(&runtime(), &wasm).await;
    let log = Log::default();
    let subscriber = tracing_subscriber::fmt()
        .with_ansi(false)
        .with_writer(log.clone())
        .finish();
    let outcome = {
        let _guard = tracing::subscriber::set_default(subscriber);
        let (_, outcome) = request(&handler, &tenant(Limits::default()), "GET", "").await;
        outcome
    };
    assert_eq!(outcome.failure, None);
    let log = log.text();
    let lines: Vec<&str> = log.lines().filter(|l| l.contains("handler:")).collect();
    assert_eq!(lines.len(), 2, "{log}");
    assert!(lines[0].contains("first line") && lines[0].contains("route=/test"));
    assert!(lines[1].contains("and half"), "{log}");
}
