//! The other commands, and what they say to files that are no handlers.

use std::path::PathBuf;

use host_tests::{Host, plugin, run, test_plugin};

/// A folder with one file of each kind of mistake.
fn mistakes() -> (tempfile::TempDir, Vec<(&'static str, Vec<&'static str>)>) {
    let component = |text: &str| wat::parse_str(text).expect("a component");
    let folder = tempfile::tempdir().unwrap();
    let files = [
        (
            "text.wasm",
            b"not wasm".to_vec(),
            vec!["not a wasm component", "text file"],
        ),
        ("empty.wasm", Vec::new(), vec!["an empty file"]),
        (
            "core.wasm",
            component("(module (func (export \"main\")))"),
            vec!["core wasm module", "wasm-tools component new"],
        ),
        (
            "signature.wasm",
            component(
                r#"(component
                    (core module $m (func (export "main")))
                    (core instance $i (instantiate $m))
                    (func (export "main") (canon lift (core func $i "main"))))"#,
            ),
            vec!["`main`", "func(request: borrow<request>"],
        ),
        (
            "import.wasm",
            component(
                r#"(component
                    (import "no:where/thing@1.0.0" (instance (export "f" (func)))))"#,
            ),
            vec!["no:where/thing@1.0.0"],
        ),
        (
            "hooks.wasm",
            component("(component)"),
            vec!["no hook", "`handle-headers`"],
        ),
    ];
    let said = files
        .into_iter()
        .map(|(name, content, words)| {
            std::fs::write(folder.path().join(name), content).unwrap();
            (name, words)
        })
        .collect();
    (folder, said)
}

#[test]
fn help_has_examples() {
    run(["--help"])
        .success()
        .says(&["serve", "check", "routes"]);
    run(["serve", "--help"]).success().says(&[
        "host serve --plugins",
        "--listen",
        "--tls-listen",
        "--config",
        "--memory",
        "64 MiB",
        "--wall-time",
        "--cpu-time",
    ]);
    run(["check", "--help"]).success().says(&["host check"]);
    run(["routes", "--help"]).success().says(&["host routes"]);
}

#[test]
fn an_unknown_flag_is_refused_by_name() {
    run(["serve", "--plugin", "x"])
        .failure()
        .says(&["--plugins"]);
    run(["serve"]).failure().says(&["--plugins"]);
}

#[test]
fn check_tells_the_hooks_and_the_imports() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("frames.wasm");
    std::fs::write(&path, plugin("frames")).unwrap();
    run([PathBuf::from("check"), path]).success().says(&[
        "main",
        "handle-headers",
        "handle-data",
        "host:handler/response",
    ]);
    let path = folder.path().join("only-pipe.wasm");
    std::fs::write(&path, test_plugin("only-pipe")).unwrap();
    let says = &["answers no request", "handle-pipe"];
    run([PathBuf::from("check"), path]).success().says(says);
}

#[test]
fn check_says_what_is_wrong_and_what_to_do() {
    let (folder, files) = mistakes();
    for (name, words) in files {
        let path = folder.path().join(name);
        run([PathBuf::from("check"), path])
            .failure()
            .says(&[name])
            .says(&words);
    }
    run(["check", "/no/such.wasm"])
        .failure()
        .says(&["/no/such.wasm"]);
}

#[test]
fn a_file_that_is_no_handler_is_a_500_with_its_reason_and_spoils_no_other() {
    let (folder, files) = mistakes();
    let mut builder = Host::builder().plugins(&["hello"]);
    for (name, _) in &files {
        let content = std::fs::read(folder.path().join(name)).unwrap();
        builder = builder.file(name, content);
    }
    let mut host = builder.start();
    for (name, words) in files {
        let route = format!("/{}", name.trim_end_matches(".wasm"));
        let answer = host.get(&route).expect(500);
        for word in words {
            assert!(answer.text().contains(word), "{name}: {}", answer.text());
        }
        host.wait_for_event("log", &route);
        host.get("/hello").expect(200);
    }
    host.assert_well();
    host.stop();
}

#[test]
fn routes_lists_what_is_served_and_why_not() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::create_dir(folder.path().join("a")).unwrap();
    for name in ["hello.wasm", "a/index.wasm", "a/b.wasm"] {
        std::fs::write(folder.path().join(name), plugin("hello")).unwrap();
    }
    std::fs::write(folder.path().join("broken.wasm"), "x").unwrap();
    std::fs::write(folder.path().join("page.html"), "x").unwrap();
    let plugins = folder.path().to_str().unwrap();
    let said = run(["routes", "--plugins", plugins]);
    let text = said.all();
    for word in ["/hello", "/a/", "/a/b", "broken.wasm", "main"] {
        assert!(text.contains(word), "no {word} in {text}");
    }
    run(["routes", "--plugins", "/no/such"])
        .failure()
        .says(&["/no/such"]);
}

#[test]
fn completions_are_scripts_of_their_shells() {
    let script = run(["completions", "bash"]).success().text();
    assert!(script.contains("serve") && script.contains("--plugins"));
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("host.bash");
    std::fs::write(&path, script).unwrap();
    let checked = std::process::Command::new("bash")
        .arg("-n")
        .arg(path)
        .status();
    assert!(checked.unwrap().success());
    // fish names long options without their dashes: `-l plugins`.
    for (shell, plugins) in [("zsh", "--plugins"), ("fish", "-l plugins")] {
        run(["completions", shell]).success().says(&[plugins]);
    }
}
