namespace Tessrax.Hashing;

/// <summary>SHA-256 (FIPS 180-4), by whatever <see cref="HashBackends"/> chose for this machine.</summary>
internal sealed class Sha256Engine() : HashEngine("sha256")
{
    // Vectors of 16 lanes take as long for one input as for 16, and what they leave over they hash without the processor's own instructions.
    private const int WidestBatch = 16;

    internal override IEnumerable<HashBackend> Backends => HashBackends.Sha256.Describe();

    public override Digest Hash(ReadOnlySpan<byte> data) => HashBackends.Sha256.One.Hash(data);

    public override Digest Hash(
        ReadOnlySpan<byte> first,
        ReadOnlySpan<byte> second,
        ReadOnlySpan<byte> third = default
    ) => HashBackends.Sha256.One.Hash(first, second, third);

    private protected override void HashPairsCore(byte prefix, ReadOnlySpan<Digest> pairs, Span<Digest> hashes)
    {
        int whole = hashes.Length - (hashes.Length % WidestBatch);
        if (whole > 0)
            HashBackends.Sha256.Pairs.HashPairs(prefix, pairs[..(2 * whole)], hashes[..whole]);
        if (whole < hashes.Length)
            base.HashPairsCore(prefix, pairs[(2 * whole)..], hashes[whole..]);
    }

    private protected override void HashManyCore(
        byte prefix,
        ReadOnlySpan<byte> data,
        ReadOnlySpan<int> ends,
        Span<Digest> hashes
    )
    {
        if (2 * hashes.Length < WidestBatch)
            base.HashManyCore(prefix, data, ends, hashes);
        else
            HashBackends.Sha256.Many.HashMany(prefix, data, ends, hashes);
    }
}
