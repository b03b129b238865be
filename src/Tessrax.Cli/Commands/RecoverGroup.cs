using System.CommandLine;

namespace Tessrax.Cli.Commands;

/// <summary><c>keys recover</c>: new keys for a ledger that lost its own, by a key that was never online.</summary>
internal static class RecoverGroup
{
    public static Command Create(CliContext context) =>
        new Verb(
            "recover",
            "Give a ledger new keys when its own are lost or stolen",
            "tessraxctl keys recover request decisions -o request.json"
        )
        {
            RecoverRequest.Create(context),
            RecoverSign.Create(context),
            RecoverImport.Create(context),
            RecoverRehearse.Create(context),
        };
}
