using Tessrax.Keys;
using Tessrax.Merkle;
using Tessrax.Node.Trees;

namespace Tessrax.Node.Appending;

/// <summary>Signs the log's tree heads, one after another: never a tree that does not extend the one that it signed before.</summary>
/// <remarks>What is signed is checked from the other end first: the leaves are hashed a second time, from the record that will be written,
/// and appended to a right edge that grows by nothing else from one signature to the next. Only if that gives the same root is there a signature.
/// So every entry of the batch is in the tree, and nothing before it has changed.</remarks>
internal sealed class HeadSigner
{
    private readonly LedgerDirectory directory;
    private readonly LedgerTree tree;

    // Grows by what stands in records, and by nothing else.
    private readonly Frontier edge;

    /// <param name="directory">The ledger's name and hash function.</param>
    /// <param name="tree">All leaves of the newest checkpoint; sealing appends to it.</param>
    public HeadSigner(LedgerDirectory directory, LedgerTree tree)
    {
        this.directory = directory;
        this.tree = tree;
        edge = Frontier.Of(tree, tree.Size, directory.Hasher);
    }

    /// <summary>Appends to the tree what the batch holds so far, so that less is left to do when it is sealed.</summary>
    public void Advance(LedgerBatch batch) => tree.Append(batch.Hash(directory.Hasher, edge));

    /// <summary>Appends the rest of a batch to the tree and gives the batch its checkpoint.</summary>
    /// <param name="batch">The batch.</param>
    /// <param name="keys">Those of the state after it.</param>
    /// <exception cref="TessraxException">TSX7000: the record does not give the tree's root; nothing was signed.</exception>
    public void Seal(LedgerBatch batch, LedgerKeys keys)
    {
        Advance(batch);
        TreeHead head = edge.Head;
        if (head != new TreeHead(tree.Size, tree.Root()))
            throw ErrorCodes.Bug.Because(
                "the new tree is not the old one and the record's entries; nothing was signed"
            );
        var checkpoint = new Checkpoint(directory.Origin, head);
        SignedNote note = checkpoint.Sign(keys.Log);
        batch.Seal(keys.Outgoing is { } before ? note.With(checkpoint.Sign(before).Signatures[0]) : note);
    }
}
