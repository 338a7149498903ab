//! A running `host serve`.

use std::ffi::OsString;
use std::fs;
use std::net::{Shutdown, SocketAddr, TcpStream, ToSocketAddrs};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};

use parking_lot::Mutex;
use serde_json::Value;

use crate::Finished;
use crate::command::signal;
use crate::compiled;
use crate::events::Output;
use crate::h1;
use crate::h2;
use crate::plugins::{self, PluginsDir};
use crate::socket::Socket;

/// What a host is to be started with.
#[derive(Debug)]
pub struct HostBuilder {
    plugins: PluginsDir,
    state: tempfile::TempDir,
    args: Vec<OsString>,
    is_wpt: bool,
    is_heavy: bool,
    program: PathBuf,
}

impl HostBuilder {
    fn new() -> Self {
        Self {
            plugins: PluginsDir::new(),
            state: tempfile::tempdir().expect("a temporary folder"),
            args: Vec::new(),
            is_wpt: false,
            is_heavy: false,
            program: plugins::host_binary(),
        }
    }

    /// Serves the plugins folder as `wpt serve` serves a checkout, on free ports
    /// if nothing else is said.
    pub fn wpt(mut self) -> Self {
        self.is_wpt = true;
        self
    }

    /// Shares compiled code with other tests: for scripts, and components that carry
    /// an interpreter. TLS, whose keys would be there too, is off.
    pub fn scripts(mut self) -> Self {
        self.is_heavy = true;
        self.state(compiled::state()).args(["--no-tls"])
    }

    /// Runs this copy of the program.
    pub fn program(mut self, program: impl Into<PathBuf>) -> Self {
        self.program = program.into();
        self
    }

    /// Serves these examples at `/NAME`.
    pub fn plugins(self, names: &[&str]) -> Self {
        for name in names {
            self.plugins
                .put(&format!("{name}.wasm"), plugins::plugin(name));
        }
        self
    }

    /// Serves these of `tests/guests` at `/NAME`.
    pub fn test_plugins(self, names: &[&str]) -> Self {
        for name in names {
            self.plugins
                .put(&format!("{name}.wasm"), plugins::test_plugin(name));
        }
        self
    }

    /// Puts a file into the plugins folder.
    pub fn file(self, name: &str, content: impl AsRef<[u8]>) -> Self {
        self.plugins.put(name, content);
        self
    }

    /// Where the files of the plugins folder are.
    pub fn folder(&self) -> &Path {
        self.plugins.path()
    }

    /// Adds flags of `host serve`.
    pub fn args<A: Into<OsString>>(mut self, args: impl IntoIterator<Item = A>) -> Self {
        self.args.extend(args.into_iter().map(Into::into));
        self
    }

    /// Starts with a host.toml of this text.
    pub fn config(self, text: &str) -> Self {
        self.config_file("host.toml", text)
    }

    /// Starts with a configuration file of this name and text.
    pub fn config_file(self, name: &str, text: &str) -> Self {
        let path = self.state.path().join(name);
        fs::write(&path, text).expect("to write a file");
        self.args([OsString::from("--config"), path.into()])
    }

    /// Uses this state folder, which outlives the host.
    pub fn state(self, path: impl Into<OsString>) -> Self {
        self.args([OsString::from("--state"), path.into()])
    }

    fn command(&self) -> Command {
        let mut command = Command::new(&self.program);
        let folder = if self.is_wpt { "--wpt" } else { "--plugins" };
        command.args(["serve", folder]).arg(self.plugins.path());
        let given = |flag: &str| self.args.iter().any(|a| a == flag);
        if self.is_wpt {
            if !given("--config") {
                command.arg("--auto-ports");
            }
        } else {
            if !given("--listen") {
                command.args(["--listen", "127.0.0.1:0"]);
            }
            if !given("--tls-listen") && !given("--no-tls") {
                command.args(["--tls-listen", "127.0.0.1:0"]);
            }
        }
        if !given("--state") {
            command.arg("--state").arg(self.state.path());
        }
        command.args(&self.args);
        command
    }

    /// Runs a `host serve` that is expected not to start.
    pub fn fails(self) -> Finished {
        crate::command::finish(&mut self.command(), b"").failure()
    }

