using Tessrax.Ledger;
using Tessrax.Merkle;
using Tessrax.Node.Appending;
using Tessrax.Node.Files;
using Tessrax.Node.Maintenance;
using Tessrax.Node.Reading;
using Tessrax.Node.Segments;
using Tessrax.Node.Tests.Appending;
using Xunit;

namespace Tessrax.Node.Tests.Reading;

/// <summary>Whoever glances at a ledger sees what whoever opens it whole sees, and nothing else.</summary>
public sealed class LedgerGlanceTests
{
    [Theory]
    [InlineData(5)]
    [InlineData(256)]
    [InlineData(512)]
    [InlineData(1100)]
    public void It_shows_what_the_whole_ledger_shows(int size)
    {
        using TestLedger ledger = size == 5 ? Small() : FastOpenTests.Make(size);
        if (size > 5)
            Append(ledger, "through the writer, so that its end is marked");
        using LedgerView view = ledger.View();
        using LedgerGlance glance = Glance(ledger);
        Same(view, glance);
        Assert.True(glance.IsGlance);
    }

    [Fact]
    public void A_ledger_of_another_hash_function_is_glanced_at_too()
    {
        using var ledger = new TestLedger(hash: "blake3");
        using (LedgerWriter writer = ledger.Open())
            writer.Append(Enumerable.Range(0, 700).Select(i => TestLedger.Own($"{i}")));
        using LedgerView view = ledger.View();
        using LedgerGlance glance = Glance(ledger);
        Same(view, glance);
        Assert.True(glance.IsGlance);
    }

    [Fact]
    public void Of_large_batches_the_last_is_read_once_and_no_other()
    {
        using var ledger = new TestLedger();
        using (LedgerWriter writer = ledger.Open())
        {
            for (int batch = 0; batch < 3; batch++)
                writer.Append(
                    Enumerable.Range(0, 40).Select(i => TestLedger.Own($"{batch} {i} {new string('x', 4000)}"))
                );
        }
        var disk = new CountingDisk();
        using LedgerGlance glance = LedgerGlance.Open(ledger.DirectoryPath, ledger.Environment with { Disk = disk });
        Assert.Equal("2 39", TextOf(glance.Receipt(glance.Size - 1))[..4]);
        Assert.True(glance.IsGlance);
        // Each batch has more than 160,000 bytes; entry 0 and the ends of segments are looked for through windows of 65,536.
        Assert.InRange(disk.BytesOfSegments, 160_000, 400_000);
    }

    [Fact]
    public void What_is_durable_and_not_published_yet_is_seen()
    {
        // The clock stands, so nothing is published after the first time.
        using var ledger = new TestLedger(clock: new FakeClock());
        using LedgerWriter writer = ledger.Open();
        for (int i = 0; i < 300; i++)
        {
            writer.Append([TestLedger.Own($"{i}")]);
            if (i % 60 != 0)
                continue;
            using LedgerGlance glance = Glance(ledger);
            Assert.Equal(writer.Tree.Head, glance.Tree.Head);
            Assert.True(glance.IsGlance);
            Assert.Equal($"{i}", TextOf(glance.Receipt(glance.Size - 1)));
        }
    }

    [Fact]
    public void The_newest_come_first_and_only_those_of_an_event_if_asked()
    {
        using TestLedger ledger = FastOpenTests.Make();
        using LedgerGlance glance = Glance(ledger);
        Assert.Equal(
            Enumerable.Range(0, (int)glance.Size).Reverse(),
            glance.Backwards().Select(receipt => (int)receipt.Entry.Index)
        );
        Assert.Equal(
            [1024, 768, 512],
            glance.Newest(3, [Events.EpochOpened]).Select(receipt => (int)receipt.Entry.Index)
        );
        Assert.Equal([1099, 1098], glance.Newest(2).Select(receipt => (int)receipt.Entry.Index));
        Assert.Equal([9, 8], glance.Backwards(10).Take(2).Select(receipt => (int)receipt.Entry.Index));
        Assert.Equal(100, glance.From(1000).Count());
    }

    [Fact]
    public void Neither_the_start_of_the_last_segment_nor_older_ones_are_read()
    {
        using TestLedger ledger = ManyRecords();
        Spoil(FastOpenTests.SegmentOf(ledger, 1), 0.5);
        Spoil(FastOpenTests.SegmentOf(ledger, 3), 0.1);
        // The whole ledger does not open any more, and yet its end is what the checkpoint signs.
        Assert.Equal(ErrorCodes.Damaged, Assert.Throws<TessraxException>(() => ledger.View()).Code);
        using LedgerGlance glance = Glance(ledger);
        Assert.True(glance.IsGlance);
        Assert.Equal("last", TextOf(glance.Receipt(glance.Size - 1)));
        Assert.Equal(767, glance.Receipt(767).Entry.Index);
        // Who asks for what is damaged is told.
        Assert.Equal(ErrorCodes.Damaged, Assert.Throws<TessraxException>(() => glance.Backwards().Count()).Code);
    }

