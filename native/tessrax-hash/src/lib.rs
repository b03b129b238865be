//! SHA-256 and BLAKE3 for Tessrax, behind a C interface, many inputs to a call.
//!
//! Optional: Tessrax runs without it, and checks it against known answers before it uses it. All calls may be made from
//! several threads at once, none allocates in a way that the caller sees, and none unwinds into the caller: they return 0,
//! or 1 if something went wrong inside, in which case what they wrote is to be thrown away.

use std::panic::{catch_unwind, AssertUnwindSafe};

pub mod pairs;
pub mod sha256;

mod many;
#[cfg(target_arch = "x86_64")]
mod sha_ni;

/// The version of this interface. It changes whenever a signature or its meaning does.
const ABI: u32 = 1;

/// SHA-256 runs two streams at once on the processor's SHA instructions.
const FEATURE_TWO_STREAMS: u32 = 1;

fn guarded(work: impl FnOnce()) -> i32 {
    match catch_unwind(AssertUnwindSafe(work)) {
        Ok(()) => 0,
        Err(_) => 1,
    }
}

/// The version of this interface.
#[no_mangle]
pub extern "C" fn tessrax_hash_abi() -> u32 {
    ABI
}

/// What is fast here: bit 0, SHA-256 in two streams at once.
#[no_mangle]
pub extern "C" fn tessrax_hash_features() -> u32 {
    if sha256::has_instructions() {
        FEATURE_TWO_STREAMS
    } else {
        0
    }
}

/// Takes `count` blocks of 64 bytes into a SHA-256 state.
///
/// # Safety
/// `state` points to eight words in the machine's order, `blocks` to `64 * count` bytes.
#[no_mangle]
pub unsafe extern "C" fn tessrax_sha256_blocks(
    state: *mut u32,
    blocks: *const u8,
    count: usize,
) -> i32 {
    // Nothing in here can panic, and the guard would cost a tenth of a short call.
    sha256::compress(&mut *state.cast(), blocks, count);
    0
}

/// `hashes[i] = SHA-256(prefix || pairs[i])`, each pair 64 bytes and each hash 32.
///
/// # Safety
/// `pairs` points to `64 * count` bytes, `hashes` to `32 * count`; the hashes may begin where the pairs begin, and
/// otherwise lie apart from them.
#[no_mangle]
pub unsafe extern "C" fn tessrax_sha256_pairs(
    prefix: u8,
    pairs: *const u8,
    count: usize,
    hashes: *mut u8,
) -> i32 {
    guarded(|| pairs::hash(prefix, pairs, count, hashes))
}

/// `hashes[i] = SHA-256(prefix || data[ends[i - 1]..ends[i]])`, each hash 32 bytes.
///
/// # Safety
/// `ends` points to `count` numbers that begin at or above zero and never fall, `data` to as many bytes as the last of
/// them says, `hashes` to `32 * count` bytes apart from all of them.
#[no_mangle]
pub unsafe extern "C" fn tessrax_sha256_many(
    prefix: u8,
    data: *const u8,
    ends: *const i32,
    count: usize,
    hashes: *mut u8,
) -> i32 {
    guarded(|| many::hash(prefix, data, ends, count, hashes))
}

/// BLAKE3 of one input: `mode` 0 hashes, 1 is keyed with the 32 bytes at `key`, 2 derives a key under the UTF-8 context
/// of `key_length` bytes at `key`. Writes `output_length` bytes of output.
///
/// # Safety
/// Each pointer has as many bytes behind it as its length says; with mode 0, `key` is not read.
#[no_mangle]
pub unsafe extern "C" fn tessrax_blake3(
    mode: u32,
    key: *const u8,
    key_length: usize,
    data: *const u8,
    length: usize,
    output: *mut u8,
    output_length: usize,
) -> i32 {
    let mut known = true;
    let code = guarded(|| {
        let mut hasher = match mode {
            0 => blake3::Hasher::new(),
            1 if key_length == 32 => blake3::Hasher::new_keyed(&*key.cast()),
            2 => match std::str::from_utf8(bytes(key, key_length)) {
                Ok(context) => blake3::Hasher::new_derive_key(context),
                Err(_) => return known = false,
            },
            _ => return known = false,
        };
        hasher.update(bytes(data, length));
        let output = std::slice::from_raw_parts_mut(output, output_length);
        hasher.finalize_xof().fill(output);
    });
    if known {
        code
    } else {
        1
    }
}

/// An empty input may come without an address.
unsafe fn bytes<'a>(data: *const u8, length: usize) -> &'a [u8] {
    if length == 0 {
        &[]
    } else {
        std::slice::from_raw_parts(data, length)
    }
}
