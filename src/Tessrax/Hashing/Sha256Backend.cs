namespace Tessrax.Hashing;

/// <summary>One way to compute SHA-256 on this machine. All give the same digests; they differ in what they need and cost.</summary>
/// <remarks>Safe for concurrent use, and none allocates. Lengths were checked by <see cref="HashEngine"/>.</remarks>
internal abstract unsafe class Sha256Backend(string name)
{
    /// <summary>As <c>debug</c> prints it.</summary>
    public string Name { get; } = name;

    /// <summary>H(data).</summary>
    public abstract Digest Hash(ReadOnlySpan<byte> data);

    /// <summary>H(first || second || third).</summary>
    public abstract Digest Hash(ReadOnlySpan<byte> first, ReadOnlySpan<byte> second, ReadOnlySpan<byte> third);

    /// <summary>Takes the next bytes of an input that comes in parts.</summary>
    /// <param name="state">The input so far, but for what is less than a block.</param>
    /// <param name="block">64 bytes of room for that.</param>
    /// <param name="filled">How many are in it.</param>
    /// <param name="data">The next bytes.</param>
    public virtual void Absorb(Sha256State* state, byte* block, ref int filled, ReadOnlySpan<byte> data) =>
        Sha256Stream<Sha256Portable>.AbsorbPart(state, block, ref filled, data);

    /// <summary>Ends an input of <paramref name="length"/> bytes, of which less than a block is not in the state yet.</summary>
    public virtual void Finish(Sha256State* state, ReadOnlySpan<byte> tail, long length) =>
        Sha256Stream<Sha256Portable>.FinishPart(state, tail, length);

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
