//! How header blocks are coded, byte by byte, and the size of the table.

use super::answers::head;
use super::*;
use crate::h2::limits::MOST_TABLE;
use crate::h2::settings::id;
use crate::{Coding, Exchange, Indexing, Limits, Reply, WireOp};

async fn code(x: &mut Exchange, indexing: Option<Indexing>, huffman: Option<bool>) {
    done(x, WireOp::Coding(Coding { indexing, huffman })).await;
}

/// An informational head with one field.
fn early(name: &'static str, value: &'static str) -> WireOp {
    WireOp::WriteHeaders {
        stream: None,
        status: 103,
        reason: None,
        fields: fields(&[(name, value)]),
        end: false,
    }
}

/// Writes a head with this field; answers the bytes of its block.
async fn block(t: &mut Handed, x: &mut Exchange, op: WireOp) -> Vec<u8> {
    done(x, op.clone()).await;
    let payload = t.client.receive_alone().await.unwrap().payload;
    let (WireOp::WriteHeaders { fields, .. } | WireOp::RawHeaders { fields, .. }) = op else {
        panic!("{op:?}");
    };
    // However it is coded, it means the same, and the tables stay right.
    let seen = t.client.decode(&payload);
    for (name, value) in &fields {
        let has = |(n, v): &(String, String)| n.as_bytes() == name && v.as_bytes() == value;
        assert!(seen.iter().any(has), "{seen:?}");
    }
    t.ordinary().await;
    payload
}

#[tokio::test(start_paused = true)]
async fn fields_are_represented_as_they_are_told_to_be() {
    use Indexing::{Incremental, Never, Without};
    let mut t = Handed::new().await;
    t.ordinary().await;
    let mut x = t.get().await;
    let (t, x) = (&mut t, &mut x);
    let plain = Some(false);

    code(x, Some(Without), plain).await;
    let seen = block(t, x, early("x-a", "b")).await;
    assert_eq!(seen, b"\x08\x03103\x00\x03x-a\x01b");
    // The static table is nobody's state.
    let seen = block(t, x, early("vary", "b")).await;
    assert_eq!(seen, b"\x08\x03103\x0f\x2c\x01b");
    let seen = block(t, x, early("accept-encoding", "gzip, deflate")).await;
    assert_eq!(seen, b"\x08\x03103\x90");

    code(x, Some(Never), plain).await;
    let seen = block(t, x, early("x-a", "b")).await;
    assert_eq!(seen, b"\x18\x03103\x10\x03x-a\x01b");
    let seen = block(t, x, early("accept-encoding", "gzip, deflate")).await;
    assert_eq!(seen, b"\x18\x03103\x1f\x01\x0dgzip, deflate");

    code(x, Some(Incremental), plain).await;
    let seen = block(t, x, early("x-a", "b")).await;
    assert_eq!(seen, b"\x48\x03103\x40\x03x-a\x01b");
    let seen = block(t, x, early("x-a", "b")).await;
    assert_eq!(seen, b"\xbf\xbe");
    // Secrets too, if the handler wants it.
    let seen = block(t, x, early("cookie", "b")).await;
    assert_eq!(seen, b"\xbf\x60\x01b");
    let seen = block(t, x, early("cookie", "b")).await;
    assert_eq!(seen, b"\xc0\xbe");

    // And as it was at first.
    code(x, None, None).await;
    let seen = block(t, x, early("cookie", "b")).await;
    assert_eq!(seen, b"\xc0\x1f\x11\x01b");
}

#[tokio::test(start_paused = true)]
async fn strings_are_huffman_coded_as_they_are_told_to_be() {
    let mut t = Handed::new().await;
    let mut x = t.get().await;
    let (t, x) = (&mut t, &mut x);
    let without = Some(Indexing::Without);
    code(x, without, Some(true)).await;
    let seen = block(t, x, early("x-a", "b")).await;
    assert_eq!(seen, b"\x08\x82\x08\x19\x00\x83\xf2\xb0\xff\x81\x8f");
    // Coded, this is longer than it was.
    let seen = block(t, x, early("x-a", "{}")).await;
    assert_eq!(
        seen[..],
        b"\x08\x82\x08\x19\x00\x83\xf2\xb0\xff\x84\xff\xfd\xff\xef"[..]
    );
    code(x, without, None).await;
    let seen = block(t, x, early("x-a", "{}")).await;
    assert_eq!(seen, b"\x08\x82\x08\x19\x00\x03x-a\x02{}");
    code(x, without, Some(false)).await;
    let seen = block(t, x, early("x-a", "www.example.com")).await;
    assert_eq!(seen, b"\x08\x03103\x00\x03x-a\x0fwww.example.com");
}

