//! A whole level of a tree: the hash of each pair of digests, behind one byte of prefix.

use crate::sha256::{self, BLOCK, INITIAL};

const DIGEST: usize = 32;
const PAIR: usize = 2 * DIGEST;

/// `hashes[i] = SHA-256(prefix || pairs[i])`.
///
/// # Safety
/// `pairs` points to `64 * count` bytes, `hashes` to `32 * count`; they begin at the same place or lie apart.
pub unsafe fn hash(prefix: u8, pairs: *const u8, count: usize, hashes: *mut u8) {
    #[cfg(target_arch = "x86_64")]
    if sha256::has_instructions() {
        return woven::hash(prefix, pairs, count, hashes);
    }
    for i in 0..count {
        let mut node = [0; 2 * BLOCK];
        node[0] = prefix;
        std::ptr::copy_nonoverlapping(pairs.add(i * PAIR), node.as_mut_ptr().add(1), PAIR);
        let blocks = sha256::pad(&mut node, 1 + PAIR, 1 + PAIR as u64);
        let mut state = INITIAL;
        sha256::compress(&mut state, node.as_ptr(), blocks);
        sha256::store(&state, hashes.add(i * DIGEST));
    }
}

#[cfg(target_arch = "x86_64")]
mod woven {
    use super::{DIGEST, PAIR};
    use crate::sha256::INITIAL;
    use crate::sha_ni::{self, Halves, K};
    use std::arch::x86_64::*;

    /// The second block of a node is its last byte and the padding, so there are only 256 of them: their message schedules,
    /// with the constants of the rounds added, are worked out beforehand. 64 KiB, of which a node reads 256 bytes.
    static SECOND: [Schedule; 256] = second_blocks();

    #[derive(Clone, Copy)]
    #[repr(align(64))]
    struct Schedule([u32; 64]);

    const fn second_blocks() -> [Schedule; 256] {
        let mut all = [Schedule([0; 64]); 256];
        let mut last = 0;
        while last < 256 {
            all[last] = second_block(last as u32);
            last += 1;
        }
        all
    }

    const fn second_block(last: u32) -> Schedule {
        let mut w = [0u32; 64];
        w[0] = last << 24 | 0x80 << 16;
        w[15] = 8 * (1 + PAIR as u32);
        let mut t = 16;
        while t < 64 {
            let (a, b) = (w[t - 15], w[t - 2]);
            let s0 = a.rotate_right(7) ^ a.rotate_right(18) ^ a >> 3;
            let s1 = b.rotate_right(17) ^ b.rotate_right(19) ^ b >> 10;
            w[t] = w[t - 16].wrapping_add(s0).wrapping_add(w[t - 7]).wrapping_add(s1);
            t += 1;
        }
        t = 0;
        while t < 64 {
            w[t] = w[t].wrapping_add(K[t]);
            t += 1;
        }
        Schedule(w)
    }

    #[target_feature(enable = "sha,avx")]
    pub unsafe fn hash(prefix: u8, pairs: *const u8, count: usize, hashes: *mut u8) {
        let before = _mm_set_epi64x((prefix as i64) << 56, 0);
        let mut done = 0;
        while done + 2 <= count {
            let first = pairs.add(done * PAIR);
            // Both are read before either is written: the hashes may lie where the pairs lay.
            let [a, b] = nodes(before, [first, first.add(PAIR)]);
            put(a, hashes.add(done * DIGEST));
            put(b, hashes.add((done + 1) * DIGEST));
            done += 2;
        }
        if done < count {
            let [last] = nodes(before, [pairs.add(done * PAIR)]);
            put(last, hashes.add(done * DIGEST));
        }
    }

    #[inline]
    #[target_feature(enable = "sha,avx")]
    unsafe fn nodes<const N: usize>(before: __m128i, pairs: [*const u8; N]) -> [Halves; N] {
        let mut message = [[_mm_setzero_si128(); 4]; N];
        let mut second = [&SECOND[0]; N];
        for n in 0..N {
            let pair = pairs[n];
            let begin = _mm_alignr_epi8(_mm_loadu_si128(pair.cast()), before, 15);
            message[n] = [
                sha_ni::swap(begin),
                sha_ni::swap(_mm_loadu_si128(pair.add(15).cast())),
                sha_ni::swap(_mm_loadu_si128(pair.add(31).cast())),
                sha_ni::swap(_mm_loadu_si128(pair.add(47).cast())),
            ];
            second[n] = &SECOND[*pair.add(PAIR - 1) as usize];
        }
        let mut states = [sha_ni::load(&INITIAL); N];
        sha_ni::block(&mut states, &mut message);
        let middle = states;
        for i in 0..16 {
            for n in 0..N {
                let wk = _mm_load_si128(second[n].0.as_ptr().add(4 * i).cast());
                sha_ni::rounds(&mut states[n], wk);
            }
        }
        for n in 0..N {
            states[n].abef = _mm_add_epi32(states[n].abef, middle[n].abef);
            states[n].cdgh = _mm_add_epi32(states[n].cdgh, middle[n].cdgh);
        }
        states
    }

    #[inline]
    #[target_feature(enable = "sha,avx")]
    unsafe fn put(state: Halves, digest: *mut u8) {
        let [low, high] = sha_ni::words(state);
        _mm_storeu_si128(digest.cast(), sha_ni::swap(low));
        _mm_storeu_si128(digest.add(16).cast(), sha_ni::swap(high));
    }
}
