//! HTTP/1 from outside: raw bytes and hyper's client against
//! `serve_connection`.

mod answers;
mod bodies;
mod connections;
mod harness;
mod heads;
mod hyper_client;
mod splits;
mod times;
mod upgrade;
mod writes;
