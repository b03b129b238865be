using System.CommandLine;
using Tessrax.Canonical;
using Tessrax.Cli.Commands;
using Tessrax.Cli.Terminal;
using Tessrax.Governance;
using Tessrax.Hashing;
using Tessrax.Node.Appending;

namespace Tessrax.Cli.Ledgers;

/// <summary>What the verbs have in common that let keys come and go.</summary>
internal static class KeyWishes
{
    /// <summary><c>--reason</c>.</summary>
    public static Option<string> Reason(bool isRequired = true) =>
        new("--reason")
        {
            Description = "why, 1 to 500 characters; public for ever",
            HelpName = "TEXT",
            Required = isRequired,
            Validators = { EraseVerb.RequireWords },
        };

    /// <summary>Opens the ledger, does it, and says what became of it.</summary>
    /// <param name="context">Where to.</param>
    /// <param name="ledger">The ledger's directory.</param>
    /// <param name="passphrase">The passphrase file of its keys.</param>
    /// <param name="wish">Does it.</param>
    /// <param name="what">What is so once it is recorded.</param>
    public static int Govern(
        CliContext context,
        string ledger,
        string? passphrase,
        Func<LedgerWriter, GovernOutcome> wish,
        string what
    )
    {
        using LedgerWriter writer = LedgerSession.OpenWriter(context, ledger, passphrase, out _);
        int lapsing = new KeyDesk(writer).VerdictsThatLapse;
        GovernOutcome outcome = wish(writer);
        LedgerSession.Finish(context, writer);
        Report(context, writer, ledger, outcome, what, lapsing);
        return 0;
    }

    /// <summary>Reports it: recorded, or waiting for whom.</summary>
    /// <param name="context">Where to.</param>
    /// <param name="writer">Where it was done.</param>
    /// <param name="ledger">The ledger's directory.</param>
    /// <param name="outcome">What became of it.</param>
    /// <param name="what">What is so once it is recorded.</param>
    /// <param name="lapsing">How many verdicts counted before, on this proposal or others.</param>
    public static void Report(
        CliContext context,
        LedgerWriter writer,
        string ledger,
        GovernOutcome outcome,
        string what,
        int lapsing
    )
    {
        int counted = new KeyDesk(writer).VerdictsThatLapse;
        if (!outcome.IsRecorded)
        {
            WaitingWish.Of(writer, outcome.Entry).Report(context, ledger, what);
            if (counted > 0)
                context.Line(
                    Tone.Warn,
                    $"once it is recorded, {Counted.Of(counted, "verdict")} given before it will count no more, and may be given again"
                );
            return;
        }
        int lapsed = Math.Max(0, lapsing - counted);
        context.WriteJson(() =>
            JsonValue.Object(
                ("status", "done"),
                ("index", outcome.Entry),
                ("size", writer.Fold.Size),
                ("lapsed_verdicts", lapsed)
            )
        );
        context.Line(Tone.Good, $"{what}: recorded at {outcome.Entry}");
        PolicyFile.WarnOfUnreachable(context, writer.Fold);
        if (lapsed > 0)
            context.Line(
                Tone.Warn,
                $"{Counted.Of(lapsed, "verdict")} given before it count no more: whoever gave one may give it again"
            );
    }

    /// <summary>The key of a ledger that somebody means by its id, or by its name if only one active key has it.</summary>
    /// <param name="keys">All that the ledger knows.</param>
    /// <param name="text">What they typed.</param>
    /// <exception cref="TessraxException">TSX1012: no such key, or several.</exception>
    public static LedgerKey Find(IReadOnlyList<LedgerKey> keys, string text)
    {
        if (Digest.TryParse(text, out Digest id) && keys.FirstOrDefault(k => k.Id == id) is { } key)
            return key;
        LedgerKey[] named = [.. keys.Where(k => k.IsActive && k.Name == text)];
        return named.Length == 1
            ? named[0]
            : throw ErrorCodes.BadUsage.Because(
                named.Length == 0 ? $"the ledger knows no key '{text}'" : $"several keys are named '{text}'",
                "name the key by its id: tessraxctl keys list, with the ledger's directory or URL, shows them"
            );
    }
}
