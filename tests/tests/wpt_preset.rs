//! `host serve --wpt` beside `wpt serve`: hosts, ports, certificates, templates.

use std::net::{SocketAddr, TcpListener};

use host_tests::tools::{Curled, curl, python};
use host_tests::{Host, h1, h2, run, tls};
use serde_json::{Value, json};

/// The schemes that answer, in order, with the number of their listeners.
const ANSWERING: [(&str, usize); 9] = [
    ("http", 2),
    ("http-private", 1),
    ("http-local", 1),
    ("http-public", 1),
    ("https", 2),
    ("https-private", 1),
    ("https-local", 1),
    ("https-public", 1),
    ("h2", 1),
];

/// Every port picked by the system, as a configuration.
fn auto_ports() -> Value {
    let mut ports = json!({});
    for (scheme, count) in ANSWERING {
        ports[scheme] = json!(vec!["auto"; count]);
    }
    ports
}

/// A GET by the host's name, as if it were in /etc/hosts.
fn get(host: &Host, flags: &[&str], url: &str) -> Curled {
    let ca = host.ca().display().to_string();
    let mut args = vec!["--cacert", &ca, "--connect-to", "::127.0.0.1:"];
    args.extend(flags);
    args.push(url);
    curl(args)
}

fn port(address: SocketAddr) -> String {
    address.port().to_string()
}

/// Checks that `docs/compat.md` has this difference.
#[track_caller]
fn differs(behaviour: &str) {
    let compat = include_str!("../../docs/compat.md");
    let (_, section) = compat
        .split_once("\n## Configuration\n")
        .expect("the section");
    let section = section.split("\n## ").next().unwrap_or_default();
    let row = section
        .lines()
        .find(|line| line.starts_with(&format!("| {behaviour}")));
    assert!(row.is_some(), "no row {behaviour:?} in docs/compat.md");
}

#[test]
fn every_listener_answers_by_its_name() {
    let host = Host::builder().wpt().file("a.txt", "hello").start();
    for (scheme, count) in ANSWERING {
        assert_eq!(host.listeners(scheme).len(), count, "{scheme}");
    }
    let listeners = host.ready()["listeners"].as_array().unwrap().clone();
    assert_eq!(listeners.len(), 11);
    for listener in &listeners {
        let url = format!("{}a.txt", listener["url"].as_str().unwrap());
        assert!(url.contains("://web-platform.test:"), "{url}");
        // As wptserve: what clients speak of themselves is HTTP/2 on one port.
        let usual = if listener["scheme"] == "h2" {
            "2"
        } else {
            "1.1"
        };
        assert_eq!(get(&host, &[], &url).expect(200, usual).text(), "hello");
        if url.starts_with("https:") && listener["scheme"] != "h2" {
            // Over TLS nobody speaks HTTP/2 unasked (RFC 9113 §3.3).
            continue;
        }
        differs("A client of an `http` port that speaks HTTP/2");
        let two = ["--http2-prior-knowledge"];
        assert_eq!(get(&host, &two, &url).expect(200, "2").text(), "hello");
    }
    differs("`http-private` and `http-local`");
    differs("`ws`, `wss`, `webtransport-h3`");
    let log = host.wait_for_event("log", "nobody answers");
    let said = log["message"].as_str().unwrap();
    assert!(said.contains("ws, wss, webtransport-h3"), "{said}");
    host.stop();
}

#[test]
fn the_certificate_is_for_every_name() {
    let host = Host::builder().wpt().start();
    let lines = run(["hosts"]).success().text();
    let names = lines.lines().filter_map(|line| line.split_once('\t'));
    let names: Vec<&str> = names.map(|(_, name)| name).collect();
    assert_eq!(names.len(), 62);
    for name in names {
        let session = tls::connect(host.https(), &host.ca(), name, &["http/1.1"]);
        session.unwrap_or_else(|error| panic!("{name}: {error}"));
    }
    let stranger = "nonexistent.web-platform.test";
    assert!(tls::connect(host.https(), &host.ca(), stranger, &[]).is_err());
    host.stop();
}

