using Tessrax.Node.Segments;
using Tessrax.Node.Tests.Files;
using Xunit;

namespace Tessrax.Node.Tests.Segments;

/// <summary>Every way to break the bytes of a small ledger: the end of the last batch is a torn tail, all before it is damage.</summary>
public sealed class DamageTests
{
    private static readonly string First = Store.PathOf(0);

    [Fact]
    public void Ends_before_the_cut_wherever_the_file_is_truncated()
    {
        FaultyDisk disk = Store.Three(out int[] starts);
        byte[] whole = (byte[])disk[First].Clone();
        for (int length = starts[1]; length <= starts[3]; length++)
        {
            disk[First] = whole[..length];
            int records = starts.Count(start => start <= length) - 1;
            List<Batch> batches = Store.ReadAll(disk, out ScanEnd end);
            Assert.Equal(records, batches.Count);
            Assert.Equal(starts[records], end.Offset);
            Assert.Equal(whole[..length].AsSpan(starts[records]).LastIndexOfAnyExcept((byte)0) + 1, end.TornBytes);
            Assert.Equal(length, disk[First].Length);
            using SegmentWriter writer = Store.Open(disk, out _, out _);
            writer.Append(Store.Batch(writer.Size, 2));
            Assert.Equal(records + 1, Store.ReadAll(disk, out end).Count);
            Assert.Equal(0, end.TornBytes);
        }
    }

    [Fact]
    public void Finds_every_flipped_bit()
    {
        FaultyDisk disk = Store.Three(out int[] starts);
        byte[] bytes = disk[First];
        for (int bit = 0; bit < starts[3] * 8; bit++)
        {
            bytes[bit / 8] ^= (byte)(1 << (bit % 8));
            if (bit / 8 < starts[2])
            {
                TessraxException error = Store.Refused(disk);
                Assert.Equal(ErrorCodes.Damaged, error.Code);
                Assert.Equal(starts.Prepend(0).Last(start => start <= bit / 8), error.Offset);
                Assert.Contains("segments/0000000000.seg", error.Message, StringComparison.Ordinal);
            }
            else
            {
                Assert.Equal(2, Store.ReadAll(disk, out ScanEnd end).Count);
                Assert.Equal(starts[3] - starts[2], end.TornBytes);
                Assert.Equal(starts[2], end.Offset);
            }
            bytes[bit / 8] ^= (byte)(1 << (bit % 8));
        }
        Assert.Equal(3, Store.ReadAll(disk, out _).Count);
    }

    [Fact]
    public void Finds_zeros_where_bytes_were()
    {
        FaultyDisk disk = Store.Three(out int[] starts);
        byte[] whole = (byte[])disk[First].Clone();
        for (int from = 0; from < starts[2]; from += 16)
        {
            if (!whole.AsSpan(from, 16).ContainsAnyExcept((byte)0))
            {
                continue;
            }
            disk[First] = (byte[])whole.Clone();
            disk[First].AsSpan(from, 16).Clear();
            Assert.Equal(ErrorCodes.Damaged, Store.Refused(disk).Code);
        }
        disk[First] = (byte[])whole.Clone();
        disk[First].AsSpan(starts[2], starts[3] - starts[2]).Clear();
        Assert.Equal(2, Store.ReadAll(disk, out ScanEnd end).Count);
        Assert.Equal(0, end.TornBytes);
    }

    [Fact]
    public void Finds_two_damaged_records_at_the_end()
    {
        FaultyDisk disk = Store.Three(out int[] starts);
        disk[First][starts[1] + 60] ^= 1;
        disk[First][starts[2] + 60] ^= 1;
        Assert.Equal(starts[1], Store.Refused(disk).Offset);
    }

    [Fact]
    public void A_refused_open_changes_nothing()
    {
        FaultyDisk disk = Store.Three(out int[] starts);
        disk[First][starts[1] + 60] ^= 1;
        byte[] before = (byte[])disk[First].Clone();
        int steps = disk.Steps;
        Store.Refused(disk);
        Assert.Equal(steps, disk.Steps);
        Assert.Equal(before, disk[First]);
    }

    [Fact]
    public void Leaves_a_torn_tail_until_the_first_append()
    {
        FaultyDisk disk = Store.Three(out int[] starts);
        disk[First][starts[2] + 60] ^= 1;
        byte[] before = (byte[])disk[First].Clone();
        Store.Open(disk, out _, out ScanEnd end).Dispose();
        Assert.Equal(before, disk[First]);
        using SegmentWriter writer = Store.Open(disk, out _, out _);
        Assert.Equal(end.TornBytes, writer.TornBytes);
        writer.DropTornTail();
        Assert.Equal(-1, disk[First].AsSpan(starts[2]).IndexOfAnyExcept((byte)0));
    }

    [Fact]
    public void Takes_garbage_after_the_end_for_a_torn_tail_within_the_longest_record_only()
    {
        FaultyDisk disk = Store.Three(out int[] starts);
        byte[] bytes = disk[First];
        bytes[starts[3] + 1000] = 1;
        Assert.Equal(3, Store.ReadAll(disk, out ScanEnd end).Count);
        Assert.Equal(1001, end.TornBytes);

        Array.Resize(ref bytes, starts[3] + SegmentFormat.MaxRecord + 1);
        bytes[^2] = 1;
        disk[First] = bytes;
        Store.ReadAll(disk, out end);
        Assert.Equal(SegmentFormat.MaxRecord, end.TornBytes);
        bytes[^1] = 1;
        disk[First] = bytes;
        Assert.Equal(starts[3], Store.Refused(disk).Offset);
    }

