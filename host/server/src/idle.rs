//! Gives back the memory of handlers that nobody asks for any more.

use std::sync::Arc;
use std::time::Duration;

use tokio::time::{MissedTickBehavior, interval};

use crate::sites::Root;

/// A handler that was not asked for in this long is taken out of memory: the
/// next request loads its compiled code from disk again, in under a millisecond.
const IDLE: Duration = Duration::from_secs(10 * 60);

/// How often that is looked at.
const LOOK: Duration = Duration::from_secs(60);

/// Forgets idle handlers of a folder until it is dropped.
pub(crate) async fn forget(root: Arc<Root>) {
    let mut looks = interval(LOOK);
    looks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        looks.tick().await;
        root.registry.forget_idle(IDLE);
    }
}
