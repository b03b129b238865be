using System.Globalization;
using Tessrax.Canonical;
using Tessrax.Cli.Terminal;
using Tessrax.Contradictions;
using Tessrax.Governance;
using Tessrax.Ledger;
using Tessrax.Node.Reading;

namespace Tessrax.Cli.Ledgers;

/// <summary>What an upgrade of the policy would have made of a ledger's history.</summary>
internal static class TrialReport
{
    private const int MostInText = 20;
    private const int MostInJson = 100;

    /// <summary>Goes through the whole ledger, and tells it.</summary>
    public static void Show(CliContext context, LedgerView view, Policy next, string file)
    {
        var trial = new PolicyTrial(next);
        using (ProgressBar progress = context.Progress("deciding again", view.Size))
        {
            foreach (Receipt receipt in view.Receipts())
            {
                context.Cancellation.ThrowIfCancellationRequested();
                trial.Add(receipt);
                progress.Report(receipt.Entry.Index + 1);
            }
        }
        Show(context, view.Fold, next, trial, view.Directory.Path, file);
    }

    private static void Show(
        CliContext context,
        LedgerFold fold,
        Policy next,
        PolicyTrial trial,
        string ledger,
        string file
    )
    {
        Policy present = fold.Rules;
        UtcTime time = UtcTime.Now(context.Time);
        UtcTime? notBefore = fold.EarliestUpgrade(next, time);
        Refusal? refused = fold.JudgeUpgrade(next, time);
        int superseded = fold.Proposals.Values.Count(p => p.Proposal.Decision is not null);
        int now = fold.Claims.DetectAll().Count();
        int would = trial.Contradictions().Count();
        int different = trial.Differences.Count;
        context.WriteJson(() =>
            JsonValue.Object(
                ("from", present.Pin.ToJson()),
                ("policy", next.Pin.ToJson()),
                ("refused", refused is null ? null : JsonValue.String($"{refused.Code}: {refused.Message}")),
                ("loosening", fold.IsLoosening(next)),
                ("not_before", notBefore is { } moment ? JsonValue.String(moment.ToString()) : JsonValue.Null),
                ("decisions", trial.Decisions),
                ("erased", trial.Erased),
                ("different", different),
                ("examples", JsonValue.Of(trial.Differences.Take(MostInJson).Select(d => d.ToJson()))),
                ("contradictions", JsonValue.Object(("now", now), ("would", would))),
                ("open_superseded", superseded)
            )
        );
        context.Line(
            Tone.Strong,
            $"{Counted.Of(different, "decision")} of {trial.Decisions} would have come out differently under {next.Id} {next.Version}"
        );
        if (different > 0)
            context.Table(
                ["ENTRY", "ABOUT", "WAS", "WOULD BE"],
                trial.Differences.Take(MostInText).Select(d => (IReadOnlyList<Cell>)Row(d))
            );
        if (different > MostInText)
            context.Line(Tone.Dim, $"and {different - MostInText} more; --json tells up to {MostInJson}");
        if (trial.Erased > 0)
            context.Line($"{Counted.Of(trial.Erased, "payload")} of claims or decisions are erased, and were left out");
        context.Line($"contradictions among the present claims: {now} now, {would} then");
        if (superseded > 0)
            context.Line($"{Counted.Of(superseded, "open proposal")} would be closed, and proposed again");
        if (refused is not null)
            context.Line(Tone.Bad, $"it would be refused: {refused.Code} {refused.Message}");
        context.Line(
            notBefore is { } due
                ? $"it may let more through, as policy diff shows: proposed now, it may be recorded from {due} on"
                : "it may be recorded as soon as it has its approvals"
        );
        context.Line(Tone.Dim, ShellText.Of($"what it changes: tessraxctl policy diff {ledger} {file}"));
    }

    private static Cell[] Row(TrialDifference different) =>
        [
            different.Entry.ToString(CultureInfo.InvariantCulture),
            different.Was.Key.ToString(),
            Text(different.Was),
            different.Would is { } would ? Text(would) : new Cell("no contradiction", Tone.Dim),
        ];

    private static string Text(Decision decision)
    {
        string needs = decision.IsAutomatic ? "" : $", {string.Join(" and ", decision.Approvals)}";
        return $"{decision.Severity.Text()}: {ReceiptText.Outcome(decision)}{needs}";
    }
}
