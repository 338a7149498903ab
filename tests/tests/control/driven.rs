//! A host that is driven by its control API.

use std::io::{BufRead, BufReader};
use std::net::SocketAddr;
use std::process::{Child, ChildStdin, Command, ExitStatus, Stdio};

use host_tests::h1::{Client, Response};
use host_tests::host_binary;
use serde_json::{Value, json};

/// A host that serves the control API alone. It ends with its input, that is with
/// this value.
pub(crate) struct Driven {
    child: Child,
    input: Option<ChildStdin>,
    pub(crate) ready: Value,
    pub(crate) api: Api,
    _state: tempfile::TempDir,
}

impl Driven {
    pub(crate) fn start() -> Self {
        Self::with(&[], &[])
    }

    /// With these flags and this environment besides.
    pub(crate) fn with(flags: &[&str], environment: &[(&str, &str)]) -> Self {
        let state = tempfile::tempdir().expect("a temporary folder");
        let mut command = Command::new(host_binary());
        command
            .args(["serve", "--until-eof", "--format", "json", "--log", "off"])
            .args(["--control", "127.0.0.1:0"])
            .arg("--state")
            .arg(state.path())
            .args(flags)
            .env_remove("HOST_CONTROL_TOKEN")
            .envs(environment.iter().copied())
            .stdin(Stdio::piped())
            .stdout(Stdio::piped());
        let mut child = command.spawn().expect("to start host");
        let mut output = BufReader::new(child.stdout.take().expect("piped"));
        let mut line = String::new();
        output.read_line(&mut line).expect("a line");
        let ready: Value = serde_json::from_str(&line).expect("a ready line");
        // Nothing more is said, but a pipe that is closed is another thing.
        std::thread::spawn(move || std::io::copy(&mut output, &mut std::io::sink()));
        let input = child.stdin.take();
        Self {
            input,
            child,
            api: Api::of(&ready),
            ready,
            _state: state,
        }
    }

    /// Ends its input, and waits for its own end.
    pub(crate) fn end(&mut self) -> ExitStatus {
        self.input = None;
        self.child.wait().expect("to wait for a child")
    }

    /// Makes a server.
    pub(crate) fn server(&self, wanted: Value) -> Server<'_> {
        let made = self.api.post("/servers", &wanted).expect(201).json();
        Server {
            api: &self.api,
            id: made["id"].as_str().expect("an id").to_owned(),
            made,
        }
    }
}

impl Drop for Driven {
    fn drop(&mut self) {
        self.input = None;
        if std::thread::panicking() {
            let _ = self.child.kill();
        }
        let _ = self.child.wait();
    }
}

/// A client of the control API, with a connection for each request.
#[derive(Clone)]
pub(crate) struct Api {
    pub(crate) address: SocketAddr,
}

impl Api {
    /// That of a host with this ready line.
    pub(crate) fn of(ready: &Value) -> Self {
        let url = ready["control"].as_str().expect("a URL");
        let address = url
            .strip_prefix("http://")
            .and_then(|rest| rest.strip_suffix('/'));
        let address = address.expect("a root").parse().expect("an address");
        Self { address }
    }

    /// Sends a request, and leaves its answer to be read.
    #[track_caller]
    pub(crate) fn send(&self, method: &str, path: &str, fields: &str, body: &[u8]) -> Client {
        let mut client = Client::connect(self.address);
        let (host, length) = (self.address, body.len());
        let host = match fields.contains("Host:") {
            true => String::new(),
            false => format!("Host: {host}\r\n"),
        };
        client.send(format!(
            "{method} {path} HTTP/1.1\r\n{host}{fields}Content-Length: {length}\r\n\r\n"
        ));
        client.send(body);
        client
    }

    #[track_caller]
    pub(crate) fn ask(&self, method: &str, path: &str, body: &[u8]) -> Response {
        let mut client = self.send(method, path, "", body);
        match method {
            "HEAD" => client.response_to_head(),
            _ => client.response(),
        }
    }

    #[track_caller]
    pub(crate) fn get(&self, path: &str) -> Response {
        self.ask("GET", path, b"")
    }

    #[track_caller]
    pub(crate) fn delete(&self, path: &str) -> Response {
        self.ask("DELETE", path, b"")
    }

    #[track_caller]
    pub(crate) fn post(&self, path: &str, body: &Value) -> Response {
        self.ask("POST", path, body.to_string().as_bytes())
    }

    #[track_caller]
    pub(crate) fn put(&self, path: &str, body: &Value) -> Response {
        self.ask("PUT", path, body.to_string().as_bytes())
    }
}

/// A server that was made.
pub(crate) struct Server<'a> {
    pub(crate) api: &'a Api,
    pub(crate) id: String,
    /// What was answered when it was made.
    pub(crate) made: Value,
}

impl Server<'_> {
    /// A path beneath this server's.
    pub(crate) fn path(&self, rest: &str) -> String {
        format!("/servers/{}{rest}", self.id)
    }

    /// Where it listens for this scheme.
    #[track_caller]
    pub(crate) fn address(&self, scheme: &str) -> SocketAddr {
        let listeners = self.made["listeners"].as_array().expect("listeners");
        let listener = listeners
            .iter()
            .find(|listener| listener["scheme"] == scheme);
        let address = listener.expect("a listener")["address"].as_str();
        address.expect("text").parse().expect("an address")
    }

    /// Adds a mock that answers with this text whatever comes.
    #[track_caller]
    pub(crate) fn says(&self, text: &str) -> u64 {
        let mock = json!({"times": null, "response": {"body": text}});
        self.mock(&mock)
    }

    /// Adds a mock.
    #[track_caller]
    pub(crate) fn mock(&self, mock: &Value) -> u64 {
        let added = self.api.post(&self.path("/mocks"), mock).expect(201).json();
        added["id"].as_u64().expect("a number")
    }

    /// A plaintext connection to the server itself.
    pub(crate) fn h1(&self) -> Client {
        Client::connect(self.address("http"))
    }

    #[track_caller]
    pub(crate) fn get(&self, target: &str) -> Response {
        self.h1().get(target)
    }

    /// What the control API says of it.
    #[track_caller]
    pub(crate) fn told(&self, rest: &str) -> Value {
        self.api.get(&self.path(rest)).expect(200).json()
    }
}

/// That this is a problem (RFC 9457), whose detail has this in it.
#[track_caller]
pub(crate) fn is_problem(response: &Response, status: u16, part: &str) {
    assert_eq!(response.status, status, "{}", response.text());
    assert_eq!(
        response.field("content-type"),
        Some("application/problem+json")
    );
    let problem = response.json();
    assert_eq!(problem["status"], status);
    assert_eq!(problem["type"], "about:blank");
    assert!(problem["title"].is_string(), "{problem}");
    let detail = problem["detail"].as_str().expect("a detail");
    assert!(detail.contains(part), "no {part:?} in {detail:?}");
}