    [Theory]
    [InlineData("segments/0000000000.tail", true)]
    [InlineData("tiles/checkpoint", true)]
    [InlineData("tiles", true)]
    [InlineData("checkpoint", true)]
    [InlineData("state", true)]
    public void Whatever_is_missing_of_what_is_derived_costs_time_only(string what, bool glances)
    {
        using TestLedger ledger = Small();
        string path = Path.Combine(ledger.DirectoryPath, what);
        if (Directory.Exists(path))
            Directory.Delete(path, recursive: true);
        else
            File.Delete(path);
        using LedgerView view = ledger.View();
        using LedgerGlance glance = Glance(ledger);
        Same(view, glance);
        Assert.Equal(glances, glance.IsGlance);
    }

    [Fact]
    public void Marks_that_lie_do_no_harm()
    {
        using TestLedger ledger = Small();
        string file = Path.Combine(LedgerDirectory.SegmentsOf(ledger.DirectoryPath), "0000000000.tail");
        byte[] right = File.ReadAllBytes(file);
        SegmentHeader header;
        using (SegmentFile segment = new SegmentFolder(ledger.DirectoryPath, SystemDisk.Instance).Open(0))
            header = segment.Header;
        List<RecordMark> marks = TailFile.Parse(right, header)!;
        byte[][] wrong =
        [
            [],
            right[..^1],
            [.. right[..40], (byte)(right[40] ^ 1), .. right[41..]],
            TailFile.ToBytes(header, [.. marks.Select(mark => mark with { Position = mark.Position + 8 })]),
            TailFile.ToBytes(header, [marks[^1] with { FirstIndex = marks[^1].FirstIndex - 1 }]),
            TailFile.ToBytes(header, [new RecordMark(3, long.MaxValue)]),
            TailFile.ToBytes(header with { Id = new byte[16] }, marks),
        ];
        foreach (byte[] bytes in wrong)
        {
            File.WriteAllBytes(file, bytes);
            using LedgerView view = ledger.View();
            using LedgerGlance glance = Glance(ledger);
            Same(view, glance);
            Assert.True(glance.IsGlance);
        }
    }

    // Every file of a small ledger, changed in every place: it is told as the whole ledger tells it, or does not show.
    [Fact]
    public void It_never_shows_what_the_whole_ledger_would_not()
    {
        using TestLedger ledger = RotatedLog.Make();
        byte[][] leaves;
        TreeHead head;
        using (LedgerView view = ledger.View())
        {
            leaves = [.. view.Receipts().Select(receipt => receipt.Leaf.ToArray())];
            head = view.Tree.Head;
        }
        foreach (
            string file in Directory.EnumerateFiles(ledger.DirectoryPath, "*", SearchOption.AllDirectories).ToArray()
        )
        {
            byte[] bytes = File.ReadAllBytes(file);
            int used = bytes.AsSpan().LastIndexOfAnyExcept((byte)0) + 1;
            for (int at = 0; at < used; at += Math.Max(1, used / 12))
            {
                byte[] changed = (byte[])bytes.Clone();
                changed[at] ^= 4;
                File.WriteAllBytes(file, changed);
                Compare(ledger, leaves, head);
                File.WriteAllBytes(file, bytes[..at]);
                Compare(ledger, leaves, head);
            }
            File.WriteAllBytes(file, bytes);
        }
        Same(ledger);
    }

    [Fact]
    public void An_older_copy_is_refused_as_the_whole_ledger_refuses_it()
    {
        using TestLedger ledger = Small();
        string segment = FastOpenTests.SegmentOf(ledger, 0);
        byte[] before = File.ReadAllBytes(segment);
        Append(ledger, "more");
        File.WriteAllBytes(segment, before);
        Assert.Equal(ErrorCodes.Behind, Assert.Throws<TessraxException>(() => ledger.View()).Code);
        Assert.Equal(ErrorCodes.Behind, Assert.Throws<TessraxException>(() => Glance(ledger)).Code);
    }

    [Fact]
    public void A_log_that_has_changed_its_key_is_known_by_its_hint_and_read_whole_without()
    {
        using TestLedger ledger = RotatedLog.Make();
        using (LedgerGlance glance = Glance(ledger))
        {
            Assert.True(glance.IsGlance);
            Assert.Equal(RotatedLog.VkeyOf(RotatedLog.Second), glance.Log.Newest);
        }
        File.Delete(Path.Combine(ledger.DirectoryPath, "state", "log-keys"));
        using LedgerGlance whole = Glance(ledger);
        Assert.False(whole.IsGlance);
        Assert.Equal(RotatedLog.VkeyOf(RotatedLog.Second), whole.Log.Newest);
    }

