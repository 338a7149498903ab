//! The connection to Redis: one for all tenants, made anew when it has gone.

use redis::aio::MultiplexedConnection;
use redis::{AsyncConnectionConfig, ConnectionAddr, ConnectionInfo, FromRedisValue};
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::{TcpStream, UnixStream};
use tokio::sync::Mutex;
use tokio::task::JoinHandle;
use tokio::time::timeout;

use super::OPERATION;
use crate::StashError;

#[derive(Debug)]
pub(crate) struct Link {
    info: ConnectionInfo,
    current: Mutex<Option<Connection>>,
}

/// A connection, with the task that reads and writes on it. That ends when
/// Redis closes it, so that a connection that has gone is found out before
/// anything is sent on it.
struct Connection {
    handle: MultiplexedConnection,
    driver: JoinHandle<()>,
}

impl std::fmt::Debug for Connection {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Connection")
            .field("is_open", &!self.driver.is_finished())
            .finish_non_exhaustive()
    }
}

impl Link {
    /// Connects, and sees whether Redis takes orders.
    pub(crate) async fn open(info: &ConnectionInfo) -> Result<Self, String> {
        let link = Self {
            info: info.clone(),
            current: Mutex::default(),
        };
        let ping = async {
            let mut connection = link.connection().await?;
            let pong: String = redis::cmd("PING").query_async(&mut connection).await?;
            Ok(pong)
        };
        match in_time(ping).await {
            Ok(_) => Ok(link),
            Err(reason) => Err(reason),
        }
    }

    /// Runs a script.
    pub(crate) async fn run<T: FromRedisValue>(
        &self,
        script: &redis::ScriptInvocation<'_>,
    ) -> Result<T, StashError> {
        let run = async {
            let mut connection = self.connection().await?;
            script.invoke_async(&mut connection).await
        };
        in_time(run).await.map_err(StashError::Unavailable)
    }

    async fn connection(&self) -> redis::RedisResult<MultiplexedConnection> {
        let mut current = self.current.lock().await;
        if let Some(connection) = &*current
            && !connection.driver.is_finished()
        {
            return Ok(connection.handle.clone());
        }
        *current = None;
        let connection = match self.info.addr() {
            ConnectionAddr::Unix(path) => self.over(UnixStream::connect(path).await?).await?,
            ConnectionAddr::Tcp(host, port) => {
                let socket = TcpStream::connect((host.as_str(), *port)).await?;
                // Commands are small and each is waited for.
                socket.set_nodelay(true)?;
                self.over(socket).await?
            }
            _ => {
                let message = "an address that is neither TCP nor a socket";
                return Err((redis::ErrorKind::InvalidClientConfig, message).into());
            }
        };
        let handle = connection.handle.clone();
        *current = Some(connection);
        Ok(handle)
    }

    /// Logs in over a socket and keeps it going.
    async fn over<S>(&self, socket: S) -> redis::RedisResult<Connection>
    where
        S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
    {
        // Its own timeouts would be shorter than ours.
        let config = AsyncConnectionConfig::new().set_response_timeout(None);
        let settings = self.info.redis_settings();
        let (handle, driver) =
            MultiplexedConnection::new_with_config(settings, socket, config).await?;
        let driver = tokio::spawn(driver);
        Ok(Connection { handle, driver })
    }
}

/// Waits no longer than [`OPERATION`].
async fn in_time<T>(work: impl Future<Output = redis::RedisResult<T>>) -> Result<T, String> {
    match timeout(OPERATION, work).await {
        Ok(Ok(value)) => Ok(value),
        Ok(Err(error)) => Err(format!("cannot be used: {error}")),
        Err(_) => Err(format!("has not answered for {OPERATION:?}")),
    }
}
