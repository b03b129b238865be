using System.Globalization;
using Tessrax.Canonical;
using Tessrax.Cli.Terminal;

namespace Tessrax.Cli.Conformance;

/// <summary>What came out, row by row and clause by clause. It says nothing of times, so that the same program says the same on every machine.</summary>
internal sealed class ConformanceReport(
    IReadOnlyList<RoadmapRow> rows,
    IReadOnlyList<CheckResult> results,
    bool isMutated
)
{
    /// <summary>What came of each check.</summary>
    public IReadOnlyList<CheckResult> Results => results;

    private int Failing => results.Count(result => !result.IsFine);

    /// <summary>What is wrong, or null.</summary>
    public TessraxException? Fault =>
        Failing == 0
            ? null
            : ErrorCodes.NotConforming.Because(
                $"{Counted.Of(Failing, "check")} of {results.Count} {(Failing == 1 ? "does" : "do")} not come out as claimed: {string.Join(", ", results.Where(result => !result.IsFine).Select(result => result.Check.Row).Distinct())}"
            );

    public JsonValue ToJson() =>
        JsonValue.Object(
            ("conformance", "tessrax/conformance/v1"),
            ("program", $"tessraxctl {BuildVersion.Text}"),
            (
                "holds",
                results.Count == 0 ? JsonValue.Null
                : Failing == 0 ? JsonValue.True
                : JsonValue.False
            ),
            ("mutated", isMutated),
            ("checks", JsonValue.Of(results.Select(result => result.ToJson()))),
            ("clauses", JsonValue.Of(Clauses.All.Select(clause => ToJson(clause.Name)))),
            ("rows", JsonValue.Of(rows.Select(ToJson)))
        );

    /// <summary>Prints it.</summary>
    /// <param name="context">Where to.</param>
    /// <param name="receipts">The entries that record it, or null.</param>
    public void Print(CliContext context, RecordedReport? receipts)
    {
        context.WriteJson(() => receipts is null ? ToJson() : ToJson().With("recorded", receipts.ToJson()));
        Page page = new Page().Grid(
            ["ROW", "WHAT", "HERE", "CASES", "CLAIMS"],
            rows.Select(row => (IReadOnlyList<Cell>)[row.Number, row.Title, State(row), Cases(row), Claims(row)])
        );
        foreach (CheckResult result in results.Where(result => !result.IsFine))
            page.Blank().Line(Tone.Bad, $"{result.Check.Row}: {result.Check.Says}").Line(Tone.Bad, Says(result));
        page.Heading("Clauses")
            .Grid(
                ["CLAUSE", "ASKS", "CHECKS", "CASES"],
                Clauses.All.Select(clause => (IReadOnlyList<Cell>)[clause.Name, clause.Means, .. Sums(clause.Name)])
            );
        (string, Cell)[] elsewhere =
        [
            .. rows.Where(row => row.Elsewhere is not null).Select(row => (row.Number, (Cell)row.Elsewhere!)),
        ];
        if (elsewhere.Length > 0)
            page.Heading("Not tried here").Definitions(elsewhere);
        context.Print(page);
        context.Line();
        context.Line(Failing == 0 ? Tone.Good : Tone.Bad, Summary());
        if (receipts is not null)
            context.Line(Tone.Good, receipts.ToString());
        context.Line(
            Tone.Dim,
            "what a row claims is shown by tests of the sources, which --json names; only what was tried here is counted as held"
        );
    }

    private string Summary()
    {
        RoadmapRow[] tried = [.. rows.Where(row => Of(row).Any())];
        int held = tried.Count(row => Of(row).All(result => result.Broken is null));
        string faults = isMutated
            ? $"; {results.Count(result => result.Noticed is { Length: > 0 })} of {results.Count} planted faults were found"
            : "";
        return string.Create(
            CultureInfo.InvariantCulture,
            $"{held} of {tried.Length} rows that were tried hold, by {Counted.Of(results.Count, "check")} of {Counted.Of(results.Sum(result => result.Cases), "case")}{faults}; {Counted.Of(rows.Count - tried.Length, "row")} not tried"
        );
    }

    private IEnumerable<CheckResult> Of(RoadmapRow row) => results.Where(result => result.Check.Row == row.Number);

    private Cell State(RoadmapRow row)
    {
        CheckResult[] its = [.. Of(row)];
        if (its.Length == 0)
            return new Cell("not tried", Tone.Dim);
        if (its.Any(result => result.Broken is not null))
            return new Cell("BROKEN", Tone.Bad);
        if (its.Any(result => result.Noticed is ""))
            return new Cell("FAULT NOT FOUND", Tone.Bad);
        return new Cell(isMutated ? $"holds, {Counted.Of(its.Length, "fault")} found" : "holds", Tone.Good);
    }

    private Cell Cases(RoadmapRow row) =>
        Of(row).Any() ? Of(row).Sum(result => result.Cases).ToString(CultureInfo.InvariantCulture) : "";

    private static Cell Claims(RoadmapRow row) => row.Claims.Count.ToString(CultureInfo.InvariantCulture);

    private static string Says(CheckResult result) =>
        result.Broken is { } broken ? $"   {broken}" : $"   a planted fault was not found: {result.Check.Fault}";

    private Cell[] Sums(string clause)
    {
        CheckResult[] its = [.. results.Where(result => result.Check.Clause == clause)];
        int fine = its.Count(result => result.IsFine);
        return
        [
            new Cell(
                string.Create(CultureInfo.InvariantCulture, $"{fine} of {its.Length}"),
                fine == its.Length ? Tone.Good : Tone.Bad
            ),
            its.Sum(result => result.Cases).ToString(CultureInfo.InvariantCulture),
        ];
    }

    private JsonValue ToJson(string clause)
    {
        CheckResult[] its = [.. results.Where(result => result.Check.Clause == clause)];
        return JsonValue.Object(
            ("clause", clause),
            ("checks", its.Length),
            ("hold", its.Count(result => result.Broken is null)),
            ("faults_found", isMutated ? its.Count(result => result.Noticed is { Length: > 0 }) : null),
            ("claims", rows.Sum(row => row.Claims.Count(claim => claim.Clause == clause)))
        );
    }

    private JsonValue ToJson(RoadmapRow row)
    {
        CheckResult[] its = [.. Of(row)];
        string state =
            its.Length == 0 ? "not tried"
            : its.Any(result => result.Broken is not null) ? "broken"
            : "holds";
        return JsonValue.Object(
            ("row", row.Number),
            ("title", row.Title),
            ("here", state),
            ("checks", its.Length),
            ("elsewhere", row.Elsewhere),
            (
                "claims",
                JsonValue.Of(
                    row.Claims.Select(claim =>
                        JsonValue.Object(("clause", claim.Clause), ("test", claim.Test), ("command", claim.Command))
                    )
                )
            )
        );
    }
}
