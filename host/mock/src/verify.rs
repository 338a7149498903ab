//! Whether a test got what it expects, and if not, what came closest.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::board::{Listed, Mocks};
use crate::{Expected, Mock, Request};

/// Requests that a message shows.
const SHOWN: usize = 5;

/// What is not as the test expects it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
#[serde(transparent)]
#[error("{}", .0.join("\n"))]
pub struct Unmet(pub Vec<String>);

impl Mocks {
    /// Looks whether every mock has answered as often as it is expected to, and
    /// whether something answered every request.
    ///
    /// # Errors
    /// What is not so, each in a sentence with the closest miss.
    pub fn verify(&self) -> Result<(), Unmet> {
        let requests = self.requests(0);
        let mut unmet = Vec::new();
        for Listed { id, answered, mock } in self.list() {
            let Some(expected) = mock.expect.filter(|expected| !expected.is_met(answered)) else {
                continue;
            };
            let mut text = format!(
                "mock {id} ({}) has answered {}, and {expected} expected",
                Conditions(&mock),
                times(answered)
            );
            if answered < expected.at_least {
                let others = requests.iter().filter(|request| request.mock != Some(id));
                let missed = others.map(|request| (request, mock.misses(request)));
                match missed.min_by_key(|(_, misses)| misses.len()) {
                    Some((request, misses)) if !misses.is_empty() => text.push_str(&format!(
                        "; {} came closest, but wanted is that {}",
                        Line(request),
                        misses.join("; that ")
                    )),
                    _ => {}
                }
            }
            unmet.push(text);
        }
        // Those that are no longer kept are counted all the same.
        let mut unmatched = self.counts().unmatched;
        let told = requests
            .iter()
            .filter_map(|r| Some((r, r.unmatched.as_ref()?)));
        for (request, why) in told.take(SHOWN) {
            unmet.push(format!("nothing answered {}: {why}", Line(request)));
            unmatched = unmatched.saturating_sub(1);
        }
        if unmatched > 0 {
            unmet.push(format!("nothing answered {} more", times(unmatched)));
        }
        match unmet.is_empty() {
            true => Ok(()),
            false => Err(Unmet(unmet)),
        }
    }
}

impl Expected {
    /// Whether so many answers are what is expected.
    pub fn is_met(&self, answered: u64) -> bool {
        answered >= self.at_least && self.at_most.is_none_or(|most| answered <= most)
    }
}

impl fmt::Display for Expected {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (self.at_least, self.at_most) {
            (least, Some(most)) if least == most => write!(f, "exactly {least} are"),
            (0, Some(most)) => write!(f, "{most} at most are"),
            (least, None) => write!(f, "at least {least} are"),
            (least, Some(most)) => write!(f, "{least} to {most} are"),
        }
    }
}

fn times(n: u64) -> String {
    match n {
        1 => "1 request".to_owned(),
        n => format!("{n} requests"),
    }
}

struct Conditions<'a>(&'a Mock);

impl fmt::Display for Conditions<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.0.when.is_empty() {
            return f.write_str("any request");
        }
        for (n, condition) in self.0.when.iter().enumerate() {
            let between = if n > 0 { ", " } else { "" };
            write!(f, "{between}{condition}")?;
        }
        Ok(())
    }
}

/// A request's first line.
struct Line<'a>(&'a Request);

impl fmt::Display for Line<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.0.method, self.0.target)
    }
}
