//! Whether the names of a server lead to it.

use std::fmt;
use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;

use tokio::net::lookup_host;
use tokio::sync::Semaphore;
use tokio::task::JoinSet;
use tokio::time::timeout;

/// How long all names together may take. A resolver that nobody answers takes
/// longer for each.
const DEADLINE: Duration = Duration::from_secs(10);

/// Names that are looked up at a time: each takes a thread.
const AT_A_TIME: usize = 8;

/// Names that a message lists.
const LISTED: usize = 3;

/// Names that do not lead to the server.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Astray {
    /// The names, in order.
    pub names: Vec<String>,
    /// How many were looked up.
    pub of: usize,
}

impl fmt::Display for Astray {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let listed = &self.names[..self.names.len().min(LISTED)];
        let more = if listed.len() < self.names.len() {
            ", …"
        } else {
            ""
        };
        write!(
            f,
            "{} of {} host names do not lead to this server ({}{more}): `host hosts` prints the \
             lines that /etc/hosts needs",
            self.names.len(),
            self.of,
            listed.join(", "),
        )
    }
}

/// Looks up every name: it should be one of the addresses that are listened on.
pub(crate) async fn astray(names: &[String], addresses: &[IpAddr]) -> Option<Astray> {
    let room = Arc::new(Semaphore::new(AT_A_TIME));
    let mut lookups = JoinSet::new();
    for (at, name) in names.iter().cloned().enumerate() {
        let (room, addresses) = (Arc::clone(&room), addresses.to_vec());
        lookups.spawn(async move {
            let _room = room.acquire_owned().await;
            (at, leads_to(&name, &addresses).await)
        });
    }
    let mut lead = vec![false; names.len()];
    let all = async {
        while let Some(done) = lookups.join_next().await {
            if let Ok((at, leads)) = done {
                lead[at] = leads;
            }
        }
    };
    // What is not known by then does not lead anywhere.
    let _ = timeout(DEADLINE, all).await;
    let astray = names.iter().zip(&lead).filter(|(_, leads)| !**leads);
    let names: Vec<String> = astray.map(|(name, _)| name.clone()).collect();
    let of = lead.len();
    (!names.is_empty()).then_some(Astray { names, of })
}

async fn leads_to(name: &str, addresses: &[IpAddr]) -> bool {
    // The port means nothing here.
    match lookup_host((name, 0)).await {
        Ok(mut found) => found.any(|found| {
            let found = found.ip();
            let takes = |ip: &IpAddr| {
                *ip == found || (ip.is_unspecified() && ip.is_ipv4() == found.is_ipv4())
            };
            addresses.iter().any(takes)
        }),
        Err(_) => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn addresses_lead_to_themselves() {
        // Looked up like names, but by nobody else.
        let names = ["127.0.0.1", "127.0.0.2"].map(str::to_owned);
        let loopback = "127.0.0.1".parse().unwrap();
        let found = astray(&names, &[loopback]).await.unwrap();
        assert_eq!((found.names, found.of), (vec!["127.0.0.2".to_owned()], 2));
        assert_eq!(astray(&names[..1], &[loopback]).await, None);
        let every = "0.0.0.0".parse().unwrap();
        assert_eq!(astray(&names, &[every]).await, None);
    }

    #[test]
    fn a_message_lists_a_few() {
        let names: Vec<String> = (0..5).map(|n| format!("{n}.test")).collect();
        let told = Astray { names, of: 9 }.to_string();
        assert!(told.starts_with("5 of 9 host names"), "{told}");
        assert!(told.contains("(0.test, 1.test, 2.test, …)"), "{told}");
    }
}
