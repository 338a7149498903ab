//! An answer that somebody else finishes before it is sent ([`Finish`]), such as
//! pipes, and content that a handler writes piece by piece.
//!
//! What finishes the answer is a future that is kept here and polled while the
//! handler waits for its writes, or the host completes the answer: it runs on
//! nobody else's time, and is dropped with the answer. It asks for content, and
//! hands over what is to be sent; of both there is one piece at a time.
//!
//! [`Finish`]: crate::Finish

use std::fmt;
use std::future::Future;
use std::io;
use std::pin::Pin;
use std::time::Duration;

use bytes::Bytes;
use host_wire::{Exchange, Fields, Head, WireError, WireOp};
use tokio::sync::mpsc;

use super::{Answer, Refused};
use crate::finish::{self, Content, Draft, Finisher, Pull, Whole};

/// Whether an answer is finished by somebody else.
#[derive(Debug, Default)]
pub(super) enum Piping {
    /// Not, or not yet.
    #[default]
    None,
    Running(Running),
    /// All of it was sent that will be.
    Over,
}

/// One that is under way.
pub(super) struct Running {
    /// Makes the answer; `None` when all of it was handed over.
    making: Option<Pin<Box<dyn Future<Output = ()> + Send>>>,
    made: mpsc::Receiver<Made>,
    /// To the content that is finished; `None` where that is known, or has
    /// ended.
    input: Option<mpsc::Sender<Bytes>>,
    /// It has asked for content, and was not given any since.
    is_wanting: bool,
}

/// What has been made.
enum Made {
    Head {
        status: u16,
        reason: Option<Bytes>,
        fields: Fields,
        length: Option<u64>,
    },
    Data(Bytes),
    Pause(Duration),
    End,
    Broken(io::Error),
    /// Nothing: it waits for content.
    Wanting,
}

impl fmt::Debug for Running {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Running").finish_non_exhaustive()
    }
}

impl Running {
    /// Starts with content that is there, or with what will be given.
    fn new(finisher: &Finisher, head: Head, draft: Draft, given: Given) -> Self {
        let (made, making) = mpsc::channel(1);
        let (content, input): (Box<dyn Content>, _) = match given {
            Given::Whole(bytes) => (Box::new(Whole(bytes)), None),
            Given::Later => {
                let (input, pieces) = mpsc::channel(1);
                let made = made.clone();
                (Box::new(Fed { pieces, made }), Some(input))
            }
        };
        let draft = Draft { content, ..draft };
        let draft = finisher
            .finish
            .finish(finisher.handler.clone(), head, draft);
        Self {
            making: Some(Box::pin(async move { hand_over(draft.await, &made).await })),
            made: making,
            input,
            is_wanting: false,
        }
    }

    /// What comes next. Cancel-safe: nothing is lost.
    async fn next(&mut self) -> Made {
        if let Some(making) = &mut self.making {
            tokio::select! {
                biased;
                Some(made) = self.made.recv() => return made,
                () = making => self.making = None,
            }
        }
        self.made.recv().await.unwrap_or(Made::End)
    }
}

/// Where the content comes from.
enum Given {
    Whole(Bytes),
    Later,
}

async fn hand_over(draft: Draft, to: &mpsc::Sender<Made>) {
    let mut content = draft.content;
    let mut made = Made::Head {
        status: draft.status,
        reason: draft.reason,
        fields: draft.fields,
        length: content.length(),
    };
    loop {
        let is_last = matches!(made, Made::End | Made::Broken(_));
        // Nobody takes it any more: the answer was dropped.
        if to.send(made).await.is_err() || is_last {
            return;
        }
        made = match content.next().await {
            Ok(Some(finish::Piece::Data(data))) => Made::Data(data),
            Ok(Some(finish::Piece::Pause(time))) => Made::Pause(time),
            Ok(None) => Made::End,
            Err(error) => Made::Broken(error),
        };
    }
}

/// Content that a handler gives piece by piece.
struct Fed {
    pieces: mpsc::Receiver<Bytes>,
    made: mpsc::Sender<Made>,
}

impl Content for Fed {
    fn length(&self) -> Option<u64> {
        None
    }

    fn next(&mut self) -> Pull<'_> {
        Box::pin(async {
            // A failure means that nobody takes what comes of it.
            let _ = self.made.send(Made::Wanting).await;
            Ok(self.pieces.recv().await.map(finish::Piece::Data))
        })
    }
}

impl Answer {
    /// Whether somebody else has a say in the rest of the answer.
    pub(crate) fn is_piped(&self, exchange: &Exchange) -> bool {
        match self.piping {
            Piping::Running(_) => true,
            Piping::None => !self.ended && self.is_to_be_finished(exchange),
            Piping::Over => false,
        }
    }

