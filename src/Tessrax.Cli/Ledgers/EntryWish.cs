using Tessrax.Canonical;
using Tessrax.Ledger;
using Tessrax.Node.Reading;

namespace Tessrax.Cli.Ledgers;

/// <summary>Which entries somebody wants to see.</summary>
internal sealed record EntryWish(string[] Events, long? Limit, UtcTime? Since, bool NewestFirst)
{
    /// <summary>The entries from an index on, in the order that is wanted.</summary>
    public IEnumerable<Receipt> Of(LedgerGlance ledger, long from)
    {
        // Without a bound to look back to, all are read in order, whatever the ledger's size.
        if (Limit is null && Since is null && !NewestFirst)
            return ledger.From(from).Where(receipt => Events.Length == 0 || Events.Contains(receipt.Entry.Body.Event));
        IEnumerable<Receipt> newest = ledger
            .Newest(long.MaxValue, Events.Length == 0 ? null : Events, Since)
            .TakeWhile(receipt => receipt.Entry.Index >= from);
        if (Limit is { } most)
            newest = newest.Take((int)Math.Min(most, int.MaxValue));
        return NewestFirst ? newest : newest.Reverse();
    }

    /// <summary>The entries of a ledger behind a server, in the order that is wanted.</summary>
    /// <param name="ledger">The ledger.</param>
    /// <param name="end">The entry behind the last one.</param>
    public IEnumerable<Receipt> Of(RemoteLedger ledger, long end)
    {
        if (Limit is null && Since is null && !NewestFirst)
            return ledger.Oldest(0, end, Events);
        // Those that are too old end it; how many come before them is not known.
        IEnumerable<Receipt> newest = ledger.Newest(end, Events, Limit);
        if (Since is { } since)
            newest = newest.TakeWhile(receipt => receipt.Entry.RecordedAt >= since);
        return NewestFirst ? newest : newest.Reverse();
    }
}
