//! Every limit that can be set: its key, its unit, what it bounds.
//!
//! One table serves the file (`[limits]`, `[connections]`) and the flags of the
//! same names.

use std::fmt;
use std::time::Duration;

use host_runtime::Limits as HandlerLimits;

use super::quantity::{self, COUNT, SIZE, TIME};

/// What bounds the clients as a whole and each connection.
#[derive(Clone, Debug)]
pub struct ConnectionLimits {
    /// Connections open at a time, over all listeners. More wait in the
    /// kernel's queue.
    pub connections: usize,
    /// Time that a TLS handshake may take.
    pub handshake: Duration,
    /// What one connection may hold, do or wait for.
    pub wire: host_wire::Limits,
}

impl Default for ConnectionLimits {
    fn default() -> Self {
        Self {
            connections: 4096,
            handshake: Duration::from_secs(10),
            wire: host_wire::Limits::default(),
        }
    }
}

/// A limit that can be set, of those in `T`.
pub struct Limit<T> {
    /// Its key in the file.
    pub key: &'static str,
    /// What it bounds, in one line.
    pub help: &'static str,
    get: fn(&T) -> Quantity,
    /// `None` where the number does not fit.
    set: fn(&mut T, Quantity) -> Option<()>,
}

/// The value of a limit, with its unit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Quantity {
    /// Bytes.
    Size(u64),
    /// A time.
    Time(Duration),
    /// A number of things.
    Count(u64),
}

macro_rules! limit {
    ($unit:ident, $key:literal, $($field:ident).+, $help:literal) => {
        Limit {
            key: $key,
            help: $help,
            get: |limits| limit!(@get $unit, limits.$($field).+),
            set: |limits, value| {
                let Quantity::$unit(value) = value else { return None };
                limits.$($field).+ = value.try_into().ok()?;
                Some(())
            },
        }
    };
    (@get Time, $value:expr) => { Quantity::Time($value) };
    (@get $unit:ident, $value:expr) => { Quantity::$unit($value as u64) };
}

/// The limits of a handler: `[limits]`, for each tenant.
pub const HANDLER: &[Limit<HandlerLimits>] = &[
    limit!(Size, "memory", memory, "Memory of a handler"),
    limit!(Time, "wall-time", wall, "Time that a request may take"),
    limit!(Time, "cpu-time", cpu, "CPU time that a request may take"),
    limit!(
        Count,
        "max-instances",
        instances,
        "Requests in handlers at a time"
    ),
    limit!(
        Size,
        "body-bytes",
        body_bytes,
        "Bytes of a body read as a whole"
    ),
    limit!(Size, "response-bytes", response_bytes, "Bytes of an answer"),
    limit!(Size, "log-bytes", log_bytes, "Bytes that a request may log"),
    limit!(
        Count,
        "handles",
        handles,
        "Resources that a handler may hold"
    ),
    limit!(
        Count,
        "table-elements",
        table_elements,
        "Elements of a handler's tables"
    ),
    limit!(
        Size,
        "stash-bytes",
        stash.bytes,
        "Bytes that a tenant's stash may keep"
    ),
    limit!(
        Count,
        "stash-entries",
        stash.entries,
        "Values and messages that it may keep"
    ),
];

/// `reuse`, which stands beside the limits, for each tenant.
pub const REUSE: &Limit<HandlerLimits> = &limit!(
    Count,
    "reuse",
    reuse,
    "Requests that an interpreter of scripts serves"
);

