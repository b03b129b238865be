//! SHA-256 by the processor's SHA instructions, in several streams at once.
//!
//! Two rounds depend on the two before them, so one stream keeps the unit half idle. Two streams, woven together, fill it.

use crate::sha256::{State, BLOCK};
use std::arch::x86_64::*;

#[rustfmt::skip]
pub const K: [u32; 64] = [
    0x428a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5, 0x3956c25b, 0x59f111f1, 0x923f82a4, 0xab1c5ed5,
    0xd807aa98, 0x12835b01, 0x243185be, 0x550c7dc3, 0x72be5d74, 0x80deb1fe, 0x9bdc06a7, 0xc19bf174,
    0xe49b69c1, 0xefbe4786, 0x0fc19dc6, 0x240ca1cc, 0x2de92c6f, 0x4a7484aa, 0x5cb0a9dc, 0x76f988da,
    0x983e5152, 0xa831c66d, 0xb00327c8, 0xbf597fc7, 0xc6e00bf3, 0xd5a79147, 0x06ca6351, 0x14292967,
    0x27b70a85, 0x2e1b2138, 0x4d2c6dfc, 0x53380d13, 0x650a7354, 0x766a0abb, 0x81c2c92e, 0x92722c85,
    0xa2bfe8a1, 0xa81a664b, 0xc24b8b70, 0xc76c51a3, 0xd192e819, 0xd6990624, 0xf40e3585, 0x106aa070,
    0x19a4c116, 0x1e376c08, 0x2748774c, 0x34b0bcb5, 0x391c0cb3, 0x4ed8aa4a, 0x5b9cca4f, 0x682e6ff3,
    0x748f82ee, 0x78a5636f, 0x84c87814, 0x8cc70208, 0x90befffa, 0xa4506ceb, 0xbef9a3f7, 0xc67178f2,
];

/// A state as the instructions want it: the words a, b, e, f and the words c, d, g, h.
#[derive(Clone, Copy)]
pub struct Halves {
    pub abef: __m128i,
    pub cdgh: __m128i,
}

/// # Safety
/// The processor has the instructions.
#[inline]
#[target_feature(enable = "sha,avx")]
pub unsafe fn load(state: &State) -> Halves {
    let dcba = _mm_loadu_si128(state.as_ptr().cast());
    let hgfe = _mm_loadu_si128(state.as_ptr().add(4).cast());
    let cdab = _mm_shuffle_epi32(dcba, 0xb1);
    let efgh = _mm_shuffle_epi32(hgfe, 0x1b);
    Halves {
        abef: _mm_alignr_epi8(cdab, efgh, 8),
        cdgh: _mm_blend_epi16(efgh, cdab, 0xf0),
    }
}

/// The words a to d and e to h again, each in memory's order.
///
/// # Safety
/// The processor has the instructions.
#[inline]
#[target_feature(enable = "sha,avx")]
pub unsafe fn words(halves: Halves) -> [__m128i; 2] {
    let feba = _mm_shuffle_epi32(halves.abef, 0x1b);
    let dchg = _mm_shuffle_epi32(halves.cdgh, 0xb1);
    [
        _mm_blend_epi16(feba, dchg, 0xf0),
        _mm_alignr_epi8(dchg, feba, 8),
    ]
}

/// Reverses the bytes of each word.
///
/// # Safety
/// The processor has the instructions.
#[inline]
#[target_feature(enable = "sha,avx")]
pub unsafe fn swap(words: __m128i) -> __m128i {
    _mm_shuffle_epi8(
        words,
        _mm_set_epi64x(0x0c0d0e0f08090a0b, 0x0405060700010203),
    )
}

/// One block for each of `N` states; `message` holds its words.
///
/// # Safety
/// The processor has the instructions.
#[inline]
#[target_feature(enable = "sha,avx")]
pub unsafe fn block<const N: usize>(states: &mut [Halves; N], message: &mut [[__m128i; 4]; N]) {
    let before = *states;
    // Written out, so that the message stays in registers.
    four::<N, 0>(states, message, 0);
    four::<N, 1>(states, message, 4);
    four::<N, 2>(states, message, 8);
    four::<N, 3>(states, message, 12);
    let mut t = 16;
    while t < 64 {
        extend::<N, 0>(message);
        four::<N, 0>(states, message, t);
        extend::<N, 1>(message);
        four::<N, 1>(states, message, t + 4);
        extend::<N, 2>(message);
        four::<N, 2>(states, message, t + 8);
        extend::<N, 3>(message);
        four::<N, 3>(states, message, t + 12);
        t += 16;
    }
    for n in 0..N {
        states[n].abef = _mm_add_epi32(states[n].abef, before[n].abef);
        states[n].cdgh = _mm_add_epi32(states[n].cdgh, before[n].cdgh);
    }
}

/// Four rounds from round `t` on in each stream, with part `I` of its message.
#[inline]
#[target_feature(enable = "sha,avx")]
unsafe fn four<const N: usize, const I: usize>(
    states: &mut [Halves; N],
    message: &[[__m128i; 4]; N],
    t: usize,
) {
    let k = _mm_loadu_si128(K.as_ptr().add(t).cast());
    for n in 0..N {
        rounds(&mut states[n], _mm_add_epi32(message[n][I], k));
    }
}

/// The words of four further rounds, into the place of the four that are needed no more.
#[inline]
#[target_feature(enable = "sha,avx")]
unsafe fn extend<const N: usize, const I: usize>(message: &mut [[__m128i; 4]; N]) {
    for m in message {
        let older = _mm_alignr_epi8(m[(I + 3) % 4], m[(I + 2) % 4], 4);
        let sum = _mm_add_epi32(_mm_sha256msg1_epu32(m[I], m[(I + 1) % 4]), older);
        m[I] = _mm_sha256msg2_epu32(sum, m[(I + 3) % 4]);
    }
}

/// Four rounds.
///
/// # Safety
/// The processor has the instructions.
#[inline]
#[target_feature(enable = "sha,avx")]
pub unsafe fn rounds(state: &mut Halves, wk: __m128i) {
    state.cdgh = _mm_sha256rnds2_epu32(state.cdgh, state.abef, wk);
    state.abef = _mm_sha256rnds2_epu32(state.abef, state.cdgh, _mm_shuffle_epi32(wk, 0x0e));
}

/// Takes `count` blocks into each of the states.
///
/// # Safety
/// The processor has the instructions, and each of `blocks` points to `64 * count` bytes.
#[target_feature(enable = "sha,avx")]
pub unsafe fn compress<const N: usize>(
    states: [&mut State; N],
    blocks: [*const u8; N],
    count: usize,
) {
    let mut halves = [Halves {
        abef: _mm_setzero_si128(),
        cdgh: _mm_setzero_si128(),
    }; N];
    for n in 0..N {
        halves[n] = load(states[n]);
    }
    for i in 0..count {
        let mut message = [[_mm_setzero_si128(); 4]; N];
        for n in 0..N {
            for part in 0..4 {
                let bytes = _mm_loadu_si128(blocks[n].add(i * BLOCK + 16 * part).cast());
                message[n][part] = swap(bytes);
            }
        }
        block(&mut halves, &mut message);
    }
    for n in 0..N {
        let [low, high] = words(halves[n]);
        _mm_storeu_si128(states[n].as_mut_ptr().cast(), low);
        _mm_storeu_si128(states[n].as_mut_ptr().add(4).cast(), high);
    }
}
