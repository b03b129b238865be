using System.Buffers;
using System.Text;
using Tessrax.Canonical;

namespace Tessrax.Ledger;

/// <summary>The names of events. What each means and carries stands in <c>spec/events.md</c>.</summary>
public static class Events
{
    public const string LedgerCreated = "LEDGER_CREATED";
    public const string LedgerClosed = "LEDGER_CLOSED";
    public const string LedgerRetired = "LEDGER_RETIRED";
    public const string EpochOpened = "EPOCH_OPENED";
    public const string ClockAdjusted = "CLOCK_ADJUSTED";
    public const string HoldPlaced = "HOLD_PLACED";
    public const string HoldReleased = "HOLD_RELEASED";
    public const string PayloadErased = "PAYLOAD_ERASED";
    public const string LedgerCompacted = "LEDGER_COMPACTED";
    public const string LedgerRepaired = "LEDGER_REPAIRED";
    public const string KeyAdded = "KEY_ADDED";
    public const string KeyRotated = "KEY_ROTATED";
    public const string KeyRevoked = "KEY_REVOKED";
    public const string KeyReaffirmed = "KEY_REAFFIRMED";
    public const string KeyRecovered = "KEY_RECOVERED";
    public const string ApproversChanged = "APPROVERS_CHANGED";
    public const string ApproversDelegated = "APPROVERS_DELEGATED";
    public const string PolicyUpgraded = "POLICY_UPGRADED";
    public const string PolicyRolledBack = "POLICY_ROLLED_BACK";
    public const string ClaimsRecorded = "CLAIMS_RECORDED";
    public const string ContradictionDetected = "CONTRADICTION_DETECTED";
    public const string DecisionProposed = "DECISION_PROPOSED";
    public const string ApprovalRecorded = "APPROVAL_RECORDED";
    public const string DecisionRecorded = "DECISION_RECORDED";
    public const string DecisionClosed = "DECISION_CLOSED";
    public const string DecisionExecuted = "DECISION_EXECUTED";
    public const string EvidenceAdded = "EVIDENCE_ADDED";
    public const string StateAudited = "STATE_AUDITED";
    public const string SnapshotTaken = "SNAPSHOT_TAKEN";
    public const string FleetRecorded = "FLEET_RECORDED";

    /// <summary>Users' own events begin with this.</summary>
    public const string OwnPrefix = "x-";

    private const string OwnAlphabet = "abcdefghijklmnopqrstuvwxyz0123456789._-";

    private static readonly SearchValues<char> OwnCharacters = SearchValues.Create(OwnAlphabet);
    private static readonly SearchValues<byte> OwnBytes = SearchValues.Create(Encoding.ASCII.GetBytes(OwnAlphabet));

    private static readonly string[] ControlPrefixes =
    [
        "LEDGER_",
        "POLICY_",
        "KEY_",
        "APPROVERS_",
        "EPOCH_",
        "CLOCK_",
        "HOLD_",
        "PAYLOAD_ERASED",
    ];

    private static readonly string[] Ordinary =
    [
        ClaimsRecorded,
        ContradictionDetected,
        DecisionProposed,
        ApprovalRecorded,
        DecisionRecorded,
        DecisionClosed,
        DecisionExecuted,
        EvidenceAdded,
        StateAudited,
        SnapshotTaken,
        FleetRecorded,
    ];

    private static readonly string[] Control =
    [
        LedgerCreated,
        LedgerClosed,
        LedgerRetired,
        EpochOpened,
        ClockAdjusted,
        HoldPlaced,
        HoldReleased,
        PayloadErased,
        LedgerCompacted,
        LedgerRepaired,
        KeyAdded,
        KeyRotated,
        KeyRevoked,
        KeyReaffirmed,
        KeyRecovered,
        ApproversChanged,
        ApproversDelegated,
        PolicyUpgraded,
        PolicyRolledBack,
    ];

    /// <summary>Every event that this version knows, but for users' own.</summary>
    public static IReadOnlyList<string> Names { get; } = [.. Control, .. Ordinary];

    /// <summary>Whether it is a control event: its content lies in the leaf, never in a payload, and the governance state folds out of it.</summary>
    public static bool IsControl(string name)
    {
        foreach (string prefix in ControlPrefixes)
        {
            if (name.StartsWith(prefix, StringComparison.Ordinal))
                return true;
        }
        return false;
    }

    /// <summary>Whether this version knows what to do with it.</summary>
    public static bool IsKnown(string name) =>
        name is LedgerCreated or EpochOpened or KeyRecovered
        || IsGoverned(name)
        || Array.IndexOf(Ordinary, name) >= 0
        || IsOwn(name);

