//! What a tenant may keep.

use crate::asking::{Client, Kept, uuid};

/// The bytes of each entry's key that count: its path.
const PATH: usize = "/stasher".len();

#[track_caller]
fn is_full(said: &str, limit: &str) {
    assert!(said.starts_with("StashError::Limit("), "{said}");
    assert!(said.contains(limit), "{said}");
}

pub(crate) fn what_a_tenant_keeps_is_bounded_by_bytes(kept: &Kept) {
    let host = kept.builder().args(["--stash-bytes", "1 KiB"]).start();
    for mut client in Client::both(&host) {
        let (big, small) = (uuid(), uuid());
        let room = 1024 - PATH;
        is_full(
            &client.ask(&format!("put&key={big}&bytes={}", room + 1)),
            "stash-bytes allows this tenant 1024 bytes",
        );
        client.see(&[(&format!("put&key={big}&bytes={room}"), "ok")]);
        for operation in ["put", "send"] {
            let said = client.ask(&format!("{operation}&key={small}"));
            is_full(&said, "stash-bytes");
        }
        // Nothing was thrown away, and what is taken makes room.
        assert_eq!(
            client.ask(&format!("take&key={big}")).len(),
            "some ".len() + room
        );
        client.see(&[(&format!("send&key={small}&bytes={room}"), "ok")]);
        is_full(&client.ask(&format!("put&key={small}")), "stash-bytes");
        let received = client.ask(&format!("receive&key={small}"));
        assert_eq!(received.len(), "some ".len() + room);
    }
    host.stop();
}

pub(crate) fn what_a_tenant_keeps_is_bounded_by_number(kept: &Kept) {
    let host = kept.builder().args(["--stash-entries", "3"]).start();
    for mut client in Client::both(&host) {
        let keys = [uuid(), uuid(), uuid()];
        client.see(&[
            (&format!("put&key={}", keys[0]), "ok"),
            (&format!("send&key={}", keys[1]), "ok"),
            (&format!("send&key={}", keys[1]), "ok"),
        ]);
        for operation in ["put", "send"] {
            let said = client.ask(&format!("{operation}&key={}", keys[2]));
            is_full(&said, "stash-entries allows this tenant 3 entries");
        }
        client.see(&[
            (&format!("receive&key={}", keys[1]), "some "),
            (&format!("put&key={}", keys[2]), "ok"),
            (&format!("take&key={}", keys[0]), "some "),
            (&format!("take&key={}", keys[2]), "some "),
            (&format!("receive&key={}", keys[1]), "some "),
        ]);
    }
    host.stop();
}
