//! An entry of the journal as one JSON object on one line.
#![doc = include_str!("../../../../docs/journal.md")]

use std::borrow::Cow;
use std::time::{Duration, SystemTime};

use host_wire::journal::{
    Block, Cause, ClientHello, Direction, Entry, Exchange, Frame, Of, Payload, Preview, Span, What,
};
use host_wire::{Fields, Priority, Refusal, TlsInfo, Violation};

use super::client_hello::names;
use super::object::Object;

/// Appends the line, with its end.
pub fn append(entry: &Entry, line: &mut Vec<u8>) {
    let mut object = Object::begin(line);
    object.time("time", entry.time);
    object.put("us", micros(entry.since));
    if let Some(Span { began, parts }) = entry.span {
        object.put("began_us", micros(began));
        object.put("parts", parts);
    }
    object.put("connection", entry.connection);
    object.what(&entry.what);
    object.end();
}

/// Appends that so many entries were lost here.
pub(crate) fn append_lost(entries: u64, line: &mut Vec<u8>) {
    let mut object = Object::begin(line);
    object.time("time", SystemTime::now());
    object.put("event", "lost");
    object.put("entries", entries);
    object.end();
}

fn micros(time: Duration) -> u64 {
    u64::try_from(time.as_micros()).unwrap_or(u64::MAX)
}

