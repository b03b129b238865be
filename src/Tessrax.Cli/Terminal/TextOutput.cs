using System.Buffers;
using System.Globalization;
using System.Text;
using Spectre.Console;
using Spectre.Console.Rendering;
using Tessrax.Node.Files;

namespace Tessrax.Cli.Terminal;

/// <summary>How a text is meant; a terminal shows it as a colour, a pipe not at all.</summary>
internal enum Tone
{
    Plain,
    Strong,
    Dim,
    Good,
    Warn,
    Bad,
}

/// <summary>One cell of a table.</summary>
internal readonly record struct Cell(string Text, Tone Tone = Tone.Plain)
{
    public static implicit operator Cell(string text) => new(text);
}

/// <summary>Text for people on one stream: coloured on a terminal, plain and unwrapped in a pipe.</summary>
internal sealed class TextOutput(Stream stream, bool color, bool terminal, int width)
{
    private static readonly UTF8Encoding Utf8 = new(encoderShouldEmitUTF8Identifier: false);

    private const int Chunk = 1 << 14;

    private readonly ArrayBufferWriter<byte> buffer = new(Chunk);

    public bool Color => color;

    public int Width => width;

    /// <summary>The text with everything escaped that a terminal would obey rather than show.</summary>
    /// <remarks>C0, DEL and C1 controls could move the cursor or recolour a verdict; bidirectional controls could
    /// reorder it (Unicode TR36, section 3.6).</remarks>
    public static string Escape(string text)
    {
        int first = text.AsSpan().IndexOfAny(Obeyed);
        if (first < 0)
            return text;
        var shown = new StringBuilder(text.Length + 16);
        foreach (char c in text)
        {
            if (Obeyed.Contains(c))
                shown.Append(CultureInfo.InvariantCulture, $"\\u{(int)c:x4}");
            else
                shown.Append(c);
        }
        return shown.ToString();
    }

    public void Raw(ReadOnlySpan<byte> bytes)
    {
        buffer.Write(bytes);
        if (terminal || buffer.WrittenCount >= Chunk)
            Flush();
    }

    public void Text(Tone tone, string text)
    {
        string shown = Escape(text);
        Put(color && tone != Tone.Plain ? $"\u001b[{Sgr(tone)}m{shown}\u001b[0m" : shown);
    }

    public void Line(Tone tone, string text)
    {
        Text(tone, text);
        Put("\n");
    }

    /// <summary>Moves to the start of the line and clears it: for the progress bar.</summary>
    public void RestartLine(string text)
    {
        Put("\r\u001b[K" + Escape(text));
        Flush();
    }

    public void Table(IReadOnlyList<string> headers, IEnumerable<IReadOnlyList<Cell>> rows)
    {
        if (terminal)
            Show(BoxedTable(headers, rows));
        else
            PlainTable(headers, rows);
    }

    public void Show(IRenderable drawing)
    {
        using var text = new StringWriter(CultureInfo.InvariantCulture) { NewLine = "\n" };
        IAnsiConsole console = AnsiConsole.Create(
            new AnsiConsoleSettings
            {
                Ansi = color ? AnsiSupport.Yes : AnsiSupport.No,
                ColorSystem = color ? ColorSystemSupport.Standard : ColorSystemSupport.NoColors,
                Interactive = InteractionSupport.No,
                Out = new AnsiConsoleOutput(text),
            }
        );
        console.Profile.Width = width;
        console.Profile.Capabilities.Unicode = true;
        console.Write(drawing);
        foreach (string line in text.ToString().TrimEnd('\n').Split('\n'))
            Put((terminal ? line : line.TrimEnd()) + "\n");
    }

    public void Flush()
    {
        byte[] bytes = buffer.WrittenSpan.ToArray();
        // Forgotten before it is written: if the reader has gone, saying so once is enough.
        buffer.ResetWrittenCount();
        try
        {
            stream.Write(bytes);
            stream.Flush();
        }
        catch (IOException e) when (!BrokenPipe.Is(e))
        {
            throw DiskErrors.WhileWriting(e, "standard output");
        }
    }

    private static readonly SearchValues<char> Obeyed = SearchValues.Create([
        .. Enumerable.Range(0, 0x20).Concat(Enumerable.Range(0x7F, 0x21)).Concat(Bidirectional()).Select(c => (char)c),
    ]);

    private static IEnumerable<int> Bidirectional() =>
        [0x061C, 0x200E, 0x200F, .. Enumerable.Range(0x202A, 5), .. Enumerable.Range(0x2066, 4)];

    private static int Sgr(Tone tone) =>
        tone switch
        {
            Tone.Strong => 1,
            Tone.Dim => 2,
            Tone.Good => 32,
            Tone.Warn => 33,
            _ => 31,
        };

    private static Style StyleOf(Tone tone) =>
        tone switch
        {
            Tone.Strong => new Style(decoration: Decoration.Bold),
            Tone.Dim => new Style(decoration: Decoration.Dim),
            Tone.Good => new Style(foreground: Spectre.Console.Color.Green),
            Tone.Warn => new Style(foreground: Spectre.Console.Color.Yellow),
            Tone.Bad => new Style(foreground: Spectre.Console.Color.Red),
            _ => Style.Plain,
        };

    private static Table BoxedTable(IReadOnlyList<string> headers, IEnumerable<IReadOnlyList<Cell>> rows)
    {
        var table = new Table { Border = TableBorder.Rounded };
        foreach (string header in headers)
            table.AddColumn(new TableColumn(new Text(header, StyleOf(Tone.Strong))));
        foreach (IReadOnlyList<Cell> row in rows)
            table.AddRow(row.Select(c => new Text(Escape(c.Text), StyleOf(c.Tone))));
        return table;
    }

    private void PlainTable(IReadOnlyList<string> headers, IEnumerable<IReadOnlyList<Cell>> rows)
    {
        List<string[]> lines =
        [
            [.. headers],
        ];
        foreach (IReadOnlyList<Cell> row in rows)
            lines.Add([.. row.Select(c => Escape(c.Text))]);
        int[] widths = [.. Enumerable.Range(0, headers.Count).Select(i => lines.Max(l => l[i].Length))];
        foreach (string[] line in lines)
            Put(string.Join("  ", line.Select((text, i) => text.PadRight(widths[i]))).TrimEnd() + "\n");
    }

    private void Put(string text)
    {
        Utf8.GetBytes(text, buffer);
        if (buffer.WrittenCount >= Chunk || (terminal && text.EndsWith('\n')))
            Flush();
    }
}
