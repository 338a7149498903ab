//! A pipe of the handler's own.

/// A pipe in a request's query, as `#[handle_pipe]` is given it: `shout(2)` in
/// `?pipe=shout(2)|gzip`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pipe {
    /// The name.
    pub name: String,
    /// The arguments, escapes resolved. `f()` has one, which is empty; `f` none.
    pub arguments: Vec<String>,
}
