//! Handlers that change while they serve.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use host_tests::h1::Client;
use host_tests::load::Load;
use host_tests::{Host, plugin, test_plugin};

/// Puts one of the two versions, says which in `newest`, and ticks.
fn version(n: u64) -> Vec<u8> {
    test_plugin(if n.is_multiple_of(2) {
        "version-2"
    } else {
        "version-1"
    })
}

#[test]
fn replaced_under_load_without_a_failed_request_or_a_late_version() {
    const REPLACEMENTS: u64 = 20;
    let host = Host::builder().file("v.wasm", version(1)).start();
    // Both are compiled now; afterwards they are new files of known content.
    for n in [1, 2] {
        host.plugins().put("v.wasm", version(n));
        host.get("/v").expect(200);
    }

    // Counts the replacements, twice for each: odd while one is under way.
    let clock = Arc::new(AtomicU64::new(4));
    let (address, seen) = (host.http(), Arc::clone(&clock));
    let load = Load::start(
        4,
        || Client::connect(address),
        move |client| {
            let before = seen.load(Ordering::SeqCst);
            client.send("GET /v HTTP/1.1\r\nHost: t\r\n\r\n");
            let answer = client.try_response(false)?;
            let after = seen.load(Ordering::SeqCst);
            if answer.status != 200 {
                return Err(format!("{answer:?}: {}", answer.text()));
            }
            // Between two replacements there is one right answer.
            let settled = before == after && before.is_multiple_of(2);
            let right = format!(
                "version-{}",
                if (before / 2).is_multiple_of(2) { 2 } else { 1 }
            );
            if settled && !answer.text().contains(&right) {
                return Err(format!("{} at {before}, not {right}", answer.text()));
            }
            Ok(())
        },
    );
    for _ in 0..REPLACEMENTS {
        load.wait_for(20);
        let n = clock.fetch_add(1, Ordering::SeqCst) / 2 + 1;
        host.plugins().put("v.wasm", version(n));
        clock.fetch_add(1, Ordering::SeqCst);
        load.wait_for(20);
    }
    assert!(load.stop() > REPLACEMENTS * 40);
    host.stop();
}

#[test]
fn a_version_that_must_be_compiled_first_is_still_the_next_answer() {
    let host = Host::builder().file("v.wasm", version(1)).start();
    assert!(host.get("/v").expect(200).text().contains("version-1"));
    let load = Load::get(&host, 2, "/v", "version-");
    load.wait_for(10);
    host.plugins().put("v.wasm", version(2));
    assert!(host.get("/v").expect(200).text().contains("version-2"));
    load.wait_for(10);
    load.stop();
    host.stop();
}

#[test]
fn files_appear_and_vanish() {
    let host = Host::start(&[]);
    let mut client = host.h1();
    client.get("/hello").expect(404);
    host.plugins().put("hello.wasm", plugin("hello"));
    client.get("/hello").expect(200);
    host.plugins().put("deep/er/index.wasm", plugin("hello"));
    client.get("/deep/er/").expect(200);
    host.plugins().put("page.txt", "one");
    assert_eq!(client.get("/page.txt").expect(200).text(), "one");
    host.plugins().put("page.txt", "other");
    assert_eq!(client.get("/page.txt").expect(200).text(), "other");
    for name in ["hello.wasm", "deep/er/index.wasm", "page.txt"] {
        host.plugins().remove(name);
    }
    for path in ["/hello", "/page.txt"] {
        client.get(path).expect(404);
    }
    let listing = client.get("/deep/er/").expect(200).text();
    assert!(listing.contains("Directory listing"), "{listing}");
    host.plugins().put("hello.wasm", plugin("hello"));
    client.get("/hello").expect(200);
    host.stop();
}

#[test]
fn half_a_file_hurts_nobody() {
    let host = Host::builder().file("v.wasm", version(1)).start();
    assert!(host.get("/v").expect(200).text().contains("version-1"));
    let whole = version(2);
    // Written in place, as cp does, a piece at a time.
    let path = host.plugins().path().join("v.wasm");
    for part in [0, 1, 8, 100, whole.len() / 2, whole.len() - 1] {
        std::fs::write(&path, &whole[..part]).unwrap();
        let answer = host.get("/v").expect(200);
        assert!(answer.text().contains("version-1"), "{part} bytes");
    }
    host.wait_for_event("log", "v.wasm");
    std::fs::write(&path, &whole).unwrap();
    assert!(host.get("/v").expect(200).text().contains("version-2"));
    host.stop();
}

#[test]
fn a_broken_first_version_is_a_500_until_a_good_one_comes() {
    let host = Host::builder().file("v.wasm", "no component").start();
    let answer = host.get("/v").expect(500);
    assert!(answer.text().contains("component"), "{}", answer.text());
    host.plugins().put("v.wasm", version(1));
    assert!(host.get("/v").expect(200).text().contains("version-1"));
    // And a broken later one keeps the good one.
    host.plugins().put("v.wasm", "no component");
    assert!(host.get("/v").expect(200).text().contains("version-1"));
    host.stop();
}

#[test]
fn a_request_under_way_ends_on_the_version_that_it_began_with() {
    let host = Host::builder().file("x.wasm", plugin("frames")).start();
    let mut client = host.h2();
    use host_tests::h2::{data, headers};
    client.send(headers(1).post("/x").field("test", "pass").end_headers());
    client.expect(headers(1).status(200));
    host.plugins().put("x.wasm", version(1));
    assert!(host.get("/x").expect(200).text().contains("version-1"));
    client.send(data(1, b"abc"));
    client.expect(data(1, b"cba"));
    host.plugins().remove("x.wasm");
    host.get("/x").expect(404);
    client.send(data(1, b"").end_stream());
    assert_eq!(client.answer(1).text(), "\nEnd of File");
    host.stop();
}

#[test]
fn compiled_code_is_kept_for_the_next_start() {
    let state = tempfile::tempdir().unwrap();
    for _ in 0..2 {
        let host = Host::builder()
            .state(state.path())
            .plugins(&["hello"])
            .start();
        host.get("/hello").expect(200);
        host.stop();
    }
    // A cache that was spoilt is a cache that is not used.
    let mut spoilt = 0;
    for file in files(state.path()) {
        let text = std::fs::read(&file).unwrap();
        if !text.starts_with(b"-----BEGIN") && text.len() > 10_000 {
            std::fs::write(&file, &text[..text.len() / 2]).unwrap();
            spoilt += 1;
        }
    }
    assert!(spoilt > 0, "nothing was kept");
    let mut host = Host::builder()
        .state(state.path())
        .plugins(&["hello"])
        .start();
    host.get("/hello").expect(200);
    host.assert_well();
    host.stop();
}

fn files(folder: &std::path::Path) -> Vec<std::path::PathBuf> {
    let entries = std::fs::read_dir(folder)
        .unwrap()
        .map(|e| e.unwrap().path());
    entries
        .flat_map(|path| {
            if path.is_dir() {
                files(&path)
            } else {
                vec![path]
            }
        })
        .collect()
}
