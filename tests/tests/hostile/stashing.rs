//! What scripts leave for others.

use crate::{ask, beside, builder};

#[test]
fn a_stash_that_is_filled_is_full_and_says_so() {
    beside(builder().args(["--stash-bytes", "8 MiB"]).start(), |host| {
        for (doing, says) in [
            ("large", "stash-bytes allows this tenant 8388608 bytes"),
            ("many", "stash-entries allows this tenant 100 entries"),
        ] {
            ask(host, &format!("/hostile/stashes.py?do={doing}")).failed();
            host.wait_for_event("log", says);
        }
    });
    beside(builder().args(["--stash-bytes", "2 MiB"]).start(), |host| {
        for doing in ["much", "queue"] {
            ask(host, &format!("/hostile/stashes.py?do={doing}")).failed();
            host.wait_for_event("log", "stash-bytes allows this tenant 2097152 bytes");
        }
    });
}

#[test]
fn what_acts_when_it_is_taken_acts_in_the_takers_sandbox() {
    let other = tempfile::tempdir().unwrap();
    for name in ["stashes.py", "attempts.py"] {
        let path = format!("{}/python/hostile/{name}", env!("CARGO_MANIFEST_DIR"));
        std::fs::create_dir_all(other.path().join("hostile")).unwrap();
        std::fs::copy(path, other.path().join("hostile").join(name)).unwrap();
    }
    std::fs::write(other.path().join("the-others.txt"), "").unwrap();
    let config = format!(
        "[[tenant]]\nname = \"other\"\nhosts = [\"other.test\"]\nplugins = {:?}\n",
        other.path()
    );
    beside(builder().config(&config).start(), |host| {
        let key = |number: u8| format!("00000000-0000-0000-0000-0000000000{number:02}");
        let stash = |doing: &str, number: u8| {
            ask(
                host,
                &format!("/hostile/stashes.py?do={doing}&key={}", key(number)),
            )
        };
        let theirs = |doing: &str, number: u8| {
            let mut client = host.h1();
            client.send(format!(
                "GET /hostile/stashes.py?do={doing}&key={} HTTP/1.1\r\nHost: other.test\r\n\r\n",
                key(number)
            ));
            client.response().text()
        };
        // Code runs, and sees what any script of the tenant sees.
        assert_eq!(stash("act", 1).text, "put");
        assert_eq!(theirs("take", 1), "None");
        let seen = stash("take", 1).text;
        assert!(
            seen.contains("f.txt") && !seen.contains("the-others"),
            "{seen}"
        );

        // It is on the taker's time, and gone with it.
        assert_eq!(stash("spin", 2).text, "put");
        stash("take", 2).failed();
        assert_eq!(stash("take", 2).text, "None");

        // Nobody waits for one that died with the lock.
        stash("lock", 3).failed();
        assert_eq!(stash("count", 3).text, "counted");
    });
}
