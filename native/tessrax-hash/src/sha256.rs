//! One SHA-256 state, and blocks for it (FIPS 180-4, section 6.2.2).

/// The words of a hash in progress.
pub type State = [u32; 8];

/// The initial hash value (FIPS 180-4, section 5.3.3).
pub const INITIAL: State = [
    0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a, 0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19,
];

/// Bytes in a block.
pub const BLOCK: usize = 64;

/// The 0x80 and the eight bytes of length that end every input (section 5.1.1).
pub const TRAILER: usize = 9;

/// Whether the processor has SHA instructions, which then hash two streams at once here.
pub fn has_instructions() -> bool {
    #[cfg(target_arch = "x86_64")]
    return is_x86_feature_detected!("sha")
        && is_x86_feature_detected!("ssse3")
        && is_x86_feature_detected!("sse4.1");
    #[cfg(not(target_arch = "x86_64"))]
    return false;
}

/// Takes `count` blocks into the state.
///
/// # Safety
/// `blocks` points to `64 * count` bytes.
pub unsafe fn compress(state: &mut State, blocks: *const u8, count: usize) {
    #[cfg(target_arch = "x86_64")]
    if has_instructions() {
        return crate::sha_ni::compress([state], [blocks], count);
    }
    for i in 0..count {
        sha2::compress256(state, std::slice::from_ref(&*blocks.add(i * BLOCK).cast()));
    }
}

/// Takes `count` blocks into each of two states.
///
/// # Safety
/// Each of `blocks` points to `64 * count` bytes.
pub unsafe fn compress_two(states: [&mut State; 2], blocks: [*const u8; 2], count: usize) {
    #[cfg(target_arch = "x86_64")]
    if has_instructions() {
        return crate::sha_ni::compress(states, blocks, count);
    }
    let [first, second] = states;
    compress(first, blocks[0], count);
    compress(second, blocks[1], count);
}

/// Writes the digest: the words, big-endian.
///
/// # Safety
/// `digest` points to 32 bytes.
pub unsafe fn store(state: &State, digest: *mut u8) {
    for (i, word) in state.iter().enumerate() {
        digest.add(4 * i).cast::<[u8; 4]>().write(word.to_be_bytes());
    }
}

/// Pads an input of `length` bytes of which the last `used` lie in `buffer`, and tells how many blocks they now fill.
pub fn pad(buffer: &mut [u8; 2 * BLOCK], used: usize, length: u64) -> usize {
    let end = if used + TRAILER <= BLOCK { BLOCK } else { 2 * BLOCK };
    buffer[used] = 0x80;
    buffer[used + 1..end - 8].fill(0);
    buffer[end - 8..end].copy_from_slice(&(length * 8).to_be_bytes());
    end / BLOCK
}
