//! Mocks over a pipe. Time is tokio's paused clock: it jumps when nobody has
//! anything to do.

mod bounded;
mod faults;
mod harness;
mod http1;
mod http2;
mod kept;
mod offer;
mod scripts;
