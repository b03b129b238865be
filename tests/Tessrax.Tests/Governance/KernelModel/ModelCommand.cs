using CsCheck;

namespace Tessrax.Tests.Governance.KernelModel;

/// <summary>What a command is about.</summary>
internal enum CommandKind
{
    Claim,
    Tell,
    Decide,
    Propose,
    Vote,
    VoteAll,
    Record,
    Close,
    Control,
    ProposeControl,
    Pass,
    Epoch,
    Clock,
    Own,
}

/// <summary>One thing that somebody tries. Its numbers are taken modulo what there is to choose from, so that every part of a list of commands is one too.</summary>
internal sealed record ModelCommand(CommandKind Kind, int A, int B, int C, int Flaw)
{
    // What takes many steps to reach is tried more often than what takes one.
    private static readonly CommandKind[] Weighted =
    [
        CommandKind.Claim,
        CommandKind.Claim,
        CommandKind.Claim,
        CommandKind.Tell,
        CommandKind.Tell,
        CommandKind.Decide,
        CommandKind.Propose,
        CommandKind.Propose,
        CommandKind.Vote,
        CommandKind.Vote,
        CommandKind.Vote,
        CommandKind.VoteAll,
        CommandKind.VoteAll,
        CommandKind.Record,
        CommandKind.Record,
        CommandKind.Record,
        CommandKind.Close,
        CommandKind.Control,
        CommandKind.ProposeControl,
        CommandKind.ProposeControl,
        CommandKind.Pass,
        CommandKind.Pass,
        CommandKind.Epoch,
        CommandKind.Clock,
        CommandKind.Clock,
        CommandKind.Own,
    ];

    public static Gen<ModelCommand[]> Lists { get; } =
        Gen.Select(
            Gen.Int[0, Weighted.Length - 1],
            Gen.Int[0, 11],
            Gen.Int[0, 11],
            Gen.Int[0, 11],
            Gen.Int[0, 17],
            (kind, a, b, c, flaw) => new ModelCommand(Weighted[kind], a, b, c, flaw)
        ).Array[1, 60];

    public override string ToString() => $"{Kind}({A}, {B}, {C}, {Flaw})";
}
