using System.Globalization;
using System.Text;

namespace Tessrax.EndToEnd.Tests.Terminal;

/// <summary>A terminal that obeys as little as is possible to show coloured text: whatever else it is asked for fails the test.</summary>
/// <remarks>Knows line feeds, <c>ESC [ n m</c>, and the isolates that keep a text from reordering its neighbours.</remarks>
internal sealed class VtScreen
{
    private const char FirstStrongIsolate = '\u2068';
    private const char PopIsolate = '\u2069';

    private readonly List<List<VtCell>> lines =
    [
        [],
    ];

    /// <summary>What each line shows: letters with their marks, and the rendition they have.</summary>
    public IReadOnlyList<IReadOnlyList<VtCell>> Lines => lines;

    /// <summary>Replays what a program wrote.</summary>
    public static VtScreen Of(ReadOnlySpan<byte> bytes)
    {
        string text = new UTF8Encoding(false, throwOnInvalidBytes: true).GetString(bytes);
        var screen = new VtScreen();
        screen.Replay(text);
        return screen;
    }

    private void Replay(string text)
    {
        int rendition = 0;
        int isolates = 0;
        for (int i = 0; i < text.Length; )
        {
            Rune rune = Rune.GetRuneAt(text, i);
            i += rune.Utf16SequenceLength;
            switch (rune.Value)
            {
                case '\u001b':
                    rendition = Rendition(text, ref i);
                    break;
                case '\n':
                    Assert.Equal((0, 0), (rendition, isolates));
                    lines.Add([]);
                    break;
                case FirstStrongIsolate:
                    isolates++;
                    break;
                case PopIsolate:
                    Assert.True(--isolates >= 0, "an isolate ends that did not begin");
                    break;
                default:
                    Show(rune, rendition);
                    break;
            }
        }
        Assert.Equal((0, 0), (rendition, isolates));
        Assert.Empty(lines[^1]);
        lines.RemoveAt(lines.Count - 1);
    }

    private static int Rendition(string text, ref int at)
    {
        int end = text.IndexOf('m', at);
        Assert.True(end > at && text[at] == '[', "an escape sequence that sets no rendition");
        int rendition = int.Parse(text.AsSpan(at + 1, end - at - 1), NumberStyles.None, CultureInfo.InvariantCulture);
        Assert.Contains(rendition, new[] { 0, 1, 2, 31, 32, 33, 35, 36 });
        at = end + 1;
        return rendition;
    }

    private void Show(Rune rune, int rendition)
    {
        UnicodeCategory category = Rune.GetUnicodeCategory(rune);
        Assert.False(
            category
                is UnicodeCategory.Control
                    or UnicodeCategory.Format
                    or UnicodeCategory.LineSeparator
                    or UnicodeCategory.ParagraphSeparator
                    or UnicodeCategory.PrivateUse
                    or UnicodeCategory.OtherNotAssigned,
            $"U+{rune.Value:X4} is obeyed or hidden by a terminal"
        );
        List<VtCell> line = lines[^1];
        if (TextWidth.Of(rune) > 0)
            line.Add(new VtCell(rune.ToString(), TextWidth.Of(rune), rendition));
        else
        {
            Assert.True(line.Count > 0, $"U+{rune.Value:X4} has nothing to stand on");
            line[^1] = line[^1] with { Text = line[^1].Text + rune };
        }
    }
}

/// <summary>A letter with its marks, the columns it takes, and how it is rendered (SGR).</summary>
internal sealed record VtCell(string Text, int Width, int Rendition);
