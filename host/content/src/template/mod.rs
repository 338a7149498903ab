//! Substitution: `{{…}}` in content becomes what host knows of itself and of the
//! request. wptserve's `sub`.
//!
//! An expression is `{{name}}`, behind which come `[key]`s and `(arguments)`;
//! `{{$variable:…}}` also keeps the value for `{{$variable}}` further down. The
//! names are those of wptserve:
//!
//! | name | value |
//! |---|---|
//! | `host`, `server_host`, `browser_host`, `doc_root`, … | the server's settings |
//! | `domains[sub]`, `hosts[alt][sub]`, `not_domains[alt][sub]` | full names in DNS's form |
//! | `ports[scheme][n]` | a port |
//! | `headers[Name]`, `header_or_default(Name, default)` | the request's fields |
//! | `GET[name]` | the first value in the query, or nothing |
//! | `location[server]`, `…[scheme host hostname port path pathname query]` | the request's URL |
//! | `url_base` | the prefix that the folder is mounted at |
//! | `uuid()`, `file_hash(algorithm, path)`, `fs_path(path)` | made now |

mod error;
mod escape;
mod evaluate;
mod functions;
mod hosts;
mod location;
mod tokens;
mod value;

use std::ops::Range;

use host_wire::Head;

use crate::Site;
use evaluate::Evaluator;

pub use error::{Reason, TemplateError};
pub use escape::Escape;
pub(crate) use functions::uuid;
pub use hosts::{BadDomain, Domains, Hosts};
pub(crate) use location::Location;

/// Bytes that a substitution may result in. The template and the result are in
/// memory at once; wpt's largest template has 200 KB.
pub const MAX_RESULT: usize = 16 * 1024 * 1024;

/// Expressions that a template may have. Each may look through all of the
/// request's target, so this bounds the time that a template takes.
pub const MAX_EXPRESSIONS: usize = 10_000;

/// What a substitution may tell: the server and the request.
#[derive(Clone, Debug)]
pub struct Context {
    /// The folder that is served, and the server's facts.
    pub site: Site,
    /// The request.
    pub head: Head,
}

/// Replaces every `{{…}}` of `content`, which is a file's; `file` is what an
/// error calls it.
///
/// It may read files (`file_hash`), so it is not for a thread that serves.
///
/// # Errors
/// The first expression that has no value, with its place.
pub fn substitute(
    content: &[u8],
    file: &str,
    escape: Escape,
    context: &Context,
) -> Result<Vec<u8>, TemplateError> {
    let mut evaluator = Evaluator::new(context);
    let mut result = Vec::with_capacity(content.len());
    let (mut done, mut count) = (0, 0);
    while let Some(expression) = find(content, done) {
        let Range { start, end } = expression.clone();
        let error = |at, reason| TemplateError::new(file, content, at, reason);
        count += 1;
        if count > MAX_EXPRESSIONS {
            return Err(error(start, Reason::TooMany(MAX_EXPRESSIONS)));
        }
        let value = evaluator
            .value(&content[expression])
            .map_err(|(at, reason)| error(start + at, reason))?;
        result.extend_from_slice(&content[done..start - 2]);
        escape.write(&value, &mut result);
        let rest = content.len() - (end + 2);
        if result.len() + rest > MAX_RESULT {
            return Err(error(start, Reason::TooLong(MAX_RESULT)));
        }
        done = end + 2;
    }
    result.extend_from_slice(&content[done..]);
    Ok(result)
}

/// The first expression behind `from`, without its braces: the regular
/// expression `{{([^}]*)}}`. A `{{` whose next `}` is a single one is content.
fn find(content: &[u8], from: usize) -> Option<Range<usize>> {
    let mut from = from;
    loop {
        let open = from + content[from..].windows(2).position(|two| two == b"{{")?;
        let inside = open + 2;
        let close = inside + content[inside..].iter().position(|b| *b == b'}')?;
        if content.get(close + 1) == Some(&b'}') {
            return Some(inside..close);
        }
        // No `{{` before this `}` can be closed by another one.
        from = close + 1;
    }
}

#[cfg(test)]
mod properties;
#[cfg(test)]
pub(crate) mod tests;
