namespace Tessrax.Contradictions;

/// <summary>A version in the order of Semantic Versioning 2.0.0, section 11. Build metadata does not count.</summary>
public sealed class SemVersion : IComparable<SemVersion>, IEquatable<SemVersion>
{
    private const int MaxLength = 256;

    private readonly string[] core;
    private readonly string[] preRelease;

    private SemVersion(string[] core, string[] preRelease)
    {
        this.core = core;
        this.preRelease = preRelease;
    }

    /// <summary>Reads a version, forgiving a leading <c>v</c> and a missing minor or patch number: <c>v1.2</c> is 1.2.0.</summary>
    public static bool TryParse(string text, out SemVersion? version)
    {
        string bare = text.Length > 0 && text[0] is 'v' or 'V' ? text[1..] : text;
        return TryRead(bare, 1, out version);
    }

    /// <summary>Reads a version exactly as Semantic Versioning 2.0.0 writes it.</summary>
    public static bool TryParseStrict(string text, out SemVersion? version) => TryRead(text, 3, out version);

    public int CompareTo(SemVersion? other)
    {
        if (other is null)
            return 1;
        for (int i = 0; i < core.Length; i++)
        {
            int order = CompareNumbers(core[i], other.core[i]);
            if (order != 0)
                return order;
        }
        // Section 11.3: a version with a pre-release comes before the one without.
        if (preRelease.Length == 0 || other.preRelease.Length == 0)
            return other.preRelease.Length.CompareTo(preRelease.Length);
        return ComparePreRelease(preRelease, other.preRelease);
    }

    public bool Equals(SemVersion? other) => other is not null && CompareTo(other) == 0;

    public override bool Equals(object? obj) => Equals(obj as SemVersion);

    public override int GetHashCode() => ToString().GetHashCode(StringComparison.Ordinal);

    /// <summary>The full form, without build metadata: <c>1.2.0-rc.1</c>.</summary>
    public override string ToString() =>
        string.Join('.', core) + (preRelease.Length == 0 ? "" : "-" + string.Join('.', preRelease));

    private static bool TryRead(string text, int least, out SemVersion? version)
    {
        version = null;
        if (text.Length > MaxLength)
            return false;
        int plus = text.IndexOf('+', StringComparison.Ordinal);
        if (plus >= 0 && !text[(plus + 1)..].Split('.').All(IsIdentifier))
            return false;
        string ordered = plus < 0 ? text : text[..plus];
        int hyphen = ordered.IndexOf('-', StringComparison.Ordinal);
        string[] numbers = (hyphen < 0 ? ordered : ordered[..hyphen]).Split('.');
        string[] tail = hyphen < 0 ? [] : ordered[(hyphen + 1)..].Split('.');
        if (numbers.Length < least || numbers.Length > 3 || !numbers.All(IsNumber))
            return false;
        // Section 9: numeric identifiers have no leading zeros.
        if (!tail.All(i => IsIdentifier(i) && (!IsDigits(i) || IsNumber(i))))
            return false;
        version = new SemVersion([.. numbers, .. Enumerable.Repeat("0", 3 - numbers.Length)], tail);
        return true;
    }

    private static int ComparePreRelease(string[] left, string[] right)
    {
        for (int i = 0; i < left.Length && i < right.Length; i++)
        {
            // Section 11.4: numbers by value and before words; words by their ASCII characters.
            int order = (IsDigits(left[i]), IsDigits(right[i])) switch
            {
                (true, true) => CompareNumbers(left[i], right[i]),
                (true, false) => -1,
                (false, true) => 1,
                _ => string.CompareOrdinal(left[i], right[i]),
            };
            if (order != 0)
                return order;
        }
        return left.Length.CompareTo(right.Length);
    }

    // Without leading zeros the longer number is the greater, so no number is too long to compare.
    private static int CompareNumbers(string left, string right) =>
        left.Length != right.Length ? left.Length.CompareTo(right.Length) : string.CompareOrdinal(left, right);

    private static bool IsDigits(string text) => text.Length > 0 && text.All(char.IsAsciiDigit);

    private static bool IsNumber(string text) => IsDigits(text) && (text.Length == 1 || text[0] != '0');

    private static bool IsIdentifier(string text) =>
        text.Length > 0 && text.All(c => char.IsAsciiLetterOrDigit(c) || c == '-');
}
