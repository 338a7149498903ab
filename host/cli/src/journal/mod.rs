//! `host journal`: the journal of the wire for people, and as much of it as is
//! asked for.

mod filter;
mod text;

use std::fs::File;
use std::io::{self, BufRead, BufReader, Read, Seek, Write};
use std::path::PathBuf;

use anyhow::Context as _;
use clap::Args;
use serde_json::{Map, Value};

use crate::flags::Format;
use crate::style::{self, Paint};
use crate::{FAILURE, SUCCESS};

use filter::{Exchanges, Filter};

/// Bytes of a line: the longest that the server writes are shorter by far.
const LONGEST_LINE: u64 = 16 * 1024 * 1024;

const AFTER: &str = "\
Examples:
  host serve --plugins target/plugins --journal wire.jsonl
  host journal wire.jsonl
  host journal wire.jsonl --connection 3 --stream 5
  host journal wire.jsonl --handler /frames --format json | jq -r .type
  tail -f wire.jsonl | host journal -

A line is the time since its connection was accepted in seconds, the connection,
which way (> from the client, < to it), the stream or (with #) the number of the
request, what passed, and what is known of it. What was written says by which
operation of a handler, and of which exchange if not its own; without that it
was the engine.

The file has one JSON object a line. Each has time, us (microseconds since the
connection was accepted), connection, and event: open, tls, preface, frame, head,
body, chunk, trailers, bytes, exchange, answered, refused, violation, end, reset
or close. dir is in or out; of what went out, by is the operation, or engine.
frame has type, flags, stream, length, and what the type holds, header blocks
decoded as fields. Of contents the first 64 bytes are kept. Where escaped is
true, text with \\ in it stands for bytes that are no plain text.

Only the journal's owner should read it: cookies and passwords are in it.";

/// Show a journal of the wire
#[derive(Debug, Args)]
#[command(after_help = AFTER)]
pub(crate) struct Journal {
    /// The file that `host serve --journal` wrote; - for standard input
    #[arg(value_name = "FILE")]
    file: PathBuf,

    /// Only this connection
    #[arg(long, value_name = "N")]
    connection: Option<u64>,

    /// Only this HTTP/2 stream, or HTTP/1 request of a connection
    #[arg(long, value_name = "N")]
    stream: Option<u64>,

    /// Only exchanges that this handler answered, as in /a/b; what comes from
    /// a pipe is shown when it has ended
    #[arg(long, value_name = "PATH")]
    handler: Option<String>,

    /// How to show it; json lets the file's lines through as they are
    #[arg(long, value_enum, default_value_t)]
    format: Format,
}

impl Journal {
    pub(crate) fn run(self) -> anyhow::Result<u8> {
        let mut filter = Filter {
            connection: self.connection,
            stream: self.stream,
            exchanges: None,
        };
        let Some(handler) = &self.handler else {
            return match self.open()? {
                Some(file) => self.show(BufReader::new(file), &filter),
                None => self.show(io::stdin().lock(), &filter),
            };
        };
        // Whose a request is is told only after its head: two readings.
        let mut lines = BufReader::new(match self.open()? {
            Some(file) if file.metadata()?.is_file() => file,
            Some(pipe) => spooled(pipe)?,
            None => spooled(io::stdin().lock())?,
        });
        let mut exchanges = Exchanges::default();
        for_each(&mut lines, |_, _, entry| match entry {
            Ok(entry) if filter.lets(&entry) => exchanges.note(&entry, handler),
            _ => Ok(()),
        })?;
        filter.exchanges = Some(exchanges);
        lines.rewind()?;
        self.show(lines, &filter)
    }

    /// `None` for standard input.
    fn open(&self) -> anyhow::Result<Option<File>> {
        let file = &self.file;
        if file.as_os_str() == "-" {
            return Ok(None);
        }
        let open = File::open(file);
        let open = open.with_context(|| format!("{} cannot be read", file.display()))?;
        Ok(Some(open))
    }

    /// Shows what the filter lets through.
    fn show(&self, lines: impl BufRead, filter: &Filter) -> anyhow::Result<u8> {
        let text = self.format == Format::Text;
        let paint = Paint(text && style::is_wanted(&io::stdout()));
        let mut out = io::stdout().lock();
        let mut broken = 0_u64;
        let shown = for_each(lines, |number, line, entry| match entry {
            Ok(entry) if !filter.lets(&entry) => Ok(()),
            Ok(entry) if text => out.write_all(text::line(&entry, paint).as_bytes()),
            Ok(_) => {
                out.write_all(line)?;
                out.write_all(b"\n")
            }
            Err(error) => {
                broken += 1;
                eprintln!("line {number} is no entry of a journal: {error}");
                Ok(())
            }
        });
        match shown.and_then(|()| out.flush()) {
            Err(error) if error.kind() != io::ErrorKind::BrokenPipe => Err(error.into()),
            _ if broken > 0 => Ok(FAILURE),
            _ => Ok(SUCCESS),
        }
    }
}

/// All of it, where it can be read twice: memory may be too small for that.
fn spooled(mut lines: impl Read) -> anyhow::Result<File> {
    let mut spool = tempfile::tempfile().context("there is no room for a temporary file")?;
    io::copy(&mut lines, &mut spool)?;
    spool.rewind()?;
    Ok(spool)
}

/// Gives each line with its number, from 1, and what it holds or why not.
fn for_each(
    mut lines: impl BufRead,
    mut each: impl FnMut(u64, &[u8], Result<Map<String, Value>, String>) -> io::Result<()>,
) -> io::Result<()> {
    let mut line = Vec::new();
    for number in 1.. {
        line.clear();
        if lines
            .by_ref()
            .take(LONGEST_LINE)
            .read_until(b'\n', &mut line)?
            == 0
        {
            break;
        }
        let text = line.trim_ascii_end();
        let entry = match serde_json::from_slice(text) {
            Ok(Value::Object(entry)) if entry.contains_key("event") => Ok(entry),
            Ok(_) => Err("it has no event".to_owned()),
            Err(error) => Err(error.to_string()),
        };
        each(number, text, entry)?;
    }
    Ok(())
}