impl Object<'_> {
    fn fields(&mut self, fields: &Fields) {
        self.name("fields");
        self.array(|list| {
            for (name, value) in fields {
                list.array(|field| {
                    field.text(name);
                    field.text(value);
                });
            }
        });
    }

    fn of(&mut self, of: Of) {
        match of {
            Of::Stream(stream) => self.put("stream", stream),
            Of::Request(request) => self.put("request", request),
        }
    }

    fn by(&mut self, cause: Cause) {
        self.put("by", cause.operation);
        match cause.of {
            Of::Stream(stream) => self.put("by_stream", stream),
            Of::Request(request) => self.put("by_request", request),
        }
    }

    fn direction(&mut self, direction: Direction, cause: Option<Cause>) {
        match (direction, cause) {
            (Direction::In, _) => self.put("dir", "in"),
            (Direction::Out, Some(cause)) => {
                self.put("dir", "out");
                self.by(cause);
            }
            (Direction::Out, None) => {
                self.put("dir", "out");
                self.put("by", "engine");
            }
        }
    }

    fn what(&mut self, what: &What) {
        let event = match what {
            What::Open { .. } => "open",
            What::Tls { .. } => "tls",
            What::Preface => "preface",
            What::Frame(_) => "frame",
            What::Head(_) => "head",
            What::Body(piece) if piece.chunk => "chunk",
            What::Body(_) => "body",
            What::Trailers { .. } => "trailers",
            What::Bytes(_) => "bytes",
            What::Exchange(_) => "exchange",
            What::Answered { .. } => "answered",
            What::Refused { .. } => "refused",
            What::Violation { .. } => "violation",
            What::End { .. } => "end",
            What::Reset { .. } => "reset",
            What::Close { .. } => "close",
            _ => "other",
        };
        self.put("event", event);
        match what {
            What::Open { peer, local } => {
                self.put("peer", peer.to_string());
                self.put("local", local.to_string());
            }
            What::Tls {
                agreed,
                hello,
                received,
                error,
            } => {
                self.tls(agreed.as_ref(), hello.as_deref(), error.as_deref());
                if let Some(received) = received {
                    self.bytes("received", &received.start);
                }
            }
            What::Preface => self.direction(Direction::In, None),
            What::Frame(frame) => self.frame(frame),
            What::Head(head) => {
                self.direction(head.direction, head.cause);
                self.put("request", head.request);
                self.bytes("line", &head.line);
                self.some("status", head.status);
                self.fields(&head.fields);
                if let Some(raw) = &head.raw {
                    self.bytes("raw", raw);
                }
            }
            What::Body(piece) => {
                self.direction(piece.direction, piece.cause);
                self.put("request", piece.request);
                self.put("length", piece.data.length);
                self.some("missing", (piece.missing > 0).then_some(piece.missing));
                self.bytes("data", &piece.data.start);
            }
            What::Trailers {
                direction,
                request,
                fields,
                cause,
            } => {
                self.direction(*direction, *cause);
                self.put("request", *request);
                self.fields(fields);
            }
            What::Bytes(unread) => {
                self.direction(unread.direction, unread.cause);
                self.some("request", unread.request);
                self.put("length", unread.data.length);
                self.bytes("data", &unread.data.start);
            }
            What::Exchange(exchange) => self.exchange(exchange),
            What::Answered {
                exchange,
                status,
                error,
            } => {
                self.exchange(exchange);
                self.some("status", *status);
                self.some("error", error.as_deref());
            }
            What::Refused {
                cause,
                what,
                section,
            } => {
                self.by(*cause);
                self.put("what", &**what);
                self.some("section", *section);
            }
            What::Violation { violation, request } => {
                self.some("request", *request);
                self.violation(violation);
            }
            What::End { direction, cause } => self.direction(*direction, *cause),
            What::Reset { cause } => self.direction(Direction::Out, *cause),
            What::Close { error } => self.some("error", error.as_deref()),
            _ => {}
        }
    }

    fn exchange(&mut self, exchange: &Exchange) {
        self.of(exchange.of);
        self.bytes("method", &exchange.method);
        self.bytes("target", &exchange.target);
        self.some("tenant", exchange.tenant.as_deref());
        self.some("handler", exchange.handler.as_deref());
    }

    fn violation(&mut self, violation: &Violation) {
        self.some("stream", violation.stream);
        self.put("section", violation.section);
        self.bytes("what", violation.what.as_bytes());
        let (refusal, code) = match violation.refusal {
            Refusal::Status(status) => ("status", Some(u32::from(status))),
            Refusal::ResetStream(code) => ("reset-stream", Some(code)),
            Refusal::GoAway(code) => ("goaway", Some(code)),
            Refusal::Closed => ("closed", None),
            _ => ("ignored", None),
        };
        self.put("refusal", refusal);
        self.some("code", code);
    }

    fn tls(&mut self, agreed: Option<&TlsInfo>, hello: Option<&ClientHello>, error: Option<&str>) {
        if let Some(agreed) = agreed {
            self.put("version", &*agreed.version);
            self.put("cipher", &*agreed.cipher);
            if let Some(alpn) = &agreed.alpn {
                self.bytes("alpn", alpn);
            }
            self.some("server_name", agreed.server_name.as_deref());
        }
        self.some("error", error);
        let Some(hello) = hello else { return };
        let all = |numbers: &[u16], name: fn(u16) -> String| -> Vec<String> {
            numbers.iter().map(|number| name(*number)).collect()
        };
        self.name("hello");
        self.object(|told| {
            told.put("version", names::version(hello.version));
            told.put("ciphers", all(&hello.ciphers, names::cipher));
            told.put("extensions", all(&hello.extensions, names::extension));
            told.put("groups", all(&hello.groups, names::group));
            told.put("point_formats", &hello.point_formats);
            told.put("signatures", all(&hello.signatures, names::signature));
            told.put("versions", all(&hello.versions, names::version));
            told.name("alpn");
            told.array(|list| hello.alpn.iter().for_each(|name| list.text(name)));
            if let Some(name) = &hello.server_name {
                told.bytes("server_name", name);
            }
        });
    }

    fn frame(&mut self, frame: &Frame) {
        self.direction(frame.direction, frame.cause);
        self.put("type", kind(frame.kind));
        self.flags(frame.kind, frame.flags);
        self.put("stream", frame.stream & 0x7fff_ffff);
        if frame.stream >> 31 == 1 {
            self.put("reserved", true);
        }
        self.put("length", frame.length);
        self.some("missing", (frame.missing > 0).then_some(frame.missing));
        self.some("padding", frame.padding);
        match &frame.payload {
            Payload::Data(data) => self.bytes("data", &data.start),
            Payload::Block {
                promised,
                priority,
                block,
            } => {
                self.some("promised", *promised);
                priority.iter().for_each(|priority| self.priority(priority));
                match block {
                    Some(Block::Fields {
                        fields,
                        cut,
                        doubtful,
                    }) => {
                        self.fields(fields);
                        self.some("cut", cut.then_some(true));
                        self.some("doubtful", doubtful.then_some(true));
                    }
                    Some(Block::Undecodable { what, block }) => {
                        self.put("undecodable", &**what);
                        self.bytes("payload", &block.start);
                    }
                    _ => {}
                }
            }
            Payload::Priority(priority) => self.priority(priority),
            Payload::Reset(code) => self.put("code", error_code(*code)),
            Payload::Settings(settings) => {
                self.name("settings");
                self.array(|list| {
                    for (id, value) in settings {
                        list.array(|one| {
                            one.value(setting(*id));
                            one.value(value);
                        });
                    }
                });
            }
            Payload::Ping(data) => self.bytes("data", data),
            Payload::GoAway {
                last_stream,
                code,
                debug,
            } => {
                self.put("last_stream", *last_stream);
                self.put("code", error_code(*code));
                self.bytes("debug", &debug.start);
            }
            Payload::WindowUpdate(increment) => self.put("increment", *increment),
            Payload::Other(Preview { start, .. }) => self.bytes("payload", start),
            _ => {}
        }
    }

    /// The flags that the type knows by name, the others as one number.
    fn flags(&mut self, kind: u8, flags: u8) {
        let known: &[(u8, &str)] = match kind {
            0 => &[(0x1, "END_STREAM"), (0x8, "PADDED")],
            1 => &[
                (0x1, "END_STREAM"),
                (0x4, "END_HEADERS"),
                (0x8, "PADDED"),
                (0x20, "PRIORITY"),
            ],
            4 | 6 => &[(0x1, "ACK")],
            5 => &[(0x4, "END_HEADERS"), (0x8, "PADDED")],
            9 => &[(0x4, "END_HEADERS")],
            _ => &[],
        };
        self.name("flags");
        self.array(|list| {
            let mut rest = flags;
            for (bit, name) in known.iter().filter(|(bit, _)| flags & bit != 0) {
                rest &= !bit;
                list.value(name);
            }
            if rest != 0 {
                list.value(rest);
            }
        });
    }

    fn priority(&mut self, priority: &Priority) {
        self.name("priority");
        self.object(|told| {
            told.put("dependency", priority.dependency);
            told.put("weight", priority.weight);
            told.put("exclusive", priority.exclusive);
        });
    }
}

