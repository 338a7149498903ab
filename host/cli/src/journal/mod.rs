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
use crate::style::{Paint, When};
use crate::{FAILURE, SUCCESS};

use filter::{Exchanges, Filter};
use text::Shown;

/// Bytes of a line: the longest that the server writes are shorter by far.
const LONGEST_LINE: u64 = 16 * 1024 * 1024;

/// Lines that are no entries, before it is no journal.
const BROKEN: u64 = 20;

const AFTER: &str = "\
Examples:
  host serve --plugins target/plugins --journal wire.jsonl
  host journal wire.jsonl
  host journal wire.jsonl --connection 3 --stream 5
  host journal wire.jsonl --handler /frames --format json | jq -r .type
  host journal wire.jsonl --color always | less -R
  tail -f wire.jsonl | host journal -

A line is the time since its connection was accepted in seconds, the connection,
which way (> from the client, < to it), the stream or (with #) the number of the
request, what passed, and what is known of it. What was written says by what: by
an operation of a handler, and of which exchange if not its own, by its response
(what it has set or returned), by a file, a mock, or host; without that it was the
engine. What took its time says in how many reads or writes it passed.

The file has one JSON object a line; docs/journal.md has each kind.

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

    /// Only exchanges that this handler answered, as in /a/b, and what became of
    /// their connections; what comes from a pipe is shown when it has ended
    #[arg(long, value_name = "PATH")]
    handler: Option<String>,

    /// Only exchanges of this tenant, in the same way
    #[arg(long, value_name = "NAME")]
    tenant: Option<String>,

    /// Show long values whole
    #[arg(long)]
    full: bool,

    /// When to colour
    #[arg(long, value_enum, default_value_t, value_name = "WHEN")]
    color: When,

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
        if self.handler.is_none() && self.tenant.is_none() {
            return match self.open()? {
                Some(file) => self.show(BufReader::new(file), &filter),
                None => self.show(io::stdin().lock(), &filter),
            };
        }
        // Whose a request is is told only after its head: two readings.
        let mut lines = BufReader::new(match self.open()? {
            Some(file) if file.metadata()?.is_file() => file,
            Some(pipe) => spooled(pipe)?,
            None => spooled(io::stdin().lock())?,
        });
        let mut exchanges = Exchanges::of(self.tenant.as_deref(), self.handler.as_deref());
        for_each(&mut lines, |_, _, entry| match entry {
            Ok(entry) if filter.lets(&entry) => exchanges.note(&entry),
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
        let failed = || format!("{} cannot be read", file.display());
        let open = File::open(file).with_context(failed)?;
        if open.metadata().with_context(failed)?.is_dir() {
            return Err(io::Error::from(io::ErrorKind::IsADirectory)).with_context(failed);
        }
        Ok(Some(open))
    }

    /// Shows what the filter lets through.
    fn show(&self, lines: impl BufRead, filter: &Filter) -> anyhow::Result<u8> {
        let text = self.format == Format::Text;
        let shown = Shown {
            paint: Paint(text && self.color.is_now(&io::stdout())),
            full: self.full,
        };
        let mut out = io::stdout().lock();
        let (mut told, mut broken) = (0_u64, 0_u64);
        let done = for_each(lines, |number, line, entry| match entry {
            Ok(entry) if !filter.lets(&entry) => Ok(()),
            Ok(entry) => {
                told += 1;
                match text {
                    true => out.write_all(text::line(&entry, shown).as_bytes()),
                    false => out.write_all(line).and_then(|()| out.write_all(b"\n")),
                }
            }
            // The server writes it at this moment, or did not end in good order.
            Err(Unreadable::Cut) => {
                eprintln!("line {number}, the last one, is cut off");
                Ok(())
            }
            Err(Unreadable::Wrong(error)) => {
                broken += 1;
                eprintln!("line {number} is no entry of a journal: {error}");
                match broken {
                    BROKEN => Err(io::Error::other("this is no journal")),
                    _ => Ok(()),
                }
            }
        });
        match done.and_then(|()| out.flush()) {
            Err(error) if error.kind() != io::ErrorKind::BrokenPipe => return Err(error.into()),
            Err(_) => {}
            Ok(()) if told == 0 && broken == 0 => eprintln!("{}", self.nothing()),
            Ok(()) => {}
        }
        Ok(if broken > 0 { FAILURE } else { SUCCESS })
    }

    /// Says that nothing was shown.
    fn nothing(&self) -> &'static str {
        let asked = [self.connection, self.stream].iter().any(Option::is_some);
        match asked || self.handler.is_some() || self.tenant.is_some() {
            true => "nothing in this journal is what was asked for",
            false => "this journal is empty",
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

/// Why a line cannot be shown.
enum Unreadable {
    /// The last one has no end.
    Cut,
    Wrong(String),
}

/// Gives each line with its number, from 1, and what it holds or why not.
fn for_each(
    mut lines: impl BufRead,
    mut each: impl FnMut(u64, &[u8], Result<Map<String, Value>, Unreadable>) -> io::Result<()>,
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
            Err(error) if error.is_eof() && !line.ends_with(b"\n") => Err(Unreadable::Cut),
            Ok(_) => Err(Unreadable::Wrong("it has no event".to_owned())),
            Err(error) => Err(Unreadable::Wrong(error.to_string())),
        };
        each(number, text, entry)?;
    }
    Ok(())
}
