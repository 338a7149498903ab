//! How clients are tested with a server of the test's own. Each file is about one
//! client of `src`, and one thing that is hard to try without such a server.

mod jar;
mod lines;
mod retry;
mod streams;
mod upload;
