using Tessrax.Node.Segments;
using Tessrax.Node.Tests.Files;
using Xunit;

namespace Tessrax.Node.Tests.Segments;

public sealed class SegmentsTests
{
    [Fact]
    public void Reads_what_was_appended_from_any_index_on()
    {
        var disk = new FaultyDisk();
        List<Batch> batches = Fill(disk, perSegment: 10, count: 12);
        using var reader = new SegmentReader(Store.Ledger, disk, Store.IsSigned);
        for (int round = 0; round < 2; round++)
        {
            for (long from = batches[^1].NextIndex; from >= 0; from--)
            {
                List<Batch> expected = [.. batches.Where(batch => batch.NextIndex > from)];
                List<Batch> found = [.. reader.ReadAll(from)];
                Assert.Equal(expected.Count, found.Count);
                Store.AssertPrefix(found, expected);
                Assert.Equal(batches[^1].NextIndex, reader.End!.Size);
            }
        }
    }

    [Fact]
    public void Reads_single_entries_in_any_order()
    {
        var disk = new FaultyDisk();
        long size = Fill(disk, perSegment: 10, count: 12)[^1].NextIndex;
        using var reader = new SegmentReader(Store.Ledger, disk, Store.IsSigned);
        foreach (long index in Enumerable.Range(0, (int)size).Select(i => i * 7L % size))
        {
            Assert.True(reader.Read(index).Entry.Span.SequenceEqual(Store.Entry(index).Entry.Span));
        }
        Assert.Equal(ErrorCodes.NoSuchEntry, Assert.Throws<TessraxException>(() => reader.Read(size)).Code);
    }

    [Fact]
    public void The_writer_reads_what_it_wrote_and_notices_damage()
    {
        var disk = new FaultyDisk();
        using SegmentWriter writer = Store.Create(disk, 10);
        writer.Append(Store.Batch(0, 3));
        Assert.True(writer.Reader.Read(2).Payload.Span.SequenceEqual(Store.Entry(2).Payload.Span));
        disk[Store.PathOf(0)][SegmentHeader.Length + 70] ^= 1;
        Assert.Equal(ErrorCodes.Damaged, Assert.Throws<TessraxException>(() => writer.Reader.Read(2)).Code);
    }

    [Fact]
    public void Rolls_to_the_next_segment_when_one_is_full()
    {
        var disk = new FaultyDisk();
        using SegmentWriter writer = Store.Create(disk, 4);
        writer.Append(Store.Batch(0, 3));
        Assert.Equal(1, writer.Room);
        Assert.Throws<ArgumentException>(() => writer.Append(Store.Batch(3, 2)));
        writer.Append(Store.Batch(3, 1));
        Assert.False(disk.Exists(Store.PathOf(1)));
        Assert.Equal(4, writer.Room);
        writer.Append(Store.Batch(4, 4));
        Assert.True(disk.Exists(Store.PathOf(1)));
        using SegmentWriter again = Store.Open(disk, out List<Batch> batches, out ScanEnd end);
        Assert.Equal(3, batches.Count);
        Assert.Equal("segments/0000000001.seg", end.File);
        again.Append(Store.Batch(8, 1));
        Assert.True(disk.Exists(Store.PathOf(2)));
    }

    [Fact]
    public void Rolls_at_65536_by_default()
    {
        var disk = new FaultyDisk();
        using SegmentWriter writer = Store.Create(disk);
        writer.Append(Store.Batch(0, 40_000));
        writer.Append(Store.Batch(40_000, 25_536));
        writer.Append(Store.Batch(65_536, 1));
        Assert.Equal(65_535, writer.Room);
        Assert.Equal(3, Store.ReadAll(disk, out ScanEnd end).Count);
        Assert.Equal("segments/0000000001.seg", end.File);
    }

