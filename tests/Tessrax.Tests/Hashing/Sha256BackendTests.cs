using System.Security.Cryptography;
using Tessrax.Hashing;
using Xunit;

namespace Tessrax.Tests.Hashing;

/// <summary>Every backend gives what .NET's SHA-256 gives, and allocates nothing.</summary>
public class Sha256BackendTests
{
    private static readonly byte[] Data = MakeData(70_000);

    public static TheoryData<string> Backends => Sha256Backends.Names;

    [Fact]
    public void The_backends_of_this_machine_are_under_test()
    {
        Assert.Superset(
            new HashSet<string> { "portable", "lanes4", "lanes8", "lanes16", "system" },
            Sha256Backends.All.Select(backend => backend.Name).ToHashSet()
        );
        Assert.All(
            HashBackends.Describe().Where(used => used.Engine == "sha256"),
            used => Assert.Contains(used.Backend, Sha256Backends.All.Select(b => b.Name))
        );
    }

    [Theory]
    [MemberData(nameof(Backends))]
    public void One_input_of_any_length(string name)
    {
        Sha256Backend backend = Sha256Backends.Named(name);
        foreach (int length in Enumerable.Range(0, 301).Concat([511, 512, 1015, 1016, 1024, 1025, 4096, 65_536 + 1]))
        {
            ReadOnlySpan<byte> data = Data.AsSpan(length % 5, length);
            Assert.Equal(Expected(data), backend.Hash(data));
        }
    }

    [Theory]
    [MemberData(nameof(Backends))]
    public void One_input_in_parts(string name)
    {
        Sha256Backend backend = Sha256Backends.Named(name);
        foreach (int length in Enumerable.Range(0, 301).Concat([1014, 1015, 1016, 1024, 1100, 5000]))
        {
            ReadOnlySpan<byte> data = Data.AsSpan(3, length);
            foreach ((int first, int second) in Cuts(length))
                Assert.Equal(Expected(data), backend.Hash(data[..first], data[first..second], data[second..]));
        }
    }

    [Theory]
    [MemberData(nameof(Backends))]
    public void A_level_of_any_width_under_any_prefix(string name)
    {
        Sha256Backend backend = Sha256Backends.Named(name);
        Digest[] pairs = Digests(2 * 70);
        for (int count = 0; count <= 70; count++)
        {
            byte prefix = unchecked((byte)(count * 31));
            var hashes = new Digest[count];
            backend.HashPairs(prefix, pairs.AsSpan(0, 2 * count), hashes);
            Assert.Equal(ExpectedPairs(prefix, pairs, count), hashes);
        }
    }

    // The second block of a node depends on one byte of input: each of its values.
    [Theory]
    [MemberData(nameof(Backends))]
    public void A_node_with_any_last_byte(string name)
    {
        Sha256Backend backend = Sha256Backends.Named(name);
        Digest[] pairs = Digests(2 * 256);
        Span<byte> right = stackalloc byte[Digest.Size];
        for (int i = 0; i < 256; i++)
        {
            pairs[2 * i].Span.CopyTo(right);
            right[^1] = (byte)i;
            pairs[(2 * i) + 1] = new Digest(right);
        }
        var hashes = new Digest[256];
        backend.HashPairs(1, pairs, hashes);
        Assert.Equal(ExpectedPairs(1, pairs, 256), hashes);
    }

    [Theory]
    [MemberData(nameof(Backends))]
    public void A_level_in_place(string name)
    {
        Sha256Backend backend = Sha256Backends.Named(name);
        foreach (int count in new[] { 1, 2, 3, 7, 16, 17, 31, 100 })
        {
            Digest[] level = Digests(2 * count);
            Digest[] expected = ExpectedPairs(1, level, count);
            backend.HashPairs(1, level, level.AsSpan(0, count));
            Assert.Equal(expected, level[..count]);
        }
    }

