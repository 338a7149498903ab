//! What the fuzz targets of `fuzz/` run: each takes any bytes and panics where
//! an invariant does not hold. Not part of this crate's API. The property tests
//! of pipes and templates run the same.

use std::sync::Arc;

use bytes::Bytes;
use cap_std::ambient_authority;
use cap_std::fs::Dir;
use host_wire::{ConnectionInfo, Fields, Head, Protocol};

use crate::pipes::{PipeError, Registry, parameter};
use crate::template::{Context, Escape, substitute};
use crate::{Facts, Site};

/// Any bytes as a query, and as a string of pipes: what is wrong is inside the
/// string, and can be pointed at.
pub fn pipes(data: &[u8]) {
    assert_ne!(parameter(data).as_deref(), Some(""));
    let pipes = String::from_utf8_lossy(data);
    let Err(error) = Registry::wptserve().parse(&pipes) else {
        return;
    };
    let message = error.to_string();
    let caret = message.lines().last().map(str::trim_start);
    assert_eq!(caret, Some("^"), "{message}");
    let PipeError::Syntax { at, .. } = error else {
        panic!("it was only read: {error}");
    };
    assert!(pipes.is_char_boundary(at), "{at} of {pipes:?}");
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
            hidden: crate::Hidden::default(),
            wrappers: false,
            inject: None,
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
