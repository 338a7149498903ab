//! `/gallery/hpack`: the same fields in every way that HPACK has (RFC 7541), and
//! a header block that is cut up by hand.
//!
//! Each informational head (103) is coded otherwise, then the dynamic table is
//! set to nothing, which the next block says first (§6.3). The final head is a
//! block made by `encode_headers`, written by `write_raw_frame` in two pieces
//! that are cut in the middle of a field.

use host_guest::{Huffman, Indexing, prelude::*};

const HEADERS: u8 = 1;
const CONTINUATION: u8 = 9;
const END_STREAM: u8 = 1;
const END_HEADERS: u8 = 4;

#[main]
fn main(request: &Request, response: &mut Response) -> Result {
    let writer = response.writer();
    for indexing in [Indexing::Incremental, Indexing::Without, Indexing::Never] {
        for huffman in [Huffman::Always, Huffman::Never] {
            writer.set_header_coding(indexing, huffman)?;
            writer.write_headers(103, [("x-coded", "a value")])?;
        }
    }
    writer.set_header_table_size(0)?;
    writer.write_headers(103, [("x-coded", "a value")])?;

    let block = writer.encode_headers([(":status", "200"), ("x-cut", "in two")])?;
    let (first, second) = block.split_at(block.len() / 2);
    let stream = request.stream_id();
    writer.write_raw_frame(HEADERS, END_STREAM, stream, first)?;
    writer.write_raw_frame(CONTINUATION, END_HEADERS, stream, second)?;
    Ok(())
}
