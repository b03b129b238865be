using System.Buffers;
using System.Text;
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

    /// <summary>What something is called.</summary>
    Name,

    /// <summary>A number or another bare value.</summary>
    Value,
}

/// <summary>A text and how it is meant: a cell of a table, or a part of a line.</summary>
internal readonly record struct Cell(string Text, Tone Tone = Tone.Plain)
{
    public static implicit operator Cell(string text) => new(text);
}

/// <summary>Text for people on one stream: coloured on a terminal, plain and unwrapped in a pipe. Whatever is written is cleaned first (<see cref="Sanitizer"/>).</summary>
internal sealed class TextOutput(Stream stream, bool color, bool terminal, int width, string name = "standard output")
{
    private static readonly UTF8Encoding Utf8 = new(encoderShouldEmitUTF8Identifier: false);

    private const int Chunk = 1 << 14;

    private readonly ArrayBufferWriter<byte> buffer = new(Chunk);
    private Stream? other;

    public bool Color => color;

    /// <summary>Its columns; nothing is wrapped in a pipe.</summary>
    public int Width => terminal ? width : CliContext.UnlimitedWidth;

    /// <summary>Whether people look at it.</summary>
    public bool IsTerminal => terminal;

    public void Raw(ReadOnlySpan<byte> bytes)
    {
        buffer.Write(bytes);
        if (terminal || buffer.WrittenCount >= Chunk)
            Flush();
    }

    /// <summary>A result as it is; on a terminal what would steer it stands there escaped as JSON escapes, so that JSON stays the same value.</summary>
    public void Data(ReadOnlySpan<byte> bytes)
    {
        if (!terminal)
        {
            Raw(bytes);
            return;
        }
        string text = Encoding.UTF8.GetString(bytes);
        Put(string.Join('\n', text.Split('\n').Select(Sanitizer.CleanJson)));
        Flush();
    }

    public void Text(Tone tone, string text)
    {
        string shown = Sanitizer.Clean(text);
        if (terminal)
            shown = Sanitizer.Isolate(shown);
        Put(color && tone != Tone.Plain ? $"\u001b[{Sgr(tone)}m{shown}\u001b[0m" : shown);
    }

    public void Line(Tone tone, string text) => Line(new Cell(text, tone));

    /// <summary>A line, on a terminal wrapped between words (<see cref="Prose"/>) unless it holds what is to be copied.</summary>
    public void Line(params Cell[] parts)
    {
        if (IsCopied(parts))
            Line(new TextLine(parts));
        else
            Prose(parts);
    }

    /// <summary>A line, on a terminal wrapped between words and set in by two columns from its second line on: no text that it quotes begins a line.</summary>
    public void Prose(params Cell[] parts)
    {
        int margin = parts.Length == 0 ? 0 : parts[0].Text.TakeWhile(c => c == ' ').Count();
        if (!terminal || margin > width / 2)
        {
            Line(new TextLine(parts));
            return;
        }
        parts[0] = parts[0] with { Text = parts[0].Text[margin..] };
        string before = new(' ', margin);
        Lines(new Paragraph(parts, before, before + Paragraph.Hanging, Tone.Plain).Lay(width, terminal));
    }

    /// <summary>A line that was laid out.</summary>
    public void Line(TextLine line)
    {
        for (int i = 0; i < line.Parts.Count; i++)
        {
            (string text, Tone tone) = line.Parts[i];
            Text(tone, i == line.Parts.Count - 1 ? text.TrimEnd(' ') : text);
        }
        Put("\n");
    }

    /// <summary>Moves to the start of the line and clears it: for the progress bar. It stays one line, however narrow the terminal.</summary>
    public void RestartLine(string text)
    {
        Put("\r\u001b[K");
        foreach (Cell part in Wrapping.Cut(new TextLine([text]), width - 1).Parts)
            Put(part.Text);
        Flush();
    }

    /// <summary>Blocks one below the other.</summary>
    public void Lines(IEnumerable<TextLine> lines)
    {
        foreach (TextLine line in lines)
            Line(line);
    }

    /// <summary>Writes to another stream, until the result is disposed.</summary>
    public IDisposable To(Stream instead)
    {
        Flush();
        other = instead;
        return new Back(this);
    }

    public void Flush()
    {
        byte[] bytes = buffer.WrittenSpan.ToArray();
        // Forgotten before it is written: if the reader has gone, saying so once is enough.
        buffer.ResetWrittenCount();
        try
        {
            (other ?? stream).Write(bytes);
            (other ?? stream).Flush();
        }
        catch (Exception e) when (DiskErrors.IsDisk(e) && !BrokenPipe.Is(e))
        {
            throw DiskErrors.WhileWriting(e, name);
        }
    }

    // A command, and an id that ends its line and is longer than one, are left to the terminal, which copies them whole.
    private bool IsCopied(Cell[] parts)
    {
        string text = string.Concat(parts.Select(part => part.Text));
        string last = text[(text.LastIndexOf(' ') + 1)..];
        return text.Contains("tessraxctl ", StringComparison.Ordinal)
            || (last.Length > width && Wrapping.LongestId(last) == last.Length);
    }

    private static int Sgr(Tone tone) =>
        tone switch
        {
            Tone.Strong => 1,
            Tone.Dim => 2,
            Tone.Good => 32,
            Tone.Warn => 33,
            Tone.Name => 36,
            Tone.Value => 35,
            _ => 31,
        };

    private void Put(string text)
    {
        Utf8.GetBytes(text, buffer);
        if (buffer.WrittenCount >= Chunk || (terminal && text.EndsWith('\n')))
            Flush();
    }

    private sealed class Back(TextOutput output) : IDisposable
    {
        public void Dispose()
        {
            // What the other stream did not take is not for this one.
            output.buffer.ResetWrittenCount();
            output.other = null;
        }
    }
}
