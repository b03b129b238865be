using System.CommandLine;
using Tessrax.Canonical;
using Tessrax.Cli.Ledgers;
using Tessrax.Cli.Terminal;
using Tessrax.Governance;
using Tessrax.Node.Appending;
using Tessrax.Node.Maintenance;
using Tessrax.Node.Reading;

namespace Tessrax.Cli.Commands;

/// <summary><c>hold place|release|list</c>: payloads that nobody may erase for a while.</summary>
internal static class HoldGroup
{
    public static Command Create(CliContext context) =>
        new Verb(
            "hold",
            "Keep payloads from being erased",
            "tessraxctl hold place decisions --entries 12-40 --name case-17 --reason \"court order 17\""
        )
        {
            Place(context),
            Release(context),
            List(context),
        };

    private static Verb Place(CliContext context)
    {
        var directory = new LedgerArgument();
        Option<string> entries = new("--entries")
        {
            Description = "the entries: N, A-B, or several with commas between them; A- holds all from A on",
            HelpName = "RANGES",
            Required = true,
        };
        Option<string> name = Name();
        Option<string> reason = EraseVerb.Reason();
        Option<string?> passphrase = LedgerSession.PassphraseOption();
        var verb = new Verb(
            "place",
            "Place a hold",
            "tessraxctl hold place decisions --entries 12-40 --name case-17 --reason \"court order 17\""
        )
        {
            directory,
            entries,
            name,
            reason,
            passphrase,
        };
        verb.SetAction(parsed =>
        {
            var hold = new HoldPlaced(
                parsed.GetRequiredValue(name),
                EntryRanges.Parse(parsed.GetRequiredValue(entries), "--entries"),
                parsed.GetRequiredValue(reason)
            );
            string ledger = parsed.GetRequiredValue(directory);
            string done = $"the hold '{hold.Hold}' is placed";
            return Govern(context, ledger, parsed.GetValue(passphrase), desk => desk.Place(hold), done);
        });
        return verb;
    }

    private static Verb Release(CliContext context)
    {
        var directory = new LedgerArgument();
        Option<string> name = Name();
        Option<string> reason = EraseVerb.Reason();
        Option<string?> passphrase = LedgerSession.PassphraseOption();
        var verb = new Verb(
            "release",
            "Release a hold",
            "tessraxctl hold release decisions --name case-17 --reason \"case closed\""
        )
        {
            directory,
            name,
            reason,
            passphrase,
        };
        verb.SetAction(parsed =>
        {
            var hold = new HoldReleased(parsed.GetRequiredValue(name), parsed.GetRequiredValue(reason));
            string ledger = parsed.GetRequiredValue(directory);
            string done = $"the hold '{hold.Hold}' is released";
            return Govern(context, ledger, parsed.GetValue(passphrase), desk => desk.Release(hold), done);
        });
        return verb;
    }

    private static int Govern(
        CliContext context,
        string ledger,
        string? passphrase,
        Func<PayloadDesk, PayloadOutcome> decide,
        string done
    )
    {
        using LedgerWriter writer = LedgerSession.OpenWriter(context, ledger, passphrase);
        PayloadOutcome outcome = decide(new PayloadDesk(writer, LedgerSession.Environment(context).Disk));
        LedgerSession.Finish(context, writer);
        PayloadText.Report(context, writer, ledger, outcome, done, []);
        return 0;
    }

    private static Verb List(CliContext context)
    {
        var directory = new LedgerArgument { OfSet = SetUse.Each };
        var verb = new Verb("list", "List the holds in force", "tessraxctl hold list decisions") { directory };
        verb.SetAction(parsed =>
        {
            using LedgerView view = LedgerView.Open(
                parsed.GetRequiredValue(directory),
                LedgerSession.Environment(context).Disk
            );
            IReadOnlyCollection<Hold> holds = view.Fold.Erasures.Holds;
            foreach (Hold hold in holds)
                context.WriteJson(() =>
                    JsonValue.Object(
                        ("hold", hold.Name),
                        ("entries", hold.Entries.ToJson()),
                        ("at", hold.At),
                        ("reason", hold.Reason)
                    )
                );
            if (holds.Count == 0)
                context.Line("no hold is in force");
            else
                context.Table(
                    ["HOLD", "ENTRIES", "SINCE", "REASON"],
                    holds.Select(hold =>
                        (Cell[])
                            [
                                hold.Name,
                                hold.Entries.ToString(),
                                hold.At.ToString(System.Globalization.CultureInfo.InvariantCulture),
                                hold.Reason,
                            ]
                    )
                );
            return 0;
        });
        return verb;
    }

    private static Option<string> Name() =>
        new("--name")
        {
            Description = "the hold's name: letters, digits, dots, hyphens and underscores",
            HelpName = "NAME",
            Required = true,
        };
}
