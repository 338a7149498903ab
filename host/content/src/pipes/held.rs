//! Content that a pipe needs all of before it can begin.
//!
//! Nobody waits here: the pauses of a `trickle` further left are added up and
//! come before the content that is made of it. So a client that leaves is noticed
//! while they last, as in any other answer.

use std::borrow::Cow;
use std::io;
use std::time::Duration;

use bytes::{Bytes, BytesMut};

use super::MAX_HELD;
use super::error::PipeError;
use crate::{Body, Piece, Pull, Source};

/// All of a body.
#[derive(Debug)]
pub struct Held {
    /// Its bytes.
    pub bytes: Bytes,
    /// Its pauses together.
    pub paused: Duration,
}

impl Held {
    /// Takes all of `body`, for the pipe of that name.
    ///
    /// # Errors
    /// [`PipeError::TooLarge`] for more than [`MAX_HELD`] bytes, and content that
    /// cannot be read.
    pub async fn of(mut body: Body, pipe: impl Into<Cow<'static, str>>) -> Result<Self, PipeError> {
        let pipe = pipe.into();
        if body.length().is_some_and(|length| length > MAX_HELD as u64) {
            return Err(PipeError::TooLarge { pipe });
        }
        let Taken { held, ended } = Taken::until(&mut body, MAX_HELD).await?;
        ended.then_some(held).ok_or(PipeError::TooLarge { pipe })
    }

    /// What is made of it, behind its pauses.
    pub fn behind(paused: Duration, body: Body) -> Body {
        match paused {
            Duration::ZERO => body,
            paused => Body::chain([Body::from_source(Wait(Some(paused))), body]),
        }
    }
}

/// The beginning of a body.
pub(crate) struct Taken {
    pub(crate) held: Held,
    /// Whether that was all, and no more than the limit.
    pub(crate) ended: bool,
}

impl Taken {
    /// Takes pieces until there are more than `limit` bytes or none are left.
    pub(crate) async fn until(body: &mut Body, limit: usize) -> io::Result<Self> {
        // One piece, as most bodies are, is kept as it is.
        let (mut only, mut whole) = (Bytes::new(), BytesMut::new());
        let mut paused = Duration::ZERO;
        let mut ended = false;
        while only.len().max(whole.len()) <= limit && !ended {
            match body.next().await? {
                Some(Piece::Data(data)) if only.is_empty() => only = data,
                Some(Piece::Data(data)) => {
                    if whole.is_empty() {
                        whole.extend_from_slice(&only);
                    }
                    whole.extend_from_slice(&data);
                }
                Some(Piece::Pause(time)) => paused += time,
                None => ended = true,
            }
            // Millions of small pieces may be there at once: others come first.
            tokio::task::coop::consume_budget().await;
        }
        let bytes = match whole.is_empty() {
            true => only,
            false => whole.freeze(),
        };
        let held = Held { bytes, paused };
        Ok(Self { held, ended })
    }
}

/// A pause and nothing else.
struct Wait(Option<Duration>);

impl Source for Wait {
    fn length(&self) -> Option<u64> {
        Some(0)
    }

    fn next(&mut self) -> Pull<'_> {
        let pause = self.0.take().map(Piece::Pause);
        Box::pin(std::future::ready(Ok(pause)))
    }
}