#[tokio::test(start_paused = true)]
async fn raw_blocks_leave_the_table_alone_however_they_are_coded() {
    let mut t = Handed::new().await;
    t.ordinary().await;
    let mut x = t.get().await;
    let (t, x) = (&mut t, &mut x);
    let ordinary = [("x-ordinary", "as ever"), ("vary", "b")];
    code(x, Some(Indexing::Incremental), Some(false)).await;
    let seen = block(t, x, raw_headers(&ordinary)).await;
    assert_eq!(seen, b"\x00\x0ax-ordinary\x07as ever\x0f\x2c\x01b");
    code(x, Some(Indexing::Never), Some(false)).await;
    let seen = block(t, x, raw_headers(&ordinary)).await;
    assert_eq!(seen, b"\x10\x0ax-ordinary\x07as ever\x1f\x2c\x01b");
    // Not even encoding for later does.
    let reply = x.apply(WireOp::EncodeFields(fields(&ordinary))).await;
    let Ok(Reply::Block(encoded)) = reply else {
        panic!("{reply:?}");
    };
    assert_eq!(encoded[..], seen[..]);
    t.client.expect_nothing().await;
    t.ordinary().await;
}

#[tokio::test(start_paused = true)]
async fn the_tables_size_is_said_by_the_next_block_and_kept_to() {
    let mut t = Handed::new().await;
    t.ordinary().await;
    let mut x = t.get().await;
    let (t, x) = (&mut t, &mut x);
    let coding = (Some(Indexing::Incremental), Some(false));
    code(x, coding.0, coding.1).await;
    assert_eq!(refused(x, WireOp::TableSize(4_097)).await, "RFC 7541 §6.3");
    done(x, WireOp::TableSize(0)).await;
    t.client.expect_nothing().await;
    let seen = block(t, x, early("x-a", "b")).await;
    assert_eq!(seen, b"\x20\x48\x03103\x40\x03x-a\x01b");
    let seen = block(t, x, early("x-a", "b")).await;
    assert_eq!(seen, b"\x48\x03103\x40\x03x-a\x01b", "nothing is kept");

    // The smallest and the last, with whichever block comes next.
    done(x, WireOp::TableSize(50)).await;
    done(x, WireOp::TableSize(0)).await;
    done(x, WireOp::TableSize(200)).await;
    let reply = x.apply(WireOp::EncodeFields(fields(&[("a", "b")]))).await;
    let encoded = b"\x20\x3f\xa9\x01\x00\x01a\x01b";
    assert_eq!(reply, Ok(Reply::Block(encoded[..].into())));
    let seen = block(t, x, raw_headers(&[(":status", "103")])).await;
    assert_eq!(seen, b"\x20\x3f\xa9\x01\x08\x03103");

    // The client may want less, but more is not taken.
    for (said, update) in [(100, &b"\x3f\x45"[..]), (4_096, b"\x3f\xa9\x01")] {
        t.client
            .send(settings(&[(id::HEADER_TABLE_SIZE, said)]))
            .await;
        t.client.expect(settings(&[]).ack()).await;
        t.client.allow_table(said as usize);
        let seen = block(t, x, early("x-a", "b")).await;
        assert!(seen.starts_with(update), "{seen:?}");
    }
    done(x, head(200, true)).await;
    t.client.expect(headers(3).status(200).end_stream()).await;
    t.ordinary().await;
}

#[tokio::test(start_paused = true)]
async fn a_larger_table_is_used_where_the_client_takes_it() {
    let said = [(id::HEADER_TABLE_SIZE, 1 << 20)];
    let mut t = Handed::connect(Limits::default(), &said).await;
    t.client.allow_table(1 << 20);
    let mut x = t.get().await;
    let (t, x) = (&mut t, &mut x);
    let more = WireOp::TableSize(MOST_TABLE + 1);
    assert_eq!(refused(x, more).await, "RFC 7541 §6.3");
    done(x, WireOp::TableSize(MOST_TABLE)).await;
    code(x, Some(Indexing::Incremental), Some(false)).await;
    let large: &'static str = "v".repeat(10_000).leak();
    let seen = block(t, x, early("x-a", large)).await;
    assert!(seen.starts_with(b"\x3f\xe1\xff\x03"), "{:?}", &seen[..8]);
    let seen = block(t, x, early("x-a", large)).await;
    assert_eq!(seen.len(), 2);
}
