//! `host routes`: what it lists, and what it tells of one URL.

use std::fs;

use host_tests::{Finished, plugin, run};
use serde_json::Value;

const CONFIG: &str = r#"
plugins = "main"
hidden = ["/_certs/*"]
wrappers = true
route = [
    { path = "/a/{name}", methods = ["POST"], text = "x" },
    { path = "/a/{name}", rewrite = "/b/{name}" },
    { path = "/m/*", folder = "shared" },
    { path = "/old", redirect = "/new" },
    { path = "/slow/*", latency = "2s" },
    { path = "/d/*", file = "page.html", fallback = true },
]
[[tenant]]
name = "other"
hosts = ["other.test"]
plugins = "shared"
"#;

/// A folder with the config and what it names.
fn project() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    let put = |name: &str, content: &[u8]| {
        let path = folder.path().join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, content).unwrap();
    };
    put("host.toml", CONFIG.as_bytes());
    put("main/b/x.wasm", &plugin("hello"));
    put("main/b/broken.wasm", b"x");
    put("main/page.html", b"x");
    put("main/t.any.js", b"");
    put("main/_certs/key", b"x");
    put("shared/in.txt", b"x");
    folder
}

fn routes(folder: &tempfile::TempDir, args: &[&str]) -> Finished {
    let config = folder.path().join("host.toml");
    let mut all = vec!["routes", "--config", config.to_str().unwrap()];
    all.extend(args);
    run(all)
}

#[test]
fn a_url_is_followed_step_by_step() {
    let project = project();
    for (args, says) in [
        (
            &["/a/x?q=1"][..],
            &[
                "/a/x: route 1 /a/{name}: is for POST only",
                "/a/x: route 2 /a/{name}: name=x: rewrites to /b/x",
                "/b/x: by name: the handler b/x.wasm",
                "=> the handler b/x.wasm, tenant default",
            ][..],
        ),
        (
            &["/a/x", "--method", "POST"],
            &[
                "route 1 /a/{name}: name=x: sends a text",
                "=> a text of 1 bytes (200)",
            ],
        ),
        (&["/b/broken"], &["=> a handler that is refused"]),
        (
            &["http://any.test:80/m/in.txt#x"],
            &[
                "GET /m/in.txt\n",
                "*=in.txt: is the folder",
                "=> the file in.txt of ",
            ],
        ),
        (&["/m"], &["by name: nothing", "=> nothing (404)"]),
        (&["/old?q"], &["=> a redirect to /new?q (302)"]),
        (&["/_certs/key"], &["/_certs/*: hidden", "=> nothing (404)"]),
        (&["/slow/x"], &["waits 2s", "=> nothing (404)"]),
        (&["/page.htm"], &["did you mean /page.html?"]),
        (
            &["/d/x"],
            &[
                "by name: nothing",
                "if nothing else answers",
                "=> the file page.html",
            ],
        ),
        (&["/page.html", "--method", "PUT"], &["(405)"]),
        (
            &["/t.any.worker.html"],
            &["=> a wrapper, if it is for that, of t.any.js, tenant default"],
        ),
        (&["/"], &["=> the folder / (200)"]),
        (&["/b"], &["(301)"]),
        (&["/%zz"], &["(400)"]),
        (
            &["/in.txt", "--host", "other.test"],
            &["=> the file in.txt, tenant other"],
        ),
        (
            &["https://other.test/in.txt"],
            &["=> the file in.txt, tenant other"],
        ),
    ] {
        routes(&project, args).success().says(says);
    }
    routes(&project, &["a.txt"])
        .failure()
        .says(&["a URL or a path"]);
}

#[test]
fn programs_are_told_the_same() {
    let project = project();
    let told = routes(&project, &["/a/x", "--format", "json"]).success();
    let told: Value = serde_json::from_str(&told.text()).unwrap();
    assert_eq!(told["answer"], "the handler b/x.wasm");
    assert_eq!(told["tenant"], "default");
    assert_eq!(told["steps"][1]["route"], 2);
    assert_eq!(told["steps"][1]["pattern"], "/a/{name}");
    assert_eq!(told["steps"][2]["path"], "/b/x");
}

#[test]
fn routes_are_listed_in_order_and_files_only_where_they_are_reached() {
    let project = project();
    let text = routes(&project, &[]).success().text();
    let mut from = 0;
    for part in [
        "/_certs/*",
        "POST     /a/{name}",
        "rewrites to /b/{name}",
        "is the folder",
        "redirects to /new (302)",
        "waits 2s",
        "sends page.html, if nothing else answers",
        "/b/x ",
        "/page.html",
        "/m/in.txt",
    ] {
        let at = text[from..].find(part);
        from += at.unwrap_or_else(|| panic!("no {part:?} behind {from} of\n{text}"));
    }
    assert!(!text.contains("_certs/key"), "{text}");

    let lines = routes(&project, &["--format", "json"]).success().text();
    let lines: Vec<Value> = lines
        .lines()
        .map(|l| serde_json::from_str(l).unwrap())
        .collect();
    let paths: Vec<&str> = lines
        .iter()
        .filter_map(|line| line["path"].as_str())
        .collect();
    assert!(
        paths.contains(&"/m/in.txt") && paths.contains(&"/a/{name}"),
        "{paths:?}"
    );
}
