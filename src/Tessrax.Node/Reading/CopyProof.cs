using Tessrax.Hashing;
using Tessrax.Merkle;
using Tessrax.Node.Files;
using Tessrax.Node.Segments;

namespace Tessrax.Node.Reading;

/// <summary>Consistency proofs made from a ledger's directory. Nothing in it is believed: a proof holds between two heads, or it does not.</summary>
internal static class CopyProof
{
    /// <summary>Whether the larger head is shown to extend the smaller one.</summary>
    /// <param name="directory">A copy of the ledger that holds the larger one's entries.</param>
    /// <param name="disk">The file system.</param>
    /// <param name="small">A head, of one entry at least.</param>
    /// <param name="large">One of as many entries or more.</param>
    /// <returns>Null if the copy lacks what the proof is made of, or has fewer entries.</returns>
    public static bool? Shows(LedgerDirectory directory, IDisk disk, TreeHead small, TreeHead large)
    {
        try
        {
            using var reader = new SegmentReader(directory.Path, disk, (_, _) => true);
            var tree = new StoredTree(directory, disk, reader);
            Digest[] proof = ConsistencyProof.Prove(tree, small.Size, large.Size, directory.Hasher);
            return ConsistencyProof.Verify(proof, small, large, directory.Hasher);
        }
        catch (TessraxException)
        {
            return null;
        }
    }
}
