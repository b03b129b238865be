using System.CommandLine;
using Tessrax.Canonical;
using Tessrax.Cli.Ledgers;
using Tessrax.Cli.Terminal;
using Tessrax.Governance;
using Tessrax.Ledger;
using Tessrax.Node.Appending;

namespace Tessrax.Cli.Commands;

/// <summary><c>retire DIR|URL --reason TEXT --confirm ORIGIN</c>: ends a ledger for ever, by an entry of its own.</summary>
internal static class RetireVerb
{
    public static Command Create(CliContext context)
    {
        var directory = new LedgerArgument { TakesUrls = true };
        Option<string> reason = KeyWishes.Reason();
        Option<string> confirm = new("--confirm")
        {
            Description = "the ledger's origin, so that nobody ends another one than they mean",
            HelpName = "ORIGIN",
            Required = true,
        };
        Option<bool> yes = new("--yes")
        {
            Description = "what is open may end undecided: proposals, and prepared receipts",
        };
        Option<string?> passphrase = LedgerSession.PassphraseOption();
        var remote = new RemoteOptions();
        var verb = new Verb(
            "retire",
            "End a ledger for ever: it is read and verified on, and takes nothing any more",
            "tessraxctl retire decisions --confirm example.com/decisions --reason \"the product was discontinued\""
        )
        {
            Remarks =
                "It is an entry of the ledger, and governed as its policy says: where approvals are needed, it waits for them. Nothing is deleted, and nothing can be erased afterwards: erase first what must not stay. rollover ends a ledger that goes on in another one.",
        };
        verb.Add(directory);
        verb.Add(reason);
        verb.Add(confirm);
        verb.Add(yes);
        verb.Add(passphrase);
        remote.AddTo(verb);
        verb.SetAction(parsed =>
        {
            string ledger = parsed.GetRequiredValue(directory);
            string why = parsed.GetRequiredValue(reason);
            string meant = parsed.GetRequiredValue(confirm);
            if (RemoteLedger.IsMeant(ledger))
            {
                using RemoteLedger there = remote.Open(context, parsed, ledger, parsed.GetValue(passphrase));
                Retire(context, there, ledger, why, meant, parsed.GetValue(yes));
                return 0;
            }
            using LedgerWriter writer = LedgerSession.OpenWriter(context, ledger, parsed.GetValue(passphrase), out _);
            Retire(context, writer, ledger, why, meant, parsed.GetValue(yes));
            return 0;
        });
        return verb;
    }

    private static void Retire(
        CliContext context,
        LedgerWriter writer,
        string ledger,
        string reason,
        string meant,
        bool isAgreed
    )
    {
        RequireMeant(writer.Directory.Origin, meant);
        Ending ending = Ending.Of(writer, Others(writer));
        if (!isAgreed && !writer.Fold.State.HasEnded)
            ending.RequireNone(writer.Fold);
        GovernOutcome outcome = new ProposalDesk(writer).Ask(
            Events.LedgerRetired,
            new LedgerRetired(reason).ToControl(),
            KeyDesk.Validity
        );
        LedgerSession.Finish(context, writer);
        if (outcome.IsRecorded)
            Report(context, meant, outcome.Entry);
        else
            WaitingWish.Of(writer, outcome.Entry).Report(context, ledger, Retired(meant));
        ending.Tell(context, outcome.IsRecorded ? "ended" : "would end");
    }

    private static void Retire(
        CliContext context,
        RemoteLedger there,
        string url,
        string reason,
        string meant,
        bool isAgreed
    )
    {
        RequireMeant(Keys.Checkpoint.ParseBody(there.Checkpoint().Note.Text).Origin, meant);
        ApprovalRequest open = RemoteLedger.Await(there.Client.ApprovalRequestAsync(context.Cancellation));
        if (!isAgreed)
            Ending.RequireNone([
                .. open
                    .Proposals.Where(one => one.Proposal.Body.Event != Events.LedgerRetired)
                    .Select(one => Ending.Describe(one.Index, one.Proposal)),
            ]);
        long? entry = new RemoteWishes(context, there, url).Ask(
            Events.LedgerRetired,
            new LedgerRetired(reason).ToControl(),
            Retired(meant)
        );
        if (entry is { } index)
            Report(context, meant, index);
    }

    private static string Retired(string origin) => $"{origin} is retired";

    private static void Report(CliContext context, string origin, long entry)
    {
        context.WriteJson(() => JsonValue.Object(("status", "done"), ("index", entry), ("size", entry + 1)));
        context.Line(
            Tone.Good,
            $"{origin} is retired by entry {entry}: it is read and verified on, and takes nothing any more"
        );
    }

    private static void RequireMeant(string origin, string meant)
    {
        if (origin != meant)
            throw ErrorCodes.BadUsage.Because(
                $"this is the ledger {origin}, and not {meant}",
                "nothing was done: name the ledger's directory, and its origin with --confirm"
            );
    }

    private static long[] Others(LedgerWriter writer) =>
        [
            .. writer
                .Fold.Proposals.Values.Where(one =>
                    one.Proposal.Body.Event != Events.LedgerRetired && one.Proposal.Body.ExpiresAt >= writer.Now()
                )
                .Select(one => one.Index)
                .Order(),
        ];
}
