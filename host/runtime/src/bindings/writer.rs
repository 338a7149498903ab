//! `writer`: checked control of what is written, frame by frame.

use bytes::Bytes;
use host_wire::{WireError, WireOp};
use wasmtime::component::Resource;

use super::generated::host::handler::writer::{Host, HostWriter};
use super::types::{Field, WriteError};
use super::{Writer, to_wire};
use crate::answer::Refused;
use crate::state::State;

impl Host for State {}

impl HostWriter for State {
    async fn write_headers(
        &mut self,
        _: Resource<Writer>,
        headers: Vec<Field>,
        status_code: u16,
        status_message: Option<Vec<u8>>,
        stream_id: Option<u32>,
        last: bool,
    ) -> Result<(), WriteError> {
        let reason = status_message.map(Bytes::from);
        let (exchange, fields) = (&mut self.exchange, to_wire(headers));
        let written =
            self.answer
                .write_headers(exchange, stream_id, status_code, reason, fields, last);
        written.await.map_err(WriteError::from)
    }

    async fn write_data(
        &mut self,
        _: Resource<Writer>,
        item: Vec<u8>,
        last: bool,
        stream_id: Option<u32>,
    ) -> Result<(), WriteError> {
        let exchange = &mut self.exchange;
        let written = self
            .answer
            .write_data(exchange, stream_id, item.into(), last);
        written.await.map_err(WriteError::from)
    }

    async fn write_trailers(
        &mut self,
        _: Resource<Writer>,
        headers: Vec<Field>,
        stream_id: Option<u32>,
    ) -> Result<(), WriteError> {
        let exchange = &mut self.exchange;
        let written = self
            .answer
            .write_trailers(exchange, stream_id, to_wire(headers));
        written.await.map_err(WriteError::from)
    }

    async fn end_stream(
        &mut self,
        _: Resource<Writer>,
        stream_id: Option<u32>,
    ) -> Result<(), WriteError> {
        let ended = self.answer.end_stream(&mut self.exchange, stream_id).await;
        ended.map_err(WriteError::from)
    }

    async fn reset_stream(
        &mut self,
        _: Resource<Writer>,
        code: u32,
        stream_id: Option<u32>,
    ) -> Result<(), WriteError> {
        let exchange = &mut self.exchange;
        let reset = self.answer.reset(exchange, stream_id, code).await;
        reset.map_err(WriteError::from)
    }

    async fn flush(&mut self, _: Resource<Writer>) -> Result<(), WriteError> {
        let flushed = self.exchange.apply(WireOp::Flush).await;
        flushed.map(drop).map_err(WriteError::from)
    }

    fn drop(&mut self, _: Resource<Writer>) -> wasmtime::Result<()> {
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
            Refused::Limit(limit) => Self::Limit(format!("over {limit}")),
        }
    }
}
