//! The answer that a guest gives by `response-outparam`, onto the wire as it
//! comes.

use bytes::Bytes;
use host_wire::{Exchange, Fields, WireError, WireOp};
use http::HeaderMap;
use http_body_util::BodyExt as _;
use tokio::sync::oneshot;
use tokio::task::yield_now;
use wasmtime_wasi_http::p2::bindings::http::types::ErrorCode;
use wasmtime_wasi_http::p2::body::HyperOutgoingBody;

use super::request::Source;
use crate::Failure;
use crate::answer::{Answer, Refused};

/// What a guest gives.
pub(super) type Response = Result<hyper::Response<HyperOutgoingBody>, ErrorCode>;

/// Writes the answer, and hands the request's body over meanwhile.
///
/// What the guest makes in one go is sent in one go, with its Content-Length;
/// otherwise each piece leaves when the guest begins to wait.
pub(super) async fn write(
    exchange: &mut Exchange,
    answer: &mut Answer,
    mut source: Source,
    mut response: oneshot::Receiver<Response>,
) -> Result<(), Failure> {
    let response = loop {
        tokio::select! {
            biased;
            response = &mut response => break response,
            handed = source.hand_over(exchange) => handed?,
        }
    };
    let (head, mut body) = match response {
        Ok(Ok(response)) => response.into_parts(),
        Ok(Err(code)) => return Err(failed(format!("it answered with the error {code:?}"))),
        Err(_) => {
            let what = "it returned without an answer: response-outparam.set was not called";
            return Err(failed(what.to_owned()));
        }
    };
    answer.status = head.status.as_u16();
    let fields = fields(&head.headers);
    answer.edit(|set| *set = fields).map_err(Failure::Overrun)?;

    // The last piece, which may turn out to be all.
    let mut held: Option<Bytes> = None;
    let mut is_turn = false;
    let mut is_waiting = true;
    loop {
        let frame = tokio::select! {
            biased;
            frame = body.frame() => frame,
            // One turn for the guest, which may be about to end.
            () = yield_now(), if is_turn => {
                is_turn = false;
                continue;
            }
            () = std::future::ready(()), if is_waiting && !is_turn => {
                let_go(exchange, answer, held.take()).await?;
                is_waiting = false;
                continue;
            }
            handed = source.hand_over(exchange) => {
                handed?;
                continue;
            }
        };
        let trailers = match frame {
            None => None,
            Some(Err(error)) => {
                return Err(Failure::Answer(format!("its body was given up: {error}")));
            }
            Some(Ok(frame)) => match frame.into_data() {
                Ok(data) => {
                    is_turn = held.is_none() && !exchange.progress().headers;
                    is_waiting = true;
                    if let Some(earlier) = held.replace(data) {
                        put(exchange, answer, earlier).await?;
                    }
                    continue;
                }
                Err(frame) => frame.into_trailers().ok(),
            },
        };
        return end(exchange, answer, held, trailers).await;
    }
}

/// Sends what there is before the guest is waited for.
async fn let_go(
    exchange: &mut Exchange,
    answer: &mut Answer,
    held: Option<Bytes>,
) -> Result<(), Failure> {
    match held {
        Some(data) => put(exchange, answer, data).await?,
        // Pipes make the head.
        None if answer.is_piped(exchange) => return Ok(()),
        None => answer.write_status_headers(exchange).await?,
    }
    if exchange.progress().headers {
        answer.apply(exchange, WireOp::Flush).await?;
    }
    Ok(())
}

/// Writes a piece. One that is not wanted, as in answer to HEAD, is none of the
/// guest's business.
async fn put(exchange: &mut Exchange, answer: &mut Answer, data: Bytes) -> Result<(), Failure> {
    answer.write_content_piece(exchange, data).await?;
    Ok(())
}

async fn end(
    exchange: &mut Exchange,
    answer: &mut Answer,
    held: Option<Bytes>,
    trailers: Option<HeaderMap>,
) -> Result<(), Failure> {
    let piped = answer.is_piped(exchange);
    match trailers {
        Some(trailers) if !piped => {
            if let Some(data) = held {
                put(exchange, answer, data).await?;
            }
            answer.write_status_headers(exchange).await?;
            let sent = answer.write_trailers(exchange, None, fields(&trailers));
            match sent.await {
                // HTTP/1 has no place for them behind a Content-Length.
                Err(Refused::Wire(WireError::Protocol { what, .. })) => {
                    tracing::debug!(target: "handler", "trailers are left out: {what}");
                }
                sent => return Ok(sent?),
            }
        }
        _ if exchange.progress().headers || piped => {
            if let Some(data) = held {
                put(exchange, answer, data).await?;
            }
        }
        _ => answer.content = held.unwrap_or_default(),
    }
    Ok(answer.complete(exchange).await?)
}

fn fields(map: &HeaderMap) -> Fields {
    let line = |(name, value): (&http::HeaderName, &http::HeaderValue)| {
        let name = Bytes::copy_from_slice(name.as_str().as_bytes());
        (name, Bytes::copy_from_slice(value.as_bytes()))
    };
    map.iter().map(line).collect()
}

fn failed(message: String) -> Failure {
    Failure::Handler {
        status: 500,
        message,
        limit: None,
    }
}
