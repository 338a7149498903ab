//! Handlers written in wasm's text form, and a client that runs requests
//! through them without a socket.
#![allow(unreachable_pub, reason = "for the tests beside it")]

pub mod frames;
pub mod log;

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use cap_std::ambient_authority;
use cap_std::fs::Dir;
use host_runtime::{Handler, Limits, Outcome, Registry, Route, Runtime, RuntimeConfig, Tenant};
use host_wire::{
    ConnectionInfo, Exchange, Limits as WireLimits, Negotiated, Service, Violation,
    serve_connection,
};
use tokio::io::{AsyncReadExt, AsyncWriteExt, DuplexStream};
use tokio::sync::{mpsc, watch};
use wit_component::{ComponentEncoder, StringEncoding, embed_component_metadata};
use wit_parser::{Resolve, WorldId};

/// What every core module begins with: imports, a memory of two pages, an
/// allocator that only goes up, and these functions:
/// `$ok` gives the result of a hook that succeeds, `$err` of one that fails;
/// `$done` gives back the handles that a hook was lent, as it must.
/// Bytes 0 to 1023 are scratch, 1024 to 2047 for data of the test's own.
const PRELUDE: &str = r#"
  (import "host:handler/request@0.1.0" "[method]request.body"
    (func $body (param i32 i32)))
  (import "host:handler/request@0.1.0" "[method]request.read-body"
    (func $read_body (param i32 i32 i32)))
  (import "host:handler/request@0.1.0" "[method]request.url"
    (func $url (param i32 i32)))
  (import "host:handler/request@0.1.0" "[method]request.url-base"
    (func $url_base (param i32 i32)))
  (import "host:handler/request@0.1.0" "[method]request.route-match"
    (func $route_match (param i32 i32)))
  (import "host:handler/request@0.1.0" "[method]request.raw-input"
    (func $raw_input (param i32) (result i32)))
  (import "host:handler/request@0.1.0" "[method]raw-input.read"
    (func $input_read (param i32 i32 i32 i32)))
  (import "host:handler/request@0.1.0" "[method]raw-input.read-line"
    (func $input_read_line (param i32 i32 i32 i32)))
  (import "host:handler/request@0.1.0" "[method]raw-input.seek"
    (func $input_seek (param i32 i64 i32)))
  (import "host:handler/request@0.1.0" "[resource-drop]request"
    (func $drop_request (param i32)))
  (import "host:handler/response@0.1.0" "[resource-drop]response"
    (func $drop_response (param i32)))
  (import "host:handler/response@0.1.0" "[method]response.set-status"
    (func $set_status (param i32 i32 i32 i32 i32)))
  (import "host:handler/response@0.1.0" "[method]response.append-header"
    (func $append_header (param i32 i32 i32 i32 i32)))
  (import "host:handler/response@0.1.0" "[method]response.set-headers"
    (func $set_headers (param i32 i32 i32)))
  (import "host:handler/response@0.1.0" "[method]response.set-content"
    (func $set_content (param i32 i32 i32)))
  (import "host:handler/response@0.1.0" "[method]response.set-close-connection"
    (func $set_close (param i32 i32)))
  (import "host:handler/response@0.1.0" "[method]response.set-add-required-headers"
    (func $set_required (param i32 i32)))
  (import "host:handler/response@0.1.0" "[method]response.write-status-headers"
    (func $write_status_headers (param i32 i32)))
  (import "host:handler/response@0.1.0" "[method]response.write"
    (func $write (param i32 i32)))
  (import "host:handler/response@0.1.0" "[method]response.writer"
    (func $writer (param i32) (result i32)))
  (import "host:handler/writer@0.1.0" "[method]writer.write-data"
    (func $write_data (param i32 i32 i32 i32 i32 i32 i32)))
  (import "host:handler/writer@0.1.0" "[method]writer.end-stream"
    (func $end_stream (param i32 i32 i32 i32)))
  (import "host:handler/response@0.1.0" "[method]response.set-watch"
    (func $set_watch (param i32 i64)))
  (import "host:handler/response@0.1.0" "[method]response.set-send-body-for-head"
    (func $set_send_body_for_head (param i32 i32)))
  (import "host:handler/writer@0.1.0" "[method]writer.ping"
    (func $ping (param i32 i32 i32 i32)))
  (import "host:handler/writer@0.1.0" "[method]writer.write-raw-bytes"
    (func $write_raw_bytes (param i32 i32 i32 i32)))
  (import "host:handler/writer@0.1.0" "[method]writer.write-status"
    (func $write_status (param i32 i32 i32 i32 i32 i32)))
  (import "host:handler/writer@0.1.0" "[method]writer.write-header"
    (func $write_header (param i32 i32 i32 i32 i32 i32)))
  (import "host:handler/writer@0.1.0" "[method]writer.end-headers"
    (func $end_headers (param i32 i32)))
  (import "host:handler/writer@0.1.0" "[method]writer.write-content"
    (func $write_content (param i32 i32 i32 i32)))
  (import "host:handler/log@0.1.0" "write"
    (func $log (param i32 i32 i32)))
  (import "host:handler/clock@0.1.0" "sleep"
    (func $sleep (param i64)))
  (memory (export "memory") 2)
  (global $next (mut i32) (i32.const 65536))
  (func (export "cabi_realloc") (param i32 i32 i32 i32) (result i32)
    (local $at i32)
    (local.set $at (i32.and (i32.add (global.get $next) (i32.const 15)) (i32.const -16)))
    (global.set $next (i32.add (local.get $at) (local.get 3)))
    (block $fits
      (br_if $fits
        (i32.le_u (global.get $next) (i32.mul (memory.size) (i32.const 65536))))
      (br_if $fits
        (i32.ne (i32.const -1)
          (memory.grow (i32.add (i32.shr_u (local.get 3) (i32.const 16)) (i32.const 1)))))
      (unreachable))
    (memory.copy (local.get $at) (local.get 0) (local.get 1))
    (local.get $at))
  (func $done (param $request i32) (param $response i32) (param $result i32) (result i32)
    (call $drop_request (local.get $request))
    (call $drop_response (local.get $response))
    (local.get $result))
  (func $ok (result i32)
    (memory.fill (i32.const 0) (i32.const 0) (i32.const 16))
    (i32.const 0))
  (func $err (param $status i32) (param $at i32) (param $len i32) (result i32)
    (i32.store8 (i32.const 0) (i32.const 1))
    (i32.store16 (i32.const 4) (local.get $status))
    (i32.store (i32.const 8) (local.get $at))
    (i32.store (i32.const 12) (local.get $len))
    (i32.const 0))