#[test]
fn the_h2_port_speaks_nothing_else() {
    let host = Host::builder().wpt().file("a.txt", "hello").start();
    let address = host.listeners("h2")[0];
    let connect = |alpn: &[&str]| tls::connect(address, &host.ca(), "web-platform.test", alpn);
    let both = connect(&["http/1.1", "h2"]).unwrap();
    assert_eq!(both.conn.alpn_protocol(), Some(&b"h2"[..]));
    differs("A client of the `h2` port");
    let refused = connect(&["http/1.1"]).unwrap_err().to_string();
    assert!(refused.contains("NoApplicationProtocol"), "{refused}");
    // Without ALPN it is HTTP/2 all the same.
    let silent = connect(&[]).unwrap();
    assert_eq!(silent.conn.alpn_protocol(), None);
    let mut client = h2::Client::over(silent);
    client.begin();
    client.get(1, "/a.txt");
    assert_eq!(client.answer(1).expect(200).text(), "hello");
    drop((client, both));
    host.stop();
}

#[test]
fn templates_are_told_what_wptserve_tells() {
    for config in [
        json!({}),
        json!({
            "browser_host": "a.test",
            "alternate_hosts": { "alt": "b.test" },
            "subdomains": ["www", "élève", "天気の良い日.www"],
            "not_subdomains": ["gone", "gone.gone"],
            "server_host": "127.0.0.1",
            "bind_address": true,
            "check_subdomains": false,
            "ports": { "ws": [7777] },
        }),
    ] {
        let mut config = config;
        let mut ports = auto_ports();
        if let Some(ws) = config["ports"].get("ws") {
            ports["ws"] = ws.clone();
        }
        config["ports"] = ports;
        let host = Host::builder()
            .wpt()
            .config_file("c.json", &config.to_string())
            .start();
        let path = host.state().join("c.json");
        let wptserve: Value = serde_json::from_slice(&python("wpt_config.py", [&path]).stdout)
            .expect("JSON of wpt_config.py");
        let template = wptserve["template"].as_str().unwrap();
        host.plugins().put("names.sub.txt", template);
        let rendered = wptserve["rendered"].as_str().unwrap();
        assert_eq!(host.get("/names.sub.txt").expect(200).text(), rendered);

        // As many ports of each scheme, and those that are listened on.
        for (scheme, count) in wptserve["ports"].as_object().unwrap() {
            let count = usize::try_from(count.as_u64().unwrap()).unwrap();
            let ask = |n: usize| {
                let file = format!("port.{scheme}.{n}.sub.txt");
                host.plugins()
                    .put(&file, format!("{{{{ports[{scheme}][{n}]}}}}"));
                host.get(&format!("/{file}"))
            };
            let ports: Vec<String> = (0..count).map(|n| ask(n).expect(200).text()).collect();
            ask(count).expect(500);
            let listeners = host.listeners(scheme);
            if !listeners.is_empty() {
                assert_eq!(ports, listeners.into_iter().map(port).collect::<Vec<_>>());
            }
            if let Some(fixed) = config["ports"][scheme][0].as_u64()
                && scheme == "ws"
            {
                // Ports that nobody is to listen on are told as they are.
                assert_eq!(ports, [fixed.to_string()]);
            }
        }

        // The lines for /etc/hosts are those of its domains, in its order.
        let lines = run(["hosts".as_ref(), "--config".as_ref(), path.as_os_str()])
            .success()
            .text();
        let domains = wptserve["domains"].as_array().unwrap().iter();
        let domains = domains.map(|name| format!("127.0.0.1\t{}\n", name.as_str().unwrap()));
        assert_eq!(
            lines,
            format!(
                "# Start web-platform-tests hosts\n{}# End web-platform-tests hosts\n\n",
                domains.collect::<String>()
            )
        );
        host.stop();
    }
}

#[test]
fn every_name_is_answered_on_both_protocols() {
    let host = Host::builder()
        .wpt()
        .file("h.sub.txt", "{{location[host]}}")
        .start();
    let (plain, tls) = (port(host.http()), port(host.https()));
    let two = port(host.listeners("h2")[0]);
    for name in [
        "web-platform.test",
        "www.www1.not-web-platform.test",
        "xn--lve-6lad.xn--n8j6ds53lwwkrqhv28a.web-platform.test",
    ] {
        for (scheme, port, version) in [
            ("http", &plain, "1.1"),
            ("https", &tls, "1.1"),
            ("https", &two, "2"),
        ] {
            let answer = get(&host, &[], &format!("{scheme}://{name}:{port}/h.sub.txt"));
            assert_eq!(answer.expect(200, version).text(), format!("{name}:{port}"));
        }
    }
    host.stop();
}

