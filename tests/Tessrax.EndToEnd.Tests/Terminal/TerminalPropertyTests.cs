using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using CsCheck;
using Tessrax.Cli;
using Tessrax.Cli.Terminal;

namespace Tessrax.EndToEnd.Tests.Terminal;

/// <summary>Whatever a stranger wrote, a terminal shows it in the columns and colours that were meant, and obeys nothing of it.</summary>
public sealed class TerminalPropertyTests
{
    // What has broken terminals before: controls, marks that pile up, letters of two columns and of none, letters from right to left, halves of characters.
    private static readonly Gen<string> Hostile = Gen.OneOf(
            Gen.Char[' ', '~'].Select(c => c.ToString()),
            Among(
                " ",
                "  ",
                "word",
                "sha256:" + new string('a', 64),
                "\u001b[31m",
                "\u001b]0;title\u0007",
                "\r",
                "\n",
                "\t",
                "\0"
            ),
            Among("漢字", "한글", "👩‍👧", "é", "e\u0301", "\u0301", "🏴\U000E0067\U000E007F", "ﬁ", "\u200b", "\u00ad"),
            Among(
                "\u202e",
                "\u2066",
                "\u2069",
                "\u061c",
                "שלום",
                "مرحبا",
                "١٢٣",
                "\u2028",
                "\ufeff",
                "\u3164",
                "\ue000"
            ),
            Gen.Int[0, 0xFFFF].Select(c => ((char)c).ToString()),
            Gen.Int[0x10000, 0x10FFFF].Select(char.ConvertFromUtf32),
            Gen.Int[1, 30].Select(n => string.Concat(Enumerable.Repeat("\u0300", n)))
        )
        .List[0, 12]
        .Select(string.Concat);

    private static Gen<string> Among(params string[] texts) => Gen.Int[0, texts.Length - 1].Select(i => texts[i]);

    private static readonly Gen<Cell> Texts = Gen.Select(
        Hostile,
        Gen.Enum<Tone>(),
        (text, tone) => new Cell(text, tone)
    );

    [Fact]
    public void Every_cell_has_the_colour_and_the_place_that_were_meant() =>
        Gen.Select(Texts.List[1, 4], Texts.List[4, 12], Gen.Int[1, 130], Gen.Bool)
            .Sample(
                (line, cells, width, color) =>
                {
                    Page page = PageOf(line, cells);
                    using var bytes = new MemoryStream();
                    var output = new TextOutput(bytes, color, terminal: true, width);
                    output.Lines(page.Lay(width, isTerminal: true));
                    output.Flush();
                    VtScreen screen = VtScreen.Of(bytes.ToArray());
                    TextLine[] meant = [.. page.Lay(width, isTerminal: true)];
                    Assert.Equal(meant.Length, screen.Lines.Count);
                    for (int i = 0; i < meant.Length; i++)
                    {
                        Assert.InRange(screen.Lines[i].Sum(cell => cell.Width), 0, Math.Max(width, Page.LeastWidth));
                        Assert.Equal(CellsOf(meant[i], color), screen.Lines[i]);
                    }
                },
                iter: 1000
            );

    [Fact]
    public void A_pipe_gets_the_same_text_on_a_line_each_and_no_sequences() =>
        Gen.Select(Texts.List[1, 4], Texts.List[4, 12])
            .Sample(
                (line, cells) =>
                {
                    using var bytes = new MemoryStream();
                    var output = new TextOutput(bytes, color: false, terminal: false, CliContext.UnlimitedWidth);
                    output.Lines(PageOf(line, cells).Lay(CliContext.UnlimitedWidth, isTerminal: false));
                    output.Flush();
                    string text = Encoding.UTF8.GetString(bytes.ToArray());
                    Assert.DoesNotContain('\u001b', text);
                    Assert.DoesNotContain('\u2068', text);
                    // The line, the heads of the columns, the rows, and the tree of two.
                    Assert.Equal(1 + 1 + (cells.Count / 2) + 2, text.Count(c => c == '\n'));
                    Assert.Equal(text, Sanitized(text));
                },
                iter: 1000
            );

