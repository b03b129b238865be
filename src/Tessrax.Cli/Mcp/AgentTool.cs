using Tessrax.Canonical;

namespace Tessrax.Cli.Mcp;

/// <summary>Something that an agent may ask a ledger for.</summary>
/// <param name="Name">As the agent calls it.</param>
/// <param name="Description">What it does and when to use it, for the model that chooses among them.</param>
/// <param name="Parameters">A JSON Schema of its arguments.</param>
/// <param name="Run">Does it. Arguments come from strangers: it reads them strictly, and throws <see cref="TessraxException"/> at what it does not take.</param>
internal sealed record AgentTool(
    string Name,
    string Description,
    JsonValue Parameters,
    Func<ObjectReader, CancellationToken, JsonValue> Run
)
{
    /// <summary>Whether it records something. None changes or removes what is on record, and none approves.</summary>
    public bool Writes { get; init; }

    /// <summary>A schema of an object with these members, and no others.</summary>
    public static JsonValue Schema(
        ReadOnlySpan<(string Name, JsonValue? Value)> members,
        params IEnumerable<string> required
    ) =>
        JsonValue.Object(
            ("type", "object"),
            ("properties", JsonValue.Object(members)),
            ("required", JsonValue.Of(required.Select(JsonValue.String))),
            ("additionalProperties", false)
        );

    /// <summary>The schema of one member.</summary>
    public static JsonValue Member(string type, string description) =>
        JsonValue.Object(("type", type), ("description", description));

    /// <summary>The schema of an integer within limits.</summary>
    public static JsonValue Integer(string description, long least, long most) =>
        Member("integer", description).With("minimum", least).With("maximum", most);
}
