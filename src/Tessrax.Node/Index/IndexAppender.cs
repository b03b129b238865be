using Tessrax.Hashing;
using Tessrax.Merkle;

namespace Tessrax.Node.Index;

/// <summary>Adds entries to a generation in order, with what is noted of each 256 of them, and holds every commit to a root that the log signed.</summary>
/// <remarks>Of the tree it keeps the roots of full blocks and the leaves of the last one. So an index says of each block which entries it was made of, and the whole of
/// it was made of the entries under the root in its mark.</remarks>
internal sealed class IndexAppender
{
    private readonly IIndexBackend backend;
    private readonly TreeHasher hasher;
    private readonly Frontier above;
    private readonly List<IndexRow> rows = [];
    private readonly List<Digest> leaves = [];
    private readonly List<IndexBlock> blocks = [];

    /// <param name="backend">The generation, open to write.</param>
    /// <param name="hasher">The ledger's tree.</param>
    /// <param name="leavesFrom">Gives the hashes of entries from one on.</param>
    /// <exception cref="TessraxException">TSX3036: what it notes of its blocks does not give the root in its mark.</exception>
    public IndexAppender(IIndexBackend backend, TreeHasher hasher, Func<long, IEnumerable<Digest>> leavesFrom)
    {
        this.backend = backend;
        this.hasher = hasher;
        above = new Frontier(hasher);
        Size = backend.Mark.Size;
        long begun = Size - Size % IndexBlock.Length;
        foreach (IndexBlock block in backend.Blocks())
        {
            if (block.First >= begun)
                break;
            if (
                block.First != above.Size * IndexBlock.Length
                || block is not { Count: IndexBlock.Length, Root: { } root }
            )
                throw Unusable("a block is missing");
            above.Append(root);
        }
        if (Size > begun)
        {
            rows.AddRange(backend.Rows(begun, Size));
            leaves.AddRange(leavesFrom(begun).Take((int)(Size - begun)));
        }
        bool isWhole = above.Size * IndexBlock.Length == begun && rows.Count == leaves.Count;
        if (!isWhole || rows.Count != Size - begun || Head() != new TreeHead(Size, backend.Mark.Root))
            throw Unusable($"what it notes of its blocks does not give the root at {Size} entries");
    }

    /// <summary>Entries that were added, committed or not.</summary>
    public long Size { get; private set; }

    /// <summary>Entries that were added and not committed.</summary>
    public long Waiting => Size - backend.Mark.Size;

    /// <summary>Adds the next entries.</summary>
    public void Add(ReadOnlySpan<IndexDocument> next, ReadOnlySpan<Digest> hashes)
    {
        backend.Add(next);
        for (int i = 0; i < next.Length; i++)
        {
            rows.Add(next[i].Row);
            leaves.Add(hashes[i]);
            if (rows.Count < IndexBlock.Length)
                continue;
            IndexBlock block = Block();
            blocks.Add(block);
            above.Append(block.Root!.Value);
            rows.Clear();
            leaves.Clear();
        }
        Size += next.Length;
    }

    /// <summary>Commits what was added.</summary>
    /// <param name="head">What the log signed for so many entries.</param>
    /// <exception cref="TessraxException">TSX3003: what was read is not what was signed.</exception>
    public void Commit(TreeHead head)
    {
        if (Head() != head)
            throw ErrorCodes.Damaged.Because(
                $"the entries up to {Size} are not those that the log signed; tessraxctl doctor tells which"
            );
        if (rows.Count > 0)
            blocks.Add(Block());
        backend.Commit(backend.Mark with { Size = head.Size, Root = head.Root }, blocks.ToArray());
        blocks.Clear();
    }

    private IndexBlock Block() =>
        new(
            rows[0].Index,
            rows.Count,
            rows.Count == IndexBlock.Length ? MerkleRoot.Of(leaves.ToArray(), hasher) : null,
            IndexEntry.DigestOf(rows)
        );

    // A tree of full blocks and a part of one has, above them, the shape of a tree with one leaf more (RFC 6962, section 2.1).
    private TreeHead Head()
    {
        if (leaves.Count == 0)
            return new TreeHead(Size, above.Root());
        Frontier whole = above.Clone();
        whole.Append(MerkleRoot.Of(leaves.ToArray(), hasher));
        return new TreeHead(Size, whole.Root());
    }

    private static TessraxException Unusable(string what) =>
        ErrorCodes.IndexUnusable.Because($"the index cannot be added to: {what}");
}