"#;

/// A component of the given world of the WIT. `core` is what its core module
/// has beside [`PRELUDE`].
pub fn component(world: &str, core: &str) -> Vec<u8> {
    encode(world, &format!("(module {PRELUDE} {core})"), None)
}

/// A component with `main` alone, which has the locals `$request` and
/// `$response` and must leave its result.
pub fn main(body: &str) -> Vec<u8> {
    component(
        "main-handler",
        &format!(
            r#"(func (export "main") (param $request i32) (param $response i32) (result i32)
                 (call $done (local.get $request) (local.get $response) (block (result i32) {body})))"#
        ),
    )
}

/// A component with `main` alone that answers with this text.
pub fn says(text: &str) -> Vec<u8> {
    component(
        "main-handler",
        &format!(
            r#"(data (i32.const 1024) "{text}")
               (func (export "main") (param $request i32) (param $response i32) (result i32)
                 (call $set_content (local.get $response) (i32.const 1024) (i32.const {}))
                 (call $done (local.get $request) (local.get $response) (call $ok)))"#,
            text.len()
        ),
    )
}

/// A component with these hooks and no others.
pub fn hooks(names: &[&str], core: &str) -> Vec<u8> {
    let exports: String = names
        .iter()
        .map(|name| {
            let first = match *name {
                "handle-headers" | "handle-trailers" => "frame: headers-frame, ",
                "handle-data" => "frame: data-frame, ",
                "handle-frame" => "frame: control-frame, ",
                "handle-reset" => "code: u32, ",
                "handle-close" => "closing: closing, ",
                _ => "",
            };
            format!(
                "export {name}: func({first}request: borrow<request>, \
                 response: borrow<response>) -> result<_, handler-error>;"
            )
        })
        .collect();
    let wit = format!(
        "package test:hooks;
         world hooks {{
           include host:handler/imports@0.1.0;
           use host:handler/types@0.1.0.{{handler-error}};
           use host:handler/frames@0.1.0.{{headers-frame, data-frame, control-frame, closing}};
           use host:handler/request@0.1.0.{{request}};
           use host:handler/response@0.1.0.{{response}};
           {exports}
         }}"
    );
    encode("hooks", &format!("(module {PRELUDE} {core})"), Some(&wit))
}

