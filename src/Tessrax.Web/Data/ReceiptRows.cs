using Tessrax.Canonical;
using Tessrax.Ledger;
using Tessrax.Node.Reading;
using Tessrax.Node.Serving;
using Tessrax.Node.Wording;

namespace Tessrax.Web.Data;

/// <summary>A receipt in a list.</summary>
public sealed record ReceiptRow(long Index, UtcTime Time, string Event, string Summary)
{
    public static ReceiptRow Of(Receipt receipt)
    {
        ArgumentNullException.ThrowIfNull(receipt);
        return new(
            receipt.Entry.Index,
            receipt.Entry.RecordedAt,
            receipt.Entry.Body.Event,
            ReceiptText.Summary(receipt)
        );
    }
}

/// <summary>A page of receipts, the newest first.</summary>
/// <param name="Rows">The receipts.</param>
/// <param name="Event">The event that was asked for; null for any.</param>
/// <param name="Older">Where older ones begin: before this index; null if there are none.</param>
/// <param name="IsFirst">Whether it begins at the newest.</param>
public sealed record ReceiptList(IReadOnlyList<ReceiptRow> Rows, string? Event, long? Older, bool IsFirst)
{
    /// <summary>Receipts of a page.</summary>
    public const int PageSize = 50;

    /// <summary>How many are looked at for one event: a rare one is not looked for through a whole ledger at once.</summary>
    public const long MostLookedAt = 20_000;

    /// <summary>Reads one.</summary>
    /// <param name="moment">The ledger.</param>
    /// <param name="name">Only those of this event; null for any.</param>
    /// <param name="before">Only those before this index; null for the newest.</param>
    /// <param name="stop">Ends the looking for an event.</param>
    public static ReceiptList Read(LedgerMoment moment, string? name, long? before, CancellationToken stop = default)
    {
        ArgumentNullException.ThrowIfNull(moment);
        long end = Math.Min(before ?? moment.Size, moment.Size);
        long from = name is null ? 0 : Math.Max(0, end - MostLookedAt);
        IEnumerable<Receipt> found = moment.Glance.Backwards(
            end,
            name is null ? null : LedgerGlance.MayBe([name], stop),
            from
        );
        ReceiptRow[] rows =
        [
            .. found.Where(one => name is null || one.Entry.Body.Event == name).Take(PageSize).Select(ReceiptRow.Of),
        ];
        long rest = rows.Length == PageSize ? rows[^1].Index : from;
        return new ReceiptList(rows, name, rest > 0 ? rest : null, end == moment.Size);
    }
}
