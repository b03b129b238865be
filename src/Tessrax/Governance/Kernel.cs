using Tessrax.Canonical;
using Tessrax.Contradictions;
using Tessrax.Keys;
using Tessrax.Ledger;

namespace Tessrax.Governance;

/// <summary>What is to be recorded next, as the entries so far and the time stand. Pure: a node that runs a ledger and a simulation of many go the same way.</summary>
/// <remarks>It says what follows, and makes no entry: bodies, nonces and signatures are the caller's. Where several things follow, each is to be folded in
/// before the next is asked for.</remarks>
public static class Kernel
{
    /// <summary>What follows from the present claims of one group.</summary>
    /// <param name="fold">The ledger; read as it stands whenever the next is asked for.</param>
    /// <param name="key">The group.</param>
    /// <param name="now">The time that the next entry would get.</param>
    public static IEnumerable<IIntent> Settle(LedgerFold fold, GroupKey key, UtcTime now)
    {
        ArgumentNullException.ThrowIfNull(fold);
        return SettleGroup(fold, key, now);
    }

    /// <summary>What the verdicts on a proposal amount to so far: nothing yet (null), its record, or its end.</summary>
    /// <param name="fold">The ledger.</param>
    /// <param name="open">The proposal.</param>
    /// <param name="now">The time that the next entry would get.</param>
    /// <param name="token">The token that its record is to carry; without one, what needs one waits.</param>
    public static IIntent? Conclude(LedgerFold fold, OpenProposal open, UtcTime now, FreshnessToken? token = null)
    {
        ArgumentNullException.ThrowIfNull(fold);
        ArgumentNullException.ThrowIfNull(open);
        if (now > open.Proposal.Body.ExpiresAt)
            return null;
        Electorate who = fold.ElectorateOf(open.Proposal);
        IReadOnlyList<Approval> live = open.VotesAt(now, fold.State);
        if (!who.IsCarriedBy(live))
            return who.IsOutOfReach(live) ? new CloseIntent(open.Index, ClosedAs.Rejected) : null;
        bool lacksToken = token is null && fold.TokenFor(open) is not null;
        return lacksToken || (fold.DueAt(open) is { } due && now < due)
            ? null
            : new RecordIntent(open, open.ApprovalsAt(now, fold.State, who)) { Token = token };
    }

    /// <summary>The proposals that time, a key's end or another policy has ended: those that expired or are passed on to others, those of control events whose author may sign no more, and
    /// those of decisions under a policy that is not in force any more.</summary>
    /// <remarks>A decision whose author may sign no more is closed, and proposed again, when its group is settled.</remarks>
    public static IReadOnlyList<CloseIntent> Ended(LedgerFold fold, UtcTime now)
    {
        ArgumentNullException.ThrowIfNull(fold);
        var ended = new List<CloseIntent>();
        foreach (OpenProposal open in fold.Proposals.Values)
        {
            EntryBody body = open.Proposal.Body;
            if (fold.IsEscalated(open, now))
                ended.Add(new CloseIntent(open.Index, ClosedAs.Escalated));
            else if (fold.IsExpired(open, now))
                ended.Add(new CloseIntent(open.Index, ClosedAs.Expired));
            else if (open.Proposal.Decision is { } decision && decision.Policy != fold.State.Policy)
                ended.Add(new CloseIntent(open.Index, ClosedAs.Superseded));
            else if (open.Proposal.Decision is null && fold.State.Active(body.By.Key, KeyPurpose.Author) is null)
                ended.Add(new CloseIntent(open.Index, ClosedAs.Superseded));
        }
        return ended;
    }

    /// <summary>The control events that have their approvals and waited only for their delay to pass, or for a node that holds the log's new key.</summary>
    public static IEnumerable<IIntent> Due(LedgerFold fold, UtcTime now)
    {
        ArgumentNullException.ThrowIfNull(fold);
        return DueOf(fold, now);
    }

    /// <summary>All that is due because time has passed or a policy has come: control events whose delay is over, proposals that have ended, and what
    /// follows for the groups that those were about.</summary>
    /// <param name="fold">The ledger; read as it stands whenever the next is asked for.</param>
    /// <param name="now">The time that the next entry would get.</param>
    public static IEnumerable<IIntent> Steps(LedgerFold fold, UtcTime now)
    {
        ArgumentNullException.ThrowIfNull(fold);
        return StepsOf(fold, now);
    }