/// A component of a core module and a world; `wit` is a package of its own that
/// has the world, where it is not host's.
pub fn encode(world: &str, module: &str, wit: Option<&str>) -> Vec<u8> {
    let mut resolve = Resolve::default();
    let dir = concat!(env!("CARGO_MANIFEST_DIR"), "/../../wit");
    let (mut package, _) = resolve.push_dir(dir).unwrap();
    if let Some(wit) = wit {
        package = resolve.push_str("test.wit", wit).unwrap();
    }
    let world = resolve.select_world(&[package], Some(world)).unwrap();
    encode_in(&resolve, world, module)
}

/// The same for a world that is found already.
pub fn encode_in(resolve: &Resolve, world: WorldId, module: &str) -> Vec<u8> {
    let mut module = wat::parse_str(module).unwrap();
    embed_component_metadata(&mut module, resolve, world, StringEncoding::UTF8).unwrap();
    let mut encoder = ComponentEncoder::default()
        .validate(true)
        .module(&module)
        .unwrap();
    encoder.encode().unwrap()
}

/// A small runtime without a cache.
pub fn runtime() -> Arc<Runtime> {
    Runtime::new(RuntimeConfig {
        instances: 16,
        instance_wait: Duration::from_millis(20),
        ..RuntimeConfig::default()
    })
    .unwrap()
}

/// A registry of a directory.
pub fn registry(runtime: &Arc<Runtime>, dir: &Path) -> Registry {
    let dir = Dir::open_ambient_dir(dir, ambient_authority()).unwrap();
    Registry::new(runtime.clone(), Arc::new(dir))
}

/// A handler of these bytes.
pub async fn handler(runtime: &Arc<Runtime>, wasm: &[u8]) -> Arc<Handler> {
    let dir = tempfile::tempdir().unwrap();
    std::fs::write(dir.path().join("test.wasm"), wasm).unwrap();
    let registry = registry(runtime, dir.path());
    let handler = registry.handler(Path::new("test.wasm")).await;
    handler.unwrap().expect("the file is there")
}

/// Runs each exchange of a connection through one handler.
struct Runner {
    handler: Arc<Handler>,
    tenant: Arc<Tenant>,
    route: Route,
    outcomes: mpsc::UnboundedSender<Outcome>,
}

impl Service for Runner {
    async fn call(&self, exchange: Exchange) {
        let run = self
            .handler
            .clone()
            .run(exchange, &self.tenant, self.route.clone(), None);
        // The test may have seen enough.
        let _ = self.outcomes.send(run.await);
    }

    fn violation(&self, _: &ConnectionInfo, violation: &Violation) {
        panic!("the test's client broke a rule: {violation}");
    }
}

/// A connection to a handler, and what became of its requests.
pub struct Client {
    pub stream: DuplexStream,
    outcomes: mpsc::UnboundedReceiver<Outcome>,
    /// Held: dropping it would not end anything, but it is the server's.
    _drain: watch::Sender<bool>,
}

impl Client {
    pub fn new(handler: &Arc<Handler>, tenant: &Arc<Tenant>, negotiated: Negotiated) -> Self {
        Self::routed(handler, tenant, negotiated, Route::named("/test"))
    }

