//! Colours, for terminals whose owner wants them.

use std::fmt;
use std::io::IsTerminal;

use anstyle::{AnsiColor, Style};
use clap::ValueEnum;

pub(crate) const BOLD: Style = Style::new().bold();
pub(crate) const DIM: Style = Style::new().dimmed();
pub(crate) const RED: Style = AnsiColor::Red.on_default();
pub(crate) const YELLOW: Style = AnsiColor::Yellow.on_default();
pub(crate) const GREEN: Style = AnsiColor::Green.on_default();
pub(crate) const CYAN: Style = AnsiColor::Cyan.on_default();

/// When to colour.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub(crate) enum When {
    /// On a terminal whose owner wants it
    #[default]
    Auto,
    Always,
    Never,
}

impl When {
    pub(crate) fn is_now(self, stream: &impl IsTerminal) -> bool {
        match self {
            Self::Auto => is_wanted(stream),
            Self::Always => true,
            Self::Never => false,
        }
    }
}

/// Whether to colour what goes to `stream`: a terminal that can, and no `NO_COLOR`
/// (<https://no-color.org>); or `CLICOLOR_FORCE` (<https://bixense.com/clicolors>).
pub(crate) fn is_wanted(stream: &impl IsTerminal) -> bool {
    let is_set = |name| std::env::var_os(name).is_some_and(|value| !value.is_empty());
    let dumb = std::env::var_os("TERM").is_some_and(|value| value == "dumb");
    let forced = std::env::var_os("CLICOLOR_FORCE").is_some_and(|value| value != "0");
    let may = forced || (stream.is_terminal() && !dumb);
    may && !is_set("NO_COLOR")
}

/// Paints, or does not.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Paint(pub(crate) bool);

impl Paint {
    pub(crate) fn with<T: fmt::Display>(self, style: Style, text: T) -> Painted<T> {
        let style = if self.0 { style } else { Style::new() };
        Painted { style, text }
    }
}

/// A text with its colour.
pub(crate) struct Painted<T> {
    style: Style,
    text: T,
}

impl<T: fmt::Display> fmt::Display for Painted<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { style, text } = self;
        write!(f, "{style}{text}{style:#}")
    }
}
