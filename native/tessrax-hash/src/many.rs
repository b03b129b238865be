//! Many leaves: two of them at a time, and as soon as one is done the next takes its place.

use crate::sha256::{self, State, BLOCK, INITIAL};

const DIGEST: usize = 32;

/// One leaf on its way: what is left of it, in up to three runs of whole blocks. The prefix moves every byte on by one, so
/// the first block and the last ones are put together apart; all others are read where they lie.
struct Leaf {
    state: State,
    runs: [(*const u8, usize); 3],
    run: usize,
    hash: *mut u8,
    first: [u8; BLOCK],
    last: [u8; 2 * BLOCK],
}

impl Leaf {
    const fn none() -> Leaf {
        Leaf {
            state: INITIAL,
            runs: [(std::ptr::null(), 0); 3],
            run: 3,
            hash: std::ptr::null_mut(),
            first: [0; BLOCK],
            last: [0; 2 * BLOCK],
        }
    }

    /// Begins a leaf. It points into itself then, and must not be moved until it is done.
    unsafe fn begin(&mut self, prefix: u8, data: *const u8, length: usize, hash: *mut u8) {
        let total = 1 + length;
        let whole = total / BLOCK;
        let rest = total % BLOCK;
        if whole > 0 {
            self.first[0] = prefix;
            copy(data, &mut self.first[1..]);
            copy(data.add(length - rest), &mut self.last[..rest]);
        } else {
            self.last[0] = prefix;
            copy(data, &mut self.last[1..rest]);
        }
        let padded = sha256::pad(&mut self.last, rest, total as u64);
        let second = if whole > 1 { data.add(BLOCK - 1) } else { data };
        self.state = INITIAL;
        self.hash = hash;
        self.run = 0;
        self.runs = [
            (self.first.as_ptr(), whole.min(1)),
            (second, whole.saturating_sub(1)),
            (self.last.as_ptr(), padded),
        ];
        self.skip_empty();
    }

    fn is_done(&self) -> bool {
        self.run == 3
    }

    fn take(&mut self, blocks: usize) {
        let (at, left) = &mut self.runs[self.run];
        *at = at.wrapping_add(blocks * BLOCK);
        *left -= blocks;
        self.skip_empty();
    }

    fn skip_empty(&mut self) {
        while self.run < 3 && self.runs[self.run].1 == 0 {
            self.run += 1;
        }
    }

    unsafe fn finish_alone(&mut self) {
        while !self.is_done() {
            let (at, left) = self.runs[self.run];
            sha256::compress(&mut self.state, at, left);
            self.take(left);
        }
        sha256::store(&self.state, self.hash);
    }
}

unsafe fn copy(from: *const u8, to: &mut [u8]) {
    if !to.is_empty() {
        std::ptr::copy_nonoverlapping(from, to.as_mut_ptr(), to.len());
    }
}

/// `hashes[i] = SHA-256(prefix || data[ends[i - 1]..ends[i]])`.
///
/// # Safety
/// `ends` points to `count` numbers that begin at or above zero and never fall, `data` to as many bytes as the last of
/// them says, `hashes` to `32 * count` bytes apart from all of them.
pub unsafe fn hash(
    prefix: u8,
    data: *const u8,
    ends: *const i32,
    count: usize,
    hashes: *mut u8,
) {
    let mut next = 0;
    let mut begin = |leaf: &mut Leaf| {
        if next == count {
            return false;
        }
        let from = if next == 0 { 0 } else { *ends.add(next - 1) as usize };
        let to = *ends.add(next) as usize;
        leaf.begin(prefix, data.wrapping_add(from), to - from, hashes.add(next * DIGEST));
        next += 1;
        true
    };
    let (mut a, mut b) = (Leaf::none(), Leaf::none());
    if !begin(&mut a) {
        return;
    }
    let mut two = begin(&mut b);
    while two {
        let ((at_a, left_a), (at_b, left_b)) = (a.runs[a.run], b.runs[b.run]);
        let blocks = left_a.min(left_b);
        sha256::compress_two([&mut a.state, &mut b.state], [at_a, at_b], blocks);
        a.take(blocks);
        b.take(blocks);
        if a.is_done() {
            sha256::store(&a.state, a.hash);
            two = begin(&mut a);
        }
        if b.is_done() {
            sha256::store(&b.state, b.hash);
            // Without another leaf for a, there is none for b either.
            two = begin(&mut b);
        }
    }
    for leaf in [&mut a, &mut b] {
        if !leaf.is_done() {
            leaf.finish_alone();
        }
    }
}
