//! Who a handler belongs to.

use std::collections::BTreeMap;

use host_stash::Stash;
use tokio::sync::Semaphore;

use crate::{Limits, Outgoing};

/// One owner of handlers: what they may use and know. Nothing is shared between
/// tenants.
#[derive(Debug)]
pub struct Tenant {
    /// Its name, as in logs and as `config.tenant` says it.
    pub name: String,
    /// What its handlers may use.
    pub limits: Limits,
    /// What `config.get` gives.
    pub vars: BTreeMap<String, String>,
    /// What `config.listeners` gives.
    pub listeners: Vec<Listener>,
    /// Whether answers may show what went wrong inside a handler: traps with
    /// their backtrace, messages of errors with a status of 500 and above.
    pub dev: bool,
    /// Whether handlers may write raw: bytes and frames that can break the
    /// connection, or reach streams of others on it. False until set.
    pub raw: bool,
    /// Where its handlers may send requests: nowhere, until set.
    pub outgoing: Outgoing,
    /// Whether components see the folder that they were loaded from as WASI's
    /// `/`, to be read. Scripts always do.
    pub files: bool,
    /// What its handlers leave for later requests: in memory, until set.
    pub stash: Stash,
    pub(crate) slots: Semaphore,
}

impl Tenant {
    /// A tenant without variables and listeners, not in `dev` mode, without the
    /// grant to write raw.
    pub fn new(name: impl Into<String>, limits: Limits) -> Self {
        Self {
            name: name.into(),
            slots: Semaphore::new(limits.instances.min(Semaphore::MAX_PERMITS)),
            stash: Stash::in_memory(limits.stash),
            limits,
            vars: BTreeMap::new(),
            listeners: Vec::new(),
            dev: false,
            raw: false,
            outgoing: Outgoing::default(),
            files: false,
        }
    }
}

/// An address that the server listens on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Listener {
    /// What it is for, as in `http` or `h2`.
    pub scheme: String,
    /// The IP address.
    pub host: String,
    /// The port.
    pub port: u16,
}
