using System.CommandLine;
using Tessrax.Cli.Ledgers;
using Tessrax.Cli.Terminal;
using Tessrax.Merkle;
using Tessrax.Node.Appending;
using Tessrax.Node.Maintenance;
using Tessrax.Node.Recovery;

namespace Tessrax.Cli.Commands;

/// <summary><c>repair DIR</c>: puts damaged bytes back from whatever proves equal to the signed root.</summary>
internal static class RepairVerb
{
    public static Command Create(CliContext context)
    {
        var directory = new LedgerArgument();
        Option<string[]> from = new("--from")
        {
            Description =
                "another copy: the same ledger's directory, a static log of it, a snapshot or a backup; repeatable",
            HelpName = "PATH",
        };
        Option<string[]> segments = new("--segment-dir")
        {
            Description =
                "where the segments lie, if ledger.json is lost and they are outside of the ledger's directory; repeatable",
            HelpName = "DIR",
        };
        Option<bool> dryRun = new("--dry-run") { Description = "change nothing; say what would be done" };
        Option<string?> passphrase = LedgerSession.PassphraseOption();
        var verb = new Verb(
            "repair",
            "Restore damaged files from what proves equal to the signed root; the originals go to quarantine/",
            "tessraxctl repair decisions --dry-run",
            "tessraxctl repair decisions --from /mnt/mirror/decisions"
        )
        {
            directory,
            from,
            segments,
            dryRun,
            passphrase,
        };
        verb.SetAction(parsed =>
        {
            string path = parsed.GetRequiredValue(directory);
            bool isDry = parsed.GetValue(dryRun);
            RepairReport report;
            using (ProgressBar bar = context.Progress("examining entries", 0))
                report = Repair.Run(
                    path,
                    parsed.GetValue(from) ?? [],
                    LedgerSession.Environment(context),
                    isDry,
                    bar,
                    parsed.GetValue(segments) ?? []
                );
            if (!isDry && report.Owed > 0)
                report = Tell(context, path, parsed.GetValue(passphrase), report);
            context.WriteJson(report.ToJson);
            Show(context, report);
            if (!report.IsWhole)
                throw ErrorCodes.NotWholeAgain.Because(Left(report));
            return 0;
        });
        return verb;
    }

    // The receipt needs the keys; the repair does not, and stands without it.
    private static RepairReport Tell(CliContext context, string path, string? passphrase, RepairReport report)
    {
        try
        {
            using LedgerWriter writer = LedgerSession.OpenWriter(context, path, passphrase, out _);
            RepairTold told = RepairReceipts.Append(writer, LedgerSession.Environment(context));
            LedgerSession.Finish(context, writer);
            return report with
            {
                // What is lost is said to be told of from now on.
                After = report.IsWhole ? report.After : Doctor.Examine(path, LedgerSession.Environment(context)),
                Receipt = told.Entries.Count > 0 ? told.Entries[^1] : null,
                Proposal = told.Proposal,
                Owed = told.Proposal is null ? 0 : report.Owed,
            };
        }
        catch (TessraxException e)
        {
            context.Notice(
                $"note: the receipt LEDGER_REPAIRED is owed, for {e.Message} ({e.Code}); {ShellText.Of($"tessraxctl repair {path} appends it later")}"
            );
            return report;
        }
    }

    private static void Show(CliContext context, RepairReport report)
    {
        string would = report.IsDry ? "would be " : "";
        foreach (UselessCopy copy in report.NoUse)
            context.Notice($"no use: {copy.Path}: {copy.Why}");
        foreach (RepairedPart part in report.Parts)
        {
            Tone tone = part.Lost.Count == 0 ? Tone.Good : Tone.Bad;
            context.Line(
                tone,
                $"{part.Cause.ToText()}: {part.File}{(part.Entries is { Length: > 0 } e ? $", {Counted.Entries([e])}" : "")}"
            );
            context.Line($"  {part.Says}");
            if (part.Restored.Count > 0)
                context.Line(
                    $"  {would}restored: {Counted.Entries(part.Restored)}, from {string.Join(", ", part.From)}"
                );
            if (part.Lost.Count > 0)
                context.Line(
                    Tone.Bad,
                    $"  lost: {Counted.Entries(part.Lost)}, whole or {(part.Lost.Sum(range => range.Length) == 1 ? "its payload" : "their payloads")}: no source has that"
                );
        }
        if (report.Guard is { } guard)
            context.Line(Tone.Warn, $"{would}kept as a guard: {guard}");
        foreach (string file in report.Rebuilt)
            context.Line($"made again: {file}");
        if (report.Receipt is { } receipt)
            context.Line($"receipt: entry {receipt}");
        if (report.Proposal is { } proposal)
            context.Line(
                $"receipt: proposed in entry {proposal}; the policy asks for approvals for LEDGER_REPAIRED, see tessraxctl pending"
            );
        string root = report.After.Hasher.Text(report.After.Proven.Root);
        if (report.IsDry)
            context.Line(Tone.Dim, "nothing was changed");
        else if (report.IsWhole)
            context.Line(
                Tone.Good,
                $"whole: {Counted.Of(report.After.Proven.Size, "entry")} {(report.After.Proven.Size == 1 ? "gives" : "give")} the signed root, {root}"
            );
        foreach (Fault fault in report.IsDry ? [] : report.After.Faults.Where(f => f.Weight != FaultWeight.Note))
            FaultText.Show(context, fault);
    }

    private static string Left(RepairReport report)
    {
        LeafRange[] lost = [.. report.Parts.SelectMany(part => part.Lost).Distinct().OrderBy(range => range.Start)];
        return lost.Length > 0
            ? $"{Counted.Entries(lost)} could not be restored, or not with the payload"
            : $"{Counted.Of(report.After.Faults.Count(f => f.Weight != FaultWeight.Note), "fault")} left";
    }
}
