//! What a person sees first: where the server is and what it serves.

use std::fmt::Write as _;
use std::path::Path;

use host_server::Server;
use host_stash::Location;

use crate::escape;
use crate::style::{BOLD, CYAN, DIM, GREEN, Paint};

/// Handlers that are listed; `host routes` lists them all.
const LISTED: usize = 20;

/// The banner.
pub(crate) fn text(server: &Server, control: Option<&str>, paint: Paint) -> String {
    let listening = server.listening();
    let urls: Vec<String> = listening.iter().map(|l| l.url.clone()).collect();
    let tenants = server.near();
    let paths: Vec<(&str, String)> = tenants
        .iter()
        .flat_map(|(tenant, near)| near.paths().into_iter().map(|path| (tenant.as_str(), path)))
        .collect();
    let files = tenants.iter().map(|(_, near)| near.files).sum();
    // A large folder is not counted: starting does not wait for that.
    let more = match tenants.iter().all(|(_, near)| near.is_all) {
        true => "",
        false => ", and more",
    };

    let mut text = String::new();
    let ready = paint.with(GREEN | BOLD.get_effects(), "host is ready");
    let _ = writeln!(
        text,
        "{ready}: {}, {}{more}\n",
        count(paths.len(), "handler"),
        count(files, "file")
    );
    // Where the URL says it all, a name in front of it would say it twice.
    let is_named = listening
        .iter()
        .any(|l| l.scheme.name() != l.scheme.of_url());
    for listening in &listening {
        let url = paint.with(CYAN, &listening.url);
        let _ = match is_named {
            true => writeln!(text, "  {:<13} {url}", listening.scheme.name()),
            false => writeln!(text, "  {url}"),
        };
    }
    text.push('\n');
    if let Some(base) = urls.first() {
        for (tenant, path) in paths.iter().take(LISTED) {
            let of = if tenants.len() > 1 {
                format!(" ({tenant})")
            } else {
                String::new()
            };
            let url = format!("{}{}", base.trim_end_matches('/'), escape::line(path));
            let _ = writeln!(text, "  {}{}", url, paint.with(DIM, of));
        }
        if paths.len() > LISTED {
            let more = format!("  and {} more: see `host routes`", paths.len() - LISTED);
            let _ = writeln!(text, "{}", paint.with(DIM, more));
        }
        if !paths.is_empty() {
            text.push('\n');
        }
    }
    if let Some(ca) = server.ca() {
        let _ = writeln!(
            text,
            "  CA certificate: {}",
            escape::line(&ca.to_string_lossy())
        );
    }
    if tenants.iter().any(|(_, near)| near.has_scripts()) {
        let runtime = match server.python_runtime() {
            Some(file) => escape::line(&file.to_string_lossy()).into_owned(),
            None => "none was found: see --python-runtime in `host serve --help`".to_owned(),
        };
        let _ = writeln!(text, "  Python runtime: {runtime}");
    }
    if let Location::Redis(_) = server.stash() {
        let location = server.stash().to_string();
        let _ = writeln!(text, "  Stash: {}", escape::line(&location));
    }
    // Alone, a tenant needs no line about what it can do to the others.
    if tenants.len() > 1 {
        let granted = match server.raw() {
            names if names.is_empty() => "nobody".to_owned(),
            names => names.join(", "),
        };
        let _ = writeln!(text, "  Raw writes: {granted}");
    }
    if let Some(url) = control {
        let _ = writeln!(text, "  Control API: {url}");
    }
    let path = paths.first().map_or("/", |(_, path)| path.as_str());
    if let Some(command) = curl(&urls, server.ca(), path) {
        let _ = writeln!(text, "  {}\n", paint.with(BOLD, command));
    }
    text
}

/// The banner of a host that serves the control API alone.
pub(crate) fn control(url: &str, paint: Paint) -> String {
    let ready = paint.with(GREEN | BOLD.get_effects(), "host is ready");
    let url = paint.with(CYAN, url);
    let command = format!("curl -X POST {url}servers");
    let command = paint.with(BOLD, command);
    format!("{ready}\n\n  Control API: {url}\n  {command}\n\n")
}

/// A command to copy.
fn curl(urls: &[String], ca: Option<&Path>, path: &str) -> Option<String> {
    let tls = urls.iter().find(|url| url.starts_with("https:"));
    let url = |base: &str| quoted(&format!("{}{path}", base.trim_end_matches('/')));
    match (tls, ca) {
        (Some(base), Some(ca)) => {
            let ca = quoted(&ca.to_string_lossy());
            Some(format!("curl --cacert {ca} {}", url(base)))
        }
        _ => Some(format!("curl {}", url(urls.first()?))),
    }
}

/// A word of a shell's command.
fn quoted(word: &str) -> String {
    let is_plain = |c: char| c.is_ascii_alphanumeric() || "/.:_-[]%~".contains(c);
    if word.chars().all(is_plain) && !word.contains('[') {
        return word.to_owned();
    }
    format!("'{}'", escape::line(word).replace('\'', "'\\''"))
}

fn count(number: usize, what: &str) -> String {
    let plural = if number == 1 { "" } else { "s" };
    format!("{number} {what}{plural}")
}
