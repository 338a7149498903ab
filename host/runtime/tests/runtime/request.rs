//! What a handler is told of the way that its request came by.

use crate::common::{Client, content, handler, main, runtime, tenant};
use host_runtime::{Limits, Route};
use host_wire::Negotiated;

async fn answer(instructions: &str) -> String {
    let route = Route {
        name: "/a/b".to_owned(),
        url_base: "/mounted/".to_owned(),
        captures: vec![("*".to_owned(), "x/y".to_owned())],
    };
    let handler = handler(&runtime(), &main(instructions)).await;
    let tenant = tenant(Limits::default());
    let mut client = Client::routed(&handler, &tenant, Negotiated::Http1, route);
    let request = "GET /mounted/b HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n";
    client.send(request).await;
    content(&client.rest().await).to_owned()
}

#[tokio::test]
async fn the_mount_point() {
    let said = answer(
        "(call $url_base (local.get $request) (i32.const 512))
         (call $set_content (local.get $response)
           (i32.load (i32.const 512)) (i32.load (i32.const 516)))
         (call $ok)",
    );
    assert_eq!(said.await, "/mounted/");
}

#[tokio::test]
async fn what_the_pattern_caught() {
    // The value of the list's first pair.
    let said = answer(
        "(call $route_match (local.get $request) (i32.const 512))
         (call $set_content (local.get $response)
           (i32.load offset=8 (i32.load (i32.const 512)))
           (i32.load offset=12 (i32.load (i32.const 512))))
         (call $ok)",
    );
    assert_eq!(said.await, "x/y");
}
