//! The handler's log: lines in the host's own, under the handler's name.
//!
//! ```no_run
//! host_guest::info!("{} bytes so far", 17);
//! ```

use core::fmt;

use crate::bindings::host::handler::log;
pub use crate::bindings::host::handler::log::Level;

/// Writes one entry. The macros [`debug!`](crate::debug), [`info!`](crate::info),
/// [`warn!`](crate::warn) and [`error!`](crate::error) are the usual way.
pub fn write(level: Level, message: fmt::Arguments<'_>) {
    match message.as_str() {
        Some(text) => log::write(level, text),
        None => log::write(level, &message.to_string()),
    }
}

/// Writes a line to the log at level trace, formatted as by `format!`.
#[macro_export]
macro_rules! trace {
    ($($message:tt)+) => { $crate::log::write($crate::log::Level::Trace, format_args!($($message)+)) };
}

/// Writes a line to the log at level debug, formatted as by `format!`.
#[macro_export]
macro_rules! debug {
    ($($message:tt)+) => { $crate::log::write($crate::log::Level::Debug, format_args!($($message)+)) };
}

/// Writes a line to the log at level info, formatted as by `format!`.
#[macro_export]
macro_rules! info {
    ($($message:tt)+) => { $crate::log::write($crate::log::Level::Info, format_args!($($message)+)) };
}

/// Writes a line to the log at level warn, formatted as by `format!`.
#[macro_export]
macro_rules! warn {
    ($($message:tt)+) => { $crate::log::write($crate::log::Level::Warn, format_args!($($message)+)) };
}

/// Writes a line to the log at level error, formatted as by `format!`.
#[macro_export]
macro_rules! error {
    ($($message:tt)+) => { $crate::log::write($crate::log::Level::Error, format_args!($($message)+)) };
}
