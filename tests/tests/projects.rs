//! From nothing to an answer: `host new`, `host build`, `host serve --watch`.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use host_tests::{Host, run, target_dir};
use serde_json::Value;

/// Waits for the `nth` build, from 1, that ended so.
#[track_caller]
fn wait_for_build(host: &Host, state: &str, nth: usize) -> Value {
    let mut seen = 0;
    host.wait_for(&format!("build {nth} that {state}"), |event| {
        let is_one = event["event"] == "build" && event["state"] == state;
        seen += usize::from(is_one);
        is_one && seen == nth
    })
}

/// Writes a file as editors do: a new one in its place, in one step, so that it is
/// one change.
fn save(path: &Path, text: &str) {
    let new = tempfile::NamedTempFile::new().unwrap();
    fs::write(new.path(), text).unwrap();
    new.persist(path).unwrap();
}

#[test]
fn a_new_project_in_c_is_built_edited_broken_and_mended() {
    let builder = Host::builder();
    let project = builder.folder().join("greet");
    run(["new".as_ref(), "c".as_ref(), project.as_os_str()])
        .success()
        .says(&["a handler in C", "host build ", "host serve --plugins "]);
    run(["build".as_ref(), project.as_os_str()])
        .success()
        .says(&["greet.wasm", "KiB"]);
    // The same source makes the same bytes, and they are not written again.
    run(["build".as_ref(), project.as_os_str()])
        .success()
        .says(&["unchanged"]);

    let host = builder.args(["--watch"]).start();
    let got = host.get("/greet?name=Ada");
    assert_eq!(got.text(), "Hello, Ada!\n");
    assert_eq!(got.field("x-hook"), Some("headers"));
    let mut client = host.h2();
    let got = client.get(1, "/greet?name=Ada").answer(1).expect(200);
    assert_eq!(got.text(), "Hello, Ada!\n");
    // What it is made of is no file of the site, also where the name is known.
    for path in ["/greet/greet.c", "/greet/host.build.toml", "/greet/"] {
        host.get(path).expect(404);
    }

    let source = project.join("greet.c");
    let text = fs::read_to_string(&source).unwrap();
    save(&source, &text.replace("Hello", "Good day"));
    wait_for_build(&host, "finished", 1);
    assert_eq!(host.get("/greet?name=Ada").text(), "Good day, Ada!\n");

    save(&source, &text.replace("return true;", "return <oops>;"));
    let failed = wait_for_build(&host, "failed", 1);
    let said = failed["output"].as_str().unwrap();
    assert!(said.contains("greet.c") && said.contains("oops"), "{said}");
    let plain = host.get("/greet").expect(500);
    assert!(plain.text().contains("<oops>"), "{}", plain.text());
    let mut client = host.h1();
    client.send("GET /greet HTTP/1.1\r\nHost: a.test\r\nAccept: text/html\r\n\r\n");
    let page = client.response().expect(500);
    assert_eq!(page.field("content-type"), Some("text/html; charset=utf-8"));
    assert!(page.text().contains("&lt;oops&gt;"), "{}", page.text());

    // Without --watch, the last good one goes on.
    let component = fs::read(project.with_extension("wasm")).unwrap();
    let other = Host::builder().file("greet.wasm", component).start();
    assert_eq!(other.get("/greet?name=Ada").text(), "Good day, Ada!\n");
    other.stop();

    save(&source, &text);
    wait_for_build(&host, "finished", 2);
    assert_eq!(host.get("/greet?name=Ada").text(), "Hello, Ada!\n");
    host.stop();
}

/// Runs `host build` where nothing is installed.
fn build_with_nothing(project: &Path) -> (Option<i32>, String) {
    let empty = tempfile::tempdir().unwrap();
    let output = Command::new(host_tests::host_binary())
        .arg("build")
        .arg(project)
        .env_clear()
        .env("PATH", empty.path())
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    (output.status.code(), said)
}

