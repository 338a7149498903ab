//! What the attributes' code calls: around a hook, the panic's message and the
//! hook's result. Not for handlers.

use std::sync::Once;

use crate::bindings::host::handler::{log, types::HandlerError};
use crate::{
    Answer, DataFrame, Error, HeadersFrame, IntoResponse, Request, Response, Result, raw, writer,
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
        let mut response = Response::new(response);
        let answer = hook(&Request::new(request), &mut response)?;
        response.set(answer);
        Ok(())
    })
}

/// Runs `handle-headers`.
pub fn handle_headers(
    frame: HeadersFrame,
    request: &raw::Request,
    response: &raw::Response,
    hook: impl FnOnce(&HeadersFrame, &Request<'_>, &mut Response<'_>) -> Result,
) -> Result<(), HandlerError> {
    run(|| hook(&frame, &Request::new(request), &mut Response::new(response)))
}

/// Runs `handle-data`.
pub fn handle_data(
    frame: DataFrame,
    request: &raw::Request,
    response: &raw::Response,
    hook: impl FnOnce(&DataFrame, &Request<'_>, &mut Response<'_>) -> Result,
) -> Result<(), HandlerError> {
    run(|| hook(&frame, &Request::new(request), &mut Response::new(response)))
}

fn run(hook: impl FnOnce() -> Result) -> Result<(), HandlerError> {
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
            Ok(())
        }
        result => result.map_err(Error::into_raw),
    }
}
