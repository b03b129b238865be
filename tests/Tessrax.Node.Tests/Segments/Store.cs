using System.Globalization;
using System.Text;
using Tessrax.Node.Files;
using Tessrax.Node.Segments;
using Tessrax.Node.Tests.Files;
using Xunit;

namespace Tessrax.Node.Tests.Segments;

/// <summary>Small ledgers to break: entries and checkpoints that follow from their index, on a disk in memory.</summary>
internal static class Store
{
    public const string Ledger = "/ledger";

    /// <summary>A checkpoint is signed if it reads "signed SIZE".</summary>
    public static bool IsSigned(ReadOnlyMemory<byte> checkpoint, long size) =>
        checkpoint.Span.SequenceEqual(Checkpoint(size));

    public static byte[] Checkpoint(long size) => Encoding.ASCII.GetBytes($"signed {size}");

    public static StoredEntry Entry(long index, int payload = 40)
    {
        byte[] entry = Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $"entry number {index}"));
        return index % 3 == 1
            ? new StoredEntry(entry, default, default)
            : new StoredEntry(entry, Bytes(payload, index), Bytes(SegmentFormat.SaltLength, ~index));
    }

    public static Batch Batch(long first, int count, int payload = 40) =>
        new(first, [.. Enumerable.Range(0, count).Select(i => Entry(first + i, payload))], Checkpoint(first + count));

    /// <summary>One batch after another: how many entries each has, and how long their payloads are.</summary>
    public static List<Batch> Batches(IEnumerable<(int Count, int Payload)> workload)
    {
        var batches = new List<Batch>();
        foreach ((int count, int payload) in workload)
            batches.Add(Batch(batches.Count == 0 ? 0 : batches[^1].NextIndex, count, payload));
        return batches;
    }

    public static string PathOf(long number) => Path.Combine(Ledger, "segments", SegmentFormat.FileName(number));

    public static SegmentWriter Create(IDisk disk, int perSegment = SegmentFormat.EntriesPerSegment, int seed = 7) =>
        SegmentWriter.Create(Ledger, disk, IsSigned, Drawn(seed), perSegment);

    public static SegmentWriter Open(IDisk disk, out List<Batch> batches, out ScanEnd end)
    {
        var found = new List<Batch>();
        SegmentWriter writer = SegmentWriter.Open(Ledger, disk, IsSigned, Drawn(8), found.Add, out end);
        batches = found;
        return writer;
    }

    /// <summary>A ledger of one segment with records of one, two and one entries; and where the records begin.</summary>
    public static FaultyDisk Three(out int[] starts)
    {
        var disk = new FaultyDisk();
        using SegmentWriter writer = Create(disk);
        long at = SegmentHeader.Length;
        var positions = new List<int> { (int)at };
        foreach (int count in (int[])[1, 2, 1])
        {
            Batch batch = Batch(writer.Size, count);
            writer.Append(batch);
            at += SegmentFormat.RecordLength(batch.Entries, batch.Checkpoint.Length);
            positions.Add((int)at);
        }
        starts = [.. positions];
        return disk;
    }

    public static List<Batch> ReadAll(IDisk disk, out ScanEnd end)
    {
        using var reader = new SegmentReader(Ledger, disk, IsSigned);
        List<Batch> batches = [.. reader.ReadAll()];
        end = reader.End!;
        return batches;
    }

    public static TessraxException Refused(IDisk disk)
    {
        TessraxException byReader = Assert.Throws<TessraxException>(() => ReadAll(disk, out _));
        TessraxException byWriter = Assert.Throws<TessraxException>(() => Open(disk, out _, out _));
        Assert.Equal(byReader.Code, byWriter.Code);
        Assert.Equal(byReader.Message, byWriter.Message);
        return byReader;
    }

    public static void AssertPrefix(IReadOnlyList<Batch> batches, IReadOnlyList<Batch> of)
    {
        Assert.True(batches.Count <= of.Count);
        for (int i = 0; i < batches.Count; i++)
        {
            AssertSame(of[i], batches[i]);
        }
    }

    public static void AssertSame(Batch expected, Batch actual)
    {
        Assert.Equal(expected.FirstIndex, actual.FirstIndex);
        Assert.True(expected.Checkpoint.Span.SequenceEqual(actual.Checkpoint.Span));
        Assert.Equal(expected.Entries.Count, actual.Entries.Count);
        for (int i = 0; i < expected.Entries.Count; i++)
        {
            Assert.True(expected.Entries[i].Entry.Span.SequenceEqual(actual.Entries[i].Entry.Span));
            Assert.True(expected.Entries[i].Payload.Span.SequenceEqual(actual.Entries[i].Payload.Span));
            Assert.Equal(expected.Entries[i].IsErased, actual.Entries[i].IsErased);
            Assert.True(expected.Entries[i].Salt.Span.SequenceEqual(actual.Entries[i].Salt.Span));
        }
    }

    public static byte[] Bytes(int count, long seed)
    {
        byte[] bytes = new byte[count];
        new Random((int)(seed % 1_000_003)).NextBytes(bytes);
        return bytes;
    }

    public static RandomSource Drawn(int seed)
    {
        var random = new Random(seed);
        return destination => random.NextBytes(destination);
    }
}
