using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Tessrax.Hashing;

/// <summary>BLAKE3 (c2sp.org/BLAKE3), unkeyed, 32 bytes of output.</summary>
/// <param name="path">How the managed code goes about it.</param>
/// <param name="takesLibrary">Whether one input beyond a chunk goes to the optional library, where <see cref="HashBackends"/> has it.
/// Shorter ones and many at once are faster here: the library has no call for inputs side by side.</param>
internal sealed class Blake3Engine(Blake3Path path, bool takesLibrary = false) : HashEngine("blake3")
{
    internal override IEnumerable<HashBackend> Backends
    {
        get
        {
            string own = path == Blake3Path.Portable ? "portable" : $"lanes{path.Lanes()}";
            string width = "the widest vectors that this program may use here";
            return
            [
                Library is null
                    ? new(Name, "one", own, width)
                    : new(
                        Name,
                        "one",
                        HashBackends.Native,
                        $"inputs beyond {Blake3Spec.ChunkLength} bytes; shorter ones {own}"
                    ),
                new(Name, "pairs", own, width),
                new(Name, "many", own, width),
            ];
        }
    }

    private NativeHash? Library => takesLibrary ? HashBackends.Blake3 : null;

    // The node of a tree has 65 bytes; more than a chunk is not joined.
    private const int ShortLimit = 2 * Blake3Spec.BlockLength;

    public override Digest Hash(ReadOnlySpan<byte> data)
    {
        Digest digest = default;
        Span<byte> hash = MemoryMarshal.AsBytes(new Span<Digest>(ref digest));
        if (data.Length > Blake3Spec.ChunkLength)
            HashChunks(data, hash);
        else if (path == Blake3Path.Portable)
            HashInPieces(data, [], [], hash);
        else
            Blake3Rows.HashChunk(data, hash);
        return digest;
    }

    public override Digest Hash(ReadOnlySpan<byte> first, ReadOnlySpan<byte> second, ReadOnlySpan<byte> third = default)
    {
        long length = (long)first.Length + second.Length + third.Length;
        if (length <= ShortLimit)
            return Joined(first, second, third, stackalloc byte[ShortLimit]);
        if (length <= Blake3Spec.ChunkLength)
            return JoinedChunk(first, second, third);
        Digest digest = default;
        HashInPieces(first, second, third, MemoryMarshal.AsBytes(new Span<Digest>(ref digest)));
        return digest;
    }

    private protected override void HashPairsCore(byte prefix, ReadOnlySpan<Digest> pairs, Span<Digest> hashes)
    {
        if (path == Blake3Path.Portable || hashes.Length == 1)
            base.HashPairsCore(prefix, pairs, hashes);
        else
            Blake3Batch.PrefixedPairs(path, prefix, MemoryMarshal.AsBytes(pairs), MemoryMarshal.AsBytes(hashes));
    }

    private protected override void HashManyCore(
        byte prefix,
        ReadOnlySpan<byte> data,
        ReadOnlySpan<int> ends,
        Span<Digest> hashes
    )
    {
        if (path == Blake3Path.Portable || hashes.Length == 1)
            base.HashManyCore(prefix, data, ends, hashes);
        else
            Blake3Batch.Many(path, this, prefix, data, ends, hashes);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private Digest JoinedChunk(ReadOnlySpan<byte> first, ReadOnlySpan<byte> second, ReadOnlySpan<byte> third) =>
        Joined(first, second, third, stackalloc byte[Blake3Spec.ChunkLength]);

    private Digest Joined(
        ReadOnlySpan<byte> first,
        ReadOnlySpan<byte> second,
        ReadOnlySpan<byte> third,
        Span<byte> joined
    )
    {
        first.CopyTo(joined);
        second.CopyTo(joined[first.Length..]);
        third.CopyTo(joined[(first.Length + second.Length)..]);
        return Hash(joined[..(first.Length + second.Length + third.Length)]);
    }

    // Apart from the short ones, which would otherwise clear this one's stack too.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private void HashChunks(ReadOnlySpan<byte> data, Span<byte> hash)
    {
        if (Library is { } library)
        {
            library.Blake3(data, hash);
            return;
        }
        Span<byte> pair = stackalloc byte[Blake3Spec.BlockLength];
        Blake3Subtree.Pair(path, Blake3Spec.UnkeyedKey, data, 0, 0, pair);
        Blake3Node.Parent(Blake3Spec.UnkeyedKey, pair, 0).Output(path, hash, 0);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private void HashInPieces(
        ReadOnlySpan<byte> first,
        ReadOnlySpan<byte> second,
        ReadOnlySpan<byte> third,
        Span<byte> hash
    )
    {
        var state = new Blake3State(path, Blake3Spec.UnkeyedKey, 0);
        state.Append(first);
        state.Append(second);
        state.Append(third);
        state.Output(hash, 0);
    }
}
