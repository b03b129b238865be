using System.CommandLine;
using Tessrax.Cli.Ledgers;
using Tessrax.Cli.Terminal;
using Tessrax.Client;
using Tessrax.Governance;
using Tessrax.Node.Appending;
using Tessrax.Node.Transactions;

namespace Tessrax.Cli.Commands.Transactions;

/// <summary><c>tx prepare DIR --event E --payload FILE</c>: a receipt that is durable and undecided.</summary>
internal static class TxPrepare
{
    public static Command Create(CliContext context)
    {
        var directory = new LedgerArgument { TakesUrls = true };
        var remote = new RemoteOptions();
        var what = new DraftOptions();
        Option<string?> expires = new("--expires")
        {
            Description = "how long it waits for its decision, as PT90S, PT30M, PT12H or P7D; an hour if left out",
            HelpName = "DURATION",
        };
        Option<string?> passphrase = LedgerSession.PassphraseOption();
        var verb = new Verb(
            "prepare",
            "Make a receipt durable without recording it; prints its token",
            "tessraxctl tx prepare decisions --event x-paid --payload paid.json --expires PT10M"
        )
        {
            directory,
        };
        what.AddTo(verb);
        verb.Add(expires);
        verb.Add(passphrase);
        remote.AddTo(verb);
        verb.SetAction(parsed =>
        {
            Draft draft = what.Read(context, parsed);
            TimeSpan? validity = Duration(parsed.GetValue(expires));
            string place = parsed.GetRequiredValue(directory);
            if (RemoteLedger.IsMeant(place))
            {
                OwnAppend own = RemoteDraft.Of(draft);
                using RemoteLedger there = remote.Open(context, parsed, place, parsed.GetValue(passphrase));
                Tell(
                    context,
                    place,
                    new RemoteTransactions(context, there).Prepare(own, parsed.GetValue(expires), null)
                );
                return 0;
            }
            using LedgerWriter writer = LedgerSession.OpenWriter(context, place, parsed.GetValue(passphrase));
            // As long as any body of this ledger may be valid: longer, and no verifier would take it.
            TimeSpan longest = TimeSpan.FromSeconds(writer.Fold.State.Windows.BodySeconds);
            if (validity > longest)
                throw ErrorCodes.BadUsage.Because(
                    $"--expires {parsed.GetValue(expires)} is longer than anything may wait in this ledger: {longest.TotalSeconds} seconds, which is {longest.TotalDays:0.##} days"
                );
            TransactionStatus prepared = new TransactionDesk(writer).Prepare(draft, validity);
            LedgerSession.Finish(context, writer);
            Tell(context, writer.Directory.Path, prepared);
            return 0;
        });
        return verb;
    }

    private static void Tell(CliContext context, string place, TransactionStatus prepared)
    {
        context.WriteJson(prepared.ToJson);
        context.Line(Tone.Good, $"{prepared.Token}");
        context.Line($"  event   {prepared.Event}");
        context.Line($"  until   {prepared.ExpiresAt}");
        context.Line(Tone.Dim, ShellText.Of($"next: tessraxctl tx commit {place} {prepared.Token}, or tx abort"));
    }

    private static TimeSpan? Duration(string? text)
    {
        if (text is null)
            return null;
        return IsoDuration.TryParseToSeconds(text, out TimeSpan duration) && duration > TimeSpan.Zero
            ? duration
            : throw ErrorCodes.BadUsage.Because(
                $"--expires needs a duration, not '{text}'",
                "for example PT90S, PT30M, PT12H or P7D"
            );
    }
}
