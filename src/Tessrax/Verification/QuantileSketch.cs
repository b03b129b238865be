using System.Numerics;

namespace Tessrax.Verification;

/// <summary>The median, and the median distance from it, of any number of whole numbers in bounded memory: numbers are counted in buckets, each of which
/// is at most 1/64 of its numbers wide.</summary>
/// <remarks>Integer arithmetic alone, so that the same numbers give the same answers everywhere, in any order. Not safe for concurrent use.</remarks>
public sealed class QuantileSketch
{
    // A number's leading bit and the six after it name its bucket; below 2^6 each number has its own.
    private const int MantissaBits = 6;

    private readonly Dictionary<int, long> counts = [];

    /// <summary>How many numbers there are.</summary>
    public long Count { get; private set; }

    /// <summary>The least; 0 if there is none.</summary>
    public long Min { get; private set; }

    /// <summary>The greatest; 0 if there is none.</summary>
    public long Max { get; private set; }

    /// <summary>The lower median; 0 if there is none.</summary>
    public long Median => Middle([.. counts.Select(bucket => (ValueOf(bucket.Key), bucket.Value))]);

    /// <summary>The median of the distances from the median (MAD): how far numbers lie apart as a rule, whatever the few far ones do.</summary>
    public long Deviation
    {
        get
        {
            long median = Median;
            return Middle([
                .. counts.Select(bucket =>
                    (Math.Abs(Math.Max(ValueOf(bucket.Key), -long.MaxValue) - median), bucket.Value)
                ),
            ]);
        }
    }

    /// <summary>Adds a number.</summary>
    /// <param name="value">Within ±2^62.</param>
    public void Add(long value)
    {
        value = Math.Clamp(value, -(1L << 62), 1L << 62);
        (Min, Max) = Count == 0 ? (value, value) : (Math.Min(Min, value), Math.Max(Max, value));
        Count++;
        int bucket = BucketOf(value);
        counts[bucket] = counts.GetValueOrDefault(bucket) + 1;
    }

    /// <summary>How many numbers are above a limit, but for those in its own bucket.</summary>
    public long CountAbove(long limit)
    {
        int bucket = BucketOf(Math.Clamp(limit, -(1L << 62), 1L << 62));
        return counts.Where(other => other.Key > bucket).Sum(other => other.Value);
    }

    private long Middle(List<(long Value, long Count)> all)
    {
        all.Sort();
        long left = (Count + 1) / 2;
        foreach ((long value, long count) in all)
        {
            left -= count;
            if (left <= 0)
                return value;
        }
        return 0;
    }

    // Buckets have the order of their numbers.
    private static int BucketOf(long value)
    {
        if (value < 0)
            return -BucketOf(-value);
        int shift = Math.Max(0, BitOperations.Log2((ulong)value | 1) - MantissaBits);
        return (shift << MantissaBits) + (int)(value >> shift);
    }

    // The middle of a bucket.
    private static long ValueOf(int bucket)
    {
        if (bucket < 0)
            return -ValueOf(-bucket);
        int shift = Math.Max(0, (bucket >> MantissaBits) - 1);
        long first = (long)(bucket - (shift << MantissaBits)) << shift;
        return first + ((1L << shift) >> 1);
    }
}
