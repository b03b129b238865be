using System.CommandLine;
using Tessrax.Cli.Commands.Merkle;

namespace Tessrax.Cli.Commands;

/// <summary><c>merkle</c>: the tree below a ledger, or below any static log: its past, its picture, its differences.</summary>
internal static class MerkleGroup
{
    public static Command Create(CliContext context) =>
        new Verb(
            "merkle",
            "The Merkle tree: its history, its picture, its differences",
            "tessraxctl merkle history decisions",
            "tessraxctl merkle svg decisions --prove 17 -o tree.svg"
        )
        {
            MerkleDiff.Create(context),
            MerkleCheck.Create(context),
            MerkleHistory.Create(context),
            MerkleEvidence.Create(context),
            MerkleSvg.Create(context),
        };
}