    /// Whether the answer is still whole, and somebody wants to finish it.
    fn is_to_be_finished(&self, exchange: &Exchange) -> bool {
        let progress = exchange.progress();
        let is_whole = !progress.headers && !progress.raw && !progress.ended;
        is_whole
            && !self.own_head
            && self.finisher.as_ref().is_some_and(|finisher| {
                let Finisher { finish, handler } = finisher;
                finish.touches(handler, exchange.head())
            })
    }

    /// Lets it be finished, if somebody wants to; says whether.
    fn begin(&mut self, exchange: &Exchange, given: impl FnOnce(&mut Self) -> Given) -> bool {
        if !matches!(self.piping, Piping::None) || !self.is_to_be_finished(exchange) {
            return !matches!(self.piping, Piping::None);
        }
        let given = given(self);
        let Some(finisher) = &self.finisher else {
            return false;
        };
        let draft = Draft {
            status: self.status,
            reason: self.reason.clone(),
            fields: self.fields.clone(),
            content: Box::new(Whole(Bytes::new())),
        };
        let running = Running::new(finisher, exchange.head().clone(), draft, given);
        self.piping = Piping::Running(running);
        true
    }

    /// The handler's `write-content`: says whether more is wanted.
    pub(crate) async fn write_content_piece(
        &mut self,
        exchange: &mut Exchange,
        data: Bytes,
    ) -> Result<bool, Refused> {
        self.own_content = true;
        if self.begin(exchange, |_| Given::Later) {
            // Up to where it asks for content.
            self.advance(exchange).await?;
            return self.feed(exchange, data).await;
        }
        if !exchange.progress().headers && !self.is_raw(exchange) {
            self.write_head(exchange, None, false).await?;
        }
        if !self.wants_content(exchange) {
            return Ok(false);
        }
        self.put_within(exchange, data).await
    }

    /// Gives a piece to what waits for one, and sends what comes of it.
    async fn feed(&mut self, exchange: &mut Exchange, data: Bytes) -> Result<bool, Refused> {
        if !data.is_empty()
            && let Piping::Running(running) = &mut self.piping
            && let Some(input) = &running.input
        {
            // It asked, so there is room.
            let _ = input.try_send(data);
            running.is_wanting = false;
            self.advance(exchange).await?;
        }
        Ok(matches!(self.piping, Piping::Running(_)))
    }

    /// Sends what is left of an answer that somebody else finishes; says whether
    /// there was one.
    pub(super) async fn complete_piped(
        &mut self,
        exchange: &mut Exchange,
    ) -> Result<bool, Refused> {
        let whole = |answer: &mut Self| Given::Whole(std::mem::take(&mut answer.content));
        if !self.begin(exchange, whole) {
            return Ok(false);
        }
        if let Piping::Running(running) = &mut self.piping {
            running.input = None;
        }
        self.advance(exchange).await?;
        Ok(true)
    }

    /// Sends what is made, until content is wanted or all was sent.
    async fn advance(&mut self, exchange: &mut Exchange) -> Result<(), Refused> {
        while let Piping::Running(running) = &mut self.piping {
            // Where there is no more input, it is told so when it asks.
            if running.is_wanting && running.input.is_some() {
                return Ok(());
            }
            match running.next().await {
                Made::Wanting => running.is_wanting = true,
                Made::Head {
                    status,
                    reason,
                    fields,
                    length,
                } => {
                    (self.status, self.reason) = (status, reason);
                    self.edit(|old| *old = fields).map_err(Refused::Limit)?;
                    let length = length.map(|length| usize::try_from(length).unwrap_or(usize::MAX));
                    let nothing = length == Some(0) || !self.wants_content(exchange);
                    self.write_head(exchange, length, nothing).await?;
                    if nothing {
                        self.piping = Piping::Over;
                    }
                }
                Made::Data(data) => {
                    if !self.put_within(exchange, data).await? {
                        self.piping = Piping::Over;
                        self.end_content(exchange).await?;
                    }
                }
                Made::Pause(time) => {
                    // What was written so far is not to wait as well.
                    self.apply(exchange, WireOp::Flush).await?;
                    tokio::time::sleep(time).await;
                }
                Made::End => {
                    self.piping = Piping::Over;
                    self.end_content(exchange).await?;
                }
                Made::Broken(error) => {
                    self.piping = Piping::Over;
                    let what = format!("its content could not be made: {error}");
                    return Err(WireError::protocol(what, "RFC 9110 §6.4").into());
                }
            }
        }
        Ok(())
    }

    /// The writer's own functions would write past what is still being made.
    pub(super) fn check_unpiped(&self) -> Result<(), Refused> {
        match self.piping {
            Piping::Running(_) => {
                let what = "the answer goes through pipes: write it by response.write-content";
                Err(WireError::protocol(what, "host:handler/response").into())
            }
            _ => Ok(()),
        }
    }
}
