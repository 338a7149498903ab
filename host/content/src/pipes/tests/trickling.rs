//! `trickle`'s schedule, by a clock that jumps.

use std::time::Duration;

use super::*;

/// When which piece of `content` comes.
async fn trickled(content: &str, steps: &str) -> Vec<(u128, String)> {
    let response = run(content, &format!("trickle({steps})")).await.unwrap();
    pieces(response.body).await
}

async fn check(content: &str, steps: &str, expected: &[(u128, &str)]) {
    let expected: Vec<_> = expected
        .iter()
        .map(|(t, s)| (*t, (*s).to_owned()))
        .collect();
    assert_eq!(trickled(content, steps).await, expected, "{steps}");
}

#[tokio::test(start_paused = true)]
async fn bytes_and_pauses_and_then_the_rest() {
    check("abcdef", "d1", &[(1000, "abcdef"), (1000, "end")]).await;
    check(
        "abcdef",
        "2:d1",
        &[(0, "ab"), (1000, "cdef"), (1000, "end")],
    )
    .await;
    check(
        "abcdef",
        "d1:2:d0.25:1",
        &[(1000, "ab"), (1250, "c"), (1250, "def"), (1250, "end")],
    )
    .await;
    check("abcdef", "100", &[(0, "abcdef"), (0, "end")]).await;
    check("abcdef", "0:d1", &[(1000, "abcdef"), (1000, "end")]).await;
}

#[tokio::test(start_paused = true)]
async fn a_pause_behind_the_last_byte_is_waited_for() {
    check("abc", "3:d1", &[(0, "abc"), (1000, "end")]).await;
    check("abc", "5:d1:5:d2", &[(0, "abc"), (3000, "end")]).await;
    check("", "5:d1", &[(1000, "end")]).await;
}

#[tokio::test(start_paused = true)]
async fn steps_are_repeated_until_all_is_sent() {
    check(
        "abcdef",
        "2:d1:r2",
        &[(0, "ab"), (1000, "cd"), (2000, "ef"), (3000, "end")],
    )
    .await;
    check(
        "abcde",
        "d1:2:r2",
        &[(1000, "ab"), (2000, "cd"), (3000, "e"), (3000, "end")],
    )
    .await;
    check(
        "abcdef",
        "1:d5:2:d1:r2",
        &[
            (0, "a"),
            (5000, "bc"),
            (6000, "de"),
            (7000, "f"),
            (8000, "end"),
        ],
    )
    .await;
    check("", "2:d1:r2", &[(1000, "end")]).await;
}

#[tokio::test(start_paused = true)]
async fn more_steps_to_repeat_than_there_are_is_all_of_them() {
    check(
        "abcd",
        "2:d1:r20",
        &[(0, "ab"), (1000, "cd"), (2000, "end")],
    )
    .await;
}

#[tokio::test(start_paused = true)]
async fn a_repetition_that_is_not_last_only_counts() {
    check("abcd", "1:r2:d1", &[(0, "a"), (1000, "bcd"), (1000, "end")]).await;
    check(
        "abc",
        "d9:1:r2:d1:r3",
        &[(9000, "a"), (10000, "b"), (11000, "c"), (12000, "end")],
    )
    .await;
}

#[tokio::test(start_paused = true)]
async fn two_of_a_kind_are_two_steps() {
    check(
        "abcd",
        "d1:d2:1:1",
        &[(3000, "a"), (3000, "b"), (3000, "cd"), (3000, "end")],
    )
    .await;
    check(
        "abc",
        "1:d1:1:r3",
        &[(0, "a"), (1000, "b"), (1000, "c"), (2000, "end")],
    )
    .await;
}

#[tokio::test(start_paused = true)]
async fn content_in_pieces_of_its_own_is_cut_the_same() {
    let mut before = response("");
    before.body = Body::from_source(Pieces(vec![
        Piece::Data("ab".into()),
        Piece::Pause(Duration::from_secs(10)),
        Piece::Data("cdef".into()),
    ]));
    let after = run_on(before, "trickle(1:d1:3:d1:r2)").await.unwrap();
    let expected = [
        (0, "a"),
        (1000, "b"),
        (11000, "cd"),
        (12000, "ef"),
        (13000, "end"),
    ];
    let expected: Vec<_> = expected.map(|(t, s)| (t, s.to_owned())).into();
    assert_eq!(pieces(after.body).await, expected);
}

