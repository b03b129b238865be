using System.Text;
using Tessrax.Canonical;
using Tessrax.Ledger;

namespace Tessrax.Verification.Search;

/// <summary>A piece of what an entry says.</summary>
/// <param name="Text">As it stands there: whoever shows it escapes it.</param>
/// <param name="IsHit">Whether it is what was looked for.</param>
public readonly record struct SnippetPart(string Text, bool IsHit);

/// <summary>What an entry says around the words that were looked for.</summary>
public static class Snippet
{
    // Whoever has more texts has what was looked for in one of the first.
    private const int MostTexts = 10_000;
    private const int MostBefore = 40;
    private const int MostAround = 160;
    private const string Ellipsis = "…";

    /// <summary>A part of the text that has most of what was looked for, at most some 160 characters; empty if no words were looked for, or the
    /// event's name alone has them.</summary>
    public static IReadOnlyList<SnippetPart> Of(Receipt receipt, Query query)
    {
        ArgumentNullException.ThrowIfNull(receipt);
        ArgumentNullException.ThrowIfNull(query);
        QueryText[] sought = [.. query.Texts];
        JsonValue? content = receipt.Payload?.Root ?? receipt.Entry.Body.Control;
        if (sought.Length == 0 || content is null)
            return [];
        (string Text, int Found) best = ("", 0);
        foreach (string text in TextsOf(content).Take(MostTexts))
        {
            TextWords words = TextWords.Of(text);
            int found = sought.Count(one => words.Holds(one.Phrase, one.LastIsPrefix));
            if (found > best.Found)
                best = (text, found);
            if (found == sought.Length)
                break;
        }
        return best.Found > 0 ? Cut(best.Text, HitsIn(best.Text, sought)) : [];
    }

    private static IEnumerable<string> TextsOf(JsonValue value)
    {
        switch (value.Kind)
        {
            case JsonKind.String:
                return [value.AsString()];
            case JsonKind.Number or JsonKind.True or JsonKind.False:
                return [value.ToString()];
            default:
                return TextsWithin(value);
        }
    }

    private static IEnumerable<string> TextsWithin(JsonValue value)
    {
        for (int i = 0; i < value.Items.Length; i++)
        {
            foreach (string text in TextsOf(value.Items[i]))
                yield return text;
        }
    }

    // Where they are in the text, in characters: in order, none within another one.
    private static List<(int Start, int End)> HitsIn(string text, QueryText[] sought)
    {
        byte[] utf8 = Encoding.UTF8.GetBytes(text);
        var places = new List<(int Start, int End)>();
        using var cutter = new WordCutter(places);
        cutter.Add(utf8, isEscaped: false);
        string[] words = cutter.Words().ToString().Split(' ');
        var hits = new List<(int Start, int End)>();
        // Bytes and characters up to which places are known: each is counted once.
        (int bytes, int characters) = (0, 0);
        for (int at = 0; at < words.Length; at++)
        {
            int length = sought.Max(one => LengthAt(words, at, one));
            if (length == 0)
                continue;
            int start = CharactersTo(places[at].Start);
            at += length - 1;
            hits.Add((start, CharactersTo(places[at].End)));
        }
        return hits;

        int CharactersTo(int place)
        {
            characters += Encoding.UTF8.GetCharCount(utf8, bytes, place - bytes);
            bytes = place;
            return characters;
        }
    }

    // How many words of it begin here; 0 if it does not stand here.
    private static int LengthAt(string[] words, int at, QueryText sought)
    {
        int count = sought.Words.Count;
        if (at + count > words.Length)
            return 0;
        for (int i = 0; i < count; i++)
        {
            bool mayGoOn = sought.LastIsPrefix && i == count - 1;
            string word = words[at + i];
            if (mayGoOn ? !word.StartsWith(sought.Words[i], StringComparison.Ordinal) : word != sought.Words[i])
                return 0;
        }
        return count;
    }

    private static List<SnippetPart> Cut(string text, List<(int Start, int End)> hits)
    {
        int from = hits[0].Start <= MostBefore ? 0 : BehindSpace(text, hits[0].Start - MostBefore, hits[0].Start);
        int to = Math.Max(hits[0].End, BeforeSpace(text, from + MostAround));
        var parts = new List<SnippetPart>();
        string before = from > 0 ? Ellipsis : "";
        int at = from;
        foreach ((int start, int end) in hits.TakeWhile(hit => hit.End <= to))
        {
            string between = before + text[at..start];
            if (between.Length > 0)
                parts.Add(new SnippetPart(between, false));
            parts.Add(new SnippetPart(text[start..end], true));
            (before, at) = ("", end);
        }
        string rest = text[at..to] + (to < text.Length ? Ellipsis : "");
        if (rest.Length > 0)
            parts.Add(new SnippetPart(rest, false));
        return parts;
    }

    // Where a word begins between two places; the first of them, whole characters kept, if there is no space.
    private static int BehindSpace(string text, int from, int to)
    {
        int space = text.IndexOf(' ', from, to - from);
        return space >= 0 ? space + 1 : Whole(text, from);
    }

    private static int BeforeSpace(string text, int to)
    {
        if (to >= text.Length)
            return text.Length;
        int space = text.LastIndexOf(' ', to, MostBefore);
        return space > 0 ? space : Whole(text, to);
    }

    private static int Whole(string text, int at) => char.IsLowSurrogate(text[at]) ? at - 1 : at;
}
