//! The bounds of the engine that no [`Limits`](crate::Limits) sets, each with
//! its reason.

use std::time::Duration;

use super::flood::Rate;
use super::hpack::Bounds;

/// The names by which too many resets are reported, by the client's own and by
/// those that it makes us send.
pub(super) const RAPID_RESET: &str = "CVE-2023-44487";
pub(super) const MADE_YOU_RESET: &str = "CVE-2025-8671";

/// RST_STREAMs from the client on streams whose answer was not complete.
/// CVE-2023-44487, rapid reset. A page that is left cancels as many as are
/// open, a hundred at most. Each stream that is completed earns one back.
pub(super) const RESETS: Rate = Rate {
    burst: 500,
    per_second: 50,
};

/// RST_STREAMs that a client makes us send. CVE-2025-8671, MadeYouReset.
pub(super) const FORCED_RESETS: Rate = Rate {
    burst: 200,
    per_second: 20,
};

/// Frames that cost work and carry nothing: PING, SETTINGS, PRIORITY,
/// WINDOW_UPDATE, unknown ones and those on streams that ended, and what we send
/// in [`DRIBBLE`]s. CVE-2019-9511, -9512, -9513, -9515. Each frame of content
/// earns some back, so clients that probe or update often while they work never
/// meet it.
pub(super) const CONTROL: Rate = Rate {
    burst: 2_000,
    per_second: 200,
};

/// What a frame of content that we send earns of [`CONTROL`]: a client may give
/// back the stream's window and the connection's for each, and probe.
pub(super) const CONTROL_FOR_CONTENT: u32 = 3;

/// Bytes from which on content is worth its frame where the client's windows let
/// no more pass. CVE-2019-9511: with a window of a byte for each of a hundred
/// streams one SETTINGS frame makes a hundred frames of a byte. The end of what a
/// handler writes may be as short as it likes: that is not the client's doing.
pub(super) const DRIBBLE: usize = 256;

/// Frames shorter than a [`DRIBBLE`] that each frame of [`CONTROL`] pays for: a
/// client with small windows gives one back for each, which is as much work for it
/// as for us. Those beyond count as frames of [`CONTROL`].
pub(super) const DRIBBLES_FOR_CONTROL: u32 = 2;

/// Such frames that are paid for and have not come yet, at most: for streams whose
/// windows are opened one by one before anything is sent.
pub(super) const DRIBBLES_ALLOWED: u32 = 200;

/// DATA frames without content that do not end their stream. CVE-2019-9518,
/// RUSTSEC-2026-0258. Each with content earns one back.
pub(super) const EMPTY_DATA: Rate = Rate {
    burst: 1_000,
    per_second: 100,
};

/// DATA frames that wait for their handlers, for the whole connection: one for
/// every so many bytes of the connection's window, for each costs about that
/// much beyond its content. RUSTSEC-2026-0258.
pub(super) const WINDOW_BYTES_PER_WAITING_FRAME: u32 = 64;

/// The least number of frames that may wait, however small the window.
pub(super) const MIN_WAITING_FRAMES: u32 = 1_024;

/// CONTINUATION frames of one block. CVE-2024-27316. Nobody honest needs more
/// than the head limit divided by the frame size, which is about four; tests
/// that send a field or a byte in each frame need some more.
pub(super) const CONTINUATIONS: u32 = 128;

/// How many times the limit of a decoded head its coded block may have before
/// the connection is given up (§10.5.1): up to there the block is decoded, to
/// keep the compression right, and answered with 431.
pub(super) const CODED_HEAD_FACTOR: usize = 4;

/// Bytes of a request that is thrown away once it has its answer, before the
/// client is stopped. HTTP/2 cannot close a connection for one upload, and
/// stopping costs some clients the answer.
pub(super) const DISCARDED: u32 = 16 * 1024 * 1024;

/// The time in which such a request must go on. curl 7.88 does not, though it
/// has the window for it, and waits to be stopped.
pub(super) const DISCARD_PAUSE: Duration = Duration::from_secs(2);

