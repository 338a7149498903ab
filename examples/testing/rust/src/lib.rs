//! Clients that are worth testing, each as small as it can be. How they are tested is
//! in `tests`, a file for each: that is what these examples are about.

pub mod jar;
pub mod lines;
pub mod retry;
pub mod streams;
pub mod upload;
