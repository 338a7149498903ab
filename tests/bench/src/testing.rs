//! Servers of tests: how soon one has answered and is gone, and how fast one answers
//! a client that asks one thing after the other.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::path::Path;
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::time::Instant;

use anyhow::{Context, Result, bail};
use host_testing::{TestServer, respond};
use serde_json::Value;
use tokio::runtime::Runtime;
use wiremock::matchers::any;
use wiremock::{Mock, MockServer, ResponseTemplate};

use crate::Args;
use crate::report::{line, quantile, title};

/// Servers that a round starts.
const STARTED: usize = 20;
/// Requests of a round.
const REQUESTS: usize = 1_000;
/// What every server answers.
const BODY: &[u8] = b"hello";

/// A library for tests.
trait Library {
    fn name(&self) -> &'static str;
    /// Whether a connection can have more than one request.
    fn keeps_alive(&self) -> bool {
        true
    }
    /// So many times: seconds until there is a server with an answer, and until it has
    /// answered and is gone.
    fn cycles(&mut self, times: usize) -> Result<Vec<[f64; 2]>>;
    /// A server that answers as long as the value lives.
    fn serve(&mut self) -> Result<Serving>;
}

/// See [`Library::serve`].
struct Serving {
    address: SocketAddr,
    _server: Box<dyn std::any::Any>,
}

/// host-testing, in this process or in one of its own.
struct Ours {
    is_subprocess: bool,
    host: std::path::PathBuf,
}

/// wiremock, on a runtime as its users have it.
struct Wiremock(Runtime);

/// A library of Python's, in an interpreter.
struct Python {
    module: &'static str,
    child: Child,
    stdin: Option<ChildStdin>,
    said: BufReader<ChildStdout>,
}

pub(crate) fn run(args: &Args) -> Result<()> {
    let ours = |is_subprocess| {
        let host = args.host.clone();
        Box::new(Ours {
            is_subprocess,
            host,
        })
    };
    let mut libraries: Vec<Box<dyn Library>> = vec![ours(false), ours(true)];
    let runtime = tokio::runtime::Builder::new_multi_thread();
    let runtime = { runtime }.enable_all().build()?;
    libraries.push(Box::new(Wiremock(runtime)));
    for module in ["host_test_server", "test_server"] {
        match Python::start(module, &args.host) {
            Ok(python) => libraries.push(Box::new(python)),
            Err(error) => println!("{module} is left out: {error:#}"),
        }
    }

    let count = libraries.len();
    let [mut starts, mut cycles, mut kept, mut closing] = [(); 4].map(|()| vec![Vec::new(); count]);
    for _ in 0..args.rounds {
        for (n, library) in libraries.iter_mut().enumerate() {
            for [start, cycle] in library.cycles(STARTED)? {
                starts[n].push(start * 1e3);
                cycles[n].push(cycle * 1e3);
            }
        }
    }
    let mut serving = Vec::new();
    for library in &mut libraries {
        serving.push(library.serve()?);
    }
    for _ in 0..args.rounds {
        for (n, library) in libraries.iter().enumerate() {
            if library.keeps_alive() {
                kept[n].push(in_turn(serving[n].address, true)? * 1e3);
            }
            closing[n].push(in_turn(serving[n].address, false)? * 1e3);
        }
    }

    title(&format!(
        "servers of tests, medians of {} rounds",
        args.rounds
    ));
    table("start", &libraries, starts);
    table("start, first answer, stop", &libraries, cycles);
    table("1,000 requests, keep-alive", &libraries, kept);
    table("1,000 requests, a connection each", &libraries, closing);
    Ok(())
}

/// Prints medians, and how much longer than ours in this process the others take.
fn table(what: &str, libraries: &[Box<dyn Library>], samples: Vec<Vec<f64>>) {
    let medians: Vec<f64> = samples
        .into_iter()
        .map(|mut s| quantile(&mut s, 0.5))
        .collect();
    for (n, (library, median)) in libraries.iter().zip(&medians).enumerate() {
        if median.is_nan() {
            continue;
        }
        let ratio = match n {
            0 => String::new(),
            _ => format!("{:.2} times as long", median / medians[0]),
        };
        let name = format!("{what}: {}", library.name());
        line(&name, &format!("{median:.2} ms"), &ratio);
    }
}

/// Seconds for a round of requests, one after the other.
fn in_turn(server: SocketAddr, is_kept: bool) -> Result<f64> {
    let begin = Instant::now();
    let mut client = TcpStream::connect(server)?;
    client.set_nodelay(true)?;
    for n in 0..REQUESTS {
        if !is_kept && n > 0 {
            client = TcpStream::connect(server)?;
            client.set_nodelay(true)?;
        }
        ask(&mut client, is_kept)?;
    }
    Ok(begin.elapsed().as_secs_f64())
}

