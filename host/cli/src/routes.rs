//! `host routes`: every route and path that is served, or what one URL reaches.

use std::path::PathBuf;

use anyhow::bail;
use clap::Args;
use host_runtime::{Inspection, Runtime, RuntimeConfig, is_script};
use host_server::config::Settings;
use host_server::routes::{Asked, Explanation, Listed, Listing, Routing};
use serde_json::{Value, json};

use crate::flags::Format;
use crate::{SUCCESS, escape, output, python, wpt};

const AFTER: &str = "\
Examples:
  host routes --plugins target/plugins
  host routes --plugins target/plugins --format json | jq -r .path
  host routes --config host.toml http://a.test:8000/api/7/x --method POST

Without URL: the routes in the order in which they are asked, then the files that
answer by their names. With URL: what happens to a request for it, step by step,
and what answers.";

/// List every route and path that is served, or tell what a URL reaches and why
#[derive(Debug, Args)]
#[command(after_help = AFTER)]
pub(crate) struct Routes {
    /// Follow a request for this: a URL, or a path with its query
    #[arg(value_name = "URL")]
    url: Option<String>,

    /// The folder of handlers and files
    #[arg(long, value_name = "DIR")]
    plugins: Option<PathBuf>,

    /// A checkout of web-platform-tests, as `host serve --wpt` serves it
    #[arg(long, value_name = "DIR")]
    wpt: Option<PathBuf>,

    /// The folders and routes of this configuration
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,

    /// The method of the request
    #[arg(long, value_name = "METHOD", default_value = "GET", requires = "url")]
    method: String,

    /// The host that it is sent to, instead of the URL's
    #[arg(long, value_name = "NAME", requires = "url")]
    host: Option<String>,

    /// How to tell it; json is one object a line
    #[arg(long, value_enum, default_value_t)]
    format: Format,
}

impl Routes {
    pub(crate) fn run(self) -> anyhow::Result<u8> {
        let file = wpt::files(self.wpt.as_deref(), self.config.as_deref())?;
        let flags = Settings {
            plugins: self.plugins.clone(),
            ..Settings::default()
        };
        let mut settings = flags.over(file);
        settings.python_runtime = settings.python_runtime.or_else(python::runtime);
        let config = settings.complete()?;
        let runtime = Runtime::new(RuntimeConfig {
            instances: 1,
            interpreter: config.python_runtime.clone(),
            ..RuntimeConfig::default()
        })?;
        let routing = Routing::new(&config, &runtime)?;
        let text = match &self.url {
            Some(url) => self.explain(&routing, self.asked(url)?)?,
            None => self.list(&routing.listings(), &runtime),
        };
        output::print(text.as_bytes())?;
        Ok(SUCCESS)
    }

    fn asked(&self, url: &str) -> anyhow::Result<Asked> {
        let (host, target) = match url.split_once("://") {
            None if url.starts_with('/') => (None, url.to_owned()),
            None => bail!("expected a URL or a path, such as /a or http://a.test/a, found {url:?}"),
            Some((_, rest)) => {
                let end = rest.find(['/', '?']).unwrap_or(rest.len());
                let (host, target) = rest.split_at(end);
                let slash = if target.starts_with('/') { "" } else { "/" };
                (Some(host.to_owned()), format!("{slash}{target}"))
            }
        };
        // What stands behind # is never sent.
        let target = target.split('#').next().unwrap_or_default().to_owned();
        Ok(Asked {
            method: self.method.clone(),
            host: self.host.clone().or(host),
            target,
        })
    }

    fn explain(&self, routing: &Routing, asked: Asked) -> anyhow::Result<String> {
        let threads = tokio::runtime::Builder::new_current_thread().build()?;
        let explanation = threads.block_on(routing.explain(&asked));
        Ok(match self.format {
            Format::Text => in_words(&asked, &explanation),
            Format::Json => format!("{}\n", in_json(&asked, &explanation)),
        })
    }

    fn list(&self, listings: &[Listing], runtime: &Runtime) -> String {
        match self.format {
            Format::Text => as_text(listings, runtime),
            Format::Json => {
                let lines = listings
                    .iter()
                    .flat_map(|listing| as_json(listing, runtime));
                lines.map(|line| format!("{line}\n")).collect()
            }
        }
    }
}

fn in_words(asked: &Asked, told: &Explanation) -> String {
    let mut text = format!("{} {}\n", asked.method, asked.target);
    for step in &told.steps {
        let by = match (step.route, &step.pattern) {
            (Some(number), Some(pattern)) => format!("route {number} {pattern}: "),
            (None, Some(pattern)) => format!("{pattern}: "),
            _ => String::new(),
        };
        text.push_str(&format!("  {}: {by}{}\n", step.path, step.outcome));
    }
    let status = told
        .status
        .map_or_else(String::new, |status| format!(" ({status})"));
    let tenant = told.tenant.as_ref();
    let tenant = tenant.map_or_else(String::new, |tenant| format!(", tenant {tenant}"));
    text.push_str(&format!("=> {}{status}{tenant}\n", told.answer));
    if let Some(nearest) = &told.nearest {
        text.push_str(&format!("did you mean {nearest}?\n"));
    }
    let lines = text.lines().map(|line| escape::line(line) + "\n");
    lines.collect()
}

