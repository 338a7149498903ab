//! `writer`: control of what is written, frame by frame and byte by byte.

use bytes::Bytes;
use host_wire::{Coding, Reply, WireError, WireOp};
use wasmtime::component::Resource;

use super::frame_types::Priority;
use super::generated::host::handler::writer::{Host, HostWriter};
use super::types::{Field, WriteError};
use super::writer_types::{Huffman, Indexing, Peer};
use super::{Writer, to_wire};
use crate::answer::{Piece, Pushed, Refused};
use crate::state::State;

type Done = Result<(), WriteError>;

impl Host for State {}

impl State {
    async fn apply(&mut self, op: WireOp) -> Result<Reply, WriteError> {
        Ok(self.answer.apply(&mut self.exchange, op).await?)
    }

    async fn write_piece(&mut self, stream: Option<u32>, piece: Piece) -> Done {
        let written = self.answer.write_data(&mut self.exchange, stream, piece);
        Ok(written.await?)
    }
}

impl HostWriter for State {
    // === both protocols, checked ===

    async fn write_headers(
        &mut self,
        _: Resource<Writer>,
        headers: Vec<Field>,
        status_code: u16,
        status_message: Option<Vec<u8>>,
        stream_id: Option<u32>,
        last: bool,
    ) -> Done {
        self.exchange.write_as("write-headers");
        let reason = status_message.map(Bytes::from);
        let (exchange, fields) = (&mut self.exchange, to_wire(headers));
        let written =
            self.answer
                .write_headers(exchange, stream_id, status_code, reason, fields, last);
        Ok(written.await?)
    }

    async fn write_data(
        &mut self,
        _: Resource<Writer>,
        item: Vec<u8>,
        last: bool,
        stream_id: Option<u32>,
    ) -> Done {
        self.exchange.write_as("write-data");
        let piece = Piece {
            data: item.into(),
            end: last,
            whole: false,
        };
        self.write_piece(stream_id, piece).await
    }

    async fn write_data_frame(
        &mut self,
        _: Resource<Writer>,
        data: Vec<u8>,
        last: bool,
        stream_id: Option<u32>,
    ) -> Done {
        self.exchange.write_as("write-data-frame");
        let piece = Piece {
            data: data.into(),
            end: last,
            whole: true,
        };
        self.write_piece(stream_id, piece).await
    }

    async fn write_trailers(
        &mut self,
        _: Resource<Writer>,
        headers: Vec<Field>,
        stream_id: Option<u32>,
    ) -> Done {
        self.exchange.write_as("write-trailers");
        let (exchange, fields) = (&mut self.exchange, to_wire(headers));
        let written = self.answer.write_trailers(exchange, stream_id, fields);
        Ok(written.await?)
    }

    async fn end_stream(&mut self, _: Resource<Writer>, stream_id: Option<u32>) -> Done {
        self.exchange.write_as("end-stream");
        Ok(self
            .answer
            .end_stream(&mut self.exchange, stream_id)
            .await?)
    }

    async fn reset_stream(
        &mut self,
        _: Resource<Writer>,
        code: u32,
        stream_id: Option<u32>,
    ) -> Done {
        self.exchange.write_as("reset-stream");
        let exchange = &mut self.exchange;
        Ok(self.answer.reset(exchange, stream_id, code).await?)
    }

    async fn flush(&mut self, _: Resource<Writer>) -> Done {
        self.exchange.write_as("flush");
        self.apply(WireOp::Flush).await.map(drop)
    }

    // === HTTP/2, checked ===

    async fn write_push(
        &mut self,
        _: Resource<Writer>,
        promise_headers: Vec<Field>,
        push_stream_id: Option<u32>,
        status: Option<u16>,
        response_headers: Option<Vec<Field>>,
        response_data: Option<Vec<u8>>,
    ) -> Result<u32, WriteError> {
        self.exchange.write_as("write-push");
        let pushed = Pushed {
            status,
            fields: response_headers.map(to_wire),
            data: response_data.map(Bytes::from),
        };
        let (exchange, fields) = (&mut self.exchange, to_wire(promise_headers));
        let promised = self
            .answer
            .write_push(exchange, push_stream_id, fields, pushed);
        Ok(promised.await?)
    }

    async fn ping(&mut self, _: Resource<Writer>, data: Vec<u8>) -> Done {
        self.exchange.write_as("ping");
        let Ok(data) = data.try_into() else {
            let wrong = WireError::protocol("a PING has 8 bytes", "RFC 9113 §6.7");
            return Err(wrong.into());
        };
        self.apply(WireOp::Ping { data }).await.map(drop)
    }

