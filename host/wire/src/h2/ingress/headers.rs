//! HEADERS and CONTINUATION: blocks to requests and trailers.

use std::sync::Arc;

use bytes::BytesMut;
use tokio::time::Instant;

use super::Ingress;
use crate::content::Method;
use crate::h2::fault::Fault;
use crate::h2::frame::{
    BlockHead, Continuation, Headers, MIN_MAX_FRAME_SIZE, RstStream, flag, write_block,
};
use crate::h2::hpack::Bounds;
use crate::h2::request::{check_trailers, request};
use crate::h2::state::Opened;
use crate::h2::stream::Waiting;
use crate::h2::streams::Ended;
use crate::h2::{Exchange, code, limits, response};
use crate::{Field, Fields, Head, HeadersFrame, Priority, Refusal, Service, Violation};

/// A block of fields that is coming in.
#[derive(Debug)]
pub(super) struct OpenBlock {
    pub stream: u32,
    flags: u8,
    padding: Option<u8>,
    priority: Option<Priority>,
    /// What was wrong with the HEADERS frame, to be dealt with when the block
    /// has been decoded.
    fault: Option<Fault>,
    coded: BytesMut,
    continuations: u32,
    pub began: Instant,
}

impl<S: Service> Ingress<S> {
    pub(super) fn on_headers(
        &mut self,
        headers: Headers,
        fault: Option<Fault>,
    ) -> Result<(), Fault> {
        if headers.stream.is_multiple_of(2) {
            let what = "a client opened a stream with an even number";
            let code = code::PROTOCOL_ERROR;
            return Err(Fault::connection(code, "RFC 9113 §5.1.1", what));
        }
        let mut block = OpenBlock {
            stream: headers.stream,
            flags: headers.flags,
            padding: headers.padding,
            priority: headers.priority,
            fault,
            coded: BytesMut::new(),
            continuations: 0,
            began: self.now,
        };
        let most = self.most_coded();
        if headers.fragment.len() > most {
            let what = format!("a header block of more than {most} bytes");
            return Err(Fault::flood("RFC 9113 §10.5.1", what));
        }
        if headers.end_headers() {
            return self.end_block(block, &headers.fragment);
        }
        block.coded.extend_from_slice(&headers.fragment);
        self.block = Some(block);
        Ok(())
    }

    /// Bytes that a coded block may have, however it is cut. At least as many as
    /// fit any client's first frame.
    fn most_coded(&self) -> usize {
        self.limits()
            .head_bytes
            .saturating_mul(limits::CODED_HEAD_FACTOR)
            .max(MIN_MAX_FRAME_SIZE as usize)
    }

    pub(super) fn on_continuation(&mut self, frame: Continuation) -> Result<(), Fault> {
        let Some(mut block) = self.block.take() else {
            let what = "a CONTINUATION without an open header block";
            let code = code::PROTOCOL_ERROR;
            return Err(Fault::connection(code, "RFC 9113 §6.10", what));
        };
        block.continuations += 1;
        if block.continuations > limits::CONTINUATIONS {
            let what = "too many CONTINUATIONs in one header block";
            return Err(Fault::flood("CVE-2024-27316", what));
        }
        let most = self.most_coded();
        if block.coded.len() + frame.fragment.len() > most {
            let what = format!("a header block of more than {most} bytes");
            return Err(Fault::flood("RFC 9113 §10.5.1", what));
        }
        block.coded.extend_from_slice(&frame.fragment);
        if !frame.end_headers {
            self.block = Some(block);
            return Ok(());
        }
        let coded = std::mem::take(&mut block.coded);
        self.end_block(block, &coded)
    }

