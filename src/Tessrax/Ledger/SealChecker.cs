using System.Buffers.Text;
using System.Numerics;
using Tessrax.Hashing;
using Tessrax.Keys;
using Tessrax.Merkle;

namespace Tessrax.Ledger;

/// <summary>Verifies the seals of one batch after the other, as they stand in a ledger: a batch costs one signature, and a body little more than its own hash.</summary>
/// <remarks>
/// Keeps the nodes of the batch whose signature held last. A path that leads into a node that is known to be in that tree needs no more hashing: what is left of it
/// has only to be what is known. So it answers what computing every path and verifying every signature would. Not safe for concurrent use.
/// </remarks>
internal sealed class SealChecker
{
    // Larger batches, and those whose tree is not perfect, cost a path for each body.
    private const int MostKnown = 1024;

    private readonly byte[] signature = new byte[PublicKey.SignatureSize];
    private Digest[] nodes = [];
    private bool[] known = [];

    // Each node as paths write it: what is known is compared, and not read.
    private byte[] texts = [];
    private Digest ledger;
    private Digest key;
    private Digest root;
    private int size;

    /// <summary>Whether a seal is a key's signature of a batch that holds the body.</summary>
    /// <param name="ofLedger">The ledger's id.</param>
    /// <param name="by">The author's key.</param>
    /// <param name="place">The body's place, and the size of its batch.</param>
    /// <param name="path">From the leaf's sibling up to the root's child.</param>
    /// <param name="body">The body digest.</param>
    /// <param name="sealing">64 bytes.</param>
    public bool Holds(
        Digest ofLedger,
        PublicKey by,
        (int Position, int Size) place,
        SealPath path,
        Digest body,
        ReadOnlySpan<byte> sealing
    )
    {
        Digest leaf = Seal.LeafOf(body);
        bool isSame = size == place.Size && ledger == ofLedger && key == by.Id && sealing.SequenceEqual(signature);
        bool isPerfect =
            BitOperations.IsPow2(place.Size)
            && place.Size <= MostKnown
            && path.Count == BitOperations.Log2((uint)place.Size);
        if (isSame && isPerfect && LeadsIn(leaf, place.Position, path))
            return true;
        Span<Digest> hashes = stackalloc Digest[Seal.MaxPath];
        hashes = hashes[..path.Read(hashes)];
        if (!InclusionProof.TryRoot(hashes, place.Size, place.Position, leaf, TreeHasher.Sha256, out Digest top))
            return false;
        if (!isSame || top != root)
        {
            if (!by.Verify(Seal.SignedBytes(ofLedger, by.Id, place.Size, top), sealing))
                return false;
            (ledger, key, size, root) = (ofLedger, by.Id, place.Size, top);
            sealing.CopyTo(signature);
            Forget(isPerfect ? 2 * place.Size : 0);
        }
        if (isPerfect)
            Learn(leaf, place.Position, hashes);
        return true;
    }

    private void Forget(int room)
    {
        known.AsSpan().Clear();
        if (known.Length >= room)
            return;
        (nodes, known, texts) = (new Digest[room], new bool[room], new byte[room * Seal.HashText]);
    }

    // Whether the path meets the known tree, and agrees with it from there on.
    private bool LeadsIn(Digest leaf, int position, SealPath path)
    {
        if (known[PlaceOf(0, position)])
            return nodes[PlaceOf(0, position)] == leaf && EndsAsKnown(position, 0, path);
        Span<Digest> beside = stackalloc Digest[Seal.MaxPath];
        Span<Digest> way = stackalloc Digest[Seal.MaxPath + 1];
        way[0] = leaf;
        int level = 0;
        for (; !known[PlaceOf(level, position >> level)]; level++)
        {
            if (level == path.Count)
                return false;
            beside[level] = path.Hash(level);
            way[level + 1] = Above(way[level], beside[level], position >> level);
        }
        if (nodes[PlaceOf(level, position >> level)] != way[level] || !EndsAsKnown(position, level, path))
            return false;
        // What lies below is known from now on, too.
        for (int below = 0; below < level; below++)
        {
            Set(below, position >> below, way[below]);
            Set(below, (position >> below) ^ 1, beside[below]);
        }
        return true;
    }

    // Where a node is known, so is everything beside its way to the root.
    private bool EndsAsKnown(int position, int level, SealPath path)
    {
        for (; level < path.Count; level++)
        {
            int place = PlaceOf(level, (position >> level) ^ 1);
            if (!path[level].SequenceEqual(texts.AsSpan(place * Seal.HashText, Seal.HashText)))
                return false;
        }
        return true;
    }

    private void Learn(Digest leaf, int position, ReadOnlySpan<Digest> path)
    {
        Digest node = leaf;
        for (int level = 0; level < path.Length; level++)
        {
            Set(level, position >> level, node);
            Set(level, (position >> level) ^ 1, path[level]);
            node = Above(node, path[level], position >> level);
        }
        Set(path.Length, position >> path.Length, node);
    }

    private void Set(int level, int index, Digest node)
    {
        int place = PlaceOf(level, index);
        nodes[place] = node;
        known[place] = true;
        Base64.EncodeToUtf8(node.Span, texts.AsSpan(place * Seal.HashText, Seal.HashText), out _, out _);
    }

    private static Digest Above(Digest node, Digest beside, int index) =>
        (index & 1) == 0 ? TreeHasher.Sha256.Node(node, beside) : TreeHasher.Sha256.Node(beside, node);

    // Levels one after another, the leaves first.
    private int PlaceOf(int level, int index) => 2 * size - (2 * size >> level) + index;
}
