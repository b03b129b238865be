using System.Buffers;
using System.Globalization;
using System.Numerics;
using System.Text.RegularExpressions;
using Tessrax.Canonical;

namespace Tessrax.Node.Importing;

/// <summary>Numbers and times of Ion text, as JSON: a number where JSON keeps its value, the text of it where not.</summary>
internal static partial class IonNumber
{
    // Beyond, nobody reads digits; and turning them into other ones costs their square.
    private const int MostDigits = 4096;

    private static readonly SearchValues<char> InNumbers = SearchValues.Create("0123456789-+._eEdD");

    /// <summary>Reads one; null if it is neither.</summary>
    public static JsonValue? Read(string token)
    {
        // Too long to be looked at closely: it stays as it is, if it could be one.
        if (token.Length > MostDigits)
            return token.AsSpan().ContainsAnyExcept(InNumbers) || !char.IsAsciiDigit(token[token[0] == '-' ? 1 : 0])
                ? null
                : JsonValue.String(token);
        if (token is "+inf" or "-inf" || Time().IsMatch(token))
            return JsonValue.String(token);
        if (Based().Match(token) is { Success: true } based)
            return OfDigits(BasedDigits(based));
        if (!Number().IsMatch(token))
            return null;
        string plain = token.Replace("_", "", StringComparison.Ordinal);
        string json = plain
            .Replace('d', 'e')
            .Replace('D', 'e')
            .Replace(".e", ".0e", StringComparison.OrdinalIgnoreCase);
        return OfDigits(json.EndsWith('.') ? json + "0" : json);
    }

    /// <summary>A number whose text fits the JSON grammar: as a number if a double keeps its value, else as text.</summary>
    public static JsonValue OfDigits(string json) =>
        json.Length <= MostDigits && EcmaNumber.Canonicalize(json, out string canonical) == NumberFidelity.Exact
            ? JsonValue.Parse(System.Text.Encoding.ASCII.GetBytes(canonical))
            : JsonValue.String(json);

    private static string BasedDigits(Match based)
    {
        string digits = based.Groups["digits"].Value.Replace("_", "", StringComparison.Ordinal);
        // The zero keeps the first digit from being a sign.
        BigInteger value = based.Groups["base"].Value is "x" or "X"
            ? BigInteger.Parse("0" + digits, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture)
            : BigInteger.Parse("0" + digits, NumberStyles.AllowBinarySpecifier, CultureInfo.InvariantCulture);
        return based.Groups["sign"].Value + value.ToString(CultureInfo.InvariantCulture);
    }

    [GeneratedRegex(@"^\d{4}(T|-\d{2}T|-\d{2}-\d{2}(T(\d{2}:\d{2}(:\d{2}(\.\d+)?)?(Z|[+-]\d{2}:\d{2}))?)?)\z")]
    private static partial Regex Time();

    [GeneratedRegex(
        @"^(?<sign>-?)0(?<base>[xX])(?<digits>[0-9a-fA-F]+(_[0-9a-fA-F]+)*)\z|^(?<sign>-?)0(?<base>[bB])(?<digits>[01]+(_[01]+)*)\z"
    )]
    private static partial Regex Based();

    [GeneratedRegex(@"^-?(0|[1-9](_?\d)*)(\.(\d(_?\d)*)?)?([eEdD][+-]?\d+)?\z")]
    private static partial Regex Number();
}