    [Fact]
    public void Cleaning_twice_changes_nothing_and_loses_nothing() =>
        Hostile.Sample(
            text =>
            {
                string clean = Sanitizer.Clean(text);
                Assert.Equal(clean, Sanitizer.Clean(clean));
                foreach (Rune rune in text.EnumerateRunes().Where(r => r != Rune.ReplacementChar))
                    Assert.Contains(
                        clean.Contains(rune.ToString(), StringComparison.Ordinal)
                            ? rune.ToString()
                            : $"\\u{{{rune.Value:X4}}}",
                        clean,
                        StringComparison.Ordinal
                    );
            },
            iter: 1000
        );

    [Theory]
    [InlineData("plain", "plain")]
    [InlineData("a\nb", "a\\u{000A}b")]
    [InlineData("\u001b[31m", "\\u{001B}[31m")]
    [InlineData("\u202edesrever", "\\u{202E}desrever")]
    [InlineData("x\U000E0041", "x\\u{E0041}")]
    [InlineData("\u0301a", "\u25CC\u0301a")]
    [InlineData("\ue0b0\uffff", "\\u{E0B0}\\u{FFFF}")]
    public void What_a_terminal_would_obey_or_hide_stands_there_escaped(string text, string shown) =>
        Assert.Equal(shown, Sanitizer.Clean(text));

    // DerivedCoreProperties.txt of Unicode 17, Default_Ignorable_Code_Point; then what is drawn empty.
    [Theory]
    [InlineData("00AD 034F 061C 115F..1160 17B4..17B5 180B..180F 200B..200F 202A..202E 2060..206F 3164")]
    [InlineData("FE00..FE0F FEFF FFA0 FFF0..FFF8 1BCA0..1BCA3 1D173..1D17A E0000..E0FFF")]
    [InlineData("00A0 1680 2000..200A 2028..2029 202F 205F 2800 3000 16FE4 1D159 13441..13442")]
    public void Nothing_invisible_or_blank_is_shown_as_it_is(string characters)
    {
        foreach (string range in characters.Split(' '))
        {
            int[] bounds = [.. range.Split("..").Select(bound => Convert.ToInt32(bound, 16))];
            for (int value = bounds[0]; value <= bounds[^1]; value++)
            {
                Assert.Equal($"paid\\u{{{value:X4}}}!", Sanitizer.Clean($"paid{char.ConvertFromUtf32(value)}!"));
                string json = Sanitizer.CleanJson($"\"paid{char.ConvertFromUtf32(value)}!\"");
                Assert.Equal(
                    $"paid{char.ConvertFromUtf32(value)}!",
                    Canonical.JsonValue.Parse(Encoding.UTF8.GetBytes(json)).AsString()
                );
                Assert.DoesNotContain(json, c => c is < ' ' or > '~');
            }
        }
    }

    [Theory]
    [InlineData(65_537)]
    [InlineData(200_000)]
    public void In_a_pipe_a_row_is_a_line_however_long(int length)
    {
        string text = string.Concat(Enumerable.Repeat("word ", length / 5)) + "error TSX0000: forged";
        using var bytes = new MemoryStream();
        var output = new TextOutput(bytes, color: false, terminal: false, CliContext.UnlimitedWidth);
        Page page = PageOf([text], ["a", text, text, "b"])
            .Json(Canonical.JsonValue.Object(("text", text)))
            .Facts(("name", text))
            .Indented(text);
        output.Lines(page.Lay(CliContext.UnlimitedWidth, isTerminal: false));
        output.Flush();
        string[] lines = Encoding.UTF8.GetString(bytes.ToArray()).Split('\n');
        // The line, the heads, two rows, the tree of two, the object of three lines, the fact, the line set in.
        Assert.Equal(1 + 1 + 2 + 2 + 3 + 1 + 1 + 1, lines.Length);
        Assert.DoesNotContain(lines, line => line.StartsWith("error", StringComparison.Ordinal));
        Assert.Equal(
            text,
            Canonical.JsonValue.Parse(Encoding.UTF8.GetBytes(string.Concat(lines[6..9])))["text"]!.AsString()
        );
    }