/// One request, and all of its answer.
fn ask(client: &mut TcpStream, is_kept: bool) -> Result<()> {
    let connection = if is_kept { "keep-alive" } else { "close" };
    let request = format!("GET / HTTP/1.1\r\nHost: test\r\nConnection: {connection}\r\n\r\n");
    client.write_all(request.as_bytes())?;
    let (mut answer, mut piece) = (Vec::new(), [0; 4096]);
    loop {
        let length = client.read(&mut piece)?;
        answer.extend_from_slice(&piece[..length]);
        let is_whole = answer.ends_with(BODY);
        match length {
            0 if is_whole => return Ok(()),
            0 => bail!("no answer but {:?}", String::from_utf8_lossy(&answer)),
            _ if is_whole && is_kept => return Ok(()),
            _ => {}
        }
    }
}

impl Ours {
    fn start(&self) -> TestServer {
        let builder = TestServer::builder();
        match self.is_subprocess {
            true => builder.binary(&self.host).start(),
            false => builder.start(),
        }
    }
}

impl Library for Ours {
    fn name(&self) -> &'static str {
        match self.is_subprocess {
            true => "host-testing, subprocess",
            false => "host-testing",
        }
    }

    fn cycles(&mut self, times: usize) -> Result<Vec<[f64; 2]>> {
        let cycle = |_| {
            let begin = Instant::now();
            let server = self.start();
            server.respond("hello");
            let started = begin.elapsed();
            ask(&mut TcpStream::connect(server.address())?, false)?;
            drop(server);
            Ok([started, begin.elapsed()].map(|time| time.as_secs_f64()))
        };
        (0..times).map(cycle).collect()
    }

    fn serve(&mut self) -> Result<Serving> {
        let server = self.start();
        server.mock(respond("hello").always());
        Ok(Serving {
            address: server.address(),
            _server: Box::new(server),
        })
    }
}

impl Wiremock {
    fn start(&self) -> MockServer {
        self.0.block_on(async {
            let server = MockServer::start().await;
            let answer = ResponseTemplate::new(200).set_body_string("hello");
            Mock::given(any()).respond_with(answer).mount(&server).await;
            server
        })
    }
}

impl Library for Wiremock {
    fn name(&self) -> &'static str {
        "wiremock"
    }

    fn cycles(&mut self, times: usize) -> Result<Vec<[f64; 2]>> {
        let cycle = |_| {
            let begin = Instant::now();
            let server = self.start();
            let started = begin.elapsed();
            ask(&mut TcpStream::connect(server.address())?, false)?;
            // It verifies on its runtime.
            self.0.block_on(async { drop(server) });
            Ok([started, begin.elapsed()].map(|time| time.as_secs_f64()))
        };
        (0..times).map(cycle).collect()
    }

    fn serve(&mut self) -> Result<Serving> {
        let server = self.start();
        Ok(Serving {
            address: *server.address(),
            _server: Box::new(server),
        })
    }
}

impl Python {
    fn start(module: &'static str, host: &Path) -> Result<Self> {
        let clients = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../clients/python");
        let mut child = Command::new("python3")
            .args(["-c", include_str!("testing.py"), module])
            .env("HOST_BINARY", std::path::absolute(host)?)
            .env(
                "PYTHONPATH",
                std::env::join_paths([clients.join("src"), clients])?,
            )
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .context("python3 does not start")?;
        let said = BufReader::new(child.stdout.take().context("no stdout")?);
        let mut python = Self {
            module,
            stdin: child.stdin.take(),
            child,
            said,
        };
        python.next().with_context(|| {
            format!(
                "python3 has no {module} that works (pip install test_server six typing_extensions)"
            )
        })?;
        Ok(python)
    }

    fn next(&mut self) -> Result<Value> {
        let mut line = String::new();
        self.said.read_line(&mut line)?;
        Ok(serde_json::from_str(&line)?)
    }

    fn tell(&mut self, line: &str) -> Result<()> {
        let stdin = self.stdin.as_mut().context("it serves already")?;
        Ok(writeln!(stdin, "{line}")?)
    }
}

impl Library for Python {
    fn name(&self) -> &'static str {
        match self.module {
            "test_server" => "test_server (Python)",
            _ => "host_test_server (Python)",
        }
    }

    fn keeps_alive(&self) -> bool {
        // Both answer as HTTP/1.0 does, and close.
        false
    }

    fn cycles(&mut self, times: usize) -> Result<Vec<[f64; 2]>> {
        self.tell(&times.to_string())?;
        Ok(serde_json::from_value(self.next()?)?)
    }

    fn serve(&mut self) -> Result<Serving> {
        self.tell("")?;
        let port: u16 = serde_json::from_value(self.next()?)?;
        Ok(Serving {
            address: ([127, 0, 0, 1], port).into(),
            _server: Box::new(()),
        })
    }
}

impl Drop for Python {
    fn drop(&mut self) {
        // Its standard input ends, and it does.
        self.stdin = None;
        let _ = self.child.wait();
    }
}
