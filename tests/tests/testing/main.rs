//! `host_testing::TestServer`, over real sockets: each test against a server in the
//! test's process and against one in a process of its own.

/// Makes of each function two tests, one for each place where a server can run.
macro_rules! both {
    ($($name:ident),* $(,)?) => {
        mod in_thread {
            $(#[test]
            fn $name() {
                super::$name(host_testing::TestServer::builder());
            })*
        }

        mod in_subprocess {
            $(#[test]
            fn $name() {
                let binary = host_tests::host_binary();
                super::$name(host_testing::TestServer::builder().binary(binary));
            })*
        }
    };
}

mod answers;
mod ask;
mod conditions;
mod delays;
mod faults;
mod faults_http2;
mod lifecycle;
mod looking;
mod many;
mod places;
mod runtimes;
mod verify;

/// Waits for what nothing tells of.
#[track_caller]
fn until(is_so: impl Fn() -> bool) {
    let deadline = std::time::Instant::now() + host_tests::DEADLINE;
    while !is_so() {
        assert!(std::time::Instant::now() < deadline, "it is not so");
        std::thread::yield_now();
    }
}
