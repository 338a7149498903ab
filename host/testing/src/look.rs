//! Looking at what came.
//!
//! What waits blocks its thread. A test whose client runs on that very thread, as in a
//! tokio runtime of one, would wait for itself: so each such function has a twin by the
//! same name with `_async` behind it. They lie side by side in lists, nothing else
//! about them differs, and whoever forgets one gets a message that names it.

use std::sync::Arc;
use std::time::Duration;

use host_mock::Request;

use crate::error::sure;
use crate::{Error, TestServer};

impl TestServer {
    /// The requests that came, in the order in which they were complete. A request is
    /// there before the last byte of its answer is sent: whoever has the answer finds
    /// it here.
    #[track_caller]
    pub fn requests(&self) -> Vec<Arc<Request>> {
        sure(self.backend.requests())
    }

    /// How many requests came, those among them that are too old to be kept.
    #[track_caller]
    pub fn num_requests(&self) -> u64 {
        sure(self.backend.received())
    }

    /// How many answers are over, whatever became of them.
    #[track_caller]
    pub fn num_answered(&self) -> u64 {
        sure(self.backend.answers())
    }

    /// Forgets the requests, and that some were not answered; keeps the mocks.
    #[track_caller]
    pub fn forget_requests(&self) {
        sure(self.backend.forget_requests());
    }

    /// The oldest request that was not taken before, waiting for it where it has yet
    /// to come. Taken requests are still among [`Self::requests`].
    #[track_caller]
    pub fn take_request(&self, timeout: Duration) -> Option<Arc<Request>> {
        sure(self.backend.take_within(timeout))
    }

    /// [`Self::take_request`], to be awaited. Dropped before it is done, it has taken
    /// nothing.
    pub async fn take_request_async(&self, timeout: Duration) -> Option<Arc<Request>> {
        sure(self.backend.take_later(timeout).await)
    }

    /// [`Self::take_request`] for tests that want one.
    ///
    /// # Errors
    /// None came in time.
    #[track_caller]
    pub fn wait_request(&self, timeout: Duration) -> Result<Arc<Request>, Error> {
        self.there(self.take_request(timeout), timeout)
    }

    /// [`Self::wait_request`], to be awaited. Dropped before it is done, it has taken
    /// nothing.
    ///
    /// # Errors
    /// None came in time.
    pub async fn wait_request_async(&self, timeout: Duration) -> Result<Arc<Request>, Error> {
        let taken = self.take_request_async(timeout).await;
        self.there(taken, timeout)
    }

    /// Waits until so many answers are over, and says whether they are: until the
    /// server has done all that it does for these requests.
    #[track_caller]
    pub fn wait_answered(&self, answers: u64, timeout: Duration) -> bool {
        sure(self.backend.answers_within(answers, timeout))
    }

    /// [`Self::wait_answered`], to be awaited.
    pub async fn wait_answered_async(&self, answers: u64, timeout: Duration) -> bool {
        sure(self.backend.answers_later(answers, timeout).await)
    }

    /// What passed on the wire, of one connection ([`Request::connection`]) or of all:
    /// a JSON object each, as the lines of `host serve --journal`. Empty without
    /// [`Builder::wire`](crate::Builder::wire).
    #[track_caller]
    pub fn wire(&self, connection: Option<u64>) -> Vec<String> {
        sure(self.backend.wire(connection))
    }

    #[track_caller]
    fn there(
        &self,
        request: Option<Arc<Request>>,
        waited: Duration,
    ) -> Result<Arc<Request>, Error> {
        request.ok_or_else(|| Error::NoRequest {
            waited,
            received: self.num_requests(),
        })
    }
}
