using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text;

namespace Tessrax;

/// <summary>An interpolated message of an error that keeps the values in it apart: each with the name that it has where it is thrown.</summary>
/// <remarks>The compiler calls this for <c>code.Because($"entry {index} is …")</c>: the message is the same as ever, and <c>index</c> is known beside it.</remarks>
[InterpolatedStringHandler]
public readonly ref struct ErrorText
{
    private readonly StringBuilder text;
    private readonly List<KeyValuePair<string, string>> values;

    public ErrorText(int literalLength, int formattedCount)
    {
        text = new StringBuilder(literalLength + 16 * formattedCount);
        values = new List<KeyValuePair<string, string>>(formattedCount);
    }

    internal IReadOnlyList<KeyValuePair<string, string>> Values => values;

    public void AppendLiteral(string value) => text.Append(value);

    public void AppendFormatted(string? value, [CallerArgumentExpression(nameof(value))] string expression = "")
    {
        string shown = value ?? "";
        text.Append(shown);
        Keep(expression, shown);
    }

    /// <summary>Values of other types, as <see cref="string.Format(IFormatProvider, string, object)"/> has them in no culture.</summary>
    public void AppendFormatted(
        object? value,
        string? format = null,
        [CallerArgumentExpression(nameof(value))] string expression = ""
    )
    {
        string shown = value is IFormattable number
            ? number.ToString(format, CultureInfo.InvariantCulture)
            : value?.ToString() ?? "";
        text.Append(shown);
        Keep(expression, shown);
    }

    internal string ToText() => text.ToString();

    /// <summary>The name of a value: the last identifier of the expression that gave it, without calls that only put it into words, in lower case with
    /// underscores.</summary>
    internal static string NameOf(string expression)
    {
        ReadOnlySpan<char> rest = WithoutQuoted(expression);
        while (true)
        {
            if (rest.EndsWith("()") && rest.LastIndexOf('.') is > 0 and var call)
                rest = rest[..call];
            else if (rest.EndsWith(".Value"))
                rest = rest[..^".Value".Length];
            else if (rest.Length > 0 && !IsPart(rest[^1]))
                rest = rest[..^1];
            else
                break;
        }
        int start = rest.Length;
        while (start > 0 && IsPart(rest[start - 1]))
            start--;
        return Lower(rest[start..]);
    }

    private static bool IsPart(char letter) => char.IsAsciiLetterOrDigit(letter);

    private static string WithoutQuoted(string expression)
    {
        string[] pieces = expression.Split('"');
        return string.Concat(pieces.Where((_, i) => i % 2 == 0));
    }

    private static string Lower(ReadOnlySpan<char> identifier)
    {
        var name = new StringBuilder();
        for (int i = 0; i < identifier.Length; i++)
        {
            if (char.IsAsciiLetterUpper(identifier[i]) && i > 0 && !char.IsAsciiLetterUpper(identifier[i - 1]))
                name.Append('_');
            name.Append(char.ToLowerInvariant(identifier[i]));
        }
        return name.Length == 0 || char.IsAsciiDigit(name[0]) ? "value" : name.ToString();
    }

    // A second one of the same name is numbered.
    private void Keep(string expression, string shown)
    {
        string name = NameOf(expression);
        string free = name;
        for (int number = 2; IsTaken(values, free); number++)
            free = string.Create(CultureInfo.InvariantCulture, $"{name}_{number}");
        values.Add(new(free, shown));
    }

    private static bool IsTaken(List<KeyValuePair<string, string>> values, string name) =>
        values.Exists(known => known.Key == name);
}
