//! Where the journal of the wire goes: to a file of JSON lines, and to whoever
//! asked for it in this process.
//!
//! What is told is described at [`host_wire::journal`], how at [`json`]. The
//! journal is the operator's: it holds what all tenants' clients sent, and no
//! handler can read it.

mod client_hello;
mod file;
pub mod json;
mod object;
mod recent;
mod recorded;

use std::sync::Arc;

use host_wire::Head;
use host_wire::journal::{Entry, Exchange, Journal, Page, What};

use crate::dispatch::Done;

pub use file::File;
pub use recent::Recent;

pub(crate) use client_hello::client_hello;
pub(crate) use recorded::{FirstBytes, Recorded};

/// Everyone who is told.
struct All(Vec<Arc<dyn Journal>>);

/// Several as one; `None` for none.
pub(crate) fn joined(mut journals: Vec<Arc<dyn Journal>>) -> Option<Arc<dyn Journal>> {
    match journals.len() {
        0 | 1 => journals.pop(),
        _ => Some(Arc::new(All(journals))),
    }
}

impl Journal for All {
    fn record(&self, entry: &Entry) {
        for journal in &self.0 {
            journal.record(entry);
        }
    }

    fn finish(&self) {
        for journal in &self.0 {
            journal.finish();
        }
    }
}

/// An exchange, from its beginning to its end, on its connection's page.
pub(crate) struct Told {
    page: Arc<Page>,
    exchange: Exchange,
}

impl Told {
    /// `None` where there is no journal.
    pub(crate) fn of(head: &Head) -> Option<Self> {
        let page = Arc::clone(head.connection.journal.as_ref()?);
        let exchange = Exchange {
            of: page.of(head),
            method: head.method.clone(),
            target: head.target.clone(),
            tenant: None,
            handler: None,
        };
        Some(Self { page, exchange })
    }

    /// Tells whose it is.
    pub(crate) fn belongs(mut self, tenant: &str, handler: Option<&str>) {
        self.exchange.tenant = Some(tenant.to_owned());
        self.exchange.handler = handler.map(str::to_owned);
        self.page.record(What::Exchange(self.exchange));
    }

    /// Tells what became of it.
    pub(crate) fn ended(mut self, done: Done) {
        self.exchange.tenant = done.tenant;
        self.exchange.handler = done.handler;
        self.page.record(What::Answered {
            exchange: self.exchange,
            status: done.status,
            error: done.error,
        });
    }
}
