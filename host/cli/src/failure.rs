//! What is printed when a command fails: what, why, and what to do.

use std::io::{self, ErrorKind, Write};

use host_project::{BuildError, NewError, ProjectError};
use host_server::config::{ConfigError, Scheme};
use host_server::{CertError, ServerError};

use crate::style::{self, BOLD, CYAN, Paint, RED};

/// Prints an error with its causes, and a hint if there is one.
pub(crate) fn print(error: &anyhow::Error) {
    let stderr = io::stderr();
    let paint = Paint(style::is_wanted(&stderr));
    let mut text = format!("{}: {error:#}\n", paint.with(RED.bold(), "error"));
    if let Some(hint) = hint(error) {
        text.push_str(&format!(
            "{}: {hint}\n",
            paint.with(CYAN | BOLD.get_effects(), "hint")
        ));
    }
    // If nobody reads that, there is nobody to tell.
    let _ = stderr.lock().write_all(text.as_bytes());
}

/// What to do about an error.
fn hint(error: &anyhow::Error) -> Option<String> {
    error
        .chain()
        .find_map(|cause| served(cause).map(str::to_owned).or_else(|| made(cause)))
}

/// About a project.
fn made(cause: &(dyn std::error::Error + 'static)) -> Option<String> {
    let project = cause.downcast_ref::<ProjectError>();
    let project = project.and_then(ProjectError::hint);
    let build = cause.downcast_ref::<BuildError>();
    let build = build.and_then(BuildError::hint);
    let new = cause.downcast_ref::<NewError>().and_then(|new| match new {
        NewError::Exists(_) => Some("choose another name, or remove it first".to_owned()),
        NewError::Name(_) | NewError::File { .. } => None,
    });
    project.or(build).or(new)
}

/// About a server.
fn served(cause: &(dyn std::error::Error + 'static)) -> Option<&'static str> {
    let server = cause.downcast_ref::<ServerError>().and_then(server);
    let config = cause.downcast_ref::<ConfigError>().and_then(config);
    let cert = cause.downcast_ref::<CertError>().map(certificate);
    server.or(config).or(cert)
}

fn server(error: &ServerError) -> Option<&'static str> {
    Some(match error {
        ServerError::Plugins { source, .. } => match source.kind() {
            ErrorKind::NotFound => "make the folder, or name another with --plugins DIR",
            ErrorKind::NotADirectory => "--plugins takes a folder, not a file",
            _ => "--plugins takes a folder that may be read and listed",
        },
        ServerError::State { .. } => "name a folder that may be written to with --state DIR",
        ServerError::Listen { scheme, source, .. } => match (source.kind(), scheme) {
            (ErrorKind::AddrInUse, Scheme::Http) => {
                "stop what uses the port, or choose another with --listen (port 0 picks a free one)"
            }
            (ErrorKind::AddrInUse, Scheme::Https) => {
                "stop what uses the port, or choose another with --tls-listen (port 0 picks a \
                 free one), or go without TLS by --no-tls"
            }
            (ErrorKind::AddrInUse, _) => {
                "stop what uses the port, or choose another under \"ports\" in the configuration \
                 (\"auto\" picks a free one)"
            }
            (ErrorKind::PermissionDenied, _) => {
                "ports below 1024 need special rights: choose a higher one"
            }
            (ErrorKind::AddrNotAvailable, _) => "this machine has no such address",
            _ => "an address is HOST:PORT, as in 127.0.0.1:8000",
        },
        ServerError::Names(_) => {
            "add them by `host hosts | sudo tee -a /etc/hosts`, with the same --wpt and --config, \
             or set check_subdomains to false"
        }
        ServerError::Stash(_) => {
            "is that where redis-server listens, and does it run? --stash takes redis://HOST:PORT/DB \
             or unix:///PATH, and without it host keeps stashes in its own memory"
        }
        ServerError::Runtime(_) => "is the address space limited (ulimit -v)? It must not be",
        _ => return None,
    })
}

fn config(error: &ConfigError) -> Option<&'static str> {
    Some(match error {
        ConfigError::Unreadable { .. } => "--config takes a file such as host.toml",
        ConfigError::NothingToServe => {
            "name a folder with --plugins DIR, or a checkout of web-platform-tests with --wpt DIR"
        }
        ConfigError::RoutesWithoutFolder => {
            "name the folder with --plugins DIR; the routes of a [[tenant]] are [[tenant.route]]"
        }
        ConfigError::NowhereToListen => "leave out --no-tls, or give an address with --listen",
        ConfigError::NoState => "name a folder with --state DIR",
        _ => return None,
    })
}

fn certificate(error: &CertError) -> &'static str {
    match error {
        CertError::Pem { .. } => {
            "--cert and --key take PEM files: -----BEGIN CERTIFICATE----- and \
             -----BEGIN PRIVATE KEY-----"
        }
        CertError::Unusable { .. } => "--cert and --key belong together",
        CertError::Locked(_) => {
            "a host that was stopped (SIGSTOP) holds it: continue or end that one"
        }
        _ => "name a folder that may be written to with --state DIR, or go without TLS by --no-tls",
    }
}
