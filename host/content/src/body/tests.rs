//! Bodies piece by piece.

use std::fs;

use cap_std::ambient_authority;
use cap_std::fs::Dir;
use tempfile::TempDir;

use super::*;

/// A file of `length` bytes that count.
fn file(length: usize) -> (TempDir, Arc<File>) {
    let temp = tempfile::tempdir().unwrap();
    fs::write(temp.path().join("file"), counting(length)).unwrap();
    let dir = Dir::open_ambient_dir(temp.path(), ambient_authority()).unwrap();
    (temp, Arc::new(dir.open("file").unwrap()))
}

fn counting(length: usize) -> Vec<u8> {
    (0..length).map(|n| (n % 251) as u8).collect()
}

/// Pieces as they are told, one after the other.
struct Told(VecDeque<Piece>);

impl Source for Told {
    fn length(&self) -> Option<u64> {
        None
    }

    fn next(&mut self) -> Pull<'_> {
        Box::pin(async { Ok(self.0.pop_front()) })
    }
}

fn told(pieces: &[Piece]) -> Body {
    Body::from_source(Told(pieces.iter().cloned().collect()))
}

fn data(bytes: &'static str) -> Piece {
    Piece::Data(bytes.into())
}

const PAUSE: Piece = Piece::Pause(Duration::from_secs(3600));

async fn pieces(mut body: Body) -> Vec<Piece> {
    let mut pieces = Vec::new();
    while let Some(piece) = body.next().await.unwrap() {
        pieces.push(piece);
    }
    pieces
}

#[tokio::test]
async fn a_file_comes_in_blocks_and_to_its_end() {
    let length = BLOCK * 2 + 7;
    for ahead in [false, true] {
        let (_temp, file) = file(length);
        let mut body = Body::from_file(file, 0, length as u64);
        if ahead {
            body = body.read_ahead().unwrap();
        }
        assert_eq!(body.length(), Some(length as u64));
        let mut read = Vec::new();
        for expected in [BLOCK, BLOCK, 7] {
            let Some(Piece::Data(block)) = body.next().await.unwrap() else {
                panic!("no block");
            };
            assert_eq!(block.len(), expected);
            read.extend_from_slice(&block);
            assert_eq!(body.length(), Some((length - read.len()) as u64));
        }
        assert_eq!(body.next().await.unwrap(), None);
        assert_eq!(read, counting(length));
    }
}

#[tokio::test]
async fn a_file_that_shrinks_is_an_error_not_a_short_answer() {
    let (temp, file) = file(BLOCK * 2);
    let mut body = Body::from_file(file, 0, 2 * BLOCK as u64)
        .read_ahead()
        .unwrap();
    fs::write(temp.path().join("file"), "short now").unwrap();
    assert!(body.next().await.is_ok());
    let error = body.next().await.unwrap_err();
    assert_eq!(error.kind(), io::ErrorKind::UnexpectedEof);
}

#[tokio::test]
async fn parts_of_one_file_follow_each_other() {
    let (_temp, file) = file(100);
    let part = |start, length| Body::from_file(Arc::clone(&file), start, length);
    let body = Body::chain([
        part(90, 5),
        Bytes::from_static(b"--").into(),
        Body::empty(),
        part(1, 2),
    ]);
    assert_eq!(body.length(), Some(9));
    assert_eq!(body.collect(9).await.unwrap(), &b"Z[\\]^--\x01\x02"[..]);
}

#[tokio::test]
async fn a_slice_is_the_same_of_every_kind_of_body() {
    let whole = counting(100);
    for (start, end) in [
        (0, 100),
        (10, 20),
        (99, 1000),
        (100, 200),
        (500, 600),
        (20, 10),
        (0, 0),
    ] {
        let (_temp, file) = file(100);
        let bodies = [
            Bytes::from(whole.clone()).into(),
            Body::from_file(Arc::clone(&file), 0, 100),
            Body::from_file(file, 0, 100).read_ahead().unwrap(),
            Body::chain([
                Bytes::copy_from_slice(&whole[..15]).into(),
                Bytes::copy_from_slice(&whole[15..]).into(),
            ]),
        ];
        let expected = &whole[start.min(100)..end.clamp(start.min(100), 100)];
        for body in bodies {
            let sliced = body.slice(start as u64, end as u64);
            assert_eq!(
                sliced.length(),
                Some(expected.len() as u64),
                "{start}..{end}"
            );
            assert_eq!(
                sliced.collect(100).await.unwrap(),
                expected,
                "{start}..{end}"
            );
        }
    }
}

#[tokio::test]
async fn a_slice_of_a_slice_of_a_file_counts_from_the_first() {
    let (_temp, file) = file(100);
    let body = Body::from_file(file, 10, 80).read_ahead().unwrap();
    let body = body.slice(10, 30).read_ahead().unwrap().slice(5, 8);
    assert_eq!(body.collect(3).await.unwrap(), &counting(100)[25..28]);
}

#[tokio::test]
async fn pauses_pass_and_empty_pieces_do_not() {
    let body = told(&[data("ab"), data(""), PAUSE, data("cd")]);
    assert_eq!(body.length(), None);
    assert_eq!(pieces(body).await, [data("ab"), PAUSE, data("cd")]);
    let sliced = told(&[data("ab"), PAUSE, data("cd"), PAUSE]).slice(1, 3);
    assert_eq!(pieces(sliced).await, [data("b"), PAUSE, data("c")]);
}

#[tokio::test(start_paused = true)]
async fn collecting_waits_for_pauses() {
    let before = tokio::time::Instant::now();
    let body = told(&[data("ab"), PAUSE, data("cd")]);
    assert_eq!(body.collect(4).await.unwrap(), "abcd");
    assert_eq!(before.elapsed(), Duration::from_secs(3600));
}

#[tokio::test]
async fn collecting_is_bounded() {
    let too_large = [
        Bytes::from_static(b"abcde").into(),
        told(&[data("abc"), data("de")]),
        told(&[data("abcde")]),
    ];
    for body in too_large {
        let error = body.collect(4).await.unwrap_err();
        assert_eq!(error.kind(), io::ErrorKind::FileTooLarge);
    }
    assert_eq!(
        told(&[data("abc"), data("de")]).collect(5).await.unwrap(),
        "abcde"
    );
    assert_eq!(Body::empty().collect(0).await.unwrap(), "");
}
