//! Every example answers as its comment says, on HTTP/1 and on HTTP/2.

use host_tests::Host;
use host_tests::tools::curl;

/// Asks with curl on both protocols and gives both bodies, HTTP/1's first.
fn both(host: &Host, status: u16, target: &str, args: &[&str]) -> [String; 2] {
    let url = host.url(target);
    let ask = |version: &str, spoken| {
        let args = [version]
            .into_iter()
            .chain(args.iter().copied())
            .chain([url.as_str()]);
        curl(args).expect(status, spoken).text()
    };
    [ask("--http1.1", "1.1"), ask("--http2-prior-knowledge", "2")]
}

#[test]
fn hello() {
    let host = Host::start(&["hello"]);
    for text in both(&host, 200, "/hello", &[]) {
        assert_eq!(text, "Hello, world!\n");
    }
    for text in both(&host, 200, "/hello", &["-i"]) {
        assert!(
            text.to_lowercase().contains("content-type: text/plain"),
            "{text}"
        );
    }
    host.stop();
}

#[test]
fn frames() {
    let host = Host::start(&["frames"]);
    for text in both(
        &host,
        200,
        "/frames",
        &["-H", "test: pass", "-d", "stressed"],
    ) {
        assert_eq!(text, "desserts\nEnd of File");
    }
    for text in both(&host, 403, "/frames", &["-i"]) {
        assert!(text.to_lowercase().contains("test: failed"), "{text}");
    }
    host.stop();
}

#[test]
fn echo() {
    let host = Host::start(&["echo"]);
    let args = [
        "-d",
        "a=1&a=2&b=%FF+c",
        "-H",
        "Cookie: one=1; two=2",
        "-H",
        "X-Twice: 1",
        "-H",
        "X-Twice: 2",
        "-u",
        "user:pass:word",
    ];
    for (text, protocol) in both(&host, 200, "/echo?q=%FF&q=+x&blank", &args)
        .iter()
        .zip(["HTTP/1.1", "HTTP/2"])
    {
        let echo: serde_json::Value = serde_json::from_str(text).unwrap();
        let see = |pointer: &str, wanted: serde_json::Value| {
            assert_eq!(echo.pointer(pointer), Some(&wanted), "{pointer} of {text}");
        };
        see("/method", "POST".into());
        see("/target", "/echo?q=%FF&q=+x&blank".into());
        see("/url_parts/scheme", "http".into());
        see("/url_parts/hostname", "127.0.0.1".into());
        see("/url_parts/port", host.http().port().into());
        see("/url_parts/path", "/echo".into());
        see("/url_parts/query", "q=%FF&q=+x&blank".into());
        see("/query/0/1/base64", "/w==".into());
        see("/query/1/1", " x".into());
        see("/query/2/1", "".into());
        see("/cookies/0/0", "one".into());
        see("/cookies/1/1", "2".into());
        see("/auth/username", "user".into());
        see("/auth/password", "pass:word".into());
        see("/form/0/value", "1".into());
        see("/form/1/value", "2".into());
        see("/form/2/value/base64", "/yBj".into());
        see("/body", "a=1&a=2&b=%FF+c".into());
        assert!(
            echo["protocol"].as_str().unwrap().starts_with(protocol),
            "{text}"
        );
        assert_eq!(echo["stream_id"] == 0, protocol == "HTTP/1.1");
        let headers = echo["headers"].as_array().unwrap().iter();
        let twice = headers.filter(|h| h[0].as_str().unwrap().eq_ignore_ascii_case("x-twice"));
        let twice: Vec<_> = twice.map(|h| h[1].as_str().unwrap()).collect();
        assert_eq!(twice, ["1", "2"]);
        let line = echo["request_line"].as_str().unwrap();
        let wanted = "POST /echo?q=%FF&q=+x&blank HTTP/1.1\r\n";
        assert_eq!(line, if protocol == "HTTP/1.1" { wanted } else { "" });
    }
    host.stop();
}

#[test]
fn form() {
    let host = Host::start(&["form"]);
    for text in both(&host, 200, "/form", &[]) {
        assert!(text.contains("multipart/form-data"), "{text}");
    }
    let file = tempfile::Builder::new().suffix(".txt").tempfile().unwrap();
    std::fs::write(file.path(), "twelve bytes").unwrap();
    let upload = format!("file=@{}", file.path().display());
    let name = file.path().file_name().unwrap().to_str().unwrap();
    for text in both(&host, 200, "/form", &["-F", "name=Zoë <&>", "-F", &upload]) {
        assert!(text.contains("<dt>name<dd>Zoë &lt;&amp;&gt;\n"), "{text}");
        assert!(
            text.contains(&format!("<dt>file<dd>file {name}, 12 bytes")),
            "{text}"
        );
    }
    for text in both(&host, 200, "/form", &["-d", "name=a+b"]) {
        assert!(text.contains("<dt>name<dd>a b\n"), "{text}");
    }
    for text in both(&host, 405, "/form", &["-i", "-X", "PUT"]) {
        assert!(text.contains("GET, HEAD, POST"), "{text}");
    }
    // Not a form, though it says so.
    let broken = ["-H", "Content-Type: multipart/form-data", "-d", "--x\r\nno"];
    both(&host, 400, "/form", &broken);
    host.stop();
}

