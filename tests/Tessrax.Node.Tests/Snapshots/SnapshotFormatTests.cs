using System.Buffers.Binary;
using Tessrax.Node.Segments;
using Tessrax.Node.Snapshots;
using Tessrax.Node.Tests.Segments;
using Tessrax.Tests;
using Xunit;

namespace Tessrax.Node.Tests.Snapshots;

/// <summary>What the file is, and that whatever else it might be is refused.</summary>
public sealed class SnapshotFormatTests
{
    private static readonly int[] Digests = [3013, 3027, 3028];

    [Theory]
    [InlineData(1, false)]
    [InlineData(40, false)]
    [InlineData(40, true)]
    public void Reads_what_was_written(int count, bool erased)
    {
        byte[] file = SnapshotSamples.Text(count, SnapshotKind.Backup, payload: 5000, erased);
        List<Batch> read = SnapshotSamples.Read(file, out List<(string Name, byte[] Bytes)> files);
        List<Batch> written = SnapshotSamples.Batches(count, 5000, erased);
        Assert.Equal(written.Count, read.Count);
        Store.AssertPrefix(read, written);
        Assert.Equal(erased ? count : 0, read.SelectMany(b => b.Entries).Count(e => e.IsErased));
        (string name, byte[] bytes) = Assert.Single(files);
        Assert.StartsWith("evidence/", name, StringComparison.Ordinal);
        Assert.Equal(Store.Bytes(100, 5), bytes);
    }

    [Fact]
    public void A_content_of_whole_chunks_ends_in_an_empty_one()
    {
        // Pad the last file's length so that the content is a multiple of the chunk.
        byte[] content = new byte[2 * SnapshotFormat.ChunkContent];
        byte[] file = SnapshotSamples.Wrap(SnapshotKind.Snapshot, content);
        Assert.Equal(16 + 2 * (SnapshotFormat.ChunkContent + 36) + 36, file.Length);
        Assert.Equal(content, SnapshotSamples.Content(file));
        Assert.Equal(3028, Assert.Throws<TessraxException>(() => SnapshotSamples.Content(file[..^36])).Code.Number);
    }

    [Fact]
    public void Every_flipped_bit_of_a_byte_is_refused_and_placed()
    {
        byte[] file = SnapshotSamples.Text(2, SnapshotKind.Backup);
        for (int at = 0; at < file.Length; at++)
        {
            byte[] changed = [.. file];
            changed[at] ^= (byte)(1 << (at % 8));
            TessraxException refused = SnapshotSamples.Refused(changed);
            Assert.Contains(refused.Code.Number, Digests);
            Assert.Contains(SnapshotSamples.File, refused.Message, StringComparison.Ordinal);
            Assert.True(at < 16 || refused.Code == ErrorCodes.SnapshotDamaged, $"at {at}: {refused.Message}");
        }
    }

    [Fact]
    public void Every_cut_is_refused_and_so_is_anything_after_the_end()
    {
        byte[] file = SnapshotSamples.Text(2, SnapshotKind.Backup);
        for (int length = 0; length < file.Length; length++)
            Assert.Equal(length < 8 ? 3027 : 3028, SnapshotSamples.Refused(file[..length]).Code.Number);
        Assert.Equal(3028, SnapshotSamples.Refused([.. file, 0]).Code.Number);
        Assert.Equal(3028, SnapshotSamples.Refused([.. file, .. file]).Code.Number);
    }

