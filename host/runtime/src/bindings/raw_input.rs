//! `raw-input`: the request's body as a file.

use wasmtime::component::Resource;

use super::RawInput;
use super::generated::host::handler::request::HostRawInput;
use super::types::BodyError;
use crate::state::State;

impl HostRawInput for State {
    async fn read(
        &mut self,
        _: Resource<RawInput>,
        max: Option<u32>,
    ) -> Result<Vec<u8>, BodyError> {
        let (body, mut source) = self.body();
        body.read_input(&mut source, max).await
    }

    async fn read_line(
        &mut self,
        _: Resource<RawInput>,
        max: Option<u32>,
    ) -> Result<Vec<u8>, BodyError> {
        let (body, mut source) = self.body();
        body.read_line(&mut source, max).await
    }

    async fn seek(&mut self, _: Resource<RawInput>, offset: u64) -> Result<(), BodyError> {
        let (body, mut source) = self.body();
        body.seek(&mut source, offset).await
    }

    fn tell(&mut self, _: Resource<RawInput>) -> u64 {
        self.body.tell()
    }

    fn length(&mut self, _: Resource<RawInput>) -> Option<u64> {
        let (body, mut source) = self.body();
        body.length(&mut source)
    }

    fn drop(&mut self, _: Resource<RawInput>) -> wasmtime::Result<()> {
        Ok(())
    }
}
