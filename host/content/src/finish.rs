//! The last steps of an answer, whoever made it: files come through here, and so
//! does what handlers answer.

use std::path::Path;
use std::sync::Arc;

use host_wire::Head;

use crate::pipes;
use crate::refusal::Refusal;
use crate::template::{Context, Escape, Location};
use crate::{Response, Site, files};

/// Makes an answer what is to be sent: fills it where it is a template's, which
/// says how it escapes, runs the pipes of the request's query, and puts the site's
/// script into it.
///
/// # Errors
/// What is wrong with the string of pipes, before the first of them has run;
/// otherwise what a pipe or the template says.
pub async fn finish(
    response: Response,
    template: Option<Escape>,
    context: &Arc<Context>,
) -> Result<Response, Refusal> {
    let response = match pipes_of(template, context) {
        Some(pipes) => {
            let pipes = context.site.pipes.parse(&pipes)?;
            pipes.apply(response, context).await?
        }
        None => response,
    };
    inject(response, &context.site).await
}

/// Puts the site's script into the answer, if there is one.
pub(crate) async fn inject(response: Response, site: &Site) -> Result<Response, Refusal> {
    match &site.inject {
        Some(script) => script.put_into(response).await,
        None => Ok(response),
    }
}

/// Whether [`finish`] has anything to do for the answer to this request, if that
/// is no template.
pub fn touches(site: &Site, head: &Head) -> bool {
    site.inject.is_some() || asked(head).is_some()
}

/// Checks the pipes of the request's query without running them.
pub(crate) fn check(context: &Context) -> Result<(), Refusal> {
    if let Some(asked) = asked(&context.head) {
        context.site.pipes.parse(&asked)?;
    }
    Ok(())
}

/// The pipes that a request asks for.
pub(crate) fn asked(head: &Head) -> Option<String> {
    pipes::parameter(Location::of(head).query)
}

/// How a file's content is escaped if its path makes it a template.
pub fn template_of(path: &Path) -> Option<Escape> {
    files::is_template(path).then(|| Escape::for_file(&path.to_string_lossy()))
}

/// The pipes to run: `sub` for a template, then those of the query.
fn pipes_of(template: Option<Escape>, context: &Context) -> Option<String> {
    let asked = asked(&context.head);
    let sub = match template {
        None => return asked,
        Some(Escape::Html) => "sub(html)",
        Some(Escape::None) => "sub(none)",
    };
    Some(asked.map_or_else(|| sub.to_owned(), |asked| format!("{sub}|{asked}")))
}
