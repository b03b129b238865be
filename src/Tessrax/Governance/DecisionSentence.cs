using Tessrax.Canonical;
using Tessrax.Contradictions;

namespace Tessrax.Governance;

/// <summary>Sentences for people about a decision of the second form. They are no part of it, and may change.</summary>
internal static class DecisionSentence
{
    /// <summary>Why this claim and not the others.</summary>
    public static string Reason(DecisionGrounds grounds)
    {
        string why = grounds.Because switch
        {
            Because.FirstSource => "whose source comes first in the policy's precedence",
            Because.FirstClaim => "whose claim id comes first, as the policy's precedence lists none of the sources",
            Because.Worst => "the most severe",
            Because.Middle => "the middle one",
            Because.MostSaid => "stated most often",
            _ => "the newest",
        };
        string tie =
            grounds.Equal > 1 && grounds.Because is not (Because.FirstSource or Because.FirstClaim)
                ? $"; {grounds.Equal} are equal, and source precedence, then claim id, decide"
                : "";
        return why + tie;
    }

    /// <summary>What was decided or proposed, of what, why, and what it takes.</summary>
    public static string Explain(Decision decision, DecisionGrounds grounds)
    {
        string verb = decision.IsAutomatic ? "decided" : "proposed";
        string value =
            decision.Outcome.Value.Kind == JsonKind.String
                ? ClaimText.Shorten(decision.Outcome.Value.AsString())
                : ClaimText.Show(decision.Outcome.Value);
        string needs = decision.IsAutomatic ? "" : $"; needs {string.Join(" and ", decision.Approvals)}";
        string passed = grounds.Level switch
        {
            0 => "",
            1 => "; passed on once",
            _ => $"; passed on {grounds.Level} times",
        };
        return $"{grounds.Of} claims disagree about {decision.Key}; {decision.Severity.Text()}, {verb}: {value} by {ClaimText.Shorten(decision.Outcome.Source)}, {Reason(grounds)}; {grounds.For} of {grounds.Of} say so{needs}{passed}";
    }

    /// <summary>Why a rule did not fire.</summary>
    public static string WhyNot(OtherRule other)
    {
        string name = other.Rule ?? other.Strategy?.Text() ?? "a rule";
        string why = other.Because switch
        {
            NotBecause.NotOfThisSeverity => "for contradictions of another severity",
            NotBecause.SameClaim => "would have followed the same claim",
            NotBecause.OtherClaim =>
                $"would have followed {ClaimText.Shorten(other.ClaimId ?? "another claim")}, but is not what the policy names",
            _ => "has no order for such values",
        };
        return $"{name}: {why}";
    }
}
