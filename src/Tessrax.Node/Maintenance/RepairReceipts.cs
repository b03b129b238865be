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
        if (writer.Fold.RequiredOf(Events.LedgerRepaired).Count > 0)
            return new RepairTold(told, Propose(writer, quarantine, owed));
        foreach (QuarantineNote[] notes in owed.Chunk(MostNotes))
        {
            long last = 0;
            foreach (LedgerRepaired part in PartsOf(notes))
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
    private static long? Propose(LedgerWriter writer, Quarantine quarantine, QuarantineNote[] owed)
    {
        var proposals = new ProposalDesk(writer);
        proposals.CloseExpired(writer.Now());
        if (writer.Fold.OpenControl(Events.LedgerRepaired) is { } waiting)
            return waiting.Index;
        QuarantineNote[] notes = [.. owed.Take(MostNotes)];
        while (notes.Length > 1 && PartsOf(notes).Skip(1).Any())
            notes = notes[..(notes.Length / 2)];
        if (notes.Length == 0)
            return null;
        JsonValue control = PartsOf(notes).First().ToControl();
        long index = proposals.Govern(Events.LedgerRepaired, control, PayloadDesk.Validity).Entry.Index;
        foreach (QuarantineNote note in notes)
            quarantine.WriteCompanion(note with { Proposal = index });
        return index;
    }

    // As many entries as it takes to name every range.
    private static IEnumerable<LedgerRepaired> PartsOf(QuarantineNote[] notes)
    {
        IndexRanges[] restored = Parts(notes.SelectMany(n => n.Restored));
        IndexRanges[] lost = Parts(notes.SelectMany(n => n.Lost));
        for (int i = 0; i < Math.Max(1, Math.Max(restored.Length, lost.Length)); i++)
            yield return new LedgerRepaired(
                Sorted(notes.Select(n => n.File)),
                i < restored.Length ? restored[i] : IndexRanges.None,
                i < lost.Length ? lost[i] : IndexRanges.None,
                Sorted(notes.SelectMany(n => n.Sources)),
                Sorted(notes.Select(n => n.Cause.ToText()))
            );
    }

    private static IndexRanges[] Parts(IEnumerable<LeafRange> ranges)
    {
        var indexes = new SortedSet<long>();
        foreach (LeafRange range in ranges)
        {
            for (long index = range.Start; index < range.End; index++)
                indexes.Add(index);
        }
        return
        [
            .. IndexRanges
                .Of(indexes)
                .Ranges.Chunk(MostRanges)
                .Select(chunk => IndexRanges.Of(chunk.SelectMany(r => Indexes(r.From, r.To)))),
        ];
    }

    private static IEnumerable<long> Indexes(long from, long to)
    {
        for (long index = from; index <= to; index++)
            yield return index;
    }

    private static List<string> Sorted(IEnumerable<string> words) =>
        [.. words.Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)];
}
