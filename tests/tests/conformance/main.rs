//! What RFC 9113 and RFC 7541 demand of a server, against the real binary over
//! a raw socket: a test for each MUST and MUST NOT that a server can break,
//! named by its section. `docs/conformance.md` is the list of them.

mod rfc7541;
mod rfc7541_tables;
mod rfc8441;
mod s3_starting;
mod s4_frames;
mod s5_1_stream_states;
mod s5_streams;
mod s6_10_continuation;
mod s6_1_to_6_4_streams;
mod s6_5_settings;
mod s6_6_to_6_8_connection;
mod s6_9_flow_control;
mod s6_9_windows;
mod s8_1_messages;
mod s8_2_fields;
mod s8_3_control_data;
mod s8_4_to_8_7;
mod table;
mod transcript;
