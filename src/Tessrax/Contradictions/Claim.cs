using Tessrax.Canonical;
using Tessrax.Hashing;

namespace Tessrax.Contradictions;

/// <summary>What one source says, at one time, about one property of one subject.</summary>
/// <remarks>
/// <code>{"claim_id":"c-1","context":{},"evidence":["https://example.org/1"],"metric":"population","source":"World Bank",
/// "subject":"country:DZA","timestamp":"2024-07-01T00:00:00.000000Z","unit":"persons","value":46700000}</code>
/// Names have 1 to 512 characters, none of them a control; evidence at most 64 links; the canonical form at most 64 KiB.
/// Two claims are equal if their digests are.
/// </remarks>
public sealed partial record Claim
{
    /// <summary>The most bytes of a claim's canonical form.</summary>
    public const int MaxBytes = 64 * 1024;

    /// <summary>The most links to evidence.</summary>
    public const int MaxEvidence = 64;

    private readonly string[] evidence;

    private Claim(JsonValue json, string path)
    {
        var reader = new ObjectReader(json, path);
        ClaimId = ClaimText.Name(reader, "claim_id");
        Subject = ClaimText.Name(reader, "subject");
        Metric = ClaimText.Name(reader, "metric");
        Value = ReadValue(reader);
        Unit = ClaimText.OptionalName(reader, "unit");
        Timestamp = reader.Time("timestamp");
        Source = ClaimText.Name(reader, "source");
        evidence = ReadEvidence(reader);
        ObjectReader context = reader.Object("context");
        Context = json["context"]!;
        (ValidFrom, ValidUntil) = ReadWindow(context);
        reader.End();
        byte[] canonical = json.ToCanonicalBytes();
        if (canonical.Length > MaxBytes)
            throw TooLarge(json, path, canonical.Length);
        Digest = HashEngine.Sha256.Hash(canonical);
    }

    /// <summary>The name of this claim, unique in a ledger.</summary>
    public string ClaimId { get; }

    public string Subject { get; }

    public string Metric { get; }

    /// <summary>A number, string, boolean, or an array of those.</summary>
    public JsonValue Value { get; }

    public string? Unit { get; }

    /// <summary>When the source said so.</summary>
    public UtcTime Timestamp { get; }

    public string Source { get; }

    /// <summary>What it rests on: digests (<c>sha256:…</c>) or URLs.</summary>
    public IReadOnlyList<string> Evidence => evidence;

    /// <summary>Whatever else the source said: an object.</summary>
    public JsonValue Context { get; }

    /// <summary>From when on it holds (<c>context.valid_from</c>), if it says so.</summary>
    public UtcTime? ValidFrom { get; }

    /// <summary>Until when it holds, that moment excluded (<c>context.valid_until</c>), if it says so.</summary>
    public UtcTime? ValidUntil { get; }

    /// <summary>SHA-256 of the canonical form.</summary>
    public Digest Digest { get; }

    /// <summary>Reads the one form of a claim: all members but <c>unit</c> are there, and no others.</summary>
    /// <exception cref="TessraxException">TSX1006 to TSX1010: another form, or beyond a limit.</exception>
    public static Claim FromJson(JsonValue json, string path = "$") => new(json, path);

    /// <summary>The canonical members. Built anew on each call: a million claims in memory should not hold their text twice.</summary>
    public JsonValue ToJson() =>
        JsonValue.Object(
            ("claim_id", ClaimId),
            ("subject", Subject),
            ("metric", Metric),
            ("value", Value),
            ("unit", Unit is null ? null : (JsonValue)Unit),
            ("timestamp", Timestamp.ToString()),
            ("source", Source),
            ("evidence", JsonValue.Of(evidence.Select(JsonValue.String))),
            ("context", Context)
        );

    /// <summary>Whether the claim's window holds <paramref name="moment"/>.</summary>
    public bool HoldsAt(UtcTime moment) =>
        (ValidFrom is not { } from || from <= moment) && (ValidUntil is not { } until || moment < until);

    public bool Equals(Claim? other) => other is not null && Digest == other.Digest;

    public override int GetHashCode() => Digest.GetHashCode();

    /// <summary>The canonical text.</summary>
    public override string ToString() => ToJson().ToString();

    internal static bool IsScalar(JsonValue value) =>
        value.Kind is JsonKind.Number or JsonKind.String or JsonKind.True or JsonKind.False;

    internal static JsonValue ReadValue(ObjectReader reader, string member = "value")
    {
        JsonValue value = reader.Required(member);
        if (IsScalar(value))
            return value;
        if (value.Kind != JsonKind.Array)
            throw reader.Fault(member, "must be a number, a string, a boolean or an array of those");
        foreach (JsonValue item in value.Items)
        {
            if (!IsScalar(item))
                throw reader.Fault(member, "must be an array of numbers, strings and booleans only");
        }
        return value;
    }

    private static string[] ReadEvidence(ObjectReader reader)
    {
        List<(JsonValue Value, string Path)> items = reader.Array("evidence", MaxEvidence);
        var links = new string[items.Count];
        for (int i = 0; i < links.Length; i++)
        {
            (JsonValue item, string path) = items[i];
            if (item.Kind != JsonKind.String || !ClaimText.IsEvidence(item.AsString()))
                throw new TessraxException(ErrorCodes.BadValue, $"{path} must be a digest (sha256:…) or a URL")
                {
                    Path = path,
                    Offset = item.Offset,
                };
            links[i] = item.AsString();
        }
        return links;
    }

    // The context is the source's own; only these two members mean something here, and null says no more than absence.
    private static (UtcTime? From, UtcTime? Until) ReadWindow(ObjectReader context)
    {
        UtcTime? from = context.Optional("valid_from") is null or { Kind: JsonKind.Null }
            ? null
            : context.Time("valid_from");
        UtcTime? until = context.Optional("valid_until") is null or { Kind: JsonKind.Null }
            ? null
            : context.Time("valid_until");
        if (from is { } start && until is { } end && start >= end)
            throw context.Fault("valid_until", "must be later than valid_from");
        return (from, until);
    }

    private static TessraxException TooLarge(JsonValue json, string path, int bytes) =>
        new(ErrorCodes.TooLarge, $"{path} has {bytes} bytes, and a claim at most {MaxBytes}")
        {
            Path = path,
            Offset = json.Offset,
        };
}
