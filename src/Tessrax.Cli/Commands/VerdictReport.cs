using System.Globalization;
using Tessrax.Canonical;
using Tessrax.Cli.Terminal;
using Tessrax.Governance;
using Tessrax.Verification;

namespace Tessrax.Cli.Commands;

/// <summary>A verdict as people and programs are shown it: its stages, what they found, and what it does not exclude.</summary>
internal static class VerdictReport
{
    /// <summary>Writes a verdict.</summary>
    /// <param name="context">Where to.</param>
    /// <param name="verdict">The verdict.</param>
    /// <param name="about">What was verified, for programs: the member <c>about</c>; null for none.</param>
    /// <param name="lines">The same for people, shown only of what holds.</param>
    public static void Write(CliContext context, Verdict verdict, JsonValue? about, IEnumerable<string> lines)
    {
        context.WriteJson(() => about is null ? verdict.ToJson() : verdict.ToJson().With("about", about));
        context.Table(["STAGE", "HOLDS", "CHECKED", "SECONDS"], verdict.Stages.Select(Row));
        foreach (Stage stage in verdict.Stages.Where(s => s.Findings.Count > 0))
        {
            foreach (Finding finding in stage.Findings)
                context.Line(
                    stage.Holds is null
                        ? stage.Claimed
                            ? Tone.Warn
                            : Tone.Dim
                        : Tone.Bad,
                    $"{stage.Name}: {finding.Code} {finding.Message}"
                );
        }
        string ledger = verdict.Ledger is { } id ? $" {id}" : "";
        string what = verdict.Hits is null
            ? $"the {verdict.Kind.Replace('-', ' ')}{ledger}, size {verdict.Size}"
            : $"the proof of a search in {(ledger.Length > 0 ? $"the ledger{ledger}" : "a ledger that cannot be told")}, size {verdict.Size}";
        if (verdict.Holds)
            context.Line(Tone.Good, $"holds: {what}, root {verdict.RootText}");
        else
            context.Line(Tone.Bad, $"does not hold: {what}");
        if (verdict.Past is { } past)
            context.Line(Tone.Warn, PastText(past));
        if (verdict.Holds && verdict.LogKeys is { Count: > 1 } keys)
            context.Line($"the log changed its key: from size {keys[^1].From} on it signs with {keys[^1].Key}");
        if (verdict.Holds && verdict.Successor is { } successor)
            context.Line(Tone.Strong, $"closed: it goes on as {successor}");
        if (verdict is { Holds: true, Retired: { } retired })
            context.Line(Tone.Strong, $"retired by entry {retired.At}: {retired.Reason}");
        foreach (string line in verdict.Holds ? lines : [])
            context.Line(Tone.Strong, $"about: {line}");
        if (verdict is { Holds: true, Hits: { } hits })
            context.Line(Tone.Strong, HitsText(verdict.Query!, hits));
        foreach (string excluded in verdict.Excludes)
            context.Line(Tone.Dim, $"not excluded: {excluded}");
        if (!verdict.Holds)
            Hint(context, verdict);
    }

    private static string HitsText(string query, IReadOnlyList<long> hits) =>
        $"{(query.Length == 0 ? "every entry" : query)}: "
        + hits.Count switch
        {
            0 => "found nowhere",
            1 => $"found in entry {hits[0]}",
            _ => $"found in {hits.Count} entries: {IndexRanges.Of(hits)}",
        };

    private static string PastText(PastState past)
    {
        string shown = past.IsExtended switch
        {
            true => "which was shown to go on from here",
            false => "which was not shown to go on from here",
            null => "nothing at hand shows that it went on from here",
        };
        return $"a past state at size {past.Size}; the log is known at {past.Known}, {shown}";
    }

    private static void Hint(CliContext context, Verdict verdict)
    {
        Finding? first = verdict.Stages.Where(s => s.Holds != true).SelectMany(s => s.Findings).FirstOrDefault();
        if (first is not null)
            context.Notice($"hint: {first.Code.Hint}");
    }

    private static Cell[] Row(Stage stage) =>
        [
            stage.Name,
            stage.Holds switch
            {
                true => new Cell("yes", Tone.Good),
                false => new Cell("NO", Tone.Bad),
                null => new Cell(IsTrust(stage) && stage.Claimed ? "not established" : "not checked", Tone.Warn),
            },
            stage.Checked.ToString(CultureInfo.InvariantCulture),
            stage.Seconds.ToString("F3", CultureInfo.InvariantCulture),
        ];

    // In a verdict on several ledgers, the stages of each are named after it.
    private static bool IsTrust(Stage stage) =>
        stage.Name is "trust" || stage.Name.EndsWith("/trust", StringComparison.Ordinal);
}
