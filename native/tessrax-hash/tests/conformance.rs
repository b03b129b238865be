//! What the batches give against what the sha2 crate gives. The crate is a separate implementation of everything but, on
//! processors without SHA instructions, the compression function.

use sha2::{Digest, Sha256};
use tessrax_hash::*;

fn expected(prefix: u8, data: &[u8]) -> [u8; 32] {
    let mut hasher = Sha256::new();
    hasher.update([prefix]);
    hasher.update(data);
    hasher.finalize().into()
}

fn pattern(length: usize) -> Vec<u8> {
    (0..length).map(|i| (i * 167 + i / 128) as u8).collect()
}

fn level(pairs: &[u8]) -> Vec<[u8; 32]> {
    pairs.chunks(64).map(|pair| expected(1, pair)).collect()
}

#[test]
fn levels_of_any_width() {
    for count in 0..40 {
        let pairs = pattern(64 * count);
        let mut hashes = vec![[0; 32]; count];
        let code = unsafe { tessrax_sha256_pairs(1, pairs.as_ptr(), count, hashes.as_mut_ptr().cast()) };
        assert_eq!((code, level(&pairs)), (0, hashes));
    }
}

#[test]
fn a_level_in_place() {
    let mut pairs = pattern(64 * 33);
    let hashes = level(&pairs).concat();
    let start = pairs.as_mut_ptr();
    assert_eq!(0, unsafe { tessrax_sha256_pairs(1, start, 33, start) });
    assert_eq!(hashes, pairs[..32 * 33]);
}

#[test]
fn leaves_of_all_lengths() {
    for count in [0, 1, 2, 3, 50, 301] {
        let mut ends = vec![];
        let mut end = 0;
        for i in 0..count {
            end += if i % 7 == 3 { i * 31 % 3000 } else { i };
            ends.push(end as i32);
        }
        let data = pattern(end);
        let mut hashes = vec![[0; 32]; count];
        let code = unsafe {
            tessrax_sha256_many(9, data.as_ptr(), ends.as_ptr(), count, hashes.as_mut_ptr().cast())
        };
        assert_eq!(0, code);
        let mut begin = 0;
        for (i, &end) in ends.iter().enumerate() {
            assert_eq!(expected(9, &data[begin..end as usize]), hashes[i], "leaf {i} of {count}");
            begin = end as usize;
        }
    }
}

#[test]
fn wrong_use_is_an_error_and_not_a_panic() {
    let mut output = [0; 32];
    let mut call = |mode, key: &[u8]| unsafe {
        let to = output.as_mut_ptr();
        tessrax_blake3(mode, key.as_ptr(), key.len(), std::ptr::null(), 0, to, 32)
    };
    assert_eq!(0, call(0, &[]));
    assert_eq!(1, call(1, b"short"));
    assert_eq!(1, call(2, &[0xff]));
    assert_eq!(1, call(3, &[]));
    let empty = blake3::hash(b"");
    assert_eq!(0, call(0, &[]));
    assert_eq!(empty.as_bytes(), &output);
}
