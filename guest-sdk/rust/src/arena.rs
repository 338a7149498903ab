//! The guest's global allocator: a fixed arena first, the system's heap beyond.
//!
//! An instance lives for one request, and most requests allocate little. The
//! default allocator grows the linear memory at its first allocation, which
//! costs the host two `mprotect` calls a request (one to grow, one to shrink
//! the pooled slot again): more than all the rest of a small handler. So the
//! first [`SIZE`] bytes come from a static array, whose pages the instance has
//! anyway.
//!
//! The arena is a stack: a block is taken behind the last one. Freeing the last
//! block gives its bytes back, freeing the last live block gives back all of
//! them, and blocks in between wait for that. What does not fit any more goes
//! to the system's allocator, which reuses every freed block, so that a stream
//! with any number of frames lives in bounded memory.

#![allow(unsafe_code)]

use core::alloc::{GlobalAlloc, Layout};
use core::cell::{Cell, UnsafeCell};
use core::mem::MaybeUninit;
use core::ptr;
use std::alloc::System;

/// Bytes of the arena. 256 KiB: a small handler's whole request, with a piece
/// of a body (64 KiB) or two.
pub(crate) const SIZE: usize = 256 * 1024;

/// An allocator over `N` bytes of its own, with the system's behind it.
pub(crate) struct Arena<const N: usize = SIZE> {
    memory: UnsafeCell<[MaybeUninit<u8>; N]>,
    /// Where the next block may begin: bytes from the start of `memory`.
    top: Cell<usize>,
    /// Blocks of the arena that are not freed.
    live: Cell<usize>,
}

// SAFETY: a WebAssembly module without the atomics proposal has one thread
// (it cannot even share its memory), so that a static is only ever used by one.
#[cfg(all(target_family = "wasm", not(target_feature = "atomics")))]
unsafe impl<const N: usize> Sync for Arena<N> {}

impl<const N: usize> Arena<N> {
    /// An empty arena.
    pub(crate) const fn new() -> Self {
        Self {
            memory: UnsafeCell::new([MaybeUninit::uninit(); N]),
            top: Cell::new(0),
            live: Cell::new(0),
        }
    }

    fn base(&self) -> *mut u8 {
        self.memory.get().cast()
    }

    /// The block's distance from the start of the arena, or none when it is
    /// the system's. Compares addresses, so a foreign pointer is no harm.
    fn offset(&self, block: *mut u8) -> Option<usize> {
        let offset = block.addr().wrapping_sub(self.base().addr());
        (offset < N).then_some(offset)
    }

    /// Takes a block behind the last one, if it fits.
    fn take(&self, layout: Layout) -> Option<*mut u8> {
        // The array has an alignment of 1: align the address, not the offset.
        let address = self.base().addr().checked_add(self.top.get())?;
        let start = address.checked_next_multiple_of(layout.align())? - self.base().addr();
        let end = start.checked_add(layout.size()).filter(|end| *end <= N)?;
        self.top.set(end);
        self.live.set(self.live.get() + 1);
        Some(self.base().wrapping_add(start))
    }

    /// Gives a block back: `size` bytes at `offset`.
    fn give(&self, offset: usize, size: usize) {
        let live = self.live.get() - 1;
        self.live.set(live);
        if live == 0 {
            self.top.set(0);
        } else if offset + size == self.top.get() {
            self.top.set(offset);
        }
    }
}

impl<const N: usize> Default for Arena<N> {
    fn default() -> Self {
        Self::new()
    }
}

// SAFETY: `take` gives out [start, end) with top <= start <= end <= N, aligned
// as asked, and moves `top` to `end`. `top` moves back only to the start of the
// block that ends at it, or to 0 when no block is live; a live block ends at or
// below `top` at all times, so no two live blocks overlap, and a block stays
// where it is until it is freed. Blocks that are not in the arena are the
// system's, told apart by their address, which cannot be in `memory`. Nothing
// here panics or allocates: `live` is at least 1 whenever a block of the arena
// is freed, by the caller's contract.
unsafe impl<const N: usize> GlobalAlloc for Arena<N> {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        match self.take(layout) {
            Some(block) => block,
            // SAFETY: the caller's contract, unchanged.
            None => unsafe { System.alloc(layout) },
        }
    }

    unsafe fn alloc_zeroed(&self, layout: Layout) -> *mut u8 {
        match self.take(layout) {
            Some(block) => {
                // SAFETY: `block` has `size` bytes that nobody else uses. They
                // may have been used before, so they are not zero by birth.
                unsafe { ptr::write_bytes(block, 0, layout.size()) };
                block
            }
            // SAFETY: the caller's contract, unchanged.
            None => unsafe { System.alloc_zeroed(layout) },
        }
    }

    unsafe fn dealloc(&self, block: *mut u8, layout: Layout) {
        match self.offset(block) {
            Some(offset) => self.give(offset, layout.size()),
            // SAFETY: not of the arena, hence the system's, by its own layout.
            None => unsafe { System.dealloc(block, layout) },
        }
    }

    unsafe fn realloc(&self, block: *mut u8, layout: Layout, new_size: usize) -> *mut u8 {
        let Some(offset) = self.offset(block) else {
            // SAFETY: not of the arena, hence the system's.
            return unsafe { System.realloc(block, layout, new_size) };
        };
        // The last block grows and shrinks in place: how a Vec grows.
        if offset + layout.size() == self.top.get() && new_size <= N - offset {
            self.top.set(offset + new_size);
            return block;
        }
        if new_size <= layout.size() {
            return block;
        }
        // SAFETY: the size is not 0 (larger than the old one) and, by the
        // caller's contract, fits an isize when rounded up to the alignment.
        let new = unsafe {
            let new_layout = Layout::from_size_align_unchecked(new_size, layout.align());
            self.alloc(new_layout)
        };
        if !new.is_null() {
            // SAFETY: two live blocks, which do not overlap, the new one larger.
            unsafe {
                ptr::copy_nonoverlapping(block, new, layout.size());
                self.dealloc(block, layout);
            }
        }
        new
    }
}
