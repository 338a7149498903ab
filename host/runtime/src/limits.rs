//! What a handler may use, and what noticing an overrun looks like.

use std::fmt;
use std::time::Duration;

use wasmtime::ResourceLimiter;

const MIB: usize = 1024 * 1024;

/// Bytes of a response's fields, each line counted with 64 bytes more for what
/// it costs the host. Far above what any client takes (host's own wire takes
/// 64 KiB), so that tests of large heads are possible.
pub(crate) const RESPONSE_HEAD_BYTES: usize = MIB;

/// What the handler of one request may use; for `instances` and `stash`, all
/// handlers of one tenant.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Bytes of linear memory, all memories of an instance together. Also what
    /// a handler may hand over in one call to the host.
    pub memory: usize,
    /// Elements of all tables together. CPython's components have 60,000.
    pub table_elements: usize,
    /// Handles to resources that are alive at a time.
    pub handles: usize,
    /// Time from the request's arrival to the last hook's return, waiting
    /// included.
    pub wall: Duration,
    /// Time on a processor.
    pub cpu: Duration,
    /// Bytes of a request body that `body`, `form` and `raw-input` gather in the
    /// host, and of a file that is read whole. Larger ones can be read by
    /// pieces.
    pub body_bytes: usize,
    /// Bytes that one request may write: content, fields and frames.
    pub response_bytes: usize,
    /// Bytes that one request may put into the log.
    pub log_bytes: usize,
    /// Requests of a tenant that run at a time; more wait, and are answered 503
    /// when the wait takes too long.
    pub instances: usize,
    /// Requests that one interpreter of scripts serves before the next one has a
    /// fresh one; with 0 and 1 each request has its own. Its memory then counts over
    /// all of them, the other limits for each.
    pub reuse: usize,
    /// What a tenant's stash may keep.
    pub stash: host_stash::Limits,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            memory: 64 * MIB,
            table_elements: 100_000,
            handles: 1_000,
            wall: Duration::from_secs(30),
            cpu: Duration::from_secs(10),
            body_bytes: 32 * MIB,
            response_bytes: 256 * MIB,
            log_bytes: 64 * 1024,
            instances: 512,
            reuse: 0,
            stash: host_stash::Limits::default(),
        }
    }
}

/// A limit that was reached, with what it allowed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Limit {
    /// [`Limits::memory`], in bytes.
    Memory(usize),
    /// [`Limits::table_elements`].
    TableElements(usize),
    /// [`Limits::handles`].
    Handles(usize),
    /// [`Limits::wall`].
    Wall(Duration),
    /// [`Limits::cpu`].
    Cpu(Duration),
    /// [`Limits::response_bytes`].
    ResponseBytes(usize),
    /// The bytes of a response's fields, which no setting changes.
    ResponseHead(usize),
    /// What one call to the host may carry, in bytes: [`Limits::memory`].
    CallBytes(usize),
    /// The handler's stack: it recursed too deeply.
    Stack,
    /// [`Limits::instances`].
    TenantInstances(usize),
    /// [`RuntimeConfig::instances`](crate::RuntimeConfig::instances), or what
    /// else the engine's pool holds.
    Instances(u32),
}

impl Limit {
    /// A short name, as for a metric: `memory`, `cpu`…
    pub const fn name(&self) -> &'static str {
        match self {
            Self::Memory(_) => "memory",
            Self::TableElements(_) => "table-elements",
            Self::Handles(_) => "handles",
            Self::Wall(_) => "wall-time",
            Self::Cpu(_) => "cpu-time",
            Self::ResponseBytes(_) => "response-bytes",
            Self::ResponseHead(_) => "response-head",
            Self::CallBytes(_) => "call-bytes",
            Self::Stack => "stack",
            Self::TenantInstances(_) => "tenant-instances",
            Self::Instances(_) => "instances",
        }
    }

    /// Whether trying again later may help: 503 rather than 500.
    pub const fn is_busy(&self) -> bool {
        matches!(self, Self::TenantInstances(_) | Self::Instances(_))
    }
}

