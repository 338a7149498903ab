//! Answers that are put off until there is something to say.

use std::future::Future;

use host_mock::Mocks;
use tokio::time::timeout;

use crate::hosted::Hosted;
use crate::problem::Problem;
use crate::routes::Asked;

impl Asked<'_> {
    /// Waits until this has a value, which is asked at each change in what came to
    /// the server; `None` when the client's time is over.
    ///
    /// # Errors
    /// The server was deleted meanwhile, or the host ends.
    pub(crate) async fn until<T>(
        &self,
        hosted: &Hosted,
        ready: impl FnMut(&Mocks) -> Option<T>,
    ) -> Result<Option<T>, Problem> {
        self.wait_for(hosted, hosted.mocks.until(ready)).await
    }

    /// The same for anything that can be waited for.
    ///
    /// # Errors
    /// Those of [`Self::until`].
    pub(crate) async fn wait_for<T>(
        &self,
        hosted: &Hosted,
        ready: impl Future<Output = T>,
    ) -> Result<Option<T>, Problem> {
        tokio::select! {
            // What is there already is told, whatever else has happened.
            biased;
            value = timeout(self.wait, ready) => Ok(value.ok()),
            () = hosted.deleted() => {
                Err(Problem::missing(format!("server {:?} was deleted", hosted.id)))
            }
            () = self.control.draining() => Err(Problem::new(503, "the host ends")),
        }
    }
}
