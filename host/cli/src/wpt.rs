//! The flags of `wpt serve`'s front end.

use std::path::{Path, PathBuf};
use std::time::Duration;

use clap::Args;
use host_server::config::wptserve::{self, WptSettings};
use host_server::config::{self, ConfigError, Settings, quantity};
use host_server::routes::LONGEST_WAIT;

/// Flags that make `host serve` do what `wpt serve` does.
#[derive(Debug, Args)]
#[command(next_help_heading = "Instead of wpt serve")]
pub(crate) struct WptFlags {
    /// Serve a checkout of web-platform-tests as `wpt serve` does, with its hosts, ports and
    /// routes; DIR/config.json is read
    #[arg(long, value_name = "DIR")]
    wpt: Option<PathBuf>,

    /// Folders and files that stand elsewhere: lines such as /ALIAS/, FOLDER
    #[arg(long, alias = "alias_file", value_name = "FILE")]
    alias_file: Option<PathBuf>,

    /// Let every request wait for so long: milliseconds, or a time such as 2s
    #[arg(long, value_name = "TIME", value_parser = latency)]
    latency: Option<Duration>,

    /// No listener for HTTP/2 alone
    #[arg(long)]
    no_h2: bool,

    /// Let the system pick every port, whatever the configuration says
    #[arg(long)]
    auto_ports: bool,
}

/// What a checkout and a file say, the file laid over the checkout's own.
pub(crate) fn files(wpt: Option<&Path>, file: Option<&Path>) -> Result<Settings, ConfigError> {
    let checkout = wpt.map(wptserve::checkout).transpose()?.unwrap_or_default();
    let file = file.map(config::read).transpose()?.unwrap_or_default();
    Ok(file.over(checkout))
}

impl WptFlags {
    /// What the checkout and `file` say, and these flags over them.
    pub(crate) fn over(self, file: Option<&Path>) -> anyhow::Result<Settings> {
        let mut settings = files(self.wpt.as_deref(), file)?;
        let mut aliases = self
            .alias_file
            .as_deref()
            .map(wptserve::alias_file)
            .transpose()?;
        let Some(wpt) = &mut settings.wptserve else {
            for (flag, is_given) in [
                ("--alias-file", aliases.is_some()),
                ("--latency", self.latency.is_some()),
                ("--no-h2", self.no_h2),
                ("--auto-ports", self.auto_ports),
            ] {
                if is_given {
                    anyhow::bail!("{flag} is for --wpt DIR, or for a --config in wptserve's names");
                }
            }
            return Ok(settings);
        };
        if let Some(more) = &mut aliases {
            // As wpt does: behind those of the configuration.
            let mut all = wpt.aliases.take().unwrap_or_default();
            all.append(more);
            wpt.aliases = Some(all);
        }
        let flags = Settings {
            wptserve: Some(WptSettings {
                h2: self.no_h2.then_some(false),
                latency: self.latency,
                auto_ports: self.auto_ports.then_some(true),
                ..WptSettings::default()
            }),
            ..Settings::default()
        };
        Ok(flags.over(settings))
    }
}

/// A time; a bare number is in milliseconds, as `wpt serve` takes it.
fn latency(text: &str) -> Result<Duration, String> {
    let milliseconds = text.parse().ok().map(Duration::from_millis);
    milliseconds
        .or_else(|| quantity::time(text))
        .filter(|latency| *latency <= LONGEST_WAIT)
        .ok_or_else(|| "expected milliseconds, or a time of up to an hour such as 2s".to_owned())
}
