//! `host hosts`: the lines that /etc/hosts needs.

use std::net::IpAddr;
use std::path::PathBuf;

use clap::Args;
use host_server::config::Settings;
use host_server::config::wptserve::{self, WptSettings};

use crate::{SUCCESS, output, wpt};

const AFTER: &str = "\
Examples:
  host hosts | sudo tee -a /etc/hosts
  host hosts --wpt web-platform-tests --address 192.0.2.1

What `wpt make-hosts-file` prints: a line for every name that is to resolve. With a
host.toml that has no [wptserve] these are its hosts and those of its tenants.";

/// Print the lines that /etc/hosts needs, as wpt make-hosts-file
#[derive(Debug, Args)]
#[command(after_help = AFTER)]
pub(crate) struct Hosts {
    /// A checkout of web-platform-tests, whose config.json is read
    #[arg(long, value_name = "DIR")]
    wpt: Option<PathBuf>,

    /// The configuration, as for `host serve`
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,

    /// The address that the names are to lead to
    #[arg(long, value_name = "IP", default_value = "127.0.0.1")]
    address: IpAddr,
}

impl Hosts {
    pub(crate) fn run(self) -> anyhow::Result<u8> {
        let settings = match (&self.wpt, &self.config) {
            (None, None) => Settings {
                wptserve: Some(WptSettings::default()),
                ..Settings::default()
            },
            (wpt, config) => wpt::files(wpt.as_deref(), config.as_deref())?,
        };
        let lines = wptserve::hosts_file(&settings, self.address)?;
        output::print(lines.as_bytes())?;
        Ok(SUCCESS)
    }
}
