using Tessrax.Canonical;
using Tessrax.Ledger;
using Tessrax.Verification;
using Xunit;

namespace Tessrax.Tests.Verification;

/// <summary>What was planted in the times of a ledger is found, and nothing is found where nothing was planted.</summary>
public sealed class TimingProfileTests
{
    private static readonly UtcTime Start = UtcTime.From(new DateTimeOffset(2026, 3, 1, 0, 0, 0, TimeSpan.Zero));
    private static readonly Voucher Author = new(VoucherKind.Author, default);

    [Fact]
    public void Finds_nothing_in_a_steady_ledger()
    {
        TimingReport report = Profile(Steady(5000));
        Assert.Equal(0, report.Regressions.Count + report.Gaps.Count + report.Bursts.Count);
        Assert.Equal(5000, report.Entries);
        Assert.InRange(report.MedianGap, 490_000, 510_000);
        KeyTiming key = Assert.Single(report.Keys);
        Assert.Equal(0, key.Regressions.Count);
        Assert.InRange(key.Drift!.Value, -1, 1);
    }

    [Theory]
    [InlineData(5, 7)]
    [InlineData(-7, -5)]
    public void The_least_and_the_greatest_are_numbers_that_were_added(long least, long greatest)
    {
        var sketch = new QuantileSketch();
        sketch.Add(greatest);
        Assert.Equal((greatest, greatest), (sketch.Min, sketch.Max));
        sketch.Add(least);
        Assert.Equal((least, greatest), (sketch.Min, sketch.Max));
    }

    [Fact]
    public void Finds_a_gap_a_burst_and_a_clock_that_ran_backwards()
    {
        List<EntryTimes> entries = Steady(5000);
        for (int i = 3000; i < entries.Count; i++)
            entries[i] = Moved(entries[i], TimeSpan.FromHours(2));
        // A hundred in one second, where two are usual.
        for (int i = 1000; i < 1100; i++)
            entries[i] = entries[i] with
            {
                RecordedAt = entries[1000].RecordedAt + TimeSpan.FromMicroseconds(i - 1000),
            };
        for (int i = 4000; i < entries.Count; i++)
            entries[i] = Moved(entries[i], TimeSpan.FromMinutes(-3));
        TimingReport report = Profile(entries);
        Assert.Equal([3000], report.Gaps.Largest.Where(g => g.Size > 3_600_000_000).Select(g => g.At));
        Assert.True(report.Bursts.Largest[0].Size >= 100);
        TimeSpan before = entries[1000].RecordedAt - report.Bursts.Largest[0].At;
        Assert.InRange(before, TimeSpan.Zero, TimeSpan.FromSeconds(1));
        Assert.Equal([4000], report.Regressions.Largest.Select(r => r.At));
        Assert.InRange(report.Regressions.Largest[0].Size, 179_000_000, 180_000_000);
    }

    [Fact]
    public void Only_a_clock_that_ran_backwards_did_and_each_time_counts()
    {
        List<EntryTimes> entries = Steady(100);
        entries[10] = entries[10] with { RecordedAt = entries[9].RecordedAt };
        Assert.Equal(0, Profile(entries).Regressions.Count);
        foreach (int at in (int[])[20, 30])
            entries[at] = entries[at] with { RecordedAt = entries[at - 1].RecordedAt + TimeSpan.FromSeconds(-at) };
        TimingReport report = Profile(entries);
        Assert.Equal(2, report.Regressions.Count);
        Assert.Equal([(30_000_000, 30), (20_000_000, 20)], report.Regressions.Largest);
    }

    [Fact]
    public void Tells_how_fast_a_clock_departs_from_the_logs()
    {
        // 100 microseconds a second slow.
        List<EntryTimes> entries =
        [
            .. Steady(5000)
                .Select(e =>
                    e with
                    {
                        IssuedAt = e.RecordedAt + TimeSpan.FromSeconds(-1 - 1e-4 * (e.RecordedAt - Start).TotalSeconds),
                    }
                ),
        ];
        KeyTiming key = Assert.Single(Profile(entries).Keys);
        Assert.InRange(key.Drift!.Value, 95, 105);
        Assert.InRange(key.Median, 1_000_000, 1_300_000);
    }

    [Fact]
    public void Says_nothing_of_how_fast_a_clock_departs_before_there_is_enough_to_tell()
    {
        Assert.Null(Profile(Steady(1023)).Keys[0].Drift);
        Assert.NotNull(Profile(Steady(1024)).Keys[0].Drift);
        // From the middle of the first half thousand to that of the last: all within less than a second, and in just one.
        Assert.Null(Profile(Within(TimeSpan.FromMilliseconds(999))).Keys[0].Drift);
        Assert.NotNull(Profile(Within(TimeSpan.FromSeconds(1))).Keys[0].Drift);

        static IEnumerable<EntryTimes> Within(TimeSpan time) =>
            Enumerable
                .Range(0, 1024)
                .Select(i => Start + (i < 512 ? TimeSpan.Zero : time))
                .Select((recorded, i) => new EntryTimes(i, Author, recorded, recorded));
    }

