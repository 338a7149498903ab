//! `/files?path=…`: what a handler can know of a path in its folder, as JSON;
//! `?beside=…` is a path beside the handler. What fails is its error's text.
//! `?hold=N` opens the file N times, all at once.

use std::io::{self, Read, Seek, SeekFrom};

use host_guest::files::{self, File, Kind};
use host_guest::prelude::*;
use serde_json::{Value, json};

#[main]
fn main(request: &Request) -> Result<impl IntoResponse> {
    let query = request.query();
    let path = match query.first("beside") {
        Some(name) => files::beside(&name.to_string()),
        None => query
            .first("path")
            .map_or(String::new(), ToString::to_string),
    };
    let hold = query
        .first("hold")
        .map_or(Ok(1), |n| n.to_string().parse())?;
    let held: io::Result<Vec<File>> = (0..hold).map(|_| File::open(&path)).collect();
    let found = json!({
        "path": path,
        "exists": files::exists(&path),
        "metadata": shown(files::metadata(&path), |about| json!({
            "folder": about.kind == Kind::Folder,
            "size": about.size,
            "dated": about.modified.is_some(),
        })),
        "list": shown(files::list(&path), |entries| {
            let names = entries.into_iter().map(|entry| match entry.kind {
                Kind::File => entry.name,
                Kind::Folder => entry.name + "/",
            });
            names.collect()
        }),
        "read": shown(files::read_to_string(&path), Value::from),
        "parts": shown(parts(&path), Value::from),
        "held": shown(held, |files| files.len().into()),
    });
    Ok(([("Content-Type", "application/json")], found.to_string()))
}

/// Pieces of a file from its end, its beginning and its middle.
fn parts(path: &str) -> io::Result<Vec<String>> {
    let mut file = File::open(path)?;
    let mut parts = Vec::new();
    for place in [SeekFrom::End(-2), SeekFrom::Start(0), SeekFrom::Current(1)] {
        file.seek(place)?;
        let mut piece = [0; 2];
        file.read_exact(&mut piece)?;
        parts.push(String::from_utf8_lossy(&piece).into_owned());
    }
    Ok(parts)
}

fn shown<T>(result: io::Result<T>, show: impl FnOnce(T) -> Value) -> Value {
    result.map_or_else(|error| error.to_string().into(), show)
}
