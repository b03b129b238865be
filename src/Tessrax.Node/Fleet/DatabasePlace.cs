using Tessrax.Governance;
using Tessrax.Hashing;
using Tessrax.Keys;
using Tessrax.Ledger;
using Tessrax.Merkle;
using Tessrax.Node.Segments;
using Tessrax.Node.Stores;
using Tessrax.Verification.Fleet;

namespace Tessrax.Node.Fleet;

/// <summary>A ledger in a database, read from there alone.</summary>
/// <remarks>If its newest checkpoint is that of the round before, it is believed without more. Else every entry is read once, in memory for one page: genesis must make the ledger's id; the log's keys are followed
/// through the events that change them; all leaves give the root that the newest checkpoint signs, and those of the round before the root that it had. Not looked at are authors' signatures, approvals and decisions,
/// which <c>verify</c> judges from a copy.</remarks>
internal sealed class DatabasePlace(IStoreDatabase database, StoredLedger facts) : IFleetPlace
{
    public string Origin => facts.Origin;

    public Digest Id => facts.Id;

    public string Where => $"{database.Address} ({facts.Id})";

    public FleetReading Read(FleetMember? before)
    {
        using IBatchReader reader = database.Read(facts.Id);
        Batch newest = reader.ReadBatch(facts.Size - 1);
        var note = SignedNote.Parse(newest.Checkpoint.Span);
        if (before is not null && note.Text == before.Note.Text)
            return new FleetReading(before, before.Says.Head.Root);
        return Follow(reader, newest.NextIndex, note, before?.Says.Head.Size ?? 0);
    }

    // Entry by entry: the tree's right edge and the log's keys are all that is kept.
    private FleetReading Follow(IBatchReader reader, long size, SignedNote note, long then)
    {
        TreeHasher hasher = TreeHasher.ByName(facts.Hash) ?? throw Damaged($"has the hash function '{facts.Hash}'");
        var edge = new Frontier(hasher);
        Digest? earlier = null;
        LogKeyTrail? trail = null;
        foreach (
            StoredEntry stored in reader
                .ReadAll()
                .TakeWhile(batch => batch.NextIndex <= size)
                .SelectMany(b => b.Entries)
        )
        {
            trail = trail?.After(stored.Entry.Span) ?? Begin(stored);
            edge.Append(hasher.Leaf(stored.Entry.Span));
            if (edge.Size == then)
                earlier = edge.Root();
        }
        if (trail is null)
            throw Damaged("has no entries");
        if (!trail.Log.TryOpen(note.ToBytes(), out Checkpoint? signed, out string reason))
            throw Damaged($"has a newest checkpoint that does not verify: {reason}");
        return signed.Head == edge.Head
            ? new FleetReading(FleetMember.Of(note), earlier)
            : throw Damaged($"has {edge.Size} entries that do not give the root that its newest checkpoint signs");
    }

    private LogKeyTrail Begin(StoredEntry first)
    {
        var entry = Entry.Parse(first.Entry.Span);
        if (entry.Body.Event != Events.LedgerCreated || SignedBytes.LedgerIdOf(entry.Body.ToJson()) != facts.Id)
            throw Damaged("has an entry 0 that does not make its id");
        var genesis = Genesis.Read(entry.Body);
        return genesis.Origin == facts.Origin && genesis.Hash == facts.Hash
            ? LogKeyTrail.From(facts.Id, genesis)
            : throw Damaged($"is called {facts.Origin} there, but genesis names {genesis.Origin}");
    }

    private TessraxException Damaged(string what) => ErrorCodes.Damaged.Because($"the ledger in {Where} {what}");
}
