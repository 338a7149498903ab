//! What a handler cannot do: each limit ends its request with the limit's name,
//! and nothing else's.

use std::sync::Arc;
use std::time::Duration;

use crate::common::{
    Client, component, content, dev_tenant, get, handler, main, request, runtime, says, tenant,
};
use host_runtime::{Failure, Limit, Limits, Outcome, Tenant};
use host_wire::Negotiated;

/// Runs `main` with this body and expects a 500 that names the limit.
async fn overrun(body: &str, limits: Limits, limit: Limit) -> Outcome {
    let (answer, outcome) = get(&main(body), limits).await;
    assert_eq!(outcome.failure, Some(Failure::Overrun(limit)), "{answer}");
    assert_eq!(outcome.status, Some(500));
    assert!(answer.starts_with("HTTP/1.1 500 "), "{answer}");
    assert!(content(&answer).contains(&limit.to_string()), "{answer}");
    outcome
}

#[tokio::test]
async fn a_loop_ends_by_cpu_time() {
    let cpu = Duration::from_millis(30);
    let limits = Limits {
        cpu,
        ..Limits::default()
    };
    let outcome = overrun("(loop $l (br $l)) (call $ok)", limits, Limit::Cpu(cpu)).await;
    assert!(outcome.cpu >= cpu);
}

#[tokio::test]
async fn a_neighbour_is_served_while_a_handler_loops() {
    // One thread for both: the loop must give it away.
    let runtime = runtime();
    let cpu = Duration::from_secs(3600);
    let limits = Limits {
        cpu,
        wall: cpu,
        ..Limits::default()
    };
    let tenant = tenant(limits);
    let looping = handler(&runtime, &main("(loop $l (br $l)) (call $ok)")).await;
    let hello = handler(&runtime, &says("hello")).await;
    let mut client = Client::new(&looping, &tenant, Negotiated::Http1);
    client.send("GET / HTTP/1.1\r\nHost: x\r\n\r\n").await;
    let (answer, _) = request(&hello, &tenant, "GET", "").await;
    assert_eq!(content(&answer), "hello");
}

#[tokio::test]
async fn a_sleeper_ends_by_wall_time() {
    let wall = Duration::from_millis(30);
    let limits = Limits {
        wall,
        ..Limits::default()
    };
    overrun(
        "(call $sleep (i64.const -1)) (call $ok)",
        limits,
        Limit::Wall(wall),
    )
    .await;
}

