//! `response`: what a handler sets, and when it is sent.

use std::time::Duration;

use bytes::Bytes;
use wasmtime::Result;
use wasmtime::component::Resource;

use super::generated::host::handler::response::{Cookie, Host, HostResponse};
use super::types::{Field, WriteError};
use super::{Response, SINGLETON, Writer, to_guest, to_wire, values};
use crate::cookies;
use crate::state::State;

impl Host for State {}

impl HostResponse for State {
    fn status(&mut self, _: Resource<Response>) -> Result<(u16, Option<Vec<u8>>)> {
        let reason = self.answer.reason.as_ref().map(|reason| reason.to_vec());
        Ok((self.answer.status, reason))
    }

    fn set_status(
        &mut self,
        _: Resource<Response>,
        code: u16,
        reason: Option<Vec<u8>>,
    ) -> Result<()> {
        self.answer.status = code;
        self.answer.reason = reason.map(Bytes::from);
        Ok(())
    }

    fn headers(&mut self, _: Resource<Response>) -> Result<Vec<Field>> {
        Ok(to_guest(self.answer.fields()))
    }

    fn header_values(&mut self, _: Resource<Response>, name: String) -> Result<Vec<Vec<u8>>> {
        Ok(values(self.answer.fields(), &name))
    }

    fn set_header(&mut self, _: Resource<Response>, name: Vec<u8>, value: Vec<u8>) -> Result<()> {
        Ok(self.answer.edit(|fields| fields.set(name, value))?)
    }

    fn append_header(
        &mut self,
        _: Resource<Response>,
        name: Vec<u8>,
        value: Vec<u8>,
    ) -> Result<()> {
        Ok(self.answer.append(name.into(), value.into())?)
    }

    fn remove_header(&mut self, _: Resource<Response>, name: String) -> Result<bool> {
        let mut removed = false;
        self.answer
            .edit(|fields| removed = fields.remove(name.as_bytes()))?;
        Ok(removed)
    }

    fn set_headers(&mut self, _: Resource<Response>, headers: Vec<Field>) -> Result<()> {
        Ok(self.answer.edit(|fields| *fields = to_wire(headers))?)
    }

    fn set_cookie(&mut self, _: Resource<Response>, cookie: Cookie) -> Result<()> {
        let line = cookies::line(&cookie).into();
        Ok(self.answer.append("Set-Cookie".into(), line)?)
    }

    fn unset_cookie(&mut self, _: Resource<Response>, name: String) -> Result<()> {
        Ok(self.answer.edit(|fields| cookies::unset(fields, &name))?)
    }

    fn delete_cookie(
        &mut self,
        _: Resource<Response>,
        name: String,
        path: Option<String>,
        domain: Option<String>,
    ) -> Result<()> {
        let line = cookies::deletion(name, path, domain).into();
        Ok(self.answer.append("Set-Cookie".into(), line)?)
    }

    fn content(&mut self, _: Resource<Response>) -> Result<Vec<u8>> {
        Ok(self.answer.content.to_vec())
    }

    fn set_content(&mut self, _: Resource<Response>, content: Vec<u8>) -> Result<()> {
        Ok(self.answer.set_content(content)?)
    }

    fn set_error(&mut self, _: Resource<Response>, code: u16, message: String) -> Result<()> {
        Ok(self.answer.set_error(code, &message)?)
    }

    fn set_add_required_headers(&mut self, _: Resource<Response>, add: bool) -> Result<()> {
        self.answer.add_required_headers = add;
        Ok(())
    }

    fn set_close_connection(&mut self, _: Resource<Response>, close: bool) -> Result<()> {
        self.answer.close_connection = close;
        Ok(())
    }

    fn set_send_body_for_head(&mut self, _: Resource<Response>, send: bool) -> Result<()> {
        self.answer.send_body_for_head = send;
        Ok(())
    }

    fn set_watch(&mut self, _: Resource<Response>, duration: u64) -> Result<()> {
        self.watch.set(Duration::from_nanos(duration));
        Ok(())
    }

    async fn write_status_headers(
        &mut self,
        _: Resource<Response>,
    ) -> std::result::Result<(), WriteError> {
        self.exchange.write_as("write-status-headers");
        let written = self.answer.write_status_headers(&mut self.exchange).await;
        written.map_err(WriteError::from)
    }

    async fn write_content(
        &mut self,
        _: Resource<Response>,
        piece: Vec<u8>,
    ) -> std::result::Result<bool, WriteError> {
        self.exchange.write_as("write-content");
        let exchange = &mut self.exchange;
        let written = self.answer.write_content_piece(exchange, piece.into());
        written.await.map_err(WriteError::from)
    }

    async fn write(&mut self, _: Resource<Response>) -> std::result::Result<(), WriteError> {
        self.exchange.write_as("write");
        let written = self.answer.complete(&mut self.exchange).await;
        written.map_err(WriteError::from)
    }

    fn writer(&mut self, _: Resource<Response>) -> Result<Resource<Writer>> {
        Ok(Resource::new_own(SINGLETON))
    }

    fn drop(&mut self, _: Resource<Response>) -> Result<()> {
        Ok(())
    }
}