#[test]
fn flags_go_over_files_and_files_over_the_checkouts_own() {
    let own = json!({ "browser_host": "own.test", "subdomains": ["own"], "log_level": "WARNING" });
    let given = json!({ "browser_host": "given.test", "ports": auto_ports() });
    let other = tempfile::tempdir().unwrap();
    std::fs::write(
        other.path().join("names.sub.txt"),
        "{{host}} {{domains[own]}}",
    )
    .unwrap();
    let host = Host::builder()
        .wpt()
        .file("config.json", own.to_string())
        .config_file("given.json", &given.to_string())
        .args(["--doc-root".as_ref(), other.path().as_os_str()])
        .args(["--no-h2", "--log", "info"])
        .start();
    let names = host.get("/names.sub.txt").expect(200).text();
    assert_eq!(names, "given.test own.given.test");
    assert!(host.listeners("h2").is_empty());
    host.wait_for_event("log", "log_level in config is deprecated");
    host.stop();

    // host.toml says the same.
    let toml = "[wptserve]\nbrowser_host = \"toml.test\"\nports = { http = [\"auto\"] }\n\
                [wptserve.ssl]\ntype = \"none\"\n";
    let host = Host::builder()
        .wpt()
        .file("a.sub.txt", "{{host}}")
        .config(toml)
        .start();
    assert_eq!(host.get("/a.sub.txt").expect(200).text(), "toml.test");
    assert_eq!(host.listeners("http").len(), 1);
    assert!(host.listeners("https").is_empty());
    assert_eq!(host.ready()["ca"], Value::Null);
    host.stop();
}

#[test]
fn handlers_see_the_listeners_by_name() {
    let host = Host::builder().wpt().test_plugins(&["chaos"]).start();
    let told = host.get("/chaos?do=config").expect(200).text();
    for scheme in ["http-private", "https", "h2"] {
        let address = host.listeners(scheme)[0];
        assert!(told.contains(&format!("{scheme}://{address}")), "{told}");
    }
    host.stop();
}

#[test]
fn a_checkouts_own_certificate_is_shown() {
    let first = Host::builder().wpt().start();
    let state = first.state();
    let read = |name: &str| std::fs::read(state.join(name)).unwrap();
    let host = Host::builder()
        .wpt()
        .file("tools/certs/web-platform.test.pem", read("host.pem"))
        .file("tools/certs/web-platform.test.key", read("host-key.pem"))
        .start();
    assert_eq!(host.ready()["ca"], Value::Null);
    tls::connect(host.https(), &first.ca(), "www.web-platform.test", &[]).unwrap();
    host.stop();

    // Unless one is asked for.
    differs("`ssl.type` `openssl`");
    let made = json!({ "ssl": { "type": "openssl" }, "ports": auto_ports() });
    let host = Host::builder()
        .wpt()
        .file("tools/certs/web-platform.test.pem", read("host.pem"))
        .file("tools/certs/web-platform.test.key", read("host-key.pem"))
        .config_file("c.json", &made.to_string())
        .start();
    tls::connect(host.https(), &host.ca(), "www.web-platform.test", &[]).unwrap();
    assert!(tls::connect(host.https(), &first.ca(), "www.web-platform.test", &[]).is_err());
    host.stop();
    first.stop();
}

#[test]
fn a_busy_port_is_named_with_its_scheme() {
    let busy = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = busy.local_addr().unwrap();
    let mut ports = auto_ports();
    ports["h2"] = json!([address.port()]);
    Host::builder()
        .wpt()
        .config_file("c.json", &json!({ "ports": ports }).to_string())
        .fails()
        .says(&[&format!("{address} (h2): the port is in use"), "\"ports\""]);
}

