using System.CommandLine;

namespace Tessrax.Cli.Commands;

/// <summary><c>plumbing</c>: single steps of the formats, for scripts and for checking other implementations.</summary>
internal static class PlumbingGroup
{
    public static Command Create(CliContext context) =>
        new Verb("plumbing", "Single steps of the formats, for scripts", "tessraxctl plumbing canonicalize claim.json")
        {
            PlumbingCanonicalize.Create(context),
            PlumbingNumber.Create(context),
            PlumbingHash.Create(context),
            PlumbingRoot.Create(context),
            PlumbingProve.Inclusion(context),
            PlumbingProve.Consistency(context),
            PlumbingBatch.Prove(context),
            PlumbingSubtree.Prove(context),
            PlumbingVerify.Inclusion(context),
            PlumbingVerify.Consistency(context),
            PlumbingBatch.Verify(context),
            PlumbingSubtree.Verify(context),
            PlumbingNoteSign.Create(context),
            PlumbingNoteVerify.Create(context),
            PlumbingEd25519.Create(context),
            PlumbingHkdf.Create(context),
            PlumbingBip39.Create(context),
            PlumbingSlip10.Create(context),
            PlumbingSlip39.Create(context),
            PlumbingTileCheck.Create(context),
        };

    /// <summary>The input of a plumbing verb.</summary>
    internal static Argument<string?> File() =>
        new("FILE") { Description = "the input; standard input if left out or -", Arity = ArgumentArity.ZeroOrOne };

    /// <summary>The leaves of a tree.</summary>
    internal static Argument<string?> Leaves() =>
        new("FILE")
        {
            Description =
                "one leaf per line in hex, an empty line being the empty leaf; standard input if left out or -",
            Arity = ArgumentArity.ZeroOrOne,
        };
}
