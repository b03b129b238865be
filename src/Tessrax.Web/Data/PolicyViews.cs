using Tessrax.Canonical;
using Tessrax.Governance;
using Tessrax.Ledger;
using Tessrax.Node.Reading;
using Tessrax.Node.Wording;

namespace Tessrax.Web.Data;

/// <summary>A policy that was in force.</summary>
/// <param name="Pin">The policy.</param>
/// <param name="At">The entry that brought it.</param>
/// <param name="From">The first entry that is judged by it.</param>
/// <param name="Until">The entry that ended it; null if it is in force.</param>
/// <param name="Event">The event that brought it.</param>
/// <param name="Time">When that was recorded.</param>
/// <param name="Reason">Why; empty where none was given.</param>
/// <param name="Approvals">Who agreed.</param>
public sealed record PolicyRow(
    PolicyPin Pin,
    long At,
    long From,
    long? Until,
    string Event,
    UtcTime Time,
    string Reason,
    IReadOnlyList<Verdict> Approvals
)
{
    /// <summary>Every policy that was in force, the present one first.</summary>
    public static IReadOnlyList<PolicyRow> All(LedgerView view)
    {
        ArgumentNullException.ThrowIfNull(view);
        GovernanceState state = view.Fold.State;
        PolicyInForce[] all = [.. state.AllPolicies];
        return
        [
            .. all.Select(
                    (policy, i) =>
                    {
                        Entry entry = view.Receipt(policy.At).Entry;
                        JsonValue? reason = entry.Body.Control?["reason"];
                        return new PolicyRow(
                            policy.Pin,
                            policy.At,
                            GovernanceJson.FromOf(policy),
                            i + 1 < all.Length ? all[i + 1].At : null,
                            entry.Body.Event,
                            entry.RecordedAt,
                            reason is { Kind: JsonKind.String } ? reason.AsString() : "",
                            [.. entry.Approvals.Select(approval => Verdict.Of(approval, state))]
                        );
                    }
                )
                .Reverse(),
        ];
    }
}

/// <summary>A policy with its text, and what it says differently from another one.</summary>
/// <param name="Row">The policy.</param>
/// <param name="Document">Its text, as its digest is of it.</param>
/// <param name="Description">What it says of itself; null if nothing.</param>
/// <param name="Against">The policy that it is compared with; null if it is the first.</param>
/// <param name="Changes">What differs.</param>
/// <param name="All">Every policy, to choose another one to compare with.</param>
public sealed record PolicyView(
    PolicyRow Row,
    JsonValue Document,
    string? Description,
    PolicyRow? Against,
    IReadOnlyList<PolicyChange> Changes,
    IReadOnlyList<PolicyRow> All
)
{
    /// <summary>Reads one.</summary>
    /// <param name="view">The ledger.</param>
    /// <param name="at">The entry that brought it.</param>
    /// <param name="against">The entry that brought the other one; null for the one before.</param>
    /// <exception cref="TessraxException">TSX3011: none of these entries brought a policy.</exception>
    public static PolicyView Read(LedgerView view, long at, long? against)
    {
        IReadOnlyList<PolicyRow> all = PolicyRow.All(view);
        PolicyRow row = Find(all, at);
        PolicyRow? other = against is { } wanted ? Find(all, wanted) : all.FirstOrDefault(one => one.At < at);
        Policy policy = PolicyInForce.BroughtBy(view.Receipt(at).Entry.Body);
        return new PolicyView(
            row,
            policy.Document,
            policy.Description,
            other,
            other is null ? [] : PolicyDiff.Between(PolicyInForce.BroughtBy(view.Receipt(other.At).Entry.Body), policy),
            all
        );
    }

    private static PolicyRow Find(IReadOnlyList<PolicyRow> all, long at) =>
        all.FirstOrDefault(one => one.At == at)
        ?? throw ErrorCodes.NoSuchEntry.Because(
            $"entry {at} brought no policy into force",
            "see /policies for those that did"
        );
}
