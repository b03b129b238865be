using System.Globalization;
using Tessrax.Canonical;
using Tessrax.Contradictions;

namespace Tessrax.Cli.Commands.Bench;

/// <summary>Numeric claims of many sources about many subjects, for measuring detection and decision.</summary>
internal static class BenchClaims
{
    /// <summary>Makes claims about subjects in turn, each by a source that has said nothing about it yet; about one subject in so many the sources differ by some
    /// percent, too little to need an approval under the default policy.</summary>
    public static Claim[] Make(CliContext context, int count, int subjects, int oneIn)
    {
        var claims = new Claim[count];
        Parallel.For(
            0,
            count,
            new ParallelOptions { CancellationToken = context.Cancellation },
            i => claims[i] = About(i % subjects, i / subjects, i, oneIn)
        );
        return claims;
    }

    /// <summary>Claims about one subject by a few sources, later and later, that agree within a half.</summary>
    public static Claim[] AboutOne(int count) => [.. Enumerable.Range(0, count).Select(i => About(1, i % 50, i, 2, i))];

    private static Claim About(int subject, int source, int number, int oneIn, int later = 0)
    {
        double value = 100 + (subject % 97) + (subject % oneIn == 0 ? source % 5 : 0);
        return Claim.FromJson(
            JsonValue.Object(
                ("claim_id", string.Create(CultureInfo.InvariantCulture, $"claim-{number}")),
                ("subject", string.Create(CultureInfo.InvariantCulture, $"subject-{subject}")),
                ("metric", "score"),
                ("value", JsonValue.Number(value / 10)),
                ("timestamp", (Begin + TimeSpan.FromSeconds(later)).ToString()),
                ("source", string.Create(CultureInfo.InvariantCulture, $"source {source}")),
                ("evidence", JsonValue.EmptyArray),
                ("context", JsonValue.EmptyObject)
            )
        );
    }

    private static UtcTime Begin =>
        UtcTime.TryParse("2026-01-01T00:00:00.000000Z", out UtcTime begin) ? begin : default;
}
