//! The parameters of a request's query.

use std::str::FromStr;
use std::time::Duration;

use host_wire::query;

use crate::limits::WAIT;
use crate::problem::Problem;

/// What the query says, by the names that the route knows.
#[derive(Debug, Default)]
pub(crate) struct Parameters(Vec<(String, String)>);

impl Parameters {
    /// Reads a target's query.
    ///
    /// # Errors
    /// A name that the route does not know, or one that is there twice: a mistake
    /// in either would else go by unseen.
    pub(crate) fn of(target: &[u8], known: &[&str]) -> Result<Self, Problem> {
        let mut read: Vec<(String, String)> = Vec::new();
        for (name, value) in query::pairs(query::of(target)) {
            let name = String::from_utf8_lossy(&name).into_owned();
            if !known.contains(&name.as_str()) {
                let known = match known {
                    [] => "there are none here".to_owned(),
                    known => format!("there is {}", known.join(", ")),
                };
                return Err(Problem::bad(format!("no parameter {name:?}: {known}")));
            }
            if read.iter().any(|(other, _)| *other == name) {
                return Err(Problem::bad(format!("the parameter {name} is there twice")));
            }
            read.push((name, String::from_utf8_lossy(&value).into_owned()));
        }
        Ok(Self(read))
    }

    /// A number, if it is there.
    ///
    /// # Errors
    /// It is none.
    pub(crate) fn number(&self, name: &str) -> Result<Option<u64>, Problem> {
        let expected = || Problem::bad(format!("the parameter {name}: a number from 0 on"));
        let is_plain = |text: &str| text.bytes().all(|b| b.is_ascii_digit());
        let read = |text: &str| match u64::from_str(text) {
            Ok(number) if is_plain(text) => Ok(number),
            _ => Err(expected()),
        };
        self.get(name).map(read).transpose()
    }

    /// How long the client is willing to wait; not at all if it does not say.
    ///
    /// # Errors
    /// It is no time, or too long.
    pub(crate) fn wait(&self) -> Result<Duration, Problem> {
        let Some(text) = self.get("wait") else {
            return Ok(Duration::ZERO);
        };
        let seconds = f64::from_str(text).ok();
        let fits = seconds.filter(|seconds| (0.0..=WAIT.as_secs_f64()).contains(seconds));
        let expected = || {
            Problem::bad(format!(
                "the parameter wait: 0 to {} seconds",
                WAIT.as_secs()
            ))
        };
        fits.map(Duration::from_secs_f64).ok_or_else(expected)
    }

    fn get(&self, name: &str) -> Option<&str> {
        let mut pairs = self.0.iter();
        pairs
            .find(|(n, _)| n == name)
            .map(|(_, value)| value.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(target: &str) -> Result<Parameters, Problem> {
        Parameters::of(target.as_bytes(), &["after", "wait"])
    }

    #[test]
    fn what_is_not_known_or_fits_not_is_said() {
        let read = of("/x?after=7&wait=0.5").unwrap();
        assert_eq!(read.number("after").unwrap(), Some(7));
        assert_eq!(read.wait().unwrap(), Duration::from_millis(500));
        assert_eq!(of("/x").unwrap().number("after").unwrap(), None);
        assert!(of("/x?waitt=1").is_err());
        assert!(of("/x?wait=1&wait=1").is_err());
        for after in ["", "-1", "+1", "1.0", "x", "99999999999999999999"] {
            assert!(
                of(&format!("/x?after={after}"))
                    .unwrap()
                    .number("after")
                    .is_err(),
                "{after}"
            );
        }
        for wait in ["", "-1", "61", "nan", "inf", "x"] {
            assert!(
                of(&format!("/x?wait={wait}")).unwrap().wait().is_err(),
                "{wait}"
            );
        }
    }
}
