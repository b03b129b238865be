using System.Text;
using Tessrax.Cli.QrCodes;

namespace Tessrax.EndToEnd.Tests;

/// <summary>QR codes as another program reads them.</summary>
public sealed class QrCodeTests : IDisposable
{
    private readonly Ctl folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public void Every_size_is_read_to_the_letter()
    {
        // The most that fits in each of the forty versions, and the least that takes the next.
        int[] lengths = [.. Enumerable.Range(1, 40).Select(Room)];
        Assert.Equal((14, 2331), (lengths[0], lengths[^1]));
        Parallel.ForEach(
            lengths.Where((_, i) => i < 12 || i % 3 == 0).Append(1),
            length =>
            {
                string text = Text(length);
                string picture = folder.PathOf($"{length}.png");
                File.WriteAllBytes(picture, QrPng.Of(QrCode.Of(Encoding.ASCII.GetBytes(text))));
                Assert.Equal(text, Zbar.Read(picture));
            }
        );
        Assert.All(lengths.SkipLast(1), (length, i) => Assert.Equal(i + 2, QrVersion.For(length + 1).Number));
    }

    [Fact]
    public void More_than_the_largest_holds_is_refused()
    {
        var refused = Assert.Throws<TessraxException>(() => QrCode.Of(new byte[QrVersion.MaxBytes + 1]));
        Assert.Equal(ErrorCodes.QrTooLarge, refused.Code);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_terminal_shows_the_same(bool colour)
    {
        string text = Text(456);
        string drawn = QrText.Of(QrCode.Of(Encoding.ASCII.GetBytes(text)), colour);
        Assert.Equal(colour, drawn.Contains('\e', StringComparison.Ordinal));
        string[] lines = drawn
            .Replace("\e[30;107m", "", StringComparison.Ordinal)
            .Replace("\e[0m", "", StringComparison.Ordinal)
            .Split('\n', StringSplitOptions.RemoveEmptyEntries);
        // Two rows a line, as a camera would see them.
        var picture = new StringBuilder($"P2 {4 * lines[0].Length} {8 * lines.Length} 1\n");
        foreach (string line in lines)
        {
            Assert.Equal(lines[0].Length, line.Length);
            foreach (char dark in (char[])['▀', '▄'])
                Repeat(picture, string.Concat(line.Select(c => c == '█' || c == dark ? "0 0 0 0 " : "1 1 1 1 ")));
        }
        folder.Write("seen.pgm", picture.ToString());
        Assert.Equal(text, Zbar.Read(folder.PathOf("seen.pgm")));
    }

    private static int Room(int version)
    {
        var of = new QrVersion(version);
        return (8 * of.DataBytes - 4 - of.CountBits) / 8;
    }

    private static string Text(int length) =>
        string.Concat(Enumerable.Range(0, length).Select(i => (char)('!' + (i * 37 + i / 7) % 90)));

    private static void Repeat(StringBuilder picture, string row)
    {
        for (int i = 0; i < 4; i++)
            picture.Append(row).Append('\n');
    }
}
