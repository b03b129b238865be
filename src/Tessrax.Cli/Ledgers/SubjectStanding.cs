using Tessrax.Canonical;
using Tessrax.Contradictions;
using Tessrax.Governance;
using Tessrax.Ledger;
using Tessrax.Node.Reading;

namespace Tessrax.Cli.Ledgers;

/// <summary>What holds for the claims of one group: whether its sources agree, and if not, what was decided, or whom it waits for.</summary>
internal sealed class SubjectStanding
{
    private const int MostClaims = 50;

    private readonly LedgerView view;
    private readonly GroupKey key;
    private readonly IReadOnlyList<Claim> claims;
    private readonly Contradiction? present;
    private readonly ContradictionStatus? status;
    private readonly OpenProposal? waits;
    private readonly Receipt? decided;

    /// <param name="view">The ledger.</param>
    /// <param name="key">The group.</param>
    /// <param name="told">What became of the contradictions of that group that the ledger told of.</param>
    public SubjectStanding(LedgerView view, GroupKey key, IEnumerable<ContradictionStatus> told)
    {
        (this.view, this.key) = (view, key);
        claims = view.Fold.Claims.Claims(key);
        present = view.Fold.Claims.Detect(key);
        status = told.FirstOrDefault(one => one.Contradiction.Id == present?.Id);
        waits = present is null ? null : view.Fold.OpenIn(key);
        decided = status is { Settled: { } settled, Proposal: null } ? view.Receipt(settled) : null;
    }

    /// <summary>Whether there is a value to act on now: what the sources agree on, or what was decided between them. Not where a proposal waits, was rejected or expired; not
    /// where no claim holds any more, or that which won does not; not where nobody can read any more what was claimed or decided; and not in a ledger that goes on elsewhere.</summary>
    public bool IsSettledAt(UtcTime now)
    {
        if (view.Fold.Erasures.HasMissingThatCounts || view.Fold.State.Successor is not null)
            return false;
        if (present is null)
            return claims.Any(claim => claim.HoldsAt(now));
        return waits is null
            && DecisionOf(decided) is { } decision
            && claims.Any(claim => claim.Digest == decision.Outcome.Digest && claim.HoldsAt(now));
    }

    /// <param name="ledger">The ledger's place, for the command by which people approve.</param>
    /// <param name="now">The time, for what is left of a proposal's.</param>
    public JsonValue ToJson(string ledger, UtcTime now) =>
        JsonValue.Object([
            ("subject", key.Subject),
            ("metric", key.Metric),
            ("unit", key.Unit is { } unit ? JsonValue.String(unit) : null),
            ("state", present is null ? "agreed" : status?.State.Text() ?? "undecided"),
            ("settled", IsSettledAt(now)),
            ("sentence", Sentence(ledger)),
            ("claims", JsonValue.Of(claims.TakeLast(MostClaims).Select(claim => claim.ToJson()))),
            ("claims_in_all", claims.Count),
            ("contradiction", status?.ToJson() ?? present?.ToJson()),
            ("decision", decided is null ? null : DecisionJson.Of(view, decided, null)),
            ("proposal", waits is null ? null : ProposalJson.Of(waits, view.Fold, now)),
        ]);

    /// <inheritdoc cref="ToJson" path="/param"/>
    public string Sentence(string ledger)
    {
        if (waits is not null)
            return $"{key}: nothing is decided yet. It waits for {string.Join(" and ", Needs(waits))}; people approve it with {Approving(ledger, waits)}";
        if (DecisionOf(decided) is { } decision)
            return $"{key}: {ReceiptText.Outcome(decision)}, decided in entry {decided!.Entry.Index} by the rule {decision.Rule}";
        if (status is not null)
            return $"{key}: {status}";
        return claims.Count == 0 ? $"{key}: nobody claims anything" : $"{key}: those who claim anything agree";
    }

    /// <summary>The command by which people approve a proposal.</summary>
    public static string Approving(string ledger, OpenProposal waits) =>
        ShellText.Of($"tessraxctl approve {ledger} {waits.Index} --key KEY");

    private static Decision? DecisionOf(Receipt? decided) =>
        decided?.Payload is { } payload ? Decision.FromJson(payload.Root) : null;

    private static IEnumerable<string> Needs(OpenProposal waits) =>
        waits.Proposal.Decision is { } decision
            ? decision.Approvals.Select(needed => needed.ToString())
            : ["the approvals of a control event"];
}
