//! Content: all at once, or made while it is sent.

use std::borrow::Cow;
use std::fmt;

/// The content of an answer.
pub enum Content {
    /// All of it.
    Whole(Cow<'static, [u8]>),
    /// Piece by piece, see [`Pieces`].
    Pieces(Box<dyn Iterator<Item = Vec<u8>>>),
}

impl fmt::Debug for Content {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Whole(bytes) => f.debug_tuple("Whole").field(bytes).finish(),
            Self::Pieces(_) => f.write_str("Pieces"),
        }
    }
}

impl<B: Into<Cow<'static, [u8]>>> From<B> for Content {
    fn from(bytes: B) -> Self {
        Self::Whole(bytes.into())
    }
}

/// Content that is made while it is sent: each item goes to the client before the
/// next is asked for, empty ones are skipped (wptserve's generators). In every
/// place where content can be: `Pieces(iter)`, `(headers, Pieces(iter))`,
/// `(status, headers, Pieces(iter))`.
///
/// The answer has no Content-Length unless one is set. HEAD asks for no item.
/// An iterator that can fail is for [`Response::write_content`].
///
/// ```
/// use host_guest::{IntoResponse, Pieces};
///
/// fn count(to: u32) -> impl IntoResponse {
///     ([("Content-Type", "text/plain")], Pieces((1..=to).map(|n| format!("{n}\n"))))
/// }
/// ```
///
/// [`Response::write_content`]: crate::Response::write_content
#[derive(Clone, Debug)]
pub struct Pieces<I>(pub I);

/// Content: text (as UTF-8) or bytes, or [`Pieces`] of it.
pub trait IntoBody {
    /// The content.
    fn into_body(self) -> Content;
}

impl<I> IntoBody for Pieces<I>
where
    I: IntoIterator,
    I::IntoIter: 'static,
    I::Item: AsRef<[u8]>,
{
    fn into_body(self) -> Content {
        let pieces = self.0.into_iter().map(|piece| piece.as_ref().to_vec());
        Content::Pieces(Box::new(pieces))
    }
}

impl<const N: usize> IntoBody for &'static [u8; N] {
    fn into_body(self) -> Content {
        Content::Whole(Cow::Borrowed(self))
    }
}
