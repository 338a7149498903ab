//! Any bytes as a template; `host_content::fuzz::template` says what must hold.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| host_content::fuzz::template(data));
