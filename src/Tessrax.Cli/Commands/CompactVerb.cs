using System.CommandLine;
using Tessrax.Canonical;
using Tessrax.Cli.Ledgers;
using Tessrax.Cli.Terminal;
using Tessrax.Node.Appending;
using Tessrax.Node.Files;
using Tessrax.Node.Maintenance;

namespace Tessrax.Cli.Commands;

/// <summary><c>compact DIR --keep-epochs N</c>: takes the payloads of old epochs off the disk, but for what is held or still counts.</summary>
internal static class CompactVerb
{
    public static Command Create(CliContext context)
    {
        var directory = new LedgerArgument { OfSet = SetUse.Each };
        Option<string> keep = WholeNumber.Option(
            "--keep-epochs",
            "N",
            "how many closed epochs keep all their payloads, besides the present one"
        );
        Option<string> reason = new("--reason")
        {
            Description = "why, in at most 500 characters; public for ever",
            HelpName = "TEXT",
            DefaultValueFactory = _ => "retention",
            Validators = { EraseVerb.RequireWords },
        };
        Option<bool> dry = new("--dry-run") { Description = "only say what would go and what would stay" };
        Option<string?> passphrase = LedgerSession.PassphraseOption();
        var verb = new Verb(
            "compact",
            "Erase the payloads of old epochs",
            "tessraxctl compact decisions --keep-epochs 12 --dry-run",
            "tessraxctl compact decisions --keep-epochs 12 --reason \"retention of a year\""
        )
        {
            directory,
            keep,
            reason,
            dry,
            passphrase,
        };
        verb.SetAction(parsed =>
        {
            long epochs =
                WholeNumber.Read(parsed, keep)
                ?? throw ErrorCodes.BadUsage.Because("--keep-epochs must be a whole number from 0 on");
            string ledger = parsed.GetRequiredValue(directory);
            IDisk disk = LedgerSession.Environment(context).Disk;
            if (parsed.GetValue(dry))
            {
                Describe(context, CompactionPlan.Make(ledger, disk, epochs, UtcTime.Now(context.Time)), isDry: true);
                return 0;
            }
            using LedgerWriter writer = LedgerSession.OpenWriter(context, ledger, parsed.GetValue(passphrase));
            var desk = new PayloadDesk(writer, disk);
            CompactionPlan plan = desk.PlanCompaction(epochs);
            if (plan.IsEmpty)
            {
                Describe(context, plan, isDry: true);
                return 0;
            }
            Describe(context, plan, isDry: false);
            PayloadOutcome outcome = desk.Compact(plan, parsed.GetRequiredValue(reason));
            LedgerSession.Finish(context, writer);
            PayloadText.Report(
                context,
                writer,
                ledger,
                outcome,
                $"the ledger is compacted up to entry {plan.To - 1}",
                outcome.IsRecorded ? PayloadText.Holding(writer, disk, 0, outcome.Entry) : []
            );
            if (plan.IsPartial)
                context.Line(Tone.Dim, "next: the same command again; one event had no room for all that is kept");
            return 0;
        });
        return verb;
    }

    private static void Describe(CliContext context, CompactionPlan plan, bool isDry)
    {
        if (isDry)
            context.WriteJson(() =>
                JsonValue.Object(
                    ("status", plan.IsEmpty ? "nothing" : "planned"),
                    ("to", plan.To),
                    ("payloads", plan.Payloads),
                    ("bytes", plan.Bytes),
                    ("partial", plan.IsPartial),
                    (
                        "kept",
                        JsonValue.Object([
                            .. plan.Kept.Select(k => (Name(k.Key), (JsonValue?)JsonValue.Number(k.Value))),
                        ])
                    )
                )
            );
        context.Line(
            plan.IsEmpty
                ? Nothing(plan)
                : $"{Counted.Of(plan.Payloads, "payload")} of {Counted.Of(plan.Bytes, "byte")} {(isDry ? "would be" : "are to be")} erased, of entries 0 to {plan.To - 1}"
        );
        foreach ((KeptBecause because, long count) in plan.Kept)
            context.Line($"  {count} kept: {Words(because)}");
    }

    private static string Nothing(CompactionPlan plan)
    {
        if (plan.To == 0)
            return plan.KeepEpochs == 0
                ? "nothing to erase: no epoch is closed yet"
                : $"nothing to erase: no epoch was closed before the last {(plan.KeepEpochs == 1 ? "closed one" : $"{plan.KeepEpochs} closed ones")}";
        return plan.Kept.Count == 0
            ? $"nothing to erase: entries 0 to {plan.To - 1} have no payloads any more"
            : $"nothing to erase: every payload that entries 0 to {plan.To - 1} still have is kept";
    }

    private static string Name(KeptBecause because) =>
        because switch
        {
            KeptBecause.Hold => "held",
            KeptBecause.Counts => "counting",
            KeptBecause.Waits => "waiting",
            KeptBecause.Governs => "governing",
            _ => "retained",
        };

    private static string Words(KeptBecause because) =>
        because switch
        {
            KeptBecause.Hold => "under a hold",
            KeptBecause.Counts => "they still count for what the claims say now",
            KeptBecause.Waits => "an open proposal rests on them",
            KeptBecause.Governs => "proposals of control events",
            _ => "the policy keeps claims for longer",
        };
}
