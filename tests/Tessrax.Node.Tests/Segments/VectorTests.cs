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
    private static readonly JsonElement Vector = Read("segment.json");

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

    [Theory]
    [InlineData("segment.json")]
    [InlineData("erased.json")]
    public void Writes_the_bytes_of_the_vector(string name)
    {
        JsonElement vector = Read(name);
        var disk = new FaultyDisk();
        using SegmentWriter writer = SegmentWriter.Create(Store.Ledger, disk, Store.IsSigned, Count);
        writer.Append(Expected(vector));
        byte[] header = Hex(vector, "header");
        byte[] record = Hex(vector, "record");
        byte[] file = disk[Store.PathOf(0)];
        Assert.Equal(header, file[..header.Length]);
        Assert.Equal(record, file[header.Length..(header.Length + record.Length)]);
        Assert.Equal(-1, file.AsSpan(header.Length + record.Length).IndexOfAnyExcept((byte)0));
    }

    [Theory]
    [InlineData("segment.json")]
    [InlineData("erased.json")]
    public void Reads_the_bytes_of_the_vector(string name)
    {
        JsonElement vector = Read(name);
        var disk = new FaultyDisk();
        disk.CreateDirectory(Path.GetDirectoryName(Store.PathOf(0))!);
        disk[Store.PathOf(0)] = [.. Hex(vector, "header"), .. Hex(vector, "record")];
        Batch batch = Assert.Single(Store.ReadAll(disk, out ScanEnd end));
        Store.AssertSame(Expected(vector), batch);
        long length = 64 + Hex(vector, "record").Length;
        Assert.Equal(new ScanEnd(2, length, 0, "segments/0000000000.seg", length), end);
    }

    private static JsonElement Read(string name) =>
        JsonDocument.Parse(File.ReadAllBytes(Spec.Path("vectors", "storage", name))).RootElement;

    private static Batch Expected(JsonElement vector) =>
        new(
            vector.GetProperty("firstIndex").GetInt64(),
            [.. vector.GetProperty("entries").EnumerateArray().Select(Entry)],
            Encoding.ASCII.GetBytes(vector.GetProperty("checkpoint").GetString()!)
        );

    private static StoredEntry Entry(JsonElement entry) =>
        new(
            Encoding.ASCII.GetBytes(entry.GetProperty("entry").GetString()!),
            Encoding.ASCII.GetBytes(entry.GetProperty("payload").GetString() ?? ""),
            Convert.FromHexString(entry.GetProperty("salt").GetString() ?? ""),
            entry.TryGetProperty("erased", out JsonElement erased) && erased.GetBoolean()
        );

    private static byte[] Hex(JsonElement vector, string name) =>
        Convert.FromHexString(vector.GetProperty(name).GetString()!);

    private static void Count(Span<byte> destination)
    {
        for (int i = 0; i < destination.Length; i++)
        {
            destination[i] = (byte)i;
        }
    }
}
