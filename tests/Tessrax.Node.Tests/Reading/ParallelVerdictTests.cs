using System.Text.RegularExpressions;
using Tessrax.Node.Appending;
using Tessrax.Node.Reading;
using Tessrax.Node.Segments;
using Tessrax.Verification;
using Xunit;

namespace Tessrax.Node.Tests.Reading;

/// <summary>The verdict does not depend on how many threads check, whatever was done to the ledger's files.</summary>
public sealed partial class ParallelVerdictTests : IDisposable
{
    private readonly TestLedger ledger = new();

    public ParallelVerdictTests()
    {
        using LedgerWriter writer = ledger.Open();
        for (int i = 0; i < 12; i++)
            writer.Append([.. Enumerable.Range(0, i % 4 + 1).Select(n => TestLedger.Own($"{i} {n}"))]);
        new Ingestor(writer).Ingest([
            TestLedger.File(TestLedger.Claim("c1", "A", 1, "one"), TestLedger.Claim("c2", "A", 5, "two", 2)),
        ]);
        for (int round = 0; round < 3; round++)
            new Ingestor(writer).Ingest([
                TestLedger.File([
                    .. Enumerable
                        .Range(0, 20)
                        .Select(n => TestLedger.Claim($"d{round}-{n}", $"S{n}", n + round, $"source {round}")),
                ]),
            ]);
        writer.Append([.. Enumerable.Range(0, 30).Select(n => TestLedger.Own($"more {n}"))]);
        writer.Append(writer.Seal([.. Enumerable.Range(0, 20).Select(n => TestLedger.Own($"sealed {n}"))]));
    }

    public void Dispose() => ledger.Dispose();

    private string Segment => Path.Combine(ledger.DirectoryPath, "segments", "0000000000.seg");

    [Fact]
    public void A_whole_ledger_gets_one_verdict()
    {
        string one = VerdictOn(1);
        Assert.Contains("\"holds\":true", one, StringComparison.Ordinal);
        Assert.Matches("\"checked\":[0-9]{2,},[^{]*\"name\":\"decisions\"", one);
        Assert.All([2, 3, 8], threads => Assert.Equal(one, VerdictOn(threads)));
    }

    [Fact]
    public void A_damaged_ledger_gets_one_verdict()
    {
        byte[] good = File.ReadAllBytes(Segment);
        int used = Array.FindLastIndex(good, b => b != 0) + 1;
        var random = new Random(20260405);
        var different = new HashSet<string>();
        for (int round = 0; round < 60; round++)
        {
            byte[] bad = (byte[])good.Clone();
            if (round % 5 == 4)
                bad = bad[..random.Next(used)];
            else
                for (int times = random.Next(1, 3); times > 0; times--)
                    bad[random.Next(used)] ^= (byte)(1 << random.Next(8));
            File.WriteAllBytes(Segment, bad);
            string one = VerdictOn(1);
            Assert.Equal(one, VerdictOn(2 + round % 3));
            different.Add(one);
        }
        Assert.True(different.Count > 10, "the damage was always the same");
    }

    // Checksums made to fit again, as whoever edits a ledger on purpose would: the damage then reaches the rules behind them.
    [Fact]
    public void A_ledger_edited_on_purpose_gets_one_verdict()
    {
        byte[] good = File.ReadAllBytes(Segment);
        int used = Array.FindLastIndex(good, b => b != 0) + 1;
        var random = new Random(20260406);
        int pastFraming = 0;
        for (int round = 0; round < 40; round++)
        {
            byte[] bad = (byte[])good.Clone();
            int at;
            do at = random.Next(200, used);
            while (!char.IsAsciiHexDigitLower((char)bad[at]));
            bad[at] = (byte)"0123456789abcdef"[random.Next(16)];
            Reseal(bad);
            File.WriteAllBytes(Segment, bad);
            string one = VerdictOn(1);
            Assert.Equal(one, VerdictOn(3));
            pastFraming +=
                one.Contains("TSX5004", StringComparison.Ordinal) || one.Contains("TSX5002", StringComparison.Ordinal)
                    ? 1
                    : 0;
        }
        Assert.True(pastFraming > 10, $"only {pastFraming} edits reached the rules behind the checksums");
    }

    [Fact]
    public void What_a_step_throws_ends_the_run_after_what_came_before()
    {
        foreach (int threads in (int[])[1, 2, 5])
        {
            int next = 0;
            var finished = new List<int>();
            var pipeline = new OrderedPipeline<string>(
                threads,
                () => next < 50 ? $"{next++}" : throw new InvalidOperationException("the end"),
                _ => Thread.Yield(),
                item => finished.Add(int.Parse(item, System.Globalization.CultureInfo.InvariantCulture)),
                () => true
            );
            Assert.Equal("the end", Assert.Throws<InvalidOperationException>(pipeline.Run).Message);
            Assert.Equal(Enumerable.Range(0, 50), finished);
        }
    }

    [Fact]
    public void No_more_than_a_few_items_are_in_flight_and_none_is_lost()
    {
        int read = 0;
        int finished = 0;
        int most = 0;
        new OrderedPipeline<object>(
            4,
            () => read < 500 ? (read++, new object()).Item2 : null,
            _ => Thread.SpinWait(200),
            _ => most = Math.Max(most, read - finished++),
            () => true
        ).Run();
        Assert.Equal(500, finished);
        Assert.InRange(most, 1, 9);
    }

    [Fact]
    public void What_is_left_aside_is_done_before_the_end()
    {
        foreach (int threads in (int[])[1, 2, 5])
        {
            int read = 0;
            int done = 0;
            OrderedPipeline<object>? pipeline = null;
            pipeline = new OrderedPipeline<object>(
                threads,
                () => read++ < 200 ? new object() : null,
                _ => { },
                _ =>
                {
                    for (int i = 0; i < 3; i++)
                        pipeline!.Leave(() => Interlocked.Increment(ref done));
                },
                () => true
            );
            pipeline.Run();
            Assert.Equal(600, done);
        }
    }

    private static void Reseal(byte[] segment)
    {
        byte[] id = segment[16..32];
        int at = SegmentHeader.Length;
        while (RecordCodec.TryReadHeader(segment.AsSpan(at), id, at, out RecordHeader header))
        {
            int checksum = at + header.Length - RecordCodec.ChecksumLength;
            BitConverter.TryWriteBytes(segment.AsSpan(checksum), Crc32C.Of(id, segment.AsSpan(at, checksum - at)));
            at += header.Length;
        }
    }

    private string VerdictOn(int threads)
    {
        Verdict verdict = new LedgerCheck(ledger.Environment, ledger.Trust) { Threads = threads }.Run(
            ledger.DirectoryPath,
            withEvidence: true
        );
        return Seconds().Replace(verdict.ToJson().ToString(), "");
    }

    [GeneratedRegex("\"seconds\":[0-9.e-]+")]
    private static partial Regex Seconds();
}