    [Fact]
    public void Refuses_segments_that_are_missing_swapped_or_from_another_ledger()
    {
        var disk = new FaultyDisk();
        Fill(disk, perSegment: 3, count: 6);
        byte[][] files = [.. Enumerable.Range(0, 3).Select(number => disk[Store.PathOf(number)])];
        (disk[Store.PathOf(0)], disk[Store.PathOf(1)]) = (files[1], files[0]);
        Assert.Equal(ErrorCodes.Damaged, Store.Refused(disk).Code);
        (disk[Store.PathOf(0)], disk[Store.PathOf(1)]) = (files[0], files[1]);
        Store.ReadAll(disk, out _);

        var other = new FaultyDisk();
        Fill(other, perSegment: 3, count: 6, seed: 99);
        disk[Store.PathOf(1)] = other[Store.PathOf(1)];
        Assert.Contains("another ledger", Store.Refused(disk).Message, StringComparison.Ordinal);

        for (int number = 0; number < 2; number++)
        {
            byte[] kept = disk[Store.PathOf(number)];
            disk.Remove(Store.PathOf(number));
            Assert.Contains($"000{number}.seg", Store.Refused(disk).Message, StringComparison.Ordinal);
            disk[Store.PathOf(number)] = kept;
        }
    }

    [Fact]
    public void Refuses_damage_at_the_end_of_a_segment_that_another_follows()
    {
        var disk = new FaultyDisk();
        Fill(disk, perSegment: 3, count: 6);
        byte[] first = disk[Store.PathOf(0)];
        int end = first.AsSpan().LastIndexOfAnyExcept((byte)0);
        first[end] ^= 1;
        Assert.Equal(ErrorCodes.Damaged, Store.Refused(disk).Code);
        first[end] ^= 1;
        disk[Store.PathOf(0)] = [.. first, 0, 0, 1];
        Assert.Contains("only zeros", Store.Refused(disk).Message, StringComparison.Ordinal);
        disk[Store.PathOf(0)] = first[..(end - 50)];
        Assert.Equal(ErrorCodes.Damaged, Store.Refused(disk).Code);
    }

    [Fact]
    public void Hands_out_the_batches_before_the_damage()
    {
        FaultyDisk disk = Store.Three(out int[] starts);
        disk[Store.PathOf(0)][starts[1] + 60] ^= 1;
        using var reader = new SegmentReader(Store.Ledger, disk, Store.IsSigned);
        int count = 0;
        Assert.Throws<TessraxException>(() =>
        {
            foreach (Batch batch in reader.ReadAll())
            {
                count++;
            }
        });
        Assert.Equal(1, count);
    }

    [Fact]
    public void Never_creates_over_segments_and_finds_none_where_none_are()
    {
        FaultyDisk disk = Store.Three(out _);
        Assert.Equal(ErrorCodes.AlreadyExists, Assert.Throws<TessraxException>(() => Store.Create(disk)).Code);
        Assert.Equal(ErrorCodes.NotALedger, Store.Refused(new FaultyDisk()).Code);
        disk.Remove(Store.PathOf(0));
        Assert.Equal(ErrorCodes.Damaged, Store.Refused(disk).Code);
    }

    [Fact]
    public void Takes_the_longest_entries()
    {
        using SegmentWriter writer = Store.Create(new FaultyDisk());
        StoredEntry most = new(
            new byte[SegmentFormat.MaxEntry],
            new byte[SegmentFormat.MaxPayload],
            new byte[SegmentFormat.SaltLength]
        );
        writer.Append(new Batch(0, [.. Enumerable.Repeat(most, 15)], Store.Checkpoint(15)));
        Assert.Equal(most.Payload.Length, writer.Reader.Read(14).Payload.Length);
    }

    private static List<Batch> Fill(FaultyDisk disk, int perSegment, int count, int seed = 7)
    {
        var batches = new List<Batch>();
        using SegmentWriter writer = Store.Create(disk, perSegment, seed);
        for (int i = 0; i < count; i++)
        {
            Batch batch = Store.Batch(writer.Size, Math.Min(writer.Room, 1 + (i % 4)));
            writer.Append(batch);
            batches.Add(batch);
        }
        return batches;
    }
}