    /// <summary>What to tell somebody who wrote a name that no event has.</summary>
    public static string HintFor(string name) =>
        Spelling.Nearest(name.ToUpperInvariant(), Names) is { } meant
            ? $"did you mean {meant}?"
            : $"they are {string.Join(", ", Names)}, and your own, which begin with {OwnPrefix}";

    /// <summary>Whether it is a control event that is recorded only with the approvals that it needs. Not genesis; not what the fold
    /// determines to the last byte, so that nobody has a choice to approve; and not a recovery, which is there for when nobody can.</summary>
    public static bool IsGoverned(string name) =>
        name is LedgerClosed or LedgerRetired or ClockAdjusted or LedgerRepaired or KeyReaffirmed or ApproversDelegated
        || IsAboutPayloads(name)
        || IsAboutKeys(name)
        || IsAboutPolicy(name);

    /// <summary>Whether it is a control event that says which payloads are held or erased; it changes nobody's rights.</summary>
    public static bool IsAboutPayloads(string name) =>
        name is HoldPlaced or HoldReleased or PayloadErased or LedgerCompacted;

    /// <summary>Whether it is a control event by which payloads are gone.</summary>
    public static bool Erases(string name) => name is PayloadErased or LedgerCompacted;

    /// <summary>Whether it is a control event that says which keys may sign. If it changes who the approvers are, those of the state after it must agree as well.</summary>
    public static bool IsAboutKeys(string name) => name is KeyAdded or KeyRotated or KeyRevoked or ApproversChanged;

    /// <summary>Whether it is a control event that may give the log another key.</summary>
    public static bool MayChangeLogKey(string name) => name is KeyRotated or KeyRecovered;

    /// <summary>Whether it is a control event that brings another policy into force.</summary>
    public static bool IsAboutPolicy(string name) => name is PolicyUpgraded or PolicyRolledBack;

    /// <summary>Whether its payload may be erased. A verdict and the end of a proposal hold no values, only key ids, places and an outcome, and without
    /// them nobody could tell whether the approvals were there.</summary>
    public static bool IsErasable(string name) =>
        !IsControl(name) && name is not ApprovalRecorded and not DecisionClosed;

    /// <summary>Whether nothing that is judged later rests on its payload: a ledger that lost it can go on, though it never verifies again.</summary>
    public static bool IsApart(string name) =>
        IsOwn(name) || name is EvidenceAdded or StateAudited or SnapshotTaken or FleetRecorded;

    /// <summary>Whether a ledger that lost its payload can still be written to: it stands apart, or it counts as little as if it had been erased, and nobody may do
    /// more without it than before. Votes, proposals and their ends are no such events: what may be done next depends on what they said.</summary>
    public static bool CanBeGivenUp(string name) =>
        IsApart(name) || name is ClaimsRecorded or ContradictionDetected or DecisionRecorded;

    /// <summary>Whether it is a control event after which somebody may do what they might not before, or the other way round. An approval
    /// given before one counts no more; one given before any other control event still does. A delegation is none: it lets somebody speak, and for somebody who
    /// could; else one approver could void what all others have approved, as often as they like.</summary>
    public static bool ChangesRules(string name) =>
        IsControl(name)
        && name is not EpochOpened and not LedgerRepaired and not KeyReaffirmed and not ApproversDelegated
        && !IsAboutPayloads(name);

    /// <summary>Whether an entry with it carries approvals if any are needed.</summary>
    public static bool TakesApprovals(string name) => name == DecisionRecorded || IsGoverned(name);

    /// <summary>Whether the log alone may vouch for it: every verifier computes the first again, the second carries an approver's own signature,
    /// the third follows from the entries before it, and nothing is decided on a user's own event.</summary>
    public static bool MayBeAttested(string name) =>
        name is ContradictionDetected or ApprovalRecorded or EpochOpened || IsOwn(name);

    /// <summary>Whether it is one of the steps from a contradiction to its decision and the execution of that; what each rests on can be checked by doing it again.</summary>
    public static bool Settles(string name) =>
        name
            is ContradictionDetected
                or DecisionProposed
                or ApprovalRecorded
                or DecisionRecorded
                or DecisionClosed
                or DecisionExecuted;

    /// <summary>A user's own event: <c>x-</c>, then 1 to 62 of a-z, 0-9, <c>.</c>, <c>_</c> and <c>-</c>.</summary>
    public static bool IsOwn(string name) =>
        name.Length is > 2 and <= 64
        && name.StartsWith(OwnPrefix, StringComparison.Ordinal)
        && !name.AsSpan(2).ContainsAnyExcept(OwnCharacters);

    /// <summary>The same for a name in ASCII.</summary>
    internal static bool IsOwn(ReadOnlySpan<byte> name) =>
        name.Length is > 2 and <= 64 && name.StartsWith("x-"u8) && !name[2..].ContainsAnyExcept(OwnBytes);
}
