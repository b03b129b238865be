using Tessrax.Governance;
using Tessrax.Hashing;
using Tessrax.Ledger;
using Tessrax.Merkle;
using Tessrax.Node.Files;
using Tessrax.Node.Segments;
using Tessrax.Node.Snapshots;

namespace Tessrax.Node.Recovery;

/// <summary>One examination of a ledger: which one it is, what its segments hold, what is damaged, and what can be found again, here or in other
/// copies. The doctor reports it, a repair acts on it. Changes nothing.</summary>
internal sealed class LedgerExam : IDisposable
{
    private readonly List<EntrySource> sources = [];
    private readonly List<(long Index, EvidenceAdded Added)> evidence = [];
    private readonly HashSet<long> erased = [];
    private readonly List<LedgerCompacted> compactions = [];
    private readonly HashSet<Digest> entered = [];

    private LedgerExam(string path, NodeEnvironment environment, IReadOnlyList<string> named)
    {
        Path = path;
        Environment = environment;
        Directories = SegmentDirectories.Of(path, named, environment.Disk);
        Shelf = new SegmentShelf(path, environment.Disk, Directories);
        Moved = Shelf.Files.Count == 0 ? SegmentDirectories.Moved(path, Directories, environment.Disk) : [];
    }

    public string Path { get; }

    public NodeEnvironment Environment { get; }

    public SegmentShelf Shelf { get; }

    /// <summary>Where the segments lie, by <c>ledger.json</c>, or by what is found or named where that is lost; none for <c>segments</c> alone.</summary>
    public IReadOnlyList<string> Directories { get; }

    /// <summary>Segment files that lie in another directory of the ledger's, if there are none where they belong.</summary>
    public IReadOnlyList<string> Moved { get; }

    /// <summary>Which ledger it is; null if nothing tells.</summary>
    public LedgerIdentity? Identity { get; private set; }

    /// <summary>What <c>ledger.json</c> says; null if it cannot be read.</summary>
    public LedgerDirectory? Facts { get; private set; }

    /// <summary>Why <c>ledger.json</c> cannot be read.</summary>
    public TessraxException? FactsFault { get; private set; }

    /// <summary>The newest checkpoints beside the segments.</summary>
    public IReadOnlyList<KnownHead> Heads { get; private set; } = [];

    /// <summary>What the directory says of itself if it is a state of the past, and the segments hold as many entries; otherwise null.</summary>
    public RestoreMarker? Past { get; private set; }

    /// <summary>Other copies that were named.</summary>
    public IReadOnlyList<GivenCopy> Copies { get; private init; } = [];

    /// <summary>The newest checkpoint of each of them.</summary>
    public IReadOnlyList<KnownHead> CopiedHeads { get; private set; } = [];

    /// <summary>What the segments hold; null if the ledger's key is not known.</summary>
    public LedgerSurvey? Survey { get; private set; }

    /// <summary>Evidence that the ledger names and that is not erased.</summary>
    public IEnumerable<(long Index, EvidenceAdded Added)> Evidence =>
        evidence.Where(e => !IsErased(e.Index, Events.EvidenceAdded));

    /// <summary>What LEDGER_REPAIRED entries say, by index.</summary>
    public List<(long Index, LedgerRepaired Content)> Repairs { get; } = [];

    /// <summary>Whether the ledger knows a key, or somebody proposed that it should: whoever waits for approvals has the new key's file already.</summary>
    public bool IsKnown(Digest key) => Identity!.Keys.Any(known => known.Id == key) || entered.Contains(key);

    /// <summary>When the last entry was recorded.</summary>
    public Canonical.UtcTime LastRecordedAt { get; private set; }

    /// <summary>Where entries are looked for.</summary>
    public IReadOnlyList<EntrySource> Sources => sources;

    /// <summary>Whether the ledger says that an entry's payload was erased.</summary>
    public bool IsErased(Entry entry) => IsErased(entry.Index, entry.Body.Event);

    private bool IsErased(long index, string name) =>
        Events.IsErasable(name) && (erased.Contains(index) || compactions.Exists(compacted => compacted.Covers(index)));

