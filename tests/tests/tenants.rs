//! Several folders in one host, each for host names of its own.

use host_tests::{Host, plugin, test_plugin};

#[test]
fn the_host_name_chooses_the_folder() {
    let other = tempfile::tempdir().unwrap();
    std::fs::write(other.path().join("chaos.wasm"), test_plugin("chaos")).unwrap();
    std::fs::write(other.path().join("hello.wasm"), plugin("hello")).unwrap();
    std::fs::write(other.path().join("f.txt"), "the other's").unwrap();
    let config = format!(
        "[vars]\ncolour = \"blue\"\n\
         [[tenant]]\nname = \"other\"\nhosts = [\"other.test\", \"*.other.test\"]\n\
         plugins = {:?}\nlimits = {{ cpu-time = \"100 ms\" }}\nvars = {{ colour = \"red\" }}\n",
        other.path()
    );
    let host = Host::builder()
        .test_plugins(&["chaos"])
        .file("f.txt", "the first's")
        .config(&config)
        .start();
    let mut client = host.h1();
    let mut ask = |authority: &str, target: &str| {
        client.send(format!(
            "GET {target} HTTP/1.1\r\nHost: {authority}\r\n\r\n"
        ));
        client.response()
    };
    for authority in ["other.test", "OTHER.test:8000", "deep.er.other.test"] {
        assert_eq!(ask(authority, "/f.txt").expect(200).text(), "the other's");
        ask(authority, "/hello").expect(200);
    }
    for authority in ["127.0.0.1", "test", "another.test"] {
        assert_eq!(ask(authority, "/f.txt").expect(200).text(), "the first's");
        ask(authority, "/hello").expect(404);
    }
    // What a handler is told, and what it may use, is its tenant's.
    let told = ask("other.test", "/chaos?do=config&var=colour")
        .expect(200)
        .text();
    assert!(
        told.contains("tenant=other\n") && told.contains("red"),
        "{told}"
    );
    let told = ask("test", "/chaos?do=config&var=colour")
        .expect(200)
        .text();
    assert!(told.contains("blue"), "{told}");
    let over = ask("other.test", "/chaos?do=loop").expect(500).text();
    assert!(over.contains("100ms"), "{over}");

    // An absolute target goes before Host (RFC 9112 §3.2.2), :authority is
    // HTTP/2's Host.
    assert_eq!(
        ask("test", "http://other.test/f.txt").expect(200).text(),
        "the other's"
    );
    let mut two = host.h2();
    let head = host_tests::h2::headers(1)
        .field(":method", "GET")
        .field(":scheme", "http")
        .field(":authority", "x.other.test:1")
        .field(":path", "/f.txt");
    two.send(head.end_headers().end_stream());
    assert_eq!(two.answer(1).expect(200).text(), "the other's");
    host.stop();
}

#[test]
fn mistakes_about_tenants_are_told_with_their_lines() {
    Host::builder()
        .config("[[tenant]]\nname = \"a\"\nplugins = \"/no/such\"\nhosts = [\"a b\"]\n")
        .fails()
        .says(&["host.toml:4", "a b"]);
    Host::builder()
        .config("[[tenant]]\nname = \"a\"\nhosts = [\"a.test\"]\n")
        .fails()
        .says(&["host.toml:1", "plugins"]);
}

#[test]
fn templates_know_the_tenants_name_and_the_servers_ports() {
    const TEMPLATE: &str = "{{host}} {{domains[]}} {{hosts[][]}} {{ports[http][0]}} \
        {{ports[https][0]}} {{location[server]}}";
    let other = tempfile::tempdir().unwrap();
    std::fs::write(other.path().join("t.sub.txt"), TEMPLATE).unwrap();
    let config = format!(
        "[[tenant]]\nname = \"other\"\nhosts = [\"*.other.test\", \"other.test\"]\nplugins = {:?}\n",
        other.path()
    );
    let host = Host::builder()
        .file("t.sub.txt", TEMPLATE)
        .config(&config)
        .start();
    let ports = format!("{} {}", host.http().port(), host.https().port());
    let mut client = host.h1();
    for (authority, name) in [
        ("web.test:1", "localhost"),
        ("x.other.test:1", "other.test"),
    ] {
        client.send(format!(
            "GET /t.sub.txt HTTP/1.1\r\nHost: {authority}\r\n\r\n"
        ));
        let expected = format!("{name} {name} {name} {ports} http://{authority}");
        assert_eq!(client.response().expect(200).text(), expected);
    }
    host.stop();
}

/// A connection may be shared between host names, so each tenant must have been
/// granted what reaches beyond its own streams.
#[test]
fn each_tenant_must_be_granted_raw_writes() {
    let folder = |name: &str, grant: &str| {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("wire.wasm"), test_plugin("wire")).unwrap();
        std::fs::write(
            folder.path().join("it.asis"),
            "HTTP/1.1 299 Odd\r\nContent-Length: 0\r\n\r\n",
        )
        .unwrap();
        let table = format!(
            "[[tenant]]\nname = \"{name}\"\nhosts = [\"{name}.test\"]\nplugins = {:?}\n{grant}\n",
            folder.path()
        );
        (folder, table)
    };
    let (granted, plain) = (folder("granted", "raw = true"), folder("plain", ""));
    let host = Host::builder()
        .config(&format!("{}{}", granted.1, plain.1))
        .start();
    let script = host_tests::query("write-raw-frame 0xfa 0 0 00\nreport");
    let mut client = host.h2();
    let mut said = |stream: u32, name: &str| {
        let head = host_tests::h2::headers(stream)
            .field(":method", "GET")
            .field(":scheme", "http")
            .field(":authority", &format!("{name}.test"))
            .field(":path", &format!("/wire?ops={script}"));
        client.send(head.end_headers().end_stream());
        loop {
            let got = client.next_of_exchange().expect("a frame");
            if got.kind == host_tests::h2::kind::DATA {
                return String::from_utf8(got.payload).unwrap();
            }
        }
    };
    assert!(said(1, "granted").ends_with(": ok\n"));
    let refused = said(3, "plain");
    assert!(refused.contains("WriteError::NotGranted("), "{refused}");
    assert!(refused.contains("tenant plain in host.toml"), "{refused}");

    let mut client = host.h1();
    for (name, status) in [("granted", 299), ("plain", 403)] {
        client.send(format!(
            "GET /it.asis HTTP/1.1\r\nHost: {name}.test\r\n\r\n"
        ));
        client.response().expect(status);
    }
    host.stop();
}