    /// <summary>What follows from the present claims of all groups.</summary>
    /// <param name="fold">The ledger; read as it stands whenever the next is asked for.</param>
    /// <param name="now">The time that the next entry would get.</param>
    public static IEnumerable<IIntent> SettleAll(LedgerFold fold, UtcTime now)
    {
        ArgumentNullException.ThrowIfNull(fold);
        IEnumerable<GroupKey> waiting = fold
            .Proposals.Values.Select(open => open.Proposal.Decision)
            .OfType<Decision>()
            .Select(decision => decision.Key);
        GroupKey[] all = [.. fold.Claims.Contested().Concat(waiting).Distinct().Order()];
        return all.SelectMany(key => SettleGroup(fold, key, now));
    }

    private static IEnumerable<IIntent> StepsOf(LedgerFold fold, UtcTime now)
    {
        foreach (IIntent due in DueOf(fold, now))
            yield return due;
        var groups = new SortedSet<GroupKey>();
        bool isPolicyNew = false;
        foreach (CloseIntent end in Ended(fold, now))
        {
            if (
                end.Outcome is ClosedAs.Superseded or ClosedAs.Escalated
                && fold.Proposals[end.Proposal].Proposal.Decision is { } decision
            )
            {
                groups.Add(decision.Key);
                isPolicyNew |= decision.Policy != fold.State.Policy;
            }
            yield return end;
        }
        // Another policy may tell of more groups than those that waited, and call them otherwise.
        foreach (
            IIntent next in isPolicyNew ? SettleAll(fold, now) : groups.SelectMany(key => SettleGroup(fold, key, now))
        )
            yield return next;
    }

    private static IEnumerable<IIntent> SettleGroup(LedgerFold fold, GroupKey key, UtcTime now)
    {
        if (fold.OpenIn(key) is { } open)
        {
            IIntent? end = fold.IsOvertaken(open)
                ? new CloseIntent(open.Index, ClosedAs.Superseded)
                : Conclude(fold, open, now);
            if (end is not null)
                yield return end;
        }
        if (fold.Claims.Detect(key) is not { } contradiction)
            yield break;
        if (!fold.IsDetected(contradiction.Id))
            yield return new TellIntent(contradiction);
        if (fold.OpenIn(key) is null && !fold.IsSettled(contradiction))
            yield return new DecideIntent(fold.Decide(contradiction));
    }

    // All others are recorded with their last approval.
    private static bool MayComeDue(OpenProposal open, LedgerFold fold) =>
        fold.DueAt(open) is not null
        || KeyContent.EnteredBy(open.Proposal.Body).Any(key => key.Purpose == KeyPurpose.Log);

    private static IEnumerable<IIntent> DueOf(LedgerFold fold, UtcTime now)
    {
        foreach (OpenProposal delayed in fold.Proposals.Values.Where(p => MayComeDue(p, fold)).ToArray())
        {
            // One may overtake another, or make its approvals count no more.
            if (
                fold.Proposals.TryGetValue(delayed.Index, out OpenProposal? open)
                && !fold.IsOvertaken(open)
                && Conclude(fold, open, now) is { } intent
            )
                yield return intent;
        }
    }
}

/// <summary>Something that is to be recorded: one of the four below.</summary>
public interface IIntent
{
    /// <summary>The event that it is recorded as.</summary>
    string Event { get; }
}

/// <summary>A contradiction is to be told of.</summary>
public sealed record TellIntent(Contradiction Contradiction) : IIntent
{
    public string Event => Events.ContradictionDetected;
}

/// <summary>A decision is to be recorded; or proposed, if it needs approvals.</summary>
public sealed record DecideIntent(Decision Decision) : IIntent
{
    public string Event => Decision.Approvals.Count == 0 ? Events.DecisionRecorded : Events.DecisionProposed;
}

/// <summary>What was proposed is to be recorded, with exactly these approvals.</summary>
public sealed record RecordIntent(OpenProposal Proposal, IReadOnlyList<Approval> Approvals) : IIntent
{
    /// <summary>The token that it carries; null for none.</summary>
    public FreshnessToken? Token { get; init; }

    public string Event => Proposal.Proposal.Body.Event;
}

/// <summary>A proposal ends without being recorded.</summary>
public sealed record CloseIntent(long Proposal, ClosedAs Outcome) : IIntent
{
    public string Event => Events.DecisionClosed;
}
