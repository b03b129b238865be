using System.Globalization;
using Tessrax.Canonical;
using Tessrax.Cli.Terminal;
using Tessrax.Ledger;
using Tessrax.Merkle;

namespace Tessrax.Cli.Ledgers;

/// <summary>A receipt as every list has it: in cells for people, and in JSON.</summary>
/// <param name="context">Where to.</param>
/// <param name="hasher">The hashes of the ledger's tree.</param>
/// <param name="form">How times are told.</param>
internal sealed class ReceiptCells(CliContext context, TreeHasher hasher, TimeForm form)
{
    /// <summary>The heads of the columns.</summary>
    public static readonly string[] Columns = ["INDEX", "TIME", "EVENT", "ABOUT"];

    private readonly UtcTime now = UtcTime.Now(context.Time);

    public Cell[] Row(Receipt receipt) => [Index(receipt), Time(receipt), Event(receipt), About(receipt)];

    public static string Index(Receipt receipt) => receipt.Entry.Index.ToString(CultureInfo.InvariantCulture);

    public Cell Time(Receipt receipt) => new(TimeText.Show(receipt.Entry.RecordedAt, now, form), Tone.Dim);

    public static Cell Event(Receipt receipt) => new(receipt.Entry.Body.Event, Tones.Of(receipt.Entry.Body.Event));

    public Cell About(Receipt receipt)
    {
        string summary = ReceiptText.Summary(receipt);
        return new Cell(
            context.IsTerminal ? Wrapping.ShortenIds(summary) : summary,
            receipt.IsLost ? Tone.Bad
                : receipt.IsErased ? Tone.Dim
                : Tone.Plain
        );
    }

    /// <summary>What every list tells programs of a receipt, and what one of them adds.</summary>
    public JsonValue ToJson(Receipt receipt, params (string Name, JsonValue? Value)[] more) =>
        ReceiptText.ToListJson(receipt, hasher, more);
}
