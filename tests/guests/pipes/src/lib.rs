//! Answers to be piped: `/pipes?do=NAME`, and pipes of its own.

use host_guest::{Answer, IntoResponse, WriteError, clock, info, prelude::*};
use std::io::Write as _;
use std::time::Duration;

/// What is piped: the letters once and then the digits.
const TEXT: &str = "abcdefghijklmnopqrstuvwxyz0123456789";

#[main]
fn main(request: &Request, response: &mut Response) -> Result<Option<Answer>> {
    let name = request.query().first("do").map(ToString::to_string);
    let plain = [("Content-Type", "text/plain")];
    Ok(Some(match name.as_deref() {
        None | Some("text") => (plain, TEXT).into_response()?,
        Some("template") => (plain, "{{GET[x]}} at {{location[path]}}").into_response()?,
        Some("bad-template") => (plain, "Hello {{nothing}}").into_response()?,
        Some("status") => ((410, "Long gone"), plain, TEXT).into_response()?,
        Some("set-error") => {
            response.set_error(404, "as asked");
            return Ok(None);
        }
        Some("error") => return Err(Error::status(404, "as asked")),
        Some("large") => {
            let bytes = number(request, "bytes", 0);
            vec![b'x'; bytes].into_response()?
        }
        Some("pieces") => (201, plain, Pieces(letters())).into_response()?,
        Some("pieces-alone") => Pieces(["", "a", "", "b"]).into_response()?,
        Some("pieces-with-length") => {
            ([("Content-Length", "36")], Pieces(letters())).into_response()?
        }
        Some("wanted") => return Ok(wanted(request, response)?),
        Some("written") => {
            write!(response, "{}-", 1)?;
            write!(response, "{}", 2)?;
            return Ok(None);
        }
        Some("mixed") => return Ok(mixed(response)?),
        Some("writer") => {
            let writer = response.writer();
            writer.write_headers(200, plain)?;
            writer.write_data_last(TEXT)?;
            return Ok(None);
        }
        Some("early-head") => {
            response.write_status_headers()?;
            TEXT.into_response()?
        }
        Some("early-write") => {
            response.set_content(TEXT);
            response.write()?;
            info!("written");
            return Ok(None);
        }
        Some("endless") => return Ok(endless(response)?),
        Some("slowly") => (plain, Pieces(slowly())).into_response()?,
        Some(other) => return Err(Error::status(400, format!("do={other}"))),
    }))
}

/// The text, letter by letter.
fn letters() -> impl Iterator<Item = &'static [u8]> {
    TEXT.as_bytes().chunks(1)
}

/// Says in the log how many pieces were made.
fn wanted(request: &Request, response: &mut Response) -> Result<Option<Answer>, WriteError> {
    let most = number(request, "pieces", 10);
    let mut made = 0;
    let mut is_wanted = response.write_content([])?;
    while is_wanted && made < most {
        made += 1;
        is_wanted = response.write_content("0123456789")?;
    }
    info!("{made} pieces");
    Ok(None)
}

/// The writer between two pieces.
fn mixed(response: &mut Response) -> Result<Option<Answer>, WriteError> {
    response.write_content("piece ")?;
    let beside = response.writer().write_data("beside ");
    info!("the writer: {beside:?}");
    response.write_content("piece")?;
    response.set_content("not this");
    Ok(None)
}

/// More and more, until a write fails.
fn endless(response: &mut Response) -> Result<Option<Answer>, WriteError> {
    let piece = [b'x'; 1000];
    loop {
        if let Err(error) = response.write_content(piece) {
            info!("ended: {error:?}");
            return Err(error);
        }
    }
}

/// Two pieces, the second when the client has had time to ask for it.
fn slowly() -> impl Iterator<Item = &'static str> {
    let pause = || {
        clock::sleep(Duration::from_millis(20));
        "second"
    };
    std::iter::once("first ").chain(std::iter::once_with(pause))
}

fn number(request: &Request, name: &str, default: usize) -> usize {
    let value = request.query().first(name).map(ToString::to_string);
    value
        .and_then(|value| value.parse().ok())
        .unwrap_or(default)
}

#[handle_pipe]
fn pipe(pipe: &Pipe, request: &Request, response: &mut Response) -> Result<bool> {
    let argument = |n: usize| pipe.arguments.get(n).map_or("", String::as_str);
    match pipe.name.as_str() {
        "upper" => {
            let content = response.content().to_ascii_uppercase();
            response.set_content(content);
            response.headers().append("X-Piped", "upper");
        }
        "around" => {
            let content = [
                argument(0).as_bytes(),
                &response.content(),
                argument(1).as_bytes(),
            ];
            response.set_content(content.concat());
        }
        "count" => {
            let length = response.content().len();
            response.set_content(length.to_string());
        }
        "request" => {
            let text = format!("{} {}", request.method(), request.url());
            response.set_content(text);
            response.set_status((299, "Piped"));
        }
        "refuse" => return Err(Error::status(422, "not with me")),
        "trap" => panic!("as asked, in a pipe"),
        "writer" => {
            let refused = response.writer().write_data("beside");
            response.set_content(format!("{refused:?}"));
        }
        "large" => response.set_content(vec![b'x'; argument(0).parse()?]),
        _ => return Ok(false),
    }
    Ok(true)
}
