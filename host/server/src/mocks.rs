//! Mocks before the sites of a server.

use std::sync::Arc;

use host_mock::Mocks;
use host_wire::Exchange;

use crate::dispatch::Done;
use crate::sites::Sites;
use crate::uploads::Uploads;

/// What a test scripts, and the handlers that it brings.
#[derive(Debug)]
pub(crate) struct Mocked {
    pub(crate) mocks: Arc<Mocks>,
    pub(crate) uploads: Arc<Uploads>,
}

impl Mocked {
    /// Answers by a mock; gives the exchange back where the sites are to answer.
    pub(crate) async fn offer(&self, exchange: Exchange, _sites: &Sites) -> Result<Done, Exchange> {
        Err(exchange)
    }
}
