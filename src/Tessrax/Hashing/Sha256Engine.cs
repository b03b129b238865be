namespace Tessrax.Hashing;

/// <summary>SHA-256 (FIPS 180-4), by whatever <see cref="HashBackends"/> chose for this machine.</summary>
internal sealed class Sha256Engine() : HashEngine("sha256")
{
    internal override IEnumerable<HashBackend> Backends => HashBackends.Sha256.Describe();

    public override Digest Hash(ReadOnlySpan<byte> data) => HashBackends.Sha256.One.Hash(data);

    public override Digest Hash(
        ReadOnlySpan<byte> first,
        ReadOnlySpan<byte> second,
        ReadOnlySpan<byte> third = default
    ) => HashBackends.Sha256.One.Hash(first, second, third);

    private protected override void HashPairsCore(byte prefix, ReadOnlySpan<Digest> pairs, Span<Digest> hashes) =>
        HashBackends.Sha256.Pairs.HashPairs(prefix, pairs, hashes);

    private protected override void HashManyCore(
        byte prefix,
        ReadOnlySpan<byte> data,
        ReadOnlySpan<int> ends,
        Span<Digest> hashes
    ) => HashBackends.Sha256.Many.HashMany(prefix, data, ends, hashes);
}
