using System.CommandLine;
using System.Globalization;

namespace Tessrax.Cli.Commands;

/// <summary>Sizes and indexes of trees on the command line.</summary>
internal static class WholeNumber
{
    public static Option<string> Option(string name, string helpName, string description) =>
        new(name)
        {
            Description = description,
            HelpName = helpName,
            Required = true,
        };

    /// <summary>The number; null for a whole number that no tree has, negative or beyond 63 bits.</summary>
    /// <exception cref="TessraxException">TSX1012: not a whole number.</exception>
    public static long? Read(ParseResult parsed, Option<string> option)
    {
        return Read(parsed.GetRequiredValue(option), option.Name);
    }

    /// <summary>Numbers with commas between them; null if one of them is none that a tree has.</summary>
    /// <exception cref="TessraxException">TSX1012: not whole numbers.</exception>
    public static long[]? ReadMany(ParseResult parsed, Option<string> option)
    {
        long?[] numbers =
        [
            .. parsed.GetRequiredValue(option).Split(',').Select(part => Read(part.Trim(), option.Name)),
        ];
        return numbers.Contains(null) ? null : [.. numbers.Select(number => number!.Value)];
    }

    private static long? Read(string text, string option)
    {
        string digits = text.StartsWith('-') ? text[1..] : text;
        if (digits.Length == 0 || digits.AsSpan().ContainsAnyExceptInRange('0', '9'))
            throw ErrorCodes.BadUsage.Because($"{option} needs a whole number, not '{text}'");
        return
            long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out long number)
            && number >= 0
            ? number
            : null;
    }

    /// <summary>A whole number from 0 on; null if none was given.</summary>
    /// <exception cref="TessraxException">TSX1012: not a whole number from 0 on.</exception>
    public static long? Parse(string? text, string what)
    {
        if (text is null)
            return null;
        return long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out long number)
            ? number
            : throw ErrorCodes.BadUsage.Because(
                text.TrimStart('-') is { Length: > 0 } digits && digits.All(char.IsAsciiDigit)
                    ? $"{what} must be from 0 to {long.MaxValue}, not {text}"
                    : $"{what} must be a whole number, not '{text}'"
            );
    }

    /// <summary>A whole number from 1 on; null if none was given.</summary>
    /// <exception cref="TessraxException">TSX1012: not a whole number from 1 on.</exception>
    public static long? ParsePositive(string? text, string what) =>
        Parse(text, what) is 0
            ? throw ErrorCodes.BadUsage.Because($"{what} must be at least 1, not 0")
            : Parse(text, what);

    /// <summary>A whole number from 0 to 2^31 - 1, 0 if none was given.</summary>
    /// <exception cref="TessraxException">TSX1012: no such number.</exception>
    public static int ParseIndex(string? text, string what)
    {
        long number = Parse(text, what) ?? 0;
        return number <= int.MaxValue
            ? (int)number
            : throw ErrorCodes.BadUsage.Because($"{what} must be at most {int.MaxValue}, not {number}");
    }
}
