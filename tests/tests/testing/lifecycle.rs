//! Starting, stopping, starting again, and being gone.

use std::net::{Ipv6Addr, TcpListener, TcpStream};

use host_testing::{Answer, Builder, Error, path, respond};
use host_tests::h1::Client;
use host_tests::{DEADLINE, h2, plugin};

use crate::ask::{Ask, Way, tls, try_tls};

both!(
    stop_closes_idle_connections,
    nobody_connects_to_a_stopped_one,
    it_starts_again_on_the_same_ports,
    mocks_requests_and_handlers_stay,
    stopping_twice_and_starting_twice,
    a_port_that_is_taken,
    a_port_of_the_tests_choice,
    without_tls,
    on_another_address,
    reset_is_as_if_new,
    dropped_it_is_gone,
    two_know_nothing_of_each_other,
);

fn stop_closes_idle_connections(builder: Builder) {
    let server = builder.start();
    server.mock(respond("x").always());
    let mut http1 = Client::connect(server.address());
    http1.get("/").expect(200);
    let mut never = Client::connect(server.address());
    let mut http2 = h2::Client::connect_raw(server.address());
    http2.begin();
    http2.get(1, "/").answer(1);
    let mut over_tls = h2::Client::over(tls(&server, "h2"));
    over_tls.begin();
    server.stop();
    http1.expect_close();
    assert_eq!(never.ending().0, b"");
    for client in [&mut http2, &mut over_tls] {
        while let Some(frame) = client.next_of_exchange() {
            assert_eq!(frame.kind, h2::kind::GOAWAY);
        }
    }
}

fn nobody_connects_to_a_stopped_one(builder: Builder) {
    let server = builder.start();
    server.stop();
    TcpStream::connect(server.address()).unwrap_err();
    TcpStream::connect(server.https_address()).unwrap_err();
}

fn it_starts_again_on_the_same_ports(builder: Builder) {
    let server = builder.start();
    server.mock(respond("x").always());
    let (http, https) = (server.address(), server.https_address());
    for _ in 0..3 {
        // Connections of before do not keep the port.
        let mut open = Client::connect(http);
        open.get("/");
        server.stop();
        server.start_again().unwrap();
        assert_eq!((server.address(), server.https_address()), (http, https));
        for way in Way::ALL {
            assert_eq!(Ask::get("/").of(&server, way).text, "x");
        }
    }
}

fn mocks_requests_and_handlers_stay(builder: Builder) {
    let server = builder.start();
    server.upload("greeter", plugin("hello")).unwrap();
    server.mock(
        respond(Answer::handler("greeter"))
            .when(path("/hello"))
            .always(),
    );
    let twice = server.mock(respond("x").when(path("/x")).times(2));
    assert_eq!(Ask::get("/x").of(&server, Way::Http1).text, "x");
    server.stop();
    assert_eq!((server.num_requests(), twice.answered()), (1, 1));
    server.start_again().unwrap();
    assert_eq!(Ask::get("/x").of(&server, Way::Http2).text, "x");
    assert_eq!(
        Ask::get("/hello").of(&server, Way::Http1).text,
        "Hello, world!\n"
    );
    let ids: Vec<_> = server.requests().iter().map(|request| request.id).collect();
    assert_eq!((ids, twice.answered()), (vec![1, 2, 3], 2));
}

fn stopping_twice_and_starting_twice(builder: Builder) {
    let server = builder.start();
    assert!(matches!(server.start_again(), Err(Error::Runs)));
    server.stop();
    server.stop();
    server.start_again().unwrap();
    assert!(matches!(server.start_again(), Err(Error::Runs)));
}

fn a_port_that_is_taken(builder: Builder) {
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = taken.local_addr().unwrap().port();
    let error = builder.clone().port(port).try_start().unwrap_err();
    assert!(matches!(error, Error::Start(_)), "{error:?}");
    let message = std::panic::catch_unwind(|| builder.port(port).start()).unwrap_err();
    let message = message.downcast_ref::<String>().expect("a message");
    assert!(message.contains(&port.to_string()), "{message}");
}

fn a_port_of_the_tests_choice(builder: Builder) {
    let free = || {
        TcpListener::bind("127.0.0.1:0")
            .unwrap()
            .local_addr()
            .unwrap()
            .port()
    };
    let (http, https) = (free(), free());
    let server = builder.port(http).https_port(https).start();
    assert_eq!(server.address().port(), http);
    assert_eq!(server.https_address().port(), https);
    assert_eq!(server.url("/a?b"), format!("http://127.0.0.1:{http}/a?b"));
    assert_eq!(
        server.https_url("a"),
        format!("https://127.0.0.1:{https}/a")
    );
}

fn without_tls(builder: Builder) {
    let server = builder.tls(false).start();
    server.respond("x");
    assert_eq!(Ask::get("/").of(&server, Way::Http2).text, "x");
    let asked = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| server.https_url("/")));
    asked.unwrap_err();
}

fn on_another_address(builder: Builder) {
    if TcpListener::bind((Ipv6Addr::LOCALHOST, 0)).is_err() {
        return;
    }
    let server = builder.address(Ipv6Addr::LOCALHOST).start();
    server.mock(respond("x").always());
    assert!(server.url("/").starts_with("http://[::1]:"));
    for way in Way::ALL {
        assert_eq!(Ask::get("/").of(&server, way).text, "x");
    }
}

fn reset_is_as_if_new(builder: Builder) {
    let server = builder.start();
    server.mock(respond("never").when(path("/never")).expect(1..));
    server.respond_unmatched(404);
    assert_eq!(Ask::get("/").of(&server, Way::Http1).status, 404);
    server.verify().unwrap_err();
    server.reset();
    server.verify().unwrap();
    assert_eq!(server.num_requests(), 0);
    assert_eq!(Ask::get("/never").of(&server, Way::Http1).status, 555);
    server.reset();
}

fn dropped_it_is_gone(builder: Builder) {
    let server = builder.start();
    server.respond("x");
    let address = server.address();
    let mut client = Client::connect(address);
    client.get("/").expect(200);
    drop(server);
    assert_eq!(client.ending().0, b"");
    crate::until(|| TcpStream::connect(address).is_err());
}

fn two_know_nothing_of_each_other(builder: Builder) {
    let (one, two) = (builder.clone().start(), builder.start());
    one.respond("one");
    two.respond("two");
    assert_eq!(Ask::get("/").of(&two, Way::Http1).text, "two");
    assert_eq!((one.num_requests(), two.num_requests()), (0, 1));
    assert_eq!(Ask::get("/").of(&one, Way::Http2).text, "one");
    // They have one CA: a client that trusts one trusts both.
    assert_eq!(one.ca_pem(), two.ca_pem());
    assert!(one.ca_pem().starts_with("-----BEGIN CERTIFICATE-----\n"));
    try_tls(&one, "h2").expect("trust");
    two.stop();
    one.respond("still");
    assert_eq!(Ask::get("/").of(&one, Way::Http1Tls).text, "still");
    assert!(one.wait_answered(2, DEADLINE));
}