    [Fact]
    public void An_erased_payload_is_shown_as_erased_only_with_the_entry_that_erased_it()
    {
        using var ledger = new TestLedger(approvers: 0);
        long index;
        using (LedgerWriter writer = ledger.Open())
        {
            index = writer.Append([TestLedger.Own("secret"), TestLedger.Own("other")])[0].Entry.Index;
            new PayloadDesk(writer, SystemDisk.Instance).Erase(index, "asked for");
            writer.Append([TestLedger.Own("after")]);
        }
        using LedgerGlance glance = Glance(ledger);
        Assert.Equal("after", TextOf(glance.Newest(1).Single()));
        Assert.True(glance.IsGlance);
        Assert.True(glance.Receipt(index).IsErased);
        Assert.False(glance.IsGlance);
        Same(ledger);
    }

    [Fact]
    public void A_glance_changes_no_file()
    {
        using TestLedger ledger = Small();
        Dictionary<string, DateTime> before = Files(ledger);
        using (LedgerGlance glance = Glance(ledger))
            Assert.Equal(glance.Size, glance.Backwards().Count());
        Assert.Equal(before, Files(ledger));
    }

    private static Dictionary<string, DateTime> Files(TestLedger ledger) =>
        Directory
            .EnumerateFiles(ledger.DirectoryPath, "*", SearchOption.AllDirectories)
            .ToDictionary(file => file, File.GetLastWriteTimeUtc);

    private sealed class CountingDisk : ForwardingDisk
    {
        public long BytesOfSegments { get; private set; }

        protected override void HasRead(string path, int bytes) =>
            BytesOfSegments += path.EndsWith(".seg", StringComparison.Ordinal) ? bytes : 0;
    }

    private static LedgerGlance Glance(TestLedger ledger) =>
        LedgerGlance.Open(ledger.DirectoryPath, ledger.Environment);

    private static TestLedger Small()
    {
        var ledger = new TestLedger();
        for (int i = 0; i < 4; i++)
            Append(ledger, $"{i}");
        return ledger;
    }

    // Full segments, and one that ends with more records than one in 256.
    private static TestLedger ManyRecords()
    {
        TestLedger ledger = FastOpenTests.Make(FastOpenTests.PerSegment * 3);
        using LedgerWriter writer = ledger.Open();
        writer.EpochEntries = FastOpenTests.PerSegment;
        for (int i = 0; i < 200; i++)
            writer.Append([TestLedger.Own($"{i}")]);
        writer.Append([TestLedger.Own("last")]);
        return ledger;
    }

    private static void Append(TestLedger ledger, string text)
    {
        using LedgerWriter writer = ledger.Open();
        writer.Append([TestLedger.Own(text)]);
        writer.Close();
        Assert.Null(writer.Warning);
    }

    private static void Spoil(string file, double where)
    {
        byte[] bytes = File.ReadAllBytes(file);
        int used = bytes.AsSpan().LastIndexOfAnyExcept((byte)0) + 1;
        bytes[(int)(used * where)] ^= 1;
        File.WriteAllBytes(file, bytes);
    }

    private static string TextOf(Receipt receipt) => receipt.Payload!.Root["data"]!["text"]!.AsString();

    private static void Same(TestLedger ledger)
    {
        using LedgerView view = ledger.View();
        using LedgerGlance glance = Glance(ledger);
        Same(view, glance);
    }

    private static void Same(LedgerView view, LedgerGlance glance)
    {
        Assert.Equal(view.Tree.Head, glance.Tree.Head);
        Assert.Equal(view.Checkpoint, glance.Checkpoint);
        Assert.Equal(view.Fold.State.LogKeys!.Spans, glance.Log.Spans);
        Assert.Equal(
            view.Receipts().Select(receipt => Convert.ToHexString(receipt.Leaf.Span)),
            glance.From(0).Select(receipt => Convert.ToHexString(receipt.Leaf.Span))
        );
        for (long index = 0; index < view.Size; index += 1 + view.Size / 50)
        {
            Assert.Equal(view.Receipt(index).Payload, glance.Receipt(index).Payload);
            Assert.Equal(view.Prove(index), glance.Prove(index));
        }
        Assert.Equal(ErrorCodes.NoSuchEntry, Assert.Throws<TessraxException>(() => glance.Receipt(view.Size)).Code);
    }

    private static void Compare(TestLedger ledger, byte[][] leaves, TreeHead head)
    {
        ErrorCode? whole = Outcome(() => ledger.View().Dispose());
        LedgerGlance glance;
        try
        {
            glance = Glance(ledger);
        }
        catch (TessraxException e)
        {
            Assert.Equal(whole, e.Code);
            return;
        }
        using (glance)
        {
            // An end that was cut or torn may be missing, as long as nothing published says otherwise; what is shown is what was written.
            List<Receipt> shown = [];
            ErrorCode? told = Outcome(() => shown.AddRange(glance.From(0)));
            Assert.Equal(whole is null, told is null);
            Assert.True(shown.Count <= leaves.Length);
            foreach (Receipt receipt in shown)
                Assert.Equal(leaves[receipt.Entry.Index], receipt.Leaf.ToArray());
            if (shown.Count == leaves.Length)
                Assert.Equal(head, glance.Tree.Head);
        }
    }

    private static ErrorCode? Outcome(Action open)
    {
        try
        {
            open();
            return null;
        }
        catch (TessraxException e)
        {
            return e.Code;
        }
    }
}
