//! What a client must know.

use std::fmt;

use subtle::ConstantTimeEq as _;

/// A secret that clients show (RFC 6750 §2.1).
#[derive(Clone)]
pub struct Token(Vec<u8>);

/// A text that cannot be a token.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a token is 1 to 1000 ASCII characters, without blanks")]
pub struct BadToken;

impl Token {
    /// # Errors
    /// It could not be sent in a field.
    pub fn new(text: &str) -> Result<Self, BadToken> {
        let fits = (1..=1000).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_graphic());
        fits.then(|| Self(text.into())).ok_or(BadToken)
    }

    /// Whether this is it. How long that takes says nothing of where they differ.
    pub(crate) fn is(&self, shown: &[u8]) -> bool {
        self.0.ct_eq(shown).into()
    }
}

/// It is in no log.
impl fmt::Debug for Token {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Token")
    }
}
