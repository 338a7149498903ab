//! Asking the handler `stasher`, on HTTP/1 and HTTP/2.

use host_tests::h2::{self, kind};
use host_tests::redis::Redis;
pub(crate) use host_tests::uuid;
use host_tests::{Host, HostBuilder, h1};

/// Where a test's stash is.
pub(crate) struct Kept {
    redis: Option<Redis>,
}

impl Kept {
    pub(crate) fn in_memory() -> Self {
        Self { redis: None }
    }

    pub(crate) fn in_redis() -> Self {
        let redis = Some(Redis::start());
        Self { redis }
    }

    /// A host to be, with `stasher` at `/stasher`.
    pub(crate) fn builder(&self) -> HostBuilder {
        let builder = Host::builder().test_plugins(&["stasher"]);
        builder.args(["--stash", &self.url()])
    }

    /// For `--stash`.
    pub(crate) fn url(&self) -> String {
        match &self.redis {
            Some(redis) => redis.url(),
            None => "memory".to_owned(),
        }
    }

    pub(crate) fn host(&self) -> Host {
        self.builder().start()
    }
}

/// A client of either protocol.
pub(crate) enum Client {
    H1(h1::Client),
    H2(Box<h2::Client>, u32),
}

impl Client {
    pub(crate) fn h1(host: &Host) -> Self {
        Self::H1(host.h1())
    }

    pub(crate) fn h2(host: &Host) -> Self {
        Self::H2(Box::new(host.h2()), 1)
    }

    /// One of each protocol.
    pub(crate) fn both(host: &Host) -> [Self; 2] {
        [Self::h1(host), Self::h2(host)]
    }

    /// GETs a target: the status and the content as text.
    #[track_caller]
    pub(crate) fn get(&mut self, target: &str) -> (u16, String) {
        match self {
            Self::H1(client) => {
                let answer = client.get(target);
                (answer.status, answer.text())
            }
            Self::H2(client, stream) => {
                let answer = client.get(*stream, target).answer(*stream);
                *stream += 2;
                (answer.status, answer.text())
            }
        }
    }

    /// What came of an operation, which has not failed the request.
    #[track_caller]
    pub(crate) fn ask(&mut self, query: &str) -> String {
        let (status, text) = self.get(&format!("/stasher?do={query}"));
        assert_eq!(status, 200, "{query}: {text}");
        text
    }

    /// Asks for each of these operations and checks what comes of them.
    #[track_caller]
    pub(crate) fn see(&mut self, expected: &[(&str, &str)]) {
        for (query, said) in expected {
            assert_eq!(self.ask(query), *said, "{query}");
        }
    }
}

/// A handler that says where it is and then waits for a message.
pub(crate) struct Waiting(h2::Client);

impl Waiting {
    /// Begins, and waits until it has said so.
    #[track_caller]
    pub(crate) fn begin(host: &Host, query: &str, first: &str) -> Self {
        let mut client = host.h2();
        client.get(1, &format!("/stasher?do={query}"));
        let mut content = Vec::new();
        while content != first.as_bytes() {
            let frame = client.next_of_exchange().expect("a frame");
            assert!(
                [kind::HEADERS, kind::DATA].contains(&frame.kind),
                "{frame:?}"
            );
            if frame.kind == kind::DATA {
                content.extend(frame.payload);
            }
        }
        Self(client)
    }

    /// What it says in the end.
    #[track_caller]
    pub(crate) fn end(mut self) -> String {
        self.0.answer(1).text()
    }

    /// Leaves without waiting for that.
    pub(crate) fn leave(self, host: &Host) {
        drop(self);
        host.hang_up();
    }

    /// The stream's end, whatever it is.
    #[track_caller]
    pub(crate) fn reset(mut self) -> u32 {
        let frame = self.0.next_of_exchange().expect("a frame");
        frame.code().unwrap_or_else(|| panic!("{frame:?}"))
    }
}
