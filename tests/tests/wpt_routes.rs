//! What `wpt serve` puts before the files of a checkout: paths that it forbids,
//! rewrites, aliases, wrappers, handlers in Python.

use host_tests::{Host, run, test_plugin};
use serde_json::json;

#[test]
fn what_wpt_forbids_is_not_there_on_both_protocols() {
    let mut builder = Host::builder().wpt();
    let forbidden = [
        "/_certs/key.pem",
        "/%5fcerts/key.pem",
        "/tools/x.txt",
        "/css/tools/x.txt",
        "/results/",
    ];
    let served = [
        "/tools/runner/index.txt",
        "/results/a.txt",
        "/css/deep/tools/x.txt",
        "/css/tools.txt",
    ];
    for path in forbidden.iter().chain(&served) {
        let name = path.trim_start_matches('/').replace("%5f", "_");
        let name = if name.ends_with('/') {
            name + "index.html"
        } else {
            name
        };
        builder = builder.file(&name, "here");
    }
    let host = builder.start();
    let (mut one, mut two) = (host.h1(), host.h2());
    for (n, path) in (0..).zip(forbidden) {
        one.get(path).expect(404);
        let stream = 2 * n + 1;
        two.get(stream, path);
        two.answer(stream).expect(404);
    }
    for (n, path) in (forbidden.len()..).zip(served) {
        assert_eq!(one.get(path).expect(200).text(), "here", "{path}");
        let stream = 2 * u32::try_from(n).unwrap() + 1;
        two.get(stream, path);
        assert_eq!(two.answer(stream).expect(200).text(), "here", "{path}");
    }
    // Only reading is allowed there.
    one.post("/tools/runner/index.txt", b"").expect(404);
    host.stop();
}

#[test]
fn the_parser_of_idl_is_where_tests_look_for_it() {
    let host = Host::builder()
        .wpt()
        .file("resources/webidl2/lib/webidl2.js", "parse")
        .start();
    let script = host.get("/resources/WebIDLParser.js").expect(200);
    assert_eq!(script.text(), "parse");
    host.stop();
}

#[test]
fn aliases_are_folders_and_files_elsewhere() {
    let folder = tempfile::tempdir().unwrap();
    let at = |name: &str| folder.path().join(name);
    for (name, content) in [
        ("a/x.txt", "a"),
        ("b/x.txt", "b"),
        ("b/only.sub.txt", "{{url_base}}"),
    ] {
        std::fs::create_dir_all(at(name).parent().unwrap()).unwrap();
        std::fs::write(at(name), content).unwrap();
    }
    // A file's folder is where the paths in it begin.
    std::fs::write(at("aliases"), "/other/, b\n\n/late/, b\n").unwrap();
    let config = json!({
        "aliases": [
            { "url-path": "/late/", "local-dir": at("a") },
            { "url-path": "/shared/deep/", "local-dir": at("a") },
            { "url-path": "/one/x.txt", "local-dir": at("b") },
        ],
    });
    let host = Host::builder()
        .wpt()
        .file("config.json", config.to_string())
        .file("one/y.txt", "own")
        .args(["--alias-file".into(), at("aliases")])
        .start();
    let mut client = host.h1();
    for (path, content) in [
        ("/shared/deep/x.txt", "a"),
        ("/other/x.txt", "b"),
        // The later alias goes before.
        ("/late/x.txt", "b"),
        ("/late/only.sub.txt", "/late/"),
        ("/one/x.txt", "b"),
        ("/one/y.txt", "own"),
    ] {
        assert_eq!(client.get(path).expect(200).text(), content, "{path}");
    }
    client.get("/one/only.sub.txt").expect(404);
    client.get("/shared/deep/../x.txt").expect(404);
    host.stop();

    let wrong = at("wrong");
    std::fs::write(&wrong, "/a/, b\nnothing\n").unwrap();
    Host::builder()
        .wpt()
        .args(["--alias-file".into(), wrong])
        .fails()
        .says(&["wrong:2:1: expected /ALIAS/, FOLDER, found \"nothing\""]);
}

#[test]
fn a_component_answers_in_place_of_a_script() {
    let host = Host::builder()
        .wpt()
        .file("b.py", "def main(request, response): return 'script'")
        .file("b.py.wasm", test_plugin("chaos"))
        .start();
    let mut client = host.h1();
    let told = client.get("/b.py?do=config").expect(200).text();
    assert!(told.contains("route=/b.py"), "{told}");
    client.get("/none.py").expect(404);
    host.stop();
}

#[test]
fn wrappers_and_latency_are_wpts() {
    let host = Host::builder()
        .wpt()
        .args(["--latency", "1"])
        .file("t.any.js", "// META: title=told\ntest(() => {});\n")
        .start();
    let page = host.get("/t.any.html").expect(200).text();
    assert!(page.contains("<title>told</title>"), "{page}");
    host.stop();
    Host::builder()
        .wpt()
        .args(["--latency", "2h"])
        .fails()
        .says(&["up to an hour"]);
}

#[test]
fn what_a_url_reaches_in_a_checkout() {
    let checkout = tempfile::tempdir().unwrap();
    std::fs::write(checkout.path().join("a.py"), "").unwrap();
    let told = |path: &str| {
        let checkout = checkout.path().as_os_str();
        run(["routes".as_ref(), "--wpt".as_ref(), checkout, path.as_ref()]).success()
    };
    told("/tools/serve/serve.py").says(&["/tools/*", "404"]);
    told("/resources/WebIDLParser.js").says(&["rewrites to /resources/webidl2/lib/webidl2.js"]);
    told("/a.py").says(&["the handler a.py"]);
}