#[test]
fn mistakes_in_json_have_a_place_and_a_way_out() {
    differs("A key that is not known");
    differs("An alternate host beneath");
    differs("`encrypt_after_connect`");
    differs("The port number 0");
    for (text, said) in [
        (
            "{\n  \"browser_hots\": \"a.test\"\n}",
            "c.json:2:3: unknown key \"browser_hots\"; did you mean \"browser_host\"?",
        ),
        (
            "{\"ports\": {\"http-pubic\": [1]}}",
            "c.json:1:12: unknown key \"ports.http-pubic\"; did you mean \"http-public\"?",
        ),
        (
            "{\"ports\": {\"http\": [8000, \"any\"]}}",
            "c.json:1:27: \"ports.http\": expected a port such as 8000, or \"auto\", found \"any\"",
        ),
        (
            "{\"ports\": {\"http\": [0]}}",
            "c.json:1:21: \"ports.http\": expected a port such as 8000",
        ),
        (
            "{\"host\": \"a.test\", \"host\": \"b.test\"}",
            "c.json:1:20: a second \"host\"",
        ),
        (
            "{\"ssl\": {\"encrypt_after_connect\": true}}",
            "c.json:1:35: \"ssl.encrypt_after_connect\": host is no proxy",
        ),
        (
            "{\"ssl\": {\"type\": \"none\",}}",
            "c.json:1:25: this is no JSON: trailing comma",
        ),
        (
            "{\"aliases\": [{\"url-path\": \"a/\", \"local-dir\": \"b\"}]}",
            "c.json:1:27: \"aliases.url-path\": expected a path from the root",
        ),
        (
            "{\"host\": \"a.test\", \"browser_host\": \"b.test\"}",
            "c.json:1:2: \"host\" is the old name of \"browser_host\", which is there too",
        ),
        (
            "{\"ssl\": {\"pregenerated\": {\"host_key_path\": \"k\"}}}",
            "host_cert_path is missing",
        ),
        (
            "{\"alternate_hosts\": {\"alt\": \"x.web-platform.test\"}}",
            "the alternate host \"x.web-platform.test\" must be distinct",
        ),
    ] {
        Host::builder()
            .wpt()
            .config_file("c.json", text)
            .fails()
            .says(&[said]);
    }
    let flags = ["--no-h2"];
    Host::builder()
        .args(flags)
        .fails()
        .says(&["--no-h2 is for --wpt"]);
}

#[test]
fn names_that_lead_elsewhere_are_told_of_or_refused() {
    differs("`check_subdomains`");
    let with = |check: Value| {
        // `.invalid` leads nowhere (RFC 6761 §6.4).
        let names = json!({
            "browser_host": "host.invalid",
            "alternate_hosts": { "alt": "other.invalid" },
            "subdomains": [],
            "check_subdomains": check,
            "ports": auto_ports(),
        });
        Host::builder()
            .wpt()
            .config_file("c.json", &names.to_string())
    };
    let host = with(Value::Null).start();
    let told = "2 of 2 host names do not lead to this server";
    host.wait_for_event("log", told);
    host.stop();
    with(json!(true)).fails().says(&[told, "`host hosts"]);
}

#[test]
fn listen_stands_for_the_ports_of_http() {
    let host = Host::builder()
        .wpt()
        .args(["--listen", "127.0.0.1:0", "--no-tls"])
        .file("p.sub.txt", "{{ports[http][0]}}")
        .start();
    assert_eq!(host.listeners("http").len(), 1);
    assert!(host.listeners("https").is_empty() && host.listeners("h2").is_empty());
    let mut client = h1::Client::connect(host.listeners("http-public")[0]);
    let answer = client.get("/p.sub.txt").expect(200);
    assert_eq!(answer.text(), port(host.http()));
    host.stop();
}

#[test]
fn hosts_lines_lead_where_they_are_told() {
    let lines = run(["hosts", "--address", "192.0.2.1"]).success().text();
    assert!(lines.starts_with(
        "# Start web-platform-tests hosts\n192.0.2.1\tnot-web-platform.test\n\
         192.0.2.1\twww.not-web-platform.test\n"
    ));
    // Those of tenants, too.
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("host.toml");
    let text =
        "[[tenant]]\nname = \"a\"\nhosts = [\"A.test\", \"*.a.test\", \"::1\"]\nplugins = \"p\"\n";
    std::fs::write(&file, text).unwrap();
    let lines = run(["hosts".as_ref(), "--config".as_ref(), file.as_os_str()])
        .success()
        .text();
    assert_eq!(
        lines,
        "# Start web-platform-tests hosts\n127.0.0.1\ta.test\n# End web-platform-tests hosts\n\n"
    );
}
