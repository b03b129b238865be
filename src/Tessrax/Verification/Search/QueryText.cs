using System.Text;
using Tessrax.Canonical;

namespace Tessrax.Verification.Search;

/// <summary>Entries in whose text words stand, one after the other.</summary>
public sealed class QueryText : QueryNode
{
    private readonly byte[] phrase;

    internal QueryText(IReadOnlyList<string> words, bool lastIsPrefix)
    {
        Words = words;
        LastIsPrefix = lastIsPrefix;
        phrase = Encoding.UTF8.GetBytes(string.Join(' ', words));
    }

    /// <summary>The words, as <see cref="TextWords"/> cuts them; at least one.</summary>
    public IReadOnlyList<string> Words { get; }

    /// <summary>Whether the last one need only begin a word.</summary>
    public bool LastIsPrefix { get; }

    /// <summary>The words in UTF-8, each but the first behind one space.</summary>
    public ReadOnlySpan<byte> Phrase => phrase;

    internal override bool Matches(SearchedEntry entry) => entry.Words.Holds(phrase, LastIsPrefix);

    internal override void Write(StringBuilder text)
    {
        if (Words.Count == 1)
            text.Append(Words[0]);
        else
            text.Append('"').AppendJoin(' ', Words).Append('"');
        text.Append(LastIsPrefix ? "*" : "");
    }

    /// <summary>Writes a value: as it is where nothing in it could be taken for something else, in quotes otherwise.</summary>
    internal static void WriteQuoted(StringBuilder text, string value)
    {
        bool isPlain = value.Length > 0 && value.EnumerateRunes().All(IsPlain);
        if (isPlain)
            text.Append(value);
        else
            text.Append('"')
                .Append(
                    value
                        .Replace("\\", "\\\\", StringComparison.Ordinal)
                        .Replace("\"", "\\\"", StringComparison.Ordinal)
                )
                .Append('"');
    }

    private static bool IsPlain(Rune rune) =>
        WordKinds.Of(rune.Value) == WordKind.Letter
        || (rune.IsAscii && "-_.:/@+".Contains((char)rune.Value, StringComparison.Ordinal));
}
