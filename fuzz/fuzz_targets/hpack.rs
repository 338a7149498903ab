//! Any bytes as field blocks; `host_wire::fuzz::hpack` says what must hold.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| host_wire::fuzz::hpack(data));