/// The limits of clients: `[connections]`, for the whole server.
pub const CONNECTION: &[Limit<ConnectionLimits>] = &[
    limit!(
        Count,
        "max-connections",
        connections,
        "Connections open at a time"
    ),
    limit!(
        Time,
        "handshake-timeout",
        handshake,
        "Time that a TLS handshake may take"
    ),
    limit!(
        Time,
        "head-timeout",
        wire.head_timeout,
        "Time that a request's head may take"
    ),
    limit!(
        Time,
        "idle-timeout",
        wire.idle_timeout,
        "Time that a connection may be idle"
    ),
    limit!(
        Time,
        "stall-timeout",
        wire.stall_timeout,
        "Time that a client may take nothing"
    ),
    limit!(
        Size,
        "head-bytes",
        wire.head_bytes,
        "Bytes of a request's head"
    ),
    limit!(
        Count,
        "head-fields",
        wire.head_fields,
        "Field lines of a request's head"
    ),
    limit!(
        Count,
        "concurrent-streams",
        wire.concurrent_streams,
        "HTTP/2 streams of a connection"
    ),
    limit!(
        Size,
        "stream-window",
        wire.stream_window,
        "Flow-control window of an HTTP/2 stream"
    ),
    limit!(
        Size,
        "connection-window",
        wire.connection_window,
        "The same for a connection"
    ),
    limit!(
        Size,
        "output-queue",
        wire.output_queue,
        "Bytes that may wait for a client"
    ),
];

impl<T> Limit<T> {
    /// The value that it has in `limits`.
    pub fn get(&self, limits: &T) -> Quantity {
        (self.get)(limits)
    }

    /// What its value looks like, for messages.
    pub fn expected(&self) -> &'static str
    where
        T: Default,
    {
        match self.get(&T::default()) {
            Quantity::Size(_) => SIZE,
            Quantity::Time(_) => TIME,
            Quantity::Count(_) => COUNT,
        }
    }

    /// Reads a value; `None` where it is none of this limit's.
    pub fn parse(&self, text: &str) -> Option<Quantity>
    where
        T: Default,
    {
        let mut limits = T::default();
        let value = match self.get(&limits) {
            Quantity::Size(_) => Quantity::Size(quantity::size(text)?),
            Quantity::Time(_) => Quantity::Time(quantity::time(text)?),
            Quantity::Count(_) => Quantity::Count(quantity::count(text)?),
        };
        (self.set)(&mut limits, value).map(|()| value)
    }

    /// Gives it a value that [`Self::parse`] has read.
    pub fn set(&self, limits: &mut T, value: Quantity) {
        // What has been parsed fits, so there is nothing to say here.
        let _ = (self.set)(limits, value);
    }
}

impl<T> fmt::Debug for Limit<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.key)
    }
}

/// In the largest unit that needs no fraction, as it may be written.
impl fmt::Display for Quantity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        const SIZES: [(u64, &str); 3] = [(1 << 30, "GiB"), (1 << 20, "MiB"), (1 << 10, "KiB")];
        const TIMES: [(u64, &str); 3] = [(3_600_000, "h"), (60_000, "min"), (1000, "s")];
        let (number, units, smallest) = match *self {
            Self::Count(number) => return number.fmt(f),
            Self::Size(bytes) => (bytes, SIZES, "B"),
            Self::Time(time) => (time.as_millis() as u64, TIMES, "ms"),
        };
        let fits = |unit: &(u64, &str)| number != 0 && number.is_multiple_of(unit.0);
        let (unit, name) = units.iter().copied().find(fits).unwrap_or((1, smallest));
        write!(f, "{} {name}", number / unit)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read_what_is_shown<T: Default>(limits: &[Limit<T>]) {
        for limit in limits {
            let default = limit.get(&T::default());
            assert_eq!(
                limit.parse(&default.to_string()),
                Some(default),
                "{limit:?}"
            );
            let mut changed = T::default();
            let other = match default {
                Quantity::Size(n) => Quantity::Size(n + 1),
                Quantity::Count(n) => Quantity::Count(n + 1),
                Quantity::Time(t) => Quantity::Time(t + Duration::from_millis(1)),
            };
            limit.set(&mut changed, other);
            assert_eq!(limit.get(&changed), other, "{limit:?}");
        }
    }

    #[test]
    fn every_limit_is_read_as_it_is_shown_and_sets_its_own_field() {
        read_what_is_shown(HANDLER);
        read_what_is_shown(std::slice::from_ref(REUSE));
        read_what_is_shown(CONNECTION);
    }

    #[test]
    fn numbers_that_do_not_fit_are_refused() {
        let streams = CONNECTION.iter().find(|l| l.key == "concurrent-streams");
        assert_eq!(streams.unwrap().parse("4294967296"), None);
    }
}
