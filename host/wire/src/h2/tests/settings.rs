//! SETTINGS that handlers write: they hold from their acknowledgement on.

use super::answers::head;
use super::*;
use crate::h2::frame::kind;
use crate::h2::settings::id;
use crate::h2::{code, flow::MAX_WINDOW, limits as bounds};
use crate::{Event, Peer, WireOp};

fn op(settings: &[(u16, u32)]) -> WireOp {
    WireOp::Settings {
        settings: settings.to_vec(),
    }
}

#[tokio::test(start_paused = true)]
async fn values_that_the_rules_forbid_are_refused() {
    let mut t = Handed::new().await;
    let mut x = t.get().await;
    for (id, value, section) in [
        (id::ENABLE_PUSH, 1, "RFC 9113 §6.5.2"),
        (id::INITIAL_WINDOW_SIZE, MAX_WINDOW + 1, "RFC 9113 §6.5.2"),
        (id::MAX_FRAME_SIZE, 16_383, "RFC 9113 §6.5.2"),
        (id::MAX_FRAME_SIZE, 1 << 24, "RFC 9113 §6.5.2"),
        (id::ENABLE_CONNECT_PROTOCOL, 0, "RFC 8441 §3"),
        (id::ENABLE_CONNECT_PROTOCOL, 2, "RFC 8441 §3"),
    ] {
        let section_seen = refused(&mut x, op(&[(99, 1), (id, value)])).await;
        assert_eq!(section_seen, section, "{id} {value}");
    }
    let section = refused(&mut x, op(&[(99, 1); 2731])).await;
    assert_eq!(section, "RFC 9113 §4.2");
    let most = [(99, 1); 2730];
    done(&mut x, op(&most)).await;
    t.client.expect(settings(&most)).await;
    t.client.expect_nothing().await;
}

#[tokio::test(start_paused = true)]
async fn each_acknowledgement_makes_the_oldest_settings_hold() {
    let mut t = Handed::connect(limits(|l| l.stream_window = 10), &[]).await;
    let mut x = t.post().await;
    done(&mut x, op(&[(id::INITIAL_WINDOW_SIZE, 20)])).await;
    // Raw ones count alike, and an acknowledgement of ours does not.
    done(&mut x, raw_frame(kind::SETTINGS, 1, 0, "")).await;
    let raw_settings = b"\x00\x04\x00\x00\x00\x1e";
    done(&mut x, raw_frame(kind::SETTINGS, 0, 0, &raw_settings[..])).await;
    t.client
        .expect(settings(&[(id::INITIAL_WINDOW_SIZE, 20)]))
        .await;
    t.client.expect(settings(&[]).ack()).await;
    t.client
        .expect(settings(&[(id::INITIAL_WINDOW_SIZE, 30)]))
        .await;
    // 10 at first, then 20, then 30: a byte more would be refused.
    t.client.send(data(1, vec![0; 10])).await;
    for _ in 0..2 {
        t.client.send(settings(&[]).ack()).await;
        t.client.send(data(1, vec![0; 10])).await;
    }
    t.client.expect_nothing().await;
    t.client.send(data(1, "x")).await;
    t.client
        .expect(rst_stream(1, code::FLOW_CONTROL_ERROR))
        .await;
}

#[tokio::test(start_paused = true)]
async fn a_larger_frame_size_holds_once_it_is_acknowledged() {
    let mut t = Handed::new().await;
    let mut x = t.post().await;
    done(&mut x, op(&[(id::MAX_FRAME_SIZE, 20_000)])).await;
    t.client
        .expect(settings(&[(id::MAX_FRAME_SIZE, 20_000)]))
        .await;
    t.client.send(settings(&[]).ack()).await;
    t.client.send(data(1, vec![0; 20_000])).await;
    assert!(matches!(x.next().await, Some(Event::Headers(_))));
    let Some(Event::Data(frame)) = x.next().await else {
        panic!("no DATA");
    };
    assert_eq!(frame.data.len(), 20_000);
    t.ordinary().await;
    t.client.send(data(1, vec![0; 20_001])).await;
    t.client.expect(goaway(3, code::FRAME_SIZE_ERROR)).await;
}

#[tokio::test(start_paused = true)]
async fn a_larger_frame_size_allows_no_larger_head() {
    let small = limits(|l| l.head_bytes = 1_000);
    let mut t = Handed::connect(small, &[]).await;
    let mut x = t.get().await;
    done(&mut x, op(&[(id::MAX_FRAME_SIZE, 100_000)])).await;
    t.client
        .expect(settings(&[(id::MAX_FRAME_SIZE, 100_000)]))
        .await;
    t.client.send(settings(&[]).ack()).await;
    let block = super::raw(kind::HEADERS, 0x5, 3, &vec![0x82; 16_385]);
    t.client.send(block).await;
    t.client.expect(goaway(1, code::ENHANCE_YOUR_CALM)).await;
    assert_eq!(t.client.violation(), ("RFC 9113 §10.5.1", None));
}

