using Tessrax.Canonical;
using Tessrax.Cli.Terminal;
using Tessrax.Ledger;
using Tessrax.Merkle;

namespace Tessrax.Cli.Ledgers;

/// <summary>Entries as <c>log</c> shows them.</summary>
/// <param name="context">Where to.</param>
/// <param name="hasher">The hashes of the ledger's tree.</param>
/// <param name="form">How times are told.</param>
/// <param name="suspicion">Why an entry is suspect, or null; null if nobody asked.</param>
internal sealed class LogList(CliContext context, TreeHasher hasher, TimeForm form, Func<long, string?>? suspicion)
{
    private readonly ReceiptCells cells = new(context, hasher, form);

    /// <summary>Prints entries, read as they are printed.</summary>
    /// <param name="receipts">The entries.</param>
    /// <param name="isShort">A line each and nothing else.</param>
    public void Print(IEnumerable<Receipt> receipts, bool isShort)
    {
        if (context.Json)
        {
            foreach (Receipt receipt in receipts)
                context.WriteJson(() => ToJson(receipt));
        }
        else if (isShort)
        {
            context.Print(new Page().Add(new Lines(receipts.Select(Short))));
        }
        else
        {
            context.Print(new Page().Grid(ReceiptCells.Columns, receipts.SelectMany(Rows)));
        }
    }

    // An epoch's first entry stands under a rule.
    private IEnumerable<Cell[]> Rows(Receipt receipt)
    {
        if (receipt.Entry.Body.Event == Events.EpochOpened)
            yield return
            [
                new("──", Tone.Dim),
                new(new string('─', 20), Tone.Dim),
                new($"── epoch {receipt.Entry.Epoch + 1} ──", Tone.Strong),
                new("──", Tone.Dim),
            ];
        yield return [ReceiptCells.Index(receipt), cells.Time(receipt), ReceiptCells.Event(receipt), About(receipt)];
    }

    private TextLine Short(Receipt receipt) =>
        new([new(ReceiptCells.Index(receipt), Tone.Dim), " ", ReceiptCells.Event(receipt), " ", About(receipt)]);

    private Cell About(Receipt receipt)
    {
        Cell about = cells.About(receipt);
        return suspicion?.Invoke(receipt.Entry.Index) is null ? about : new Cell($"suspect: {about.Text}", Tone.Bad);
    }

    private JsonValue ToJson(Receipt receipt) =>
        suspicion is null
            ? cells.ToJson(receipt)
            : cells.ToJson(
                receipt,
                ("suspect", suspicion(receipt.Entry.Index) is { } reason ? reason : JsonValue.Null)
            );

    // A line stays one: what does not fit is cut.
    private sealed class Lines(IEnumerable<TextLine> lines) : IBlock
    {
        public IEnumerable<TextLine> Lay(int width, bool isTerminal) =>
            lines.Select(line => isTerminal ? Wrapping.Cut(line, width) : line);
    }
}
