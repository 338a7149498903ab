//! Write handlers for host in Rust.
//!
//! A handler is a WebAssembly component with one hook or more, each a function
//! with an attribute:
//!
//! ```
//! use host_guest::prelude::*;
//!
//! #[main]
//! fn answer(request: &Request) -> String {
//!     format!("{} {}\n", request.method(), request.url())
//! }
//! ```
//!
//! Every hook of a request runs on one fresh instance, which nobody else sees:
//! what a hook leaves in a static, the next hook of the same request finds.
//!
//! The pages to read: [`Request`], [`Response`], [`Writer`], [`IntoResponse`]
//! (what `main` may return), [`Error`] (what `?` does). Time, randomness,
//! settings and the files beside the handler come from the host: [`clock`],
//! [`random`], [`config`], [`files`]; what later requests are to find is left in
//! the [`stash`]; the log is written by [`info!`] and its kin. Everything is a
//! thin layer over [`bindings`], the contract as wit-bindgen makes it.

// Used by a guest alone, and tested here.
#[cfg(any(
    test,
    all(
        feature = "arena",
        target_family = "wasm",
        not(target_feature = "atomics")
    )
))]
mod arena;
pub mod bindings;
mod body;
pub mod clock;
pub mod config;
mod content;
mod cookie;
mod error;
pub mod files;
mod frames;
mod into_response;
pub mod log;
mod multi_dict;
mod pipe;
pub mod random;
mod raw_input;
mod request;
mod response;
#[doc(hidden)]
pub mod rt;
pub mod stash;
mod writer;

pub use bstr::{BStr, BString};
pub use host_guest_macros::{
    handle_close, handle_data, handle_frame, handle_headers, handle_pipe, handle_reset,
    handle_trailers, main,
};

pub use body::{BodyPieces, BodyReader};
pub use content::{Content, IntoBody, Pieces};
pub use cookie::{Cookie, SameSite};
pub use error::{BodyError, Error, Result, WriteError};
pub use frames::{Closing, ControlFrame, DataFrame, Goaway, HeadersFrame, Priority};
pub use into_response::{Answer, IntoFields, IntoResponse, IntoStatus};
pub use multi_dict::MultiDict;
pub use pipe::Pipe;
pub use raw_input::RawInput;
pub use request::{
    BasicCredentials, Fields, Form, FormPart, Protocol, Request, SocketAddress, UrlParts,
};
pub use response::{Headers, Response};
pub use writer::{Huffman, Indexing, Peer, Push, Writer};

/// The contract's own types, where a name of this crate stands for a wrapper.
pub mod raw {
    pub use crate::bindings::host::handler::request::Request;
    pub use crate::bindings::host::handler::response::Response;
    pub use crate::bindings::host::handler::types::HandlerError;
    pub use crate::bindings::host::handler::writer::Writer;
}

/// What most handlers use: `use host_guest::prelude::*;`.
pub mod prelude {
    pub use crate::{
        BString, Closing, ControlFrame, Cookie, DataFrame, Error, HeadersFrame, IntoResponse,
        MultiDict, Pieces, Pipe, Protocol, Push, Request, Response, Result, Writer, handle_close,
        handle_data, handle_frame, handle_headers, handle_pipe, handle_reset, handle_trailers,
        main,
    };
}

#[cfg(all(
    feature = "arena",
    target_family = "wasm",
    not(target_feature = "atomics")
))]
#[global_allocator]
static ALLOCATOR: arena::Arena = arena::Arena::new();