    /// Starts, and waits for the ready line.
    pub fn start(self) -> Host {
        let mut host = self.args(["--format", "json"]).spawn();
        let ready = host.output.wait_for(|e| e["event"] == "ready");
        host.ready = ready.unwrap_or_else(|| panic!("no ready line"));
        host
    }

    /// Starts as for a person at a terminal, and waits until that is printed.
    /// Such a host has no ready line and no events.
    pub fn start_with_banner(self, part: &str) -> Host {
        let host = self.spawn();
        assert!(host.output.wait_for_text(part), "never printed: {part}");
        host
    }

    fn spawn(self) -> Host {
        if self.is_heavy {
            compiled::compile(self.plugins.path());
        }
        let mut child = self
            .command()
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .expect("to start host");
        let output = Output::default();
        output.drain(child.stdout.take().expect("piped"));
        output.drain(child.stderr.take().expect("piped"));
        Host {
            child,
            output,
            plugins: self.plugins,
            state: self.state,
            ready: Value::Null,
            clients: Mutex::default(),
        }
    }
}

/// A host under test. It is killed when the value goes, and its log is printed
/// if the test is panicking.
#[derive(Debug)]
pub struct Host {
    child: Child,
    output: Output,
    plugins: PluginsDir,
    state: tempfile::TempDir,
    ready: Value,
    /// Second handles of the connections made here.
    clients: Mutex<Vec<TcpStream>>,
}

impl Host {
    /// A host to be: on free ports, with an empty plugins
    /// folder.
    pub fn builder() -> HostBuilder {
        HostBuilder::new()
    }

    /// A host with these examples.
    pub fn start(plugins: &[&str]) -> Self {
        Self::builder().plugins(plugins).start()
    }

    /// The first line that it printed.
    pub fn ready(&self) -> &Value {
        &self.ready
    }

    /// Its process.
    pub fn pid(&self) -> u32 {
        self.child.id()
    }

    /// The plugins folder.
    pub fn plugins(&self) -> &PluginsDir {
        &self.plugins
    }

    /// The state folder, unless another was given.
    pub fn state(&self) -> PathBuf {
        self.state.path().to_owned()
    }

    /// The certificate authority's certificate.
    pub fn ca(&self) -> PathBuf {
        PathBuf::from(self.ready["ca"].as_str().expect("a path in the ready line"))
    }

    /// The address of the plaintext listener.
    pub fn http(&self) -> SocketAddr {
        self.address("http://")
    }

    /// The address of the TLS listener.
    pub fn https(&self) -> SocketAddr {
        self.address("https://")
    }

    /// The addresses of the listeners of one of wptserve's schemes, in order.
    pub fn listeners(&self, scheme: &str) -> Vec<SocketAddr> {
        let listeners = self.ready["listeners"].as_array().expect("listeners");
        let of = listeners.iter().filter(|l| l["scheme"] == scheme);
        of.map(|l| {
            l["address"]
                .as_str()
                .expect("text")
                .parse()
                .expect("an address")
        })
        .collect()
    }

    fn address(&self, scheme: &str) -> SocketAddr {
        let urls = self.ready["urls"].as_array().expect("urls in ready");
        let rest = urls
            .iter()
            .filter_map(Value::as_str)
            .find_map(|u| u.strip_prefix(scheme))
            .unwrap_or_else(|| panic!("no {scheme} in {urls:?}"));
        let authority = rest.split('/').next().expect("has a first part");
        let mut addresses = authority.to_socket_addrs().expect("an address");
        addresses.next().expect("at least one")
    }

