//! What the fuzz targets of `fuzz/` run: each takes any bytes and panics where
//! an invariant does not hold. Not part of this crate's API. The property tests
//! of pipes and templates run the same.
//!
//! The saved corpus is replayed by the tests below, so that what a fuzzer once
//! found shows on a stable toolchain too.

use std::sync::Arc;

use bytes::Bytes;
use cap_std::ambient_authority;
use cap_std::fs::Dir;
use host_wire::{ConnectionInfo, Fields, Head, Protocol};

use crate::pipes::{PipeError, Registry, parameter};
use crate::template::{Context, Escape, substitute};
use crate::{Facts, Piece, Response, Site};

/// Any bytes as a query, and as a string of pipes: what is wrong is inside the
/// string, and can be pointed at; what is right ends, whatever the content.
pub fn pipes(data: &[u8]) {
    assert_ne!(parameter(data).as_deref(), Some(""));
    let pipes = String::from_utf8_lossy(data);
    for content in ["", CONTENT] {
        let Err(error) = run(pipe(content, &pipes)) else {
            continue;
        };
        let PipeError::Syntax { at, .. } = error else {
            // A template that was cut, by `slice(3)|sub`.
            continue;
        };
        let message = error.to_string();
        let caret = message.lines().last().map(str::trim_start);
        assert_eq!(caret, Some("^"), "{message}");
        assert!(pipes.is_char_boundary(at), "{at} of {pipes:?}");
    }
}

/// What is piped.
const CONTENT: &str = "{{GET[a]}} 0123456789 {{host}}";

/// Runs pipes on content, and takes what they make to its end.
async fn pipe(content: &'static str, pipes: &str) -> Result<(), PipeError> {
    let mut response = Response::new(200);
    response.body = Bytes::from(content).into();
    let pipeline = Registry::wptserve().parse(pipes)?;
    let mut body = pipeline.apply(response, &Arc::new(context())).await?.body;
    let length = body.length();
    let mut came = 0;
    loop {
        match body.next().await {
            Ok(Some(Piece::Data(data))) => came += data.len(),
            // The client waits for it.
            Ok(Some(Piece::Pause(_))) => {}
            // Pauses that are too long together: the answer is broken off.
            Err(_) => return Ok(()),
            Ok(None) => break,
        }
    }
    assert!(
        length.is_none_or(|length| length == came as u64),
        "{pipes:?}"
    );
    Ok(())
}

/// Runs pipes on a clock that jumps when nobody has anything to do.
fn run<T>(pipes: impl Future<Output = T>) -> T {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_time()
        .start_paused(true)
        .build();
    runtime.expect("a runtime").block_on(pipes)
}

/// Any bytes as a template: what is wrong is inside it, and without expressions
/// nothing changes.
pub fn template(data: &[u8]) {
    let context = context();
    for escape in [Escape::Html, Escape::None] {
        match substitute(data, "/f", escape, &context) {
            Ok(result) if !data.windows(2).any(|two| two == b"{{") => assert_eq!(result, data),
            Ok(_) => {}
            Err(error) => {
                assert!(error.offset <= data.len());
                let lines = data.split(|b| *b == b'\n').count();
                assert!((1..=lines).contains(&error.line), "{error}");
                assert!((1..=data.len() + 1).contains(&error.column), "{error}");
            }
        }
    }
}

/// A request for `/a/b?a=1` of a server that knows one name and two ports.
fn context() -> Context {
    let host = "a.test".to_owned();
    let names = [(String::new(), host.clone())];
    let facts = Facts {
        doc_root: "/srv".into(),
        url_base: "/".to_owned(),
        browser_host: host,
        domains: [(String::new(), names.into())].into(),
        ports: [("http".to_owned(), vec![8000, 8001])].into(),
        ..Facts::default()
    };
    // A folder that exists everywhere. Only `file_hash` looks into it.
    let dir = Dir::open_ambient_dir(std::env::temp_dir(), ambient_authority());
    let address = ([127, 0, 0, 1], 8000).into();
    Context {
        site: Site {
            dir: Arc::new(dir.expect("a folder")),
            raw: false,
            wrappers: false,
            inject: None,
            hidden: crate::Hidden::default(),
            facts: Arc::new(facts),
            pipes: Arc::default(),
        },
        head: Head {
            protocol: Protocol::Http11,
            method: Bytes::from("GET"),
            target: Bytes::from("/a/b?a=1"),
            authority: Some(Bytes::from("a.test:8000")),
            scheme: Bytes::from("http"),
            connect_protocol: None,
            request_line: Bytes::new(),
            fields: Fields::new(),
            stream_id: 0,
            connection: Arc::new(ConnectionInfo {
                id: 1,
                peer: address,
                local: address,
                tls: None,
                journal: None,
            }),
        },
    }
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::path::Path;

    /// Runs a target over its saved inputs.
    fn replay(target: &str, run: fn(&[u8])) {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fuzz/corpus");
        let mut inputs = 0;
        for file in fs::read_dir(root.join(target)).unwrap() {
            run(&fs::read(file.unwrap().path()).unwrap());
            inputs += 1;
        }
        assert!(inputs > 0, "no corpus for {target}");
    }

    #[test]
    fn the_corpus_of_pipes() {
        replay("pipes", super::pipes);
    }

    #[test]
    fn the_corpus_of_templates() {
        replay("template", super::template);
    }
}
