//! What only a Redis can do or suffer: shared by hosts, away, full, not there.

use std::collections::BTreeSet;
use std::time::Instant;

use host_tests::load::Load;
use host_tests::redis::Redis;
use host_tests::{DEADLINE, Host, HostBuilder};

use crate::asking::{Client, Waiting, uuid};

fn with(redis: &Redis) -> HostBuilder {
    let builder = Host::builder().test_plugins(&["stasher"]);
    builder.args(["--stash", &redis.url()])
}

#[test]
fn hosts_that_share_a_redis_share_the_stash() {
    let redis = Redis::start();
    let hosts = [with(&redis).start(), with(&redis).start()];
    let [one, two] = &hosts;
    for (mut here, mut there) in Client::both(one).into_iter().zip(Client::both(two)) {
        let key = uuid();
        here.see(&[(&format!("put&key={key}&value=1"), "ok")]);
        let refused = there.ask(&format!("put&key={key}&value=2"));
        assert!(refused.starts_with("StashError::Occupied("), "{refused}");
        there.see(&[(&format!("take&key={key}"), "some 1")]);
        here.see(&[(&format!("take&key={key}"), "none")]);
        let waits = Waiting::begin(one, &format!("wait&key={key}"), "waiting\n");
        there.see(&[(&format!("send&key={key}&value=hello"), "ok")]);
        assert_eq!(waits.end(), "some hello");
    }
    hosts.into_iter().for_each(Host::stop);
}

#[test]
fn what_two_hosts_take_at_once_is_taken_once() {
    const VALUES: u32 = 60;
    let redis = Redis::start();
    let hosts = [with(&redis).start(), with(&redis).start()];
    let mut client = Client::h1(&hosts[0]);
    let keys: Vec<String> = (0..VALUES).map(|_| uuid()).collect();
    for key in &keys {
        client.see(&[(&format!("put&key={key}&value={key}"), "ok")]);
    }
    // All values are asked for four times at once, on two connections of each.
    let mut clients: Vec<_> = hosts
        .iter()
        .flat_map(|host| [host.h2(), host.h2()])
        .collect();
    let streams: Vec<u32> = (0..VALUES).map(|n| 2 * n + 1).collect();
    for (stream, key) in streams.iter().zip(&keys) {
        for client in &mut clients {
            client.get(*stream, &format!("/stasher?do=take&key={key}"));
        }
    }
    let mut said: Vec<String> = clients
        .iter_mut()
        .flat_map(|client| client.answers(&streams))
        .map(|answer| answer.expect(200).text())
        .filter(|said| said != "none")
        .collect();
    said.sort();
    let all: Vec<String> = keys.iter().map(|key| format!("some {key}")).collect();
    assert_eq!(said, all);
    assert_eq!(redis.cli(&["DBSIZE"]), "0", "{}", redis.cli(&["KEYS", "*"]));
    hosts.into_iter().for_each(Host::stop);
}

#[test]
fn two_hosts_count_with_one_lock() {
    let redis = Redis::start();
    let hosts = [with(&redis).start(), with(&redis).start()];
    let key = uuid();
    let target = format!("/stasher?do=count&key={key}");
    let loads = hosts
        .each_ref()
        .map(|host| Load::get(host, 3, &target, "counted "));
    for load in &loads {
        load.wait_for(50);
    }
    let counted: u64 = loads.into_iter().map(Load::stop).sum();
    let taken = format!("some {counted}");
    Client::h2(&hosts[1]).see(&[(&format!("take&key={key}"), &taken)]);
    hosts.into_iter().for_each(Host::stop);
}

/// The holder is allowed an hour; who waits for it elsewhere is not.
#[test]
fn waiting_for_the_lock_ends_with_the_requests_time() {
    let redis = Redis::start();
    let patient = with(&redis).args(["--wall-time", "1 h"]).start();
    let hasty = with(&redis).args(["--wall-time", "1s"]).start();
    let hold = uuid();
    let holder = Waiting::begin(&patient, &format!("hold&key={hold}"), "held\n");
    for mut client in Client::both(&hasty) {
        let (status, text) = client.get("/stasher?do=lock");
        assert_eq!(status, 500);
        assert!(text.contains("the wall time limit of 1s"), "{text}");
    }
    Client::h1(&hasty).see(&[(&format!("send&key={hold}&value=go"), "ok")]);
    assert_eq!(holder.end(), "some go");
    for mut client in Client::both(&hasty) {
        client.see(&[("lock", "ok")]);
    }
    hasty.stop();
    patient.stop();
}

/// Its lease is its wall time and ten seconds.
#[test]
fn the_lock_of_a_host_that_is_killed_comes_back() {
    let redis = Redis::start();
    let doomed = with(&redis).args(["--wall-time", "1s"]).start();
    let _holder = Waiting::begin(&doomed, &format!("hold&key={}", uuid()), "held\n");
    doomed.signal("KILL");
    let heir = with(&redis).args(["--wall-time", "1 h"]).start();
    Client::h1(&heir).see(&[("lock", "ok")]);
    heir.stop();
}

