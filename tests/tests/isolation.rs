//! Requests share nothing: neither handlers' memory nor one another's bytes.

use host_tests::Host;
use host_tests::h2::{data, headers};
use host_tests::load::Load;

#[test]
fn state_lives_for_one_stream() {
    let host = Host::start(&["state"]);
    let mut client = host.h2();
    let mut bodies = Vec::new();
    for stream in [1, 3, 5] {
        client.send(headers(stream).post("/state").end_headers());
        client.send(data(stream, b"abc"));
        client.send(data(stream, b"de").end_stream());
        bodies.push(client.answer(stream).expect(200).text());
    }
    assert_eq!(bodies[0], bodies[1]);
    assert_eq!(bodies[1], bodies[2]);
    assert!(
        bodies[0].contains('2') && bodies[0].contains('5'),
        "{}",
        bodies[0]
    );
    host.stop();
}

#[test]
fn interleaved_streams_keep_their_own_state() {
    let host = Host::start(&["state"]);
    let mut client = host.h2();
    let streams: Vec<u32> = (0..20).map(|n| 2 * n + 1).collect();
    for stream in &streams {
        client.send(headers(*stream).post("/state").end_headers());
    }
    for round in 0..3 {
        for stream in &streams {
            let frame = data(*stream, b"ab");
            client.send(if round == 2 {
                frame.end_stream()
            } else {
                frame
            });
        }
    }
    let answers = client.answers(&streams);
    for answer in &answers {
        assert_eq!(answer.status, 200);
        assert_eq!(answer.body, answers[0].body);
    }
    host.stop();
}

#[test]
fn a_slot_that_was_used_is_clean_for_the_next() {
    let probe = Host::builder()
        .test_plugins(&["chaos"])
        .args(["--max-instances", "1", "--memory", "32MiB"])
        .start();
    for _ in 0..5 {
        let stained = probe.get("/chaos?do=stain").expect(200).text();
        assert!(stained.starts_with("stained 2"), "{stained}");
        let found = probe.get("/chaos?do=look").expect(200).text();
        assert_eq!(found, "found 0 words\n");
        let fresh = probe.get("/chaos?do=fresh").expect(200).text();
        assert_eq!(fresh, "call 1\n");
    }
    probe.stop();

    // Two slots, so that each is used again and again by other requests, some
    // of which end in the middle.
    let host = Host::builder()
        .plugins(&["echo"])
        .test_plugins(&["chaos"])
        .args(["--max-instances", "2"])
        .start();
    let mut client = host.h1();
    for n in 0..50 {
        let secret = format!("secret-{n}-").repeat(200);
        let answer = client.post("/echo", secret.as_bytes()).expect(200);
        assert!(answer.text().contains(&format!("secret-{n}-")));
        let other = client.post("/echo", b"nothing").expect(200);
        assert!(!other.text().contains("secret"), "{}", other.text());
        if n % 10 == 0 {
            host.get("/chaos?do=trap").expect(500);
        }
    }
    host.stop();
}

#[test]
fn answers_are_never_mixed_up() {
    let host = Host::start(&["echo"]);
    let address = host.http();
    let next = std::sync::atomic::AtomicU64::new(0);
    let load = Load::start(
        4,
        || {
            let worker = next.fetch_add(1, std::sync::atomic::Ordering::SeqCst);
            (host_tests::h1::Client::connect(address), worker * 1_000_000)
        },
        |(client, n)| {
            *n += 1;
            let body = format!("body-{n}-").repeat(*n as usize % 50 + 1);
            client.send(format!(
                "POST /echo?n={n}- HTTP/1.1\r\nHost: t\r\nContent-Length: {}\r\n\r\n{body}",
                body.len()
            ));
            let answer = client.try_response(false)?;
            let text = answer.text();
            let own = text.contains(&format!("n={n}-")) && text.contains(&body);
            if own { Ok(()) } else { Err(text) }
        },
    );
    load.wait_for(2000);
    load.stop();
    host.stop();
}
