using Tessrax.Node.Segments;
using Tessrax.Node.Tests.Files;
using Xunit;

namespace Tessrax.Node.Tests.Segments;

/// <summary>Full segments end with their last record, and an entry in one is found without reading what lies before it.</summary>
public sealed class PlacesTests
{
    private const int PerSegment = 50;
    private const int Count = 170;

    [Fact]
    public void A_full_segment_gives_back_its_zeros_and_the_active_one_keeps_them()
    {
        FaultyDisk disk = Filled();
        for (int number = 0; number < 3; number++)
            Assert.NotEqual(0, disk[Store.PathOf(number)][^5..].Max());
        Assert.Equal(0, disk[Store.PathOf(3)].Length % 4096);
        Assert.Equal(Count, Store.ReadAll(disk, out _).Sum(batch => batch.Entries.Count));
    }

    [Fact]
    public void Any_entry_of_an_old_segment_is_read_by_its_place()
    {
        FaultyDisk disk = Filled();
        // Everything before the entry is unreadable, so whoever begins at the start fails.
        byte[] bytes = disk[Store.PathOf(1)];
        bytes.AsSpan(100, bytes.Length / 2).Fill(0xEE);
        using var reader = new SegmentReader(Store.Ledger, disk, Store.IsSigned);
        for (long index = 85; index < 100; index++)
            Assert.Equal(Store.Entry(index).Entry.ToArray(), reader.Read(index).Entry.ToArray());
        Assert.Equal(91, reader.ReadAll(91).First().FirstIndex);
        Assert.Equal(ErrorCodes.Damaged, Assert.Throws<TessraxException>(() => reader.Read(60)).Code);
    }

    [Fact]
    public void A_places_file_that_is_missing_or_wrong_does_no_harm()
    {
        FaultyDisk disk = Filled();
        string path = PlacesFile.PathOf(Store.PathOf(1));
        byte[] right = [.. disk[path]];
        using SegmentFile file = new SegmentFolder(Store.Ledger, disk).Open(1);
        RecordPlace[] places = [.. PlacesFile.Parse(right, file.Header)!];
        // Its checksum holds, and yet it is a lie: every record is said to be one entry later.
        RecordPlace[] shifted =
        [
            .. places
                .Take(places.Length - 1)
                .Select((place, i) => place with { Position = i == 0 ? place.Position : place.Position + 8 }),
            places[^1],
        ];
        byte[]?[] wrong =
        [
            null,
            [],
            right[..^1],
            [.. right[..60], (byte)(right[60] ^ 1), .. right[61..]],
            disk[PlacesFile.PathOf(Store.PathOf(0))],
            PlacesFile.ToBytes(file.Header, shifted),
        ];
        foreach (byte[]? content in wrong)
        {
            if (content is null)
                disk.Remove(path);
            else
                disk[path] = content;
            using var reader = new SegmentReader(Store.Ledger, disk, Store.IsSigned);
            for (long index = PerSegment; index < 2 * PerSegment; index++)
                Assert.Equal(Store.Entry(index).Entry.ToArray(), reader.Read(index).Entry.ToArray());
            Assert.Equal(Count - 77, CountFrom(reader, 77));
        }
    }

    [Fact]
    public void Bytes_that_are_no_places_are_refused_without_an_exception()
    {
        FaultyDisk disk = Filled();
        byte[] right = disk[PlacesFile.PathOf(Store.PathOf(1))];
        using SegmentFile file = new SegmentFolder(Store.Ledger, disk).Open(1);
        Assert.NotNull(PlacesFile.Parse(right, file.Header));
        var random = new Random(5);
        for (int round = 0; round < 2000; round++)
        {
            byte[] bytes = [.. right[..random.Next(right.Length + 1)]];
            for (int i = random.Next(4); i > 0 && bytes.Length > 0; i--)
                bytes[random.Next(bytes.Length)] = (byte)random.Next(256);
            if (bytes.Length > 44)
            {
                // With a true checksum: what is inside must be judged.
                uint checksum = Crc32C.Of([], bytes.AsSpan(0, bytes.Length - 4));
                System.Buffers.Binary.BinaryPrimitives.WriteUInt32LittleEndian(
                    bytes.AsSpan(bytes.Length - 4),
                    checksum
                );
            }
            List<RecordPlace>? places = PlacesFile.Parse(bytes, file.Header);
            if (places is not null)
                Assert.Equal(PerSegment, places.Sum(place => place.Count));
        }
    }

    [Fact]
    public void What_is_known_of_records_is_bounded()
    {
        var disk = new FaultyDisk();
        using (SegmentWriter writer = Store.Create(disk, perSegment: 2))
        {
            while (writer.Size < 60)
                writer.Append(Store.Batch(writer.Size, 1));
        }
        var folder = new SegmentFolder(Store.Ledger, disk);
        using var reader = new SegmentReader(folder, Store.IsSigned);
        Assert.Equal(60, CountFrom(reader, 0));
        int known = Enumerable.Range(0, 30).Count(number => folder.Knows(number));
        Assert.InRange(known, 1, 8);
        Assert.True(folder.Knows(29));
        for (long index = 0; index < 60; index++)
            Assert.Equal(Store.Entry(index).Entry.ToArray(), reader.Read(index).Entry.ToArray());
    }

    private static long CountFrom(SegmentReader reader, long from) =>
        reader.ReadAll(from).Sum(batch => batch.NextIndex - Math.Max(from, batch.FirstIndex));

    private static FaultyDisk Filled()
    {
        var disk = new FaultyDisk();
        using SegmentWriter writer = Store.Create(disk, PerSegment);
        while (writer.Size < Count)
            writer.Append(Store.Batch(writer.Size, writer.Size % 7 == 0 ? Math.Min(2, writer.Room) : 1));
        return disk;
    }
}
