using Tessrax.Contradictions;
using Tessrax.Governance;
using Tessrax.Node.Appending;

namespace Tessrax.Node.Shards;

/// <summary>Which claims go to which shard of a set.</summary>
public static class ShardClaims
{
    /// <summary>The claims of a ledger that was split that a shard is to take over, as they were recorded: they meet what is claimed afterwards only if they stand beside it. Erased ones are gone.</summary>
    /// <param name="old">The ledger that was split.</param>
    /// <param name="shard">The shard.</param>
    public static ClaimFile HandedOn(LedgerFold old, Shard shard)
    {
        ArgumentNullException.ThrowIfNull(old);
        ArgumentNullException.ThrowIfNull(shard);
        IEnumerable<Claim> claims = old
            .Claims.Keys.Where(key => shard.Has(key.Subject))
            .Order()
            .SelectMany(key => old.Claims.Claims(key));
        return new ClaimFile(old.State.Origin, [.. claims.Select((claim, at) => new ClaimLine(at + 1, claim))]);
    }

    /// <summary>Claims, each with those that go to the same shard.</summary>
    /// <param name="files">The claims.</param>
    /// <param name="of">How many shards there are.</param>
    /// <returns>By the shards' indexes, the files with what is left of each; none for a shard that nothing belongs to.</returns>
    public static IReadOnlyList<IReadOnlyList<ClaimFile>> Spread(IReadOnlyList<ClaimFile> files, int of)
    {
        ArgumentNullException.ThrowIfNull(files);
        ILookup<int, (ClaimFile File, ClaimLine Line)> routed = files
            .SelectMany(file => file.Lines.Select(line => (file, line)))
            .ToLookup(item => Shard.Route(item.line.Claim.Subject, of));
        return
        [
            .. Enumerable
                .Range(0, of)
                .Select(index =>
                    (IReadOnlyList<ClaimFile>)
                        [
                            .. routed[index]
                                .GroupBy(item => item.File)
                                .Select(part => part.Key with { Lines = [.. part.Select(item => item.Line)] }),
                        ]
                ),
        ];
    }
}
