//! HTTP/1 from outside: raw bytes and hyper's client against
//! `serve_connection`.

mod answers;
mod bodies;
mod connections;
mod endings;
mod harness;
mod heads;
mod hyper_client;
mod keep_alive_raw;
mod put_back;
mod raw;
mod splits;
mod times;
mod upgrade;
mod writes;
