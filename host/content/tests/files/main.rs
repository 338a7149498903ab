//! Files over connections in memory, each on HTTP/1 and on HTTP/2: wptserve's
//! table of static files row by row, and what host adds to it.

mod caching;
mod folders;
mod harness;
mod headers;
mod paths;
mod pipes;
mod ranges;
mod sending;
mod templates;
mod wrappers;
