//! Handlers read the files of their own folder, and nothing else.

use std::os::unix::fs::symlink;

use host_tests::{Host, test_plugin};
use serde_json::{Value, json};

fn host() -> Host {
    let host = Host::builder()
        .test_plugins(&["files"])
        .file("sub/files.wasm", test_plugin("files"))
        .file("sub/b.txt", "0123456789")
        .file("a.txt", "abcdef")
        .file(".env", "secret")
        .start();
    let root = host.plugins().path();
    symlink("../a.txt", root.join("sub/inside")).unwrap();
    symlink(host.state(), root.join("outside")).unwrap();
    host
}

fn ask(host: &Host, target: &str) -> Value {
    let [one, two] = [
        host.h1().get(target).expect(200).json(),
        host.h2().get(1, target).answer(1).expect(200).json(),
    ];
    assert_eq!(one, two);
    one
}

#[test]
fn a_file_whole_in_parts_and_what_is_known_of_it() {
    let host = host();
    for path in ["/sub/b.txt", "sub/b.txt", "/sub/../sub/./b.txt"] {
        let found = ask(&host, &format!("/files?path={path}"));
        let about = json!({"folder": false, "size": 10, "dated": true});
        assert_eq!(found["metadata"], about, "{found}");
        assert_eq!(found["read"], "0123456789");
        assert_eq!(found["parts"], json!(["89", "01", "34"]));
        assert_eq!(found["list"], format!("{path}: it is a file"));
    }
    host.stop();
}

#[test]
fn a_folder_and_its_names() {
    let host = host();
    let found = ask(&host, "/files?path=/");
    assert_eq!(found["metadata"]["folder"], true, "{found}");
    assert_eq!(found["list"], json!(["a.txt", "files.wasm", "sub/"]));
    assert_eq!(found["read"], "/: it is a folder");
    let found = ask(&host, "/files?path=/sub");
    assert_eq!(found["list"], json!(["b.txt", "files.wasm", "inside"]));
    host.stop();
}

#[test]
fn what_lies_beside_the_handler() {
    let host = host();
    let found = ask(&host, "/sub/files?beside=b.txt");
    assert_eq!(found["path"], "/sub/b.txt");
    assert_eq!(found["read"], "0123456789");
    // Links and `..` work inside the folder that is served.
    for name in ["inside", "../a.txt"] {
        let found = ask(&host, &format!("/sub/files?beside={name}"));
        assert_eq!(found["read"], "abcdef", "{found}");
    }
    host.stop();
}

#[test]
fn nothing_outside_and_nothing_hidden() {
    let host = host();
    let secret = host.state().join("secret");
    std::fs::write(&secret, "secret").unwrap();
    let absolute = secret.display().to_string();
    for path in [
        "/outside/secret",
        "../x",
        "/..",
        "/.env",
        "/none",
        &absolute,
    ] {
        let found = ask(&host, &format!("/files?path={path}"));
        assert_eq!(found["exists"], false, "{found}");
        for what in ["metadata", "list", "read", "parts", "held"] {
            assert_eq!(found[what], format!("{path}: no such file"), "{what}");
        }
    }
    host.stop();
}

#[test]
fn open_files_and_whole_reads_are_bounded() {
    let host = Host::builder()
        .test_plugins(&["files"])
        .file("a.txt", "abcdef")
        .args(["--body-bytes", "5B"])
        .start();
    let found = ask(&host, "/files?path=/a.txt&hold=65");
    assert_eq!(found["held"], "/a.txt: over 64 files open at a time");
    let over = "/a.txt: over 5 bytes of a file; it has 6";
    assert_eq!(found["read"], over);
    let found = ask(&host, "/files?path=/a.txt&hold=63");
    assert_eq!(found["held"], 63);
    // By pieces there is no such bound.
    assert_eq!(found["parts"], json!(["ef", "ab", "de"]));
    host.stop();
}
