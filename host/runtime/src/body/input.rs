//! The body as a file: wptserve's `InputFile`.

use memchr::memchr;

use super::{Body, Source, declared_length};
use crate::bindings::types::BodyError;

impl Body {
    /// At most `max` bytes from the place on; fewer only at the end.
    pub(crate) async fn read_input(
        &mut self,
        source: &mut Source<'_>,
        max: Option<u32>,
    ) -> Result<Vec<u8>, BodyError> {
        let end = self.farthest(max);
        while self.kept.len() < end && self.gather(source).await? {}
        Ok(self.advance(end.min(self.kept.len())))
    }

    /// The same up to a line feed.
    pub(crate) async fn read_line(
        &mut self,
        source: &mut Source<'_>,
        max: Option<u32>,
    ) -> Result<Vec<u8>, BodyError> {
        let end = self.farthest(max);
        let mut from = self.place;
        loop {
            let until = end.min(self.kept.len());
            if let Some(at) = memchr(b'\n', &self.kept[from..until]) {
                return Ok(self.advance(from + at + 1));
            }
            // What was looked through is not looked through again.
            from = until;
            if until == end || !self.gather(source).await? {
                return Ok(self.advance(until));
            }
        }
    }

    /// Moves the place, which stays where it was on an error.
    pub(crate) async fn seek(
        &mut self,
        source: &mut Source<'_>,
        offset: u64,
    ) -> Result<(), BodyError> {
        if let Some(end) = self.length(source)
            && offset > end
        {
            return Err(BodyError::BeyondEnd(end));
        }
        while (self.kept.len() as u64) < offset {
            if !self.gather(source).await? {
                return Err(BodyError::BeyondEnd(self.kept.len() as u64));
            }
        }
        // No further than what is kept, so it fits.
        self.place = usize::try_from(offset).unwrap_or(self.kept.len());
        Ok(())
    }

    /// The place.
    pub(crate) fn tell(&self) -> u64 {
        self.place as u64
    }

    /// The body's length, as far as it is known by now.
    pub(crate) fn length(&mut self, source: &mut Source<'_>) -> Option<u64> {
        let declared = declared_length(source.exchange);
        if declared.is_none() && !self.ended {
            self.look(source.exchange, source.watch);
        }
        let is_kept = self.ended && self.rest.is_empty() && !self.taken;
        declared.or_else(|| is_kept.then_some(self.kept.len() as u64))
    }

    /// The place that `max` bytes lead to.
    fn farthest(&self, max: Option<u32>) -> usize {
        max.map_or(usize::MAX, |max| self.place.saturating_add(max as usize))
    }

    /// What is kept up to `end`, where the place is then.
    fn advance(&mut self, end: usize) -> Vec<u8> {
        let from = std::mem::replace(&mut self.place, end);
        self.kept[from..end].to_vec()
    }
}
