//! What is said of each request and of each violation, as events of `tracing`.
//!
//! Whoever shows them escapes them: method, target and host are the client's
//! bytes.

use std::net::SocketAddr;
use std::time::Duration;

use bytes::Bytes;
use host_wire::{ConnectionInfo, Head, Violation};

use crate::dispatch::Done;

/// The target of events about requests.
pub const REQUEST: &str = "access";
/// The target of events about what clients did against the rules.
pub const VIOLATION: &str = "violation";

/// What is told of a request, kept while it is answered.
#[derive(Debug)]
pub(crate) struct Request {
    method: Bytes,
    target: Bytes,
    protocol: &'static str,
    client: SocketAddr,
    connection: u64,
    stream: u32,
}

impl Request {
    pub(crate) fn of(head: &Head) -> Self {
        Self {
            method: head.method.clone(),
            target: head.target.clone(),
            protocol: head.protocol.as_str(),
            client: head.connection.peer,
            connection: head.connection.id,
            stream: head.stream_id,
        }
    }
}

/// Tells of an answered request.
pub(crate) fn request(request: &Request, done: &Done, wall: Duration) {
    // The event's fields are not evaluated when nobody listens.
    tracing::info!(
        target: REQUEST,
        method = &*String::from_utf8_lossy(&request.method),
        target = &*String::from_utf8_lossy(&request.target),
        protocol = request.protocol,
        status = done.status,
        tenant = done.tenant,
        handler = done.handler,
        mock = done.mock,
        bytes = done.bytes,
        wall_us = micros(wall),
        cpu_us = done.cpu.map(micros),
        client = %request.client,
        connection = request.connection,
        stream = (request.stream != 0).then_some(request.stream),
    );
}

/// Tells what a client did against the rules.
pub fn violation(connection: &ConnectionInfo, violation: &Violation) {
    tracing::warn!(
        target: VIOLATION,
        section = violation.section,
        client = %connection.peer,
        connection = connection.id,
        stream = violation.stream,
        "{violation}"
    );
}

fn micros(time: Duration) -> u64 {
    u64::try_from(time.as_micros()).unwrap_or(u64::MAX)
}
