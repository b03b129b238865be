using Tessrax.Canonical;
using Tessrax.Contradictions;

namespace Tessrax.Governance;

/// <summary>Why a claim was followed, in a word that no wording changes.</summary>
public enum Because
{
    /// <summary>Its source comes first in the policy's precedence.</summary>
    FirstSource,

    /// <summary>Its id comes first, as the precedence lists none of the sources.</summary>
    FirstClaim,

    /// <summary>Its value is the worst.</summary>
    Worst,

    /// <summary>Its value is the middle one.</summary>
    Middle,

    /// <summary>Its value is stated most often.</summary>
    MostSaid,

    /// <summary>It is the newest.</summary>
    Newest,
}

/// <summary>Why a rule did not fire.</summary>
public enum NotBecause
{
    /// <summary>It is for contradictions of another severity.</summary>
    NotOfThisSeverity,

    /// <summary>The strategy would have followed the same claim.</summary>
    SameClaim,

    /// <summary>The policy names another strategy; this one would have followed another claim.</summary>
    OtherClaim,

    /// <summary>The strategy can not order such values.</summary>
    NoOrder,
}

/// <summary>A rule that did not fire: that of another severity, or another strategy.</summary>
/// <param name="Rule"><c>resolution.low</c>, or null for a strategy.</param>
/// <param name="Strategy">The strategy, or null for the rule of a severity.</param>
/// <param name="Because">Why it did not.</param>
/// <param name="ClaimId">The claim that the strategy would have followed, if it is another one.</param>
public sealed record OtherRule(string? Rule, Strategy? Strategy, NotBecause Because, string? ClaimId)
{
    private static readonly string[] Words = ["not-of-this-severity", "same-claim", "other-claim", "no-order"];

    internal static ReadOnlySpan<string> OfStrategies => Words.AsSpan(1);

    /// <summary>In words.</summary>
    public override string ToString() => DecisionSentence.WhyNot(this);

    internal JsonValue ToJson() =>
        JsonValue.Object(
            ("rule", Rule is null ? null : (JsonValue)Rule),
            ("strategy", Strategy is { } strategy ? (JsonValue)strategy.Text() : null),
            ("because", EnumWords.Of(Words, (int)Because)),
            ("claim_id", ClaimId is null ? null : (JsonValue)ClaimId)
        );

    internal static OtherRule Read(ObjectReader reader)
    {
        OtherRule other = reader.Optional("rule") is not null ? ReadRule(reader) : ReadStrategy(reader);
        reader.End();
        return other;
    }

    private static OtherRule ReadRule(ObjectReader reader)
    {
        string rule = reader.OneOf("rule", DecisionGrounds.Rules);
        reader.OneOf("because", Words[0]);
        return new OtherRule(rule, null, NotBecause.NotOfThisSeverity, null);
    }

    private static OtherRule ReadStrategy(ObjectReader reader)
    {
        if (!Strategies.TryParse(reader.OneOf("strategy", DecisionGrounds.Choosers), out Strategy strategy))
            throw reader.Fault("strategy", "is unknown");
        var because = (NotBecause)Array.IndexOf(Words, reader.OneOf("because", OfStrategies));
        string? claim = because == NotBecause.OtherClaim ? ClaimText.Name(reader, "claim_id") : null;
        return new OtherRule(null, strategy, because, claim);
    }
}

/// <summary>Why a decision of the second form is as it is, and not otherwise: facts, of which viewers make sentences.</summary>
/// <param name="Because">Why its claim is followed.</param>
/// <param name="Equal">How many claims that holds for; source precedence, then claim id, chose among them.</param>
/// <param name="Others">The rules that did not fire.</param>
/// <param name="For">How many of the claims state the outcome.</param>
/// <param name="Of">How many claims count.</param>
/// <param name="Level">How often the contradiction was passed on to others before, because nobody decided in time.</param>
public sealed record DecisionGrounds(
    Because Because,
    long Equal,
    IReadOnlyList<OtherRule> Others,
    long For,
    long Of,
    long Level
)
{
    private const long MaxLevel = 1_000_000;

    private const int MaxOthers = 16;

    private static readonly string[] Words = ["first-source", "first-claim", "worst", "middle", "most-said", "newest"];

    internal static string[] Rules { get; } =
    [.. Contradictions.Words.AllSeverities.ToArray().Select(s => $"resolution.{s}")];

    /// <summary>The words of the strategies that choose a claim: all but escalate.</summary>
    internal static string[] Choosers { get; } = [.. Strategies.All.ToArray().Where(s => s != "escalate")];

    internal static DecisionGrounds Find(
        Policy policy,
        Contradiction contradiction,
        Strategy asked,
        Choice choice,
        long level
    )
    {
        IReadOnlyList<ContradictingClaim> claims = contradiction.Claims;
        return new DecisionGrounds(
            choice.Because,
            choice.Equal,
            [.. OtherSeverities(contradiction.Severity), .. OtherStrategies(policy, contradiction, asked, choice)],
            claims.Count(c => c.Normalized.Equals(choice.Claim.Normalized)),
            claims.Count,
            level
        );
    }

    internal IEnumerable<(string Name, JsonValue? Value)> Members() =>
        [
            ("because", EnumWords.Of(Words, (int)Because)),
            ("equal", Equal == 1 ? null : (JsonValue)Equal),
            ("others", JsonValue.Of(Others.Select(o => o.ToJson()))),
            ("confidence", JsonValue.Object(("for", For), ("of", Of))),
            ("level", Level == 0 ? null : (JsonValue)Level),
        ];

    internal static DecisionGrounds Read(ObjectReader reader)
    {
        ObjectReader confidence = reader.Object("confidence");
        var grounds = new DecisionGrounds(
            (Because)Array.IndexOf(Words, reader.OneOf("because", Words)),
            reader.Optional("equal") is null ? 1 : reader.Integer("equal", 2),
            [
                .. reader
                    .Array("others", MaxOthers)
                    .Select(item => OtherRule.Read(new ObjectReader(item.Value, item.Path))),
            ],
            confidence.Integer("for", 1),
            confidence.Integer("of", 2),
            reader.Optional("level") is null ? 0 : reader.Integer("level", 1, MaxLevel)
        );
        confidence.End();
        return grounds;
    }

    private static IEnumerable<OtherRule> OtherSeverities(Severity severity) =>
        Rules
            .Where((_, i) => i != (int)severity)
            .Select(rule => new OtherRule(rule, null, NotBecause.NotOfThisSeverity, null));

    private static IEnumerable<OtherRule> OtherStrategies(
        Policy policy,
        Contradiction contradiction,
        Strategy asked,
        Choice choice
    )
    {
        foreach (Strategy strategy in Enum.GetValues<Strategy>())
        {
            if (strategy == Strategy.Escalate || strategy == choice.Used)
                continue;
            Choice other = strategy == asked ? choice : Chooser.Choose(policy, contradiction, strategy);
            bool hasOrder = other.Used == strategy;
            bool isSame = other.Claim.Digest == choice.Claim.Digest && other.Claim.ClaimId == choice.Claim.ClaimId;
            yield return new OtherRule(
                null,
                strategy,
                !hasOrder ? NotBecause.NoOrder
                    : isSame ? NotBecause.SameClaim
                    : NotBecause.OtherClaim,
                hasOrder && !isSame ? other.Claim.ClaimId : null
            );
        }
    }
}
