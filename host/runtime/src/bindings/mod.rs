//! The host's side of the WIT: one file for each interface.
//!
//! The resources `request`, `raw-input`, `response` and `writer` exist once in a
//! store, so a handle's number says nothing and is not looked at.

mod clock;
mod config;
mod files;
mod frames;
mod log;
mod random;
mod raw_input;
mod request;
mod response;
mod stash;
mod writer;

use bytes::Bytes;
use host_wire::Fields;
use wasmtime::component::{HasSelf, Linker};

use crate::state::State;

/// Stands for the request of a store.
#[expect(unreachable_pub, reason = "generated code re-exports it")]
pub struct Request;
/// Stands for the request's body as a file.
#[expect(unreachable_pub, reason = "generated code re-exports it")]
pub struct RawInput;
/// Stands for the response of a store.
#[expect(unreachable_pub, reason = "generated code re-exports it")]
pub struct Response;
/// Stands for the writer of a store.
#[expect(unreachable_pub, reason = "generated code re-exports it")]
pub struct Writer;

/// Stands for the lock that a store's request holds.
#[expect(unreachable_pub, reason = "generated code re-exports it")]
pub struct Guard;

/// The number of such a resource.
pub(crate) const SINGLETON: u32 = 0;

// What the macro writes is public to its module and documented by the WIT.
#[allow(unreachable_pub, missing_docs)]
mod generated {
    wasmtime::component::bindgen!({
        path: "../../wit",
        world: "imports",
        imports: {
            // The functions that wait. All others return at once.
            "host:handler/request.[method]request.read-body": async,
            "host:handler/request.[method]request.body": async,
            "host:handler/request.[method]request.form": async,
            "host:handler/request.[method]raw-input.read": async,
            "host:handler/request.[method]raw-input.read-line": async,
            "host:handler/request.[method]raw-input.seek": async,
            "host:handler/files": async | trappable,
            "host:handler/response.[method]response.write-status-headers": async,
            "host:handler/response.[method]response.write-content": async,
            "host:handler/response.[method]response.write": async,
            "host:handler/writer": async,
            "host:handler/clock.sleep": async,
            "host:handler/stash.put": async,
            "host:handler/stash.take": async,
            "host:handler/stash.lock": async,
            "host:handler/stash.send": async,
            "host:handler/stash.receive": async,
            // A limit ends the guest where the WIT has no error to return.
            "host:handler/response": trappable,
        },
        with: {
            "host:handler/files.file": crate::files::OpenFile,
            "host:handler/request.request": crate::bindings::Request,
            "host:handler/request.raw-input": crate::bindings::RawInput,
            "host:handler/response.response": crate::bindings::Response,
            "host:handler/writer.writer": crate::bindings::Writer,
            "host:handler/stash.guard": crate::bindings::Guard,
        },
    });
}

pub(crate) use generated::host::handler::{
    clock as clock_types, files as file_types, frames as frame_types, types,
};
pub(crate) mod response_types {
    pub(crate) use super::generated::host::handler::response::{Cookie, SameSite};
}
pub(crate) mod writer_types {
    pub(crate) use super::generated::host::handler::writer::{Huffman, Indexing, Peer};
}
pub(crate) mod request_types {
    pub(crate) use super::generated::host::handler::request::{FormPart, UrlParts};
}

/// Gives guests everything that the WIT has.
pub(crate) fn add_to_linker(linker: &mut Linker<State>) -> wasmtime::Result<()> {
    generated::Imports::add_to_linker::<State, HasSelf<State>>(linker, |state| state)
}

impl types::Host for State {}

/// Fields as guests have them.
fn to_guest(fields: &Fields) -> types::Fields {
    fields
        .iter()
        .map(|(name, value)| (name.to_vec(), value.to_vec()))
        .collect()
}

/// Fields as the wire has them.
fn to_wire(fields: types::Fields) -> Fields {
    fields
        .into_iter()
        .map(|(name, value)| (Bytes::from(name), Bytes::from(value)))
        .collect()
}

/// Every value of one field.
fn values(fields: &Fields, name: &str) -> Vec<Vec<u8>> {
    fields.get_all(name).map(|value| value.to_vec()).collect()
}
