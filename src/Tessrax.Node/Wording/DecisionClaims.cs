using Tessrax.Canonical;
using Tessrax.Contradictions;
using Tessrax.Governance;
using Tessrax.Node.Reading;

namespace Tessrax.Node.Wording;

/// <summary>The claims that a decision settles, and how far each is from the outcome.</summary>
/// <param name="all">Those of its claims whose payloads are there.</param>
/// <param name="decision">The decision.</param>
/// <param name="contradiction">What it settles; null if its payload is not there any more.</param>
public sealed class DecisionClaims(IReadOnlyList<Claim> all, Decision decision, Contradiction? contradiction)
{
    /// <summary>The same, of a ledger that holds them.</summary>
    public DecisionClaims(LedgerView view, Decision decision, Contradiction? contradiction)
        : this(
            [.. decision.Claims.Select(claim => view.Fold.Claims.Find(claim.ClaimId)).OfType<Claim>()],
            decision,
            contradiction
        ) { }

    /// <summary>Those whose payloads are there.</summary>
    public IReadOnlyList<Claim> All { get; } = all;

    /// <summary>How far apart they are, for programs; null where that is no number.</summary>
    public JsonValue? Apart() =>
        contradiction is { Gap: { } gap } found
            ? JsonValue.Object(
                ("gap", gap.ToString()),
                ("tolerance", found.Tolerance.ToString()),
                (
                    "claims",
                    JsonValue.Of(
                        All.Select(claim =>
                            JsonValue.Object(
                                ("claim_id", claim.ClaimId),
                                ("from_outcome", Distance(claim) is { } distance ? JsonValue.String(distance) : null)
                            )
                        )
                    )
                )
            )
            : null;

    /// <summary>How far a claim is from the outcome, relative to the larger of the two; null where that is no number.</summary>
    public string? Distance(Claim claim) =>
        ExactDecimal.TryParse(ReceiptText.Value(decision.Outcome.Value), out ExactDecimal outcome)
        && Compared(claim) is { } number
            ? RelativeGap.Of([number, outcome]).ToString()
            : null;

    /// <summary>The number that was compared, in the group's unit.</summary>
    public ExactDecimal? Compared(Claim claim)
    {
        ArgumentNullException.ThrowIfNull(claim);
        return
            contradiction?.Claims.FirstOrDefault(one => one.Digest == claim.Digest) is { } compared
            && ExactDecimal.TryParse(ReceiptText.Value(compared.Normalized), out ExactDecimal number)
            ? number
            : null;
    }
}
