//! How a request came to its handler.

/// The route by which a handler answers a request.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Route {
    /// The handler's own name, as in `/a/b`: in logs, and what `config.route`
    /// says.
    pub name: String,
    /// The part of the path that stands for the folder that the handler is in,
    /// with a slash at both ends: wptserve's `url_base`. `/` unless the folder is
    /// mounted elsewhere.
    pub url_base: String,
    /// What the groups of the route's pattern stand for, `*` among them:
    /// wptserve's `route_match`. Empty without a pattern.
    pub captures: Vec<(String, String)>,
}

impl Route {
    /// The route of a handler that answers by its name alone.
    pub fn named(name: impl Into<String>) -> Self {
        Self {
            name: name.into(),
            url_base: "/".to_owned(),
            captures: Vec::new(),
        }
    }
}