    async fn window_update(
        &mut self,
        _: Resource<Writer>,
        increment: u32,
        stream_id: Option<u32>,
    ) -> Done {
        self.exchange.write_as("window-update");
        let stream = stream_id.unwrap_or(self.exchange.head().stream_id);
        let op = WireOp::WindowUpdate { stream, increment };
        self.apply(op).await.map(drop)
    }

    async fn priority(
        &mut self,
        _: Resource<Writer>,
        priority: Priority,
        stream_id: Option<u32>,
    ) -> Done {
        self.exchange.write_as("priority");
        let op = WireOp::Priority {
            stream: stream_id,
            priority: priority.into(),
        };
        self.apply(op).await.map(drop)
    }

    async fn set_padding(&mut self, _: Resource<Writer>, length: Option<u8>) -> Done {
        self.exchange.write_as("set-padding");
        Ok(self.answer.set_padding(&mut self.exchange, length).await?)
    }

    async fn set_header_coding(
        &mut self,
        _: Resource<Writer>,
        indexing: Indexing,
        huffman: Huffman,
    ) -> Done {
        self.exchange.write_as("set-header-coding");
        let coding = Coding {
            indexing: match indexing {
                Indexing::Automatic => None,
                Indexing::Incremental => Some(host_wire::Indexing::Incremental),
                Indexing::Without => Some(host_wire::Indexing::Without),
                Indexing::Never => Some(host_wire::Indexing::Never),
            },
            huffman: match huffman {
                Huffman::Automatic => None,
                Huffman::Always => Some(true),
                Huffman::Never => Some(false),
            },
        };
        self.apply(WireOp::Coding(coding)).await.map(drop)
    }

    async fn encode_headers(
        &mut self,
        _: Resource<Writer>,
        headers: Vec<Field>,
    ) -> Result<Vec<u8>, WriteError> {
        self.exchange.write_as("encode-headers");
        match self.apply(WireOp::EncodeFields(to_wire(headers))).await? {
            Reply::Block(block) => Ok(block.into()),
            _ => Ok(Vec::new()),
        }
    }

    async fn peer(
        &mut self,
        _: Resource<Writer>,
        stream_id: Option<u32>,
    ) -> Result<Peer, WriteError> {
        self.exchange.write_as("peer");
        let peer = self.exchange.peer(stream_id)?;
        Ok(Peer {
            header_table_size: peer.header_table_size,
            enable_push: peer.enable_push,
            max_concurrent_streams: peer.max_concurrent_streams,
            initial_window_size: peer.initial_window_size,
            max_frame_size: peer.max_frame_size,
            max_header_list_size: peer.max_header_list_size,
            connection_window: peer.connection_window,
            stream_window: peer.stream_window,
        })
    }

    // === HTTP/2, raw ===

    async fn goaway(
        &mut self,
        _: Resource<Writer>,
        last_stream_id: Option<u32>,
        code: u32,
        debug: Vec<u8>,
    ) -> Done {
        self.exchange.write_as("goaway");
        let op = WireOp::GoAway {
            last_stream: last_stream_id,
            code,
            debug: debug.into(),
        };
        self.apply(op).await.map(drop)
    }

    async fn settings(&mut self, _: Resource<Writer>, settings: Vec<(u16, u32)>) -> Done {
        self.exchange.write_as("settings");
        self.apply(WireOp::Settings { settings }).await.map(drop)
    }

    async fn set_header_table_size(&mut self, _: Resource<Writer>, size: u32) -> Done {
        self.exchange.write_as("set-header-table-size");
        self.apply(WireOp::TableSize(size)).await.map(drop)
    }

    async fn write_raw_header_frame(
        &mut self,
        _: Resource<Writer>,
        headers: Vec<Field>,
        stream_id: Option<u32>,
        end_stream: bool,
        end_headers: bool,
    ) -> Done {
        self.exchange.write_as("write-raw-header-frame");
        let (exchange, fields) = (&mut self.exchange, to_wire(headers));
        let written = self
            .answer
            .raw_headers(exchange, stream_id, fields, end_stream, end_headers);
        Ok(written.await?)
    }

    async fn write_raw_continuation_frame(
        &mut self,
        _: Resource<Writer>,
        headers: Vec<Field>,
        stream_id: Option<u32>,
        end_headers: bool,
    ) -> Done {
        self.exchange.write_as("write-raw-continuation-frame");
        let (exchange, fields) = (&mut self.exchange, to_wire(headers));
        let written = self
            .answer
            .raw_continuation(exchange, stream_id, fields, end_headers);
        Ok(written.await?)
    }