    /// Decodes a whole block, whatever becomes of it: the compression is the
    /// connection's (RFC 9113 §4.3).
    fn end_block(&mut self, mut block: OpenBlock, coded: &[u8]) -> Result<(), Fault> {
        let bounds = Bounds {
            bytes: self.limits().head_bytes,
            fields: self.limits().head_fields,
        };
        let list = self.decoder.decode(coded, bounds)?;
        let fault = block.fault.take();
        let end_stream = block.flags & flag::END_STREAM != 0;
        let frame = |fields: Vec<Field>| HeadersFrame {
            stream_id: block.stream,
            flags: block.flags,
            fields: Fields::from(fields),
            end_stream,
            padding: block.padding,
            priority: block.priority,
        };
        if self.is_ignored(block.stream) {
            return self.spend_control();
        }
        if block.stream <= self.last_stream() {
            if let Some(fault) = fault {
                return Err(fault);
            }
            return self.on_trailers(frame(list.fields), list.over);
        }
        self.shared.lock().last_stream = block.stream;
        if let Some(fault) = fault {
            return Err(fault);
        }
        self.check_concurrency()?;
        if list.over {
            return self.refuse_head(block.stream, end_stream);
        }
        let request = request(block.stream, &list.fields, end_stream, &self.info)?;
        let length = request.content_length;
        self.spawn(request.head, frame(list.fields), length);
        self.control.earn(1);
        Ok(())
    }

    /// RFC 9113 §5.1.2, and the same for handlers that are still at work.
    fn check_concurrency(&self) -> Result<(), Fault> {
        let state = self.shared.lock();
        let most = self.limits().concurrent_streams;
        let said = state.concurrent_streams.unwrap_or(most);
        let most = said.min(most.max(limits::MOST_STREAMS)) as usize;
        let (section, what) = if state.streams.open() >= most {
            let what = "more streams than SETTINGS_MAX_CONCURRENT_STREAMS";
            ("RFC 9113 §5.1.2", what)
        } else if state.streams.held >= most.saturating_mul(limits::HANDLERS_PER_STREAM) {
            let what = "the handlers of streams that were reset are still at work";
            match self.resets.spent() > self.forced_resets.spent() {
                true => (limits::RAPID_RESET, what),
                false => (limits::MADE_YOU_RESET, what),
            }
        } else {
            return Ok(());
        };
        Err(Fault::stream(code::REFUSED_STREAM, section, what))
    }

    /// Opens the stream and has it answered.
    fn spawn(&self, head: Head, first: HeadersFrame, content_length: Option<u64>) {
        let opened = Opened {
            method: Method::of(&head.method),
            receiving: !first.end_stream,
            content_left: content_length,
        };
        let key = self.shared.lock().open(head.stream_id, opened);
        let exchange = Exchange::new(Arc::clone(&self.shared), key, head, first);
        let service = Arc::clone(&self.service);
        tokio::spawn(async move { service.call(exchange.into()).await });
    }

    /// Has the request answered that came by HTTP/1.
    pub(super) fn spawn_upgraded(&self, head: Head) {
        let mut fields = Fields::with_capacity(head.fields.len() + 4);
        fields.append(":method", head.method.clone());
        fields.append(":scheme", head.scheme.clone());
        if let Some(authority) = &head.authority {
            fields.append(":authority", authority.clone());
        }
        fields.append(":path", head.target.clone());
        for (name, value) in &head.fields {
            fields.append(name.to_ascii_lowercase(), value.clone());
        }
        let first = HeadersFrame {
            stream_id: head.stream_id,
            flags: flag::END_STREAM | flag::END_HEADERS,
            fields,
            end_stream: true,
            padding: None,
            priority: None,
        };
        self.spawn(head, first, None);
    }

    /// Answers a request whose head is too large with 431 (RFC 6585 §5); the
    /// compression is in order, so the connection goes on (RFC 9113 §10.5.1).
    fn refuse_head(&mut self, id: u32, end_stream: bool) -> Result<(), Fault> {
        const STATUS: u16 = 431;
        if !self.forced_resets.spend(self.now) {
            let what = "too many requests with too large a head";
            return Err(Fault::flood("RFC 9113 §10.5.1", what));
        }
        let mut guard = self.shared.lock();
        let state = &mut *guard;
        let style = state.style(None);
        let (encoder, max) = (&mut state.encoder, state.peer.max_frame_size);
        state.out.control(|out| {
            let head = BlockHead {
                stream: id,
                end_stream: true,
                ..BlockHead::default()
            };
            write_block(head, max, out, |out| {
                response::encode(encoder, style, Some(STATUS), &Fields::new(), out);
            });
            if !end_stream {
                let code = code::NO_ERROR;
                RstStream { stream: id, code }.write(out);
            }
        });
        state.streams.close(
            id,
            match end_stream {
                true => Ended::Complete,
                false => Ended::ResetByUs,
            },
        );
        drop(guard);
        self.report(&Violation {
            section: "RFC 9113 §10.5.1",
            what: "the head is larger than the limit".into(),
            stream: Some(id),
            refusal: Refusal::Status(STATUS),
        });
        Ok(())
    }

