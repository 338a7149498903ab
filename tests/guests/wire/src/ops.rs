//! The operations, by name.

use std::time::Duration;

use host_guest::{Huffman, Indexing, Priority, WriteError, clock, prelude::*};

use crate::line::Line;

/// What an operation gave, in words.
type Said = Result<String, WriteError>;

/// Runs one line. Fails where the handler is to.
pub(crate) fn run(line: &mut Line, request: &Request, response: &mut Response) -> Result<Said> {
    let name = line.need();
    Ok(match name {
        "read" => Ok(format!("{} bytes", request.body()?.len())),
        "read-piece" => match request.body_pieces(line.number()).next() {
            Some(piece) => Ok(format!("{} bytes", piece?.len())),
            None => Ok("the end".into()),
        },
        "sleep" => {
            clock::sleep(Duration::from_millis(line.number()));
            ok()
        }
        "trap" => panic!("as asked"),
        "fail" => return Err(Error::status(500, "as asked")),
        _ => match set(name, line, response) {
            Some(said) => said,
            None => write(name, line, response),
        },
    })
}

fn ok() -> Said {
    Ok("ok".into())
}

/// What is set on the response.
fn set(name: &str, line: &mut Line, response: &mut Response) -> Option<Said> {
    match name {
        "status" => response.set_status(line.number::<u16>()),
        "header" => {
            let name = line.bytes();
            response.headers().append(name, line.text());
        }
        "content" => response.set_content(line.text()),
        "add-required-headers" => response.set_add_required_headers(line.need() == "on"),
        "close-connection" => response.set_close_connection(true),
        "send-body-for-head" => response.set_send_body_for_head(true),
        "write-status-headers" => return Some(done(response.write_status_headers())),
        "send" => return Some(done(response.write())),
        _ => return None,
    }
    Some(ok())
}

fn done(result: Result<(), WriteError>) -> Said {
    result.and_then(|()| ok())
}

/// What the writer does.
fn write(name: &str, line: &mut Line, response: &Response) -> Said {
    let mut writer = response.writer();
    if let Some(stream) = line.option("on") {
        writer = writer.on_stream(stream);
    }
    let status: u16 = match name {
        "write-headers" => line.number(),
        _ => 0,
    };
    let last = line.flag("last");
    let end_stream = name != "end-stream" && line.flag("end-stream");
    let end_headers = name != "end-headers" && line.flag("end-headers");
    done(match (name, last) {
        ("write-headers", false) => writer.write_headers(status, line.fields()),
        ("write-headers", true) => writer.write_headers_last(status, line.fields()),
        ("write-data", false) => writer.write_data(line.text()),
        ("write-data", true) => writer.write_data_last(line.text()),
        ("write-data-frame", false) => writer.write_data_frame(line.text()),
        ("write-data-frame", true) => writer.write_data_frame_last(line.text()),
        ("write-trailers", _) => writer.write_trailers(line.fields()),
        ("end-stream", _) => writer.end_stream(),
        ("reset-stream", _) => writer.reset_stream(line.number()),
        ("flush", _) => writer.flush(),

        ("write-push", _) => return push(&writer, line),
        ("ping", _) => writer.ping(line.hex().try_into().expect("8 bytes")),
        ("window-update", _) => writer.window_update(line.number()),
        ("priority", _) => writer.priority(Priority {
            dependency: line.stream(),
            weight: line.number(),
            exclusive: line.flag("exclusive"),
        }),
        ("set-padding", _) => writer.set_padding(match line.flag("none") {
            true => None,
            false => Some(line.number()),
        }),
        ("set-header-coding", _) => {
            let indexing = match line.need() {
                "automatic" => Indexing::Automatic,
                "incremental" => Indexing::Incremental,
                "without" => Indexing::Without,
                "never" => Indexing::Never,
                other => panic!("no indexing {other}"),
            };
            let huffman = match line.need() {
                "automatic" => Huffman::Automatic,
                "always" => Huffman::Always,
                "never" => Huffman::Never,
                other => panic!("no huffman {other}"),
            };
            writer.set_header_coding(indexing, huffman)
        }
        ("encode-headers", _) => {
            let block = writer.encode_headers(line.fields())?;
            return Ok(block.iter().map(|byte| format!("{byte:02x}")).collect());
        }
        ("peer", _) => return Ok(format!("{:?}", writer.peer()?)),

        ("goaway", _) => writer.goaway(line.option("to"), line.number(), line.text()),
        ("settings", _) => {
            let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
            let fields = line.fields();
            let pairs = fields.iter().map(|(id, value)| {
                let (id, value) = (text(id).parse(), text(value).parse());
                (id.expect("an identifier"), value.expect("a value"))
            });
            writer.settings(&pairs.collect::<Vec<_>>())
        }
        ("set-header-table-size", _) => writer.set_header_table_size(line.number()),
        ("write-raw-header-frame", _) => {
            writer.write_raw_header_frame(line.fields(), end_stream, end_headers)
        }
        ("write-raw-continuation-frame", _) => {
            writer.write_raw_continuation_frame(line.fields(), end_headers)
        }
        ("write-raw-data-frame", _) => writer.write_raw_data_frame(line.text(), end_stream),
        ("write-raw-frame", _) => {
            let (kind, flags, stream) = (line.number(), line.number(), line.stream());
            writer.write_raw_frame(kind, flags, stream, line.hex())
        }
        ("write-raw-bytes", _) => writer.write_raw_bytes(line.hex()),
        ("close", _) => writer.close(),
        ("reset", _) => writer.reset(),

        ("write-status", _) => {
            let code: u16 = line.number();
            match line.is_empty() {
                true => writer.write_status(code),
                false => writer.write_status((code, line.text())),
            }
        }
        ("write-header", _) => {
            let name = line.bytes();
            writer.write_header(name, line.text())
        }
        ("write-default-headers", _) => writer.write_default_headers(),
        ("end-headers", _) => writer.end_headers(),
        ("write-content", _) => writer.write_content(line.text()),
        ("write-raw-content", _) => writer.write_raw_content(line.text()),
        ("write", _) => writer.write(line.text()),
        _ => panic!("no operation {name}"),
    })
}

/// `write-push [as=ID] [method=NAME] PATH [STATUS NAME=VALUE… [-- TEXT]]`: the stream.
fn push(writer: &Writer, line: &mut Line) -> Said {
    let promised = line.option("as");
    let method = line.text_option("method").unwrap_or("GET");
    let path = line.bytes();
    let request: [(&str, &[u8]); 4] = [
        (":method", method.as_bytes()),
        (":scheme", b"https"),
        (":authority", b"localhost"),
        (":path", &path),
    ];
    let mut push = Push::default();
    if !line.is_empty() {
        let status = line.number();
        let fields = line.fields();
        push = match line.is_empty() {
            true => Push::answer_headers(status, fields),
            false => Push::answer(status, fields, line.text()),
        };
    }
    if let Some(promised) = promised {
        push = push.stream_id(promised);
    }
    Ok(writer.write_push(request, push)?.to_string())
}
