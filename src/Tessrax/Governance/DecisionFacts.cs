using Tessrax.Canonical;
using Tessrax.Contradictions;
using Tessrax.Hashing;

namespace Tessrax.Governance;

/// <summary>A contradiction was settled: decided, or its proposal was rejected or expired.</summary>
/// <param name="Entry">The entry that settled it.</param>
/// <param name="Salt">The salt of the payload that holds the decision.</param>
/// <param name="Key">Its group.</param>
/// <param name="Contradiction">Its id.</param>
/// <param name="Proposal">The proposal that was closed, whose payload holds the decision; null if the entry's own does.</param>
/// <param name="As">What was decided or refused, if the decision is of the second form.</param>
internal sealed record SettlementFact(
    long Entry,
    Digest Salt,
    GroupKey Key,
    Digest Contradiction,
    long? Proposal,
    SettledAs? As
) : SaltedFact(Entry, Salt)
{
    public override bool IsErasedBy(Predicate<long> erased) =>
        base.IsErasedBy(erased) || (Proposal is { } closed && erased(closed));

    internal static SettlementFact Read(ObjectReader outer, long entry)
    {
        ObjectReader reader = outer.Object("settled");
        var fact = new SettlementFact(
            entry,
            ReadSalt(outer),
            GroupKey.FromJson(reader.Required("key"), $"{reader.Path}.key"),
            reader.Digest("contradiction"),
            reader.Optional("proposal") is null ? null : reader.Integer("proposal"),
            reader.OptionalObject("as") is { } settled ? SettledAs.Read(settled) : null
        );
        reader.End();
        return fact;
    }

    protected override JsonValue Content() =>
        JsonValue.Object(
            (
                "settled",
                JsonValue.Object(
                    ("key", Key.ToJson()),
                    ("contradiction", Contradiction.ToString()),
                    ("proposal", Proposal is { } closed ? (JsonValue)closed : null),
                    ("as", As?.ToJson())
                )
            )
        );
}

/// <summary>What somebody has to see again only if it changes.</summary>
/// <param name="Value">The outcome, as it was compared.</param>
/// <param name="Severity">The severity.</param>
/// <param name="Rule">The rule that fired.</param>
internal sealed record SettledAs(JsonValue Value, Severity Severity, string Rule)
{
    public static SettledAs? Of(Decision decision) =>
        decision.Form == PolicyForm.V1 ? null : new SettledAs(decision.Outcome.Value, decision.Severity, decision.Rule);

    public static SettledAs Read(ObjectReader reader)
    {
        if (!Words.TryParse(reader.OneOf("severity", Words.AllSeverities), out Severity severity))
            throw reader.Fault("severity", "is unknown");
        var settled = new SettledAs(Claim.ReadValue(reader), severity, reader.String("rule"));
        reader.End();
        return settled;
    }

    public JsonValue ToJson() => JsonValue.Object(("value", Value), ("severity", Severity.Text()), ("rule", Rule));
}

/// <summary>A proposed decision waited too long, and is asked of others.</summary>
/// <param name="Entry">The DECISION_CLOSED that says so.</param>
/// <param name="Salt">The salt of the payload that holds the decision: the proposal's.</param>
/// <param name="Key">Its group.</param>
/// <param name="Contradiction">Its id.</param>
/// <param name="Level">How often it was passed on, this time included.</param>
/// <param name="Proposal">The proposal that was closed.</param>
internal sealed record EscalationFact(
    long Entry,
    Digest Salt,
    GroupKey Key,
    Digest Contradiction,
    long Level,
    long Proposal
) : SaltedFact(Entry, Salt)
{
    public override bool IsErasedBy(Predicate<long> erased) => base.IsErasedBy(erased) || erased(Proposal);

    internal static EscalationFact Read(ObjectReader outer, long entry)
    {
        ObjectReader reader = outer.Object("escalated");
        var fact = new EscalationFact(
            entry,
            ReadSalt(outer),
            GroupKey.FromJson(reader.Required("key"), $"{reader.Path}.key"),
            reader.Digest("contradiction"),
            reader.Integer("level", 1),
            reader.Integer("proposal")
        );
        reader.End();
        return fact;
    }

    protected override JsonValue Content() =>
        JsonValue.Object(
            (
                "escalated",
                JsonValue.Object(
                    ("key", Key.ToJson()),
                    ("contradiction", Contradiction.ToString()),
                    ("level", Level),
                    ("proposal", Proposal)
                )
            )
        );
}

/// <summary>What was decided has been done.</summary>
/// <param name="Entry">The DECISION_EXECUTED.</param>
/// <param name="Salt">The salt of its payload.</param>
/// <param name="Decision">The decision's entry.</param>
internal sealed record ExecutedFact(long Entry, Digest Salt, long Decision) : SaltedFact(Entry, Salt)
{
    public override bool IsErasedBy(Predicate<long> erased) => base.IsErasedBy(erased) || erased(Decision);

    internal static ExecutedFact Read(ObjectReader reader, long entry) =>
        new(entry, ReadSalt(reader), reader.Integer("executed"));

    protected override JsonValue Content() => JsonValue.Object(("executed", Decision));
}
