using System.CommandLine;
using Tessrax.Cli.Ledgers;
using Tessrax.Ledger;
using Tessrax.Node;
using Tessrax.Node.Reading;
using Tessrax.Node.Transactions;

namespace Tessrax.Cli.Commands.Transactions;

/// <summary><c>tx show DIR TOKEN</c>: what became of a prepared receipt, for a coordinator that crashed.</summary>
internal static class TxShow
{
    public static Command Create(CliContext context)
    {
        var directory = new LedgerArgument { TakesUrls = true };
        var remote = new RemoteOptions();
        var token = new TokenArgument();
        var verb = new Verb(
            "show",
            "Say what became of a prepared receipt",
            "tessraxctl tx show decisions 0123456789abcdef0123456789abcdef"
        )
        {
            directory,
            token,
        };
        remote.AddTo(verb);
        verb.SetAction(parsed =>
        {
            TransactionToken named = token.Read(parsed);
            string place = parsed.GetRequiredValue(directory);
            if (RemoteLedger.IsMeant(place))
            {
                using RemoteLedger there = remote.Open(context, parsed, place);
                TransactionStatus told = new RemoteTransactions(context, there).Ask(named);
                context.WriteJson(told.ToJson);
                Show(context, told);
                return 0;
            }
            NodeEnvironment environment = LedgerSession.Environment(context);
            using LedgerView view = LedgerView.Open(place, environment.Disk);
            TransactionStatus status = new TransactionView(view, environment).Ask(named);
            if (status.State is null)
                throw ErrorCodes.NoSuchTransaction.Because($"no prepared receipt has the token {named}");
            context.WriteJson(() => TxList.ToJson(status, view));
            Show(context, status);
            if (status.State == TransactionState.Prepared)
                TxList.TellClosed(context, view);
            return 0;
        });
        return verb;
    }

    private static void Show(CliContext context, TransactionStatus status)
    {
        context.Line(
            TxList.ToneOf(status),
            status.Index is { } index ? $"{status.StateText} as entry {index}" : status.StateText
        );
        if (status.Event is not null)
        {
            context.Line($"  event     {status.Event}");
            context.Line($"  prepared  {status.PreparedAt}");
            context.Line($"  until     {status.ExpiresAt}");
        }
        if (status.DecidedAt is { } at)
            context.Line($"  decided   {at}");
    }
}
