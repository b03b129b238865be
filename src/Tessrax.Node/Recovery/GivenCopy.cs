using Tessrax.Merkle;
using Tessrax.Node.Files;
using Tessrax.Node.Segments;
using Tessrax.Node.Snapshots;

namespace Tessrax.Node.Recovery;

/// <summary>Another copy that somebody named to repair from: a ledger's directory, a static log, a snapshot or a backup; or something that is of no use,
/// and why. Nothing that it holds is believed: it is looked at as a stranger's.</summary>
internal sealed class GivenCopy
{
    private readonly IDisk disk;
    private readonly List<LedgerIdentity> founders = [];
    private readonly bool isFile;
    private string named = "";

    private GivenCopy(string path, IDisk disk)
    {
        (Path, this.disk) = (path, disk);
        isFile = !Directory.Exists(path);
    }

    public string Path { get; }

    /// <summary>What it is called to people: <c>mirror DIR</c>, <c>static log DIR</c>, <c>snapshot FILE</c>, <c>backup FILE</c>.</summary>
    public string Name { get; private set; } = "";

    /// <summary>Why it is of no use; null if it is of use.</summary>
    public string? NoUse { get; private set; }

    /// <summary>Whether it is a file that is read from its beginning, so that what is wanted of it must be known before.</summary>
    public bool IsSnapshot => isFile && NoUse is null;

    /// <summary>The ledgers that it may be a copy of, by first entries.</summary>
    public IReadOnlyList<LedgerIdentity> Founders => founders;

    /// <summary>Looks at what was named.</summary>
    public static GivenCopy Look(string path, IDisk disk)
    {
        var copy = new GivenCopy(path, disk);
        try
        {
            if (copy.isFile)
                copy.LookAtFile();
            else
                copy.LookAtDirectory();
        }
        catch (TessraxException e)
        {
            copy.NoUse = copy.WithoutPath(e.Message);
        }
        catch (Exception e) when (DiskErrors.IsDisk(e))
        {
            copy.NoUse = copy.WithoutPath(DiskErrors.WhileReading(e, path).Message);
        }
        return copy;
    }

    /// <summary>Says that it is of no use for a ledger, if it is another's. One that does not tell whose it is may be of use.</summary>
    public void Judge(LedgerIdentity identity)
    {
        if (NoUse is not null || founders.Exists(founder => founder.Id == identity.Id))
            return;
        if (founders.Count > 0)
            NoUse = $"it holds another ledger, {founders[0].Origin} {founders[0].Id}";
        else if (named.Length > 0 && named != identity.Id.ToString())
            NoUse = $"it holds another ledger, {named}";
    }

    /// <summary>What a directory can give.</summary>
    public IEnumerable<EntrySource> Open(LedgerIdentity identity, HeadReader heads)
    {
        if (NoUse is not null || isFile)
            yield break;
        yield return new MirrorSource(SegmentFiles(), disk, identity.Hasher, heads, "mirror", Name);
        foreach (string folder in TileEntries.FoldersIn(Path))
            yield return new TileEntries(folder, disk, identity.Hasher, heads);
    }

    /// <summary>What a snapshot or a backup can give of some entries.</summary>
    public EntrySource Load(LedgerIdentity identity, HeadReader heads, IReadOnlyList<LeafRange> wanted) =>
        SnapshotSource.Load(Path, Name, disk, identity.Hasher, heads, wanted);

    /// <summary>Tells of the keys that a directory shows the log to have had. Reads all of its segments.</summary>
    public void Teach(LedgerIdentity identity, HeadReader heads)
    {
        if (NoUse is not null || isFile)
            return;
        using var segments = new MirrorSource(SegmentFiles(), disk, identity.Hasher, heads, "mirror", Name);
        foreach (Batch batch in segments.Batches(0, long.MaxValue))
            heads.Learn(batch.Entries[^1].Entry.Span);
    }

    /// <summary>The checkpoint of the most entries that the log signed in it; null if there is none.</summary>
    public KnownHead? Newest(LedgerIdentity identity, HeadReader heads, NodeEnvironment environment)
    {
        if (NoUse is not null)
            return null;
        var found = new List<SignedHead?>();
        if (isFile)
            found.Add(SnapshotSource.NewestHead(Path, disk, heads));
        else
        {
            found.AddRange(
                KnownHead
                    .All(Path, identity, heads, environment)
                    .Where(head => !head.IsOutside)
                    .Select(head => head.Head)
            );
            using var segments = new MirrorSource(SegmentFiles(), disk, identity.Hasher, heads, "mirror", Name);
            found.Add(segments.NewestHead());
        }
        return found.MaxBy(head => head?.Head.Size ?? -1) is { } newest
            ? new KnownHead($"the checkpoint of {Name}", Path, true, true, newest.Note.ToArray(), newest, "")
            : null;
    }

    // Whoever tells of it names it already.
    private string WithoutPath(string message) =>
        message.StartsWith($"{Path}: ", StringComparison.Ordinal) ? message[(Path.Length + 2)..]
        : message.StartsWith($"{Path} ", StringComparison.Ordinal) ? $"it{message[Path.Length..]}"
        : message;

    private void LookAtFile()
    {
        using SnapshotReader reader = SnapshotReader.Open(disk, Path);
        Name = reader.Kind == SnapshotKind.Backup ? $"backup {Path}" : $"snapshot {Path}";
        named = reader.Facts.Id.ToString();
        if (reader.Batches().FirstOrDefault() is { } first && LedgerIdentity.Of(first.Entries[0]) is { } founder)
            founders.Add(founder);
    }

    private void LookAtDirectory()
    {
        disk.List(Path);
        IReadOnlyList<string> files = SegmentFiles();
        bool hasFacts = disk.Exists(LedgerDirectory.FileOf(Path));
        bool isLedger = hasFacts || files.Count > 0;
        Name = isLedger ? $"mirror {Path}" : $"static log {Path}";
        if (!isLedger && !TileEntries.FoldersIn(Path).Any())
        {
            NoUse = "it is neither a ledger nor a static log, a snapshot or a backup";
            return;
        }
        founders.AddRange(LedgerIdentity.FoundIn(Path, files, disk));
        if (hasFacts && founders.Count == 0)
            named = LedgerDirectory.Open(Path, disk).Id.ToString();
    }

    private IReadOnlyList<string> SegmentFiles()
    {
        try
        {
            var folder = new SegmentFolder(Path, disk);
            return [.. folder.Numbers().Select(folder.PathOf)];
        }
        catch (TessraxException e) when (e.Code == ErrorCodes.NotALedger || e.Code == ErrorCodes.SegmentsAway)
        {
            return [];
        }
    }
}
