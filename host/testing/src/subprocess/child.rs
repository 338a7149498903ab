//! The `host` process behind servers that run in one.
//!
//! A test's process has one, however many servers. It is started with the first of
//! them and ends with the test's process, however that ends: its standard input ends
//! then.

use std::collections::BTreeMap;
use std::io::{BufRead, BufReader, Read};
use std::path::{Path, PathBuf};
use std::process::{self, ChildStdin, Command, Stdio};
use std::sync::{Arc, mpsc};
use std::thread;
use std::time::Duration;

use parking_lot::Mutex;
use serde::Deserialize;

use crate::Error;

use super::api::{Api, Said};

/// How long a process may take to be ready, on a busy machine too.
const READY: Duration = Duration::from_secs(60);

/// The processes, by their binaries.
static CHILDREN: Mutex<BTreeMap<PathBuf, Arc<Child>>> = Mutex::new(BTreeMap::new());

/// A process.
#[derive(Debug)]
pub(crate) struct Child {
    api: Arc<Api>,
    process: Mutex<process::Child>,
    /// Open as long as it is needed.
    _stdin: ChildStdin,
}

/// Its first line.
#[derive(Deserialize)]
struct Ready {
    control: String,
}

impl Child {
    /// The process of this binary, started if there is none.
    pub(crate) fn of(binary: &Path) -> Result<Arc<Self>, Error> {
        let mut children = CHILDREN.lock();
        if let Some(child) = children.get(binary)
            && matches!(child.process.lock().try_wait(), Ok(None))
        {
            return Ok(Arc::clone(child));
        }
        let child = Arc::new(Self::start(binary)?);
        children.insert(binary.to_owned(), Arc::clone(&child));
        Ok(child)
    }

    pub(crate) fn api(&self) -> Arc<Api> {
        Arc::clone(&self.api)
    }

    fn start(binary: &Path) -> Result<Self, Error> {
        let spawned = Command::new(binary)
            .args(["serve", "--control", "127.0.0.1:0", "--until-eof"])
            .args(["--format", "json", "--log", "warn"])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn();
        let mut process = spawned.map_err(|source| Error::NoBinary {
            binary: binary.to_owned(),
            source,
        })?;
        let pipes = (
            process.stdin.take(),
            process.stdout.take(),
            process.stderr.take(),
        );
        let (Some(stdin), Some(stdout), Some(stderr)) = pipes else {
            return Err(Error::start("a process without pipes"));
        };
        let said = Arc::new(Said::default());
        let (sender, first) = mpsc::channel();
        let listening =
            listen(stdout, &said, Some(sender)).and_then(|_| listen(stderr, &said, None));
        let ready = match listening {
            Ok(_) => first.recv_timeout(READY).unwrap_or_default(),
            Err(error) => error.to_string(),
        };
        let Ok(Ready { control }) = serde_json::from_str(&ready) else {
            let _ = process.kill();
            // Gone, it has said all that it will say.
            let _ = process.wait();
            return Err(Error::NotReady {
                binary: binary.to_owned(),
                said: format!("{ready}{}", said.text()),
            });
        };
        Ok(Self {
            api: Arc::new(Api::new(&control, said)),
            process: Mutex::new(process),
            _stdin: stdin,
        })
    }
}

/// Reads what a process says until it ends, so that it never waits for a reader.
/// `first` gets the first line.
fn listen(
    from: impl Read + Send + 'static,
    said: &Arc<Said>,
    mut first: Option<mpsc::Sender<String>>,
) -> std::io::Result<thread::JoinHandle<()>> {
    let said = Arc::clone(said);
    let name = "host-output".to_owned();
    thread::Builder::new().name(name).spawn(move || {
        for line in BufReader::new(from).split(b'\n').map_while(Result::ok) {
            let line = String::from_utf8_lossy(&line).into_owned();
            match first.take() {
                Some(first) => drop(first.send(line)),
                None => said.add(line),
            }
        }
    })
}
