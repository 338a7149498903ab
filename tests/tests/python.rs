//! Python scripts as handlers: found by their names, run as wptserve runs them, each
//! request in an interpreter of its own. `tests/python/handlers_differential.py` asks
//! wptserve the same; here is what wptserve does otherwise, or cannot do at all.

use std::fs;

use host_tests::h2::{data, headers};
use host_tests::{Host, HostBuilder, host_binary, run, target_dir, test_plugin};

/// Answers with a text.
fn says(text: &str) -> String {
    format!("def main(request, response):\n    return {text:?}\n")
}

/// A host that keeps the interpreter's code for the tests that follow: compiling it
/// takes longer than all of them.
fn builder() -> HostBuilder {
    Host::builder().scripts()
}

#[test]
fn the_next_request_runs_what_the_files_hold_now() {
    let host = builder()
        .file("a/b.py", says("one"))
        .file("shared.py", "what = 'shared'\n")
        .file("a/beside.py", "what = 'beside'\n")
        .file("a/data.txt", "data")
        .file(
            "a/imports.py",
            "import importlib, os\n\
             import shared\n\
             beside = importlib.import_module('a.beside')\n\
             def main(request, response):\n\
             \x20   path = os.path.join(os.path.dirname(__file__), 'data.txt')\n\
             \x20   with open(path) as file:\n\
             \x20       return ' '.join([shared.what, beside.what, file.read()])\n",
        )
        .file(
            "facts.py",
            "def main(request, response):\n\
             \x20   config = request.server.config\n\
             \x20   return '%s %d' % (config['browser_host'], config['ports']['http'][0])\n",
        )
        .start();
    let mut client = host.h1();
    for text in ["one", "two", "six"] {
        host.plugins().put("a/b.py", says(text));
        assert_eq!(client.get("/a/b.py").expect(200).text(), text);
        assert_eq!(client.post("/a/b.py", b"x").expect(200).text(), text);
        assert_eq!(host.h2().get(1, "/a/b.py").answer(1).text(), text);
    }
    let told = |client: &mut host_tests::h1::Client| client.get("/a/imports.py").text();
    assert_eq!(told(&mut client), "shared beside data");
    host.plugins().put("shared.py", "what = 'edited'\n");
    assert_eq!(told(&mut client), "edited beside data");
    let facts = client.get("/facts.py").expect(200).text();
    assert_eq!(facts, format!("localhost {}", host.http().port()));

    // It is found by its name alone, and nothing is started for one that is not there.
    client.get("/a/none.py").expect(404);
    let none = host.wait_for_event("request", "/a/none.py");
    assert!(none["handler"].is_null(), "{none}");
    host.plugins().put("a/b.py.wasm", test_plugin("chaos"));
    let told = client.get("/a/b.py?do=config").expect(200).text();
    assert!(told.contains("route=/a/b.py"), "{told}");

    // What went wrong is for the log.
    host.plugins().put("a/b.py.wasm", "");
    host.plugins().remove("a/b.py.wasm");
    host.plugins()
        .put("a/b.py", "def main(request, response)\n    return ''\n");
    let refused = client.get("/a/b.py").expect(500).text();
    assert!(
        refused.contains("suppressed") && !refused.contains("def main"),
        "{refused}"
    );
    let log = host.wait_for_event("log", "SyntaxError").to_string();
    for part in ["/a/b.py", "line 1", "def main(request, response)", "^"] {
        assert!(log.contains(part), "{part} in {log}");
    }
    host.plugins().put("a/b.py", says("mended"));
    assert_eq!(client.get("/a/b.py").expect(200).text(), "mended");
    host.stop();
}

#[test]
fn in_dev_mode_an_error_shows_the_script_s_lines() {
    let host = builder()
        .args(["--dev"])
        .file(
            "bad.py",
            "def deeper(request):\n\
             \x20   return request.GET[b'none']\n\n\
             def main(request, response):\n\
             \x20   return deeper(request)\n",
        )
        .file("open.py", "def main(request, response:\n    pass\n")
        .start();
    let told = host.get("/bad.py").expect(500).text();
    for part in [
        "/bad.py",
        "line 5, in main",
        "return deeper(request)",
        "line 2, in deeper",
        "KeyError",
    ] {
        assert!(told.contains(part), "{part} in {told}");
    }
    // One entry of the log has all of it.
    let entry = host.wait_for_event("log", "line 2, in deeper").to_string();
    assert!(entry.contains("KeyError"), "{entry}");
    let told = host.get("/open.py").expect(500).text();
    for part in ["/open.py", "line 1", "SyntaxError", "^"] {
        assert!(told.contains(part), "{part} in {told}");
    }
    host.stop();
}

