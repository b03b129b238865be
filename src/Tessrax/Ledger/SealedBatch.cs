using Tessrax.Hashing;
using Tessrax.Keys;
using Tessrax.Merkle;

namespace Tessrax.Ledger;

/// <summary>Signs many bodies at once: one signature of their Merkle root, and for each body the path that leads there.</summary>
/// <remarks>Pure. 256 bodies are a good batch: one signature in 256, and 8 hashes in each entry.</remarks>
public static class SealedBatch
{
    /// <summary>As many bodies as share a signature as a rule.</summary>
    public const int UsualSize = 256;

    /// <summary>Seals bodies in their order.</summary>
    /// <param name="ledger">The ledger's id.</param>
    /// <param name="bodies">1 to <see cref="Seal.MaxSize"/> bodies, each by this key and of the kind <see cref="VoucherKind.Seal"/>, none twice.</param>
    /// <param name="author">The key that they name.</param>
    /// <returns>One seal a body.</returns>
    /// <exception cref="ArgumentException">There are none or too many; a body names another key or kind, or is there twice.</exception>
    public static IReadOnlyList<Seal> Sign(Digest ledger, IReadOnlyList<EntryBody> bodies, PrivateKey author)
    {
        ArgumentNullException.ThrowIfNull(bodies);
        ArgumentNullException.ThrowIfNull(author);
        if (bodies.Count is 0 or > Seal.MaxSize)
            throw new ArgumentException($"a seal covers 1 to {Seal.MaxSize} bodies", nameof(bodies));
        Digest key = author.PublicKey.Id;
        var tree = new MerkleTree(TreeHasher.Sha256);
        var seen = new HashSet<Digest>();
        foreach (EntryBody body in bodies)
        {
            if (body.By != new Voucher(VoucherKind.Seal, key))
                throw new ArgumentException("a body names another key, or is not to be sealed", nameof(bodies));
            Digest digest = body.DigestIn(ledger);
            if (!seen.Add(digest))
                throw new ArgumentException("a body is there twice", nameof(bodies));
            tree.Append(Seal.LeafOf(digest));
        }
        string signature = Convert.ToBase64String(
            author.Sign(Seal.SignedBytes(ledger, key, bodies.Count, tree.Root()))
        );
        var seals = new Seal[bodies.Count];
        Span<Digest> path = stackalloc Digest[InclusionProof.MaxLength];
        for (int i = 0; i < seals.Length; i++)
        {
            int length = InclusionProof.Prove(tree, seals.Length, i, TreeHasher.Sha256, path);
            seals[i] = new Seal(seals.Length, i, path[..length], signature);
        }
        return seals;
    }
}
