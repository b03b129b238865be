using System.Buffers;
using System.Runtime.InteropServices;
using Tessrax.Hashing;
using Tessrax.Merkle;

namespace Tessrax.Tests.Fuzz;

internal static partial class FuzzTargets
{
    private static string[] TilePaths =>
        ["tile/0/000", "tile/0/x001/x234/067", "tile/1/255.p/112", "tile/entries/x001/000.p/1", "tile/5/000.p/255"];

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
            new("inclusion-proof", InclusionProofs, Included) { IsExact = true },
            new("consistency-proof", ConsistencyProofs, Extends) { IsExact = true },
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

    // A number of eight bytes, then hashes: whatever a stranger calls a proof about a tree whose head is known.
    private static IEnumerable<byte[]> InclusionProofs()
    {
        MerkleTree tree = FuzzSeeds.Ledger.Tree;
        foreach (long index in (long[])[0, 4, tree.Size - 1])
            yield return Pack(index, InclusionProof.Prove(tree, tree.Size, index, TreeHasher.Sha256));
    }

    private static IEnumerable<byte[]> ConsistencyProofs()
    {
        MerkleTree tree = FuzzSeeds.Ledger.Tree;
        foreach (long from in (long[])[1, 8, 13, tree.Size])
            yield return Pack(from, ConsistencyProof.Prove(tree, from, tree.Size, TreeHasher.Sha256));
    }

    private static byte[] Pack(long number, Digest[] path) =>
        [.. BitConverter.GetBytes(number), .. MemoryMarshal.AsBytes<Digest>(path)];

    private static (long Number, Digest[] Path)? Unpack(byte[] input) =>
        input.Length % Digest.Size != sizeof(long)
            ? null
            : (BitConverter.ToInt64(input), MemoryMarshal.Cast<byte, Digest>(input.AsSpan(sizeof(long))).ToArray());

    // What holds must be the proof that we would make: there is one.
    private static byte[]? Included(byte[] input)
    {
        if (Unpack(input) is not var (index, path))
            return null;
        MerkleTree tree = FuzzSeeds.Ledger.Tree;
        Digest leaf = index >= 0 && index < tree.Size ? tree.Leaf(index) : default;
        return InclusionProof.Verify(path, new TreeHead(tree.Size, tree.Root()), index, leaf, TreeHasher.Sha256)
            ? Pack(index, InclusionProof.Prove(tree, tree.Size, index, TreeHasher.Sha256))
            : null;
    }

    private static byte[]? Extends(byte[] input)
    {
        if (Unpack(input) is not var (from, path))
            return null;
        MerkleTree tree = FuzzSeeds.Ledger.Tree;
        var old = new TreeHead(from, from >= 0 && from <= tree.Size ? tree.RootAt(from) : default);
        return ConsistencyProof.Verify(path, old, new TreeHead(tree.Size, tree.Root()), TreeHasher.Sha256)
            ? Pack(from, ConsistencyProof.Prove(tree, from, tree.Size, TreeHasher.Sha256))
            : null;
    }
}
