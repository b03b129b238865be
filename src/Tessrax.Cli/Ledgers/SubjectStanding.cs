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
    private readonly UtcTime now;
    private readonly IReadOnlyList<Claim> claims;
    private readonly Contradiction? present;
    private readonly ContradictionStatus? status;
    private readonly OpenProposal? waits;
    private readonly Receipt? decided;
    private readonly Decision? decision;

    /// <param name="view">The ledger.</param>
    /// <param name="key">The group.</param>
    /// <param name="told">What became of the contradictions of that group that the ledger told of.</param>
    /// <param name="now">The time.</param>
    public SubjectStanding(LedgerView view, GroupKey key, IEnumerable<ContradictionStatus> told, UtcTime now)
    {
        (this.view, this.key, this.now) = (view, key, now);
        claims = view.Fold.Claims.Claims(key);
        present = view.Fold.Claims.Detect(key);
        status = told.FirstOrDefault(one => one.Contradiction.Id == present?.Id);
        waits = present is null ? null : view.Fold.OpenIn(key);
        decided = status is { Settled: { } settled, Proposal: null } ? view.Receipt(settled) : null;
        decision = decided?.Payload is { } payload ? Decision.FromJson(payload.Root) : null;
        IsSettled = IsThereAnything();
    }

    /// <summary>Whether there is a value to act on now: what the sources agree on, or what was decided between them. Not where a proposal waits, was rejected or expired; not
    /// where no claim holds any more, or that which won does not; not where nobody can read any more what was claimed or decided; and not in a ledger that goes on elsewhere.</summary>
    public bool IsSettled { get; }

    /// <summary>In one sentence, with the command by which people approve what waits.</summary>
    public string Sentence
    {
        get
        {
            if (waits is not null)
                return $"{key}: nothing is decided yet. It waits for {string.Join(" and ", Needs(waits))}; people approve it with {Approving(view, waits)}";
            if (decision is not null)
                return $"{key}: {ReceiptText.Outcome(decision)}, decided in entry {decided!.Entry.Index} by the rule {decision.Rule}";
            if (status is not null)
                return $"{key}: {status}";
            return claims.Count == 0 ? $"{key}: nobody claims anything" : $"{key}: those who claim anything agree";
        }
    }

    private bool IsThereAnything()
    {
        if (view.Fold.Erasures.HasMissingThatCounts || view.Fold.State.Successor is not null)
            return false;
        if (present is null)
            return claims.Any(claim => claim.HoldsAt(now));
        return waits is null
            && decision is not null
            && claims.Any(claim => claim.Digest == decision.Outcome.Digest && claim.HoldsAt(now));
    }

    /// <summary>All of it, for programs.</summary>
    public JsonValue ToJson() =>
        JsonValue.Object([
            ("subject", key.Subject),
            ("metric", key.Metric),
            ("unit", key.Unit is { } unit ? JsonValue.String(unit) : null),
            ("state", present is null ? "agreed" : status?.State.Text() ?? "undecided"),
            ("settled", IsSettled),
            ("sentence", Sentence),
            ("claims", JsonValue.Of(claims.TakeLast(MostClaims).Select(claim => claim.ToJson()))),
            ("claims_in_all", claims.Count),
            ("contradiction", status?.ToJson() ?? present?.ToJson()),
            ("decision", decided is null ? null : DecisionJson.Of(view, decided, null)),
            ("proposal", waits is null ? null : ProposalJson.Of(waits, view.Fold, now)),
        ]);

    /// <summary>The command by which people approve a proposal.</summary>
    public static string Approving(LedgerView view, OpenProposal waits) =>
        ShellText.Of($"tessraxctl approve {view.Directory.Path} {waits.Index} --key KEY");

    private static IEnumerable<string> Needs(OpenProposal waits) =>
        waits.Proposal.Decision is { } decision
            ? decision.Approvals.Select(needed => needed.ToString())
            : ["the approvals of a control event"];
}
