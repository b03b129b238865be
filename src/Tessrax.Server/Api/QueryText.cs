using System.Globalization;
using System.Text;
using Tessrax.Canonical;

namespace Tessrax.Server.Api;

/// <summary>What stands after the question mark, read strictly: what is not declared, or comes twice, is refused.</summary>
internal sealed class QueryText
{
    /// <summary>The greatest number that JSON holds exactly.</summary>
    public const long MaxInteger = 9007199254740991;

    private const int MaxParameters = 64;
    private const int MostShown = 64;
    private static readonly UTF8Encoding Strict = new(false, throwOnInvalidBytes: true);

    private readonly IReadOnlyList<ApiParameter> declared;
    private readonly List<(string Name, string Value)> given = [];

    /// <param name="declared">What the address takes.</param>
    /// <param name="raw">As it was sent, without the question mark.</param>
    /// <exception cref="TessraxException">TSX6005: something is not declared, comes twice, is missing or malformed.</exception>
    public QueryText(IReadOnlyList<ApiParameter> declared, string raw)
    {
        this.declared = declared;
        if (raw.Length > 0)
        {
            string[] pairs = raw.Split('&');
            if (pairs.Length > MaxParameters)
                throw Fault("the address has too many parameters", "");
            foreach (string pair in pairs)
                Add(pair);
        }
        foreach (ApiParameter parameter in declared)
        {
            if (parameter.IsRequired && First(parameter.Name) is null)
                throw Fault($"the parameter {parameter.Name} is missing", parameter.Name);
        }
    }

    /// <summary>A number; the default where it was left out.</summary>
    public long Integer(string name) => OptionalInteger(name) ?? Declared(name).Default!.Value;

    /// <summary>A number; null where it was left out.</summary>
    public long? OptionalInteger(string name)
    {
        ApiParameter parameter = Declared(name);
        if (Text(name) is not { } text)
            return null;
        return TryInteger(text, out long value) && value >= parameter.Min && value <= parameter.Max
            ? value
            : throw Fault(
                $"the parameter {name} is not a number from {parameter.Min} to {parameter.Max}, in decimal without leading zeros",
                name
            );
    }

    /// <summary>A time; null where it was left out.</summary>
    public UtcTime? Time(string name)
    {
        if (Text(name) is not { } text)
            return null;
        return UtcTime.TryParseLenient(text, out UtcTime time)
            ? time
            : throw Fault($"the parameter {name} is not a time such as 2026-11-27T08:00:00Z", name);
    }

    /// <summary>One of the words; null where it was left out.</summary>
    public string? Word(string name) => Text(name) is { } text ? Checked(name, text) : null;

    /// <summary>Words of a parameter that may come more than once.</summary>
    public IReadOnlyList<string> Words(string name) => [.. Many(name).Select(text => Checked(name, text)).Distinct()];

    /// <summary>Text, or a cursor; null where it was left out.</summary>
    public string? Text(string name)
    {
        _ = Declared(name);
        return First(name);
    }

    /// <summary>All values of a parameter that may come more than once.</summary>
    public IReadOnlyList<string> Many(string name)
    {
        _ = Declared(name);
        return [.. given.Where(one => one.Name == name).Select(one => one.Value)];
    }

    /// <summary>All that was given but for some, in a fixed order.</summary>
    public string Except(params ReadOnlySpan<string> names)
    {
        string[] left = [.. names];
        return JsonValue
            .Of(
                given
                    .Where(one => !left.Contains(one.Name))
                    .GroupBy(one => one.Name, one => one.Value)
                    .OrderBy(group => group.Key, StringComparer.Ordinal)
                    .Select(group => JsonValue.Of(group.Prepend(group.Key).Select(JsonValue.String)))
            )
            .ToString();
    }

    /// <summary>Reads a decimal number without sign or leading zeros.</summary>
    public static bool TryInteger(ReadOnlySpan<char> text, out long value)
    {
        value = 0;
        return text.Length is > 0 and <= 16
            && (text is "0" || text[0] != '0')
            && !text.ContainsAnyExceptInRange('0', '9')
            && long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out value)
            && value <= MaxInteger;
    }

    private string Checked(string name, string text)
    {
        IReadOnlyList<string> words = Declared(name).Words;
        return words.Contains(text)
            ? text
            : throw Fault($"the parameter {name} is none of {string.Join(", ", words)}", name);
    }

    private ApiParameter Declared(string name) =>
        Find(name) ?? throw new InvalidOperationException($"the address declares no parameter {name}");

    private ApiParameter? Find(string name)
    {
        foreach (ApiParameter one in declared)
        {
            if (one.Name == name)
                return one;
        }
        return null;
    }

    private string? First(string name)
    {
        foreach ((string other, string value) in given)
        {
            if (other == name)
                return value;
        }
        return null;
    }

    private void Add(string pair)
    {
        int equals = pair.IndexOf('=', StringComparison.Ordinal);
        string name = Decode(equals < 0 ? pair : pair[..equals]);
        string value = equals < 0 ? "" : Decode(pair[(equals + 1)..]);
        ApiParameter parameter =
            Find(name)
            ?? throw Fault(
                declared.Count == 0
                    ? $"this address takes no parameters, and so not '{Shortened(name)}'"
                    : $"this address takes no parameter '{Shortened(name)}', but {string.Join(", ", declared.Select(p => p.Name))}",
                ""
            );
        if (!parameter.IsMany && First(name) is not null)
            throw Fault($"the parameter {name} comes twice", name);
        given.Add((name, value));
        if (parameter.Kind is ParameterKind.Text or ParameterKind.Cursor && value.Length > parameter.Max)
            throw Fault($"the parameter {name} is longer than {parameter.Max} characters", name);
    }

    private static string Shortened(string name) => name.Length <= MostShown ? name : $"{name[..MostShown]}…";

    // As forms are sent: a plus is a space.
    private static string Decode(string text)
    {
        if (Ascii.IsValid(text) && text.AsSpan().IndexOfAny('%', '+') < 0)
            return text;
        var bytes = new byte[Encoding.UTF8.GetByteCount(text)];
        int length = 0;
        for (int i = 0; i < text.Length; i++)
        {
            if (text[i] == '%')
            {
                if (i + 2 >= text.Length || !char.IsAsciiHexDigit(text[i + 1]) || !char.IsAsciiHexDigit(text[i + 2]))
                    throw Fault("a percent sign in the address is not followed by two hex digits", "");
                bytes[length++] = Convert.FromHexString(text.AsSpan(i + 1, 2))[0];
                i += 2;
            }
            else
            {
                length += Encoding.UTF8.GetBytes(text.AsSpan(i, 1), bytes.AsSpan(length));
                if (text[i] == '+')
                    bytes[length - 1] = (byte)' ';
            }
        }
        try
        {
            return Strict.GetString(bytes, 0, length);
        }
        catch (DecoderFallbackException)
        {
            throw Fault("a parameter in the address is not UTF-8", "");
        }
    }

    private static TessraxException Fault(string message, string parameter) =>
        new(ErrorCodes.RequestRefused, message) { Path = parameter.Length == 0 ? null : $"?{parameter}" };
}
