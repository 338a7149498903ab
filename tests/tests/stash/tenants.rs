//! Tenants have stashes of their own, with limits and a lock of their own.

use host_tests::{Host, h1, test_plugin};

use crate::asking::{Kept, Waiting, uuid};

struct Tenants {
    host: Host,
    client: h1::Client,
    _folder: tempfile::TempDir,
}

impl Tenants {
    /// The default tenant, and `other` for other.test.
    fn start(kept: &Kept) -> Self {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("stasher.wasm"), test_plugin("stasher")).unwrap();
        let config = format!(
            "[[tenant]]\nname = \"other\"\nhosts = [\"other.test\"]\nplugins = {:?}\n\
             limits = {{ stash-entries = 1 }}\n",
            folder.path()
        );
        let host = kept.builder().config(&config).start();
        let client = host.h1();
        Self {
            host,
            client,
            _folder: folder,
        }
    }

    #[track_caller]
    fn ask(&mut self, authority: &str, query: &str) -> String {
        self.client.send(format!(
            "GET /stasher?do={query} HTTP/1.1\r\nHost: {authority}\r\n\r\n"
        ));
        self.client.response().expect(200).text()
    }
}

pub(crate) fn tenants_have_nothing_in_common(kept: &Kept) {
    let mut tenants = Tenants::start(kept);
    let (key, hold) = (uuid(), uuid());
    let (put, take) = (format!("put&key={key}&value="), format!("take&key={key}"));
    assert_eq!(tenants.ask("test", &format!("{put}ours")), "ok");
    assert_eq!(tenants.ask("other.test", &take), "none");
    assert_eq!(tenants.ask("other.test", &format!("{put}theirs")), "ok");
    assert_eq!(tenants.ask("test", &take), "some ours");
    assert_eq!(tenants.ask("other.test", &take), "some theirs");

    let send = format!("send&key={key}&value=m");
    assert_eq!(tenants.ask("test", &send), "ok");
    assert_eq!(
        tenants.ask("other.test", &format!("receive&key={key}")),
        "none"
    );

    // One that is full, and one whose lock is held, are in nobody else's way.
    assert_eq!(tenants.ask("other.test", &put), "ok");
    let full = tenants.ask("other.test", &format!("put&key={hold}"));
    assert!(
        full.contains("stash-entries allows this tenant 1 "),
        "{full}"
    );
    assert_eq!(tenants.ask("test", &put), "ok");
    let holder = Waiting::begin(&tenants.host, &format!("hold&key={hold}"), "held\n");
    assert_eq!(tenants.ask("other.test", "lock"), "ok");
    assert_eq!(
        tenants.ask("test", &format!("send&key={hold}&value=go")),
        "ok"
    );
    assert_eq!(holder.end(), "some go");
    tenants.host.stop();
}
