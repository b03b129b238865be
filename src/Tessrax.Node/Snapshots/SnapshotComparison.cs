using Tessrax.Ledger;
using Tessrax.Node.Files;
using Tessrax.Node.Segments;

namespace Tessrax.Node.Snapshots;

/// <summary>An entry that two snapshots have, and not in the same bytes.</summary>
public sealed record DifferingEntry(long Index, Receipt A, Receipt B);

/// <summary>What two snapshots hold differently: read side by side, entry by entry.</summary>
/// <param name="A">What the first is of.</param>
/// <param name="B">What the second is of.</param>
/// <param name="SizeA">Entries in the first.</param>
/// <param name="SizeB">Entries in the second.</param>
/// <param name="Differing">How many of the entries that both have differ.</param>
/// <param name="First">The first of them.</param>
public sealed record SnapshotComparison(
    SnapshotFacts A,
    SnapshotFacts B,
    long SizeA,
    long SizeB,
    long Differing,
    IReadOnlyList<DifferingEntry> First
)
{
    /// <summary>Compares two files.</summary>
    /// <param name="disk">The file system.</param>
    /// <param name="a">The first.</param>
    /// <param name="b">The second.</param>
    /// <param name="most">How many differing entries are handed out.</param>
    /// <exception cref="TessraxException">TSX3012, 3006, 3007, 3027, 3028, 3013: one cannot be read.</exception>
    public static SnapshotComparison Of(IDisk disk, string a, string b, int most)
    {
        using SnapshotReader first = SnapshotReader.Open(disk, a);
        using SnapshotReader second = SnapshotReader.Open(disk, b);
        using IEnumerator<StoredEntry> left = first.Batches().SelectMany(batch => batch.Entries).GetEnumerator();
        using IEnumerator<StoredEntry> right = second.Batches().SelectMany(batch => batch.Entries).GetEnumerator();
        (long sizeA, long sizeB, long differing) = (0, 0, 0);
        var found = new List<DifferingEntry>();
        while (true)
        {
            bool hasLeft = left.MoveNext();
            bool hasRight = right.MoveNext();
            if (!hasLeft && !hasRight)
                break;
            if (hasLeft && hasRight && !IsSame(left.Current, right.Current))
            {
                differing++;
                if (found.Count < most)
                    found.Add(new DifferingEntry(sizeA, left.Current.ToReceipt(), right.Current.ToReceipt()));
            }
            (sizeA, sizeB) = (sizeA + (hasLeft ? 1 : 0), sizeB + (hasRight ? 1 : 0));
        }
        return new SnapshotComparison(first.Facts, second.Facts, sizeA, sizeB, differing, found);
    }

    private static bool IsSame(StoredEntry a, StoredEntry b) =>
        a.IsErased == b.IsErased
        && a.Entry.Span.SequenceEqual(b.Entry.Span)
        && a.Payload.Span.SequenceEqual(b.Payload.Span)
        && a.Salt.Span.SequenceEqual(b.Salt.Span);
}
