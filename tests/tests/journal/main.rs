//! The journal of the wire: what it tells of connections, and how it is shown.

mod causes;
mod exchanges;
mod file;
mod order;
mod shown;
mod tls;

use std::path::PathBuf;

use host_tests::h2::{data, frame, headers};
use host_tests::{Host, run};
use serde_json::Value;

/// A host that keeps a journal.
struct Kept {
    host: Host,
    folder: tempfile::TempDir,
}

impl Kept {
    fn start() -> Self {
        Self::start_with(&[])
    }

    fn start_with(args: &[&str]) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let host = Host::builder()
            .plugins(&["hello", "gallery/slow-drip", "gallery/tcp-reset"])
            .test_plugins(&["wire"])
            .args(args)
            .args(["--journal".into(), folder.path().join("wire.jsonl")])
            .start();
        Self { host, folder }
    }

    /// What was kept, once the host has ended.
    fn stop(self) -> Journal {
        self.host.stop();
        let file = self.folder.path().join("wire.jsonl");
        let text = std::fs::read_to_string(&file).unwrap();
        let parse = |line: &str| serde_json::from_str(line).expect("a line is an object");
        Journal {
            entries: text.lines().map(parse).collect(),
            file,
            _folder: self.folder,
        }
    }
}

struct Journal {
    entries: Vec<Value>,
    file: PathBuf,
    _folder: tempfile::TempDir,
}

impl Journal {
    fn of(&self, event: &str) -> Vec<&Value> {
        let entries = self.entries.iter();
        entries.filter(|entry| entry["event"] == event).collect()
    }

    /// Where an entry is that has all of this.
    #[track_caller]
    fn position(&self, wanted: &Value) -> usize {
        let has = |entry: &Value| {
            let mut wanted = wanted.as_object().unwrap().iter();
            wanted.all(|(name, value)| entry[name] == *value)
        };
        let found = self.entries.iter().position(has);
        found.unwrap_or_else(|| panic!("no {wanted} in {:#?}", self.entries))
    }

    /// Checks that there are entries with all of this, in this order.
    #[track_caller]
    fn expect(&self, wanted: &[Value]) {
        let mut last = None;
        for entry in wanted {
            let at = self.position(entry);
            assert!(last < Some(at), "{entry} comes too early");
            last = Some(at);
        }
    }

    /// What `host journal` shows of it.
    fn shown(&self, args: &[&str]) -> String {
        let file = self.file.display().to_string();
        let all = [&["journal", &file], args].concat();
        run(all).success().text()
    }
}

/// A script that answers, and writes on other streams what nobody can read.
const SCRIPT: &str = "\
write-headers 200 x-a=b
write-raw-frame 0xfa 0x7 7 6f6464
write-raw-header-frame on=9 end-headers :status=299
window-update 0
write-data done
write-raw-frame 1 4 11 ff
flush
end-stream";

fn scripted(host: &Host) {
    let mut client = host.h2();
    client.send(headers(1).post("/wire").field("x-n", "1").end_headers());
    client.send(data(1, SCRIPT).end_stream());
    client.expect(headers(1).status(200).field("x-a", "b"));
    client.expect(frame(0xfa, 7, 7, "odd"));
    client.expect(headers(9).status(299));
    client.expect(data(1, "done"));
    // What comes then is for no client. The handler has waited until it left.
    host.wait_for("the end of /wire", |event| {
        event["event"] == "request" && event["handler"] == "/wire"
    });
}
