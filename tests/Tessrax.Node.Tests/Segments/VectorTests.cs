using System.Globalization;
using System.Text;
using System.Text.Json;
using Tessrax.Node.Segments;
using Tessrax.Node.Tests.Files;
using Tessrax.Tests;
using Xunit;

namespace Tessrax.Node.Tests.Segments;

public sealed class VectorTests
{
    private static readonly JsonElement Vector = JsonDocument
        .Parse(File.ReadAllBytes(Spec.Path("vectors", "storage", "segment.json")))
        .RootElement;

    [Fact]
    public void Computes_the_checksums()
    {
        foreach (JsonElement one in Vector.GetProperty("crc32c").EnumerateArray())
        {
            byte[] text = Encoding.ASCII.GetBytes(one.GetProperty("ascii").GetString()!);
            uint expected = uint.Parse(
                one.GetProperty("crc").GetString()!,
                NumberStyles.HexNumber,
                CultureInfo.InvariantCulture
            );
            for (int cut = 0; cut <= text.Length; cut++)
            {
                Assert.Equal(expected, Crc32C.Of(text.AsSpan(0, cut), text.AsSpan(cut)));
            }
        }
    }

    [Fact]
    public void Writes_the_bytes_of_the_vector()
    {
        var disk = new FaultyDisk();
        using SegmentWriter writer = SegmentWriter.Create(Store.Ledger, disk, Store.IsSigned, Count);
        writer.Append(Expected());
        byte[] header = Hex("header");
        byte[] record = Hex("record");
        byte[] file = disk[Store.PathOf(0)];
        Assert.Equal(header, file[..header.Length]);
        Assert.Equal(record, file[header.Length..(header.Length + record.Length)]);
        Assert.Equal(-1, file.AsSpan(header.Length + record.Length).IndexOfAnyExcept((byte)0));
    }

    [Fact]
    public void Reads_the_bytes_of_the_vector()
    {
        var disk = new FaultyDisk();
        disk.CreateDirectory(Path.GetDirectoryName(Store.PathOf(0))!);
        disk[Store.PathOf(0)] = [.. Hex("header"), .. Hex("record")];
        Batch batch = Assert.Single(Store.ReadAll(disk, out ScanEnd end));
        Store.AssertSame(Expected(), batch);
        Assert.Equal(new ScanEnd(2, 192, 0, "segments/0000000000.seg", 192), end);
    }

    private static Batch Expected() =>
        new(
            Vector.GetProperty("firstIndex").GetInt64(),
            [.. Vector.GetProperty("entries").EnumerateArray().Select(Entry)],
            Encoding.ASCII.GetBytes(Vector.GetProperty("checkpoint").GetString()!)
        );

    private static StoredEntry Entry(JsonElement entry) =>
        new(
            Encoding.ASCII.GetBytes(entry.GetProperty("entry").GetString()!),
            Encoding.ASCII.GetBytes(entry.GetProperty("payload").GetString() ?? ""),
            Convert.FromHexString(entry.GetProperty("salt").GetString() ?? "")
        );

    private static byte[] Hex(string name) => Convert.FromHexString(Vector.GetProperty(name).GetString()!);

    private static void Count(Span<byte> destination)
    {
        for (int i = 0; i < destination.Length; i++)
        {
            destination[i] = (byte)i;
        }
    }
}
