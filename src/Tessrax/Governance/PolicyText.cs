using Tessrax.Canonical;
using Tessrax.Contradictions;

namespace Tessrax.Governance;

/// <summary>The small texts that policies are made of.</summary>
internal static class PolicyText
{
    private const int MaxIdentifier = 64;
    private const int MaxVersion = 128;
    private const string Schema = "$schema";

    /// <summary>An identifier: 1 to 64 of A-Z, a-z, 0-9, dot, hyphen, underscore, beginning with a letter or digit.</summary>
    public static bool IsIdentifier(string text) =>
        text.Length is > 0 and <= MaxIdentifier
        && char.IsAsciiLetterOrDigit(text[0])
        && text.All(c => char.IsAsciiLetterOrDigit(c) || c is '.' or '-' or '_');

    public static string Identifier(ObjectReader reader, string name)
    {
        string text = reader.String(name);
        return IsIdentifier(text)
            ? text
            : throw reader.Fault(name, "must be 1 to 64 letters, digits, dots, hyphens and underscores");
    }

    public static string? OptionalIdentifier(ObjectReader reader, string name) =>
        reader.Optional(name) is null ? null : Identifier(reader, name);

    /// <summary>Whether a text is a full semantic version of at most 128 characters, which is what a pin holds.</summary>
    public static bool IsVersion(string text) => text.Length <= MaxVersion && SemVersion.TryParseStrict(text, out _);

    public static string Version(ObjectReader reader, string name)
    {
        string text = reader.String(name, MaxVersion);
        return IsVersion(text) ? text : throw reader.Fault(name, "must be a semantic version like 1.0.0");
    }

    /// <summary>A decimal number, as a JSON number or a string, of 0 or more.</summary>
    public static ExactDecimal Decimal(ObjectReader reader, string name) =>
        ExactDecimal.TryFrom(reader.Required(name), out ExactDecimal value) && value.Sign >= 0
            ? value
            : throw reader.Fault(name, "must be a decimal number of 0 or more, with at most 34 digits");

    /// <summary>A policy file without the member that is there for editors alone.</summary>
    /// <exception cref="TessraxException">TSX1009: the member is no text.</exception>
    public static JsonValue WithoutSchema(JsonValue document)
    {
        if (document.Kind != JsonKind.Object || document[Schema] is null)
            return document;
        new ObjectReader(document).String(Schema, 2048);
        return document.Without(Schema);
    }

    /// <summary>Identifiers in the order given, none of them twice.</summary>
    /// <param name="reader">The object that the array is a member of.</param>
    /// <param name="name">The member; absent, there are none.</param>
    /// <param name="max">The most.</param>
    public static IReadOnlyList<string> Identifiers(ObjectReader reader, string name, int max)
    {
        var all = new List<string>();
        foreach ((JsonValue item, string path) in reader.OptionalArray(name, max))
        {
            if (item.Kind != JsonKind.String || !IsIdentifier(item.AsString()))
                throw new TessraxException(ErrorCodes.BadValue, $"{path} must be an identifier")
                {
                    Path = path,
                    Offset = item.Offset,
                };
            if (all.Contains(item.AsString()))
                throw Senseless(path, item, $"names '{item.AsString()}' a second time");
            all.Add(item.AsString());
        }
        return all;
    }

    /// <summary>An error of sense rather than of form.</summary>
    public static TessraxException Senseless(string path, JsonValue at, string what) =>
        new(ErrorCodes.BadPolicy, $"{path} {what}") { Path = path, Offset = at.Offset };
}
