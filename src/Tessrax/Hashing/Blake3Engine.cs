using System.Runtime.InteropServices;

namespace Tessrax.Hashing;

/// <summary>BLAKE3 (c2sp.org/BLAKE3), unkeyed, 32 bytes of output.</summary>
internal sealed class Blake3Engine(Blake3Path path) : HashEngine("blake3")
{
    // Up to here a batch does not pay.
    private const int FewPairs = 1;

    public override Digest Hash(ReadOnlySpan<byte> data) => Hash(data, []);

    public override Digest Hash(
        ReadOnlySpan<byte> first,
        ReadOnlySpan<byte> second,
        ReadOnlySpan<byte> third = default
    )
    {
        var state = new Blake3State(path, Blake3Spec.UnkeyedKey, 0);
        state.Append(first);
        state.Append(second);
        state.Append(third);
        Span<byte> hash = stackalloc byte[Digest.Size];
        state.Output(hash, 0);
        return new Digest(hash);
    }

    private protected override void HashPairsCore(byte prefix, ReadOnlySpan<Digest> pairs, Span<Digest> hashes)
    {
        if (path == Blake3Path.Portable || hashes.Length <= FewPairs)
            base.HashPairsCore(prefix, pairs, hashes);
        else
            Blake3Batch.PrefixedPairs(path, prefix, MemoryMarshal.AsBytes(pairs), MemoryMarshal.AsBytes(hashes));
    }
}
