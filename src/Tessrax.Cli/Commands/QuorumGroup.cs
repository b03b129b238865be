using System.CommandLine;
using Tessrax.Cli.Commands.Quorum;

namespace Tessrax.Cli.Commands;

/// <summary><c>quorum</c>: k of n approvers under faults.</summary>
internal static class QuorumGroup
{
    public static Command Create(CliContext context) =>
        new Verb(
            "quorum",
            "Put k of n approvers under faults, and check what must hold",
            "tessraxctl quorum simulate --nodes 5 --seeds 100",
            "tessraxctl quorum simulate --nodes 5 --faults loss=0.2,crash=5,byzantine=2:double --seed 7 --svg quorum.svg"
        )
        {
            QuorumSimulate.Create(context),
            QuorumRunVerb.Create(context),
            QuorumNode.Create(context),
        };
}
