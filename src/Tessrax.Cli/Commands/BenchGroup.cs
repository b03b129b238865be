using System.CommandLine;
using Tessrax.Cli.Commands.Bench;

namespace Tessrax.Cli.Commands;

/// <summary><c>bench</c>: how fast this machine does what a ledger is made of.</summary>
internal static class BenchGroup
{
    public static Command Create(CliContext context) =>
        new Verb(
            "bench",
            "Measure hashing, proofs, appending and deciding on this machine",
            "tessraxctl bench hash",
            "tessraxctl bench append --entries 20000 --batch 200"
        )
        {
            BenchHash.Create(context),
            BenchProve.Create(context),
            BenchVerify.Create(context),
            BenchAppend.Create(context),
            BenchOpen.Create(context),
            BenchLoad.Create(context),
            BenchDetect.Create(context),
            BenchDecide.Create(context),
            BenchSearch.Create(context),
            BenchIndex.Create(context),
            BenchFleet.Create(context),
        };
}
