//! Starting and stopping: the ready line, the banner, draining.

use std::net::{SocketAddr, TcpListener, TcpStream};

use host_tests::{Host, run};

#[test]
fn the_first_line_says_where_it_listens_and_who_it_is() {
    let host = Host::start(&[]);
    let ready = host.ready();
    assert_eq!(&host.events()[0], ready);
    assert_eq!(ready["pid"], host.pid());
    assert!(host.ca().is_file());
    assert_ne!(host.http().port(), 0);
    assert_ne!(host.https().port(), 0);
    host.get("/nothing").expect(404);
    host.stop();
}

#[test]
fn several_listeners_serve_the_same_folder() {
    let host = Host::builder()
        .file("x.txt", "x")
        .args(["--listen", "127.0.0.1:0", "--listen", "127.0.0.1:0"])
        .start();
    let urls = host.ready()["urls"].as_array().unwrap().clone();
    let plain: Vec<SocketAddr> = urls
        .iter()
        .filter_map(|u| u.as_str()?.strip_prefix("http://"))
        .map(|u| u.trim_end_matches('/').parse().unwrap())
        .collect();
    assert_eq!(plain.len(), 2, "{urls:?}");
    for address in plain {
        let mut client = host_tests::h1::Client::connect(address);
        assert_eq!(client.get("/x.txt").expect(200).text(), "x");
    }
    host.stop();
}

#[test]
fn a_port_in_use_is_named() {
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap().to_string();
    Host::builder()
        .args(["--listen", &address])
        .fails()
        .says(&[&address, "in use", "--listen"]);
}

#[test]
fn a_folder_that_cannot_be_read_is_named() {
    run(["serve", "--plugins", "/no/such/folder"])
        .failure()
        .says(&["/no/such/folder", "--plugins"]);
    let file = tempfile::NamedTempFile::new().unwrap();
    let path = file.path().to_str().unwrap();
    run(["serve", "--plugins", path]).failure().says(&[path]);
}

#[test]
fn mistakes_in_the_configuration_have_a_file_a_line_and_what_is_expected() {
    let said = Host::builder()
        .config("[limits]\nmemory = \"lots\"\nwal-time = \"1s\"\n")
        .fails();
    said.says(&[
        "host.toml:2",
        "64 MiB",
        "lots",
        "host.toml:3",
        "wal-time",
        "wall-time",
    ]);
    Host::builder()
        .config("[limits\n")
        .fails()
        .says(&["host.toml:1"]);
}

#[test]
fn a_flag_with_a_wrong_value_says_what_is_expected() {
    Host::builder()
        .args(["--memory", "lots"])
        .fails()
        .says(&["--memory", "lots", "64 MiB"]);
}

#[test]
fn terminate_lets_a_running_answer_finish() {
    let mut host = Host::start(&["slow"]);
    let mut client = host.h1();
    client.send("GET /slow HTTP/1.1\r\nHost: t\r\n\r\n");
    assert_eq!(client.try_head().unwrap().status, 200);
    host.signal("TERM");
    // The answer goes on while nobody new is let in.
    refused(host.http());
    let mut chunks = 0;
    loop {
        let size = usize::from_str_radix(&client.line().unwrap(), 16).unwrap();
        client.take(size + 2).expect("a chunk and its line end");
        if size == 0 {
            break;
        }
        chunks += 1;
    }
    assert!(chunks > 1, "{chunks}");
    client.expect_close();
    assert!(host.wait().success());
}

#[test]
fn terminate_says_goaway_and_lets_streams_finish() {
    use host_tests::h2::{code, goaway, headers, kind};
    let mut host = Host::start(&["slow"]);
    let mut client = host.h2();
    client.get(1, "/slow");
    client.expect(headers(1).status(200));
    host.signal("TERM");
    let mut goaways = 0;
    let mut ended = false;
    while let Some(frame) = client.next_of_exchange() {
        match frame.kind {
            kind::GOAWAY => {
                assert_eq!(frame.code(), goaway(code::NO_ERROR).code());
                goaways += 1;
            }
            _ => ended |= frame.stream == 1 && frame.ends_stream(),
        }
    }
    assert!(goaways > 0 && ended, "{goaways} GOAWAYs, ended: {ended}");
    assert!(host.wait().success());
}

#[test]
fn terminate_has_a_bound() {
    let mut host = Host::builder()
        .test_plugins(&["chaos"])
        .args(["--drain-timeout", "100ms", "--wall-time", "1h"])
        .start();
    let mut client = host.h2();
    client.get(1, "/chaos?do=sleep");
    client.expect_alive();
    host.signal("TERM");
    // Without it the handler would be waited for as long as it sleeps, and the
    // test would give up.
    assert_eq!(host.wait().code(), Some(3));
    assert!(host.log().contains("cut off"));
}

#[test]
fn interrupt_is_as_good_as_terminate() {
    let mut host = Host::start(&[]);
    // An idle connection does not keep it up.
    let _idle = host.h1();
    let _idle_h2 = host.h2();
    host.signal("INT");
    assert!(host.wait().success());
}

#[test]
fn the_banner_has_every_url_and_the_ca() {
    let host = Host::builder()
        .plugins(&["hello"])
        .start_with_banner("curl");
    let said = host.log();
    for part in [
        "http://127.0.0.1:",
        "https://127.0.0.1:",
        "/hello",
        "ca.pem",
    ] {
        assert!(said.contains(part), "no {part} in:\n{said}");
    }
    host.stop();
}

/// Waits until the address takes no connection: each attempt has an answer.
fn refused(address: SocketAddr) {
    let deadline = std::time::Instant::now() + host_tests::DEADLINE;
    while TcpStream::connect(address).is_ok() {
        assert!(
            std::time::Instant::now() < deadline,
            "still takes connections"
        );
    }
}
