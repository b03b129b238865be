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
public sealed record EarlierImport(long? Evidence, long Records, long? Finished)
{
    /// <summary>Nothing, before any entry was looked at.</summary>
    public static EarlierImport None { get; } = new(null, 0, null);

    /// <summary>The same with one entry more. Those of other events change nothing.</summary>
    /// <param name="receipt">The entry; one whose payload is gone tells nothing.</param>
    /// <param name="source">The file's digest.</param>
    /// <param name="recordedAs">The event of its records.</param>
    public EarlierImport With(Receipt receipt, Digest source, string recordedAs)
    {
        ArgumentNullException.ThrowIfNull(receipt);
        ArgumentNullException.ThrowIfNull(recordedAs);
        string name = receipt.Entry.Body.Event;
        if (!IsAbout(name, recordedAs) || receipt.Payload is not { } payload)
            return this;
        return EventPayloads.Read(name, payload.Root) switch
        {
            EvidenceAdded added when added.Digest == source => this with { Evidence = Evidence ?? receipt.Entry.Index },
            OwnEvent { State: { } state } own when state == source => With(receipt.Entry.Index, own.Data, recordedAs),
            _ => this,
        };
    }

    /// <summary>Looks at every entry that could be about it. A ledger without such entries is looked through once; that costs little beside an import.</summary>
    /// <param name="writer">The ledger.</param>
    /// <param name="source">The file's digest.</param>
    /// <param name="recordedAs">The event of its records.</param>
    internal static EarlierImport Of(LedgerWriter writer, Digest source, string recordedAs)
    {
        EarlierImport found = None;
        foreach (Entry entry in writer.EntriesFrom(0))
        {
            if (IsAbout(entry.Body.Event, recordedAs))
                found = found.With(writer.Read(entry.Index), source, recordedAs);
        }
        return found;
    }

    // Claims say nothing of the file that they came from.
    private static bool IsAbout(string name, string recordedAs) =>
        name is Events.EvidenceAdded or SourceImport.FinishedEvent || (name == recordedAs && Events.IsOwn(name));

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
