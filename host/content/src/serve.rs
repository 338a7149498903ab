//! The way of an exchange to a file's answer.

use std::path::Path;
use std::sync::Arc;

use host_wire::{Exchange, Head, WireError};

use crate::blocking::blocking;
use crate::files::{self, Found};
use crate::refusal::Refusal;
use crate::template::{Context, Escape, Location};
use crate::{Response, Served, Site, pipes};

/// Answers an exchange with what is at `path` beneath the site's folder: a file,
/// a folder's `index.html` or its listing; 301 from a folder's name to the
/// folder, 404 where there is nothing, 405 for a method other than GET and HEAD.
/// `path` is decoded, and empty for the folder itself; whether it was asked for
/// with a slash at its end is read from the request.
///
/// # Errors
/// The client's leaving, as [`Exchange::apply`] tells it.
pub async fn serve(exchange: &mut Exchange, site: &Site, path: &Path) -> Result<Served, WireError> {
    let response = match answer(exchange.head().clone(), site, path).await {
        Ok(response) => response,
        Err(refusal) => refusal.into(),
    };
    match response.send(exchange).await {
        Err(WireError::Protocol { what, .. }) if !exchange.progress().headers => {
            let message = format!("the answer cannot be sent: {what}");
            Response::error(500, &message).send(exchange).await
        }
        sent => sent,
    }
}

async fn answer(head: Head, site: &Site, path: &Path) -> Result<Response, Refusal> {
    let context = Arc::new(Context {
        site: site.clone(),
        head,
    });
    let asked = pipes::parameter(Location::of(&context.head).query);
    let found = {
        let (context, path, has_pipes) = (Arc::clone(&context), path.to_owned(), asked.is_some());
        blocking(move || files::find(&context, &path, has_pipes)).await?
    };
    match found {
        Found::Folder(response) => Ok(response),
        Found::File { path, response } => match pipes_for(&path, asked) {
            Some(pipes) => Ok(pipes::apply(response, &pipes, &context).await?),
            None => Ok(response),
        },
    }
}

/// The pipes of a file: `sub` for a template, then those of the query.
fn pipes_for(path: &Path, asked: Option<String>) -> Option<String> {
    if !files::is_template(path) {
        return asked;
    }
    let sub = match Escape::for_file(&path.to_string_lossy()) {
        Escape::Html => "sub(html)",
        Escape::None => "sub(none)",
    };
    Some(asked.map_or_else(|| sub.to_owned(), |asked| format!("{sub}|{asked}")))
}
