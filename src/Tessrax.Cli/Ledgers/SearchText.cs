using System.Globalization;
using Tessrax.Cli.Terminal;
using Tessrax.Governance;
using Tessrax.Ledger;
using Tessrax.Merkle;
using Tessrax.Node.Search;
using Tessrax.Verification.Search;

namespace Tessrax.Cli.Ledgers;

/// <summary>What a search found, for people and for programs.</summary>
/// <param name="context">Where to.</param>
/// <param name="hasher">The hashes of the ledger's tree.</param>
/// <param name="form">How times are told.</param>
/// <param name="withFields">Whether people are told what each hit is found by.</param>
internal sealed class SearchText(CliContext context, TreeHasher hasher, TimeForm form, bool withFields)
{
    private readonly ReceiptCells cells = new(context, hasher, form);

    /// <summary>Prints a page of hits.</summary>
    public void Print(SearchAnswer answer)
    {
        context.WriteJson(() => SearchJson.Of(answer, hasher, withHits: true));
        if (context.Json)
            return;
        var page = new Page();
        bool isList = withFields || answer.Query.HasText;
        if (isList)
        {
            foreach (SearchHit hit in answer.Hits)
                Add(page, hit);
        }
        else if (answer.Hits.Count > 0)
        {
            page.Grid(ReceiptCells.Columns, answer.Hits.Select(hit => cells.Row(hit.Entry.Receipt)));
        }
        page.Line(
            Tone.Dim,
            $"{HitsOf(answer)}, {(answer.Order == SearchOrder.Rank ? "best" : answer.Order.Text())} first; {Extent(answer.Size, answer.Index)}"
        );
        if (answer.Next is { } next)
            page.Line(Tone.Dim, $"next page: the same with --cursor {next}");
        context.Print(page);
    }

    /// <summary>Prints how many entries match.</summary>
    public void PrintCount(SearchAnswer answer)
    {
        context.WriteJson(() => SearchJson.Of(answer, hasher, withHits: false));
        context.Line(answer.Count.ToString(CultureInfo.InvariantCulture));
    }

    /// <summary>Says what is not as it should be.</summary>
    public void Remark(SearchAnswer answer, TessraxException? withoutIndex)
    {
        if (withoutIndex is not null)
            context.Notice(
                $"every entry was looked at: {withoutIndex.Message}{(withoutIndex.Code == ErrorCodes.BackendMissing ? $"; {withoutIndex.Hint}" : "")}"
            );
        if (answer.Index is { Behind: > 0 } index)
            context.Notice(
                $"the newest {Counted.Apart(index.Behind, "entry")} were not searched: the index has not seen them yet"
            );
        if (answer.LookedTo is { } looked)
            context.Notice($"the search was ended early, at entry {looked}; --cursor goes on there");
        if (answer.Wrong.Count > 0)
            context.Notice(
                $"{ErrorCodes.IndexDiffers}: the index has entry {answer.Wrong[0]} for this query, which does not match; {ErrorCodes.IndexDiffers.Hint}"
            );
    }

    private static string HitsOf(SearchAnswer answer)
    {
        string all = answer.HasMore ? $"more than {answer.Count:N0} hits" : Counted.Apart(answer.Count, "hit");
        return answer.Hits.Count == answer.Count && !answer.HasMore ? all : $"{answer.Hits.Count} of {all}";
    }

    /// <summary>How much was searched, and by what.</summary>
    public static string Extent(long size, SearchIndex? index) =>
        index is null
            ? $"{Counted.Apart(size, "entry")}, each looked at"
            : $"{Counted.Apart(size, "entry")}, by the {index.Backend} index";

    private void Add(Page page, SearchHit hit)
    {
        Receipt receipt = hit.Entry.Receipt;
        Cell[] line = [cells.Time(receipt), "  ", ReceiptCells.Event(receipt), "  ", cells.About(receipt)];
        page.Add(new Paragraph(line, $"{ReceiptCells.Index(receipt)}  ", tone: Tone.Strong));
        if (hit.Snippet.Count > 0)
            page.Indented([.. hit.Snippet.Select(part => new Cell(part.Text, part.IsHit ? Tone.Strong : Tone.Dim))]);
        if (withFields)
            page.Definitions([
                .. hit.Entry.Fields.Select(field => (QueryFields.NameOf(field.Field), (Cell)field.Value)),
            ]);
    }
}
