using System.Globalization;
using Tessrax.Canonical;
using Tessrax.Governance;
using Tessrax.Hashing;
using Tessrax.Ledger;
using Tessrax.Node.Appending;

namespace Tessrax.Node.Importing;

/// <summary>What a ledger has already of a file that is to be imported, gathered entry by entry.</summary>
/// <remarks>Whoever may append may also append entries that look like an import's. So a record counts as known only if an entry says the very same, and an import as concluded
/// only by an entry that says of the file what was found now.</remarks>
/// <param name="survey">The file.</param>
/// <param name="recordedAs">The event of its records.</param>
public sealed class EarlierImport(ImportReport survey, string recordedAs)
{
    private readonly Digest source = survey.Source.Digest;
    private readonly HashSet<Digest> known = [];
    private long gone;
    private long last;

    /// <summary>The first entry that receipts the file; null if none does.</summary>
    public long? Evidence { get; private set; }

    /// <summary>The entry that concludes its import; null if it was cut off, or never begun.</summary>
    public long? Finished { get; private set; }

    /// <summary>How many of its records are on record.</summary>
    public long Records => known.Count;

    /// <summary>Whether it was receipted and concluded. Whether all of its records are there, they tell one by one (<see cref="Has"/>).</summary>
    public bool IsConcluded => Evidence is not null && Finished is not null;

    /// <summary>Takes an entry in. Those of other events change nothing.</summary>
    public void Add(Receipt receipt)
    {
        ArgumentNullException.ThrowIfNull(receipt);
        string name = receipt.Entry.Body.Event;
        if (!IsAbout(name, recordedAs))
            return;
        if (receipt.Payload is not { } payload)
        {
            gone += name == recordedAs ? 1 : 0;
            return;
        }
        switch (EventPayloads.Read(name, payload.Root))
        {
            case EvidenceAdded added when added.Digest == source:
                Evidence ??= receipt.Entry.Index;
                break;
            case OwnEvent own when own.State == source && name == SourceImport.FinishedEvent:
                if (Says(own.Data, SourceImport.Conclusion(survey, recordedAs, 0, 0).Data))
                    Finished = receipt.Entry.Index;
                break;
            case OwnEvent own when own.State == source:
                known.Add(DigestOf(own));
                last = Math.Max(last, NumberOf(own.Data));
                break;
        }
    }

    /// <summary>Whether a record need not be recorded: an entry says it, or did before it was erased.</summary>
    /// <param name="record">What its entry would say.</param>
    /// <param name="number">Its place in the file, from 1.</param>
    public bool Has(OwnEvent record, long number)
    {
        ArgumentNullException.ThrowIfNull(record);
        return known.Contains(DigestOf(record)) || (gone > 0 && (number < last || Finished is not null));
    }

    /// <summary>Looks at every entry that could be about it. A ledger without such entries is looked through once; that costs little beside an import.</summary>
    internal static EarlierImport Of(LedgerWriter writer, ImportReport survey, string recordedAs)
    {
        var found = new EarlierImport(survey, recordedAs);
        foreach (Entry entry in writer.EntriesFrom(0))
        {
            if (IsAbout(entry.Body.Event, recordedAs))
                found.Add(writer.Read(entry.Index));
        }
        return found;
    }

    // Claims say nothing of the file that they came from.
    private static bool IsAbout(string name, string recordedAs) =>
        name is Events.EvidenceAdded or SourceImport.FinishedEvent || (name == recordedAs && Events.IsOwn(name));

    // Where it was concluded, and by which name the file went, is another matter.
    private static bool Says(JsonValue told, JsonValue expected) =>
        told.Kind == JsonKind.Object
        && told.Without("end")
            .Without("evidence")
            .Without("name")
            .Equals(expected.Without("end").Without("evidence").Without("name"));

    private static Digest DigestOf(OwnEvent record) => HashEngine.Sha256.Hash(record.ToJson().ToCanonicalBytes());

    private static long NumberOf(JsonValue data) =>
        data is { Kind: JsonKind.Object }
        && data["number"] is { Kind: JsonKind.Number } number
        && long.TryParse(number.AsNumberText(), CultureInfo.InvariantCulture, out long value)
            ? value
            : 0;
}
