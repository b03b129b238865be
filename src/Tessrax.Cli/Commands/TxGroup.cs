using Tessrax.Cli.Commands.Transactions;

namespace Tessrax.Cli.Commands;

/// <summary><c>tx</c>: receipts in two phases.</summary>
internal static class TxGroup
{
    public static Verb Create(CliContext context) =>
        new(
            "tx",
            "Prepare a receipt, then commit or abort it",
            "tessraxctl tx prepare decisions --event x-paid --payload paid.json",
            "tessraxctl tx commit decisions 0123456789abcdef0123456789abcdef"
        )
        {
            TxPrepare.Create(context),
            TxDecide.CreateCommit(context),
            TxDecide.CreateAbort(context),
            TxShow.Create(context),
            TxList.Create(context),
        };
}
