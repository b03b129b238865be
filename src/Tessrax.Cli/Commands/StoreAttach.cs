using System.CommandLine;
using Tessrax.Canonical;
using Tessrax.Cli.Commands.Snapshots;
using Tessrax.Cli.Ledgers;
using Tessrax.Cli.Terminal;
using Tessrax.Node;
using Tessrax.Node.Stores;

namespace Tessrax.Cli.Commands;

/// <summary><c>store attach URL DIR [--ledger ORIGIN|ID] [--trust FILE]</c>: a working copy from the database alone.</summary>
internal static class StoreAttach
{
    // What a ledger's directory has and the database does not.
    private static readonly string[] NotThere = ["keys", "evidence", "prepared"];

    public static Command Create(CliContext context)
    {
        Argument<string> address = StoreGroup.DatabaseArgument();
        Argument<string> directory = new("DIR")
        {
            Description = "the new directory: absent or empty, or one that this command has begun",
        };
        Option<string?> ledger = StoreGroup.LedgerOption();
        Option<string?> trust = RestoreReport.TrustOption();
        var verb = new Verb(
            "attach",
            "Make a working copy from the database alone, as on a new machine",
            "tessraxctl store attach postgres://tessrax@db.example.com/ledgers decisions",
            "tessraxctl store attach postgres://tessrax@db.example.com/ledgers decisions --ledger example.com/decisions --trust trust.json"
        )
        {
            Remarks =
                "Each batch is held to its signed checkpoint and root before it is written, and all of it is verified before it becomes a ledger. Interrupted anywhere, the same command goes on. It only reads in the database: whoever writes there goes on. Private keys, evidence and prepared receipts are not there.",
        };
        verb.Add(address);
        verb.Add(directory);
        verb.Add(ledger);
        verb.Add(trust);
        verb.SetAction(parsed =>
        {
            string to = parsed.GetRequiredValue(directory);
            NodeEnvironment environment = LedgerSession.Environment(context);
            try
            {
                LedgerAttached made;
                using (ProgressBar bar = context.Progress("copying, then verifying entries", 0))
                    made = new WorkingCopy(environment)
                    {
                        Trust = parsed.GetValue(trust) is { } named ? TrustArgument.Read(context, named) : null,
                        Progress = bar,
                    }.Attach(parsed.GetRequiredValue(address), parsed.GetValue(ledger), to, context.Cancellation);
                return made.IsMade
                    ? Report(context, made, to)
                    : RestoreReport.Refuse(
                        context,
                        made.Verdict,
                        $"{made.Ledger.Origin} in {made.Address} does not verify; {to} is no ledger"
                    );
            }
            catch (TessraxException e) when (e.Code == ErrorCodes.Damaged || e.Code == ErrorCodes.Behind)
            {
                return context.Refute(e);
            }
        });
        return verb;
    }

    private static int Report(CliContext context, LedgerAttached made, string directory)
    {
        context.WriteJson(() => ToJson(made, directory));
        context.Line(
            Tone.Good,
            $"made {directory}: {Counted.Of(made.Size, "entry")} of {made.Ledger.Origin}, {(made.Lost.Count == 0 ? "verified" : "verified but for lost payloads")}, root {made.Verdict.RootText}"
        );
        RestoreReport.TellUnknown(context, made.Verdict);
        if (made.ErasedHere > 0)
            context.Line(
                Tone.Warn,
                ShellText.Of(
                    $"{Counted.Of(made.ErasedHere, "payload")} that an entry erases {(made.ErasedHere == 1 ? "is" : "are")} in the database all the same, and not here; with the keys at hand, erase there, too: tessraxctl move {directory} {made.Address}"
                )
            );
        RestoreReport.TellLost(context, made.Lost, directory);
        context.Line($"it is a working copy of {made.Address}, which decides what is durable");
        context.Line("not in the database, and so not here: private keys, evidence, receipts that are prepared");
        context.Line(
            Tone.Dim,
            ShellText.Of(
                $"to write here, bring the keys into {directory}/keys: from another copy, from a backup (tessraxctl restore), or from the mnemonic (tessraxctl keys derive); the keys that sign: tessraxctl keys list {directory}"
            )
        );
        return 0;
    }

    private static JsonValue ToJson(LedgerAttached made, string directory) =>
        JsonValue.Object(
            ("directory", directory),
            ("database", made.Address),
            ("ledger", made.Ledger.Id.ToString()),
            ("origin", made.Ledger.Origin),
            ("size", made.Size),
            ("copied", made.Copied),
            ("root", made.Verdict.RootText ?? ""),
            ("holds", made.Verdict.Holds),
            ("erased_here", made.ErasedHere),
            ("lost", JsonValue.Of(made.Lost.Select(index => (JsonValue)index))),
            ("not_there", JsonValue.Of(NotThere.Select(JsonValue.String)))
        );
}
