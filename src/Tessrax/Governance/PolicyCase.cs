using Tessrax.Canonical;
using Tessrax.Contradictions;

namespace Tessrax.Governance;

/// <summary>A member in which a decision is not what was expected.</summary>
/// <param name="Member">Its name: one of those of <see cref="PolicyCase"/>, or <c>claims</c> if no claim speaks of the matter at all.</param>
/// <param name="Expected">What was expected.</param>
/// <param name="Was">What the policy makes of the claims.</param>
public sealed record PolicyCaseFailure(string Member, JsonValue Expected, JsonValue Was);

/// <summary>What a policy is expected to make of the claims about one thing.</summary>
/// <remarks>
/// <c>{"subject","metric","unit"?,"contradiction"?:true|false,"kind"?,"severity"?,"strategy"?,"rule"?,"outcome"?,"source"?,"action"?,"approvals"?,
/// "deadline"?,"lane"?}</c>, the last ten as in a decision (spec/policy.md), except that <c>outcome</c> is the value itself and <c>source</c> is whose it is.
/// <c>null</c> says that the decision has no action, deadline or lane. A member that is absent may be anything.
/// </remarks>
public sealed class PolicyCase
{
    private static readonly string[] Members =
    [
        "kind",
        "severity",
        "strategy",
        "rule",
        "outcome",
        "source",
        "action",
        "approvals",
        "deadline",
        "lane",
    ];

    private readonly List<(string Name, JsonValue Value)> expected;

    private PolicyCase(ObjectReader reader)
    {
        Subject = ClaimText.Name(reader, "subject");
        Metric = ClaimText.Name(reader, "metric");
        Unit = ClaimText.OptionalName(reader, "unit");
        IsContradiction = reader.Boolean("contradiction", absent: true);
        expected = [.. ReadExpected(reader)];
        if (!IsContradiction && expected.Count > 0)
            throw reader.Fault(expected[0].Name, "cannot be expected where no contradiction is");
        reader.End();
    }

    public string Subject { get; }

    public string Metric { get; }

    /// <summary>A unit of the claims, not necessarily the one that the policy compares in; null for none.</summary>
    public string? Unit { get; }

    /// <summary>Whether the claims should contradict each other.</summary>
    public bool IsContradiction { get; }

    /// <summary>Reads a case.</summary>
    /// <exception cref="TessraxException">TSX1007 to TSX1009, TSX1015: not a case.</exception>
    public static PolicyCase FromJson(JsonValue json, string path = "$") => new(new ObjectReader(json, path));

    /// <summary>What the claims speak of, under a policy.</summary>
    public GroupKey KeyUnder(Policy policy)
    {
        ArgumentNullException.ThrowIfNull(policy);
        return policy.Rules.For(Metric).KeyOf(Subject, Metric, Unit);
    }

    /// <summary>Whether a policy does what is expected.</summary>
    /// <param name="policy">The policy.</param>
    /// <param name="claims">The claims, in a book under the rules of the policy.</param>
    /// <returns>The first member, in the order above, that is something else; null if all are as expected.</returns>
    public PolicyCaseFailure? Judge(Policy policy, ClaimBook claims)
    {
        ArgumentNullException.ThrowIfNull(claims);
        GroupKey key = KeyUnder(policy);
        // A case about nothing would hold for ever.
        if (claims.Claims(key).Count == 0)
            return new PolicyCaseFailure("claims", "some", "none");
        Contradiction? found = claims.Detect(key);
        if (found is null || !IsContradiction)
        {
            bool isFound = found is not null;
            return isFound == IsContradiction ? null : new PolicyCaseFailure("contradiction", IsContradiction, isFound);
        }
        Decision decision = Decider.Decide(policy, found);
        // Among stray texts a number is still compared as one.
        MetricKind kind = claims.Rules.For(Metric).Kind == MetricKind.Numeric ? MetricKind.Numeric : found.ComparedAs;
        foreach ((string name, JsonValue value) in expected)
        {
            JsonValue was = Of(decision, name);
            if (!IsSame(name, value, was, kind))
                return new PolicyCaseFailure(name, value, was);
        }
        return null;
    }

    private static IEnumerable<(string, JsonValue)> ReadExpected(ObjectReader reader)
    {
        foreach (string name in Members)
        {
            if (reader.Optional(name) is not { } value)
                continue;
            Check(reader, name, value);
            yield return (name, value);
        }
    }

    private static void Check(ObjectReader reader, string name, JsonValue value)
    {
        bool mayBeNone = name is "action" or "deadline" or "lane";
        if (mayBeNone && value.Kind == JsonKind.Null)
            return;
        switch (name)
        {
            case "kind":
                reader.OneOf(name, Words.AllKinds);
                break;
            case "severity":
                reader.OneOf(name, Words.AllSeverities);
                break;
            case "strategy":
                reader.OneOf(name, Strategies.All);
                break;
            case "rule":
                reader.String(name);
                break;
            case "source":
                ClaimText.Name(reader, name);
                break;
            case "outcome":
                Claim.ReadValue(reader, name);
                break;
            case "approvals":
                foreach ((JsonValue item, string path) in reader.Array(name, PolicyReader.MaxRoles))
                    PolicyReader.ReadApproval(item, path);
                break;
            case "deadline" when !IsoDuration.TryParse(reader.String(name), out _):
                throw reader.Fault(name, "must be null or a duration like P7D or PT12H30M");
            case "action" or "lane":
                PolicyText.Identifier(reader, name);
                break;
        }
    }

    private static JsonValue Of(Decision decision, string name) =>
        name switch
        {
            "kind" => decision.Kind.Text(),
            "severity" => decision.Severity.Text(),
            "strategy" => decision.Strategy.Text(),
            "rule" => decision.Rule,
            "outcome" => decision.Outcome.Value,
            "source" => decision.Outcome.Source,
            "approvals" => JsonValue.Of(decision.Approvals.Select(a => a.ToJson())),
            "action" => OrNone(decision.Action),
            "lane" => OrNone(decision.Lane),
            _ => OrNone(decision.Deadline is { } deadline ? IsoDuration.Format(deadline) : null),
        };

    private static JsonValue OrNone(string? text) => text is null ? JsonValue.Null : text;

    private static bool IsSame(string name, JsonValue expected, JsonValue was, MetricKind kind) =>
        name switch
        {
            // 9.8 and "9.80" are one number, and a set has no order.
            "outcome" => Comparison.Normal(kind, expected).Equals(was),
            "approvals" => Sorted(expected).SequenceEqual(Sorted(was)),
            "deadline" when expected.Kind == JsonKind.String && was.Kind == JsonKind.String => IsoDuration.TryParse(
                expected.AsString(),
                out TimeSpan a
            )
                && IsoDuration.TryParse(was.AsString(), out TimeSpan b)
                && a == b,
            _ => expected.Equals(was),
        };

    private static IEnumerable<string> Sorted(JsonValue approvals) =>
        approvals.Items.ToArray().Select(item => item.ToString()).Order(StringComparer.Ordinal);
}
