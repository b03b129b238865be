using Tessrax.Canonical;
using Tessrax.Governance;
using Tessrax.Ledger;
using Tessrax.Merkle;
using Tessrax.Node.Appending;
using Tessrax.Node.Reading;
using Tessrax.Node.Recovery;

namespace Tessrax.Node.Maintenance;

/// <summary>What became of the telling of repairs.</summary>
/// <param name="Entries">The LEDGER_REPAIRED entries that tell of them now, ascending.</param>
/// <param name="Proposal">The proposal of one that waits for approvals; null if none does.</param>
public sealed record RepairTold(IReadOnlyList<long> Entries, long? Proposal);

/// <summary>Appends the LEDGER_REPAIRED entries that are owed for what lies in quarantine, or proposes one where the policy asks for approvals.</summary>
/// <remarks>After a crash between the entry and its note in the quarantine, the same repair is told of twice rather than not at all.</remarks>
public static class RepairReceipts
{
    private const int MostNotes = 64;
    private const int MostRanges = LedgerRepaired.MaxRanges;

    /// <summary>Appends them, or proposes the first; what was proposed before and is approved by now is noted.</summary>
    /// <param name="writer">The ledger's writer.</param>
    /// <param name="environment">The surroundings.</param>
    /// <exception cref="TessraxException">As <see cref="LedgerWriter.Append"/>.</exception>
    public static RepairTold Append(LedgerWriter writer, NodeEnvironment environment)
    {
        ArgumentNullException.ThrowIfNull(writer);
        ArgumentNullException.ThrowIfNull(environment);
        var quarantine = new Quarantine(writer.Directory.Path, environment.Disk);
        List<long> told = NoteApproved(writer, quarantine, environment);
        QuarantineNote[] owed = [.. quarantine.Notes().Where(note => note.Receipt is null)];
        Ending ending = EndingOf(owed, writer);
        if (writer.Fold.RequiredOf(Events.LedgerRepaired).Count > 0)
            return new RepairTold(told, Propose(writer, quarantine, owed, ending));
        foreach (QuarantineNote[] notes in owed.Chunk(MostNotes))
        {
            long last = 0;
            foreach (LedgerRepaired part in PartsOf(notes, ending))
            {
                var draft = new Draft { Event = Events.LedgerRepaired, Control = part.ToControl() };
                last = writer.Append([draft])[0].Entry.Index;
                told.Add(last);
            }
            foreach (QuarantineNote note in notes)
                quarantine.WriteCompanion(note with { Receipt = last });
        }
        return new RepairTold(told, null);
    }

    // What one repair lost another may have found: what an entry tells of is how it ended.
    private static Ending EndingOf(QuarantineNote[] notes, LedgerWriter writer)
    {
        HashSet<long> restored = [.. notes.SelectMany(note => note.Restored).SelectMany(Indexes)];
        HashSet<long> both = [.. notes.SelectMany(note => note.Lost).SelectMany(Indexes).Where(restored.Contains)];
        HashSet<long> lost = [.. both.Where(index => index >= writer.Fold.Size || writer.Read(index).IsLost)];
        both.ExceptWith(lost);
        return new Ending(both, lost);
    }

    // What was proposed and approved stands in an entry with just the body that was proposed.
    private static List<long> NoteApproved(LedgerWriter writer, Quarantine quarantine, NodeEnvironment environment)
    {
        var told = new SortedSet<long>();
        QuarantineNote[] proposed =
        [
            .. quarantine.Notes().Where(note => note is { Receipt: null, Proposal: not null }),
        ];
        if (proposed.Length == 0)
            return [];
        using LedgerView view = LedgerView.Open(writer.Directory.Path, environment.Disk);
        foreach (IGrouping<long, QuarantineNote> alike in proposed.GroupBy(note => note.Proposal!.Value))
        {
            if (alike.Key >= view.Size || RecordedFrom(view, alike.Key) is not { } index)
                continue;
            foreach (QuarantineNote note in alike)
                quarantine.WriteCompanion(note with { Receipt = index });
            told.Add(index);
        }
        return [.. told];
    }

    private static long? RecordedFrom(LedgerView view, long proposal)
    {
        Receipt proposed = view.Receipt(proposal);
        if (proposed is not { Entry.Body.Event: Events.DecisionProposed, Payload: { } payload })
            return null;
        EntryBody body = Proposal.FromJson(payload.Root).Body;
        return view.Receipts(proposal + 1).FirstOrDefault(receipt => receipt.Entry.Body == body)?.Entry.Index;
    }

    // One at a time, as of every control event. One that was refused or has expired is proposed anew when somebody repairs again.
    private static long? Propose(LedgerWriter writer, Quarantine quarantine, QuarantineNote[] owed, Ending ending)
    {
        var proposals = new ProposalDesk(writer);
        proposals.CloseExpired(writer.Now());
        if (writer.Fold.OpenControl(Events.LedgerRepaired) is { } waiting)
            return waiting.Index;
        QuarantineNote[] notes = [.. owed.Take(MostNotes)];
        while (notes.Length > 1 && PartsOf(notes, ending).Skip(1).Any())
            notes = notes[..(notes.Length / 2)];
        if (notes.Length == 0)
            return null;
        JsonValue control = PartsOf(notes, ending).First().ToControl();
        long index = proposals.Govern(Events.LedgerRepaired, control, PayloadDesk.Validity).Entry.Index;
        foreach (QuarantineNote note in notes)
            quarantine.WriteCompanion(note with { Proposal = index });
        return index;
    }

    // As many entries as it takes to name every range.
    private static IEnumerable<LedgerRepaired> PartsOf(QuarantineNote[] notes, Ending ending)
    {
        IndexRanges[] restored = Parts(notes.SelectMany(n => n.Restored), ending.Lost);
        IndexRanges[] lost = Parts(notes.SelectMany(n => n.Lost), ending.Found);
        for (int i = 0; i < Math.Max(1, Math.Max(restored.Length, lost.Length)); i++)
            yield return new LedgerRepaired(
                Sorted(notes.Select(n => n.File)),
                i < restored.Length ? restored[i] : IndexRanges.None,
                i < lost.Length ? lost[i] : IndexRanges.None,
                Sorted(notes.SelectMany(n => n.Sources)),
                Sorted(notes.Select(n => n.Cause.ToText()))
            );
    }

    private static IndexRanges[] Parts(IEnumerable<LeafRange> ranges, HashSet<long> without)
    {
        SortedSet<long> indexes = [.. ranges.SelectMany(Indexes).Where(index => !without.Contains(index))];
        return
        [
            .. IndexRanges
                .Of(indexes)
                .Ranges.Chunk(MostRanges)
                .Select(chunk => IndexRanges.Of(chunk.SelectMany(r => Indexes(r.From, r.To)))),
        ];
    }

    private static IEnumerable<long> Indexes(LeafRange range) => Indexes(range.Start, range.End - 1);

    private static IEnumerable<long> Indexes(long from, long to)
    {
        for (long index = from; index <= to; index++)
            yield return index;
    }

    private static List<string> Sorted(IEnumerable<string> words) =>
        [.. words.Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)];

    // Entries that some of the repairs lost and others put back: those that are there now, and those that are not.
    private sealed record Ending(HashSet<long> Found, HashSet<long> Lost);
}
