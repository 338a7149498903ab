//! The TLS listener: its certificates, ALPN, and both protocols over it.

use std::io::Read;
use std::net::TcpStream;
use std::path::Path;

use host_tests::h2::{self, data, headers};
use host_tests::tls::{self, Session};
use host_tests::tools::{curl, try_curl};
use host_tests::{DEADLINE, Host};

/// A TLS session with a server that the CA vouches for.
fn connect(host: &Host, name: &str, alpn: &[&str]) -> Session {
    tls::connect(host.https(), &host.ca(), name, alpn).expect("a handshake")
}

fn https(host: &Host, path: &str) -> String {
    format!("https://127.0.0.1:{}{path}", host.https().port())
}

fn cacert(host: &Host) -> String {
    host.ca().display().to_string()
}

#[test]
fn curl_trusts_the_ca_and_both_protocols_answer() {
    let host = Host::start(&["hello"]);
    let (ca, url) = (cacert(&host), https(&host, "/hello"));
    let two = curl(["--cacert", &ca, &url]).expect(200, "2");
    let one = curl(["--cacert", &ca, "--http1.1", &url]).expect(200, "1.1");
    assert_eq!(one.body, two.body);
    let named = url.replace("127.0.0.1", "localhost");
    curl(["--cacert", &ca, &named]).expect(200, "2");
    curl(["--cacert", &ca, "--tls-max", "1.2", &url]).expect(200, "2");
    // Without it there is no trust: the certificate is no public one.
    try_curl([&url]).failure();
    host.stop();
}

#[test]
fn alpn_chooses_the_protocol() {
    let host = Host::start(&["hello"]);
    let chosen = |alpn: &[&str]| {
        connect(&host, "localhost", alpn)
            .conn
            .alpn_protocol()
            .map(<[u8]>::to_vec)
    };
    assert_eq!(chosen(&["h2", "http/1.1"]).unwrap(), b"h2");
    assert_eq!(chosen(&["http/1.1"]).unwrap(), b"http/1.1");
    assert_eq!(chosen(&[]), None);
    host.stop();
}

#[test]
fn frames_over_tls() {
    let host = Host::start(&["frames"]);
    let mut client = h2::Client::over(connect(&host, "127.0.0.1", &["h2"]));
    client.begin();
    client.send(
        headers(1)
            .post("/frames")
            .field("test", "pass")
            .end_headers(),
    );
    client.expect(headers(1).status(200));
    client.send(data(1, b"abc"));
    client.expect(data(1, b"cba"));
    client.send(data(1, b"").end_stream());
    assert_eq!(client.answer(1).text(), "\nEnd of File");
    host.stop();
}

#[test]
fn the_request_knows_its_scheme() {
    let host = Host::start(&["echo"]);
    let (ca, url) = (cacert(&host), https(&host, "/echo"));
    let echo = curl(["--cacert", &ca, "--http1.1", &url]).expect(200, "1.1");
    assert!(echo.text().contains("https"), "{}", echo.text());
    host.stop();
}

#[test]
fn the_ca_lives_on_in_the_state_folder() {
    let state = tempfile::tempdir().unwrap();
    let start = || Host::builder().state(state.path()).start();
    let read = |host: &Host| std::fs::read(host.ca()).unwrap();
    let first = start();
    let certificate = read(&first);
    assert!(first.ca().starts_with(state.path()));
    first.stop();
    let second = start();
    assert_eq!(read(&second), certificate);
    connect(&second, "localhost", &[]);
    // Its key is nobody else's business.
    let mut keys = 0;
    for entry in walk(state.path()) {
        use std::os::unix::fs::PermissionsExt;
        let text = std::fs::read_to_string(&entry).unwrap_or_default();
        if text.contains("PRIVATE KEY") {
            keys += 1;
            let mode = entry.metadata().unwrap().permissions().mode();
            assert_eq!(mode & 0o077, 0, "{}", entry.display());
        }
    }
    assert!(keys > 0);
    second.stop();
}

#[test]
fn one_s_own_certificate_is_used() {
    let first = Host::start(&[]);
    let folder = tempfile::tempdir().unwrap();
    let (cert, key) = own_certificate(folder.path());
    let host = Host::builder()
        .args(["--cert", &cert, "--key", &key])
        .plugins(&["hello"])
        .start();
    curl(["--cacert", &cert, &https(&host, "/hello")]).expect(200, "2");
    try_curl(["--cacert", &cacert(&first), &https(&host, "/hello")]).failure();
    host.stop();
    first.stop();

    Host::builder()
        .args(["--cert", &cert])
        .fails()
        .says(&["--key"]);
    Host::builder()
        .args(["--cert", &cert, "--key", "/no/such.key"])
        .fails()
        .says(&["/no/such.key"]);
    Host::builder()
        .args(["--cert", &key, "--key", &key])
        .fails()
        .says(&[&key]);
}

#[test]
fn a_name_that_is_not_known_gets_the_usual_certificate() {
    let host = Host::start(&["hello"]);
    let port = host.https().port();
    let resolve = format!("who.test:{port}:127.0.0.1");
    let url = format!("https://who.test:{port}/hello");
    curl(["-k", "--resolve", &resolve, &url]).expect(200, "2");
    try_curl(["--cacert", &cacert(&host), "--resolve", &resolve, &url]).failure();
    host.stop();
}

#[test]
fn what_is_no_tls_is_closed_and_hurts_nobody() {
    let mut host = Host::start(&["hello"]);
    let mut plain = TcpStream::connect(host.https()).unwrap();
    plain.set_read_timeout(Some(DEADLINE)).unwrap();
    std::io::Write::write_all(&mut plain, b"GET / HTTP/1.1\r\nHost: t\r\n\r\n").unwrap();
    let mut said = Vec::new();
    let _ = plain.read_to_end(&mut said);
    assert!(!said.starts_with(b"HTTP/1.1 200"));
    // A handshake that never comes holds nobody up.
    let _silent = TcpStream::connect(host.https()).unwrap();
    curl(["--cacert", &cacert(&host), &https(&host, "/hello")]).expect(200, "2");
    host.assert_well();
    host.stop();
}

/// A self-signed certificate for 127.0.0.1, by openssl.
fn own_certificate(folder: &Path) -> (String, String) {
    let path = |name: &str| folder.join(name).display().to_string();
    let (cert, key) = (path("cert.pem"), path("key.pem"));
    let made = std::process::Command::new("openssl")
        .args(["req", "-x509", "-newkey", "ec", "-nodes", "-days", "2"])
        .args([
            "-pkeyopt",
            "ec_paramgen_curve:prime256v1",
            "-subj",
            "/CN=own",
        ])
        .args(["-addext", "subjectAltName=IP:127.0.0.1,DNS:localhost"])
        .args(["-keyout", &key, "-out", &cert])
        .output()
        .expect("openssl");
    assert!(
        made.status.success(),
        "{}",
        String::from_utf8_lossy(&made.stderr)
    );
    (cert, key)
}

/// Every file in a folder and in those in it.
fn walk(folder: &Path) -> Vec<std::path::PathBuf> {
    let mut files = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            files.extend(walk(&path));
        } else {
            files.push(path);
        }
    }
    files
}
