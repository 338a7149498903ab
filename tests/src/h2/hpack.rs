//! HPACK (RFC 7541), written apart from host's: an encoder that only makes
//! literals without indexing, and a decoder of everything.

use std::collections::VecDeque;

use super::frame::Fields;
use super::tables::{HUFFMAN, STATIC};

/// Encodes a field list, each as a literal without indexing with a literal
/// name and no Huffman code (§6.2.2).
pub fn encode(fields: &[(String, String)]) -> Vec<u8> {
    let mut block = Vec::new();
    for (name, value) in fields {
        block.push(0);
        for text in [name, value] {
            let bytes: Vec<u8> = text.chars().map(|c| c as u8).collect();
            integer(&mut block, 7, 0, bytes.len());
            block.extend(bytes);
        }
    }
    block
}

/// Encodes an integer with a prefix of `bits` bits (§5.1).
fn integer(block: &mut Vec<u8>, bits: u8, first: u8, mut value: usize) {
    let max = (1 << bits) - 1;
    if value < max {
        block.push(first | value as u8);
        return;
    }
    block.push(first | max as u8);
    value -= max;
    while value >= 128 {
        block.push((value % 128) as u8 | 128);
        value /= 128;
    }
    block.push(value as u8);
}

/// A decoder with its dynamic table.
#[derive(Debug)]
pub struct Decoder {
    table: VecDeque<(String, String)>,
    size: usize,
    /// What the table may hold now, by size updates (§6.3).
    capacity: usize,
    /// What size updates may ask for: our SETTINGS_HEADER_TABLE_SIZE.
    pub limit: usize,
}

impl Default for Decoder {
    fn default() -> Self {
        Self {
            table: VecDeque::new(),
            size: 0,
            capacity: 4096,
            limit: 4096,
        }
    }
}

impl Decoder {
    /// Decodes one block.
    pub fn decode(&mut self, mut block: &[u8]) -> Result<Fields, String> {
        let mut fields = Fields::new();
        while let Some(&first) = block.first() {
            if first & 0x80 != 0 {
                let index = take_integer(&mut block, 7)?;
                fields.push(self.entry(index)?);
            } else if first & 0x40 != 0 {
                let field = self.literal(&mut block, 6)?;
                self.insert(field.clone());
                fields.push(field);
            } else if first & 0x20 != 0 {
                if !fields.is_empty() {
                    return Err("a size update behind a field (§4.2)".to_owned());
                }
                self.capacity = take_integer(&mut block, 5)?;
                if self.capacity > self.limit {
                    return Err(format!("table size {} over the limit", self.capacity));
                }
                self.evict(0);
            } else {
                fields.push(self.literal(&mut block, 4)?);
            }
        }
        Ok(fields)
    }

    fn literal(&self, block: &mut &[u8], bits: u8) -> Result<(String, String), String> {
        let name = match take_integer(block, bits)? {
            0 => take_string(block)?,
            index => self.entry(index)?.0,
        };
        Ok((name, take_string(block)?))
    }

    fn entry(&self, index: usize) -> Result<(String, String), String> {
        let found = match index.checked_sub(1) {
            Some(i) if i < STATIC.len() => {
                let (name, value) = STATIC[i];
                Some((name.to_owned(), value.to_owned()))
            }
            Some(i) => self.table.get(i - STATIC.len()).cloned(),
            None => None,
        };
        found.ok_or_else(|| format!("no entry {index}"))
    }

    fn insert(&mut self, field: (String, String)) {
        let size = size(&field);
        self.evict(size);
        if size <= self.capacity {
            self.size += size;
            self.table.push_front(field);
        }
    }

    fn evict(&mut self, room: usize) {
        while self.size + room > self.capacity {
            let Some(oldest) = self.table.pop_back() else {
                return;
            };
            self.size -= size(&oldest);
        }
    }
}

/// §4.1. Texts are Latin-1 here, so a character is a byte.
fn size((name, value): &(String, String)) -> usize {
    name.chars().count() + value.chars().count() + 32
}

fn take_byte(block: &mut &[u8]) -> Result<u8, String> {
    let (first, rest) = block.split_first().ok_or("the block ends early")?;
    *block = rest;
    Ok(*first)
}

fn take_integer(block: &mut &[u8], bits: u8) -> Result<usize, String> {
    let max = (1 << bits) - 1;
    let mut value = usize::from(take_byte(block)?) & max;
    if value < max {
        return Ok(value);
    }
    let mut shift = 0;
    loop {
        let byte = usize::from(take_byte(block)?);
        if shift > 28 {
            return Err("an integer of more than 32 bits".to_owned());
        }
        value += (byte & 127) << shift;
        shift += 7;
        if byte & 128 == 0 {
            return Ok(value);
        }
    }
}

fn take_string(block: &mut &[u8]) -> Result<String, String> {
    let huffman = block.first().is_some_and(|b| b & 0x80 != 0);
    let len = take_integer(block, 7)?;
    let (bytes, rest) = block.split_at_checked(len).ok_or("a string ends early")?;
    *block = rest;
    if huffman {
        return unpack(bytes);
    }
    Ok(bytes.iter().copied().map(char::from).collect())
}

/// Undoes the Huffman code (§5.2), one bit after the other: this is a test.
fn unpack(bytes: &[u8]) -> Result<String, String> {
    let mut text = String::new();
    let (mut code, mut len) = (0_u32, 0_u8);
    for bit in bytes
        .iter()
        .flat_map(|b| (0..8).rev().map(move |i| b >> i & 1))
    {
        code = code << 1 | u32::from(bit);
        len += 1;
        if let Some(symbol) = HUFFMAN.iter().position(|c| *c == (code, len)) {
            let byte = u8::try_from(symbol).map_err(|_| "EOS in a string")?;
            text.push(char::from(byte));
            (code, len) = (0, 0);
        } else if len > 30 {
            return Err("no such code".to_owned());
        }
    }
    if len > 7 || code != (1 << len) - 1 {
        return Err("padding that is not the start of EOS".to_owned());
    }
    Ok(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn field(name: &str, value: &str) -> (String, String) {
        (name.to_owned(), value.to_owned())
    }

    #[test]
    fn what_is_encoded_is_decoded() {
        let fields = vec![field(":path", "/\u{ff}"), field("x", &"y".repeat(3000))];
        assert_eq!(Decoder::default().decode(&encode(&fields)).unwrap(), fields);
    }

    /// RFC 7541 C.4: three requests with Huffman code on one connection.
    #[test]
    fn the_rfc_s_requests() {
        let mut decoder = Decoder::default();
        let blocks: [&[u8]; 2] = [
            b"\x82\x86\x84\x41\x8c\xf1\xe3\xc2\xe5\xf2\x3a\x6b\xa0\xab\x90\xf4\xff",
            b"\x82\x86\x84\xbe\x58\x86\xa8\xeb\x10\x64\x9c\xbf",
        ];
        let mut wanted = vec![
            field(":method", "GET"),
            field(":scheme", "http"),
            field(":path", "/"),
            field(":authority", "www.example.com"),
        ];
        assert_eq!(decoder.decode(blocks[0]).unwrap(), wanted);
        wanted.push(field("cache-control", "no-cache"));
        assert_eq!(decoder.decode(blocks[1]).unwrap(), wanted);
    }
}