    /// The same where requests come by this route.
    pub fn routed(
        handler: &Arc<Handler>,
        tenant: &Arc<Tenant>,
        negotiated: Negotiated,
        route: Route,
    ) -> Self {
        let (stream, server) = tokio::io::duplex(64 * 1024);
        let (sender, outcomes) = mpsc::unbounded_channel();
        let (drain, draining) = watch::channel(false);
        let info = Arc::new(ConnectionInfo {
            id: 1,
            peer: ([127, 0, 0, 1], 50_000).into(),
            local: ([127, 0, 0, 1], 8000).into(),
            tls: None,
            journal: None,
        });
        let service = Arc::new(Runner {
            handler: handler.clone(),
            tenant: tenant.clone(),
            route,
            outcomes: sender,
        });
        let limits = Arc::new(WireLimits {
            // What a client that does not read is given.
            stall_timeout: Duration::from_millis(100),
            ..WireLimits::default()
        });
        tokio::spawn(serve_connection(
            server, info, negotiated, limits, service, draining,
        ));
        Self {
            stream,
            outcomes,
            _drain: drain,
        }
    }

    /// What became of the next request.
    pub async fn outcome(&mut self) -> Outcome {
        self.outcomes.recv().await.expect("the connection goes on")
    }

    pub async fn send(&mut self, bytes: impl AsRef<[u8]>) {
        self.stream.write_all(bytes.as_ref()).await.unwrap();
    }

    /// The answer to a request that comes with others on one connection.
    pub async fn exactly(&mut self, expected: &str) {
        let mut bytes = vec![0; expected.len()];
        self.stream.read_exact(&mut bytes).await.unwrap();
        assert_eq!(String::from_utf8_lossy(&bytes), expected);
    }

    /// Reads HTTP/2 frames up to one of this type.
    pub async fn until(&mut self, kind: u8) {
        loop {
            let mut head = [0; 9];
            self.stream.read_exact(&mut head).await.unwrap();
            let length = u32::from_be_bytes([0, head[0], head[1], head[2]]);
            let mut payload = vec![0; length as usize];
            self.stream.read_exact(&mut payload).await.unwrap();
            if head[3] == kind {
                return;
            }
        }
    }

    /// Everything that comes until the connection ends.
    pub async fn rest(&mut self) -> String {
        let mut bytes = Vec::new();
        // A reset is an end, too.
        let _ = self.stream.read_to_end(&mut bytes).await;
        String::from_utf8_lossy(&bytes).into_owned()
    }
}

/// A tenant with these limits.
pub fn tenant(limits: Limits) -> Arc<Tenant> {
    Arc::new(Tenant::new("test", limits))
}

/// A tenant that may write raw.
pub fn raw_tenant(limits: Limits) -> Arc<Tenant> {
    let mut tenant = Tenant::new("raw", limits);
    tenant.raw = true;
    Arc::new(tenant)
}

/// A tenant that is shown what went wrong.
pub fn dev_tenant() -> Arc<Tenant> {
    let mut tenant = Tenant::new("dev", Limits::default());
    tenant.dev = true;
    Arc::new(tenant)
}

/// Sends one HTTP/1.1 request and gives the whole answer and its outcome.
pub async fn request(
    handler: &Arc<Handler>,
    tenant: &Arc<Tenant>,
    method: &str,
    body: &str,
) -> (String, Outcome) {
    let mut client = Client::new(handler, tenant, Negotiated::Http1);
    let length = match body.len() {
        0 => String::new(),
        n => format!("Content-Length: {n}\r\n"),
    };
    client
        .send(format!(
            "{method} /test?a=b HTTP/1.1\r\nHost: x.test\r\n{length}Connection: close\r\n\r\n{body}"
        ))
        .await;
    let answer = client.rest().await;
    (answer, client.outcome().await)
}

/// Runs `GET` on a handler of these bytes under these limits.
pub async fn get(wasm: &[u8], limits: Limits) -> (String, Outcome) {
    let handler = handler(&runtime(), wasm).await;
    request(&handler, &tenant(limits), "GET", "").await
}

/// What is behind the head of an answer.
pub fn content(answer: &str) -> &str {
    answer
        .split_once("\r\n\r\n")
        .map_or("", |(_, content)| content)
}
