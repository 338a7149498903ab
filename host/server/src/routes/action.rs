//! A route: which requests it is for and what is done with them.

use std::fmt;
use std::path::PathBuf;
use std::time::Duration;

use bytes::Bytes;
use host_wire::Fields;

use super::pattern::Pattern;
use super::template::Template;

/// The longest that a request may be made to wait, all its routes together: a
/// connection and a task are held for so long.
pub const LONGEST_WAIT: Duration = Duration::from_secs(3600);

/// A route. The first of a tenant's that is for a request answers it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Route {
    /// The paths.
    pub path: Pattern,
    /// The methods, in upper case mostly; GET has HEAD with it. `None`: any.
    pub methods: Option<Vec<String>>,
    /// What answers; `None`: whatever comes next, once `latency` is over.
    pub action: Option<Action>,
    /// How long the request waits first.
    pub latency: Option<Latency>,
    /// Whether it is asked only where no other route has answered, and no file.
    /// Never with [`Action::Rewrite`].
    pub fallback: bool,
}

/// What a route does.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Action {
    /// Runs this handler, a file beneath the tenant's folder.
    Handler(PathBuf),
    /// Sends this file, which is beneath the tenant's folder, as files are sent.
    File(PathBuf),
    /// Another folder stands here: its handlers and files answer as those of the
    /// tenant's own. The route's path is all of a folder, or a single path in it.
    Folder(PathBuf),
    /// The tenant's own folder answers, whatever later routes say.
    Plugins,
    /// Sends these words.
    Text(Text),
    /// Sends the client elsewhere.
    Redirect {
        /// Where; the request's query is put behind it unless it has its own.
        location: Template,
        /// 300 to 399.
        status: u16,
    },
    /// Goes on as if this path had been asked for, from the first route on. Done
    /// once for a request; the query is kept.
    Rewrite(Template),
    /// Refuses with this status, 400 to 599. Unlike others such a route is also
    /// for paths that only become its own by decoding, so that what it protects
    /// has no second spelling.
    Error(u16),
}

/// An answer that is always the same.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Text {
    /// 200 to 999.
    pub status: u16,
    /// The fields, `Content-Type` among them.
    pub fields: Fields,
    /// The content.
    pub content: Bytes,
}

/// A time to wait, chosen anew for each request. [`LONGEST_WAIT`] at most.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Latency {
    /// At least this long.
    pub least: Duration,
    /// At most this long.
    pub most: Duration,
}

impl Latency {
    /// One of the times, each as likely as any other; the longest if the system
    /// gives no random bytes.
    pub(crate) fn choose(self) -> Duration {
        let span = u64::try_from((self.most - self.least).as_nanos()).unwrap_or(u64::MAX);
        let mut bytes = [0; 8];
        match getrandom::fill(&mut bytes) {
            Ok(()) if span > 0 => {
                let past = u64::from_le_bytes(bytes) % span.saturating_add(1);
                self.least + Duration::from_nanos(past)
            }
            _ => self.most,
        }
    }
}

impl Route {
    /// A route for any method, for every request of these paths.
    pub fn new(path: Pattern, action: Action) -> Self {
        Self {
            path,
            methods: None,
            action: Some(action),
            latency: None,
            fallback: false,
        }
    }

    /// Whether it is for a method.
    pub(crate) fn takes(&self, method: &[u8]) -> bool {
        let Some(methods) = &self.methods else {
            return true;
        };
        let with_head = |known: &String| known == "GET" && method == b"HEAD";
        methods
            .iter()
            .any(|known| known.as_bytes() == method || with_head(known))
    }

    /// Whether it keeps clients from something.
    pub(super) fn forbids(&self) -> bool {
        matches!(self.action, Some(Action::Error(_)))
    }

    /// The methods as people write them.
    pub fn methods(&self) -> String {
        match &self.methods {
            None => "any".to_owned(),
            Some(methods) => methods.join(", "),
        }
    }
}

impl fmt::Display for Action {
    /// What it does, behind «this route …».
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Handler(file) => write!(f, "runs {}", file.display()),
            Self::File(file) => write!(f, "sends {}", file.display()),
            Self::Folder(folder) => write!(f, "is the folder {}", folder.display()),
            Self::Plugins => f.write_str("is the folder itself"),
            Self::Text(text) => write!(f, "sends a text of {} bytes", text.content.len()),
            Self::Redirect { location, status } => {
                write!(f, "redirects to {} ({status})", location.as_str())
            }
            Self::Rewrite(to) => write!(f, "rewrites to {}", to.as_str()),
            Self::Error(status) => write!(f, "refuses with {status}"),
        }
    }
}

impl fmt::Display for Route {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let and = match (&self.latency, &self.action) {
            (Some(latency), Some(_)) => format!("waits {latency}, "),
            (Some(latency), None) => return write!(f, "waits {latency}"),
            _ => String::new(),
        };
        let action = self
            .action
            .as_ref()
            .map_or_else(String::new, Action::to_string);
        let fallback = if self.fallback {
            ", if nothing else answers"
        } else {
            ""
        };
        write!(f, "{and}{action}{fallback}")
    }
}

impl fmt::Display for Latency {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { least, most } = self;
        if least == most {
            return write!(f, "{least:?}");
        }
        write!(f, "{least:?} to {most:?}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_latency_is_between_its_ends() {
        let ms = Duration::from_millis;
        let (least, most) = (ms(100), ms(500));
        for _ in 0..1000 {
            let chosen = Latency { least, most }.choose();
            assert!((least..=most).contains(&chosen), "{chosen:?}");
        }
        let fixed = Latency { least, most: least };
        assert_eq!(fixed.choose(), least);
        let any = Latency {
            least: Duration::ZERO,
            most: LONGEST_WAIT,
        };
        assert!(any.choose() <= LONGEST_WAIT);
    }

    #[test]
    fn get_has_head_with_it() {
        let mut route = Route::new(Pattern::parse("/").unwrap(), Action::Plugins);
        assert!(route.takes(b"BREW"));
        route.methods = Some(vec!["GET".to_owned(), "QUERY".to_owned()]);
        for (method, takes) in [
            ("GET", true),
            ("HEAD", true),
            ("QUERY", true),
            ("get", false),
        ] {
            assert_eq!(route.takes(method.as_bytes()), takes, "{method}");
        }
        route.methods = Some(vec!["POST".to_owned()]);
        assert!(!route.takes(b"HEAD"));
    }
}
