using System.CommandLine;
using Tessrax.Canonical;
using Tessrax.Cli.Ledgers;
using Tessrax.Cli.Terminal;
using Tessrax.Governance;
using Tessrax.Ledger;
using Tessrax.Node.Appending;
using Tessrax.Node.Maintenance;
using Tessrax.Node.Reading;

namespace Tessrax.Cli.Commands;

/// <summary><c>hold place|release|list DIR|URL</c>: payloads that nobody may erase for a while.</summary>
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
        var directory = new LedgerArgument { TakesUrls = true };
        Option<string> entries = new("--entries")
        {
            Description = "the entries: N, A-B, or several with commas between them; A- holds all from A on",
            HelpName = "RANGES",
            Required = true,
        };
        Option<string> name = Name();
        Option<string> reason = EraseVerb.Reason();
        Option<string?> passphrase = LedgerSession.PassphraseOption();
        var remote = new RemoteOptions();
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
        remote.AddTo(verb);
        verb.SetAction(parsed =>
        {
            var hold = new HoldPlaced(
                parsed.GetRequiredValue(name),
                EntryRanges.Parse(parsed.GetRequiredValue(entries), "--entries"),
                parsed.GetRequiredValue(reason)
            );
            string ledger = parsed.GetRequiredValue(directory);
            string done = $"the hold '{hold.Hold}' is placed";
            if (!RemoteLedger.IsMeant(ledger))
                return Govern(context, ledger, parsed.GetValue(passphrase), desk => desk.Place(hold), done);
            using RemoteLedger there = remote.Open(context, parsed, ledger, parsed.GetValue(passphrase));
            return new RemoteWishes(context, there, ledger).Govern(Events.HoldPlaced, hold.ToControl(), done);
        });
        return verb;
    }

    private static Verb Release(CliContext context)
    {
        var directory = new LedgerArgument { TakesUrls = true };
        Option<string> name = Name();
        Option<string> reason = EraseVerb.Reason();
        Option<string?> passphrase = LedgerSession.PassphraseOption();
        var remote = new RemoteOptions();
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
        remote.AddTo(verb);
        verb.SetAction(parsed =>
        {
            var hold = new HoldReleased(parsed.GetRequiredValue(name), parsed.GetRequiredValue(reason));
            string ledger = parsed.GetRequiredValue(directory);
            string done = $"the hold '{hold.Hold}' is released";
            if (!RemoteLedger.IsMeant(ledger))
                return Govern(context, ledger, parsed.GetValue(passphrase), desk => desk.Release(hold), done);
            using RemoteLedger there = remote.Open(context, parsed, ledger, parsed.GetValue(passphrase));
            return new RemoteWishes(context, there, ledger).Govern(Events.HoldReleased, hold.ToControl(), done);
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
        var directory = new LedgerArgument { TakesUrls = true, OfSet = SetUse.Each };
        var remote = new RemoteOptions();
        var verb = new Verb("list", "List the holds in force", "tessraxctl hold list decisions") { directory };
        remote.AddTo(verb);
        verb.SetAction(parsed =>
        {
            string place = parsed.GetRequiredValue(directory);
            if (RemoteLedger.IsMeant(place))
            {
                using RemoteLedger there = remote.Open(context, parsed, place);
                Report(context, RemoteHolds.InForce(there));
                context.Notice(RemoteHolds.Word);
                return 0;
            }
            using LedgerView view = LedgerView.Open(place, LedgerSession.Environment(context).Disk);
            Report(context, view.Fold.Erasures.Holds);
            return 0;
        });
        return verb;
    }

    private static void Report(CliContext context, IReadOnlyCollection<Hold> holds)
    {
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
    }

    private static Option<string> Name() =>
        new("--name")
        {
            Description = "the hold's name: letters, digits, dots, hyphens and underscores",
            HelpName = "NAME",
            Required = true,
        };
}
