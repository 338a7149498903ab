//! Requests that somebody looked at before they were answered.

use std::sync::Arc;

use bytes::Bytes;
use parking_lot::Mutex;

use super::*;
use crate::{Event, Exchange, Fields, Observer, WireOp};

/// The events until the request ends, or so many.
async fn take(x: &mut Exchange, most: usize) -> Vec<Event> {
    let mut events = Vec::new();
    while events.len() < most
        && let Some(event) = x.next().await
    {
        events.push(event);
    }
    events
}

/// What they are, without what they gave back.
fn told(events: &[Event]) -> Vec<String> {
    let told = events.iter().map(|event| match event {
        Event::Data(frame) => format!(
            "data {:?} flags {} end {} padding {:?} of {}",
            frame.data, frame.flags, frame.end_stream, frame.padding, frame.flow_controlled_length
        ),
        other => format!("{other:?}"),
    });
    told.collect()
}

#[tokio::test(start_paused = true)]
async fn what_is_put_back_comes_again_as_it_came() {
    let mut t = Handed::new().await;
    let mut x = t.post().await;
    t.client.send(data(1, "ab").padded(3)).await;
    t.client.send(data(1, "")).await;
    t.client
        .send(headers(1).field("x-t", "1").end_stream())
        .await;
    let events = take(&mut x, 99).await;
    let first = told(&events);
    assert_eq!(first.len(), 5, "{first:?}");
    x.put_back(events);
    assert_eq!(told(&take(&mut x, 99).await), first);
    assert!(x.next().await.is_none());
    x.respond(200, Fields::new(), Bytes::new()).await.unwrap();
}

/// What is put back is before what was put back earlier, and that before what is
/// still to come; windows do not wait for it.
#[tokio::test(start_paused = true)]
async fn the_rest_comes_behind_it_and_may_be_sent() {
    let small = limits(|l| (l.stream_window, l.connection_window) = (10, 65_535));
    let mut t = Handed::connect(small, &[]).await;
    let mut x = t.post().await;
    t.client.send(data(1, "0123456789")).await;
    let mut events = take(&mut x, 2).await;
    t.client.expect_nothing().await;
    let body = events.split_off(1);
    x.put_back(body);
    x.put_back(events);
    t.client.expect(window_update(1, 10)).await;
    t.client.send(data(1, "more").end_stream()).await;
    let events = take(&mut x, 99).await;
    let content: Vec<_> = events
        .iter()
        .filter_map(|event| match event {
            Event::Data(frame) => Some(&frame.data[..]),
            _ => None,
        })
        .collect();
    assert!(matches!(events[0], Event::Headers(_)));
    assert_eq!(content, [&b"0123456789"[..], b"more"]);
}

/// Writes down what it hears.
struct Notes(Arc<Mutex<Vec<String>>>);

impl Observer for Notes {
    fn came(&mut self, event: &Event) {
        let came = told(std::slice::from_ref(event)).concat();
        let word = came.split([' ', '(']).next().unwrap_or_default();
        self.0.lock().push(word.to_owned());
    }

    fn writes(&mut self, op: &WireOp) {
        self.0.lock().push(op.name().to_owned());
    }
}

impl Drop for Notes {
    fn drop(&mut self) {
        self.0.lock().push("over".to_owned());
    }
}

#[tokio::test(start_paused = true)]
async fn an_observer_hears_what_is_taken_and_written() {
    let notes = Arc::new(Mutex::new(Vec::new()));
    let mut t = Handed::new().await;
    let mut x = t.post().await;
    let head = take(&mut x, 1).await;
    x.put_back(head);
    x.observe(Box::new(Notes(Arc::clone(&notes))));
    t.client.send(data(1, "ab").end_stream()).await;
    take(&mut x, 99).await;
    x.respond(200, Fields::new(), "hi".into()).await.unwrap();
    drop(x);
    let heard = ["data", "End", "write-headers", "write-data", "over"];
    assert_eq!(*notes.lock(), heard, "not the head, which was put back");
}

#[tokio::test(start_paused = true)]
async fn work_ends_with_its_client_and_stopping_is_told() {
    let mut t = Handed::new().await;
    let mut x = t.get().await;
    assert_eq!(x.unless_gone(async { 1 }).await, Ok(1));
    let stopping = x.stopping();
    t.client.drain.send(true).unwrap();
    stopping.await;
    t.client.send(rst_stream(1, 8)).await;
    let gone = x.unless_gone(std::future::pending::<()>()).await;
    assert_eq!(gone, Err(crate::WireError::Reset(8)));
}
