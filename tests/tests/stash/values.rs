//! Values: `put` and `take`.

use host_tests::{query, test_plugin};

use crate::asking::{Client, Kept, uuid};

pub(crate) fn what_is_put_is_taken_once(kept: &Kept) {
    let host = kept.host();
    for mut client in Client::both(&host) {
        let key = uuid();
        client.see(&[
            (&format!("take&key={key}"), "none"),
            (&format!("put&key={key}&value=hello"), "ok"),
            (&format!("take&key={key}"), "some hello"),
            (&format!("take&key={key}"), "none"),
            (&format!("put&key={key}&value=again"), "ok"),
            (&format!("take&key={key}"), "some again"),
            (&format!("own&key={key}&value=mine"), "some mine"),
        ]);
    }
    // What one protocol puts, the other takes.
    let [mut one, mut two] = Client::both(&host);
    let key = uuid();
    one.see(&[(&format!("put&key={key}&value=1"), "ok")]);
    two.see(&[(&format!("take&key={key}"), "some 1")]);
    host.stop();
}

/// wptserve takes what Python finds false for what it is.
pub(crate) fn empty_and_odd_values_are_values(kept: &Kept) {
    let host = kept.host();
    for mut client in Client::both(&host) {
        for value in ["", "0", "False", "%00", "%ff%fe", "%0d%0a"] {
            let key = uuid();
            assert_eq!(client.ask(&format!("put&key={key}&value={value}")), "ok");
            let taken = client.ask(&format!("take&key={key}"));
            assert!(taken.starts_with("some "), "{value}: {taken:?}");
            assert_eq!(client.ask(&format!("take&key={key}")), "none");
        }
    }
    // Byte for byte.
    let (mut client, key) = (host.h1(), uuid());
    client
        .get(&format!("/stasher?do=put&key={key}&value=a%00%ff%0a"))
        .expect(200);
    let taken = client.get(&format!("/stasher?do=take&key={key}"));
    assert_eq!(taken.body, b"some a\0\xff\n");
    host.stop();
}

pub(crate) fn a_second_value_is_refused_and_the_first_stays(kept: &Kept) {
    let host = kept.host();
    for mut client in Client::both(&host) {
        let key = uuid();
        client.see(&[(&format!("put&key={key}&value=first"), "ok")]);
        let refused = client.ask(&format!("put&key={key}&value=second"));
        assert!(refused.starts_with("StashError::Occupied("), "{refused}");
        assert!(refused.contains(&format!("{key} of /stasher")), "{refused}");
        let (status, _) = client.get(&format!("/stasher?do=put?&key={key}&value=third"));
        assert_eq!(status, 500);
        client.see(&[(&format!("take&key={key}"), "some first")]);
    }
    host.stop();
}

pub(crate) fn a_key_is_a_path_and_a_uuid(kept: &Kept) {
    let host = kept.host();
    for mut client in Client::both(&host) {
        let (key, other) = (uuid(), uuid());
        client.see(&[
            (&format!("put&key={key}&value=own"), "ok"),
            (&format!("put&key={key}&value=there&path=/there"), "ok"),
            (&format!("put&key={key}&value=&path="), "ok"),
            (&format!("put&key={key}&value=colon&path=/a:b"), "ok"),
            (&format!("put&key={other}&value=other"), "ok"),
            (&format!("take&key={key}&path=/elsewhere"), "none"),
            (&format!("take&key={key}&path=/there/"), "none"),
            (&format!("take&key={key}&path=/there"), "some there"),
            (&format!("take&key={key}&path=/stasher"), "some own"),
            (&format!("take&key={key}&path="), "some "),
            (&format!("take&key={key}&path=/a:b"), "some colon"),
            (&format!("take&key={other}"), "some other"),
        ]);
    }
    host.stop();
}

pub(crate) fn the_path_is_the_urls_without_its_query(kept: &Kept) {
    let host = kept
        .builder()
        .file("a/é.wasm", test_plugin("stasher"))
        .start();
    for mut client in Client::both(&host) {
        let key = uuid();
        let mut ask = |target: &str| {
            let (status, text) = client.get(&format!("{target}&key={key}"));
            assert_eq!(status, 200, "{target}: {text}");
            text
        };
        // As it came: percent-encoded.
        assert_eq!(ask("/a/%C3%A9?do=put&value=1"), "ok");
        assert_eq!(ask("/stasher?do=take"), "none");
        assert_eq!(ask("/a/%c3%a9?do=take"), "none");
        assert_eq!(ask("/a/%C3%A9?x=y&do=take"), "some 1");
        assert_eq!(ask("/a/%C3%A9?do=put&value=2"), "ok");
        assert_eq!(ask("/stasher?do=take&path=/a/%25C3%25A9"), "some 2");
    }
    host.stop();
}

/// `stash_differential.py` compares many more with Python's own.
pub(crate) fn every_spelling_of_a_uuid_is_the_same_key(kept: &Kept) {
    let host = kept.host();
    for mut client in Client::both(&host) {
        let key = uuid();
        for spelling in [
            key.to_uppercase(),
            key.replace('-', ""),
            format!("{{{key}}}"),
            format!("urn:uuid:{key}"),
        ] {
            let spelling = query(&spelling);
            client.see(&[
                (&format!("put&key={spelling}&value=1"), "ok"),
                (&format!("take&key={key}"), "some 1"),
                (&format!("put&key={key}&value=2"), "ok"),
                (&format!("take&key={spelling}"), "some 2"),
            ]);
        }
    }
    host.stop();
}

pub(crate) fn what_is_no_uuid_is_an_error_and_by_itself_a_500(kept: &Kept) {
    let host = kept.host();
    for mut client in Client::both(&host) {
        for key in ["", "x", "0f51c35d", "%ff", &format!("{}0", uuid())] {
            for operation in ["put", "take", "send", "receive", "wait-a-little"] {
                let said = client.ask(&format!("{operation}&key={key}"));
                assert!(said.starts_with("StashError::InvalidKey("), "{said}");
            }
        }
        let (status, _) = client.get("/stasher?do=put?&key=no-uuid");
        assert_eq!(status, 500);
    }
    host.wait_for_text("\\\"no-uuid\\\" is no UUID");
    host.stop();
}
