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
        var directory = new LedgerArgument();
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
        verb.SetAction(parsed =>
        {
            TransactionToken named = token.Read(parsed);
            NodeEnvironment environment = LedgerSession.Environment(context);
            using LedgerView view = LedgerView.Open(parsed.GetRequiredValue(directory), environment.Disk);
            TransactionStatus status = new TransactionView(view, environment).Ask(named);
            if (status.State is null)
                throw ErrorCodes.NoSuchTransaction.Because($"no prepared receipt has the token {named}");
            context.WriteJson(() => TxList.ToJson(status, view));
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
            if (status.State == TransactionState.Prepared)
                TxList.TellClosed(context, view);
            return 0;
        });
        return verb;
    }
}
