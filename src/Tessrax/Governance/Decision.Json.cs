using Tessrax.Canonical;
using Tessrax.Contradictions;
using Tessrax.Ledger;

namespace Tessrax.Governance;

public sealed partial record Decision
{
    private static readonly string[] Forms = ["tessrax/decision/v1", "tessrax/decision/v2"];

    private const int MaxSentence = 8192;
    private const int MaxRoles = 16;

    /// <summary>Reads a decision.</summary>
    /// <exception cref="TessraxException">TSX1007 to TSX1015: another form.</exception>
    public static Decision FromJson(JsonValue json, string path = "$")
    {
        var reader = new ObjectReader(json, path);
        bool isFirst = reader.OneOf("decision", Forms) == Forms[0];
        if (!Words.TryParse(reader.OneOf("kind", Words.AllKinds), out ContradictionKind kind))
            throw reader.Fault("kind", "is unknown");
        if (!Words.TryParse(reader.OneOf("severity", Words.AllSeverities), out Severity severity))
            throw reader.Fault("severity", "is unknown");
        if (!Strategies.TryParse(reader.OneOf("strategy", Strategies.All), out Strategy strategy))
            throw reader.Fault("strategy", "is unknown");
        var decision = new Decision(ReadClaims(reader), ReadApprovals(reader))
        {
            Contradiction = reader.Digest("contradiction"),
            Key = GroupKey.FromJson(reader.Required("key"), $"{path}.key"),
            Kind = kind,
            Severity = severity,
            AsOf = reader.Time("as_of"),
            Strategy = strategy,
            Rule = reader.String("rule"),
            Grounds = isFirst ? null : DecisionGrounds.Read(reader),
            Sentences = isFirst
                ? new DecisionWords(reader.String("reason", MaxSentence), reader.String("explanation", MaxSentence))
                : null,
            Action = PolicyText.OptionalIdentifier(reader, "action"),
            Deadline = ReadDeadline(reader),
            Lane = PolicyText.OptionalIdentifier(reader, "lane"),
            Outcome = ReadOutcome(reader.Object("outcome")),
            Policy = ReadPin(reader),
        };
        reader.End();
        if (!decision.claims.Contains(new ClaimRef(decision.Outcome.ClaimId, decision.Outcome.Digest)))
            throw reader.Fault("outcome", "follows a claim that is not among the claims");
        return decision;
    }

    public JsonValue ToJson() =>
        JsonValue.Object([
            ("decision", EnumWords.Of(Forms, (int)Form)),
            ("contradiction", Contradiction.ToString()),
            ("key", Key.ToJson()),
            ("kind", Kind.Text()),
            ("severity", Severity.Text()),
            ("as_of", AsOf.ToString()),
            ("strategy", Strategy.Text()),
            ("rule", Rule),
            ("reason", Sentences is null ? null : (JsonValue)Sentences.Reason),
            .. Grounds?.Members() ?? [],
            ("action", Action is null ? null : (JsonValue)Action),
            ("approvals", JsonValue.Of(approvals.Select(a => a.ToJson()))),
            ("deadline", Deadline is { } deadline ? (JsonValue)IsoDuration.Format(deadline) : null),
            ("lane", Lane is null ? null : (JsonValue)Lane),
            (
                "outcome",
                JsonValue.Object(
                    ("value", Outcome.Value),
                    ("claim_id", Outcome.ClaimId),
                    ("source", Outcome.Source),
                    ("digest", Outcome.Digest.ToString())
                )
            ),
            ("policy", Policy.ToJson()),
            (
                "claims",
                JsonValue.Of(
                    claims.Select(c => JsonValue.Object(("claim_id", c.ClaimId), ("digest", c.Digest.ToString())))
                )
            ),
            ("explanation", Sentences is null ? null : (JsonValue)Sentences.Explanation),
        ]);

    private static ClaimRef[] ReadClaims(ObjectReader decision)
    {
        var claims = new List<ClaimRef>();
        foreach ((JsonValue item, string path) in decision.Array("claims"))
        {
            var reader = new ObjectReader(item, path);
            var claim = new ClaimRef(ClaimText.Name(reader, "claim_id"), reader.Digest("digest"));
            reader.End();
            if (claims.Count > 0 && string.CompareOrdinal(claims[^1].ClaimId, claim.ClaimId) > 0)
                throw decision.Fault("claims", "must be sorted by claim_id");
            claims.Add(claim);
        }
        return claims.Count >= 2 ? [.. claims] : throw decision.Fault("claims", "must be at least two");
    }

    private static RequiredApproval[] ReadApprovals(ObjectReader decision) =>
        [.. decision.Array("approvals", MaxRoles).Select(item => PolicyReader.ReadApproval(item.Value, item.Path))];

    private static PolicyPin ReadPin(ObjectReader reader)
    {
        var pin = PolicyPin.FromJson(reader.Required("policy"), $"{reader.Path}.policy");
        return PolicyText.IsIdentifier(pin.Id) && PolicyText.IsVersion(pin.Version)
            ? pin
            : throw reader.Fault("policy", "has an id or a version that no policy can have");
    }

    private static TimeSpan? ReadDeadline(ObjectReader reader)
    {
        if (reader.OptionalString("deadline") is not { } text)
            return null;
        bool shortest = IsoDuration.TryParse(text, out TimeSpan deadline) && IsoDuration.Format(deadline) == text;
        return shortest
            ? deadline
            : throw reader.Fault("deadline", "must be a duration like P7D, in its shortest text");
    }

    private static Outcome ReadOutcome(ObjectReader reader)
    {
        var outcome = new Outcome(
            Claim.ReadValue(reader),
            ClaimText.Name(reader, "claim_id"),
            ClaimText.Name(reader, "source"),
            reader.Digest("digest")
        );
        reader.End();
        return outcome;
    }
}
