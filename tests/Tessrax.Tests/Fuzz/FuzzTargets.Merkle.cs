using System.Buffers;
using System.Runtime.InteropServices;
using Tessrax.Hashing;
using Tessrax.Merkle;

namespace Tessrax.Tests.Fuzz;

internal static partial class FuzzTargets
{
    private static readonly string[] TilePaths =
    [
        "tile/0/000",
        "tile/0/x001/x234/067",
        "tile/1/255.p/112",
        "tile/entries/x001/000.p/1",
        "tile/5/000.p/255",
    ];

    private static IEnumerable<FuzzTarget> OfMerkle() =>
        [
            Text(
                "tile-path",
                "TileId.TryParse",
                TilePaths,
                text => TileId.TryParse(text, out TileId tile) ? tile.Path : null
            ) with
            {
                IsExact = true,
            },
            // The first byte says how many entries there should be.
            new(
                "entry-bundle",
                () =>
                    [
                        [2, 0, 1, 65, 0, 0],
                        [1, 0, 0],
                        [3, 0, 2, 1, 2, 0, 1, 3, 0, 0],
                    ],
                ReadBundle
            )
            {
                Covers = ["EntryBundle.TryRead", "EntryBundle.Read"],
                IsExact = true,
            },
            new("inclusion-proof", Proofs, Included) { RoundTrips = false },
            new("consistency-proof", Proofs, Extends) { RoundTrips = false },
        ];

    private static byte[]? ReadBundle(byte[] input)
    {
        if (input.Length == 0 || !EntryBundle.TryRead(input.AsMemory(1), input[0], out ReadOnlyMemory<byte>[] entries))
            return null;
        var written = new ArrayBufferWriter<byte>();
        written.Write(input.AsSpan(0, 1));
        foreach (ReadOnlyMemory<byte> entry in entries)
            EntryBundle.Write(written, entry.Span);
        return written.WrittenSpan.ToArray();
    }

    // Two numbers of eight bytes, then hashes: whatever a stranger calls a proof.
    private static IEnumerable<byte[]> Proofs()
    {
        MerkleTree tree = FuzzSeeds.Ledger.Tree;
        long size = tree.Size;
        foreach (long index in (long[])[0, 4, size - 1])
            yield return Pack(index, size, InclusionProof.Prove(tree, size, index, TreeHasher.Sha256));
        foreach (long from in (long[])[1, 8, size])
            yield return Pack(from, size, ConsistencyProof.Prove(tree, from, size, TreeHasher.Sha256));
    }

    private static byte[] Pack(long first, long second, Digest[] path) =>
        [.. BitConverter.GetBytes(first), .. BitConverter.GetBytes(second), .. MemoryMarshal.AsBytes<Digest>(path)];

    private static (long First, long Second, Digest[] Path)? Unpack(byte[] input) =>
        input.Length < 16 || input.Length % Digest.Size != 16
            ? null
            : (
                BitConverter.ToInt64(input),
                BitConverter.ToInt64(input, 8),
                MemoryMarshal.Cast<byte, Digest>(input.AsSpan(16)).ToArray()
            );

    private static byte[]? Included(byte[] input)
    {
        if (Unpack(input) is not var (index, size, path))
            return null;
        MerkleTree tree = FuzzSeeds.Ledger.Tree;
        Digest leaf = index >= 0 && index < tree.Size ? tree.Leaf(index) : default;
        var head = new TreeHead(size, tree.Root());
        if (!InclusionProof.Verify(path, head, index, leaf, TreeHasher.Sha256))
            return null;
        // Whatever holds must be a leaf of this tree, proven as we would.
        return
            size == tree.Size && path.AsSpan().SequenceEqual(InclusionProof.Prove(tree, size, index, TreeHasher.Sha256))
            ? [1]
            : throw new InvalidOperationException($"a proof that leaf {index} is in a tree of {size} was forged");
    }

    private static byte[]? Extends(byte[] input)
    {
        if (Unpack(input) is not var (from, to, path))
            return null;
        MerkleTree tree = FuzzSeeds.Ledger.Tree;
        Digest old = from >= 0 && from <= tree.Size ? tree.RootAt(from) : default;
        if (!ConsistencyProof.Verify(path, new TreeHead(from, old), new TreeHead(to, tree.Root()), TreeHasher.Sha256))
            return null;
        return from == to || to == tree.Size
            ? [1]
            : throw new InvalidOperationException($"a proof that a tree of {to} extends one of {from} was forged");
    }
}