impl fmt::Display for Limit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Memory(n) => write!(f, "the memory limit of {}", Bytes(*n)),
            Self::TableElements(n) => write!(f, "the limit of {n} table elements"),
            Self::Handles(n) => write!(f, "the limit of {n} handles"),
            Self::Wall(d) => write!(f, "the wall time limit of {d:?}"),
            Self::Cpu(d) => write!(f, "the CPU time limit of {d:?}"),
            Self::ResponseBytes(n) => write!(f, "the response limit of {}", Bytes(*n)),
            Self::ResponseHead(n) => write!(f, "the response head limit of {}", Bytes(*n)),
            Self::CallBytes(n) => write!(f, "the limit of {} for one call", Bytes(*n)),
            Self::Stack => f.write_str("the stack limit"),
            Self::TenantInstances(n) => write!(f, "the tenant's limit of {n} requests at a time"),
            Self::Instances(n) => write!(f, "the host's limit of {n} requests at a time"),
        }
    }
}

impl std::error::Error for Limit {}

/// A number of bytes in the largest unit that keeps it whole.
struct Bytes(usize);

impl fmt::Display for Bytes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            n if n > 0 && n.is_multiple_of(MIB) => write!(f, "{} MiB", n / MIB),
            n if n > 0 && n.is_multiple_of(1024) => write!(f, "{} KiB", n / 1024),
            n => write!(f, "{n} bytes"),
        }
    }
}

/// Counts what an instance grows to. Growth beyond a limit fails inside the
/// guest as the specification says (`memory.grow` gives -1); what the guest
/// then dies of is blamed on the limit that is noted here.
#[derive(Debug)]
pub(crate) struct Meter {
    memory: usize,
    memory_limit: usize,
    elements: usize,
    elements_limit: usize,
    /// The limit that refused growth last.
    pub(crate) hit: Option<Limit>,
}

impl Meter {
    pub(crate) fn new(limits: &Limits) -> Self {
        Self {
            memory: 0,
            memory_limit: limits.memory,
            elements: 0,
            elements_limit: limits.table_elements,
            hit: None,
        }
    }
}

impl Meter {
    /// Whether an instance has room for one more request like any other: it reached no
    /// limit, and a quarter of its memory is left. Memories only grow.
    pub(crate) fn has_room(&self) -> bool {
        self.hit.is_none() && self.memory <= self.memory_limit / 4 * 3
    }
}

impl ResourceLimiter for Meter {
    fn memory_growing(
        &mut self,
        current: usize,
        desired: usize,
        maximum: Option<usize>,
    ) -> wasmtime::Result<bool> {
        // Beyond the memory's own maximum growth fails anyway: not our limit.
        if maximum.is_some_and(|maximum| desired > maximum) {
            return Ok(false);
        }
        let total = self.memory.saturating_add(desired.saturating_sub(current));
        if total > self.memory_limit {
            self.hit = Some(Limit::Memory(self.memory_limit));
            return Ok(false);
        }
        self.memory = total;
        Ok(true)
    }

    fn table_growing(
        &mut self,
        current: usize,
        desired: usize,
        maximum: Option<usize>,
    ) -> wasmtime::Result<bool> {
        if maximum.is_some_and(|maximum| desired > maximum) {
            return Ok(false);
        }
        let total = self
            .elements
            .saturating_add(desired.saturating_sub(current));
        if total > self.elements_limit {
            self.hit = Some(Limit::TableElements(self.elements_limit));
            return Ok(false);
        }
        self.elements = total;
        Ok(true)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_memories_of_an_instance_count_together() {
        let mut meter = Meter::new(&Limits {
            memory: 3 * 65536,
            ..Limits::default()
        });
        assert!(meter.memory_growing(0, 65536, None).unwrap());
        assert!(meter.memory_growing(0, 65536, None).unwrap());
        assert!(!meter.memory_growing(65536, 3 * 65536, None).unwrap());
        assert_eq!(meter.hit, Some(Limit::Memory(3 * 65536)));
        assert!(meter.memory_growing(65536, 2 * 65536, None).unwrap());
    }

    #[test]
    fn a_memorys_own_maximum_is_not_our_limit() {
        let mut meter = Meter::new(&Limits::default());
        assert!(!meter.memory_growing(0, 131_072, Some(65536)).unwrap());
        assert_eq!(meter.hit, None);
    }

    #[test]
    fn limits_are_named_in_words() {
        assert_eq!(
            Limit::Memory(64 * MIB).to_string(),
            "the memory limit of 64 MiB"
        );
        assert_eq!(
            Limit::Cpu(Duration::from_secs(10)).to_string(),
            "the CPU time limit of 10s"
        );
    }
}