#[test]
fn a_redis_that_goes_away_is_an_error_until_it_is_back() {
    let mut redis = Redis::start();
    let host = with(&redis).start();
    for mut client in Client::both(&host) {
        let key = uuid();
        client.see(&[(&format!("put&key={key}&value=1"), "ok")]);
        redis.kill();
        for query in [
            format!("put&key={key}"),
            format!("take&key={key}"),
            format!("send&key={key}"),
            format!("receive&key={key}"),
            "lock".to_owned(),
        ] {
            let said = client.ask(&query);
            assert!(said.starts_with("StashError::Unavailable("), "{said}");
            assert!(said.contains("the stash's Redis cannot be used"), "{said}");
        }
        let (status, _) = client.get(&format!("/stasher?do=put?&key={key}"));
        assert_eq!(status, 500);
        redis.restart();
        // What it kept is lost; it is used again as if nothing had been.
        client.see(&[
            (&format!("put&key={key}&value=2"), "ok"),
            (&format!("take&key={key}"), "some 2"),
            ("lock", "ok"),
        ]);
    }
    host.stop();
}

/// Even where nobody has asked meanwhile.
#[test]
fn a_redis_that_was_restarted_is_not_noticed() {
    let mut redis = Redis::start();
    let host = with(&redis).start();
    let mut client = Client::h1(&host);
    client.see(&[("lock", "ok")]);
    for _ in 0..3 {
        redis.kill();
        redis.restart();
        client.see(&[("lock", "ok")]);
    }
    host.stop();
}

#[test]
fn a_redis_that_does_not_answer_holds_nobody_up_for_long() {
    let redis = Redis::start();
    let host = with(&redis).args(["--wall-time", "1 h"]).start();
    for mut client in Client::both(&host) {
        let key = uuid();
        client.see(&[(&format!("put&key={key}&value=1"), "ok")]);
        redis.freeze();
        let said = client.ask(&format!("take&key={key}"));
        assert!(said.contains("has not answered for 5s"), "{said}");
        redis.thaw();
        // Whether that was taken is not known; that it works again is.
        let deadline = Instant::now() + DEADLINE;
        while client.ask(&format!("put&key={}", uuid())) != "ok" {
            assert!(Instant::now() < deadline, "it does not work again");
        }
    }
    host.stop();
}

/// What `SCAN` shows is the operator's to see, but no tenant's: the keys say
/// whose they are.
#[test]
fn every_key_says_whose_it_is() {
    let redis = Redis::start();
    let host = with(&redis).start();
    let key = uuid();
    let holder = Waiting::begin(&host, &format!("hold&key={key}"), "held\n");
    Client::h1(&host).see(&[
        (&format!("put&key={key}&value=1"), "ok"),
        (&format!("send&key={key}&value=1&path=/q"), "ok"),
    ]);
    let digits = key.replace('-', "");
    let said = redis.cli(&["KEYS", "*"]);
    let expected = [
        "host:stash:default:lock".to_owned(),
        format!("host:stash:default:queue:{digits}:/q"),
        "host:stash:default:size".to_owned(),
        format!("host:stash:default:value:{digits}:/stasher"),
    ];
    let keys: BTreeSet<&str> = said.lines().collect();
    assert_eq!(keys, expected.iter().map(String::as_str).collect());
    holder.leave(&host);
    host.stop();
}

#[test]
fn a_full_redis_says_so() {
    let redis = Redis::start();
    let host = with(&redis).start();
    redis.cli(&["CONFIG", "SET", "maxmemory", "1"]);
    let said = Client::h1(&host).ask(&format!("put&key={}&bytes=1000", uuid()));
    assert!(said.starts_with("StashError::Unavailable("), "{said}");
    assert!(said.contains("maxmemory"), "{said}");
    host.stop();
}

#[test]
fn a_redis_with_a_password_is_shown_without_it() {
    let redis = Redis::on_a_port("open-sesame");
    let host = with(&redis).start();
    Client::h1(&host).see(&[("lock", "ok")]);
    host.stop();

    let shown = redis.url().replace(":open-sesame@", "") + "/0";
    let mut host = with(&redis).start_with_banner(&format!("Stash: {shown}"));
    host.signal("TERM");
    host.wait();
    assert!(!host.log().contains("open-sesame"), "{}", host.log());

    // A wrong one is told at the start.
    let wrong = redis.url().replace("sesame", "barley");
    let said = Host::builder().args(["--stash", &wrong]).fails();
    let said = said.says(&[&shown, "hint: "]);
    assert!(!said.all().contains("barley"), "{}", said.all());
}

#[test]
fn a_stash_in_memory_needs_no_words() {
    let mut host = Host::builder()
        .config("stash = \"memory\"\n")
        .start_with_banner("curl ");
    host.signal("TERM");
    host.wait();
    assert!(!host.log().contains("Stash"), "{}", host.log());
}

#[test]
fn a_redis_that_is_not_there_is_told_at_the_start() {
    let folder = tempfile::tempdir().unwrap();
    let url = format!("unix://{}/none.sock", folder.path().display());
    Host::builder().args(["--stash", &url]).fails().says(&[
        &format!("the stash {url} cannot be reached: "),
        "No such file or directory",
        "hint: is that where redis-server listens",
    ]);
    Host::builder()
        .config(&format!("stash = {url:?}\n"))
        .fails()
        .says(&["cannot be reached"]);
    Host::builder()
        .args(["--stash", "rediss://127.0.0.1"])
        .fails()
        .says(&["TLS to Redis is not supported"]);
    Host::builder()
        .config("stash = \"none\"\n")
        .fails()
        .says(&["host.toml:1:9", "\"memory\""]);
}
