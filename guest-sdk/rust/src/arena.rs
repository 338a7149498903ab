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

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// A block that is written full of one byte, to see whether it stays so.
    struct Block {
        start: *mut u8,
        layout: Layout,
        mark: u8,
    }

    impl Block {
        fn new<const N: usize>(arena: &Arena<N>, layout: Layout, mark: u8) -> Self {
            // SAFETY: the size is not 0.
            let start = unsafe { arena.alloc(layout) };
            let block = Self {
                start,
                layout,
                mark,
            };
            block.fill();
            block
        }

        fn fill(&self) {
            assert!(!self.start.is_null());
            assert_eq!(self.start.addr() % self.layout.align(), 0);
            // SAFETY: the block has that many bytes, and they are ours.
            unsafe { ptr::write_bytes(self.start, self.mark, self.layout.size()) };
        }

        fn bytes(&self) -> &[u8] {
            // SAFETY: `fill` has written them all.
            unsafe { core::slice::from_raw_parts(self.start, self.layout.size()) }
        }

        fn is_intact(&self) -> bool {
            self.bytes().iter().all(|byte| *byte == self.mark)
        }

        fn resize<const N: usize>(&mut self, arena: &Arena<N>, size: usize) {
            let kept = size.min(self.layout.size());
            // SAFETY: a live block with its own layout, and a size not 0.
            self.start = unsafe { arena.realloc(self.start, self.layout, size) };
            self.layout = Layout::from_size_align(kept, self.layout.align()).unwrap();
            assert!(self.is_intact(), "realloc lost bytes");
            self.layout = Layout::from_size_align(size, self.layout.align()).unwrap();
            self.fill();
        }

        fn free<const N: usize>(self, arena: &Arena<N>) {
            // SAFETY: a live block with its own layout, given up.
            unsafe { arena.dealloc(self.start, self.layout) };
        }
    }

    fn layout(size: usize, align: usize) -> Layout {
        Layout::from_size_align(size, align).unwrap()
    }

    #[derive(Clone, Debug)]
    enum Step {
        Take { size: usize, align: usize },
        Free(usize),
        Resize(usize, usize),
    }

    fn step() -> impl Strategy<Value = Step> {
        let size = prop_oneof![1..64_usize, 1..700_usize];
        let align = (0..7_u32).prop_map(|power| 1 << power);
        prop_oneof![
            3 => (size.clone(), align).prop_map(|(size, align)| Step::Take { size, align }),
            2 => any::<usize>().prop_map(Step::Free),
            2 => (any::<usize>(), size).prop_map(|(which, size)| Step::Resize(which, size)),
        ]
    }

    proptest! {
        /// Small enough to overflow into the system's heap at every turn.
        #[test]
        fn no_block_touches_another(steps in proptest::collection::vec(step(), 1..200)) {
            let arena = Arena::<1024>::new();
            let mut blocks: Vec<Block> = Vec::new();
            for (turn, step) in steps.into_iter().enumerate() {
                match step {
                    Step::Take { size, align } => {
                        blocks.push(Block::new(&arena, layout(size, align), turn as u8));
                    }
                    Step::Free(which) if !blocks.is_empty() => {
                        blocks.swap_remove(which % blocks.len()).free(&arena);
                    }
                    Step::Resize(which, size) if !blocks.is_empty() => {
                        let which = which % blocks.len();
                        blocks[which].resize(&arena, size);
                    }
                    Step::Free(_) | Step::Resize(..) => {}
                }
                prop_assert!(blocks.iter().all(Block::is_intact));
                prop_assert!(arena.top.get() <= 1024);
            }
            for block in blocks {
                block.free(&arena);
            }
            prop_assert_eq!((arena.top.get(), arena.live.get()), (0, 0));
        }
    }

    #[test]
    fn the_last_block_gives_its_bytes_back() {
        let arena = Arena::<1024>::new();
        let state = Block::new(&arena, layout(100, 1), 1);
        for turn in 0..10_000 {
            let frame = Block::new(&arena, layout(900, 1), turn as u8);
            assert!(
                arena.offset(frame.start).is_some(),
                "turn {turn} did not fit"
            );
            frame.free(&arena);
        }
        assert!(state.is_intact());
        state.free(&arena);
    }

    #[test]
    fn the_last_block_grows_in_place() {
        let arena = Arena::<1024>::new();
        let mut block = Block::new(&arena, layout(8, 8), 1);
        let start = block.start;
        block.resize(&arena, 1000);
        assert_eq!(block.start, start);
        block.resize(&arena, 16);
        assert_eq!(
            (block.start, arena.top.get()),
            (start, 16 + arena.offset(start).unwrap())
        );
        block.free(&arena);
    }

    #[test]
    fn what_does_not_fit_is_the_systems() {
        let arena = Arena::<1024>::new();
        let large = Block::new(&arena, layout(1025, 1), 1);
        assert_eq!((arena.offset(large.start), arena.live.get()), (None, 0));
        let mut small = Block::new(&arena, layout(1000, 1), 2);
        small.resize(&arena, 2000);
        assert_eq!((arena.offset(small.start), arena.live.get()), (None, 0));
        assert!(large.is_intact());
        large.free(&arena);
        small.free(&arena);
    }

    #[test]
    fn used_bytes_are_zeroed_when_asked_for_zeros() {
        let arena = Arena::<1024>::new();
        Block::new(&arena, layout(64, 1), 0xff).free(&arena);
        // SAFETY: the size is not 0.
        let start = unsafe { arena.alloc_zeroed(layout(64, 1)) };
        let block = Block {
            start,
            layout: layout(64, 1),
            mark: 0,
        };
        assert!(block.is_intact());
        block.free(&arena);
    }
}
