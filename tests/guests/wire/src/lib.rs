//! Writes what a script says: every operation of the writer, one a line, so
//! that a test drives the wire without a handler of its own.
//!
//! The script is `?ops=` or else the request's body. A line is an operation by
//! the contract's name and words behind it, which are percent-decoded one by
//! one; empty lines and those with `#` are passed over.
//!
//! - `NAME=VALUE…` are header fields; the `=` is the first one that is not the
//!   first byte.
//! - `TEXT` is the rest of the line, `HEX` is digits; `@N` is N bytes of `x`.
//! - `on=ID` names a stream, right behind the operation; `last`, `end-stream`,
//!   `end-headers` are flags that stand there, in that order.
//!
//! ```text
//! write-headers [on=] STATUS [last] NAME=VALUE…     peer [on=]
//! write-data [on=] [last] TEXT                      goaway [to=ID] CODE TEXT
//! write-data-frame [on=] [last] TEXT                settings ID=VALUE…
//! write-trailers [on=] NAME=VALUE…                  set-header-table-size N
//! end-stream [on=]                                  write-raw-header-frame [on=] [end-stream] [end-headers] NAME=VALUE…
//! reset-stream [on=] CODE                           write-raw-continuation-frame [on=] [end-headers] NAME=VALUE…
//! flush                                             write-raw-data-frame [on=] [end-stream] TEXT
//! write-push [as=ID] [method=NAME] PATH [STATUS NAME=VALUE… [-- TEXT]]
//! ping HEX                                          write-raw-frame TYPE FLAGS STREAM HEX
//! window-update [on=] N                             write-raw-bytes HEX
//! priority [on=] DEPENDENCY WEIGHT [exclusive]      close | reset
//! set-padding N|none                                write-status CODE [TEXT]
//! set-header-coding INDEXING HUFFMAN                write-header NAME VALUE
//! encode-headers NAME=VALUE…                        write-default-headers | end-headers
//! write-content TEXT                                write-raw-content TEXT | write TEXT
//! ```
//!
//! Of the response: `status CODE`, `header NAME VALUE`, `content TEXT`,
//! `add-required-headers on|off`, `close-connection`, `send-body-for-head`,
//! `write-status-headers`, `send` (the response's `write`). Beside it:
//! `sleep MILLISECONDS`, `read` (the request's body), `read-piece N` (the next
//! piece of it, N bytes at most), `trap`, `fail`.
//!
//! A stream is a number or `own`, the request's. What each line came to is
//! logged; `report` writes all of it as the end of the answer, `LINE: ok`, what
//! it gave, or `LINE: ` and the error's name and text.

mod line;
mod ops;

use host_guest::prelude::*;
use line::Line;

#[main]
fn main(request: &Request, response: &mut Response) -> Result {
    let script = match request.query().first("ops") {
        Some(ops) => ops.to_vec(),
        None => request.body()?,
    };
    let script = String::from_utf8_lossy(&script).into_owned();
    let mut report = String::new();
    let lines = script.lines().map(str::trim);
    for text in lines.filter(|line| !line.is_empty() && !line.starts_with('#')) {
        if text == "report" {
            response.writer().write_data_last(&report)?;
            continue;
        }
        let said = match ops::run(&mut Line::of(text, request), request, response)? {
            Ok(said) => said,
            Err(error) => format!("{error:?}"),
        };
        host_guest::info!("{text}: {said}");
        report.push_str(&format!("{text}: {said}\n"));
    }
    Ok(())
}