#[test]
fn the_hooks_are_http_2_s() {
    let hooks = "def handle_headers(frame, request, response):\n\
                 \x20   response.headers.set('seen', 'headers')\n\
                 def handle_data(frame, request, response):\n\
                 \x20   got = (response.content or b'') + b'[' + frame.data + b']'\n\
                 \x20   response.content = got\n";
    let main = "def main(request, response):\n\
                \x20   response.headers.set('main', 'ran')\n\
                \x20   response.content = response.content or request.body\n";
    let host = builder()
        .file("all.py", format!("{hooks}{main}"))
        .file("hooks.py", hooks)
        .file("main.py", main)
        .start();
    let ask = |path: &str| {
        let mut client = host.h2();
        client.send(headers(1).post(path).end_headers());
        client
            .send(data(1, "one"))
            .send(data(1, "two").end_stream());
        client.answer(1)
    };
    let both = ask("/all.py");
    assert_eq!(both.text(), "[one][two]");
    assert_eq!(
        (both.field("seen"), both.field("main")),
        (Some("headers"), Some("ran"))
    );
    assert_eq!(ask("/hooks.py").text(), "[one][two]");
    // Without `handle_data` the body is main's.
    assert_eq!(ask("/main.py").text(), "onetwo");

    // wptserve's HTTP/1 server knows main alone.
    let mut client = host.h1();
    let answer = client.post("/all.py", b"body").expect(200);
    assert_eq!(
        (answer.field("seen"), answer.field("main")),
        (None, Some("ran"))
    );
    assert_eq!(answer.text(), "body");
    client.post("/hooks.py", b"body").expect(500);
    host.stop();
}

#[test]
fn pipes_work_on_what_a_script_returns() {
    let piped = "from wptserve.pipes import pipe\n\
                 @pipe(int)\n\
                 def times(request, response, count):\n\
                 \x20   response.content = response.content * count\n\
                 \x20   return response\n\
                 def main(request, response):\n\
                 \x20   return 'abc'\n";
    let host = builder()
        .file("piped.py", piped)
        .file("filled.sub.py", says("{{GET[x]}} of {{host}}"))
        .start();
    let mut client = host.h1();
    assert_eq!(
        client.get("/piped.py?pipe=slice(1,3)").expect(200).text(),
        "bc"
    );
    assert_eq!(
        client
            .get("/piped.py?pipe=times(2)|status(201)")
            .expect(201)
            .text(),
        "abcabc"
    );
    client.get("/piped.py?pipe=none(2)").expect(400);
    let filled = client.get("/filled.sub.py?x=1").expect(200).text();
    assert_eq!(filled, "1 of localhost");
    let answer = host.h2().get(1, "/piped.py?pipe=times(3)").answer(1);
    assert_eq!(answer.text(), "abcabcabc");
    host.stop();
}

#[test]
fn routes_and_mounts_reach_scripts_and_hidden_ones_are_not_there() {
    let host = builder();
    let more = tempfile::tempdir().unwrap();
    fs::write(more.path().join("far.py"), says("far")).unwrap();
    fs::write(more.path().join("near.txt"), "beside").unwrap();
    let place = "def main(request, response):\n\
                 \x20   with open('/near.txt') as file:\n\
                 \x20       return request.url_base + ' ' + file.read()\n";
    fs::write(more.path().join("place.py"), place).unwrap();
    let config = format!(
        "hidden = [\"/lib/*\"]\n\
         [[route]]\npath = \"/api/*\"\nmethods = [\"PUT\"]\nhandler = \"api.py\"\n\
         [[route]]\npath = \"/more/*\"\nfolder = {:?}\n",
        more.path()
    );
    let host = host
        .file("api.py", says("api"))
        .file("lib/x.py", says("hidden"))
        .file("X.PY", says("never"))
        .config(&config)
        .start();
    let mut client = host.h1();
    client.send("PUT /api/1 HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\n\r\n");
    assert_eq!(client.response().expect(200).text(), "api");
    client.get("/api/1").expect(405);
    assert_eq!(client.get("/more/far.py").expect(200).text(), "far");
    assert_eq!(
        client.get("/more/place.py").expect(200).text(),
        "/more/ beside"
    );
    client.get("/lib/x.py").expect(404);
    // Another spelling is no script, and no file either.
    client.get("/X.PY").expect(404);

    let told = |rest: &[&str]| {
        let mut args = vec![
            "routes".into(),
            "--plugins".into(),
            host.plugins().path().into(),
        ];
        args.extend(rest.iter().map(std::ffi::OsString::from));
        run(args).success()
    };
    told(&[]).says(&["/api.py", "script"]);
    told(&["/api.py"]).says(&["the handler api.py"]);
    host.stop();
}

#[test]
fn what_a_script_cannot_start_without_is_named() {
    // Too little memory for the interpreter alone.
    let host = builder()
        .args(["--memory", "16MiB"])
        .file("a.py", says("a"))
        .start();
    let told = host.get("/a.py").expect(500).text();
    assert!(told.contains("memory limit of 16 MiB"), "{told}");
    host.stop();

    Host::builder()
        .args(["--python-runtime", "/none/python.wasm"])
        .fails()
        .says(&["/none/python.wasm"]);

    // A program that stands alone has no runtime beside it.
    let alone = tempfile::tempdir_in(target_dir()).unwrap();
    let program = alone.path().join("bin/host");
    fs::create_dir(alone.path().join("bin")).unwrap();
    fs::hard_link(host_binary(), &program).unwrap();
    let host = Host::builder()
        .program(&program)
        .file("a.py", says("secret"))
        .start();
    let told = host.get("/a.py").expect(501).text();
    assert!(
        told.contains("--python-runtime") && !told.contains("secret"),
        "{told}"
    );
    host.stop();
}
