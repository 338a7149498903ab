//! The request as `wasi:http` has it, and its body, which is read from the wire
//! when the guest asks for it.

use std::pin::Pin;
use std::task::{Context, Poll, ready};

use bytes::Bytes;
use host_wire::{Credit, Event, Exchange, Fields, Head, WireError};
use http::uri::{Authority, PathAndQuery, Scheme, Uri};
use http::{HeaderMap, HeaderName, HeaderValue, Method};
use hyper::body::Frame;
use tokio::sync::mpsc;
use wasmtime_wasi_http::Error;

use crate::Failure;

pub(super) type Request = http::Request<Body>;

/// The guest's side of a body.
pub(super) struct Body {
    asks: mpsc::Sender<()>,
    /// A piece was asked for, and has not come.
    asked: bool,
    pieces: mpsc::Receiver<Piece>,
    /// The window that the last piece took: given back with the next question.
    credit: Credit,
}

type Piece = Result<(Frame<Bytes>, Credit), Error>;

/// The wire's side.
pub(super) struct Source {
    asks: mpsc::Receiver<()>,
    asked: bool,
    /// `None` behind the last piece.
    pieces: Option<mpsc::Sender<Piece>>,
}

/// Both sides of a body. Of questions and pieces there is one at a time.
pub(super) fn body() -> (Body, Source) {
    let (asks, asked) = mpsc::channel(1);
    let (pieces, taken) = mpsc::channel(1);
    let body = Body {
        asks,
        asked: false,
        pieces: taken,
        credit: Credit::default(),
    };
    let source = Source {
        asks: asked,
        asked: false,
        pieces: Some(pieces),
    };
    (body, source)
}

impl hyper::body::Body for Body {
    type Data = Bytes;
    type Error = Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Error>>> {
        self.credit = Credit::default();
        if !self.asked {
            // Nobody hears it when the body has ended, which `pieces` says.
            let _ = self.asks.try_send(());
            self.asked = true;
        }
        let piece = ready!(self.pieces.poll_recv(cx));
        self.asked = false;
        Poll::Ready(match piece {
            Some(Ok((frame, credit))) => {
                self.credit = credit;
                Some(Ok(frame))
            }
            Some(Err(error)) => Some(Err(error)),
            None => None,
        })
    }
}

impl Source {
    /// Hands over one piece, once it is asked for; waits for ever when no more
    /// can be. Cancel-safe: nothing is lost.
    pub(super) async fn hand_over(&mut self, exchange: &mut Exchange) -> Result<(), Failure> {
        let Some(pieces) = &self.pieces else {
            return std::future::pending().await;
        };
        if !self.asked {
            match self.asks.recv().await {
                Some(()) => self.asked = true,
                None => {
                    self.pieces = None;
                    return Ok(());
                }
            }
        }
        let piece = match exchange.next().await {
            Some(Event::Data(frame)) => (Frame::data(frame.data), frame.credit),
            Some(Event::Trailers(frame)) => match map(&frame.fields) {
                Ok(fields) => (Frame::trailers(fields), Credit::default()),
                Err(failure) => return Err(failure),
            },
            Some(Event::Reset(code)) => return Err(Failure::Client(WireError::Reset(code))),
            Some(Event::Gone) => return Err(Failure::Client(WireError::Gone)),
            Some(Event::End) | None => {
                self.pieces = None;
                return Ok(());
            }
            // What comes beside the request is for those that watch.
            Some(_) => return Ok(()),
        };
        self.asked = false;
        // It was asked for, so there is room.
        let _ = pieces.try_send(Ok(piece));
        Ok(())
    }
}

/// The request with its target, authority and scheme as the client meant them
/// (RFC 9110 §7.1).
pub(super) fn of(head: &Head, body: Body) -> Result<Request, Failure> {
    let cannot = |what: &str| refused(format!("wasi:http has no {what} such as this request's"));
    let method = Method::from_bytes(&head.method).map_err(|_| cannot("method"))?;
    let target = Uri::from_maybe_shared(head.target.clone()).ok();
    let path = match target.and_then(|target| target.into_parts().path_and_query) {
        Some(path) => path,
        // The authority form of CONNECT (RFC 9112 §3.2.3) has none.
        None if head.method == "CONNECT" => PathAndQuery::from_static("/"),
        None => return Err(cannot("path")),
    };
    let authority = match &head.authority {
        Some(authority) if !authority.is_empty() => {
            Authority::from_maybe_shared(authority.clone()).map_err(|_| cannot("authority"))?
        }
        // HTTP/1.0 needs none: the address that the client connected to.
        _ => Authority::from_maybe_shared(head.connection.local.to_string())
            .map_err(|_| cannot("authority"))?,
    };
    let scheme = Scheme::try_from(&head.scheme[..]).map_err(|_| cannot("scheme"))?;
    let uri = Uri::builder()
        .scheme(scheme)
        .authority(authority)
        .path_and_query(path);
    let mut request = http::Request::new(body);
    *request.method_mut() = method;
    *request.uri_mut() = uri.build().map_err(|_| cannot("target"))?;
    *request.headers_mut() = map(&head.fields)?;
    Ok(request)
}

/// Fields as `wasi:http` has them: in lower case, those of one name together.
fn map(fields: &Fields) -> Result<HeaderMap, Failure> {
    let mut map = HeaderMap::new();
    for (name, value) in fields.iter() {
        let line = HeaderName::from_bytes(name)
            .ok()
            .zip(HeaderValue::from_maybe_shared(value.clone()).ok());
        let added = line.and_then(|(name, value)| map.try_append(name, value).ok());
        if added.is_none() {
            let name = String::from_utf8_lossy(name);
            return Err(refused(format!("wasi:http cannot take the field {name}")));
        }
    }
    Ok(map)
}

/// What cannot be handed over is the client's mistake, and told so.
fn refused(message: String) -> Failure {
    Failure::Handler {
        status: 400,
        message,
        limit: None,
    }
}