    [Theory]
    [MemberData(nameof(Backends))]
    public void Many_leaves_of_all_lengths(string name)
    {
        Sha256Backend backend = Sha256Backends.Named(name);
        CheckMany(backend, [.. Enumerable.Range(0, 301)]);
        CheckMany(backend, []);
        for (int count = 1; count <= 40; count++)
            CheckMany(backend, [.. Enumerable.Range(0, count).Select(i => (i * 97 * count) % 700)]);
        CheckMany(backend, [5000, 0, 0, 1, 20_000, 63, 64, 62, 55, 54, 119, 118, 3000, 0]);
        CheckMany(backend, [0]);
    }

    [Theory]
    [MemberData(nameof(Backends))]
    public void Calls_from_many_threads(string name)
    {
        Sha256Backend backend = Sha256Backends.Named(name);
        Digest[] pairs = Digests(40);
        Digest[] expected = ExpectedPairs(1, pairs, 20);
        Parallel.For(
            0,
            200,
            i =>
            {
                ReadOnlySpan<byte> data = Data.AsSpan(0, i * 7);
                Assert.Equal(Expected(data), backend.Hash(data));
                var hashes = new Digest[20];
                backend.HashPairs(1, pairs, hashes);
                Assert.Equal(expected, hashes);
                CheckMany(backend, [i, 600, 2 * i, 3]);
            }
        );
    }

    [Theory]
    [MemberData(nameof(Backends))]
    public void Nothing_is_allocated(string name)
    {
        Sha256Backend backend = Sha256Backends.Named(name);
        Digest[] pairs = Digests(64);
        var hashes = new Digest[32];
        int[] ends = [.. Enumerable.Range(1, 32).Select(i => i * 600)];
        int parts = name == "system" ? 500 : 5000; // .NET's own hash of what is too long to join is an object
        void Work()
        {
            backend.Hash(Data.AsSpan(0, 65));
            backend.Hash(Data.AsSpan(0, 5000));
            backend.Hash(Data.AsSpan(0, 1), Data.AsSpan(1, 32), Data.AsSpan(33, 32));
            backend.Hash(Data.AsSpan(0, 1), Data.AsSpan(1, parts), default);
            backend.HashPairs(1, pairs, hashes);
            backend.HashMany(0, Data.AsSpan(0, 32 * 600), ends, hashes);
        }
        Work();
        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int i = 0; i < 20; i++)
            Work();
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    [Theory]
    [MemberData(nameof(Backends))]
    public void The_self_test_passes(string name)
    {
        foreach (HashOperation operation in Enum.GetValues<HashOperation>())
            Assert.True(Sha256SelfTest.Passes(Sha256Backends.Named(name), operation), operation.ToString());
    }

    private static void CheckMany(Sha256Backend backend, int[] lengths)
    {
        int[] ends = [.. lengths.Select((_, i) => lengths[..(i + 1)].Sum())];
        byte[] data = MakeData(lengths.Sum());
        var hashes = new Digest[lengths.Length];
        backend.HashMany(0x2a, data, ends, hashes);
        for (int i = 0; i < lengths.Length; i++)
            Assert.Equal(Expected([0x2a, .. data.AsSpan(ends[i] - lengths[i], lengths[i])]), hashes[i]);
    }

    private static Digest[] ExpectedPairs(byte prefix, Digest[] pairs, int count) =>
        [
            .. Enumerable
                .Range(0, count)
                .Select(i => Expected([prefix, .. pairs[2 * i].Span, .. pairs[(2 * i) + 1].Span])),
        ];

    private static Digest Expected(ReadOnlySpan<byte> data) => new(SHA256.HashData(data));

    private static (int First, int Second)[] Cuts(int length) =>
        [
            (0, 0),
            (0, length),
            (length, length),
            (Math.Min(1, length), length),
            (length / 3, length / 2),
            (length / 2, length - (length / 5)),
        ];

    private static Digest[] Digests(int count) =>
        [.. Enumerable.Range(0, count).Select(i => Expected([(byte)(i & 0xff), (byte)(i >> 8)]))];

    private static byte[] MakeData(int length)
    {
        var data = new byte[length];
        for (int i = 0; i < length; i++)
            data[i] = unchecked((byte)((i * 167) + (i >> 7)));
        return data;
    }
}
