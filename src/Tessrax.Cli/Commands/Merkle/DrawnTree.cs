using Tessrax.Cli.Ledgers;
using Tessrax.Cli.MerkleDrawing;
using Tessrax.Hashing;
using Tessrax.Merkle;

namespace Tessrax.Cli.Commands.Merkle;

/// <summary>A log's tree as it is to be drawn.</summary>
internal static class DrawnTree
{
    /// <summary>The picture.</summary>
    /// <param name="log">Where the hashes come from.</param>
    /// <param name="goal">The leaf whose proof is highlighted, or null.</param>
    /// <param name="cancel">Gives up.</param>
    /// <exception cref="TessraxException">TSX3011: the tree has no such leaf; those of reading.</exception>
    public static TreePicture Of(ReadLog log, long? goal, CancellationToken cancel)
    {
        TreeHead head = log.Tree.Head;
        TreeHasher hasher = log.Tree.Hasher;
        string origin = log.Checkpoint.Origin;
        if (goal >= head.Size)
            throw ErrorCodes.NoSuchEntry.Because($"a tree of {head.Size} leaves has no leaf {goal}");
        if (head.Size == 0)
            return new TreePicture(origin, head, hasher, null, new Dictionary<DrawnNode, Digest>());
        DrawnNode top = TreeShape.Of(head.Size, goal);
        Subtree[] wanted = TreeHashes.Wanted(top);
        var read = new Digest[wanted.Length];
        log.Tree.ReadAsync(wanted, read, cancel).AsTask().GetAwaiter().GetResult();
        return new TreePicture(origin, head, hasher, top, TreeHashes.Of(top, wanted, read, head, hasher));
    }
}
