//! Any bytes as frames; `host_wire::fuzz::frame` says what must hold.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| host_wire::fuzz::frame(data));
