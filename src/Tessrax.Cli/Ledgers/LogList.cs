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
/// <param name="isTold">Whether a server tells which payloads are gone.</param>
internal sealed class LogList(
    CliContext context,
    TreeHasher hasher,
    TimeForm form,
    Func<long, string?>? suspicion,
    bool isTold = false
)
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
            return;
        }
        if (isShort)
        {
            context.Print(new Page().Add(new Lines(receipts.Select(Short))));
            return;
        }
        using IEnumerator<Receipt> rest = receipts.GetEnumerator();
        if (rest.MoveNext())
            context.Print(new Page().Grid(ReceiptCells.Columns, From(rest).SelectMany(Rows)));
        else
            context.Line("there are none of these");
    }

    /// <summary>The same for what has come since <paramref name="above"/>: the heads of the columns stand there already.</summary>
    /// <returns>What stands above from now on.</returns>
    public Grid? Follow(IEnumerable<Receipt> receipts, bool isShort, Grid? above)
    {
        using IEnumerator<Receipt> rest = receipts.GetEnumerator();
        if (!rest.MoveNext())
            return above;
        if (context.Json || isShort)
        {
            Print(From(rest), isShort);
            return above;
        }
        var grid = new Grid(ReceiptCells.Columns, From(rest).SelectMany(Rows), above);
        context.Print(new Page().Add(grid));
        return grid;
    }

    // The one that is read, and those behind it.
    private static IEnumerable<Receipt> From(IEnumerator<Receipt> entries)
    {
        do yield return entries.Current;
        while (entries.MoveNext());
    }

    /// <summary>Prints entries beside a graph of what belongs together, the newest first.</summary>
    public void PrintGraph(IEnumerable<Receipt> receipts, bool isShort)
    {
        if (context.Json)
        {
            var lanes = new StoryLanes();
            foreach (Receipt receipt in receipts)
                context.WriteJson(() => ToJson(receipt).With("column", lanes.Add(StoryLinks.Of(receipt)).Column));
        }
        else
        {
            GraphMarks marks = Locale.HasUnicode(context) ? GraphMarks.Unicode : GraphMarks.Ascii;
            context.Print(
                new Page().Add(new LogGraph(receipts.Select(receipt => Row(receipt, isShort, marks)), marks, isShort))
            );
        }
    }

    private GraphRow Row(Receipt receipt, bool isShort, GraphMarks marks)
    {
        IReadOnlyList<Cell> text = isShort
            ? Short(receipt).Parts
            :
            [
                new(ReceiptCells.Index(receipt), Tone.Strong),
                "  ",
                cells.Time(receipt),
                "  ",
                ReceiptCells.Event(receipt),
                "  ",
                About(receipt),
            ];
        // What is newer stands above, so the rule stands below the first entry of an epoch.
        bool begins = receipt.Entry.Body.Event == Events.EpochOpened;
        return new GraphRow(receipt, text, begins ? EpochRule(receipt, marks.Rule) : (Cell?)null);
    }

    private static Cell EpochRule(Receipt receipt, char rule = '─') =>
        new($"{rule}{rule} epoch {receipt.Entry.Epoch + 1} {rule}{rule}", Tone.Strong);

    // An epoch's first entry stands under a rule.
    private IEnumerable<Cell[]> Rows(Receipt receipt)
    {
        if (receipt.Entry.Body.Event == Events.EpochOpened)
            yield return
            [
                new("──", Tone.Dim),
                new(new string('─', 20), Tone.Dim),
                EpochRule(receipt),
                new("──", Tone.Dim),
            ];
        yield return [ReceiptCells.Index(receipt), cells.Time(receipt), ReceiptCells.Event(receipt), About(receipt)];
    }

    private TextLine Short(Receipt receipt) =>
        new([new(ReceiptCells.Index(receipt), Tone.Dim), " ", ReceiptCells.Event(receipt), " ", About(receipt)]);

    private Cell About(Receipt receipt)
    {
        Cell about = cells.About(receipt);
        if (isTold && (receipt.IsErased || receipt.IsLost))
            about = new Cell($"{about.Text}, the server says", about.Tone);
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
