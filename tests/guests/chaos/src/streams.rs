//! What can be done with the writer, and what it refuses.

use host_guest::{Answer, WriteError, prelude::*};

use crate::query::Query;

type Done = Result<Option<Answer>, WriteError>;

/// A head, content, trailers.
pub(crate) fn trailers(response: &mut Response) -> Done {
    let writer = response.writer();
    writer.write_headers(200, [("trailer", "x-sum")])?;
    writer.write_data("content\n")?;
    writer.write_trailers([("x-sum", "8"), ("x-last", "yes")])?;
    Ok(None)
}

/// 103 twice, then the answer.
pub(crate) fn informational(response: &mut Response) -> Done {
    let writer = response.writer();
    writer.write_headers(103, [("link", "</a.css>; rel=preload")])?;
    writer.write_headers(103, [("link", "</b.css>; rel=preload")])?;
    writer.write_headers(200, [("x-final", "yes")])?;
    writer.write_data_last("final\n")?;
    Ok(None)
}

/// `&count=3&size=4`: that many frames of that size, each flushed, the last one
/// with the end of the stream.
pub(crate) fn frames(request: &Request, response: &mut Response) -> Done {
    let count: u32 = request.number("count", 3);
    let frame = vec![b'x'; request.number("size", 4)];
    let writer = response.writer();
    for number in 1..=count {
        match number == count {
            true => writer.write_data_last(&frame)?,
            false => writer.write_data(&frame)?,
        }
        writer.flush()?;
    }
    Ok(None)
}

/// `&bytes=N`: content by pieces of 64 KiB. Byte number n is n modulo 251.
pub(crate) fn download(request: &Request, response: &mut Response) -> Done {
    let bytes: u64 = request.number("bytes", 1 << 20);
    if request.text("length") == "yes" {
        response.headers().set("Content-Length", bytes.to_string());
    }
    response.write_status_headers()?;
    let writer = response.writer();
    // 251 pieces' worth of phases in one buffer: a piece is a window of it.
    const PIECE: u64 = 64 * 1024;
    let pattern: Vec<u8> = (0..PIECE + 251).map(|n| (n % 251) as u8).collect();
    let mut sent = 0;
    while sent < bytes {
        let start = (sent % 251) as usize;
        let len = PIECE.min(bytes - sent) as usize;
        writer.write_data(&pattern[start..start + len])?;
        sent += len as u64;
    }
    writer.end_stream()?;
    Ok(None)
}

/// Data on a stream that is not of this exchange: says how it was refused.
pub(crate) fn wrong_stream(response: &mut Response) -> String {
    let refused = response.writer().on_stream(4_321).write_data("stray");
    format!("{refused:?}\n")
}

/// A second final head: says how it was refused.
pub(crate) fn second_head(response: &mut Response) -> Done {
    let writer = response.writer();
    writer.write_headers(200, [("x-first", "yes")])?;
    let refused = writer.write_headers(404, [("x-second", "yes")]);
    writer.write_data_last(format!("{refused:?}\n"))?;
    Ok(None)
}

/// Goes on writing after the end, which is refused and no failure.
pub(crate) fn after_end(response: &mut Response) -> Done {
    let writer = response.writer();
    writer.write_data_last("the end\n")?;
    host_guest::info!("after the end: {:?}", writer.write_data("more"));
    writer.write_data("and more")?;
    Ok(None)
}

/// `&code=8`: a head and some content, then a reset.
pub(crate) fn reset(request: &Request, response: &mut Response) -> Done {
    let writer = response.writer();
    writer.write_data("half of it")?;
    writer.flush()?;
    writer.reset_stream(request.number("code", 8))?;
    Ok(None)
}

/// Fails when a head has been sent: there is no status left to answer with.
pub(crate) fn error_after_head(response: &mut Response) -> Error {
    match response.writer().write_data("half of it") {
        Ok(()) => Error::new("as asked, after the head"),
        Err(error) => error.into(),
    }
}

/// A head and nothing else: host ends the stream.
pub(crate) fn head_only(response: &mut Response) -> Done {
    response.writer().write_headers(204, [("x-only", "head")])?;
    Ok(None)
}
