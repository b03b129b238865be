using Tessrax.Governance;
using Tessrax.Ledger;
using Tessrax.Merkle;
using Tessrax.Node.Appending;
using Tessrax.Node.Recovery;

namespace Tessrax.Node.Maintenance;

/// <summary>Appends the LEDGER_REPAIRED entries that are owed for what lies in quarantine.</summary>
/// <remarks>After a crash between the entry and its note in the quarantine, the same repair is told of twice rather than not at all.</remarks>
public static class RepairReceipts
{
    private const int MostNotes = 64;
    private const int MostRanges = LedgerRepaired.MaxRanges;

    /// <summary>Appends them.</summary>
    /// <param name="writer">The ledger's writer.</param>
    /// <param name="environment">The surroundings.</param>
    /// <returns>Their indexes; none if nothing is owed, or the policy asks for approvals.</returns>
    /// <exception cref="TessraxException">As <see cref="LedgerWriter.Append"/>.</exception>
    public static IReadOnlyList<long> Append(LedgerWriter writer, NodeEnvironment environment)
    {
        ArgumentNullException.ThrowIfNull(writer);
        ArgumentNullException.ThrowIfNull(environment);
        if (writer.Fold.RequiredOf(Events.LedgerRepaired).Count > 0)
            return [];
        var quarantine = new Quarantine(writer.Directory.Path, environment.Disk);
        var told = new List<long>();
        foreach (QuarantineNote[] notes in quarantine.Notes().Where(n => n.Receipt is null).Chunk(MostNotes))
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
        return told;
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