    /// <summary>Examines a ledger.</summary>
    /// <param name="path">Its directory.</param>
    /// <param name="environment">The surroundings.</param>
    /// <param name="copies">Other copies: ledger directories, static logs, snapshot and backup files.</param>
    /// <param name="progress">Told how many entries were gone through.</param>
    /// <param name="directories">Where its segments lie, if <c>ledger.json</c> is lost and somebody knows; else null.</param>
    public static LedgerExam Run(
        string path,
        NodeEnvironment environment,
        IReadOnlyList<string> copies,
        IProgress<long>? progress,
        IReadOnlyList<string>? directories = null
    )
    {
        var exam = new LedgerExam(path, environment, directories ?? [])
        {
            Copies = [.. copies.Select(copy => GivenCopy.Look(copy, environment.Disk))],
        };
        try
        {
            exam.ReadFacts();
            exam.Identify();
            if (exam.Identity is { } identity)
                exam.Go(identity, progress);
            return exam;
        }
        catch
        {
            exam.Dispose();
            throw;
        }
    }

    /// <summary>What can be found of a damaged range.</summary>
    public FoundEntries Find(DamagedRange range) =>
        new EntryRecovery(Identity!.Id, Identity.Hasher, sources, IsErased).Find(range);

    public void Dispose()
    {
        foreach (EntrySource source in sources)
            source.Dispose();
        Shelf.Dispose();
    }

    private void ReadFacts()
    {
        try
        {
            Facts = LedgerDirectory.Open(Path, Environment.Disk);
        }
        catch (TessraxException e)
        {
            FactsFault = e;
        }
    }

    // By its own first entry; the copies only help out, or decide between two.
    private void Identify()
    {
        string[] files = [.. Shelf.Files, .. Moved];
        List<LedgerIdentity> own = [.. LedgerIdentity.FoundIn(Path, files, Environment.Disk)];
        if (own is [{ } only] && only.Id == Facts?.Id)
            Identity = only;
        else
            Identity = new IdentityClaims(this).Choose(own, Copies.SelectMany(copy => copy.Founders));
    }

    private void Go(LedgerIdentity identity, IProgress<long>? progress)
    {
        foreach (string place in Copies.Where(copy => !copy.IsSnapshot).Select(copy => copy.Path).Prepend(Path))
            identity = identity.WithKeysOf(place, Environment.Disk);
        HeadReader heads = identity.NewHeads();
        // The ledger's own files under each other's names are a source like any other.
        string[] strays =
        [
            .. Shelf.Segments.Where(s => s.IsAbsent && s.File is not null).Select(s => s.Path),
            .. Moved,
        ];
        if (strays.Length > 0)
            sources.Add(new MirrorSource(strays, Environment.Disk, identity.Hasher, heads, "record"));
        foreach (string folder in TileEntries.FoldersIn(Path))
            sources.Add(new TileEntries(folder, Environment.Disk, identity.Hasher, heads));
        foreach (GivenCopy copy in Copies)
            copy.Judge(identity);
        sources.AddRange(Copies.SelectMany(copy => copy.Open(identity, heads)));
        SignedHead? newest = ReadHeads(identity, heads);
        Survey = Go(identity, heads, newest, progress);
        // The record that says so may be what is damaged.
        foreach (GivenCopy copy in Survey.Damaged.Count > 0 ? Copies : [])
            copy.Teach(identity, heads);
        if (heads.Log.Spans.Count > identity.Logs.Spans.Count)
        {
            // What was met last may have been signed by a key that was not known when the first was looked at.
            newest = ReadHeads(identity, heads);
            Survey = Go(identity, heads, newest, null);
        }
        Identity = identity with { Trail = heads.Trail };
        if (Past is not null && Survey.Size != Past.Size)
        {
            // It is not what it says.
            Past = null;
            newest = Newest();
            Survey = Go(identity, heads, newest, null);
        }
        GivenCopy[] snapshots = [.. Copies.Where(copy => copy.IsSnapshot)];
        if (snapshots.Length == 0 || Survey.Damaged.Count == 0)
            return;
        // A snapshot is read from its beginning, so what is wanted of it is found out first.
        LeafRange[] wanted = [.. Survey.Damaged.Select(range => range.Entries)];
        sources.AddRange(snapshots.Select(copy => copy.Load(identity, heads, wanted)));
        Survey = Go(identity, heads, newest, null);
    }

