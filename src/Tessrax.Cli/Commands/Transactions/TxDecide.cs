using System.CommandLine;
using Tessrax.Canonical;
using Tessrax.Cli.Commands.Tokens;
using Tessrax.Cli.Ledgers;
using Tessrax.Cli.Terminal;
using Tessrax.Client;
using Tessrax.Ledger;
using Tessrax.Merkle;
using Tessrax.Node.Appending;
using Tessrax.Node.Transactions;

namespace Tessrax.Cli.Commands.Transactions;

/// <summary><c>tx commit DIR TOKEN</c> and <c>tx abort DIR TOKEN</c>: the decision on a prepared receipt. Each may be repeated.</summary>
internal static class TxDecide
{
    public static Command CreateCommit(CliContext context) =>
        Create(
            context,
            "commit",
            "Record a prepared receipt; prints its index",
            (writer, desk, token, freshness) =>
            {
                long index = desk.Commit(token, freshness);
                TellCommitted(context, token, index, writer.Hasher, new TreeHead(writer.Tree.Size, writer.Tree.Root()));
            },
            (there, token) =>
            {
                VerifiedReceipt receipt = there.Commit(token);
                TellCommitted(context, token, receipt.Receipt.Entry.Index, receipt.In.Hasher, receipt.In.Head);
            },
            takesToken: true
        );

    public static Command CreateAbort(CliContext context) =>
        Create(
            context,
            "abort",
            "Give a prepared receipt up for good",
            (_, desk, token, _) =>
            {
                desk.Abort(token);
                TellAborted(context, desk.Ask(token));
            },
            (there, token) => TellAborted(context, there.Abort(token))
        );

    private static void TellCommitted(
        CliContext context,
        TransactionToken token,
        long index,
        TreeHasher hasher,
        TreeHead head
    )
    {
        string root = hasher.Text(head.Root);
        context.WriteJson(() =>
            JsonValue.Object(
                ("token", token.ToString()),
                ("state", "committed"),
                ("index", index),
                ("size", head.Size),
                ("root", root)
            )
        );
        context.Line(Tone.Good, $"{index}");
        context.Line($"  root    {root} of {head.Size}");
    }

    private static void TellAborted(CliContext context, TransactionStatus status)
    {
        context.WriteJson(status.ToJson);
        context.Line($"{status.StateText}: it never takes an index");
    }

    private static Verb Create(
        CliContext context,
        string name,
        string summary,
        Action<LedgerWriter, TransactionDesk, TransactionToken, FreshnessToken?> decide,
        Action<RemoteTransactions, TransactionToken> decideThere,
        bool takesToken = false
    )
    {
        var directory = new LedgerArgument { TakesUrls = true };
        var remote = new RemoteOptions();
        var token = new TokenArgument();
        Option<string?> passphrase = LedgerSession.PassphraseOption();
        var verb = new Verb(
            name,
            summary,
            ShellText.Of($"tessraxctl tx {name} decisions 0123456789abcdef0123456789abcdef")
        )
        {
            directory,
            token,
            passphrase,
        };
        Option<string?> freshness = TokenGroup.Option();
        if (takesToken)
            verb.Add(freshness);
        remote.AddTo(verb);
        verb.SetAction(parsed =>
        {
            TransactionToken named = token.Read(parsed);
            FreshnessToken? carried = takesToken ? TokenGroup.Read(context, parsed.GetValue(freshness)) : null;
            string place = parsed.GetRequiredValue(directory);
            if (RemoteLedger.IsMeant(place))
            {
                if (carried is not null)
                    throw ErrorCodes.BadUsage.Because(
                        "--token does not go with a URL",
                        "tokens are used where the ledger lies"
                    );
                using RemoteLedger there = remote.Open(context, parsed, place, parsed.GetValue(passphrase));
                decideThere(new RemoteTransactions(context, there), named);
                return 0;
            }
            using LedgerWriter writer = LedgerSession.OpenWriter(context, place, parsed.GetValue(passphrase));
            var desk = new TransactionDesk(writer);
            decide(writer, desk, named, carried);
            LedgerSession.Finish(context, writer);
            if (desk.Warning is { } warning)
                context.Notice($"warning {warning.Code}: {warning.Message}; the decision holds all the same");
            return 0;
        });
        return verb;
    }
}
