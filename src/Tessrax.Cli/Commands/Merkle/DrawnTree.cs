using Tessrax.Cli.MerkleDrawing;
using Tessrax.Hashing;
using Tessrax.Merkle;
using Tessrax.Node;
using Tessrax.Node.Reading;

namespace Tessrax.Cli.Commands.Merkle;

/// <summary>Where a picture's hashes come from: a ledger's tree.</summary>
internal sealed class DrawnTree : IDisposable
{
    private readonly LedgerView view;

    private DrawnTree(LedgerView view) => this.view = view;

    /// <exception cref="TessraxException">TSX3001 and others of reading.</exception>
    public static DrawnTree Open(string path, NodeEnvironment environment) => new(LedgerView.Open(path, environment.Disk));

    /// <summary>What is to be drawn.</summary>
    /// <param name="size">How many leaves; all if null.</param>
    /// <param name="goal">The leaf whose proof is highlighted, or null.</param>
    /// <exception cref="TessraxException">TSX3011: the tree never had that size, or has no such leaf.</exception>
    public TreePicture Picture(long? size, long? goal)
    {
        long leaves = size ?? view.Size;
        if (leaves > view.Size)
            throw ErrorCodes.NoSuchEntry.Because($"there is no tree of {leaves} leaves; the ledger holds {view.Size}");
        if (goal >= leaves)
            throw ErrorCodes.NoSuchEntry.Because($"a tree of {leaves} leaves has no leaf {goal}");
        TreeHasher hasher = TreeHasher.Sha256;
        var head = new TreeHead(leaves, view.Tree.RootAt(leaves));
        if (leaves == 0)
            return new TreePicture(view.Directory.Origin, head, hasher.Engine, null, new Dictionary<DrawnNode, Digest>());
        DrawnNode top = TreeShape.Of(leaves, goal);
        Subtree[] wanted = TreeHashes.Wanted(top);
        var read = new Digest[wanted.Length];
        view.Tree.Read(wanted, read);
        return new TreePicture(view.Directory.Origin, head, hasher.Engine, top, TreeHashes.Of(top, wanted, read, head, hasher));
    }

    public void Dispose() => view.Dispose();
}