/// What needs all of the content comes behind all of its pauses; nothing waits
/// before the answer begins.
#[tokio::test(start_paused = true)]
async fn pipes_that_need_all_of_it_come_after_the_pauses() {
    for (pipes, length, expected) in [
        ("trickle(d1:2:d2)|slice(0,4)", Some(4), "{{ho"),
        ("trickle(d1:2:d2)|sub", Some(17), "web-platform.test"),
    ] {
        let start = Instant::now();
        let after = run("{{host}}", pipes).await.unwrap();
        assert_eq!(start.elapsed(), Duration::ZERO);
        assert_eq!(after.body.length(), length);
        let expected = [(3000, expected.to_owned()), (3000, "end".to_owned())];
        assert_eq!(pieces(after.body).await, expected, "{pipes}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_trickle_is_compressed_after_its_pauses() {
    let start = Instant::now();
    let mut after = run("abc", "trickle(1:d1:r2)|gzip").await.unwrap();
    assert_eq!(start.elapsed(), Duration::ZERO);
    assert!(after.body.length().is_some_and(|length| length > 18));
    let pause = after.body.next().await.unwrap();
    assert_eq!(pause, Some(Piece::Pause(Duration::from_secs(3))));
}

#[tokio::test]
async fn nothing_is_to_be_cached_unless_it_is_said_how() {
    let after = run("x", "trickle(1)").await.unwrap();
    assert_eq!(
        field(&after, "cache-control"),
        "no-cache, no-store, must-revalidate"
    );
    assert_eq!(
        (field(&after, "pragma"), field(&after, "expires")),
        ("no-cache", "0")
    );
    for name in ["Cache-Control", "pragma", "Expires"] {
        let after = run("x", &format!("header({name},x)|trickle(1)"))
            .await
            .unwrap();
        assert_eq!(after.fields.len(), 2, "{name}");
    }
}

#[tokio::test]
async fn the_length_is_not_told_but_what_was_declared_is_kept() {
    let after = run("abc", "header(Content-Length,3)|trickle(1)")
        .await
        .unwrap();
    assert_eq!(after.body.length(), None);
    assert_eq!(field(&after, "content-length"), "3");
}

#[tokio::test(start_paused = true)]
async fn pauses_are_bounded_together() {
    let after = run("abc", "trickle(1:d3000:r2)").await.unwrap();
    let error = after.body.collect(MAX_HELD).await.unwrap_err();
    assert_eq!(error.kind(), std::io::ErrorKind::TimedOut);
}

#[test]
fn bad_steps_are_pointed_at() {
    let too_long = Mistake::PauseTooLong(3600);
    for (steps, at, mistake) in [
        ("", 0, Mistake::NotAStep),
        ("1:", 2, Mistake::NotAStep),
        ("1::2", 2, Mistake::NotAStep),
        ("d", 0, Mistake::NotAStep),
        ("1:dx", 2, Mistake::NotAStep),
        ("d-1", 0, Mistake::NotAStep),
        ("dnan", 0, Mistake::NotAStep),
        ("-1", 0, Mistake::NotAStep),
        ("1.5", 0, Mistake::NotAStep),
        ("1:r", 2, Mistake::NotAStep),
        ("1:r0", 2, Mistake::NotAStep),
        ("1:r-2", 2, Mistake::NotAStep),
        ("D1", 0, Mistake::NotAStep),
        ("dinf", 0, too_long.clone()),
        ("1:d3601", 2, too_long),
        ("r2", 0, Mistake::RepeatsNothing),
        ("d0.1:r2", 5, Mistake::RepeatsNothing),
        ("1:d1:r1", 5, Mistake::RepeatsNothing),
        ("0:d1:r2", 5, Mistake::RepeatsNothing),
    ] {
        let pipes = format!("gzip|trickle({steps})");
        let Err(PipeError::Syntax {
            at: found,
            mistake: why,
            ..
        }) = Registry::wptserve().parse(&pipes)
        else {
            panic!("{steps}");
        };
        assert_eq!((found, why), (at + 13, mistake), "{steps}");
    }
}
