//! Any bytes as a string of pipes; `host_content::fuzz::pipes` says what must hold.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| host_content::fuzz::pipes(data));
