using System.Globalization;
using Tessrax.Canonical;

namespace Tessrax.Cli.Inspection;

/// <summary>What is known of one thing: for people a text, for programs JSON.</summary>
internal sealed record FactValue(string Text, JsonValue Json)
{
    public static implicit operator FactValue(string text) => new(text, text);

    public static implicit operator FactValue(long number) =>
        new(number.ToString(CultureInfo.InvariantCulture), number);

    public static implicit operator FactValue(bool yes) => new(yes ? "yes" : "no", yes);

    /// <summary>A number of bytes, with a rounder one beside it for people.</summary>
    public static FactValue Bytes(long bytes) =>
        new(
            bytes < 1 << 20
                ? string.Create(CultureInfo.InvariantCulture, $"{bytes} bytes")
                : string.Create(CultureInfo.InvariantCulture, $"{bytes} bytes ({bytes / 1048576.0:F1} MiB)"),
            bytes
        );
}

/// <summary>One line of introspection.</summary>
/// <param name="Name">The member's name in JSON.</param>
/// <param name="Value">What is so.</param>
internal sealed record Fact(string Name, FactValue Value)
{
    /// <summary>As people read it.</summary>
    public string Label { get; init; } = Name.Replace('_', ' ');
}

/// <summary>Facts that belong together.</summary>
/// <param name="Name">The member's name in JSON.</param>
/// <param name="Title">For people.</param>
/// <param name="Facts">In the order of showing.</param>
internal sealed record Section(string Name, string Title, IReadOnlyList<Fact> Facts)
{
    public JsonValue ToJson() => JsonValue.Object([.. Facts.Select(fact => (fact.Name, (JsonValue?)fact.Value.Json))]);
}