#[test]
fn page() {
    let file = "../examples/rust/page/page.html";
    let file = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join(file);
    let page = std::fs::read_to_string(file).unwrap();
    let host = Host::builder()
        .plugins(&["page"])
        .file("page.html", page)
        .start();
    for text in both(&host, 200, "/page?greeting=Hi&name=%3CAda%3E", &[]) {
        assert!(text.ends_with("<p>Hi, &lt;Ada&gt;!\n"), "{text}");
    }
    // What is on disk now.
    host.plugins().put("page.html", "{{name}}");
    for text in both(&host, 200, "/page?name=x", &[]) {
        assert_eq!(text, "x");
    }
    host.plugins().remove("page.html");
    for text in both(&host, 404, "/page", &[]) {
        assert!(text.contains("put a page at /page.html"), "{text}");
    }
    host.stop();
}

#[test]
fn slow() {
    let host = Host::start(&["slow"]);
    for text in both(&host, 200, "/slow?lines=3&ms=10", &[]) {
        assert_eq!(text, "line 1 of 3\nline 2 of 3\nline 3 of 3\n");
    }
    for text in both(&host, 400, "/slow?lines=many", &[]) {
        assert!(text.contains("not many"), "{text}");
    }
    host.stop();
}

#[test]
fn count() {
    let host = Host::start(&["count"]);
    for text in both(&host, 200, "/count?to=3", &[]) {
        assert_eq!(text, "1\n2\n3\n");
    }
    // Far more than would be made in time: it stops where nobody wants more.
    let path = "/count?to=18446744073709551615&pipe=slice(0,6)";
    for text in both(&host, 200, path, &[]) {
        assert_eq!(text, "1\n2\n3\n");
    }
    both(&host, 400, "/count?to=many", &[]);
    host.stop();
}

#[test]
fn shout() {
    let host = Host::builder()
        .plugins(&["shout"])
        .file("a.txt", "psst")
        .config("[pipes]\nshout = \"shout.wasm\"\n")
        .start();
    for text in both(&host, 200, "/shout?pipe=shout(2)", &[]) {
        assert_eq!(text, "WHO IS THERE?\n!!");
    }
    for text in both(&host, 200, "/a.txt?pipe=shout|shout", &[]) {
        assert_eq!(text, "PSST!!");
    }
    for text in both(&host, 400, "/shout?pipe=shout(much)", &[]) {
        assert!(text.contains("shout takes one number"), "{text}");
    }
    host.stop();
}

#[test]
fn redirect() {
    let host = Host::start(&["redirect", "hello"]);
    for status in [301, 302, 303, 307, 308] {
        let target = format!("/redirect?to=/hello&status={status}");
        for text in both(&host, status, &target, &["-i"]) {
            assert!(text.to_lowercase().contains("location: /hello"), "{text}");
        }
    }
    // By upgrade: curl 7.88 spoils a connection with prior knowledge when it
    // uses it again, whatever the server.
    for (how, version) in [("--http1.1", "1.1"), ("--http2", "2")] {
        let followed = curl([how, "-L", &host.url("/redirect?to=/hello")]);
        assert_eq!(followed.expect(200, version).text(), "Hello, world!\n");
    }
    for target in [
        "/redirect",
        "/redirect?to=//else.where/",
        "/redirect?to=/%0d%0aX:y",
    ] {
        both(&host, 400, target, &[]);
    }
    host.stop();
}

#[test]
fn state() {
    let host = Host::start(&["state"]);
    for text in both(&host, 200, "/state", &["-d", "12345"]) {
        assert!(
            text.ends_with(" header fields, 1 DATA frames, 5 bytes\n"),
            "{text}"
        );
    }
    for text in both(&host, 200, "/state", &[]) {
        // curl's GET on HTTP/2 has no DATA frame at all.
        assert!(
            text.ends_with(" header fields, 0 DATA frames, 0 bytes\n"),
            "{text}"
        );
    }
    host.stop();
}

#[test]
fn stash() {
    let host = Host::start(&["stash"]);
    let token = "/stash?token=0f51c35d-c5a6-41c9-a18e-1f6c4b7b4a11";
    let loud = "/stash?token=%7B0F51C35DC5A641C9A18E1F6C4B7B4A11%7D";
    for version in ["--http1.1", "--http2-prior-knowledge"] {
        let spoken = if version == "--http1.1" { "1.1" } else { "2" };
        let ask = |status: u16, target: &str, args: &[&str]| {
            let url = host.url(target);
            let args = [version].into_iter().chain(args.iter().copied());
            curl(args.chain([url.as_str()]))
                .expect(status, spoken)
                .text()
        };
        ask(404, token, &[]);
        assert_eq!(ask(200, token, &["-d", "hello"]), "kept\n");
        ask(500, loud, &["-d", "again"]);
        assert_eq!(ask(200, loud, &[]), "hello");
        ask(404, token, &[]);
        ask(400, "/stash", &[]);
        ask(500, "/stash?token=none", &[]);
    }
    let visitors = "/stash?visitors=0f51c35d-c5a6-41c9-a18e-1f6c4b7b4a11";
    let counted: Vec<String> = both(&host, 200, visitors, &[]).into();
    assert_eq!(counted, ["You are visitor 1.\n", "You are visitor 2.\n"]);
    host.stop();
}