fn in_json(asked: &Asked, told: &Explanation) -> Value {
    let steps: Vec<Value> = told
        .steps
        .iter()
        .map(|step| {
            json!({
                "path": step.path,
                "route": step.route,
                "pattern": step.pattern,
                "outcome": step.outcome,
            })
        })
        .collect();
    json!({
        "method": asked.method,
        "target": asked.target,
        "tenant": told.tenant,
        "steps": steps,
        "answer": told.answer,
        "status": told.status,
        "nearest": told.nearest,
    })
}

/// What a component is. A script tells only when it runs.
fn inspect(file: &Listed, runtime: &Runtime) -> Option<Inspection> {
    let is_component = file.is_handler && !is_script(&file.file);
    is_component.then(|| runtime.inspect(&file.read().unwrap_or_default()))
}

fn as_json(listing: &Listing, runtime: &Runtime) -> Vec<Value> {
    let hidden = listing.hidden.iter().map(|pattern| {
        json!({
            "tenant": listing.tenant,
            "path": pattern.to_string(),
            "hidden": true,
        })
    });
    let routes = listing.routes.iter().enumerate().map(|(index, route)| {
        json!({
            "tenant": listing.tenant,
            "path": route.path.to_string(),
            "route": index + 1,
            "methods": route.methods,
            "does": route.to_string(),
        })
    });
    let files = listing.files.iter().flat_map(|file| {
        let inspection = inspect(file, runtime);
        file.paths.iter().map(move |path| {
            json!({
                "tenant": listing.tenant,
                "path": path,
                "file": file.file.display().to_string(),
                "mount": file.mount().map(|folder| folder.display().to_string()),
                "script": is_script(&file.file),
                "hooks": inspection.as_ref().map(|handler| handler.hooks.names()),
                "raw": listing.raw,
                "refused": inspection.as_ref().and_then(|handler| handler.refused.clone()),
            })
        })
    });
    hidden.chain(routes).chain(files).collect()
}

fn as_text(listings: &[Listing], runtime: &Runtime) -> String {
    let mut routes = Vec::new();
    let mut files = Vec::new();
    for listing in listings {
        let tenant = || listing.tenant.clone();
        for pattern in &listing.hidden {
            routes.push([
                tenant(),
                String::new(),
                "any".to_owned(),
                pattern.to_string(),
                "hidden".to_owned(),
            ]);
        }
        for (index, route) in listing.routes.iter().enumerate() {
            let number = (index + 1).to_string();
            routes.push([
                tenant(),
                number,
                route.methods(),
                route.path.to_string(),
                route.to_string(),
            ]);
        }
        for file in &listing.files {
            let what = match inspect(file, runtime) {
                None if file.is_handler => "script".to_owned(),
                None => "file".to_owned(),
                Some(Inspection {
                    refused: Some(why), ..
                }) => format!("refused: {why}"),
                Some(handler) => handler.hooks.names().join(", "),
            };
            let name = file.mount().unwrap_or("".as_ref()).join(&file.file);
            for path in &file.paths {
                files.push([
                    tenant(),
                    path.clone(),
                    name.display().to_string(),
                    what.clone(),
                ]);
            }
        }
    }
    if routes.is_empty() && files.is_empty() {
        return "nothing is served: there is no file in the folder\n".to_owned();
    }
    // One tenant needs no column.
    let first = usize::from(listings.len() == 1);
    let mut text = String::new();
    if !routes.is_empty() {
        text += &table(
            ["TENANT", "ROUTE", "METHODS", "PATH", "DOES"],
            &routes,
            first,
        );
        text.push('\n');
    }
    text + &table(["TENANT", "PATH", "FILE", "HOOKS"], &files, first)
}

/// Columns from the `first` on, as wide as what is in them.
fn table<const N: usize>(head: [&str; N], rows: &[[String; N]], first: usize) -> String {
    let head = head.map(str::to_owned);
    let rows: Vec<[String; N]> = std::iter::once(&head)
        .chain(rows)
        .map(|row| row.each_ref().map(|cell| escape::line(cell).into_owned()))
        .collect();
    let width = |column: usize| rows.iter().map(|row| row[column].chars().count()).max();
    let widths: Vec<usize> = (0..N).map(|column| width(column).unwrap_or(0)).collect();
    let mut text = String::new();
    for row in &rows {
        for column in first..N - 1 {
            text.push_str(&format!("{:width$}  ", row[column], width = widths[column]));
        }
        text.push_str(&row[N - 1]);
        text.push('\n');
    }
    text
}