    [Fact]
    public void Takes_a_record_at_another_place_for_no_record()
    {
        FaultyDisk disk = Store.Three(out int[] starts);
        byte[] bytes = disk[First];
        int length = starts[3] - starts[2];
        bytes.AsSpan(starts[2], length).CopyTo(bytes.AsSpan(starts[3]));
        Assert.Equal(3, Store.ReadAll(disk, out ScanEnd end).Count);
        Assert.Equal(length, end.TornBytes);

        bytes.AsSpan(0, length).CopyTo(bytes.AsSpan(starts[0]));
        Assert.Equal(ErrorCodes.Damaged, Store.Refused(disk).Code);
    }

    [Fact]
    public void Refuses_a_whole_record_that_does_not_belong()
    {
        FaultyDisk disk = Store.Three(out int[] starts);
        SegmentHeader header = SegmentHeader.Parse(disk[First], 0);
        foreach (
            Batch wrong in (Batch[])[Store.Batch(5, 1), Store.Batch(3, 1), Store.Batch(4, 1) with { FirstIndex = 6 }]
        )
        {
            Forge(disk, header, wrong, starts[3]);
            Assert.Equal(starts[3], Store.Refused(disk).Offset);
        }
        Forge(disk, header, Store.Batch(4, 1), starts[3]);
        Assert.Equal(4, Store.ReadAll(disk, out _).Count);
    }

    [Fact]
    public void Says_when_a_newer_version_wrote_the_ledger()
    {
        FaultyDisk disk = Store.Three(out int[] starts);
        SegmentHeader header = SegmentHeader.Parse(disk[First], 0);
        byte[] bytes = disk[First];
        int end = starts[3];
        bytes[starts[2] + 12] = 2;
        Fix(bytes, header.Id, starts[2], starts[2] + 44);
        Fix(bytes, header.Id, starts[2], end - 4);
        Assert.Equal(ErrorCodes.UnknownFormat, Store.Refused(disk).Code);

        bytes[8] = 2;
        Fix(bytes, [], 0, 60);
        Assert.Equal(ErrorCodes.UnknownFormat, Store.Refused(disk).Code);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_flag_that_the_entries_belie_is_damage(bool erased)
    {
        FaultyDisk disk = Store.Three(out int[] starts);
        SegmentHeader header = SegmentHeader.Parse(disk[First], 0);
        Batch batch = Store.Batch(3, 1);
        Batch stored = erased ? batch with { Entries = [batch.Entries[0].Erase()] } : batch;
        Forge(disk, header, stored, starts[2]);
        int end = starts[2] + (int)SegmentFormat.RecordLength(stored.Entries, stored.Checkpoint.Length);
        Assert.Equal(erased, Store.ReadAll(disk, out _)[^1].Entries[0].IsErased);

        disk[First][starts[2] + 12] ^= 1;
        Fix(disk[First], header.Id, starts[2], starts[2] + 44);
        Fix(disk[First], header.Id, starts[2], end - 4);
        Assert.Equal(ErrorCodes.Damaged, Store.Refused(disk).Code);
    }

    [Theory]
    [InlineData(5, "garbage")]
    [InlineData(5, "signed 1")]
    [InlineData(5, "signed 4")]
    [InlineData(0, "signed 1")]
    [InlineData(3, "signed 4")]
    public void Is_not_misled_by_a_payload_that_holds_a_whole_record(long first, string checkpoint)
    {
        FaultyDisk disk = Store.Three(out int[] starts);
        SegmentHeader header = SegmentHeader.Parse(disk[First], 0);
        // 8-byte entry: the payload begins at a multiple of 8, and its author knows the file's id and where it will lie.
        int payloadAt = starts[3] + RecordCodec.HeaderLength + RecordCodec.EntryHeaderLength + 8;
        byte[] imitation = Record(header, Store.Batch(first, 1) with { Checkpoint = Ascii(checkpoint) }, payloadAt);
        var entry = new StoredEntry(Ascii("8 bytes!"), imitation, new byte[SegmentFormat.SaltLength]);
        using (SegmentWriter writer = Store.Open(disk, out _, out _))
        {
            writer.Append(new Batch(4, [entry], Store.Checkpoint(5)));
        }
        Assert.True(disk[First].AsSpan(payloadAt).StartsWith(RecordCodec.Magic));
        Assert.Equal(4, Store.ReadAll(disk, out _).Count);
        disk[First][starts[3]] ^= 1;
        Assert.Equal(3, Store.ReadAll(disk, out ScanEnd end).Count);
        Assert.True(end.TornBytes > imitation.Length);

        // Had it a checkpoint that passes, it would be taken for a later record.
        using var credulous = new SegmentReader(Store.Ledger, disk, (_, _) => true);
        if (first >= 4)
        {
            Assert.Throws<TessraxException>(() => credulous.ReadAll().Count());
        }
    }

    private static void Forge(FaultyDisk disk, SegmentHeader header, Batch batch, int at) =>
        Record(header, batch, at).CopyTo(disk[First], at);

    private static byte[] Record(SegmentHeader header, Batch batch, long at)
    {
        byte[] record = new byte[SegmentFormat.RecordLength(batch.Entries, batch.Checkpoint.Length)];
        RecordCodec.Write(batch, header.Id, at, record);
        return record;
    }

    private static void Fix(byte[] bytes, byte[] id, int from, int checksumAt) =>
        BitConverter.TryWriteBytes(bytes.AsSpan(checksumAt), Crc32C.Of(id, bytes.AsSpan(from, checksumAt - from)));

    private static byte[] Ascii(string text) => System.Text.Encoding.ASCII.GetBytes(text);
}
