//! Which methods a file answers to.

use host_wire::{Exchange, Fields, WireError};

/// The methods of a file, as `Allow` names them (RFC 9110 §10.2.1).
const ALLOWED: &str = "GET, HEAD";

/// Whether a file can be asked for by this method.
pub(crate) fn is_allowed(method: &[u8]) -> bool {
    matches!(method, b"GET" | b"HEAD")
}

/// Answers 405 with `Allow` (RFC 9110 §15.5.6).
///
/// # Errors
/// Those of [`Exchange::apply`].
pub async fn refuse_method(exchange: &mut Exchange) -> Result<(), WireError> {
    let mut fields = Fields::new();
    fields.append("Allow", ALLOWED);
    exchange
        .refuse(405, fields, "a file answers GET and HEAD only")
        .await
}