    [Fact]
    public void Keeps_apart_what_keys_say()
    {
        var other = new Voucher(VoucherKind.Log, default);
        List<EntryTimes> entries = Steady(100);
        for (int i = 1; i < entries.Count; i += 2)
            entries[i] = entries[i] with { By = other, IssuedAt = entries[i].RecordedAt + TimeSpan.FromSeconds(-9) };
        TimingReport report = Profile(entries);
        Assert.Equal(2, report.Keys.Count);
        Assert.InRange(report.Keys.Single(k => k.By == other).Median, 8_800_000, 9_200_000);
        Assert.Null(report.Keys[0].Drift);
    }

    [Fact]
    public void Memory_and_report_are_bounded_whatever_a_stranger_names()
    {
        var profile = new TimingProfile();
        for (int i = 0; i < 3000; i++)
        {
            byte[] id = new byte[32];
            BitConverter.TryWriteBytes(id, i);
            UtcTime time = i % 2 == 0 ? UtcTime.From(DateTimeOffset.MaxValue) : default;
            profile.Add(new EntryTimes(i, new Voucher(VoucherKind.Author, new(id)), default, time));
        }
        TimingReport report = profile.ToReport();
        Assert.Equal(1024, report.Keys.Count);
        Assert.Equal(3000 - 1024, report.Unlisted);
        Assert.True(report.Regressions.Largest.Count <= TimingProfile.Listed);
        Assert.NotEmpty(report.ToJson().ToCanonicalBytes());
    }

    [Fact]
    public void An_empty_ledger_has_a_report()
    {
        Assert.Equal(0, new TimingProfile().ToReport().Entries);
    }

    [Fact]
    public void Sketches_are_within_a_sixty_fourth_in_any_order()
    {
        var random = new Random(5);
        long[] values = [.. Enumerable.Range(0, 9999).Select(_ => (long)Math.Exp(random.NextDouble() * 30) - 40)];
        var sketch = new QuantileSketch();
        var backwards = new QuantileSketch();
        foreach (long value in values)
            sketch.Add(value);
        foreach (long value in values.AsEnumerable().Reverse())
            backwards.Add(value);
        long[] sorted = [.. values.Order()];
        Near(sorted[sorted.Length / 2], sketch.Median);
        long[] distances = [.. values.Select(v => Math.Abs(v - sketch.Median)).Order()];
        Near(distances[distances.Length / 2], sketch.Deviation);
        Assert.Equal((sketch.Median, sketch.Deviation), (backwards.Median, backwards.Deviation));
        Assert.Equal((sorted[0], sorted[^1]), (sketch.Min, sketch.Max));
        long limit = sorted[9000];
        Assert.InRange(sketch.CountAbove(limit), 9999 - 9001 - 100, 9999 - 9001);
    }

    [Fact]
    public void Lists_the_largest_and_of_equal_ones_the_first()
    {
        var top = new TopList<string>(3);
        foreach (
            (long size, string item) in ((long, string)[])[(1, "a"), (5, "b"), (5, "c"), (2, "d"), (5, "e"), (5, "f")]
        )
            top.Add(size, item);
        Assert.Equal(["b", "c", "e"], top.Items.Select(i => i.Item));
        // A full list takes what is larger than its last, and nothing that is equal.
        Assert.False(top.Takes(4));
        Assert.False(top.Takes(5));
        Assert.True(top.Takes(6));
    }

    private static void Near(long expected, long actual) =>
        Assert.InRange(actual, expected - expected / 32 - 1, expected + expected / 32 + 1);

    private static TimingReport Profile(IEnumerable<EntryTimes> entries)
    {
        var profile = new TimingProfile();
        foreach (EntryTimes entry in entries)
            profile.Add(entry);
        return profile.ToReport();
    }

    // Two a second, give or take a few milliseconds, each recorded 2 ms after it was issued.
    private static List<EntryTimes> Steady(int count)
    {
        var random = new Random(1);
        return
        [
            .. Enumerable
                .Range(0, count)
                .Select(i =>
                {
                    UtcTime recorded = Start + TimeSpan.FromMilliseconds(500 * i + random.Next(5));
                    return new EntryTimes(i, Author, recorded + TimeSpan.FromMilliseconds(-2), recorded);
                }),
        ];
    }

    private static EntryTimes Moved(EntryTimes entry, TimeSpan by) =>
        entry with
        {
            IssuedAt = entry.IssuedAt + by,
            RecordedAt = entry.RecordedAt + by,
        };
}
