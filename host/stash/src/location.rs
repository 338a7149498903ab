//! Where a store is, as the operator says it.

use std::fmt;
use std::str::FromStr;

use redis::{ConnectionAddr, ConnectionInfo, IntoConnectionInfo};

/// Where a store is: `memory`, or a Redis.
#[derive(Clone, Debug, Default)]
pub enum Location {
    /// In the server's own memory.
    #[default]
    Memory,
    /// `redis://[USER:PASSWORD@]HOST[:PORT][/DB]` or
    /// `unix:///PATH[?db=DB]`.
    Redis(Box<ConnectionInfo>),
}

/// Text that says no location.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "expected \"memory\", \"redis://HOST:PORT/DB\" or \"unix:///PATH\" (Redis's socket), found {found}{why}"
)]
pub struct LocationError {
    /// What there was instead; of a URL only the scheme, since there may be a
    /// password in it.
    found: String,
    why: String,
}

impl FromStr for Location {
    type Err = LocationError;

    fn from_str(text: &str) -> Result<Self, LocationError> {
        if text == "memory" {
            return Ok(Self::Memory);
        }
        let wrong = |found: String, why: &str| {
            let why = why.to_owned();
            Err(LocationError { found, why })
        };
        match text.split_once("://") {
            Some(("redis" | "unix", _)) => {}
            Some(("rediss", _)) => {
                return wrong(
                    "\"rediss://…\"".to_owned(),
                    ": TLS to Redis is not supported; put a tunnel such as stunnel between",
                );
            }
            Some((scheme, _)) => return wrong(format!("\"{scheme}://…\""), ""),
            None => return wrong(format!("{text:?}"), ""),
        }
        match text.into_connection_info() {
            Ok(info) => Ok(Self::Redis(Box::new(info))),
            Err(error) => {
                let scheme = text.split(':').next().unwrap_or_default();
                wrong(format!("\"{scheme}://…\""), &format!(": {error}"))
            }
        }
    }
}

/// As it was given, without user and password.
impl fmt::Display for Location {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self::Redis(info) = self else {
            return f.write_str("memory");
        };
        let db = info.redis_settings().db();
        match info.addr() {
            ConnectionAddr::Unix(path) => {
                write!(f, "unix://{}", path.display())?;
                if db == 0 {
                    Ok(())
                } else {
                    write!(f, "?db={db}")
                }
            }
            ConnectionAddr::Tcp(host, port) if host.contains(':') => {
                write!(f, "redis://[{host}]:{port}/{db}")
            }
            // There is no TLS here: `from_str` refuses it.
            ConnectionAddr::Tcp(host, port) | ConnectionAddr::TcpTls { host, port, .. } => {
                write!(f, "redis://{host}:{port}/{db}")
            }
            _ => f.write_str("redis"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn locations_are_shown_without_their_secrets() {
        for (text, shown) in [
            ("memory", "memory"),
            ("redis://localhost", "redis://localhost:6379/0"),
            ("redis://[::1]:7/2", "redis://[::1]:7/2"),
            ("redis://me:secret@a.test:1/3", "redis://a.test:1/3"),
            ("unix:///run/redis.sock", "unix:///run/redis.sock"),
            ("unix:///r.sock?db=2&pass=secret", "unix:///r.sock?db=2"),
        ] {
            let location: Location = text.parse().unwrap();
            assert_eq!(location.to_string(), shown);
        }
    }

    #[test]
    fn what_is_no_location_says_what_is() {
        for (text, part) in [
            ("", "found \"\""),
            ("Memory", "found \"Memory\""),
            ("rediss://a.test", "TLS to Redis is not supported"),
            ("http://a:secret@a.test", "found \"http://…\""),
            ("redis://", "found \"redis://…\": "),
            ("redis://:secret@h/x", "found \"redis://…\": "),
        ] {
            let told = text.parse::<Location>().unwrap_err().to_string();
            assert!(told.contains(part), "{text}: {told}");
            assert!(!told.contains("secret"), "{text}: {told}");
        }
    }
}
