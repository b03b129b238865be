using Tessrax.Canonical;
using Tessrax.Ledger;

namespace Tessrax.Verification;

/// <summary>Finds what is odd about the times in a ledger's entries: clocks that run backwards, gaps, bursts, and keys whose clock departs from the log's.</summary>
/// <remarks>
/// Robust statistics: what is usual is the median, and how far usual ones lie apart the median distance from it (MAD, times 1.4826, which for a normal
/// distribution is its standard deviation). Odd is what lies more than ten of these away, and is noticeable to people as well. One pass, bounded memory, whole
/// numbers: the same entries give the same report everywhere. It says nothing about validity: that is the verifier's word. Not safe for concurrent use.
/// </remarks>
public sealed class TimingProfile
{
    /// <summary>How many findings of a kind are listed.</summary>
    public const int Listed = 10;

    // 1.4826 in parts of ten thousand, and how many deviations make an outlier.
    private const long NormalMad = 14_826;
    private const long Deviations = 10;
    private const long Second = TimeSpan.MicrosecondsPerSecond;

    private const long MaxMicros = 9007199254740991;

    // A governance state knows at most 256 keys; a stranger's ledger may name any number.
    private const int MaxKeys = 1024;

    private readonly QuantileSketch gaps = new();
    private readonly QuantileSketch perSecond = new();
    private readonly TopList<long> longest = new(Listed);
    private readonly TopList<UtcTime> busiest = new(Listed);
    private readonly TopList<long> regressions = new(Listed);
    private readonly Dictionary<Voucher, KeyClock> clocks = [];
    private long count;
    private long regressed;
    private UtcTime last;
    private UtcTime first;
    private UtcTime second;
    private long inSecond;
    private long unlisted;

    /// <summary>Adds the next entry.</summary>
    public void Add(in EntryTimes entry)
    {
        if (count++ == 0)
            first = second = entry.RecordedAt;
        else
            AddStep(entry);
        last = entry.RecordedAt;
        AddToSecond(entry.RecordedAt);
        if (clocks.TryGetValue(entry.By, out KeyClock? clock) || clocks.Count < MaxKeys)
            (clock ?? (clocks[entry.By] = new KeyClock())).Add(entry);
        else
            unlisted++;
    }

    /// <summary>What was found so far.</summary>
    public TimingReport ToReport()
    {
        if (inSecond > 0)
            CloseSecond();
        long tenfold = Math.Min(MaxMicros / Deviations, gaps.Median) * Deviations;
        long gapLimit = Math.Max(Second, Math.Max(Limit(gaps), tenfold));
        long burstLimit = Math.Max(Deviations, Math.Max(Limit(perSecond), 2 * perSecond.Median));
        return new TimingReport(
            count,
            first,
            last,
            gaps.Median,
            Math.Min(MaxMicros, gaps.Deviation),
            new Anomalies<long>(regressed, 0, [.. regressions.Items]),
            new Anomalies<long>(gaps.CountAbove(gapLimit), gapLimit, [.. longest.Items.Where(g => g.Size > gapLimit)]),
            new Anomalies<UtcTime>(
                perSecond.CountAbove(burstLimit),
                burstLimit,
                [.. busiest.Items.Where(b => b.Size > burstLimit)]
            ),
            [.. clocks.OrderBy(c => c.Key.Key).ThenBy(c => c.Key.Kind).Select(c => c.Value.ToReport(c.Key))],
            unlisted
        );
    }

    private void AddStep(in EntryTimes entry)
    {
        long step = Micros(entry.RecordedAt - last);
        if (step >= 0)
        {
            gaps.Add(step);
            longest.Add(step, entry.Index);
            return;
        }
        regressed++;
        regressions.Add(-step, entry.Index);
    }

    // Seconds of the log's clock; one in which nothing was recorded is no part of what is usual.
    private void AddToSecond(UtcTime recorded)
    {
        long passed = Micros(recorded - second);
        if (passed is < 0 or >= Second)
        {
            CloseSecond();
            second = recorded;
        }
        inSecond++;
    }

    private void CloseSecond()
    {
        perSecond.Add(inSecond);
        busiest.Add(inSecond, second);
        inSecond = 0;
    }

    private static long Limit(QuantileSketch usual)
    {
        Int128 beyond = (Int128)Deviations * usual.Deviation * NormalMad / 10_000;
        return (long)Int128.Min(usual.Median + beyond, MaxMicros);
    }

    // Held to what JSON says without loss: 285 years.
    private static long Micros(TimeSpan span) =>
        Math.Clamp(span.Ticks / TimeSpan.TicksPerMicrosecond, -MaxMicros, MaxMicros);

    /// <summary>How far one key's clock is from the log's.</summary>
    private sealed class KeyClock
    {
        private const int Edge = 512;

        private readonly QuantileSketch offsets = new();
        private readonly List<(long Offset, UtcTime At)> early = [];
        private readonly Queue<(long Offset, UtcTime At)> late = new();
        private readonly TopList<long> regressions = new(Listed);
        private long regressed;
        private UtcTime lastIssued;

        public void Add(in EntryTimes entry)
        {
            long offset = Micros(entry.RecordedAt - entry.IssuedAt);
            if (offsets.Count > 0 && entry.IssuedAt < lastIssued)
            {
                regressed++;
                regressions.Add(Micros(lastIssued - entry.IssuedAt), entry.Index);
            }
            lastIssued = entry.IssuedAt;
            offsets.Add(offset);
            if (early.Count < Edge)
            {
                early.Add((offset, entry.RecordedAt));
                return;
            }
            late.Enqueue((offset, entry.RecordedAt));
            if (late.Count > Edge)
                late.Dequeue();
        }

        public KeyTiming ToReport(Voucher by) =>
            new(
                by,
                offsets.Count,
                offsets.Median,
                Math.Min(MaxMicros, offsets.Deviation),
                offsets.Min,
                offsets.Max,
                Drift(),
                new Anomalies<long>(regressed, 0, [.. regressions.Items])
            );

        // From the median of the first entries to that of the last, by the time between their middles: microseconds a second, which is parts in a million.
        private double? Drift()
        {
            if (late.Count < Edge)
                return null;
            List<(long Offset, UtcTime At)> end = [.. late];
            double seconds = (end[Edge / 2].At - early[Edge / 2].At).TotalSeconds;
            return seconds < 1 ? null : (Middle(end) - Middle(early)) / seconds;
        }

        private static long Middle(List<(long Offset, UtcTime At)> values)
        {
            List<long> sorted = [.. values.Select(value => value.Offset).Order()];
            return sorted[(sorted.Count - 1) / 2];
        }
    }
}
