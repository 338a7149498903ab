//! A component of the world `wasi:http/proxy`, which knows nothing of host: what
//! the query asks for, `?echo`, is what it does.

mod files;
mod outgoing;

use wasip2::http::types::{
    ErrorCode, Fields, IncomingBody, IncomingRequest, Method, OutgoingBody, OutgoingResponse,
    ResponseOutparam, Scheme,
};
use wasip2::io::streams::{InputStream, OutputStream, StreamError};

struct Proxy;

wasip2::http::proxy::export!(Proxy);

/// Bytes that are read at a time.
const PIECE: u64 = 64 * 1024;

impl wasip2::exports::http::incoming_handler::Guest for Proxy {
    fn handle(request: IncomingRequest, out: ResponseOutparam) {
        let target = request.path_with_query().unwrap_or_default();
        let query = target.split_once('?').map_or("", |(_, query)| query);
        let first = query.split('&').next().unwrap_or_default();
        let (what, argument) = first.split_once('=').unwrap_or((first, ""));
        match what {
            "echo" => echo(&request, out),
            "length" => length(out),
            "wait" => wait(&request, out),
            "sum" => sum(&request, out),
            "many" => many(out),
            "out" => outgoing::get(argument, out),
            "file" => answer(out, 200, &files::read(argument)),
            "folder" => answer(out, 200, &files::list(argument)),
            "write" => answer(out, 200, &files::write(argument)),
            "error" => ResponseOutparam::set(out, Err(ErrorCode::ConfigurationError)),
            "nothing" => {}
            "trap" => panic!("as it was asked to"),
            "half" => half(out),
            "spin" => spin(out),
            "print" => println(&request, out),
            _ => about(&request, out),
        }
    }
}

/// Method, scheme, authority, target and fields, a line each.
fn about(request: &IncomingRequest, out: ResponseOutparam) {
    let method = match request.method() {
        Method::Get => "GET".to_owned(),
        Method::Post => "POST".to_owned(),
        Method::Other(method) => method,
        method => format!("{method:?}"),
    };
    let scheme = match request.scheme() {
        Some(Scheme::Http) => "http".to_owned(),
        Some(Scheme::Https) => "https".to_owned(),
        other => format!("{other:?}"),
    };
    let authority = request.authority().unwrap_or_default();
    let target = request.path_with_query().unwrap_or_default();
    let mut text = format!("{method} {scheme} {authority} {target}\n");
    for (name, value) in request.headers().entries() {
        if name.starts_with("x-") {
            text += &format!("{name}: {}\n", String::from_utf8_lossy(&value));
        }
    }
    answer(out, 200, &text);
}

/// A whole answer.
fn answer(out: ResponseOutparam, status: u16, text: &str) {
    let (body, stream) = begin(out, status, &[("content-type", "text/plain")]);
    write_all(&stream, text.as_bytes());
    drop(stream);
    OutgoingBody::finish(body, None).unwrap();
}

fn begin(
    out: ResponseOutparam,
    status: u16,
    fields: &[(&str, &str)],
) -> (OutgoingBody, OutputStream) {
    let lines: Vec<_> = fields
        .iter()
        .map(|(name, value)| ((*name).to_owned(), value.as_bytes().to_vec()))
        .collect();
    let response = OutgoingResponse::new(Fields::from_list(&lines).unwrap());
    response.set_status_code(status).unwrap();
    let body = response.body().unwrap();
    ResponseOutparam::set(out, Ok(response));
    let stream = body.write().unwrap();
    (body, stream)
}

/// Writes as much as the stream takes at a time, until all is written or nobody
/// wants more.
fn write_all(stream: &OutputStream, mut bytes: &[u8]) -> bool {
    let ready = stream.subscribe();
    while !bytes.is_empty() {
        ready.block();
        let Ok(may) = stream.check_write() else {
            return false;
        };
        let (now, later) = bytes.split_at(bytes.len().min(may as usize));
        if stream.write(now).is_err() {
            return false;
        }
        bytes = later;
    }
    true
}

/// Calls `take` with each piece.
fn read_all(stream: &InputStream, mut take: impl FnMut(&[u8])) -> Result<(), StreamError> {
    loop {
        match stream.blocking_read(PIECE) {
            Ok(piece) => take(&piece),
            Err(StreamError::Closed) => return Ok(()),
            Err(error) => return Err(error),
        }
    }
}

/// The request's body as it comes, and its trailers.
fn echo(request: &IncomingRequest, out: ResponseOutparam) {
    let incoming = request.consume().unwrap();
    let input = incoming.stream().unwrap();
    let (body, output) = begin(out, 200, &[("trailer", "x-after")]);
    let read = read_all(&input, |piece| {
        write_all(&output, piece);
    });
    read.unwrap();
    drop((input, output));
    let trailers = IncomingBody::finish(incoming);
    trailers.subscribe().block();
    let trailers = trailers.get().unwrap().unwrap().unwrap();
    // Those that came cannot be sent as they are: they are not this answer's.
    let trailers = trailers.map(|fields| Fields::from_list(&fields.entries()).unwrap());
    OutgoingBody::finish(body, trailers).unwrap();
}

/// An answer with a Content-Length.
fn length(out: ResponseOutparam) {
    let (body, stream) = begin(out, 200, &[("content-length", "4")]);
    write_all(&stream, b"four");
    drop(stream);
    OutgoingBody::finish(body, None).unwrap();
}

/// A first line at once, the body's length when all of it has come.
fn wait(request: &IncomingRequest, out: ResponseOutparam) {
    let incoming = request.consume().unwrap();
    let input = incoming.stream().unwrap();
    let (body, output) = begin(out, 200, &[]);
    write_all(&output, b"waiting\n");
    let mut length = 0;
    read_all(&input, |piece| length += piece.len()).unwrap();
    write_all(&output, format!("{length}\n").as_bytes());
    drop((input, output));
    OutgoingBody::finish(body, None).unwrap();
}

/// The body's length, and no answer before all of it has come.
fn sum(request: &IncomingRequest, out: ResponseOutparam) {
    let incoming = request.consume().unwrap();
    let input = incoming.stream().unwrap();
    let mut length = 0;
    read_all(&input, |piece| length += piece.len()).unwrap();
    answer(out, 200, &length.to_string());
}

/// Content without end, for as long as somebody takes it.
fn many(out: ResponseOutparam) {
    let (_body, stream) = begin(out, 200, &[]);
    while write_all(&stream, &[b'x'; 4096]) {}
}

/// The beginning of an answer whose end is never said.
fn half(out: ResponseOutparam) {
    let (body, stream) = begin(out, 200, &[("content-length", "10")]);
    write_all(&stream, b"half");
    drop(stream);
    let _ = OutgoingBody::finish(body, None);
}

fn spin(_out: ResponseOutparam) {
    let mut count = 0_u64;
    loop {
        count = std::hint::black_box(count.wrapping_add(1));
    }
}

/// A line on stdout, WASI's way.
fn println(request: &IncomingRequest, out: ResponseOutparam) {
    let text = format!(
        "asked for {}\n",
        request.path_with_query().unwrap_or_default()
    );
    let stdout = wasip2::cli::stdout::get_stdout();
    stdout.blocking_write_and_flush(text.as_bytes()).unwrap();
    answer(out, 200, "printed");
}
