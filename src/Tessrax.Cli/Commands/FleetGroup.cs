using System.CommandLine;
using Tessrax.Cli.Commands.Fleet;

namespace Tessrax.Cli.Commands;

/// <summary><c>fleet record|prove|verify</c>: one checkpoint for many ledgers.</summary>
internal static class FleetGroup
{
    public static Command Create(CliContext context) =>
        new Verb(
            "fleet",
            "One signed and witnessed checkpoint for many ledgers, and proofs out of it",
            "tessraxctl fleet record fleet /srv/ledgers",
            "tessraxctl fleet verify orders.fleet.json --trust fleet.trust.json"
        )
        {
            FleetRecord.Create(context),
            FleetProve.Create(context),
            FleetVerify.Create(context),
        };
}
