using Tessrax.Merkle;
using Tessrax.Node.Files;
using Tessrax.Node.Segments;
using Tessrax.Node.Snapshots;

namespace Tessrax.Node.Recovery;

/// <summary>What a snapshot or a backup file has of the entries that are wanted. It is read once, from its beginning; where it is damaged, what came before counts.</summary>
internal sealed class SnapshotSource(TreeHasher hasher, string name) : EntrySource(hasher)
{
    private readonly Dictionary<long, StoredEntry> entries = [];
    private readonly List<SignedHead> signed = [];

    public override string Kind => "snapshot";

    public override string Name => name;

    public override StoredEntry? Find(long index) => entries.TryGetValue(index, out StoredEntry found) ? found : null;

    public override IEnumerable<SignedHead> Heads(long beyond, long upTo) =>
        signed.Where(s => s.Head.Size > beyond && s.Head.Size <= upTo);

    /// <summary>Reads a file.</summary>
    /// <param name="path">The file.</param>
    /// <param name="name">What it is called to people.</param>
    /// <param name="disk">The file system.</param>
    /// <param name="hasher">The ledger's tree.</param>
    /// <param name="heads">Opens checkpoints.</param>
    /// <param name="wanted">The entries to keep; memory follows from their number.</param>
    public static SnapshotSource Load(
        string path,
        string name,
        IDisk disk,
        TreeHasher hasher,
        HeadReader? heads,
        IReadOnlyList<LeafRange> wanted
    )
    {
        var source = new SnapshotSource(hasher, name);
        try
        {
            using SnapshotReader reader = SnapshotReader.Open(disk, path);
            foreach (Batch batch in reader.Batches())
                source.Keep(batch, heads, wanted);
        }
        catch (TessraxException)
        {
            // Not a snapshot, or damaged from here on.
        }
        return source;
    }

    /// <summary>The last checkpoint of a file as far as it can be read, if the log signed it.</summary>
    public static SignedHead? NewestHead(string path, IDisk disk, HeadReader heads)
    {
        ReadOnlyMemory<byte> note = default;
        try
        {
            using SnapshotReader reader = SnapshotReader.Open(disk, path);
            foreach (Batch batch in reader.LendBatches())
            {
                note = batch.Checkpoint.ToArray();
                heads.Learn(batch.Entries[^1].Entry.Span);
                SegmentReader.GiveBack(batch);
            }
        }
        catch (TessraxException)
        {
            // Damaged from here on.
        }
        return heads.Open(note, out _);
    }

    private void Keep(Batch batch, HeadReader? heads, IReadOnlyList<LeafRange> wanted)
    {
        bool isNear = false;
        for (int i = 0; i < batch.Entries.Count; i++)
        {
            long index = batch.FirstIndex + i;
            if (!wanted.Any(range => range.Start <= index && index < range.End))
                continue;
            entries[index] = batch.Entries[i];
            isNear = true;
        }
        if (isNear && heads?.Open(batch.Checkpoint, out _) is { } head)
            signed.Add(head);
    }
}
