//! `trickle(steps)`: sends the content in pieces, with pauses between them.
//!
//! Steps are separated by colons: `N` sends N bytes, `dS` waits S seconds, and
//! `rN` at the end repeats the N steps before it until all has been sent. Without
//! it, what is left is sent at the end. An `r` elsewhere does nothing but counts
//! as a step.

use std::collections::VecDeque;
use std::io;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;

use super::arguments::{Argument, Call, grouped, integer};
use super::error::{Mistake, Wrong};
use super::{Applied, Pipe};
use crate::template::Context;
use crate::{Body, Piece, Pull, Response, Source};

/// How long the pauses of one answer may be, together as well as each: longer
/// than any test waits, and it bounds how long nobody looks whether the client
/// is still there.
const MAX_PAUSE: Duration = Duration::from_secs(3600);

/// One thing to do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Step {
    Send(u64),
    Pause(Duration),
    /// A repetition that is not the last step.
    Nothing,
}

/// What to do, in order, and what of it to do again.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Schedule {
    pub(crate) steps: Vec<Step>,
    /// The first of the steps to repeat.
    pub(crate) repeated_from: Option<usize>,
}

pub(crate) fn make(call: &Call) -> Result<Box<dyn Pipe>, Wrong> {
    let schedule = Schedule::parse(&call.expect(1, 1)?[0])?;
    Ok(Box::new(schedule))
}

impl Schedule {
    pub(crate) fn parse(argument: &Argument) -> Result<Self, Wrong> {
        let (mut steps, mut repeat) = (Vec::new(), None);
        let mut at = 0;
        for text in argument.text().split(':') {
            let wrong = |mistake| argument.wrong(at, mistake);
            if repeat.take().is_some() {
                steps.push(Step::Nothing);
            }
            if let Some(seconds) = text.strip_prefix('d') {
                steps.push(Step::Pause(pause(seconds).map_err(wrong)?));
            } else if let Some(count) = text.strip_prefix('r') {
                let count = count_of(count).filter(|count| *count > 0);
                repeat = Some((count.ok_or_else(|| wrong(Mistake::NotAStep))?, at));
            } else {
                let count = count_of(text).ok_or_else(|| wrong(Mistake::NotAStep))?;
                steps.push(Step::Send(count));
            }
            at += text.len() + 1;
        }
        let repeated_from = repeat.map(|(count, at)| {
            let count = usize::try_from(count).unwrap_or(usize::MAX);
            let from = steps.len().saturating_sub(count);
            match steps[from..]
                .iter()
                .any(|step| matches!(step, Step::Send(1..)))
            {
                true => Ok(from),
                false => Err(argument.wrong(at, Mistake::RepeatsNothing)),
            }
        });
        Ok(Self {
            steps,
            repeated_from: repeated_from.transpose()?,
        })
    }
}

/// A number of bytes or of steps.
fn count_of(text: &str) -> Option<u64> {
    integer(text)?.try_into().ok()
}

/// A pause of so many seconds, in decimals.
fn pause(seconds: &str) -> Result<Duration, Mistake> {
    let seconds: f64 = grouped(seconds.trim())
        .and_then(|seconds| seconds.parse().ok())
        .ok_or(Mistake::NotAStep)?;
    if seconds > MAX_PAUSE.as_secs_f64() {
        return Err(Mistake::PauseTooLong(MAX_PAUSE.as_secs()));
    }
    // Not a number, or below nothing.
    Duration::try_from_secs_f64(seconds).map_err(|_| Mistake::NotAStep)
}

impl Pipe for Schedule {
    fn apply<'a>(self: Box<Self>, mut response: Response, _: &'a Arc<Context>) -> Applied<'a> {
        let fields = &mut response.fields;
        if !["Cache-Control", "Pragma", "Expires"]
            .iter()
            .any(|name| fields.contains(name))
        {
            fields.append("Cache-Control", "no-cache, no-store, must-revalidate");
            fields.append("Pragma", "no-cache");
            fields.append("Expires", "0");
        }
        response.body = Body::from_source(Trickle {
            todo: self.steps.iter().copied().collect(),
            schedule: *self,
            body: response.body,
            ended: false,
            rest: Bytes::new(),
            paused: Duration::ZERO,
        });
        Box::pin(std::future::ready(Ok(response)))
    }
}

/// Content on its way, step by step.
struct Trickle {
    schedule: Schedule,
    /// The steps of this round that are not done.
    todo: VecDeque<Step>,
    body: Body,
    /// Whether the body has ended.
    ended: bool,
    /// What was read and not sent.
    rest: Bytes,
    /// All pauses so far.
    paused: Duration,
}

impl Trickle {
    async fn step(&mut self) -> io::Result<Option<Piece>> {
        loop {
            let left = match self.todo.pop_front() {
                Some(Step::Nothing) => continue,
                Some(Step::Pause(time)) => return self.pause(time).map(Some),
                Some(Step::Send(0)) => continue,
                Some(Step::Send(left)) => left,
                None => match self.schedule.repeated_from {
                    None => u64::MAX,
                    Some(from) => {
                        if let Some(pause) = self.fill().await? {
                            return Ok(Some(pause));
                        }
                        if self.rest.is_empty() {
                            return Ok(None);
                        }
                        self.todo.extend(&self.schedule.steps[from..]);
                        continue;
                    }
                },
            };
            if let Some(pause) = self.fill().await? {
                self.todo.push_front(Step::Send(left));
                return Ok(Some(pause));
            }
            if self.rest.is_empty() {
                // There is nothing to send, but there may be pauses.
                match self.todo.is_empty() {
                    true => return Ok(None),
                    false => continue,
                }
            }
            let length = usize::try_from(left).map_or(self.rest.len(), |l| l.min(self.rest.len()));
            if length as u64 != left && left != u64::MAX {
                self.todo.push_front(Step::Send(left - length as u64));
            }
            return Ok(Some(Piece::Data(self.rest.split_to(length))));
        }
    }

    /// Reads on if nothing is left of what was read. The content's own pause, if
    /// it has one now, comes back.
    async fn fill(&mut self) -> io::Result<Option<Piece>> {
        while self.rest.is_empty() && !self.ended {
            match self.body.next().await? {
                Some(Piece::Data(data)) => self.rest = data,
                Some(Piece::Pause(time)) => return self.pause(time).map(Some),
                None => self.ended = true,
            }
        }
        Ok(None)
    }

    fn pause(&mut self, time: Duration) -> io::Result<Piece> {
        self.paused += time;
        match self.paused <= MAX_PAUSE {
            true => Ok(Piece::Pause(time)),
            false => Err(io::ErrorKind::TimedOut.into()),
        }
    }
}

impl Source for Trickle {
    /// Not told, so that the content ends where the schedule does: a client that
    /// knew the length would not wait for the last pause. wptserve neither.
    fn length(&self) -> Option<u64> {
        None
    }

    fn next(&mut self) -> Pull<'_> {
        Box::pin(self.step())
    }
}
