using Tessrax.Keys;
using Tessrax.Merkle;
using Tessrax.Node.Segments;

namespace Tessrax.Node.Stores;

/// <summary>Holds two stores of one ledger against each other, batch by batch, and both against the roots that their checkpoints sign. Memory: two batches and the right edge of the tree.</summary>
/// <param name="hasher">The ledger's.</param>
/// <param name="other">How messages name the second store.</param>
internal sealed class StoreComparison(TreeHasher hasher, string other)
{
    private readonly Frontier tree = new(hasher);

    /// <summary>The tree of what was compared.</summary>
    public TreeHead Head => tree.Head;

    /// <summary>How many batches, and so checkpoints, were compared.</summary>
    public long Batches { get; private set; }

    /// <summary>Entries whose payload only the first store has erased.</summary>
    public List<long> ErasedInFirst { get; } = [];

    /// <summary>Entries whose payload only the second store has erased.</summary>
    public List<long> ErasedInSecond { get; } = [];

    /// <summary>Compares all of both.</summary>
    /// <exception cref="TessraxException">TSX3052: they differ, or a checkpoint is not of the entries before it; and what reading them throws.</exception>
    public void Run(
        IEnumerable<Batch> first,
        IEnumerable<Batch> second,
        IProgress<long>? progress,
        CancellationToken cancellation
    )
    {
        using IEnumerator<Batch> seconds = second.GetEnumerator();
        foreach (Batch batch in first)
        {
            cancellation.ThrowIfCancellationRequested();
            if (!seconds.MoveNext())
                throw Differs(batch.FirstIndex, other);
            Compare(batch, seconds.Current);
            progress?.Report(tree.Size);
        }
        if (seconds.MoveNext())
            throw ErrorCodes.StoreMismatch.Because($"{other} goes on after the {tree.Size} entries of the other");
    }

    /// <summary>Refuses two batches that are not of the same leaves under the same checkpoint. Payloads may have been erased in one of them.</summary>
    /// <exception cref="TessraxException">TSX3052.</exception>
    public static void RequireSameLeaves(Batch first, Batch second, string other)
    {
        bool same =
            first.FirstIndex == second.FirstIndex
            && first.Entries.Count == second.Entries.Count
            && first.Checkpoint.Span.SequenceEqual(second.Checkpoint.Span);
        for (int i = 0; same && i < first.Entries.Count; i++)
            same = first.Entries[i].Entry.Span.SequenceEqual(second.Entries[i].Entry.Span);
        if (!same)
            throw Differs(first.FirstIndex, other);
    }

    private void Compare(Batch first, Batch second)
    {
        RequireSameLeaves(first, second, other);
        for (int i = 0; i < first.Entries.Count; i++)
        {
            (StoredEntry one, StoredEntry two) = (first.Entries[i], second.Entries[i]);
            long index = first.FirstIndex + i;
            if (one.IsErased != two.IsErased)
                (one.IsErased ? ErasedInFirst : ErasedInSecond).Add(index);
            else if (!one.Payload.Span.SequenceEqual(two.Payload.Span) || !one.Salt.Span.SequenceEqual(two.Salt.Span))
                throw Differs(index, other);
            tree.Append(hasher.Leaf(one.Entry.Span));
        }
        bool signs =
            SignedNote.TryParse(first.Checkpoint.Span, out SignedNote? note, out _)
            && Checkpoint.TryParseBody(note.Text, out Checkpoint? checkpoint)
            && checkpoint.Head == tree.Head;
        if (!signs)
            throw ErrorCodes.StoreMismatch.Because(
                $"the checkpoint after entry {first.NextIndex - 1} is not of the entries before it"
            );
        Batches++;
    }

    private static TessraxException Differs(long index, string other) =>
        ErrorCodes.StoreMismatch.Because($"{other} has another batch at entry {index}, or none");
}
