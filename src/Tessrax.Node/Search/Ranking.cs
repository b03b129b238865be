using System.Numerics;
using Tessrax.Verification.Search;

namespace Tessrax.Node.Search;

/// <summary>Orders hits by how much of what was looked for they have: BM25 in whole numbers, so that it is the same on every machine.</summary>
/// <remarks>With N hits, L words in all of them, of a text n hits that have it, and of a hit tf times the text and l words, its score is the sum over texts of
/// (1 + log2((2N + 2) / (2n + 1))) * 2.2 tf / (tf + 1.2 (0.25 + 0.75 l N / L)), in parts of 65,536, each step rounded down. A phrase is one text.</remarks>
internal sealed class Ranking(Query query)
{
    /// <summary>The most hits that are compared.</summary>
    public const int MostHits = 10_000;

    private const int MostOfOne = 255;
    private const int FractionBits = 16;

    private readonly QueryText[] texts = [.. query.Texts];
    private readonly List<Hit> hits = [];

    /// <summary>A hit that has been looked at.</summary>
    /// <param name="Index">The entry.</param>
    /// <param name="Length">Its words.</param>
    /// <param name="Counts">How often it has each text.</param>
    private readonly record struct Hit(long Index, int Length, byte[] Counts);

    /// <summary>Hits that have been looked at.</summary>
    public int Count => hits.Count;

    /// <summary>Looks at one more.</summary>
    public void Add(SearchedEntry entry)
    {
        byte[] counts = [.. texts.Select(text => (byte)entry.Words.CountOf(text.Phrase, text.LastIsPrefix, MostOfOne))];
        hits.Add(new Hit(entry.Receipt.Entry.Index, entry.Words.Count, counts));
    }

    /// <summary>All of them, the best first.</summary>
    public IEnumerable<(long Index, long Score)> Ordered()
    {
        long words = Math.Max(1, hits.Sum(hit => (long)hit.Length));
        long[] weights = [.. texts.Select((_, text) => WeightOf(hits.LongCount(hit => hit.Counts[text] > 0)))];
        return hits.Select(hit => (hit.Index, Score: ScoreOf(hit, weights, words)))
            .OrderByDescending(hit => hit.Score)
            .ThenByDescending(hit => hit.Index);
    }

    private long WeightOf(long having) => (1L << FractionBits) + Log2(2L * hits.Count + 2, 2 * having + 1);

    private long ScoreOf(Hit hit, long[] weights, long words)
    {
        long score = 0;
        long lengths = 3 * words + 9L * hit.Length * hits.Count;
        for (int text = 0; text < weights.Length; text++)
        {
            long often = hit.Counts[text] * words;
            score += (long)((Int128)weights[text] * (22 * often) / (10 * often + lengths));
        }
        return score;
    }

    /// <summary>The logarithm to the base 2 of a / b, a not below b, in parts of 65,536, rounded down: digit by digit, by squaring.</summary>
    internal static long Log2(long a, long b)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(a, b);
        ArgumentOutOfRangeException.ThrowIfLessThan(b, 1);
        int whole = BitOperations.Log2((ulong)(a / b));
        // Between 1 and 2, with 31 digits behind the point.
        var rest = (ulong)(((UInt128)a << 31) / ((UInt128)b << whole));
        long log = (long)whole << FractionBits;
        for (int digit = FractionBits - 1; digit >= 0; digit--)
        {
            rest = rest * rest >> 31;
            if (rest < 1UL << 32)
                continue;
            rest >>= 1;
            log |= 1L << digit;
        }
        return log;
    }
}
