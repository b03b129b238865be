using System.Globalization;
using Tessrax.Canonical;
using Tessrax.Governance;
using Tessrax.Hashing;
using Tessrax.Ledger;
using Tessrax.Node.Appending;

namespace Tessrax.Node.Importing;

/// <summary>What a ledger has already of a file that is to be imported.</summary>
/// <param name="Evidence">The entry that receipts the file; null if none does.</param>
/// <param name="Records">The number of its last record on record; 0 for none.</param>
/// <param name="Finished">The entry that concludes its import; null if it was cut off, or never begun.</param>
internal sealed record EarlierImport(long? Evidence, long Records, long? Finished)
{
    /// <summary>Looks at every entry that could be about it. A ledger without such entries is looked through once; that costs little beside an import.</summary>
    /// <param name="writer">The ledger.</param>
    /// <param name="source">The file's digest.</param>
    /// <param name="recordedAs">The event of its records.</param>
    public static EarlierImport Of(LedgerWriter writer, Digest source, string recordedAs)
    {
        var found = new EarlierImport(null, 0, null);
        foreach (Entry entry in writer.EntriesFrom(0))
        {
            string name = entry.Body.Event;
            // Claims say nothing of the file that they came from.
            bool isRecord = name == recordedAs && Events.IsOwn(name);
            if (!isRecord && name is not (Events.EvidenceAdded or SourceImport.FinishedEvent))
                continue;
            if (writer.Read(entry.Index).Payload is { } payload)
                found = found.With(entry.Index, EventPayloads.Read(name, payload.Root), source, recordedAs);
        }
        return found;
    }

    private EarlierImport With(long index, object payload, Digest source, string recordedAs) =>
        payload switch
        {
            EvidenceAdded added when added.Digest == source => this with { Evidence = Evidence ?? index },
            OwnEvent { State: { } state } own when state == source => With(index, own.Data, recordedAs),
            _ => this,
        };

    private EarlierImport With(long index, JsonValue data, string recordedAs)
    {
        if (
            data["number"] is { Kind: JsonKind.Number } number
            && long.TryParse(number.AsNumberText(), CultureInfo.InvariantCulture, out long last)
        )
            return this with { Records = Math.Max(Records, last) };
        return data["event"] is { Kind: JsonKind.String } told && told.AsString() == recordedAs
            ? this with
            {
                Finished = index,
            }
            : this;
    }
}
