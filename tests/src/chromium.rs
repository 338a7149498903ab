//! A browser: Chromium without a window.

use std::path::PathBuf;
use std::process::{Child, Command, Stdio};

use serde_json::Value;

use crate::Host;

/// The names that Chromium goes by.
const NAMES: [&str; 3] = ["chromium", "chromium-browser", "google-chrome"];

/// A browser that has opened one page. It is ended with its value.
#[derive(Debug)]
pub struct Chromium {
    child: Child,
    _profile: tempfile::TempDir,
}

impl Chromium {
    /// Opens a page of the host's TLS listener.
    #[track_caller]
    pub fn open(host: &Host, path: &str) -> Self {
        let profile = tempfile::tempdir().expect("a temporary folder");
        let child = Command::new(program())
            .args(["--headless=new", "--no-sandbox", "--disable-gpu"])
            .args(["--no-first-run", "--disable-background-networking"])
            .args(["--no-proxy-server", "--disable-dev-shm-usage"])
            // The test CA is not installed in the browser.
            .arg("--ignore-certificate-errors")
            .arg(format!("--user-data-dir={}", profile.path().display()))
            .arg(format!("https://{}{path}", host.https()))
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .expect("to start Chromium");
        Self {
            child,
            _profile: profile,
        }
    }

    /// Opens a page and gives what it reports: a page ends its work with a
    /// request for `/report?` and JSON, percent-encoded.
    #[track_caller]
    pub fn report(host: &Host, path: &str) -> Value {
        let browser = Self::open(host, path);
        let event = host.wait_for("the page's report", |event| {
            let target = event["target"].as_str().unwrap_or_default();
            event["event"] == "request" && target.starts_with("/report?")
        });
        drop(browser);
        let target = event["target"].as_str().expect("a target");
        let json = percent_decoded(target.trim_start_matches("/report?"));
        serde_json::from_slice(&json).unwrap_or_else(|e| panic!("{e}: {target}"))
    }
}

impl Drop for Chromium {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn program() -> PathBuf {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let folders: Vec<PathBuf> = std::env::split_paths(&path).collect();
    let places = NAMES
        .iter()
        .flat_map(|name| folders.iter().map(move |folder| folder.join(name)));
    let found = places.into_iter().find(|place| place.is_file());
    found.expect("Chromium: apt-get install chromium")
}

fn percent_decoded(text: &str) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let [first, after @ ..] = rest {
        let code = after.get(..2).filter(|_| *first == b'%');
        let code = code.and_then(|code| std::str::from_utf8(code).ok());
        match code.and_then(|code| u8::from_str_radix(code, 16).ok()) {
            Some(byte) => {
                bytes.push(byte);
                rest = &after[2..];
            }
            None => {
                bytes.push(*first);
                rest = after;
            }
        }
    }
    bytes
}
