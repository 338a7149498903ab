//! A server that runs beside whoever made it.

use tokio::sync::oneshot;
use tokio::task::JoinHandle;

use crate::{Listening, Server, Stopped};

/// A server that runs in a task of its own. Dropped, it is cut off at once.
#[derive(Debug)]
pub struct Running {
    listening: Vec<Listening>,
    stop: Option<oneshot::Sender<()>>,
    task: JoinHandle<Stopped>,
}

impl Server {
    /// Runs it in a task of the runtime that this is called in.
    pub fn spawn(self) -> Running {
        let listening = self.listening();
        let (stop, stopped) = oneshot::channel::<()>();
        let task = tokio::spawn(self.run(async {
            // A sender that is gone says the same.
            let _ = stopped.await;
        }));
        Running {
            listening,
            stop: Some(stop),
            task,
        }
    }
}

impl Running {
    /// Where it listens, plaintext first.
    pub fn listening(&self) -> &[Listening] {
        &self.listening
    }

    /// Takes no more connections, closes those that are idle, and lets what is
    /// under way finish, for the drain timeout at most. Its ports are free then.
    pub async fn stop(mut self) -> Stopped {
        self.stop = None;
        match (&mut self.task).await {
            Ok(stopped) => stopped,
            Err(error) => {
                if error.is_panic() {
                    tracing::error!("a server's task panicked: {error}");
                }
                Stopped::CutOff
            }
        }
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        self.task.abort();
    }
}