    /// HEADERS on a stream that was opened before.
    fn on_trailers(&mut self, frame: HeadersFrame, over: bool) -> Result<(), Fault> {
        let id = frame.stream_id;
        let open = self.shared.lock().streams.key(id);
        let Some(key) = open else {
            return self.on_ended(id, "HEADERS");
        };
        self.half_closed(key)?;
        if self.is_tunnel(key) {
            let what = "HEADERS in the tunnel of a CONNECT";
            let code = code::PROTOCOL_ERROR;
            return Err(Fault::stream(code, "RFC 9113 §8.5", what));
        }
        if !frame.end_stream {
            let what = "trailers that do not end the stream";
            let code = code::PROTOCOL_ERROR;
            return Err(Fault::stream(code, "RFC 9113 §8.1", what));
        }
        if over {
            let what = "the trailers are larger than the limit for heads";
            let code = code::ENHANCE_YOUR_CALM;
            return Err(Fault::stream(code, "RFC 9113 §10.5.1", what));
        }
        check_trailers(&frame.fields)?;
        let mut state = self.shared.lock();
        let Some(stream) = state.streams.get_mut(key) else {
            return Ok(());
        };
        if stream.content_left.is_some_and(|left| left > 0) {
            let what = "less content than Content-Length says";
            let code = code::PROTOCOL_ERROR;
            return Err(Fault::stream(code, "RFC 9113 §8.1.1", what));
        }
        stream.queue.push_back(Waiting::Trailers(Box::new(frame)));
        stream.receiving = false;
        stream.wake_reader();
        state.waiting_frames += 1;
        state.close_if_complete(key);
        Ok(())
    }

    /// Refuses HEADERS after the client's END_STREAM (RFC 9113 §5.1,
    /// "half-closed (remote)").
    fn half_closed(&self, key: usize) -> Result<(), Fault> {
        let state = self.shared.lock();
        match state.streams.get(key) {
            Some(stream) if !stream.receiving => {
                let what = "HEADERS after END_STREAM";
                Err(Fault::stream(code::STREAM_CLOSED, "RFC 9113 §5.1", what))
            }
            _ => Ok(()),
        }
    }

    /// Whether the stream's content is that of a CONNECT, which has no trailers.
    fn is_tunnel(&self, key: usize) -> bool {
        let state = self.shared.lock();
        let stream = state.streams.get(key);
        stream.is_some_and(|stream| stream.method == Method::Connect)
    }

    /// HEADERS or DATA on a stream that has closed (RFC 9113 §5.1, "closed").
    pub(super) fn on_ended(&mut self, id: u32, name: &str) -> Result<(), Fault> {
        let state = self.shared.lock();
        let (ended, raw) = (state.streams.how_ended(id), state.streams.is_raw(id));
        drop(state);
        if raw {
            return self.spend_control();
        }
        let what = |state| format!("{name} on a stream that {state}");
        match ended {
            // It was on its way when we reset the stream, or may have been.
            Ended::ResetByUs | Ended::Forgotten => self.spend_control(),
            // A stream error would send RST_STREAM, which no closed stream has.
            Ended::ResetByClient | Ended::Complete => {
                let what = what(match ended {
                    Ended::Complete => "has ended",
                    _ => "the client has reset",
                });
                Err(Fault::connection(
                    code::STREAM_CLOSED,
                    "RFC 9113 §5.1",
                    what,
                ))
            }
            Ended::Never => {
                let what = what("a later one has passed");
                Err(Fault::connection(
                    code::PROTOCOL_ERROR,
                    "RFC 9113 §5.1.1",
                    what,
                ))
            }
        }
    }
}
