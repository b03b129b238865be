using Tessrax.Canonical;

namespace Tessrax.Contradictions;

public sealed partial record Claim
{
    private static readonly string[] Members =
    [
        "claim_id",
        "subject",
        "metric",
        "value",
        "unit",
        "timestamp",
        "source",
        "evidence",
        "context",
    ];

    private static readonly string[] Window = ["valid_from", "valid_until"];

    /// <summary>Reads a claim as people write it, forgiving what loses nothing.</summary>
    /// <remarks>Any RFC 3339 time in UTC is rewritten to the one form; evidence may be one string, null or absent; context may be null or absent;
    /// unit may be null; members that a claim does not have move into the context.</remarks>
    /// <exception cref="TessraxException">TSX1006 to TSX1010: something would be lost, is missing, or is beyond a limit.</exception>
    public static Claim Ingest(JsonValue json, string path = "$")
    {
        var reader = new ObjectReader(json, path);
        // A member has at least five bytes in its canonical form, so this many cannot fit: no need to gather them first.
        if (json.Names.Length > MaxBytes / 5)
            throw ErrorCodes.TooLarge.Because(
                $"{path} has {json.Names.Length} members, and a claim at most {MaxBytes} bytes"
            );
        JsonValue? unit = reader.Optional("unit");
        return new Claim(
            JsonValue.Object(
                ("claim_id", reader.Required("claim_id")),
                ("subject", reader.Required("subject")),
                ("metric", reader.Required("metric")),
                ("value", reader.Required("value")),
                ("unit", unit?.Kind == JsonKind.Null ? null : unit),
                ("timestamp", RewriteTime(reader.Required("timestamp"), $"{path}.timestamp")),
                ("source", reader.Required("source")),
                ("evidence", GatherEvidence(reader)),
                ("context", GatherContext(json, reader, path))
            ),
            path
        );
    }

    private static JsonValue RewriteTime(JsonValue time, string path)
    {
        if (time.Kind == JsonKind.String && UtcTime.TryParseLenient(time.AsString(), out UtcTime parsed))
            return parsed.ToString();
        throw new TessraxException(
            ErrorCodes.BadTime,
            $"{path} must be an RFC 3339 time in UTC, like 2026-01-31T12:00:00Z"
        )
        {
            Path = path,
            Offset = time.Offset,
        };
    }

    private static JsonValue GatherEvidence(ObjectReader reader) =>
        reader.Optional("evidence") switch
        {
            null or { Kind: JsonKind.Null } => JsonValue.EmptyArray,
            { Kind: JsonKind.String } one => JsonValue.Of(one),
            { } other => other,
        };

    private static JsonValue GatherContext(JsonValue json, ObjectReader reader, string path)
    {
        JsonValue? given = reader.Optional("context");
        JsonValue context = given is null or { Kind: JsonKind.Null } ? JsonValue.EmptyObject : given;
        if (context.Kind != JsonKind.Object)
            throw reader.Fault("context", "must be an object");
        var members = new List<(string, JsonValue?)>(context.Names.Length + json.Names.Length);
        for (int i = 0; i < context.Names.Length; i++)
            members.Add((context.Names[i], Rewritten(context.Names[i], context.Items[i], path)));
        for (int i = 0; i < json.Names.Length; i++)
        {
            string name = json.Names[i];
            if (Members.Contains(name, StringComparer.Ordinal))
                continue;
            if (context[name] is null)
                members.Add((name, Rewritten(name, json.Items[i], path)));
            else if (!context[name]!.Equals(json.Items[i]))
                throw reader.Fault(name, "says something else than the member of that name in context");
        }
        return JsonValue.Object([.. members]);
    }

    private static JsonValue Rewritten(string name, JsonValue value, string path) =>
        value.Kind != JsonKind.Null && Window.Contains(name, StringComparer.Ordinal)
            ? RewriteTime(value, $"{path}.context.{name}")
            : value;
}
