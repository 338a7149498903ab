//! `config`: what a handler may know of the server.

use super::generated::host::handler::config::{Host, Listener};
use crate::state::State;

impl Host for State {
    fn tenant(&mut self) -> String {
        self.context.tenant.name.clone()
    }

    fn route(&mut self) -> String {
        self.context.route.name.clone()
    }

    fn listeners(&mut self) -> Vec<Listener> {
        let listeners = self.context.tenant.listeners.iter();
        listeners
            .map(|listener| Listener {
                scheme: listener.scheme.clone(),
                host: listener.host.clone(),
                port: listener.port,
            })
            .collect()
    }

    fn get(&mut self, key: String) -> Option<String> {
        self.context.tenant.vars.get(&key).cloned()
    }
}
