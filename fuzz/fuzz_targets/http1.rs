//! Any bytes as an HTTP/1 client; `host_wire::fuzz::http1` says what must hold.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| host_wire::fuzz::http1(data));
