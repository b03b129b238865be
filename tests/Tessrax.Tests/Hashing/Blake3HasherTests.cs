using Tessrax.Hashing;
using Xunit;

namespace Tessrax.Tests.Hashing;

public class Blake3HasherTests
{
    [Fact]
    public void Is_found_by_name_and_is_not_the_default()
    {
        Assert.Same(HashEngine.Blake3, HashEngine.ByName("blake3"));
        Assert.Equal("blake3", HashEngine.Blake3.Name);
        Assert.Null(HashEngine.ByName("BLAKE3"));
        Assert.Same(HashEngine.Sha256, TreeHasher());
        static HashEngine TreeHasher() => Tessrax.Merkle.TreeHasher.Sha256.Engine;
    }

    [Fact]
    public void A_reset_keeps_the_key_and_forgets_the_input()
    {
        byte[] key = [.. Enumerable.Range(1, 32).Select(i => (byte)i)];
        Blake3Hasher hasher = Blake3Hasher.Keyed(key);
        hasher.Append("abc"u8);
        Digest first = hasher.Finish();
        hasher.Append(new byte[5000]);
        Assert.NotEqual(first, hasher.Finish());
        hasher.Reset();
        hasher.Append("abc"u8);
        Assert.Equal(first, hasher.Finish());
        byte[] once = new byte[32];
        Blake3Hasher.KeyedHash(key, "abc"u8, once);
        Assert.Equal(first, new Digest(once));
        // The hasher has a copy: what becomes of the caller's key is the caller's affair.
        key[0]++;
        hasher.Reset();
        hasher.Append("abc"u8);
        Assert.Equal(first, hasher.Finish());
    }

    [Fact]
    public void The_modes_and_contexts_are_apart()
    {
        byte[] output = new byte[32];
        var seen = new HashSet<Digest> { Blake3Hasher.Hash("abc"u8) };
        Blake3Hasher.KeyedHash(new byte[32], "abc"u8, output);
        Assert.True(seen.Add(new Digest(output)));
        foreach (
            string context in (string[])["", "a", "\u00e9", "e\u0301", new string('x', 255), new string('x', 5000)]
        )
        {
            Blake3Hasher.DeriveKey(context, "abc"u8, output);
            Assert.True(seen.Add(new Digest(output)));
            Blake3Hasher hasher = Blake3Hasher.ForKeyDerivation(context);
            hasher.Append("abc"u8);
            Assert.Equal(new Digest(output), hasher.Finish());
        }
    }

    [Theory]
    [InlineData(0)]
    [InlineData(31)]
    [InlineData(33)]
    public void A_key_has_32_bytes(int length)
    {
        Assert.Throws<ArgumentException>(() => Blake3Hasher.Keyed(new byte[length]));
        Assert.Throws<ArgumentException>(() => Blake3Hasher.KeyedHash(new byte[length], [], new byte[32]));
    }

    [Fact]
    public void A_context_is_unicode()
    {
        Assert.ThrowsAny<ArgumentException>(() => Blake3Hasher.ForKeyDerivation("\ud800"));
        Assert.Throws<ArgumentNullException>(() => Blake3Hasher.ForKeyDerivation(null!));
    }

    // The stack of subtrees that wait is longest just before a large power of two is full.
    [Fact]
    public void A_megabyte_in_odd_pieces_hashes_as_at_once()
    {
        byte[] data = Blake3Inputs.Counting(1 << 20);
        var hasher = new Blake3Hasher();
        for (int at = 0; at < data.Length; at += 4097)
            hasher.Append(data.AsSpan(at, Math.Min(4097, data.Length - at)));
        Assert.Equal(HashEngine.Blake3.Hash(data), hasher.Finish());
    }
}
