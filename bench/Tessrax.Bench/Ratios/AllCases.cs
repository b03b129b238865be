using Tessrax.Bench.Ratios.Cases;

namespace Tessrax.Bench.Ratios;

/// <summary>Every case, in the order printed.</summary>
internal static class AllCases
{
    public static IEnumerable<ICase> Make() =>
        [NodeCase.Make(), LeafCase.Make(), LevelCase.Make(), new RootCase(), ProofCase.Make(), VerifyCase.Make()];
}
