using Tessrax.Canonical;
using Tessrax.Governance;
using Tessrax.Ledger;

namespace Tessrax.Node.Wording;

/// <summary>What became of a proposal by a verdict, in a word and in JSON.</summary>
public static class VerdictText
{
    /// <summary><c>decided</c>, <c>recorded</c>, <c>rejected</c>, or <c>waiting</c> for others.</summary>
    /// <param name="recorded">What was recorded by it, as <see cref="Appending.ProposalDesk.Record"/> gives it.</param>
    public static string Outcome(IReadOnlyList<Receipt> recorded)
    {
        ArgumentNullException.ThrowIfNull(recorded);
        return recorded[^1].Entry.Body.Event switch
        {
            Events.DecisionRecorded => "decided",
            Events.DecisionClosed => "rejected",
            var name when Events.IsGoverned(name) => "recorded",
            _ => "waiting",
        };
    }

    /// <summary>For programs.</summary>
    /// <param name="verdict">The verdict.</param>
    /// <param name="recorded">What was recorded by it.</param>
    public static JsonValue ToJson(ApprovalRecorded verdict, IReadOnlyList<Receipt> recorded)
    {
        ArgumentNullException.ThrowIfNull(verdict);
        ArgumentNullException.ThrowIfNull(recorded);
        return JsonValue.Object(
            ("proposal", verdict.Proposal),
            ("approval", recorded[0].Entry.Index),
            ("outcome", Outcome(recorded)),
            ("index", recorded[^1].Entry.Index)
        );
    }
}
