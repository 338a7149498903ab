//! A server that looks into the form that it was sent.

use host_testing::{Answer, Response, TestServer, form, method, path, respond};
use host_testing_examples::upload::upload;

#[test]
fn the_file_arrives_as_it_is() {
    let server = TestServer::start();
    server.mock(
        respond(Response::new(201).body("/files/1"))
            .when(method("POST"))
            .when(path("/files"))
            .when(form("note", "from the beach")),
    );

    let content = [0, 13, 10, 255];
    let name = upload(&server.url("/files"), "sea.raw", &content, "from the beach");
    assert_eq!(name.unwrap(), "/files/1");

    let file = server.requests()[0].files().remove(0);
    assert_eq!(
        (file.name.as_str(), file.filename.as_deref()),
        ("file", Some("sea.raw"))
    );
    assert_eq!(file.content, content[..]);
}

#[test]
fn the_answer_can_be_made_of_the_request() {
    let server = TestServer::start();
    // A function of the test's own; it may block, and look at what it likes.
    server.respond(Answer::function(|request| {
        let sizes = request.files().into_iter().map(|file| file.content.len());
        format!("{} bytes", sizes.sum::<usize>())
    }));
    let name = upload(&server.url("/"), "zeros", &[0; 1 << 20], "");
    assert_eq!(name.unwrap(), "1048576 bytes");
}
