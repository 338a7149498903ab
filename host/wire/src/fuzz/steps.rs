//! Bytes as what an HTTP/2 client does: frames in any order, most of them well
//! formed, so that a fuzzer gets past the first check.

/// Something that a client does.
pub(super) enum Step {
    Send(Vec<u8>),
    /// Waits that many milliseconds.
    Wait(u64),
    /// Lets the server go on.
    Yield,
}

/// What is left of the input.
pub(super) struct Steps<'a> {
    data: &'a [u8],
    /// Streams opened so far.
    opened: u32,
    /// What the client has allowed and sent, for the checks.
    pub given: Given,
}

/// What a client has sent in all.
#[derive(Default)]
pub(super) struct Given {
    /// Increments of the connection's window.
    pub connection_window: u64,
    /// Bytes of DATA frames.
    pub content: u64,
    pub pings: usize,
    pub settings: usize,
    /// Bytes that may be no frames, or frames that change what is expected,
    /// were sent.
    pub wild: bool,
}

impl<'a> Steps<'a> {
    pub(super) fn new(data: &'a [u8]) -> Self {
        Self {
            data,
            opened: 0,
            given: Given::default(),
        }
    }

    fn byte(&mut self) -> Option<u8> {
        let (first, rest) = self.data.split_first()?;
        self.data = rest;
        Some(*first)
    }

    fn bytes(&mut self, most: usize) -> &'a [u8] {
        let (first, rest) = self.data.split_at(self.data.len().min(most));
        self.data = rest;
        first
    }

    /// A number of four bytes, zeros where there are none.
    fn number(&mut self) -> u32 {
        let mut bytes = [0; 4];
        let given = self.bytes(4);
        bytes[..given.len()].copy_from_slice(given);
        u32::from_be_bytes(bytes)
    }

    /// One of the last streams, or the connection, or one that is not there.
    fn stream(&mut self) -> u32 {
        match self.byte().unwrap_or(0) {
            n @ 0..=0xdf => (2 * self.opened + 1).saturating_sub(2 * u32::from(n % 8) + 2),
            n @ 0xe0..=0xef => u32::from(n - 0xe0),
            0xf0.. => 2 * self.opened + 5,
        }
    }

    /// The last stream that was opened.
    fn last(&self) -> u32 {
        (2 * self.opened).saturating_sub(1)
    }

    /// A request's field block in plain literals and static indices.
    fn request(&mut self) -> Vec<u8> {
        let mut block = match self.byte().unwrap_or(0) % 8 {
            0..4 => b"\x83\x86\x84\x01\x01t".to_vec(),
            4 => b"\x82\x86\x04\x02/a".to_vec(),
            5 => b"\x83\x86\x84\x0f\x0d\x01\x35".to_vec(),
            6 => b"\x82\x86\x84\x40\x01x\x01y".to_vec(),
            _ => b"\x82\x86\x84\xbe".to_vec(),
        };
        if self.byte().unwrap_or(0).is_multiple_of(8) {
            let length = usize::from(self.byte().unwrap_or(0));
            block.extend(self.bytes(length));
        }
        block
    }

    /// The next step; `None` at the end of the input.
    pub(super) fn next(&mut self) -> Option<Step> {
        let op = self.byte()?;
        let high = op >> 4;
        let step = match op & 0x0f {
            0 | 1 => {
                self.opened += 1;
                let block = self.request();
                let flags = if high & 1 == 0 { 0x5 } else { 0x4 };
                frame(1, flags, self.last(), &block)
            }
            2 | 3 => self.data_frame(high),
            4 => {
                let flags = if high & 1 == 0 { 0x5 } else { 0x4 };
                frame(1, flags, self.stream(), b"\x00\x01x\x01y")
            }
            5 => frame(3, 0, self.stream(), &u32::from(high).to_be_bytes()),
            6 => {
                let stream = if high & 1 == 0 { 0 } else { self.stream() };
                let by = match high & 2 {
                    0 => u32::from(self.byte().unwrap_or(1)),
                    _ => self.number(),
                };
                if stream == 0 {
                    self.given.connection_window += u64::from(by & 0x7fff_ffff);
                }
                frame(8, 0, stream, &by.to_be_bytes())
            }
            7 => {
                let id = u16::from(high);
                let value = self.number();
                // A larger frame or a smaller table is for the reader to know.
                self.given.wild |= matches!(id, 1 | 5);
                self.given.settings += 1;
                let setting = [&id.to_be_bytes()[..], &value.to_be_bytes()].concat();
                frame(4, 0, 0, &setting)
            }
            8 => frame(4, 1, 0, &[]),
            9 => {
                self.given.pings += 1;
                frame(6, 0, 0, &[op; 8])
            }
            10 => frame(2, 0, self.stream(), &[0, 0, 0, high, 7]),
            11 => self.raw_frame(),
            12 => {
                // A block that is not whole.
                self.opened += 1;
                let length = usize::from(high);
                frame(1, 0x1, self.last(), self.bytes(length))
            }
            13 => {
                let length = usize::from(self.byte().unwrap_or(0));
                let flags = if high & 1 == 0 { 0x4 } else { 0 };
                frame(9, flags, self.last(), self.bytes(length))
            }
            14 => match high {
                0..8 => return Some(Step::Yield),
                8..15 => return Some(Step::Wait(u64::from(high) * 100)),
                _ => return Some(Step::Wait(70_000)),
            },
            _ => {
                self.given.wild = true;
                let length = usize::from(self.byte().unwrap_or(0));
                return Some(Step::Send(self.bytes(length).to_vec()));
            }
        };
        Some(Step::Send(step))
    }

    fn data_frame(&mut self, high: u8) -> Vec<u8> {
        let stream = self.stream();
        let length = match high & 8 {
            0 => usize::from(self.byte().unwrap_or(0)),
            _ => 64 * usize::from(self.byte().unwrap_or(0)),
        };
        let end = high & 1;
        let payload = match high & 2 {
            0 => vec![b'x'; length],
            _ => {
                let mut padded = vec![0; length + 1];
                padded[0] = (length / 2).min(255) as u8;
                padded
            }
        };
        self.given.content += payload.len() as u64;
        frame(0, end | (high & 2) << 2, stream, &payload)
    }

    fn raw_frame(&mut self) -> Vec<u8> {
        let kind = self.byte().unwrap_or(0);
        let flags = self.byte().unwrap_or(0);
        let stream = self.stream();
        let length = usize::from(self.byte().unwrap_or(0));
        self.given.wild = true;
        let payload = self.bytes(length);
        frame(kind, flags, stream, payload)
    }
}

fn frame(kind: u8, flags: u8, stream: u32, payload: &[u8]) -> Vec<u8> {
    let length = (payload.len() as u32).to_be_bytes();
    let mut bytes = length[1..].to_vec();
    bytes.extend([kind, flags]);
    bytes.extend(stream.to_be_bytes());
    bytes.extend(payload);
    bytes
}
