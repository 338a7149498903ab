//! Flow-control windows (RFC 9113 §5.2, §6.9), one type for each direction.

/// The largest window (RFC 9113 §6.9.1).
pub(super) const MAX_WINDOW: u32 = 0x7fff_ffff;

/// Every window before anybody says anything (RFC 9113 §6.9.2).
pub(super) const DEFAULT_WINDOW: u32 = 65_535;

/// A window would pass [`MAX_WINDOW`].
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Overflow;

/// What the client lets us send.
///
/// It is below zero after the client lowered SETTINGS_INITIAL_WINDOW_SIZE
/// (RFC 9113 §6.9.2), or a handler wrote raw DATA beyond it.
#[derive(Debug)]
pub(super) struct SendWindow(i64);

impl SendWindow {
    pub(super) fn new(size: u32) -> Self {
        Self(i64::from(size))
    }

    /// The bytes that may be sent now.
    pub(super) fn available(&self) -> usize {
        self.0.max(0) as usize
    }

    /// The same, below zero where more was sent than allowed.
    pub(super) fn signed(&self) -> i64 {
        self.0
    }

    pub(super) fn debit(&mut self, bytes: usize) {
        self.0 -= bytes as i64;
    }

    /// Takes a WINDOW_UPDATE, or the difference that a new
    /// SETTINGS_INITIAL_WINDOW_SIZE makes.
    pub(super) fn shift(&mut self, by: i64) -> Result<(), Overflow> {
        self.0 += by;
        match self.0 > i64::from(MAX_WINDOW) {
            true => Err(Overflow),
            false => Ok(()),
        }
    }
}

/// What we let the client send.
#[derive(Debug)]
pub(super) struct RecvWindow {
    /// What the client may send now.
    available: i64,
    /// What has been consumed and not yet been given back.
    consumed: u32,
    /// What `available` is when nothing is on its way or waits.
    size: u32,
    /// What a handler gave the client on top of that.
    extra: u64,
}

impl RecvWindow {
    pub(super) fn new(size: u32) -> Self {
        Self {
            available: i64::from(size),
            consumed: 0,
            size,
            extra: 0,
        }
    }

    /// Takes a frame; `false` where the client had no right to send it. An
    /// empty one needs no window, which is below zero where it was made smaller
    /// (RFC 9113 §6.9.1).
    pub(super) fn take(&mut self, bytes: u32) -> bool {
        self.available -= i64::from(bytes);
        self.available >= 0 || bytes == 0
    }

    /// Notes that bytes were consumed. Answers the increment that is due, if
    /// one is: as soon as half of the window is to be given back, so that
    /// updates are few and yet a client that is read from never stands still.
    pub(super) fn consume(&mut self, bytes: u32) -> Option<u32> {
        self.consumed += bytes;
        if self.consumed == 0 || self.consumed < self.size / 2 {
            return None;
        }
        self.available += i64::from(self.consumed);
        Some(std::mem::take(&mut self.consumed))
    }

    /// Lets the client send more, for good, as a WINDOW_UPDATE of a handler's
    /// says.
    ///
    /// # Errors
    /// [`Overflow`] where the window would pass [`MAX_WINDOW`] once all is
    /// given back; it is not changed then.
    pub(super) fn widen(&mut self, by: u32) -> Result<(), Overflow> {
        if u64::from(self.size) + self.extra + u64::from(by) > u64::from(MAX_WINDOW) {
            return Err(Overflow);
        }
        self.widen_raw(by);
        Ok(())
    }

    /// The same, whatever becomes of it.
    pub(super) fn widen_raw(&mut self, by: u32) {
        self.available += i64::from(by);
        self.extra += u64::from(by);
    }

    /// Changes the size that the client knows of.
    pub(super) fn resize(&mut self, size: u32) {
        self.available += i64::from(size) - i64::from(self.size);
        self.size = size;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_send_window_can_go_below_zero_and_come_back() {
        let mut window = SendWindow::new(10);
        window.debit(8);
        window.shift(-7).unwrap();
        assert_eq!(window.available(), 0);
        window.shift(6).unwrap();
        assert_eq!(window.available(), 1);
        assert_eq!(window.shift(i64::from(MAX_WINDOW)), Err(Overflow));
    }

    #[test]
    fn a_receive_window_gives_back_by_halves() {
        let mut window = RecvWindow::new(100);
        assert!(window.take(100));
        assert_eq!(window.consume(49), None);
        assert_eq!(window.consume(1), Some(50));
        assert!(window.take(50));
        assert!(!window.take(1));
    }

    #[test]
    fn an_empty_frame_needs_no_window() {
        let mut window = RecvWindow::new(100);
        assert!(window.take(60));
        window.resize(10);
        assert!(window.take(0));
        assert!(!window.take(1));
    }

    #[test]
    fn the_smallest_window_moves_byte_by_byte() {
        let mut window = RecvWindow::new(1);
        assert!(window.take(1));
        assert_eq!(window.consume(0), None);
        assert_eq!(window.consume(1), Some(1));
    }
}