    async fn write_raw_data_frame(
        &mut self,
        _: Resource<Writer>,
        data: Vec<u8>,
        stream_id: Option<u32>,
        end_stream: bool,
    ) -> Done {
        self.exchange.write_as("write-raw-data-frame");
        let exchange = &mut self.exchange;
        let written = self
            .answer
            .raw_data(exchange, stream_id, data.into(), end_stream);
        Ok(written.await?)
    }

    async fn write_raw_frame(
        &mut self,
        _: Resource<Writer>,
        type_: u8,
        flags: u8,
        stream_id: u32,
        payload: Vec<u8>,
    ) -> Done {
        self.exchange.write_as("write-raw-frame");
        let exchange = &mut self.exchange;
        let written = self
            .answer
            .raw_frame(exchange, type_, flags, stream_id, payload.into());
        Ok(written.await?)
    }

    // === both protocols, raw ===

    async fn write_raw_bytes(&mut self, _: Resource<Writer>, bytes: Vec<u8>) -> Done {
        self.exchange.write_as("write-raw-bytes");
        let written = self
            .answer
            .raw_bytes(&mut self.exchange, bytes.into(), false);
        Ok(written.await?)
    }

    async fn close(&mut self, _: Resource<Writer>) -> Done {
        self.exchange.write_as("close");
        let exchange = &mut self.exchange;
        Ok(self.answer.end_connection(exchange, WireOp::Close).await?)
    }

    async fn reset(&mut self, _: Resource<Writer>) -> Done {
        self.exchange.write_as("reset");
        let exchange = &mut self.exchange;
        Ok(self.answer.end_connection(exchange, WireOp::Abort).await?)
    }

    // === HTTP/1, raw ===

    async fn write_status(
        &mut self,
        _: Resource<Writer>,
        code: u16,
        message: Option<Vec<u8>>,
    ) -> Done {
        self.exchange.write_as("write-status");
        let (exchange, message) = (&mut self.exchange, message.map(Bytes::from));
        Ok(self.answer.write_status(exchange, code, message).await?)
    }

    async fn write_header(&mut self, _: Resource<Writer>, name: Vec<u8>, value: Vec<u8>) -> Done {
        self.exchange.write_as("write-header");
        let exchange = &mut self.exchange;
        Ok(self.answer.write_header(exchange, &name, &value).await?)
    }

    async fn write_default_headers(&mut self, _: Resource<Writer>) -> Done {
        self.exchange.write_as("write-default-headers");
        let exchange = &mut self.exchange;
        Ok(self.answer.write_default_headers(exchange).await?)
    }

    async fn end_headers(&mut self, _: Resource<Writer>) -> Done {
        self.exchange.write_as("end-headers");
        Ok(self.answer.end_headers(&mut self.exchange).await?)
    }

    async fn write_content(&mut self, _: Resource<Writer>, data: Vec<u8>) -> Done {
        self.exchange.write_as("write-content");
        let exchange = &mut self.exchange;
        Ok(self.answer.write_content(exchange, data.into()).await?)
    }

    async fn write_raw_content(&mut self, _: Resource<Writer>, data: Vec<u8>) -> Done {
        self.exchange.write_as("write-raw-content");
        let exchange = &mut self.exchange;
        let written = self
            .answer
            .write_verbatim(exchange, "write-raw-content", data.into());
        Ok(written.await?)
    }

    async fn write(&mut self, _: Resource<Writer>, data: Vec<u8>) -> Done {
        self.exchange.write_as("write");
        let exchange = &mut self.exchange;
        let written = self.answer.write_verbatim(exchange, "write", data.into());
        Ok(written.await?)
    }

    async fn drop(&mut self, _: Resource<Writer>) -> wasmtime::Result<()> {
        Ok(())
    }
}

impl From<WireError> for WriteError {
    fn from(error: WireError) -> Self {
        match error {
            WireError::WrongProtocol { .. } => Self::WrongProtocol(error.to_string()),
            WireError::Reset(code) => Self::Reset(code),
            WireError::Gone => Self::Gone,
            error => Self::Protocol(error.to_string()),
        }
    }
}

impl From<Refused> for WriteError {
    fn from(refused: Refused) -> Self {
        match refused {
            Refused::Wire(error) => error.into(),
            Refused::Limit(_) => Self::Limit(refused.to_string()),
            Refused::NotGranted(how) => Self::NotGranted(how),
        }
    }
}