#[tokio::test(start_paused = true)]
async fn a_smaller_table_must_be_said_by_the_next_block() {
    let mut t = Handed::new().await;
    let mut x = t.get().await;
    done(&mut x, op(&[(id::HEADER_TABLE_SIZE, 100)])).await;
    t.client
        .expect(settings(&[(id::HEADER_TABLE_SIZE, 100)]))
        .await;
    t.client.send(settings(&[]).ack()).await;
    // The client's encoder does as it is told, and is understood.
    t.client.table_size(100);
    t.ordinary().await;
    done(&mut x, op(&[(id::HEADER_TABLE_SIZE, 50)])).await;
    t.client
        .expect(settings(&[(id::HEADER_TABLE_SIZE, 50)]))
        .await;
    t.client.send(settings(&[]).ack()).await;
    t.client.send(headers(5).get("/").end_stream()).await;
    t.client.expect(goaway(3, code::COMPRESSION_ERROR)).await;
    assert_eq!(t.client.violation(), ("RFC 7541 §4.2", None));
}

#[tokio::test(start_paused = true)]
async fn more_streams_are_taken_once_it_is_acknowledged_and_then_no_more_than_said() {
    let one = limits(|l| l.concurrent_streams = 1);
    let mut t = Handed::connect(one, &[]).await;
    let mut x = t.get().await;
    done(&mut x, op(&[(id::MAX_CONCURRENT_STREAMS, 2)])).await;
    t.client
        .expect(settings(&[(id::MAX_CONCURRENT_STREAMS, 2)]))
        .await;
    t.client.send(settings(&[]).ack()).await;
    let mut other = t.get().await;
    t.client.send(headers(5).get("/").end_stream()).await;
    t.client.expect(rst_stream(5, code::REFUSED_STREAM)).await;
    for (x, id) in [(&mut x, 1), (&mut other, 3)] {
        done(x, head(200, true)).await;
        t.client.expect(headers(id).status(200).end_stream()).await;
    }
}

#[tokio::test(start_paused = true)]
async fn settings_that_nobody_acknowledges() {
    let mut t = Handed::new().await;
    let mut x = t.get().await;
    // Raw ones may be such that no client does: they are let pass.
    for _ in 0..bounds::UNACKNOWLEDGED {
        done(&mut x, raw_frame(kind::SETTINGS, 0, 0, "")).await;
        t.client.expect(settings(&[])).await;
    }
    assert_eq!(refused(&mut x, op(&[])).await, "RFC 9113 §6.5.3");
    tokio::time::advance(std::time::Duration::from_secs(100)).await;
    t.ordinary().await;
    t.client.send(settings(&[]).ack()).await;
    t.client.expect_nothing().await;
    done(&mut x, op(&[])).await;
    t.client.expect(settings(&[])).await;
    t.client.expect(goaway(3, code::SETTINGS_TIMEOUT)).await;
}

#[tokio::test(start_paused = true)]
async fn what_waits_for_handlers_is_bounded_whatever_window_they_give() {
    let mut t = Handed::new().await;
    let mut x = t.post().await;
    for stream in [0, 1] {
        let increment = 1 << 30;
        done(&mut x, WireOp::WindowUpdate { stream, increment }).await;
        t.client.expect(window_update(stream, increment)).await;
    }
    let frames = bounds::WAITING_BYTES / 16_384;
    for _ in 0..=frames {
        t.client.send(data(1, vec![0; 16_384])).await;
    }
    t.client.expect_nothing().await;
    t.client.send(data(1, "x")).await;
    t.client
        .expect(rst_stream(1, code::ENHANCE_YOUR_CALM))
        .await;
}

#[tokio::test(start_paused = true)]
async fn what_the_client_has_said_can_be_asked_for() {
    let said = [
        (id::HEADER_TABLE_SIZE, 1),
        (id::ENABLE_PUSH, 0),
        (id::MAX_CONCURRENT_STREAMS, 3),
        (id::INITIAL_WINDOW_SIZE, 4),
        (id::MAX_FRAME_SIZE, 50_000),
        (id::MAX_HEADER_LIST_SIZE, 6),
        (0x99, 7),
    ];
    let mut t = Handed::connect(crate::Limits::default(), &said).await;
    let mut x = t.get().await;
    let peer = Peer {
        header_table_size: 1,
        enable_push: false,
        max_concurrent_streams: Some(3),
        initial_window_size: 4,
        max_frame_size: 50_000,
        max_header_list_size: Some(6),
        connection_window: 65_535,
        stream_window: 4,
    };
    assert_eq!(x.peer(None), Ok(peer));
    assert_eq!(x.peer(Some(1)), Ok(peer));
    assert!(x.peer(Some(3)).is_err());
    t.client.send(window_update(1, 1_000)).await;
    t.client
        .send(settings(&[(id::INITIAL_WINDOW_SIZE, 0)]))
        .await;
    t.client.expect(settings(&[]).ack()).await;
    assert_eq!(x.peer(None).unwrap().stream_window, 1_000);
    done(&mut x, head(200, true)).await;
    assert_eq!(x.peer(None).unwrap().stream_window, 1_000);
    assert_eq!(x.peer(None).unwrap().connection_window, 65_535);
    // Before a client says anything it is what the RFC says.
    let mut t = Handed::new().await;
    let peer = Peer {
        header_table_size: 4_096,
        enable_push: true,
        max_concurrent_streams: None,
        initial_window_size: 65_535,
        max_frame_size: 16_384,
        max_header_list_size: None,
        connection_window: 65_535,
        stream_window: 65_535,
    };
    assert_eq!(t.get().await.peer(None), Ok(peer));
}