    [Fact]
    public void Chunks_of_a_large_file_can_be_neither_changed_nor_moved_nor_cut_off()
    {
        byte[] file = SnapshotSamples.Text(60, SnapshotKind.Backup, payload: 4000);
        const int whole = SnapshotFormat.ChunkContent + 36;
        int chunks = (file.Length - 16) / whole;
        Assert.True(chunks >= 4);
        for (int chunk = 0; chunk <= chunks; chunk++)
        {
            int start = 16 + chunk * whole;
            foreach (int within in (int[])[0, 3, 4, 1000])
            {
                byte[] changed = [.. file];
                changed[Math.Min(start + within, file.Length - 1)] ^= 4;
                TessraxException refused = SnapshotSamples.Refused(changed);
                Assert.Equal(ErrorCodes.SnapshotDamaged, refused.Code);
                Assert.Equal(start, refused.Offset);
            }
            Assert.Equal(ErrorCodes.SnapshotDamaged, SnapshotSamples.Refused(file[..start]).Code);
        }
        byte[] swapped = [.. file];
        file.AsSpan(16, whole).CopyTo(swapped.AsSpan(16 + whole));
        file.AsSpan(16 + whole, whole).CopyTo(swapped.AsSpan(16));
        Assert.Equal(16, SnapshotSamples.Refused(swapped).Offset);
    }

    [Fact]
    public void Nothing_is_handed_out_of_a_chunk_whose_digest_does_not_hold()
    {
        byte[] file = SnapshotSamples.Text(60, payload: 4000);
        file[16 + SnapshotFormat.ChunkContent + 36 + 500] ^= 1;
        using SnapshotReader reader = SnapshotSamples.Open(file);
        var read = new List<Batch>();
        Assert.Throws<TessraxException>(() => read.AddRange(reader.Batches().Select(b => b)));
        long bytes = read.Sum(b => SegmentFormat.RecordLength(b.Entries, b.Checkpoint.Length));
        Assert.InRange(bytes, 1, SnapshotFormat.ChunkContent + 2 * 4096);
    }

    [Fact]
    public void Another_version_and_another_kind_are_told_from_damage()
    {
        byte[] file = SnapshotSamples.Text(1);
        BinaryPrimitives.WriteInt32LittleEndian(file.AsSpan(8), 2);
        Assert.Equal(ErrorCodes.UnknownFormat, SnapshotSamples.Refused(file).Code);
        Assert.Equal(
            ErrorCodes.UnknownFormat,
            SnapshotSamples.Refused(SnapshotSamples.Wrap((SnapshotKind)3, [1])).Code
        );
        Assert.Equal(ErrorCodes.NotASnapshot, SnapshotSamples.Refused("{\"bundle\":1}"u8.ToArray()).Code);
    }

    /// <summary>The hostile files: all digests hold, and the content is not what a snapshot says.</summary>
    [Fact]
    public void Content_that_a_stranger_made_up_is_refused_wherever_it_lies()
    {
        byte[] content = SnapshotSamples.Content(SnapshotSamples.Text(1, SnapshotKind.Backup));
        int batch = 5 + BinaryPrimitives.ReadInt32LittleEndian(content.AsSpan(1));
        int file = content.Length - 100 - 8 - 64 - 3;
        int lines = content.AsSpan().IndexOf("\u2014 example.com"u8);
        (string Expected, Func<byte[], byte[]> Change)[] all =
        [
            ("facts", c => Put(c, 0, 2)),
            ("facts", c => Number(c, 1, 4097)),
            ("facts", c => Put(c, 6, (byte)' ')),
            ("a batch, or", c => Put(c, batch, 9)),
            ("number of entries", c => Number(c, batch + 1, 0)),
            ("number of entries", c => Number(c, batch + 1, 65_537)),
            ("an entry", c => Number(c, batch + 5, 65_536)),
            ("an entry", c => Number(c, batch + 5, 0)),
            ("a payload", c => Number(c, batch + 9, 1_048_577)),
            ("a payload", c => Number(c, batch + 9, 0)),
            ("a payload", c => Number(c, batch + 9, 0xFFFF_FFFD)),
            ("signature lines", c => Number(c, lines - 4, 65_536)),
            ("signature lines", c => Put(c, lines, (byte)'-')),
            ("last batch again", c => Put(c, file - 10, (byte)'x')),
            ("a file, or the end", c => Put(c, file, 5)),
            ("a place", c => Put(c, file + 1, 9)),
            ("a name", c => Put(c, file + 2, 65)),
            ("a name", c => Put(c, file + 3, (byte)'/')),
            ("a name", c => Put(c, file + 3, (byte)'A')),
            ("the length", c => Put(c, file + 67 + 7, 0x80)),
            ("ends in the middle", c => Put(c, file + 67 + 3, 1)),
            ("a file, or the end", c => Put(c, file + 67, 99)),
            ("each once", c => [.. c, .. c[file..]]),
        ];
        foreach ((string expected, Func<byte[], byte[]> change) in all)
        {
            TessraxException refused = SnapshotSamples.Refused(
                SnapshotSamples.Wrap(SnapshotKind.Backup, change([.. content]))
            );
            Assert.Equal(ErrorCodes.SnapshotDamaged, refused.Code);
            Assert.Contains(expected, refused.Message, StringComparison.Ordinal);
        }
        // Evidence is no part of a snapshot.
        Assert.Contains(
            "a place",
            SnapshotSamples.Refused(SnapshotSamples.Wrap(SnapshotKind.Snapshot, content)).Message,
            StringComparison.Ordinal
        );
    }

