using Tessrax.Canonical;
using Tessrax.Contradictions;
using Tessrax.Governance;
using Tessrax.Ledger;

namespace Tessrax.Node.Wording;

/// <summary>A claim that is on record.</summary>
/// <param name="Claim">The claim.</param>
/// <param name="Entry">The entry that records it.</param>
public readonly record struct ClaimOnRecord(Claim Claim, long Entry);

/// <summary>A proposal that a group's claims wait for.</summary>
/// <param name="Index">The entry that proposes.</param>
/// <param name="Needs">Whose approvals it needs, in words.</param>
/// <param name="Json">All of it, for programs.</param>
public sealed record StandingProposal(long Index, IReadOnlyList<string> Needs, JsonValue Json);

/// <summary>What holds for the claims of one group: whether its sources agree, and if not, what was decided, or whom it waits for.</summary>
public sealed record GroupStanding
{
    /// <summary>How many claims are told at most, the newest; of a group with more, the number is told.</summary>
    public const int MostClaims = 50;

    /// <summary>What <see cref="State"/> is where the sources agree.</summary>
    public const string Agreed = "agreed";

    /// <summary>What <see cref="State"/> is where they do not, and the ledger does not tell of it yet.</summary>
    public const string Undecided = "undecided";

    /// <summary>The group.</summary>
    public required GroupKey Key { get; init; }

    /// <summary>The newest of its claims.</summary>
    public required IReadOnlyList<ClaimOnRecord> Claims { get; init; }

    /// <summary>How many claims it has.</summary>
    public required int ClaimsInAll { get; init; }

    /// <summary>What became of the contradiction of its claims; null where the ledger tells of none that is left.</summary>
    public ContradictionStatus? Told { get; init; }

    /// <summary>The contradiction of its claims, where the ledger does not tell of it yet.</summary>
    public Contradiction? Untold { get; init; }

    /// <summary>The proposal that waits for approvals; null if none does.</summary>
    public StandingProposal? Waits { get; init; }

    /// <summary>The entry that records what was decided; null if nothing was.</summary>
    public Receipt? Decided { get; init; }

    /// <summary>What was decided; null if nothing was, or nobody can read it any more.</summary>
    public Decision? Decision { get; init; }

    /// <summary>The decision for programs.</summary>
    public JsonValue? DecisionJson { get; init; }

    /// <summary>Whether there is a value to act on now: what the sources agree on, or what was decided between them. Not where a proposal waits, was rejected or expired; not
    /// where no claim holds any more, or that which won does not; not where nobody can read any more what was claimed or decided; and not in a ledger that goes on elsewhere.</summary>
    public required bool IsSettled { get; init; }

    /// <summary><see cref="Agreed"/>, <see cref="Undecided"/>, or how far the contradiction has come.</summary>
    public string State => Told?.State.Text() ?? (Untold is null ? Agreed : Undecided);

    /// <summary>In one sentence.</summary>
    /// <param name="place">How a command names the ledger, its directory or URL: the sentence then has the command by which people approve what waits. Null for none.</param>
    public string Sentence(string? place)
    {
        if (Waits is { } waits)
        {
            string how = place is null ? "" : $"; people approve it with {Approving(place, waits.Index)}";
            return $"{Key}: nothing is decided yet. It waits for {string.Join(" and ", waits.Needs)}{how}";
        }
        if (Decision is not null)
            return $"{Key}: {ReceiptText.Outcome(Decision)}, decided in entry {Decided!.Entry.Index} by the rule {Decision.Rule}";
        if (Told is not null)
            return $"{Key}: {Told}";
        return ClaimsInAll == 0 ? $"{Key}: nobody claims anything" : $"{Key}: those who claim anything agree";
    }

    /// <summary>All of it, for programs.</summary>
    /// <param name="place">As for <see cref="Sentence"/>.</param>
    public JsonValue ToJson(string? place) =>
        JsonValue.Object([
            ("subject", Key.Subject),
            ("metric", Key.Metric),
            ("unit", Key.Unit is { } unit ? JsonValue.String(unit) : null),
            ("state", State),
            ("settled", IsSettled),
            ("sentence", Sentence(place)),
            ("claims", JsonValue.Of(Claims.Select(one => one.Claim.ToJson()))),
            ("entries", JsonValue.Of(Claims.Select(one => JsonValue.Number(one.Entry)))),
            ("claims_in_all", ClaimsInAll),
            ("contradiction", Told?.ToJson()),
            ("untold", Untold?.ToJson()),
            ("decision", DecisionJson),
            ("proposal", Waits?.Json),
        ]);

    /// <summary>The command by which people approve a proposal.</summary>
    /// <param name="place">How it names the ledger.</param>
    /// <param name="proposal">The proposal.</param>
    public static string Approving(string place, long proposal) =>
        ShellText.Of($"tessraxctl approve {place} {proposal} --key KEY");
}
