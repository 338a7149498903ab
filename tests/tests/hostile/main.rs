//! Python scripts that mean harm (`tests/python/hostile`): each is contained, the
//! log names what contained it, and its neighbours notice nothing.

mod breaking;
mod eating;
mod leaving;
mod reaching;
mod stashing;

use std::fs;
use std::path::Path;

use host_tests::h2::Answer;
use host_tests::load::Load;
use host_tests::{Host, HostBuilder};

/// What a script may use here: met soon, but by no neighbour on a busy machine.
const LIMITS: [&str; 10] = [
    "--memory",
    "64 MiB",
    "--cpu-time",
    "2s",
    "--wall-time",
    "5s",
    "--response-bytes",
    "4 MiB",
    "--stash-entries",
    "100",
];

/// A host with the hostile scripts, a script that means no harm, and a file.
fn builder() -> HostBuilder {
    let mut builder = Host::builder()
        .scripts()
        .plugins(&["hello"])
        .args(LIMITS)
        .file("f.txt", "fine")
        .file(
            "fine.py",
            "def main(request, response):\n    return 'fine'\n",
        );
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("python/hostile");
    for entry in fs::read_dir(folder).expect("the scripts") {
        let path = entry.expect("an entry").path();
        if path.extension().is_some_and(|extension| extension == "py") {
            let name = path.file_name().expect("a name").to_string_lossy();
            let source = fs::read(&path).expect("to read a script");
            builder = builder.file(&format!("hostile/{name}"), source);
        }
    }
    builder
}

/// Lets something happen to a host beside a client of the script that means no
/// harm, whose every answer must be right.
fn beside(mut host: Host, happens: impl FnOnce(&Host)) {
    let load = Load::get(&host, 1, "/fine.py", "fine");
    load.wait_for(2);
    happens(&host);
    load.wait_for(2);
    load.stop();
    host.assert_well();
    host.stop();
}

/// What a script answers on HTTP/1, which may be cut off.
fn ask(host: &Host, target: &str) -> Answered {
    let mut client = host.h1();
    client.send(format!("GET {target} HTTP/1.1\r\nHost: test\r\n\r\n"));
    let mut answer = client.try_head().expect("a head");
    let is_whole = client.try_body(&mut answer).is_ok();
    Answered {
        status: answer.status,
        text: answer.text(),
        is_whole,
    }
}

/// The same on HTTP/2, where what is cut off is reset.
fn ask_h2(host: &Host, target: &str) -> Answered {
    let answer: Answer = host.h2().get(1, target).answer(1);
    Answered {
        status: answer.status,
        text: answer.text(),
        is_whole: answer.reset.is_none(),
    }
}

#[derive(Debug)]
struct Answered {
    status: u16,
    text: String,
    is_whole: bool,
}

impl Answered {
    /// Checks that the script failed: with 500, or by an answer that is cut off.
    #[track_caller]
    fn failed(&self) {
        assert!(self.status == 500 || !self.is_whole, "{self:?}");
    }
}