/// RFC 9113 §6, RFC 7838 §4, RFC 8336 §2, RFC 9218 §7.1.
fn kind(kind: u8) -> Cow<'static, str> {
    let name = match kind {
        0 => "DATA",
        1 => "HEADERS",
        2 => "PRIORITY",
        3 => "RST_STREAM",
        4 => "SETTINGS",
        5 => "PUSH_PROMISE",
        6 => "PING",
        7 => "GOAWAY",
        8 => "WINDOW_UPDATE",
        9 => "CONTINUATION",
        10 => "ALTSVC",
        12 => "ORIGIN",
        16 => "PRIORITY_UPDATE",
        _ => return format!("UNKNOWN({kind})").into(),
    };
    name.into()
}

/// RFC 9113 §7.
fn error_code(code: u32) -> Cow<'static, str> {
    const NAMES: [&str; 14] = [
        "NO_ERROR",
        "PROTOCOL_ERROR",
        "INTERNAL_ERROR",
        "FLOW_CONTROL_ERROR",
        "SETTINGS_TIMEOUT",
        "STREAM_CLOSED",
        "FRAME_SIZE_ERROR",
        "REFUSED_STREAM",
        "CANCEL",
        "COMPRESSION_ERROR",
        "CONNECT_ERROR",
        "ENHANCE_YOUR_CALM",
        "INADEQUATE_SECURITY",
        "HTTP_1_1_REQUIRED",
    ];
    let name = NAMES.get(usize::try_from(code).unwrap_or(usize::MAX));
    name.map_or_else(|| format!("UNKNOWN({code})").into(), |name| (*name).into())
}

/// RFC 9113 §6.5.2, RFC 8441 §3, RFC 9218 §2.1.
fn setting(id: u16) -> Cow<'static, str> {
    let name = match id {
        1 => "HEADER_TABLE_SIZE",
        2 => "ENABLE_PUSH",
        3 => "MAX_CONCURRENT_STREAMS",
        4 => "INITIAL_WINDOW_SIZE",
        5 => "MAX_FRAME_SIZE",
        6 => "MAX_HEADER_LIST_SIZE",
        8 => "ENABLE_CONNECT_PROTOCOL",
        9 => "NO_RFC7540_PRIORITIES",
        _ => return format!("UNKNOWN({id})").into(),
    };
    name.into()
}
