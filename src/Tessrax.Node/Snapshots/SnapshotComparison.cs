using Tessrax.Hashing;
using Tessrax.Ledger;
using Tessrax.Node.Files;
using Tessrax.Node.Segments;

namespace Tessrax.Node.Snapshots;

/// <summary>An entry that two snapshots have, and not in the same bytes.</summary>
public sealed record DifferingEntry(long Index, Receipt A, Receipt B);

/// <summary>What two snapshots hold differently: read side by side, entry by entry and file by file, to their ends.</summary>
/// <param name="A">What the first is of.</param>
/// <param name="B">What the second is of.</param>
/// <param name="SizeA">Entries in the first.</param>
/// <param name="SizeB">Entries in the second.</param>
/// <param name="Differing">How many of the entries that both have differ.</param>
/// <param name="First">The first of them.</param>
/// <param name="Files">The files that come with them, such as pinned roots, that one of them lacks or has with other bytes.</param>
public sealed record SnapshotComparison(
    SnapshotFacts A,
    SnapshotFacts B,
    long SizeA,
    long SizeB,
    long Differing,
    IReadOnlyList<DifferingEntry> First,
    IReadOnlyList<string> Files
)
{
    /// <summary>Whether they hold the same.</summary>
    public bool IsSame => Differing == 0 && SizeA == SizeB && A == B && Files.Count == 0;

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
            if (hasLeft && hasRight && !AreSame(left.Current, right.Current))
            {
                differing++;
                if (found.Count < most)
                    found.Add(new DifferingEntry(sizeA, left.Current.ToReceipt(), right.Current.ToReceipt()));
            }
            (sizeA, sizeB) = (sizeA + (hasLeft ? 1 : 0), sizeB + (hasRight ? 1 : 0));
        }
        Dictionary<string, Digest> filesA = FilesOf(first);
        Dictionary<string, Digest> filesB = FilesOf(second);
        string[] files =
        [
            .. filesA
                .Keys.Union(filesB.Keys)
                .Where(name =>
                    !filesA.TryGetValue(name, out Digest one)
                    || !filesB.TryGetValue(name, out Digest other)
                    || one != other
                )
                .Order(StringComparer.Ordinal),
        ];
        return new SnapshotComparison(first.Facts, second.Facts, sizeA, sizeB, differing, found, files);
    }

    // With them the file ends: what stands behind it is refused.
    private static Dictionary<string, Digest> FilesOf(SnapshotReader reader)
    {
        var files = new Dictionary<string, Digest>(StringComparer.Ordinal);
        foreach (SnapshotFile file in reader.Files())
            files.Add(file.ShownName, SnapshotCheck.DigestOf(file));
        reader.Finish();
        return files;
    }

    private static bool AreSame(StoredEntry a, StoredEntry b) =>
        a.IsErased == b.IsErased
        && a.Entry.Span.SequenceEqual(b.Entry.Span)
        && a.Payload.Span.SequenceEqual(b.Payload.Span)
        && a.Salt.Span.SequenceEqual(b.Salt.Span);
}
