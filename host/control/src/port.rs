//! Where the control API listens.

use std::future::Future;
use std::io;
use std::net::SocketAddr;
use std::pin::pin;
use std::sync::Arc;

use host_server::config::ConnectionLimits;
use host_server::serve_plain;
use tokio::net::{TcpListener, lookup_host};
use tokio::time::timeout;

use crate::control::Control;
use crate::limits::DRAIN;

/// A port of the control API, with its clients in its queue.
#[derive(Debug)]
pub struct Port {
    socket: TcpListener,
    address: SocketAddr,
}

/// Why there is none.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum PortError {
    /// Other machines could reach it, and nothing would keep them out.
    #[error("the control API is only for this machine without a token: {0} is not of loopback")]
    Open(SocketAddr),
    /// The address cannot be listened on.
    #[error("cannot listen on {address} for the control API")]
    Listen {
        /// The address, as it was given.
        address: String,
        /// What the system said.
        source: io::Error,
    },
}

impl Port {
    /// Listens on `host:port`; port 0 picks one. Only an address of loopback will do
    /// without a token.
    ///
    /// # Errors
    /// See [`PortError`].
    pub async fn bind(address: &str, has_token: bool) -> Result<Self, PortError> {
        let failed = |source| PortError::Listen {
            address: address.to_owned(),
            source,
        };
        let addresses: Vec<_> = lookup_host(address).await.map_err(failed)?.collect();
        let mut others = addresses
            .iter()
            .filter(|address| !address.ip().is_loopback());
        if let Some(open) = others.next().filter(|_| !has_token) {
            return Err(PortError::Open(*open));
        }
        let socket = TcpListener::bind(&*addresses).await.map_err(failed)?;
        let address = socket.local_addr().map_err(failed)?;
        Ok(Self { socket, address })
    }

    /// The URL of its root.
    pub fn url(&self) -> String {
        format!("http://{}/", self.address)
    }

    /// Serves until `stop` is ready; then ends what waits, and stops the servers that
    /// were made there.
    ///
    /// # Errors
    /// The system's own, of its socket.
    pub async fn serve(
        self,
        control: Arc<Control>,
        stop: impl Future<Output = ()>,
    ) -> io::Result<()> {
        let (limits, drained) = (ConnectionLimits::default(), control.drained());
        let mut serving = pin!(serve_plain(
            self.socket,
            Arc::clone(&control),
            limits,
            drained
        ));
        tokio::select! {
            served = &mut serving => return served,
            () = stop => {}
        }
        control.drain();
        // Whoever is still sending is cut off.
        let _ = timeout(DRAIN, serving).await;
        control.stop().await;
        Ok(())
    }
}
