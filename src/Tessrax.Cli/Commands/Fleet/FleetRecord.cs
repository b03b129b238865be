using System.CommandLine;
using Tessrax.Canonical;
using Tessrax.Cli.Ledgers;
using Tessrax.Cli.Terminal;
using Tessrax.Governance;
using Tessrax.Node.Appending;
using Tessrax.Node.Fleet;

namespace Tessrax.Cli.Commands.Fleet;

/// <summary><c>fleet record FLEET SOURCE...</c>: the newest checkpoints of many ledgers become one entry of the fleet's own.</summary>
internal static class FleetRecord
{
    public static Command Create(CliContext context)
    {
        Argument<string> fleet = new("FLEET") { Description = "the fleet's ledger, a directory" };
        Argument<string[]> sources = new("SOURCE")
        {
            Description =
                "where ledgers are: a ledger's directory, a directory of such, or a database's address (its open ledgers)",
            Arity = ArgumentArity.OneOrMore,
        };
        Option<string[]> retired = new("--retired")
        {
            Description = "a ledger of the round before that is given up; may be said several times",
            HelpName = "ORIGIN",
        };
        Option<string?> passphrase = LedgerSession.PassphraseOption();
        var verb = new Verb(
            "record",
            "Record the newest checkpoint of every ledger as one round",
            "tessraxctl fleet record fleet /srv/ledgers",
            "tessraxctl fleet record fleet orders stock postgres://tessrax@db.example.com/ledgers",
            "tessraxctl fleet record fleet /srv/ledgers --retired example.com/old"
        )
        {
            Remarks =
                "Each checkpoint must be signed by its ledger's log, and be that of the tree that the ledger has. A ledger that has fewer entries than in the round before, another past, or that is gone ends it, and nothing is recorded. Where nothing has changed, nothing is recorded either.",
        };
        verb.Add(fleet);
        verb.Add(sources);
        verb.Add(retired);
        verb.Add(passphrase);
        verb.SetAction(parsed =>
        {
            using LedgerWriter writer = LedgerSession.OpenWriter(
                context,
                parsed.GetRequiredValue(fleet),
                parsed.GetValue(passphrase)
            );
            FleetOutcome outcome;
            using (ProgressBar bar = context.Progress("reading ledgers", 0))
                outcome = new FleetRecorder(writer, LedgerSession.Environment(context))
                {
                    Retired = parsed.GetValue(retired) ?? [],
                    Progress = bar,
                    OnRefused = refusal => context.Notice($"refused: {refusal.Message}"),
                }.Record(parsed.GetRequiredValue(sources), context.Cancellation);
            LedgerSession.Finish(context, writer);
            Report(context, outcome);
            return 0;
        });
        return verb;
    }

    private static void Report(CliContext context, FleetOutcome outcome)
    {
        FleetRecorded round = outcome.Round;
        context.WriteJson(() =>
            JsonValue.Object(
                ("recorded", outcome.Changes > 0),
                ("round", outcome.Index),
                ("ledgers", round.Ledgers),
                ("changes", outcome.Changes),
                ("root", round.Root.ToString()),
                ("list", round.List.ToString())
            )
        );
        if (outcome.Changes == 0)
            context.Line($"nothing is new: every ledger stands as in the round of entry {outcome.Index}");
        else
        {
            context.Line(
                Tone.Good,
                $"recorded {Counted.Of(round.Ledgers, "ledger")} as entry {outcome.Index}; {outcome.Changes} new, grown or gone since the round before"
            );
            context.Line($"root {round.Root}");
        }
        context.Line(Tone.Dim, "next: tessraxctl fleet prove FLEET LEDGER -o LEDGER.fleet.json");
    }
}
