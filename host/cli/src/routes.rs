//! `host routes`: every path that is served and what it reaches.

use std::path::{Path, PathBuf};

use clap::Args;
use host_runtime::{Inspection, Runtime, RuntimeConfig};
use host_server::config::{self, Settings};
use host_server::routes::{self, Route};
use serde_json::{Value, json};

use crate::flags::Format;
use crate::{SUCCESS, escape, output};

const AFTER: &str = "\
Examples:
  host routes --plugins target/plugins
  host routes --plugins target/plugins --format json | jq -r .path";

/// List every path of a plugins folder and what it reaches
#[derive(Debug, Args)]
#[command(after_help = AFTER)]
pub(crate) struct Routes {
    /// The folder of handlers and files
    #[arg(long, value_name = "DIR")]
    plugins: Option<PathBuf>,

    /// The folders of this host.toml
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,

    /// How to tell it; json is one object a line
    #[arg(long, value_enum, default_value_t)]
    format: Format,
}

/// A line of the table.
struct Line {
    tenant: String,
    /// Whether the tenant may write raw.
    raw: bool,
    path: String,
    file: PathBuf,
    /// For a handler.
    inspection: Option<Inspection>,
}

impl Routes {
    pub(crate) fn run(self) -> anyhow::Result<u8> {
        let file = match &self.config {
            Some(file) => config::read(file)?,
            None => Settings::default(),
        };
        let flags = Settings {
            plugins: self.plugins,
            ..Settings::default()
        };
        let config = flags.over(file).complete()?;
        let runtime = Runtime::new(RuntimeConfig {
            instances: 1,
            ..RuntimeConfig::default()
        })?;
        let mut lines = Vec::new();
        for tenant in &config.tenants {
            let (dir, routes) = routes::of_tenant(tenant)?;
            for Route {
                file,
                is_handler,
                paths,
            } in routes
            {
                let read = |file: &Path| dir.read(file).unwrap_or_default();
                let inspection = is_handler.then(|| runtime.inspect(&read(&file)));
                lines.extend(paths.into_iter().map(|path| Line {
                    tenant: tenant.name.clone(),
                    raw: tenant.raw,
                    path,
                    file: file.clone(),
                    inspection: inspection.clone(),
                }));
            }
        }
        let text = match self.format {
            Format::Text => table(&lines),
            Format::Json => lines
                .iter()
                .map(|line| format!("{}\n", line.json()))
                .collect(),
        };
        output::print(text.as_bytes())?;
        Ok(SUCCESS)
    }
}

impl Line {
    fn json(&self) -> Value {
        json!({
            "tenant": self.tenant,
            "path": self.path,
            "file": self.file.display().to_string(),
            "hooks": self.inspection.as_ref().map(|handler| handler.hooks.names()),
            "raw": self.raw,
            "refused": self.inspection.as_ref().and_then(|handler| handler.refused.clone()),
        })
    }

    fn what(&self) -> String {
        match &self.inspection {
            None => "file".to_owned(),
            Some(Inspection {
                refused: Some(why), ..
            }) => format!("refused: {why}"),
            Some(handler) => handler.hooks.names().join(", "),
        }
    }
}

/// Columns as wide as what is in them.
fn table(lines: &[Line]) -> String {
    if lines.is_empty() {
        return "nothing is served: there is no file in the folder\n".to_owned();
    }
    let mut rows = vec![["TENANT", "PATH", "FILE", "HOOKS"].map(str::to_owned)];
    rows.extend(lines.iter().map(|line| {
        let file = line.file.display().to_string();
        [&line.tenant, &line.path, &file, &line.what()].map(|cell| escape::line(cell).into_owned())
    }));
    // One tenant needs no column.
    let first = usize::from(lines.iter().all(|line| line.tenant == lines[0].tenant));
    let width = |column: usize| rows.iter().map(|row| row[column].chars().count()).max();
    let widths = [0, 1, 2].map(|column| width(column).unwrap_or(0));
    let mut text = String::new();
    for row in &rows {
        for column in first..3 {
            text.push_str(&format!("{:width$}  ", row[column], width = widths[column]));
        }
        text.push_str(&row[3]);
        text.push('\n');
    }
    text
}
