//! Where what tools say goes.

/// Takes what a build's tools print, as they print it.
pub struct Output<'a> {
    write: &'a mut (dyn FnMut(&[u8]) + Send),
    /// Whether tools are to colour it.
    pub(crate) colour: bool,
}

impl<'a> Output<'a> {
    /// Hands everything to `write`, in pieces of any size.
    pub fn new(colour: bool, write: &'a mut (dyn FnMut(&[u8]) + Send)) -> Self {
        Self { write, colour }
    }

    pub(crate) fn write(&mut self, bytes: &[u8]) {
        (self.write)(bytes);
    }
}
