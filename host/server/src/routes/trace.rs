//! What happened on the way to an answer, for those who ask.

use super::action::Route;

/// Something that happened to a request on its way.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Step {
    /// The path at that time, as the client spelt it or a rewrite made it.
    pub path: String,
    /// The route that it met, counted from 1; `None` for a hidden path or a
    /// folder's name.
    pub route: Option<usize>,
    /// The route's path, or the hidden one.
    pub pattern: Option<String>,
    /// What came of it, as in `rewrites to /b/x`.
    pub outcome: String,
}

/// Whoever wants to know the steps.
pub(crate) trait Trace {
    /// Tells one. What it costs to put it together is only spent if it is kept.
    fn tell(&mut self, step: impl FnOnce() -> Step);
}

/// Nobody.
pub(crate) struct Silent;

impl Trace for Silent {
    fn tell(&mut self, _step: impl FnOnce() -> Step) {}
}

impl Trace for Vec<Step> {
    fn tell(&mut self, step: impl FnOnce() -> Step) {
        self.push(step());
    }
}

impl Step {
    /// A step of a route.
    pub(super) fn of(path: &[u8], index: usize, route: &Route, outcome: String) -> Self {
        Self {
            path: String::from_utf8_lossy(path).into_owned(),
            route: Some(index + 1),
            pattern: Some(route.path.to_string()),
            outcome,
        }
    }
}
