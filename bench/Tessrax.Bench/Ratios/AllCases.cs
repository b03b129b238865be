using Tessrax.Bench.Ratios.Cases;

namespace Tessrax.Bench.Ratios;

/// <summary>Every case, in the order printed; those that want all cores come first, before the thread is pinned to one.</summary>
internal static class AllCases
{
    public static IEnumerable<ICase> Make() =>
        [
            new RootCase(),
            NodeCase.Make(),
            LeafCase.Make(),
            LevelCase.Make(),
            ProofCase.Make(),
            VerifyCase.Make(),
            .. EnginesCase.Make(),
            .. Blake3Case.Make(),
            new B3SumCase(),
            CanonicalCase.Make(),
            DetectCase.Make(),
            ApprovalsCase.Make(),
            new AllocationCase(),
            new TreeMemoryCase(),
            new TileCase(),
        ];
}
