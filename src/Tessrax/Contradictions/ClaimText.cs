using Tessrax.Canonical;

namespace Tessrax.Contradictions;

/// <summary>The texts that claims are made of: names, links to evidence, values cut short for sentences.</summary>
public static class ClaimText
{
    /// <summary>The longest name, in Unicode code points.</summary>
    public const int MaxName = 512;

    private const int MaxLink = 2048;
    private const int MaxShown = 60;

    /// <summary>A name: 1 to 512 code points, none of them a control character.</summary>
    public static string Name(ObjectReader reader, string member)
    {
        string text = reader.String(member, 2 * MaxName);
        if (text.EnumerateRunes().Count() > MaxName)
            throw reader.Fault(member, $"must have at most {MaxName} characters");
        return text.Any(char.IsControl) ? throw reader.Fault(member, "must not hold control characters") : text;
    }

    /// <summary>A name, or null if the member is absent.</summary>
    public static string? OptionalName(ObjectReader reader, string member) =>
        reader.Optional(member) is null ? null : Name(reader, member);

    /// <summary>Whether a text is <c>sha256:…</c>, or a URL: a scheme of lowercase letters, a colon, and no spaces or controls.</summary>
    public static bool IsEvidence(string text)
    {
        if (text.StartsWith("sha256:", StringComparison.Ordinal))
            return Hashing.Digest.TryParse(text, out _);
        // RFC 3986, section 3.1.
        int colon = text.IndexOf(':', StringComparison.Ordinal);
        return colon > 0
            && colon < text.Length - 1
            && text.Length <= MaxLink
            && char.IsAsciiLetterLower(text[0])
            && text[..colon].All(c => char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c) || c is '+' or '.' or '-')
            && !text.Any(c => char.IsControl(c) || char.IsWhiteSpace(c));
    }

    /// <summary>A value as sentences show it: its JSON text, cut after 60 characters.</summary>
    public static string Show(JsonValue value) => Shorten(value.ToString());

    /// <summary>A text cut after 60 characters, never within one.</summary>
    public static string Shorten(string text)
    {
        if (text.Length <= MaxShown)
            return text;
        int length = char.IsHighSurrogate(text[MaxShown - 1]) ? MaxShown - 1 : MaxShown;
        return string.Concat(text.AsSpan(0, length), "…");
    }
}
