using System.CommandLine;
using Tessrax.Canonical;
using Tessrax.Cli.Ledgers;
using Tessrax.Cli.Terminal;
using Tessrax.Client;
using Tessrax.Governance;
using Tessrax.Hashing;
using Tessrax.Ledger;
using Tessrax.Node.Appending;

namespace Tessrax.Cli.Commands;

/// <summary><c>execute DIR N</c>: says on record that what was decided has been done.</summary>
internal static class ExecuteVerb
{
    public static Command Create(CliContext context)
    {
        var directory = new LedgerArgument { TakesUrls = true };
        var remote = new RemoteOptions();
        Argument<string> index = new("N") { Description = "the decision, by its entry's index" };
        Option<string?> result = new("--result")
        {
            Description = "what came of it: a file, of which the digest is recorded, or a digest",
            HelpName = "FILE|DIGEST",
        };
        Option<string?> note = new("--note")
        {
            Description = $"what was done, at most {DecisionExecuted.MaxNote} characters",
            HelpName = "TEXT",
        };
        Option<string?> passphrase = LedgerSession.PassphraseOption();
        var verb = new Verb(
            "execute",
            "Record that a decision has been carried out",
            "tessraxctl execute decisions 17 --note \"patched on all hosts\"",
            "tessraxctl execute decisions 17 --result report.pdf",
            "tessraxctl execute https://ledger.example.com 17 --access-key boss.key"
        )
        {
            directory,
            index,
            result,
            note,
            passphrase,
        };
        remote.AddTo(verb);
        verb.SetAction(parsed =>
        {
            string ledger = parsed.GetRequiredValue(directory);
            var executed = new DecisionExecuted(
                WholeNumber.Parse(parsed.GetRequiredValue(index), "N")!.Value,
                parsed.GetValue(result) is { } given ? ReadResult(context, given) : null,
                parsed.GetValue(note)
            );
            if (executed.Note is { Length: 0 or > DecisionExecuted.MaxNote })
                throw ErrorCodes.BadUsage.Because($"--note needs 1 to {DecisionExecuted.MaxNote} characters");
            if (RemoteLedger.IsMeant(ledger))
            {
                using RemoteLedger there = remote.Open(context, parsed, ledger, parsed.GetValue(passphrase));
                Appended done = RemoteLedger.Await(there.Client.ExecuteAsync(executed, context.Cancellation));
                if (done.IsRepeat)
                    context.Notice("the same was on record before");
                Tell(context, executed, done.Receipt.Receipt.Entry.Index, done.Receipt.In.Head.Size);
                return 0;
            }
            using LedgerWriter writer = LedgerSession.OpenWriter(context, ledger, parsed.GetValue(passphrase));
            Receipt receipt = writer.Append([
                new Draft { Event = Events.DecisionExecuted, Payload = FrozenPayload.From(executed.ToJson()) },
            ])[0];
            LedgerSession.Finish(context, writer);
            Tell(context, executed, receipt.Entry.Index, writer.Fold.Size);
            return 0;
        });
        return verb;
    }

    private static void Tell(CliContext context, DecisionExecuted executed, long index, long size)
    {
        context.WriteJson(() =>
            JsonValue.Object(
                ("decision", executed.Decision),
                ("index", index),
                ("result", executed.Result is { } digest ? JsonValue.String(digest.ToString()) : JsonValue.Null),
                ("size", size)
            )
        );
        context.Line(Tone.Good, $"decision {executed.Decision}: executed, recorded at {index}");
    }

    private static Digest ReadResult(CliContext context, string given) =>
        Digest.TryParse(given, out Digest digest) ? digest : HashEngine.Sha256.Hash(context.ReadInput(given));
}
