namespace Tessrax.Hashing;

/// <summary>The hash function of a ledger. The family is closed: a ledger names its engine at genesis and keeps it.</summary>
/// <remarks>Pure and safe for concurrent use. Batches exist because a processor hashes many short inputs side by side several
/// times faster than one after another; each gives exactly what single calls give.</remarks>
public abstract class HashEngine
{
    /// <summary>SHA-256 (FIPS 180-4), the default and the only one of C2SP logs.</summary>
    public static readonly HashEngine Sha256 = new Sha256Engine();

    /// <summary>BLAKE3 (c2sp.org/BLAKE3), unkeyed, with 32 bytes of output.</summary>
    public static readonly HashEngine Blake3 = new Blake3Engine(Blake3Paths.Best, takesLibrary: true);

    private protected HashEngine(string name) => Name = name;

    /// <summary>The name written at genesis, for example <c>sha256</c>.</summary>
    public string Name { get; }

    /// <summary>What computes each operation on this machine.</summary>
    internal virtual IEnumerable<HashBackend> Backends => [];

    /// <summary>The engine of that name, or null.</summary>
    public static HashEngine? ByName(string name) =>
        name == Sha256.Name ? Sha256
        : name == Blake3.Name ? Blake3
        : null;

    /// <summary>H(data).</summary>
    public abstract Digest Hash(ReadOnlySpan<byte> data);

    /// <summary>H(first || second || third), without joining them.</summary>
    public abstract Digest Hash(
        ReadOnlySpan<byte> first,
        ReadOnlySpan<byte> second,
        ReadOnlySpan<byte> third = default
    );

    /// <summary>hashes[i] = H(prefix || pairs[2i] || pairs[2i + 1]): a whole level of a tree at once.</summary>
    /// <param name="prefix">One byte before each pair.</param>
    /// <param name="pairs">Twice as many digests as <paramref name="hashes"/>.</param>
    /// <param name="hashes">May be the beginning of <paramref name="pairs"/>, so that a tree is reduced in place; otherwise apart from it.</param>
    /// <exception cref="ArgumentException">The lengths do not fit.</exception>
    public void HashPairs(byte prefix, ReadOnlySpan<Digest> pairs, Span<Digest> hashes)
    {
        if (pairs.Length != 2L * hashes.Length)
            throw new ArgumentException("there must be two digests for each hash", nameof(pairs));
        HashPairsCore(prefix, pairs, hashes);
    }

    /// <summary>hashes[i] = H(prefix || data[ends[i - 1]..ends[i]]): many leaves at once.</summary>
    /// <param name="prefix">One byte before each input.</param>
    /// <param name="data">The inputs, one after another.</param>
    /// <param name="ends">Where each input ends; they never fall, and the last is the length of <paramref name="data"/>.</param>
    /// <param name="hashes">One for each end.</param>
    /// <exception cref="ArgumentException">The lengths do not fit.</exception>
    public void HashMany(byte prefix, ReadOnlySpan<byte> data, ReadOnlySpan<int> ends, Span<Digest> hashes)
    {
        if (ends.Length != hashes.Length || (ends.IsEmpty ? 0 : ends[^1]) != data.Length)
            throw new ArgumentException("there must be one end for each hash, the last at the end", nameof(ends));
        int begin = 0;
        foreach (int end in ends)
        {
            if (end < begin)
                throw new ArgumentException("an input ends before it begins", nameof(ends));
            begin = end;
        }
        HashManyCore(prefix, data, ends, hashes);
    }

    private protected virtual void HashPairsCore(byte prefix, ReadOnlySpan<Digest> pairs, Span<Digest> hashes)
    {
        ReadOnlySpan<byte> first = [prefix];
        for (int i = 0; i < hashes.Length; i++)
            hashes[i] = Hash(first, pairs[2 * i].Span, pairs[2 * i + 1].Span);
    }

    private protected virtual void HashManyCore(
        byte prefix,
        ReadOnlySpan<byte> data,
        ReadOnlySpan<int> ends,
        Span<Digest> hashes
    )
    {
        ReadOnlySpan<byte> first = [prefix];
        int begin = 0;
        for (int i = 0; i < hashes.Length; i++)
        {
            hashes[i] = Hash(first, data[begin..ends[i]]);
            begin = ends[i];
        }
    }
}
