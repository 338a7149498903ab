//! Pipes one by one and together.

mod content;
mod properties;
mod syntax;
mod trickling;
mod vectors;

use std::sync::Arc;

use bytes::Bytes;
use tokio::time::Instant;

use super::*;
use crate::Body;
use crate::template::tests::context as template_context;
use crate::{Piece, Pull, Source};

/// An answer with text as content.
fn response(content: &str) -> Response {
    let mut response = Response::new(200);
    response.fields.append("Content-Type", "text/plain");
    response.body = Bytes::copy_from_slice(content.as_bytes()).into();
    response
}

/// The answer that `pipes` make of `content`.
async fn run(content: &str, pipes: &str) -> Result<Response, PipeError> {
    run_on(response(content), pipes).await
}

async fn run_on(response: Response, pipes: &str) -> Result<Response, PipeError> {
    let (_temp, context) = template_context();
    let pipes = Registry::wptserve().parse(pipes)?;
    pipes.apply(response, &Arc::new(context)).await
}

/// All of an answer's content, as text.
async fn text(response: Response) -> String {
    let bytes = response.body.collect(MAX_HELD).await.unwrap();
    String::from_utf8(bytes.to_vec()).unwrap()
}

/// The value of a field, as text.
fn field<'a>(response: &'a Response, name: &str) -> &'a str {
    let value = response.fields.get(name).unwrap();
    std::str::from_utf8(value).unwrap()
}

/// Content of unknown length: the pieces, in order.
struct Pieces(Vec<Piece>);

impl Source for Pieces {
    fn length(&self) -> Option<u64> {
        None
    }

    fn next(&mut self) -> Pull<'_> {
        let next = (!self.0.is_empty()).then(|| self.0.remove(0));
        Box::pin(std::future::ready(Ok(next)))
    }
}

/// The pieces that come, each with the milliseconds that had passed.
async fn pieces(mut body: Body) -> Vec<(u128, String)> {
    let (start, mut pieces) = (Instant::now(), Vec::new());
    while let Some(piece) = body.next().await.unwrap() {
        match piece {
            Piece::Data(data) => pieces.push((
                start.elapsed().as_millis(),
                String::from_utf8(data.to_vec()).unwrap(),
            )),
            Piece::Pause(time) => tokio::time::sleep(time).await,
        }
    }
    pieces.push((start.elapsed().as_millis(), "end".to_owned()));
    pieces
}
