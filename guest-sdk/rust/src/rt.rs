//! What the attributes' code calls: around a hook, the panic's message and the
//! hook's result. Not for handlers.

use std::sync::Once;

use crate::bindings::host::handler::{log, types::HandlerError};
use crate::{
    Answer, Closing, ControlFrame, DataFrame, Error, HeadersFrame, IntoResponse, Pipe, Request,
    Response, Result, raw, writer,
};

/// What a frame hook may return.
pub trait HookResult {
    /// As a result.
    fn into_result(self) -> Result;
}

impl HookResult for () {
    fn into_result(self) -> Result {
        Ok(())
    }
}

impl<E: Into<Error>> HookResult for Result<(), E> {
    fn into_result(self) -> Result {
        self.map_err(Into::into)
    }
}

/// What `handle_pipe` may return: whether there is such a pipe.
pub trait PipeResult {
    /// As a result.
    fn into_result(self) -> Result<bool>;
}

impl PipeResult for bool {
    fn into_result(self) -> Result<bool> {
        Ok(self)
    }
}

impl<E: Into<Error>> PipeResult for Result<bool, E> {
    fn into_result(self) -> Result<bool> {
        self.map_err(Into::into)
    }
}

/// What `handle_pipe` returned.
pub fn pipe_result(returned: impl PipeResult) -> Result<bool> {
    returned.into_result()
}

/// What `main` returned.
pub fn answer(returned: impl IntoResponse) -> Result<Answer> {
    returned.into_response()
}

/// What a frame hook returned.
pub fn hook_result(returned: impl HookResult) -> Result {
    returned.into_result()
}

/// Runs `main` and sets what it returned.
pub fn main(
    request: &raw::Request,
    response: &raw::Response,
    hook: impl FnOnce(&Request<'_>, &mut Response<'_>) -> Result<Answer>,
) -> Result<(), HandlerError> {
    run(|| {
        let mut response = Response::new(response, request);
        let answer = hook(&Request::new(request), &mut response)?;
        response.set(answer)?;
        Ok(())
    })
}

/// The function around each hook that takes something first.
macro_rules! hooks {
    ($($(#[$doc:meta])* $name:ident($first:ty as $lent:ty, $lend:expr))*) => { $(
        $(#[$doc])*
        pub fn $name(
            first: $first,
            request: &raw::Request,
            response: &raw::Response,
            hook: impl FnOnce($lent, &Request<'_>, &mut Response<'_>) -> Result,
        ) -> Result<(), HandlerError> {
            run(|| hook($lend(&first), &Request::new(request), &mut Response::new(response, request)))
        }
    )* };
}

hooks! {
    /// Runs `handle-headers`.
    handle_headers(HeadersFrame as &HeadersFrame, lent)
    /// Runs `handle-data`.
    handle_data(DataFrame as &DataFrame, lent)
    /// Runs `handle-trailers`.
    handle_trailers(HeadersFrame as &HeadersFrame, lent)
    /// Runs `handle-frame`.
    handle_frame(ControlFrame as &ControlFrame, lent)
    /// Runs `handle-close`.
    handle_close(Closing as &Closing, lent)
    /// Runs `handle-reset`.
    handle_reset(u32 as u32, copied)
}

fn lent<T>(value: &T) -> &T {
    value
}

fn copied<T: Copy>(value: &T) -> T {
    *value
}

/// Runs `handle-pipe`.
pub fn handle_pipe(
    pipe: Pipe,
    request: &raw::Request,
    response: &raw::Response,
    hook: impl FnOnce(&Pipe, &Request<'_>, &mut Response<'_>) -> Result<bool>,
) -> Result<bool, HandlerError> {
    run(|| {
        hook(
            &pipe,
            &Request::new(request),
            &mut Response::new(response, request),
        )
    })
}

/// `T`'s default is for an error that only says that the answer is over.
fn run<T: Default>(hook: impl FnOnce() -> Result<T>) -> Result<T, HandlerError> {
    static PANICS_ARE_LOGGED: Once = Once::new();
    PANICS_ARE_LOGGED.call_once(|| {
        // After the hook the panic traps: this is the only trace of why.
        std::panic::set_hook(Box::new(|panic| {
            log::write(log::Level::Error, &panic.to_string())
        }));
    });
    match hook() {
        Err(error) if error.is_over(writer::ended()) => {
            log::write(log::Level::Debug, error.message());
            Ok(T::default())
        }
        result => result.map_err(Error::into_raw),
    }
}
