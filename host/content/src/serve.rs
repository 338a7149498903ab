//! The way of an exchange to a file's answer.

use std::path::Path;
use std::sync::Arc;

use host_wire::{Exchange, Head, WireError};

use crate::blocking::blocking;
use crate::files::{self, Asked, Found};
use crate::finish::{asked, check, finish, inject, template_of};
use crate::refusal::Refusal;
use crate::template::Context;
use crate::{Body, Response, Served, Site, asis};

/// Answers an exchange with what is at `path` beneath the site's folder: a file,
/// a folder's `index.html` or its listing; 301 from a folder's name to the
/// folder, 405 for a method other than GET and HEAD. Where there is nothing it
/// sends nothing and says `None`. `path` is decoded, and empty for the folder
/// itself; whether it was asked for with a slash at its end is read from the
/// request.
///
/// A name that ends in `.asis` is that of a whole HTTP/1 response, written byte
/// for byte where the site may, and refused with 403 where not; HTTP/2 has no
/// such bytes and answers 500, as wptserve does.
///
/// # Errors
/// The client's leaving, as [`Exchange::apply`] tells it.
pub async fn offer(
    exchange: &mut Exchange,
    site: &Site,
    path: &Path,
) -> Result<Option<Served>, WireError> {
    let asked = Asked::Path(path.to_owned());
    match answer(exchange.head().clone(), site, asked).await {
        Err(Refusal::NotFound) => Ok(None),
        answer => send(exchange, answer).await.map(Some),
    }
}

/// The same, with 404 where there is nothing.
///
/// # Errors
/// As [`offer`].
pub async fn serve(exchange: &mut Exchange, site: &Site, path: &Path) -> Result<Served, WireError> {
    let asked = Asked::Path(path.to_owned());
    let answer = answer(exchange.head().clone(), site, asked).await;
    send(exchange, answer).await
}

/// Answers an exchange with the file at `path`, whatever path the request has;
/// 404 if there is none.
///
/// # Errors
/// As [`offer`].
pub async fn serve_file(
    exchange: &mut Exchange,
    site: &Site,
    path: &Path,
) -> Result<Served, WireError> {
    let asked = Asked::File(path.to_owned());
    let answer = answer(exchange.head().clone(), site, asked).await;
    send(exchange, answer).await
}

/// Answers an exchange with a response that is at hand, through the pipes that
/// the request asks for; wptserve's `StringHandler`.
///
/// # Errors
/// As [`offer`].
pub async fn serve_response(
    exchange: &mut Exchange,
    site: &Site,
    response: Response,
) -> Result<Served, WireError> {
    let context = Arc::new(Context {
        site: site.clone(),
        head: exchange.head().clone(),
    });
    let answer = finish(response, None, &context).await;
    let answer = answer.map(Answer::Response);
    send(exchange, answer).await
}

async fn send(
    exchange: &mut Exchange,
    answer: Result<Answer, Refusal>,
) -> Result<Served, WireError> {
    exchange.write_as("file");
    let response = match answer {
        Ok(Answer::Response(response)) => response,
        Ok(Answer::AsIs(body)) => return asis::send(body, exchange).await,
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

/// What is to be sent.
enum Answer {
    Response(Response),
    /// The bytes of an `.asis` file.
    AsIs(Body),
}

async fn answer(head: Head, site: &Site, asked_for: Asked) -> Result<Answer, Refusal> {
    let context = Arc::new(Context {
        site: site.clone(),
        head,
    });
    let found = {
        let has_pipes = asked(&context.head).is_some();
        let context = Arc::clone(&context);
        blocking(move || files::find(&context, &asked_for, has_pipes)).await?
    };
    let response = match found {
        Found::AsIs(body) => {
            // They are without effect, and still wrong where they are wrong.
            check(&context)?;
            return Ok(Answer::AsIs(body));
        }
        Found::Folder(response) => inject(response, &context.site).await?,
        Found::File { path, response } => finish(response, template_of(&path), &context).await?,
    };
    Ok(Answer::Response(response))
}
