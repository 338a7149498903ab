//! The lock: who holds it, who waits for it, and how it comes back.

use host_tests::load::Load;

use crate::asking::{Client, Kept, Waiting, uuid};

/// Requests that count at the same time.
const AT_ONCE: u32 = 40;

pub(crate) fn counting_with_the_lock_loses_nothing(kept: &Kept) {
    let host = kept.host();
    let key = uuid();
    let target = format!("/stasher?do=count&key={key}");
    let load = Load::get(&host, 4, &target, "counted ");
    let mut client = host.h2();
    let streams: Vec<u32> = (0..AT_ONCE).map(|n| 2 * n + 1).collect();
    for stream in &streams {
        client.get(*stream, &target);
    }
    for answer in client.answers(&streams) {
        assert_eq!(answer.status, 200, "{}", answer.text());
    }
    load.wait_for(100);
    let counted = load.stop() + u64::from(AT_ONCE);
    Client::h1(&host).see(&[(&format!("take&key={key}"), &format!("some {counted}"))]);
    host.stop();
}

pub(crate) fn a_handler_that_dies_gives_the_lock_back(kept: &Kept) {
    let host = kept.builder().args(["--wall-time", "5s"]).start();
    for mut client in Client::both(&host) {
        let (status, _) = client.get("/stasher?do=panic");
        assert_eq!(status, 500);
        client.see(&[("lock", "ok"), ("forget", "forgotten"), ("lock", "ok")]);
        // One whose time is over while it holds it.
        let holder = Waiting::begin(&host, &format!("hold&key={}", uuid()), "held\n");
        holder.reset();
        client.see(&[("lock", "ok")]);
    }
    host.stop();
}

pub(crate) fn a_client_that_leaves_gives_the_lock_back(kept: &Kept) {
    let host = kept.builder().args(["--wall-time", "1 h"]).start();
    let holder = Waiting::begin(&host, &format!("hold&key={}", uuid()), "held\n");
    holder.leave(&host);
    for mut client in Client::both(&host) {
        client.see(&[("lock", "ok")]);
    }
    host.stop();
}

pub(crate) fn who_waits_for_the_lock_is_in_nobodys_way(kept: &Kept) {
    let host = kept.host();
    let (hold, key) = (uuid(), uuid());
    let holder = Waiting::begin(&host, &format!("hold&key={hold}"), "held\n");
    let mut waiter = host.h2();
    for stream in [1, 3, 5] {
        waiter.get(stream, &format!("/stasher?do=count&key={key}"));
    }
    // Answered while those wait: they were sent on the same connection.
    waiter.get(7, &format!("/stasher?do=put&key={hold}&value=1"));
    assert_eq!(waiter.answer(7).expect(200).text(), "ok");
    for mut client in Client::both(&host) {
        client.see(&[(&format!("take&key={key}"), "none")]);
    }
    Client::h1(&host).see(&[(&format!("send&key={hold}&value=go"), "ok")]);
    assert_eq!(holder.end(), "some go");
    let mut counted: Vec<String> = waiter
        .answers(&[1, 3, 5])
        .into_iter()
        .map(|answer| answer.expect(200).text())
        .collect();
    counted.sort();
    assert_eq!(counted, ["counted 0", "counted 1", "counted 2"]);
    host.stop();
}

pub(crate) fn a_second_lock_would_wait_for_itself(kept: &Kept) {
    let host = kept.host();
    for mut client in Client::both(&host) {
        client.see(&[
            ("twice", "StashError::Locked"),
            ("again", "ok"),
            // The second guard's lock outlives the first one's end.
            ("released", "StashError::Locked"),
            ("lock", "ok"),
        ]);
    }
    host.stop();
}
