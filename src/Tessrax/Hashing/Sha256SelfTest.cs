namespace Tessrax.Hashing;

/// <summary>Known answers that a backend must give before it is used.</summary>
/// <remarks>Many digests are folded into one by the backend itself, so a single wrong one changes the answer. The answers were
/// computed by Python's hashlib and are held against .NET's SHA-256 by a test; asking the latter here would cost every start of
/// the command line two milliseconds.</remarks>
internal static class Sha256SelfTest
{
    private const int PatternLength = 40_000;
    private const int Leaves = 77;

    // Around the ends of blocks, where padding takes a further one, and around the limits within the backends.
    private static readonly int[] Lengths =
    [
        0,
        1,
        31,
        32,
        33,
        54,
        55,
        56,
        57,
        63,
        64,
        65,
        66,
        118,
        119,
        120,
        121,
        127,
        128,
        129,
        183,
        184,
        191,
        192,
        600,
        1014,
        1015,
        1016,
        1023,
        1024,
        1025,
        1087,
        1088,
        2049,
        5000,
    ];

    /// <summary>Whether the backend gives the known answer to the operation.</summary>
    public static bool Passes(Sha256Backend backend, HashOperation operation)
    {
        byte[] pattern = Pattern();
        (Digest given, string known) = operation switch
        {
            HashOperation.One => (
                One(backend, pattern),
                "b29a1579e99d6aeecedb67a6624773671fa952372467650efbe61779619de871"
            ),
            HashOperation.Pairs => (
                Pairs(backend, pattern),
                "b08ad11d13e2f7cd1f1d812ca8ed97394a8940083c78315b3dda9346c5360163"
            ),
            _ => (Many(backend, pattern), "53640bdce890079c961a2fdefbfbd90cea7f19deac2cdc93c7fdcb3956bafbfc"),
        };
        return given.ToHex() == known;
    }

    private static byte[] Pattern()
    {
        var pattern = new byte[PatternLength];
        for (int i = 0; i < pattern.Length; i++)
            pattern[i] = (byte)(((i * 131) + (i / 251)) & 0xff);
        return pattern;
    }

    // Each length whole, and again in three parts.
    private static Digest One(Sha256Backend backend, ReadOnlySpan<byte> pattern)
    {
        Digest sum = default;
        foreach (int length in Lengths)
        {
            ReadOnlySpan<byte> data = pattern.Slice(length % 7, length);
            Digest whole = backend.Hash(data);
            Digest parts = backend.Hash(data[..(length / 3)], data[(length / 3)..(length / 2)], data[(length / 2)..]);
            sum = backend.Hash(sum.Span, whole.Span, parts.Span);
        }
        return sum;
    }

    private static Digest Pairs(Sha256Backend backend, ReadOnlySpan<byte> pattern)
    {
        var level = new Digest[Leaves];
        for (int i = 0; i < Leaves; i++)
            level[i] = new Digest(pattern.Slice(i * Digest.Size, Digest.Size));
        return Root(backend, level);
    }

    // Short and long ones side by side, empty ones and equal ones.
    private static Digest Many(Sha256Backend backend, ReadOnlySpan<byte> pattern)
    {
        var ends = new int[Leaves];
        int end = 0;
        for (int i = 0; i < Leaves; i++)
            ends[i] = end += i % 9 == 4 ? 600 + (100 * i) % 1500 : i * 37 % 190;
        var hashes = new Digest[Leaves];
        backend.HashMany(0, pattern[..end], ends, hashes);
        return Root(backend, hashes);
    }

    // In place, and the odd one at the end of a level moves up as it is: levels of 38, 19, 10, 5, 2, 1 and 1 nodes.
    private static Digest Root(Sha256Backend backend, Span<Digest> level)
    {
        while (level.Length > 1)
        {
            int nodes = level.Length / 2;
            backend.HashPairs(1, level[..(2 * nodes)], level[..nodes]);
            if (level.Length % 2 == 1)
                level[nodes++] = level[^1];
            level = level[..nodes];
        }
        return level[0];
    }
}