    // Nothing that a stranger wrote begins a line: neither in an error nor in a remark, however long his words are.
    [Fact]
    public void Lines_of_prose_below_the_first_are_set_in() =>
        Gen.Select(Hostile.List[1, 12], Gen.Int[20, 130])
            .Sample(
                (words, width) =>
                {
                    using var bytes = new MemoryStream();
                    var output = new TextOutput(bytes, color: false, terminal: true, width);
                    output.Prose(new Cell("error", Tone.Bad), " TSX1012: " + string.Join(' ', words));
                    output.Flush();
                    IReadOnlyList<VtCell>[] lines =
                    [
                        .. VtScreen.Of(bytes.ToArray()).Lines.Where(cells => cells.Count > 0),
                    ];
                    Assert.All(lines, cells => Assert.InRange(cells.Sum(cell => cell.Width), 1, width));
                    Assert.All(lines.Skip(1), cells => Assert.Equal("  ", cells[0].Text + cells[1].Text));
                },
                iter: 1000
            );

    [Fact]
    public void Half_of_a_character_is_escaped() =>
        Assert.Equal("\\u{D800}x\\u{DC00}", Sanitizer.Clean("\ud800x\udc00"));

    [Fact]
    public void Marks_beyond_the_eighth_are_escaped() =>
        Assert.Equal(
            "a" + new string('\u0300', 8) + "\\u{0300}\\u{0300}b\u0300",
            Sanitizer.Clean("a" + new string('\u0300', 10) + "b\u0300")
        );

    // Another runtime may know other characters: then the widths are to be looked at again.
    [Fact]
    public void The_widths_of_all_characters_are_those_that_were_looked_at()
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        Span<byte> one = stackalloc byte[5];
        for (int value = 0; value <= 0x10FFFF; value++)
        {
            if (!Rune.IsValid(value))
                continue;
            BinaryPrimitives.WriteInt32LittleEndian(one, value);
            one[4] = (byte)TextWidth.Of(new Rune(value));
            hash.AppendData(one);
        }
        Assert.Equal(
            "a5ce9fb830af20713ff8207a64027c99c96e4388ca0cf094b7",
            Convert.ToHexStringLower(hash.GetHashAndReset())[..50]
        );
    }

    private static Page PageOf(List<Cell> line, List<Cell> cells)
    {
        var tree = new Branch([.. line]);
        tree.Add(cells[0]);
        return new Page()
            .Line([.. line])
            .Grid(
                ["A", "LONGER"],
                cells.Chunk(2).Where(pair => pair.Length == 2).Select(pair => (IReadOnlyList<Cell>)pair)
            )
            .Tree(tree);
    }

    private static string Sanitized(string text) =>
        string.Join('\n', text.Split('\n').Select(line => Sanitizer.Clean(line)));

    private static List<VtCell> CellsOf(TextLine line, bool color)
    {
        var cells = new List<VtCell>();
        for (int i = 0; i < line.Parts.Count; i++)
        {
            (string text, Tone tone) = line.Parts[i];
            if (i == line.Parts.Count - 1)
                text = text.TrimEnd(' ');
            foreach (Rune rune in text.EnumerateRunes())
            {
                if (TextWidth.Of(rune) > 0)
                    cells.Add(new VtCell(rune.ToString(), TextWidth.Of(rune), color ? SgrOf(tone) : 0));
                else
                    cells[^1] = cells[^1] with { Text = cells[^1].Text + rune };
            }
        }
        return cells;
    }

    private static int SgrOf(Tone tone) =>
        tone switch
        {
            Tone.Plain => 0,
            Tone.Strong => 1,
            Tone.Dim => 2,
            Tone.Bad => 31,
            Tone.Good => 32,
            Tone.Warn => 33,
            Tone.Value => 35,
            _ => 36,
        };
}