    /// `http://127.0.0.1:PORT` and `path`.
    pub fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.http())
    }

    /// A plaintext HTTP/1 connection.
    pub fn h1(&self) -> h1::Client {
        let client = h1::Client::connect(self.http());
        self.clients.lock().push(client.sender());
        client
    }

    /// A plaintext HTTP/2 connection with prior knowledge, its SETTINGS
    /// exchanged.
    pub fn h2(&self) -> h2::Client {
        self.h2_with(&[])
    }

    /// The same with settings of the client's own.
    pub fn h2_with(&self, settings: &[(u16, u32)]) -> h2::Client {
        let socket = Socket::connect(self.http());
        self.clients.lock().push(socket.handle());
        let mut client = h2::Client::over_socket(socket);
        client.begin_with(settings);
        client
    }

    /// One GET on a connection of its own.
    pub fn get(&self, path: &str) -> h1::Response {
        self.h1().get(path)
    }

    /// All events so far.
    pub fn events(&self) -> Vec<Value> {
        self.output.events()
    }

    /// Everything that it printed so far.
    pub fn log(&self) -> String {
        self.output.log()
    }

    /// Whether that text is printed, now or later.
    pub fn wait_for_text(&self, part: &str) -> bool {
        self.output.wait_for_text(part)
    }

    /// The first event that `wanted` accepts, now or later.
    #[track_caller]
    pub fn wait_for(&self, what: &str, wanted: impl FnMut(&Value) -> bool) -> Value {
        match self.output.wait_for(wanted) {
            Some(event) => event,
            None => panic!("host never said: {what}"),
        }
    }

    /// Waits for an event of that kind with that text somewhere in it.
    #[track_caller]
    pub fn wait_for_event(&self, kind: &str, text: &str) -> Value {
        self.wait_for(&format!("{kind} with {text:?}"), |e| {
            e["event"] == kind && contains(e, text)
        })
    }

    /// Waits for the violation of that section.
    #[track_caller]
    pub fn wait_for_violation(&self, section: &str) -> Value {
        self.wait_for_event("violation", section)
    }

    /// Waits for that client's violation of that section.
    #[track_caller]
    pub fn wait_for_violation_by(&self, client: SocketAddr, section: &str) -> Value {
        let client = client.to_string();
        self.wait_for(&format!("violation of {section} by {client}"), |e| {
            e["event"] == "violation" && e["client"] == *client && contains(e, section)
        })
    }

    /// A field of `/proc/PID/status` in bytes, such as `VmRSS` or `VmHWM`.
    pub fn memory(&self, field: &str) -> u64 {
        let status = fs::read_to_string(format!("/proc/{}/status", self.pid())).expect("procfs");
        let kib = status
            .lines()
            .find_map(|l| l.strip_prefix(field)?.strip_prefix(':'))
            .and_then(|v| v.trim().strip_suffix(" kB")?.parse::<u64>().ok())
            .unwrap_or_else(|| panic!("no {field} in {status}"));
        kib * 1024
    }

    /// Starts to count `VmHWM`, the peak, from now on.
    pub fn reset_peak_memory(&self) {
        fs::write(format!("/proc/{}/clear_refs", self.pid()), "5").expect("procfs");
    }

    /// Sends it a signal, as in `TERM`.
    pub fn signal(&self, name: &str) {
        signal(self.pid(), name);
    }

    /// Waits for its end.
    pub fn wait(&mut self) -> ExitStatus {
        // The pipes end with the process; waiting for them has a deadline.
        self.output.wait_for_end();
        self.child.wait().expect("to wait for a child")
    }

    /// Ends every connection that was made here.
    pub fn hang_up(&self) {
        for client in self.clients.lock().drain(..) {
            let _ = client.shutdown(Shutdown::Both);
        }
    }

    /// Asks it to end, and checks that it does so without an error. The test's
    /// connections end first: host would wait a while for what they still say.
    #[track_caller]
    pub fn stop(mut self) {
        self.hang_up();
        self.signal("TERM");
        let status = self.wait();
        assert!(status.success(), "host ended with {status}");
        self.assert_no_panic();
    }

    /// Checks that the host is alive and has not panicked on any thread.
    #[track_caller]
    pub fn assert_well(&mut self) {
        let status = self.child.try_wait().expect("to ask for a child");
        assert!(status.is_none(), "host ended: {status:?}");
        self.assert_no_panic();
    }

    #[track_caller]
    fn assert_no_panic(&self) {
        // Rust's own words on standard error; a handler's panic is an event.
        let log = self.log();
        let mut lines = log.lines();
        let panic = lines.find(|l| l.starts_with("thread '") && l.contains("panicked at"));
        assert_eq!(panic, None, "host panicked");
    }
}

impl Drop for Host {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
        if std::thread::panicking() {
            eprintln!("--- host's output:\n{}---", self.output.log());
        }
    }
}

/// Whether any text inside a JSON value has `part` in it.
fn contains(value: &Value, part: &str) -> bool {
    match value {
        Value::String(s) => s.contains(part),
        Value::Array(items) => items.iter().any(|v| contains(v, part)),
        Value::Object(map) => map.values().any(|v| contains(v, part)),
        Value::Number(n) => n.to_string() == part,
        Value::Null | Value::Bool(_) => false,
    }
}