#[tokio::test]
async fn memory_is_bounded_whatever_the_guest_makes_of_the_refusal() {
    let limits = || Limits {
        memory: 1 << 20,
        ..Limits::default()
    };
    let limit = Limit::Memory(1 << 20);
    // One that dies of it.
    let dies = "(if (i32.eq (memory.grow (i32.const 100)) (i32.const -1)) (then unreachable))
                (call $ok)";
    overrun(dies, limits(), limit).await;
    // One that wants all of it at the start.
    let whole = "(module (memory (export \"memory\") 17)
        (func (export \"cabi_realloc\") (param i32 i32 i32 i32) (result i32) unreachable)
        (func (export \"main\") (param i32 i32) (result i32) unreachable))";
    let (_, outcome) = get(
        &crate::common::encode("main-handler", whole, None),
        limits(),
    )
    .await;
    assert_eq!(outcome.failure, Some(Failure::Overrun(limit)));
    // One that can do without.
    let (answer, outcome) = get(
        &main("(drop (memory.grow (i32.const 100))) (call $ok)"),
        limits(),
    )
    .await;
    assert!(answer.starts_with("HTTP/1.1 200 "), "{answer}");
    assert_eq!(outcome.failure, None);
}

#[tokio::test]
async fn tables_are_bounded() {
    let wasm = component(
        "main-handler",
        r#"(table $t 1 funcref)
           (func (export "main") (param i32 i32) (result i32)
             (if (i32.eq (table.grow $t (ref.null func) (i32.const 5000)) (i32.const -1))
               (then unreachable))
             (call $done (local.get 0) (local.get 1) (call $ok)))"#,
    );
    let limits = Limits {
        table_elements: 1000,
        ..Limits::default()
    };
    let (_, outcome) = get(&wasm, limits).await;
    let limit = Limit::TableElements(1000);
    assert_eq!(outcome.failure, Some(Failure::Overrun(limit)));
}

#[tokio::test]
async fn recursion_ends_at_the_stack_limit() {
    let wasm = component(
        "main-handler",
        r#"(func $deep (param i32) (result i32)
             (i32.add (call $deep (local.get 0)) (i32.const 1)))
           (func (export "main") (param i32 i32) (result i32)
             (call $deep (i32.const 0)))"#,
    );
    let (answer, outcome) = get(&wasm, Limits::default()).await;
    assert_eq!(outcome.failure, Some(Failure::Overrun(Limit::Stack)));
    assert!(content(&answer).contains("stack limit"), "{answer}");
}

#[tokio::test]
async fn handles_are_bounded() {
    let limits = Limits {
        handles: 100,
        ..Limits::default()
    };
    let bomb = "(loop $l (drop (call $writer (local.get $response))) (br $l)) (call $ok)";
    overrun(bomb, limits, Limit::Handles(100)).await;
}

#[tokio::test]
async fn a_traps_backtrace_is_for_the_log_and_for_dev() {
    let wasm = component(
        "main-handler",
        r#"(func $inner (result i32) unreachable)
           (func (export "main") (param i32 i32) (result i32) (call $inner))"#,
    );
    let handler = handler(&runtime(), &wasm).await;
    let (answer, outcome) = request(&handler, &tenant(Limits::default()), "GET", "").await;
    assert!(answer.starts_with("HTTP/1.1 500 "));
    assert!(content(&answer).contains("traceback suppressed"));
    let Some(Failure::Trap { message, backtrace }) = outcome.failure else {
        panic!("{:?}", outcome.failure);
    };
    assert!(message.contains("unreachable"), "{message}");
    assert!(backtrace.contains("!inner"), "{backtrace}");
    assert!(!answer.contains("inner"), "{answer}");

    let dev = dev_tenant();
    let (answer, _) = request(&handler, &dev, "GET", "").await;
    assert!(answer.contains("!inner"), "{answer}");
}

/// Writes 1,000 bytes as often as it is let, then returns.
const WRITES: &str = r#"
    (local $writer i32)
    (local.set $writer (call $writer (local.get $response)))
    (block $refused
      (loop $more
        (call $write_data (local.get $writer) (i32.const 1024) (i32.const 1000)
          (i32.const 0) (i32.const 0) (i32.const 0) (i32.const 512))
        (br_if $refused (i32.load8_u (i32.const 512)))
        (br $more)))
    (call $ok)"#;

fn writes() -> Vec<u8> {
    component(
        "main-handler",
        &format!(
            r#"(func (export "main") (param $request i32) (param $response i32) (result i32)
                 {})"#,
            WRITES.replace(
                "(call $ok)",
                "(call $done (local.get $request) (local.get $response) (call $ok))"
            )
        ),
    )
}

#[tokio::test]
async fn endless_writing_ends_at_the_response_limit_and_looks_unfinished() {
    let limits = Limits {
        response_bytes: 10_000,
        ..Limits::default()
    };
    let (answer, outcome) = get(&writes(), limits).await;
    let limit = Limit::ResponseBytes(10_000);
    assert_eq!(outcome.failure, Some(Failure::Overrun(limit)));
    assert!(outcome.response_bytes <= 10_000);
    assert!(answer.len() > 9_000);
    assert!(!answer.ends_with("0\r\n\r\n"), "it must not look complete");
}

#[tokio::test]
async fn endless_writing_to_a_client_that_does_not_read_ends_by_wall_time() {
    let wall = Duration::from_millis(50);
    let limits = Limits {
        wall,
        ..Limits::default()
    };
    let handler = handler(&runtime(), &writes()).await;
    let mut client = Client::new(&handler, &tenant(limits), Negotiated::Http1);
    client.send("GET / HTTP/1.1\r\nHost: x\r\n\r\n").await;
    let failure = client.outcome().await.failure;
    assert_eq!(failure, Some(Failure::Overrun(Limit::Wall(wall))));
}

#[tokio::test]
async fn content_and_fields_are_bounded() {
    let limits = Limits {
        response_bytes: 10_000,
        ..Limits::default()
    };
    let large = "(call $set_content (local.get $response) (i32.const 0) (i32.const 10001))
                 (call $ok)";
    overrun(large, limits, Limit::ResponseBytes(10_000)).await;
    let fields = "(loop $l
          (call $append_header (local.get $response)
            (i32.const 1024) (i32.const 100) (i32.const 1024) (i32.const 100))
          (br $l))
        (call $ok)";
    overrun(fields, Limits::default(), Limit::ResponseHead(1 << 20)).await;
}

#[tokio::test]
async fn one_call_carries_no_more_than_the_memory_limit() {
    // A list can name the same bytes many times over: 512 fields of 64 KiB.
    let fields = "(local $at i32)
        (local.set $at (i32.const 1024))
        (loop $next
          (i32.store offset=8 (local.get $at) (i32.const 32768))
          (i32.store offset=12 (local.get $at) (i32.const 65536))
          (local.set $at (i32.add (local.get $at) (i32.const 16)))
          (br_if $next (i32.lt_u (local.get $at) (i32.const 9216))))
        (call $set_headers (local.get $response) (i32.const 1024) (i32.const 512))
        (call $ok)";
    let wasm = component(
        "main-handler",
        &format!(
            r#"(func (export "main") (param $request i32) (param $response i32) (result i32)
                 {fields})"#
        ),
    );
    let limits = Limits {
        memory: 1 << 20,
        ..Limits::default()
    };
    let (_, outcome) = get(&wasm, limits).await;
    let limit = Limit::CallBytes(1 << 20);
    assert_eq!(outcome.failure, Some(Failure::Overrun(limit)));
}

