//! What the frame hooks are given: the contract's records, with a few readers.

pub use crate::bindings::host::handler::frames::{
    Closing, ControlFrame, DataFrame, Goaway, HeadersFrame, Priority,
};

impl HeadersFrame {
    /// The first value of a field, pseudo-header fields (`:path`) included.
    /// The name is compared without case.
    pub fn header(&self, name: &str) -> Option<&crate::BStr> {
        let mut fields = self.headers.iter();
        let (_, value) = fields.find(|(other, _)| other.eq_ignore_ascii_case(name.as_bytes()))?;
        Some(value.as_slice().into())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_header_is_found_without_case() {
        let frame = HeadersFrame {
            stream_id: 1,
            flags: 0x1,
            headers: vec![
                (b":path".to_vec(), b"/a".to_vec()),
                (b"test".to_vec(), b"pass".to_vec()),
                (b"test".to_vec(), b"fail".to_vec()),
            ],
            end_stream: true,
            padding: None,
            priority: None,
        };
        assert_eq!(frame.header(":path").unwrap(), "/a");
        assert_eq!(frame.header("Test").unwrap(), "pass");
        assert_eq!(frame.header("other"), None);
    }
}
