using Tessrax.Canonical;

namespace Tessrax.Contradictions;

public sealed partial record Contradiction
{
    private const int MaxExplanation = 8192;

    /// <summary>Reads the payload of CONTRADICTION_DETECTED.</summary>
    /// <exception cref="TessraxException">TSX1007 to TSX1010: another form, or an id, an order or a ratio that does not follow from the rest.</exception>
    public static Contradiction FromJson(JsonValue json, string path = "$")
    {
        var reader = new ObjectReader(json, path);
        GroupKey key = GroupKey.FromJson(reader.Required("key"), $"{path}.key");
        if (!Words.TryParse(reader.OneOf("kind", Words.AllKinds), out ContradictionKind kind))
            throw reader.Fault("kind", "is unknown");
        if (!Words.TryParse(reader.OneOf("compared_as", Words.AllMetrics[1..]), out MetricKind comparedAs))
            throw reader.Fault("compared_as", "is unknown");
        if (!Words.TryParse(reader.OneOf("severity", Words.AllSeverities), out Severity severity))
            throw reader.Fault("severity", "is unknown");
        if (kind != ContradictionKind.Temporal && kind.Text() != comparedAs.Text())
            throw reader.Fault("kind", "must be temporal or agree with compared_as");
        ContradictingClaim[] claims = [.. reader.Array("claims").Select(item => ReadClaim(item.Value, item.Path))];
        if (claims.Length < 2 || !Ascending([.. claims.Select(c => c.ClaimId)]))
            throw reader.Fault("claims", "must be at least two, sorted by claim_id");
        string[] superseded = [.. reader.Array("superseded").Select(item => ReadId(item.Value, item.Path))];
        if (!Ascending(superseded))
            throw reader.Fault("superseded", "must be sorted");
        if (!claims.All(c => Comparison.IsNormal(comparedAs, c.Normalized)))
            throw reader.Fault("claims", "have normalized values that are not of the form of compared_as");
        var contradiction = new Contradiction(claims, superseded)
        {
            Key = key,
            Kind = kind,
            ComparedAs = comparedAs,
            Severity = severity,
            Gap = ReadGap(reader, comparedAs, claims),
            Tolerance = ReadDecimal(reader, "tolerance"),
            AsOf = reader.Time("as_of"),
            Explanation = reader.String("explanation", MaxExplanation),
        };
        if (reader.Digest("id") != contradiction.Id)
            throw reader.Fault("id", "does not follow from the key and the claims");
        reader.End();
        return contradiction;
    }

    /// <summary>The payload of CONTRADICTION_DETECTED.</summary>
    public JsonValue ToJson() =>
        JsonValue.Object(
            ("id", Id.ToString()),
            ("key", Key.ToJson()),
            ("kind", Kind.Text()),
            ("compared_as", ComparedAs.Text()),
            ("severity", Severity.Text()),
            ("gap", Gap is { } gap ? GapJson(gap) : null),
            ("tolerance", Tolerance.ToString()),
            ("as_of", AsOf.ToString()),
            ("claims", JsonValue.Of(claims.Select(ClaimJson))),
            ("superseded", JsonValue.Of(superseded.Select(JsonValue.String))),
            ("explanation", Explanation)
        );

    private static JsonValue GapJson(RelativeGap gap) =>
        JsonValue.Object(("low", gap.Low.ToString()), ("high", gap.High.ToString()), ("ratio", gap.ToString()));

    private static JsonValue ClaimJson(ContradictingClaim claim) =>
        JsonValue.Object(
            ("claim_id", claim.ClaimId),
            ("digest", claim.Digest.ToString()),
            ("source", claim.Source),
            ("value", claim.Value),
            ("normalized", claim.Normalized),
            ("timestamp", claim.Timestamp.ToString())
        );

    private static ContradictingClaim ReadClaim(JsonValue json, string path)
    {
        var reader = new ObjectReader(json, path);
        var claim = new ContradictingClaim(
            ClaimText.Name(reader, "claim_id"),
            reader.Digest("digest"),
            ClaimText.Name(reader, "source"),
            Claim.ReadValue(reader, "value"),
            Claim.ReadValue(reader, "normalized"),
            reader.Time("timestamp")
        );
        reader.End();
        return claim;
    }

    private static string ReadId(JsonValue json, string path)
    {
        // Wrapped, so that one reader of names does for all.
        var reader = new ObjectReader(JsonValue.Object(("claim_id", json)), path);
        return ClaimText.Name(reader, "claim_id");
    }

    private static RelativeGap? ReadGap(ObjectReader reader, MetricKind comparedAs, ContradictingClaim[] claims)
    {
        ObjectReader? gap = reader.OptionalObject("gap");
        if (gap is null != (comparedAs != MetricKind.Numeric))
            throw reader.Fault("gap", "must be there if and only if compared_as is numeric");
        if (gap is null)
            return null;
        var read = new RelativeGap(ReadDecimal(gap, "low"), ReadDecimal(gap, "high"));
        if (read != RelativeGap.Of(claims.Select(c => Numbers.Of(c.Normalized))))
            throw reader.Fault("gap", "does not lie between the extremes of the claims");
        if (gap.String("ratio") != read.ToString())
            throw gap.Fault("ratio", "does not follow from low and high");
        gap.End();
        return read;
    }

    // Only the shortest text: one value has one form.
    private static ExactDecimal ReadDecimal(ObjectReader reader, string name)
    {
        string text = reader.String(name);
        return ExactDecimal.TryParse(text, out ExactDecimal value) && value.ToString() == text
            ? value
            : throw reader.Fault(name, "must be a decimal number in its shortest text");
    }

    private static bool Ascending(string[] ids)
    {
        for (int i = 1; i < ids.Length; i++)
        {
            if (string.CompareOrdinal(ids[i - 1], ids[i]) > 0)
                return false;
        }
        return true;
    }
}
