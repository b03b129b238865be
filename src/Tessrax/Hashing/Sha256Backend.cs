namespace Tessrax.Hashing;

/// <summary>One way to compute SHA-256 on this machine. All give the same digests; they differ in what they need and cost.</summary>
/// <remarks>Safe for concurrent use, and none allocates. Lengths were checked by <see cref="HashEngine"/>.</remarks>
internal abstract class Sha256Backend(string name)
{
    /// <summary>As <c>debug</c> prints it.</summary>
    public string Name { get; } = name;

    /// <summary>H(data).</summary>
    public abstract Digest Hash(ReadOnlySpan<byte> data);

    /// <summary>H(first || second || third).</summary>
    public abstract Digest Hash(ReadOnlySpan<byte> first, ReadOnlySpan<byte> second, ReadOnlySpan<byte> third);

    /// <summary>As <see cref="HashEngine.HashPairs"/>.</summary>
    public virtual void HashPairs(byte prefix, ReadOnlySpan<Digest> pairs, Span<Digest> hashes)
    {
        ReadOnlySpan<byte> first = [prefix];
        for (int i = 0; i < hashes.Length; i++)
            hashes[i] = Hash(first, pairs[2 * i].Span, pairs[2 * i + 1].Span);
    }

    /// <summary>As <see cref="HashEngine.HashMany"/>.</summary>
    public virtual void HashMany(byte prefix, ReadOnlySpan<byte> data, ReadOnlySpan<int> ends, Span<Digest> hashes)
    {
        ReadOnlySpan<byte> first = [prefix];
        int begin = 0;
        for (int i = 0; i < hashes.Length; i++)
        {
            hashes[i] = Hash(first, data[begin..ends[i]], default);
            begin = ends[i];
        }
    }
}