#[test]
fn what_is_not_installed_is_named_with_the_command_that_installs_it() {
    for (language, tool, installed_by) in [
        ("rust", "cargo is missing", "https://sh.rustup.rs"),
        ("js", "node is missing", "node"),
        ("ts", "node is missing", "node"),
        ("c", "clang is missing", "install it by"),
        ("python", "python3 is missing", "python"),
    ] {
        let folder = tempfile::tempdir().unwrap();
        let project = folder.path().join("greet");
        run(["new".as_ref(), language.as_ref(), project.as_os_str()]).success();
        let (code, said) = build_with_nothing(&project);
        assert_eq!(code, Some(1), "{said}");
        for part in [tool, "install it by", installed_by] {
            assert!(said.contains(part), "{language}: no {part:?} in:\n{said}");
        }
        assert!(!folder.path().join("greet.wasm").exists());
    }
}

#[test]
fn a_script_in_python_is_served_as_it_is() {
    let builder = Host::builder().scripts();
    let project = builder.folder().join("greet");
    run(["new".as_ref(), "py".as_ref(), project.as_os_str()])
        .success()
        .says(&["host serve --plugins", "/greet/greet.py"]);
    let host = builder.start();
    let got = host.get("/greet/greet.py?name=Ada").expect(200);
    assert_eq!(got.text(), "Hello, Ada!\n");
    host.stop();
}

#[test]
fn mistakes_are_said_with_what_to_do() {
    let folder = tempfile::tempdir().unwrap();
    let project = folder.path().join("greet");
    let path = project.as_os_str();
    run(["new".as_ref(), "js".as_ref(), path]).success();
    // Nothing is overwritten.
    run(["new".as_ref(), "c".as_ref(), path])
        .failure()
        .says(&["is there already", "choose another name"]);
    assert!(!project.join("greet.c").exists());
    run([
        "new".as_ref(),
        "c".as_ref(),
        folder.path().join("A b").as_os_str(),
    ])
    .failure()
    .says(&["is no name for a project"]);
    run(["new", "cobol", "x"])
        .failure()
        .says(&["invalid value 'cobol'", "rust"]);
    run(["build".as_ref(), folder.path().as_os_str()])
        .failure()
        .says(&["no source of a handler", "host new"]);
    fs::write(project.join("host.build.toml"), "\nlanguage = 1\n").unwrap();
    run(["build".as_ref(), path])
        .failure()
        .says(&["host.build.toml", "line 2"]);
}

#[test]
fn a_new_project_in_a_watched_folder_is_found_and_built() {
    let host = Host::builder().args(["--watch"]).start();
    host.get("/greet").expect(404);
    let project = host.plugins().path().join("greet");
    run(["new".as_ref(), "c".as_ref(), project.as_os_str()]).success();
    let built = wait_for_build(&host, "finished", 1);
    assert_eq!(built["project"], "greet");
    assert_eq!(host.get("/greet").text(), "Hello, world!\n");
    host.stop();
}

/// In Rust, with what `cargo xtask guests` has compiled of the standard library and
/// of what the SDK depends on: the same flags, versions and folder.
#[test]
fn a_new_project_in_rust_is_built_and_served() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
    let builder = Host::builder();
    let project = builder.folder().join("greet");
    run(["new".as_ref(), "rust".as_ref(), project.as_os_str()]).success();
    fs::copy(
        root.join("examples/rust/Cargo.lock"),
        project.join("Cargo.lock"),
    )
    .unwrap();
    let home = std::env::var_os("CARGO_HOME").map(PathBuf::from);
    let home = home.unwrap_or_else(|| std::env::home_dir().unwrap().join(".cargo"));
    let flags = format!(
        "--remap-path-prefix={}=.\u{1f}--remap-path-prefix={}=registry",
        root.display(),
        home.join("registry/src").display()
    );
    // Compiling takes as long as it takes: no deadline but the runner's.
    let output = Command::new(host_tests::host_binary())
        .arg("build")
        .arg(&project)
        .env("CARGO_TARGET_DIR", target_dir().join("guests"))
        .env("CARGO_ENCODED_RUSTFLAGS", flags)
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{said}");

    let host = builder.start();
    let got = host.get("/greet?name=Ada").expect(200);
    assert_eq!(got.text(), "Hello, Ada!\n");
    assert_eq!(got.field("x-hook"), Some("headers"));
    host.stop();
}