#[tokio::test]
async fn a_tenant_has_its_share_of_instances_and_others_theirs() {
    let runtime = runtime();
    let wasm = main("(call $body (local.get $request) (i32.const 512)) (call $ok)");
    let waits = handler(&runtime, &wasm).await;
    let one = tenant(Limits {
        instances: 1,
        ..Limits::default()
    });
    let mut first = Client::new(&waits, &one, Negotiated::Http1);
    first
        .send("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\n\r\n")
        .await;
    // It holds its slot once it reads; the second is asked for behind that.
    while one_is_free(&waits, &one).await {}
    let (answer, outcome) = request(&waits, &one, "GET", "").await;
    let busy = Failure::Busy(Limit::TenantInstances(1));
    assert_eq!(outcome.failure, Some(busy));
    assert!(answer.starts_with("HTTP/1.1 503 "), "{answer}");
    assert!(answer.contains("Retry-After: 1\r\n"), "{answer}");
    assert!(
        content(&answer).contains("1 requests at a time"),
        "{answer}"
    );

    let (answer, _) = request(&waits, &tenant(Limits::default()), "GET", "").await;
    assert!(answer.starts_with("HTTP/1.1 200 "), "{answer}");

    first.send("x").await;
    assert_eq!(first.outcome().await.status, Some(200));
    let (answer, _) = request(&waits, &one, "GET", "").await;
    assert!(answer.starts_with("HTTP/1.1 200 "), "{answer}");
}

/// Whether a request of this tenant is let in now.
async fn one_is_free(handler: &Arc<host_runtime::Handler>, tenant: &Arc<Tenant>) -> bool {
    request(handler, tenant, "GET", "").await.1.status == Some(200)
}

#[tokio::test]
async fn the_pool_is_shared_and_its_end_is_a_503() {
    let runtime = host_runtime::Runtime::new(host_runtime::RuntimeConfig {
        instances: 1,
        instance_wait: Duration::from_millis(20),
        ..Default::default()
    })
    .unwrap();
    let wasm = main("(call $body (local.get $request) (i32.const 512)) (call $ok)");
    let waits = handler(&runtime, &wasm).await;
    let mut first = Client::new(&waits, &tenant(Limits::default()), Negotiated::Http1);
    first
        .send("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\n\r\n")
        .await;
    let other = tenant(Limits::default());
    while one_is_free(&waits, &other).await {}
    let (answer, outcome) = request(&waits, &other, "GET", "").await;
    let busy = Failure::Busy(Limit::Instances(1));
    assert_eq!(outcome.failure, Some(busy), "{answer}");
    assert!(answer.starts_with("HTTP/1.1 503 "), "{answer}");
}

#[tokio::test]
async fn a_slot_shows_nothing_of_its_last_owner() {
    let runtime = host_runtime::Runtime::new(host_runtime::RuntimeConfig {
        instances: 1,
        ..Default::default()
    })
    .unwrap();
    let tenant = tenant(Limits::default());
    // Both have a memory of the same shape and no data in its second half. One
    // fills it; the other answers 500 if there is anything but zeros in it.
    let fills = main(
        "(drop (memory.grow (i32.const 30)))
         (memory.fill (i32.const 65536) (i32.const 0xA5) (i32.const 2031616))
         (call $ok)",
    );
    let looks = component(
        "main-handler",
        r#"(func (export "main") (param $request i32) (param $response i32) (result i32)
             (local $at i32)
             (drop (memory.grow (i32.const 30)))
             (local.set $at (i32.const 65536))
             (block $end
               (loop $next
                 (br_if $end (i32.ge_u (local.get $at) (i32.const 2097152)))
                 (if (i64.ne (i64.load (local.get $at)) (i64.const 0)) (then unreachable))
                 (local.set $at (i32.add (local.get $at) (i32.const 8)))
                 (br $next)))
             (call $done (local.get $request) (local.get $response) (call $ok)))"#,
    );
    let fills = handler(&runtime, &fills).await;
    let looks = handler(&runtime, &looks).await;
    for _ in 0..20 {
        let (_, outcome) = request(&fills, &tenant, "GET", "").await;
        assert_eq!(outcome.failure, None);
        let (_, outcome) = request(&looks, &tenant, "GET", "").await;
        assert_eq!(outcome.failure, None);
    }
}