    [Theory]
    [InlineData(".hidden")]
    [InlineData("-dash")]
    [InlineData("../log.key")]
    [InlineData("a/b")]
    [InlineData("a\0b")]
    [InlineData("")]
    public void No_name_leads_out_of_its_directory(string name)
    {
        foreach (SnapshotPlace place in Enum.GetValues<SnapshotPlace>())
            Assert.False(SnapshotFormat.IsName(place, name));
        Assert.True(SnapshotFormat.IsName(SnapshotPlace.Keys, "log.key"));
        Assert.False(SnapshotFormat.IsName(SnapshotPlace.Own, "ledger.json"));
    }

    [Fact]
    public void A_length_that_promises_much_costs_nothing()
    {
        // 16 MiB of entries are promised, and the file ends there.
        byte[] content = SnapshotSamples.Content(SnapshotSamples.Text(1));
        int batch = 5 + BinaryPrimitives.ReadInt32LittleEndian(content.AsSpan(1));
        byte[] file = SnapshotSamples.Wrap(SnapshotKind.Snapshot, Number(content[..(batch + 5)], batch + 1, 65_536));
        long before = GC.GetAllocatedBytesForCurrentThread();
        Assert.Equal(ErrorCodes.SnapshotDamaged, SnapshotSamples.Refused(file).Code);
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 1 << 20);
    }

    [Theory]
    [InlineData("ledger.snapshot", SnapshotKind.Snapshot)]
    [InlineData("ledger.backup", SnapshotKind.Backup)]
    public void Writes_the_bytes_of_the_vector_from_what_it_reads_there(string name, SnapshotKind kind)
    {
        byte[] vector = File.ReadAllBytes(Spec.Path("vectors", "snapshot", name));
        using SnapshotReader reader = SnapshotSamples.Open(vector);
        using var again = new MemoryStream();
        var writer = new SnapshotWriter(kind, reader.Facts, again.Write);
        foreach (Batch batch in reader.Batches())
            writer.Add(batch);
        writer.EndLedger();
        foreach (SnapshotFile file in reader.Files())
            writer.AddFile(file.Place, file.Name, file.Length, file.CopyTo);
        writer.Finish();
        Assert.Equal(vector, again.ToArray());
        using var facts = System.Text.Json.JsonDocument.Parse(
            File.ReadAllBytes(Spec.Path("vectors", "snapshot", name + ".json"))
        );
        Assert.Equal(facts.RootElement.GetProperty("root").GetString(), reader.Facts.Hasher.Text(reader.Head.Root));
        Assert.Equal(facts.RootElement.GetProperty("size").GetInt64(), reader.Head.Size);
        reader.Finish();
        Assert.Equal(facts.RootElement.GetProperty("digest").GetString(), reader.Digest.ToString());
    }

    private static byte[] Put(byte[] bytes, int at, byte value)
    {
        bytes[at] = value;
        return bytes;
    }

    private static byte[] Number(byte[] bytes, int at, uint value)
    {
        BinaryPrimitives.WriteUInt32LittleEndian(bytes.AsSpan(at), value);
        return bytes;
    }
}
