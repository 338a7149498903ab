//! The log: events of `tracing`, as lines for people or for programs.

mod entry;
mod json;
mod text;

use anyhow::Context as _;
use tracing::{Event, Subscriber};
use tracing_subscriber::filter::Targets;
use tracing_subscriber::layer::{Context, Layer, SubscriberExt as _};

use crate::flags::Format;
use crate::output::Lines;
use crate::style::Paint;

use entry::Entry;

/// Sends every event that `filter` lets through to `lines`.
pub(crate) fn install(
    lines: Lines,
    format: Format,
    paint: Paint,
    filter: Targets,
) -> anyhow::Result<()> {
    let log = Log {
        lines,
        format,
        paint,
    };
    let subscriber = tracing_subscriber::registry().with(log.with_filter(filter));
    tracing::subscriber::set_global_default(subscriber).context("there is a log already")
}

/// How to say that lines were dropped.
pub(crate) fn dropped_as_text(count: u64) -> String {
    format!("{count} lines of the log were dropped: nobody took them in time\n")
}

/// The same for programs.
pub(crate) fn dropped_as_json(count: u64) -> String {
    format!("{{\"event\":\"dropped\",\"lines\":{count}}}\n")
}

struct Log {
    lines: Lines,
    format: Format,
    paint: Paint,
}

impl<S: Subscriber> Layer<S> for Log {
    fn on_event(&self, event: &Event<'_>, _: Context<'_, S>) {
        let entry = Entry::of(event);
        self.lines.push(&match self.format {
            Format::Text => text::line(&entry, self.paint),
            Format::Json => json::line(&entry),
        });
    }
}
