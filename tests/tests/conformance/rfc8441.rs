//! RFC 8441: extended CONNECT.

use host_tests::Host;
use host_tests::h2::{code, setting, settings};
use host_tests::rules::Outcome::{GoAway, Malformed};
use host_tests::rules::{each_refused, fields, refused};

const PROTOCOL: (&str, &str) = (":protocol", "websocket");

#[test]
fn rfc8441_s3_the_setting_is_announced_as_1() {
    let host = Host::start(&[]);
    let client = host.h2();
    assert_eq!(client.setting(setting::ENABLE_CONNECT_PROTOCOL), Some(1));
    drop(client);
    host.stop();
}

#[test]
fn rfc8441_s3_a_value_other_than_0_or_1() {
    refused(
        "RFC 9113 §6.5.2",
        GoAway(code::PROTOCOL),
        [settings(&[(setting::ENABLE_CONNECT_PROTOCOL, 2)])],
    );
}

#[test]
fn rfc8441_s4_protocol_belongs_to_connect() {
    let get = [
        (":method", "GET"),
        (":scheme", "http"),
        (":path", "/"),
        PROTOCOL,
    ];
    refused("RFC 8441 §4", Malformed, [fields(&get)]);
}

#[test]
fn rfc8441_s4_scheme_and_path_are_needed() {
    const CONNECT: (&str, &str) = (":method", "CONNECT");
    const TO: (&str, &str) = (":authority", "test");
    let cases: [(&str, &[(&str, &str)]); 2] = [
        ("no scheme", &[CONNECT, TO, (":path", "/"), PROTOCOL]),
        ("no path", &[CONNECT, TO, (":scheme", "http"), PROTOCOL]),
    ];
    each_refused(
        "RFC 9113 §8.3.1",
        Malformed,
        cases.map(|(what, list)| (what, [fields(list)])),
    );
}

#[test]
fn rfc8441_s4_an_extended_connect_is_a_request() {
    let host = Host::start(&["echo"]);
    let mut client = host.h2();
    let connect = [
        (":method", "CONNECT"),
        (":scheme", "http"),
        (":authority", "test"),
        (":path", "/echo"),
        PROTOCOL,
    ];
    client.send(fields(&connect));
    let echo = client.answer(1).expect(200).json();
    assert_eq!(echo["method"], "CONNECT");
    host.stop();
}
