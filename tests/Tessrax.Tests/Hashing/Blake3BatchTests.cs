using CsCheck;
using Tessrax.Hashing;
using Tessrax.Merkle;
using Xunit;

namespace Tessrax.Tests.Hashing;

/// <summary>Batches of BLAKE3 give what single hashes give, on every path.</summary>
public class Blake3BatchTests
{
    private static readonly Blake3Engine Reference = new(Blake3Path.Portable);

    public static TheoryData<string> Paths => Blake3Inputs.Paths;

    [Theory]
    [MemberData(nameof(Paths))]
    public void Pairs_hash_as_single_nodes_also_in_place(string name)
    {
        var engine = new Blake3Engine(Enum.Parse<Blake3Path>(name));
        for (int count = 0; count <= 40; count++)
        {
            Digest[] pairs = Digests(2 * count);
            byte prefix = (byte)(count % 3);
            var hashes = new Digest[count];
            engine.HashPairs(prefix, pairs, hashes);
            for (int i = 0; i < count; i++)
                Assert.Equal(Reference.Hash([prefix], pairs[2 * i].Span, pairs[2 * i + 1].Span), hashes[i]);
            engine.HashPairs(prefix, pairs, pairs.AsSpan(0, count));
            Assert.Equal(hashes, pairs[..count]);
        }
    }

    [Theory]
    [MemberData(nameof(Paths))]
    public void Many_inputs_hash_as_single_ones(string name)
    {
        var engine = new Blake3Engine(Enum.Parse<Blake3Path>(name));
        Gen<int> length = Gen.OneOf(Gen.Int[0, 3], Gen.Int[60, 68], Gen.Int[0, 1100], Gen.Int[1020, 3000]);
        Gen.Select(length.Array[0, 60], Gen.Byte)
            .Sample(
                (lengths, prefix) =>
                {
                    byte[] data = Blake3Inputs.Counting(lengths.Sum());
                    int[] ends = new int[lengths.Length];
                    int end = 0;
                    for (int i = 0; i < lengths.Length; i++)
                        ends[i] = end += lengths[i];
                    var hashes = new Digest[lengths.Length];
                    engine.HashMany(prefix, data, ends, hashes);
                    int begin = 0;
                    for (int i = 0; i < lengths.Length; i++)
                    {
                        Assert.Equal(HashEngine.Blake3.Hash([prefix], data.AsSpan(begin..ends[i])), hashes[i]);
                        begin = ends[i];
                    }
                },
                iter: 60,
                threads: 1
            );
    }

    [Fact]
    public void A_tree_of_blake3_is_made_of_prefixed_hashes()
    {
        var hasher = new TreeHasher(HashEngine.Blake3);
        Assert.Equal(Reference.Hash([]), hasher.Empty);
        Digest left = hasher.Leaf("left"u8);
        Digest right = hasher.Leaf("right"u8);
        Assert.Equal(Reference.Hash([0, .. "left"u8]), left);
        Assert.Equal(Reference.Hash([1, .. left.Span, .. right.Span]), hasher.Node(left, right));
        var tree = new MerkleTree(hasher);
        tree.Append(left);
        tree.Append(right);
        Assert.Equal(hasher.Node(left, right), tree.Root());
    }

    [Fact]
    public void Nothing_is_allocated()
    {
        byte[] data = Blake3Inputs.Counting(100_000);
        byte[] output = new byte[200];
        Digest[] pairs = Digests(200);
        int[] ends = [10, 700, 2000, 2000, 3000, 3100, 9000, 9001, 9500, 100_000];
        var hashes = new Digest[ends.Length];
        var hasher = new Blake3Hasher();
        int length = 0;
        void Work()
        {
            for (int i = 0; i < 10; i++)
            {
                hasher.Reset();
                hasher.Append(data.AsSpan(0, 100 + i));
                hasher.Append(data);
                hasher.Finish(output, 1000);
                length += hasher.Finish().Span.Length;
                length +=
                    HashEngine.Blake3.Hash(data).Span.Length + HashEngine.Blake3.Hash(data.AsSpan(0, 64)).Span.Length;
                length += HashEngine.Blake3.Hash([1], data.AsSpan(0, 600), data).Span.Length;
                HashEngine.Blake3.HashPairs(1, pairs, pairs.AsSpan(0, 100));
                HashEngine.Blake3.HashMany(0, data, ends, hashes);
                Blake3Hasher.Hash(data, output);
                Blake3Hasher.KeyedHash(data.AsSpan(0, 32), data, output);
                Blake3Hasher.DeriveKey("a context of this test", data, output);
            }
        }
        Work();
        long before = GC.GetAllocatedBytesForCurrentThread();
        Work();
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
        Assert.True(length > 0);
    }

    [Fact]
    public void One_engine_serves_many_threads()
    {
        byte[] data = Blake3Inputs.Counting(20_000);
        Digest[] wanted = [.. Enumerable.Range(0, 64).Select(i => Reference.Hash(data.AsSpan(0, i * 300)))];
        Parallel.For(0, 640, i => Assert.Equal(wanted[i % 64], HashEngine.Blake3.Hash(data.AsSpan(0, i % 64 * 300))));
    }

    private static Digest[] Digests(int count) =>
        [.. Enumerable.Range(0, count).Select(i => Reference.Hash([(byte)i, (byte)(i >> 8)]))];
}