/// Streams whose end is remembered, so that what the client sent before it
/// knew of it can be told from an error (RFC 9113 §5.1, "closed").
pub(super) const REMEMBERED_STREAMS: usize = 256;

/// Handlers that may run for each stream that may be open. A stream that the
/// client reset is no longer open, but its handler may be at work still:
/// counting handlers is what makes rapid reset harmless (CVE-2023-44487).
pub(super) const HANDLERS_PER_STREAM: usize = 2;

/// Bytes of acknowledgements, resets and updates that wait for the socket
/// before no more is read. CVE-2019-9512, -9514, -9515.
pub(super) const CONTROL_BACKLOG: usize = 64 * 1024;

/// Bytes that a handler may put into one block of fields.
pub(super) const SENT_FIELDS: usize = 1024 * 1024;

/// Bytes that one write puts into the output queue at a time, so that streams
/// take turns.
pub(super) const WRITE_TURN: usize = 64 * 1024;

/// Time for the client to read our last words before the socket is closed:
/// closing a socket with unread input discards what it had still to deliver
/// (RFC 9112 §9.6).
pub(super) const LINGER: Duration = Duration::from_secs(1);

/// Time for the client to acknowledge the PING between the two GOAWAYs of a
/// graceful end (RFC 9113 §6.8).
pub(super) const DRAIN_PING: Duration = Duration::from_secs(2);

/// The longest time between two looks at the deadlines.
pub(super) const LONGEST_TICK: Duration = Duration::from_secs(1);

/// Bytes asked of the socket at a time, at first and at most.
pub(super) const READ: std::ops::RangeInclusive<usize> = 8 * 1024..=64 * 1024;

/// Reads between two writes, so that neither starves.
pub(super) const READS_A_TURN: usize = 8;

/// Time that an exchange may leave a header block or a frame open, so that the
/// others on its connection wait: as long as a client may wait for anything.
pub(super) const CORKED: Duration = Duration::from_secs(30);

/// Bytes of the payload of a raw frame that are looked at for its effects: as
/// much as fits a frame before a peer allows more. Most clients refuse longer
/// SETTINGS, and the others are short.
pub(super) const READ_ALONG: usize = 16_384;

/// Bytes of a raw header block that are looked at for what it does to the
/// compression: several times what clients take. Behind a longer one the
/// compression begins anew.
pub(super) const RAW_BLOCK: usize = 256 * 1024;

/// The fields of a raw block that are looked at: its status is the first.
pub(super) const FOLLOWED_LIST: Bounds = Bounds {
    bytes: 64 * 1024,
    fields: 64,
};

/// Streams that are not its own and that an exchange is known to have written
/// raw on: it is told what the client answers there. The last count.
pub(super) const FOREIGN_STREAMS: usize = 64;

/// SETTINGS of ours that may wait for their acknowledgement: a handler may
/// write them without end, and a client need not answer in time.
pub(super) const UNACKNOWLEDGED: usize = 64;

/// Streams that one exchange may push. They are remembered for as long as it
/// lives. A page has a few hundred resources at most.
pub(super) const PUSHED_STREAMS: usize = 1_024;

/// Frames beside its request that wait for a watching exchange. The vocabulary
/// promises so many; they must not pile up with a handler that never looks.
pub(super) const WATCHED_FRAMES: usize = 64;

/// Bytes of such a frame: more than fits one before we allow more is not kept.
pub(super) const WATCHED_BYTES: usize = 16_384;

/// Bytes that wait for their handlers, for the whole connection, whatever
/// windows a handler gave the client.
pub(super) const WAITING_BYTES: usize = 16 * 1024 * 1024;

/// Streams that a client may have open, whatever a handler's SETTINGS say.
pub(super) const MOST_STREAMS: u32 = 1_024;

/// The largest dynamic table in either direction, whatever a handler says: what
/// browsers use. Our search of it takes time in proportion.
pub(super) const MOST_TABLE: u32 = 64 * 1024;