    private SignedHead? ReadHeads(LedgerIdentity identity, HeadReader heads)
    {
        Heads = KnownHead.All(Path, identity, heads, Environment);
        CopiedHeads = [.. Copies.Select(copy => copy.Newest(identity, heads, Environment)).OfType<KnownHead>()];
        Past = PastOf(Path, Environment.Disk);
        return Newest();
    }

    // Of a state of the past, what is known to be newer is no part.
    private SignedHead? Newest() =>
        Heads
            .Concat(CopiedHeads)
            .Where(head => Past is null || head.Head?.Head.Size <= Past.Size)
            .MaxBy(head => head.Head?.Head.Size ?? -1)
            ?.Head;

    private static RestoreMarker? PastOf(string ledger, IDisk disk)
    {
        try
        {
            return RestoreMarker.Find(ledger, disk) is { Reason: ReadOnlyReason.Past } past ? past : null;
        }
        catch (TessraxException)
        {
            return null; // what is wrong with it is told beside
        }
    }

    private LedgerSurvey Go(LedgerIdentity identity, HeadReader heads, SignedHead? newest, IProgress<long>? progress)
    {
        erased.Clear();
        compactions.Clear();
        evidence.Clear();
        Repairs.Clear();
        entered.Clear();
        var survey = new LedgerSurvey(Shelf, identity, heads, sources, newest) { Met = Meet, Progress = progress };
        foreach (KnownHead head in Heads.Concat(CopiedHeads).Where(h => h.Head is not null))
            survey.RootsAt[head.Head!.Value.Head.Size] = null;
        survey.Run();
        foreach (DamagedRange range in survey.Damaged)
            MeetFound(range, identity);
        return survey;
    }

    // What a damaged record said of erasures counts too, before any payload is looked for.
    private void MeetFound(DamagedRange range, LedgerIdentity identity)
    {
        for (long index = range.Entries.Start; index < range.ProvenEnd; index++)
        {
            Digest leaf = range.Leaves[(int)(index - range.Entries.Start)];
            foreach (EntrySource source in (EntrySource[])[range.Remains, .. sources])
            {
                if (source.Find(index) is not { } found || identity.Hasher.Leaf(found.Entry.Span) != leaf)
                    continue;
                if (StoredPayload.EntryOf(found) is { } entry)
                    Meet(entry, found);
                break;
            }
        }
    }

    private void Meet(Entry entry, StoredEntry stored)
    {
        LastRecordedAt = entry.RecordedAt;
        try
        {
            switch (entry.Body.Event)
            {
                case Events.PayloadErased:
                    erased.UnionWith(PayloadErased.Read(entry.Body).Entries.Select(e => e.Index));
                    break;
                case Events.LedgerCompacted:
                    compactions.Add(LedgerCompacted.Read(entry.Body));
                    break;
                case Events.KeyAdded or Events.KeyRotated or Events.KeyRecovered or Events.ApproversChanged:
                    Enter(entry.Body);
                    break;
                case Events.DecisionProposed when !stored.IsErased && stored.ToReceipt().Payload is { } proposed:
                    Enter(Proposal.FromJson(proposed.Root).Body);
                    break;
                case Events.LedgerRepaired:
                    Repairs.Add((entry.Index, LedgerRepaired.Read(entry.Body)));
                    break;
                case Events.EvidenceAdded when !stored.IsErased && stored.ToReceipt().Payload is { } payload:
                    evidence.Add((entry.Index, EvidenceAdded.FromJson(payload.Root)));
                    break;
            }
        }
        catch (TessraxException)
        {
            // An entry that says nothing sensible is for verify to tell of.
        }
    }

    private void Enter(EntryBody body) => entered.UnionWith(KeyContent.EnteredBy(body).Select(key => key.Id));
}
