using Tessrax.Governance;
using Tessrax.Hashing;
using Tessrax.Keys;
using Tessrax.Ledger;
using Tessrax.Node.Files;
using Tessrax.Node.Publishing;
using Tessrax.Node.Segments;

namespace Tessrax.Node.Snapshots;

/// <summary>What an export must know before its first byte: the log's key, how far the ledger reaches, what was erased. Nothing is folded, so it takes
/// no more memory for a large ledger than for a small one.</summary>
internal sealed class LedgerSurvey : IDisposable
{
    private LogKeyTrail? trail;

    private LedgerSurvey(LedgerDirectory directory, IDisk disk)
    {
        Directory = directory;
        Reader = new SegmentReader(directory.Path, disk, IsSigned);
    }

    public LedgerDirectory Directory { get; }

    public SegmentReader Reader { get; }

    /// <summary>The log's keys.</summary>
    public LogKeyChain Log => trail!.Log;

    /// <summary>How many entries were durable.</summary>
    public long Size { get; private set; }

    /// <summary>What the control events say was erased.</summary>
    public Erasures Erasures { get; } = new();

    /// <summary>The checkpoint that the ledger published before it was looked at; null if there is none that its log signed.</summary>
    public Checkpoint? Published { get; private set; }

    /// <summary>Looks at a ledger.</summary>
    /// <exception cref="TessraxException">TSX3001: no ledger; TSX3003: damaged; TSX3006, TSX3007: cannot be read.</exception>
    public static LedgerSurvey Of(string path, IDisk disk, CancellationToken cancellation)
    {
        LedgerDirectory directory = LedgerDirectory.Open(path, disk);
        // Before the segments, so that what is appended meanwhile does no harm.
        byte[] published = LedgerMark.ReadNote(disk, directory.CheckpointFile);
        var survey = new LedgerSurvey(directory, disk);
        try
        {
            survey.Read(cancellation);
            survey.Published = LedgerMark.Open(published, survey.Log, $"the published {directory.CheckpointFile}");
            return survey;
        }
        catch
        {
            survey.Dispose();
            throw;
        }
    }

    public void Dispose() => Reader.Dispose();

    private void Read(CancellationToken cancellation)
    {
        foreach (Batch batch in Reader.LendAll())
        {
            cancellation.ThrowIfCancellationRequested();
            if (trail is null)
                Found(batch.Entries[0]);
            foreach (StoredEntry stored in batch.Entries)
            {
                if (MayErase(stored.Entry.Span))
                    Note(stored);
            }
            trail = trail!.After(batch.Entries[^1].Entry.Span);
            Size = batch.NextIndex;
            SegmentReader.GiveBack(batch);
        }
        if (trail is null)
            throw ErrorCodes.Damaged.Because($"the ledger in {Directory.Path} has no genesis");
    }

    // ledger.json is signed by nobody: what it says must be what genesis makes.
    private void Found(StoredEntry first)
    {
        EntryBody body = Parse(first).Body;
        Digest made = SignedBytes.LedgerIdOf(body.ToJson());
        Genesis genesis;
        try
        {
            genesis = Genesis.Read(body);
        }
        catch (TessraxException e)
        {
            throw ErrorCodes.Damaged.Because(
                $"the ledger in {Directory.Path} does not begin with a genesis: {e.Message}"
            );
        }
        bool same =
            made == Directory.Id && genesis.Origin == Directory.Origin && genesis.Hash == Directory.Hasher.Engine.Name;
        trail = same
            ? LogKeyTrail.From(made, genesis)
            : throw ErrorCodes.Damaged.Because(
                $"ledger.json names {Directory.Origin} {Directory.Id} ({Directory.Hasher.Engine.Name}), but genesis makes {genesis.Origin} {made} ({genesis.Hash})"
            );
    }

    // Names stand in the leaf as they are; what only looks like one is told apart when it is read.
    private static bool MayErase(ReadOnlySpan<byte> leaf) =>
        leaf.IndexOf("\"event\":\"PAYLOAD_ERASED\""u8) >= 0 || leaf.IndexOf("\"event\":\"LEDGER_COMPACTED\""u8) >= 0;

    private void Note(StoredEntry stored)
    {
        Entry entry = Parse(stored);
        try
        {
            if (entry.Body.Event is Events.PayloadErased or Events.LedgerCompacted)
                Erasures.Add(entry);
        }
        catch (TessraxException e)
        {
            throw ErrorCodes.Damaged.Because($"entry {entry.Index} cannot be read: {e.Message}");
        }
    }

    private static Entry Parse(StoredEntry stored)
    {
        try
        {
            return Entry.Parse(stored.Entry.Span);
        }
        catch (TessraxException e)
        {
            throw ErrorCodes.Damaged.Because($"an entry cannot be read: {e.Message}");
        }
    }

    private bool IsSigned(ReadOnlyMemory<byte> checkpoint, long size) =>
        trail is null
        || (trail.Log.TryOpenAny(checkpoint.Span, out Checkpoint? opened, out _) && opened.Head.Size == size);
}
