//! Queues between handlers.

use std::collections::BTreeSet;

use crate::asking::{Client, Kept, Waiting, uuid};

pub(crate) fn messages_come_out_as_they_went_in(kept: &Kept) {
    let host = kept.host();
    for mut client in Client::both(&host) {
        let key = uuid();
        client.see(&[
            (&format!("receive&key={key}"), "none"),
            (&format!("send&key={key}&value=1"), "ok"),
            (&format!("send&key={key}&value="), "ok"),
            (&format!("send&key={key}&value=1"), "ok"),
            (&format!("send&key={key}&value=3&path=/p"), "ok"),
            // A value is none of them.
            (&format!("take&key={key}"), "none"),
            (&format!("put&key={key}&value=v"), "ok"),
            (&format!("receive&key={key}"), "some 1"),
            (&format!("receive&key={key}"), "some "),
            (&format!("wait-a-little&key={key}"), "some 1"),
            (&format!("receive&key={key}"), "none"),
            (&format!("receive&key={key}&path=/p"), "some 3"),
            (&format!("take&key={key}"), "some v"),
        ]);
    }
    host.stop();
}

pub(crate) fn a_handler_waits_for_another_ones_message(kept: &Kept) {
    let host = kept.host();
    for mut client in Client::both(&host) {
        let key = uuid();
        // What it has said before it waits is here already.
        let waits = Waiting::begin(&host, &format!("wait&key={key}"), "waiting\n");
        client.see(&[(&format!("send&key={key}&value=hello"), "ok")]);
        assert_eq!(waits.end(), "some hello");
        client.see(&[(&format!("receive&key={key}"), "none")]);
    }
    host.stop();
}

pub(crate) fn waiting_ends_with_its_timeout_and_with_the_request(kept: &Kept) {
    let host = kept.builder().args(["--wall-time", "2s"]).start();
    for mut client in Client::both(&host) {
        let key = uuid();
        client.see(&[(&format!("wait-a-little&key={key}"), "none")]);
        let waits = Waiting::begin(&host, &format!("wait&key={key}"), "waiting\n");
        waits.reset();
        host.wait_for_event("log", "the wall time limit of 2s");
        // Who has gone takes nothing with it.
        client.see(&[
            (&format!("send&key={key}&value=1"), "ok"),
            (&format!("receive&key={key}"), "some 1"),
        ]);
    }
    host.stop();
}

pub(crate) fn every_message_reaches_one_handler(kept: &Kept) {
    const MESSAGES: u32 = 20;
    let host = kept.host();
    let key = uuid();
    let mut receivers = host.h2();
    let streams: Vec<u32> = (0..MESSAGES).map(|n| 2 * n + 1).collect();
    for stream in &streams {
        receivers.get(*stream, &format!("/stasher?do=wait&key={key}"));
    }
    let mut client = Client::h1(&host);
    for n in 0..MESSAGES {
        client.see(&[(&format!("send&key={key}&value={n}"), "ok")]);
    }
    let answers = receivers.answers(&streams).into_iter();
    let received: BTreeSet<String> = answers.map(|answer| answer.text()).collect();
    let sent = (0..MESSAGES).map(|n| format!("waiting\nsome {n}"));
    assert_eq!(received, sent.collect());
    client.see(&[(&format!("receive&key={key}"), "none")]);
    host.stop();
}
