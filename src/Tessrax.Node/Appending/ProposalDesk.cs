using Tessrax.Canonical;
using Tessrax.Contradictions;
using Tessrax.Governance;
using Tessrax.Ledger;

namespace Tessrax.Node.Appending;

/// <summary>Turns contradictions into decisions or proposals, takes verdicts, and closes what expired or was overtaken.</summary>
public sealed class ProposalDesk(LedgerWriter writer)
{
    private readonly IntentDrafts drafts = new(writer.Fold, writer.Prepare);
    private readonly List<long> withheld = [];

    /// <summary>Proposals that are approved, and that this node cannot record: the log would sign with a key from then on that is not at hand.</summary>
    public IReadOnlyList<long> Withheld => withheld;

    private LedgerFold Fold => writer.Fold;

    /// <summary>Records a verdict, and in the same batch what follows from it: the decision, if this was the last approval needed,
    /// or its end, if this rejection puts the quorum out of reach.</summary>
    /// <param name="verdict">The verdict.</param>
    /// <param name="token">The token that the record carries, should this verdict be the last that it needs; null for none, and then what needs one waits for it.</param>
    /// <remarks>If claims that came meanwhile have overtaken the proposal, it is closed first, and the verdict is refused.</remarks>
    /// <exception cref="TessraxException">TSX4001 to TSX4012: the verdict does not count and is not written.</exception>
    public IReadOnlyList<Receipt> Record(ApprovalRecorded verdict, FreshnessToken? token = null)
    {
        // An ingest that was cut off may have recorded claims without what follows from them. What is lost overtakes nothing.
        bool mayBeOvertaken = !Fold.Erasures.HasMissingThatCounts;
        if (
            mayBeOvertaken
            && Fold.Proposals.TryGetValue(verdict.Proposal, out OpenProposal? open)
            && Fold.IsOvertaken(open)
        )
            writer.Append(
                open.Proposal.Decision is { } decision
                    ? Settle(decision.Key)
                    : [drafts.Of(new CloseIntent(open.Index, ClosedAs.Superseded))]
            );
        IReadOnlyList<Receipt> receipts = writer.Append(drafts.AfterVerdict(verdict, token, writer.Now(), CanRecord));
        Follow(receipts);
        return receipts;
    }

    /// <summary>Records what has its approvals and was waiting for a token.</summary>
    /// <param name="proposal">Its id.</param>
    /// <param name="token">The token.</param>
    /// <exception cref="TessraxException">TSX3014: no such proposal; TSX4001: its approvals, or its delay, are lacking still; TSX4004 to TSX4046: the token is not for it,
    /// here and now. Nothing is written.</exception>
    public IReadOnlyList<Receipt> Use(long proposal, FreshnessToken token)
    {
        ArgumentNullException.ThrowIfNull(token);
        if (!Fold.Proposals.TryGetValue(proposal, out OpenProposal? open))
            throw ErrorCodes.NoSuchProposal.Because($"no proposal {proposal} waits here");
        if (Kernel.Conclude(Fold, open, writer.Now(), token) is not RecordIntent record)
            throw ErrorCodes.NeedsApproval.Because(
                $"proposal {proposal} waits for approvals, or for its delay, and not for a token alone"
            );
        IReadOnlyList<Receipt> receipts = writer.Append([drafts.Of(record)]);
        Follow(receipts);
        return receipts;
    }

    /// <summary>Asks for a control event: records it or proposes it, or goes on with the proposal that waits for the same.</summary>
    /// <param name="name">The event.</param>
    /// <param name="control">Its content.</param>
    /// <param name="validity">How long the proposal waits at most; the policy and the ledger's windows may allow less.</param>
    /// <exception cref="TessraxException">TSX4024: a proposal for something else stands in the way; others: it does not fit.</exception>
    public GovernOutcome Ask(string name, JsonValue control, TimeSpan validity)
    {
        ArgumentNullException.ThrowIfNull(control);
        // The same wish may come again, and find that its delay is over.
        if (
            TakeDue().FirstOrDefault(r => r.Entry.Body.Event == name && control.Equals(r.Entry.Body.Control)) is { } due
        )
            return new GovernOutcome(due.Entry.Index, true);
        EntryBody body = writer
            .Bodies.Make(new Draft { Event = name, Control = control }, writer.Now(), TimeSpan.Zero, null)
            .Body;
        if (Fold.OpenControl(body) is { } waiting)
            return waiting.Proposal.Body.Event == name && control.Equals(waiting.Proposal.Body.Control)
                ? new GovernOutcome(waiting.Index, false)
                : throw ErrorCodes.ProposalWaits.Because(
                    $"another {waiting.Proposal.Body.Event} waits for approvals: proposal {waiting.Index}"
                );
        Receipt receipt = Govern(name, control, validity);
        Follow([receipt]);
        return new GovernOutcome(receipt.Entry.Index, receipt.Entry.Body.Event == name);
    }

    /// <summary>Records a control event, if its author alone may; or proposes it, so that approvals can be collected.</summary>
    /// <param name="name">The event.</param>
    /// <param name="control">Its content.</param>
    /// <param name="validity">How long the proposal waits at most; the policy and the ledger's windows may allow less.</param>
    /// <returns>The entry: the control event itself, or DECISION_PROPOSED.</returns>
    /// <exception cref="TessraxException">TSX1007 to TSX1016, TSX4007: it does not fit, or the like waits already; nothing is written.</exception>
    public Receipt Govern(string name, JsonValue control, TimeSpan validity)
    {
        return Govern(name, control, validity, writer.Now());
    }

    /// <summary>Adjusts the log's clock, if the author alone may, or proposes it.</summary>
    /// <param name="to">What the log's present time, <see cref="LedgerWriter.Now"/>, really is.</param>
    /// <param name="reason">Why; public for ever.</param>
    /// <param name="validity">How long the proposal waits at most.</param>
    /// <returns>The entry: CLOCK_ADJUSTED, or DECISION_PROPOSED.</returns>
    /// <exception cref="TessraxException">As <see cref="Govern(string, JsonValue, TimeSpan)"/>.</exception>
    public Receipt AdjustClock(UtcTime to, string reason, TimeSpan validity)
    {
        UtcTime now = writer.Now();
        return Govern(Events.ClockAdjusted, new ClockAdjusted(now, to, reason).ToControl(), validity, now);
    }

    private Receipt Govern(string name, JsonValue control, TimeSpan validity, UtcTime now)
    {
        var draft = new Draft { Event = name, Control = control };
        EntryBody asked = writer.Bodies.Make(draft, now, TimeSpan.Zero, null).Body;
        // Said of the event itself: no entry of that index need ever come to be.
        if (Fold.JudgeWish(asked) is { Missing: null } refused)
            throw refused.ToException();
        if (!Fold.ElectorateOf(asked).AsksAnybody)
            return writer.Append([
                draft with
                {
                    Prepared = writer.Prepare(draft, BodySigner.ValidityUnder(Fold.State.Windows), now),
                },
            ])[0];
        TimeSpan window = TimeSpan.FromSeconds(Fold.State.Windows.BodySeconds);
        TimeSpan longest = Fold.LongestWait(asked) ?? window;
        SignedBody body = writer.Prepare(draft, new[] { validity, window, longest }.Min(), now);
        var proposal = new Proposal(body.Body, body.Signature!, null, null);
        return writer.Append([
            new Draft { Event = Events.DecisionProposed, Payload = FrozenPayload.From(proposal.ToJson()) },
        ])[0];
    }

    /// <summary>Closes every proposal whose deadline has passed, and every control event's whose author may sign no more.</summary>
    /// <returns>How many were closed.</returns>
    public int CloseExpired(UtcTime now)
    {
        IReadOnlyList<CloseIntent> ended = Kernel.Ended(Fold, now);
        if (ended.Count > 0)
            writer.Append(ended.Select(drafts.Of));
        return ended.Count;
    }

    /// <summary>Takes every step that time, or another policy, has made due: records, closes, and decides or proposes what follows.</summary>
    /// <returns>What was appended; nothing as a rule. Where claims are lost nothing is decided: nobody can tell what would follow.</returns>
    /// <exception cref="TessraxException">TSX4010: the clock stepped ahead; TSX3005 to TSX3009: the disk failed.</exception>
    public IReadOnlyList<Receipt> TakeDue()
    {
        if (Fold.State.HasEnded || Fold.Proposals.Count == 0)
            return [];
        // Each control event apart: one that is refused, as when its window ends this very moment, takes no other step with it.
        var appended = new List<Receipt>();
        foreach (IIntent due in Kernel.Due(Fold, writer.Now()).Where(CanRecord))
        {
            try
            {
                appended.AddRange(writer.Append([drafts.Of(due)]));
            }
            catch (TessraxException e) when (e.Code.Class is ErrorClass.Refused or ErrorClass.Input)
            {
                // It waits on, and pending shows it; whoever came to do something else is not kept from it.
            }
        }
        appended.AddRange(writer.Append(FollowingSteps().Select(drafts.Of)));
        Follow(appended);
        return appended;
    }

    /// <summary>What follows from the present claims of all groups, for those who were cut off before they came to it.</summary>
    /// <returns>What was appended; nothing as a rule.</returns>
    public IReadOnlyList<Receipt> SettleAll() => writer.Append(Kernel.SettleAll(Fold, writer.Now()).Select(drafts.Of));

    // Under another policy other claims contradict each other, or weigh otherwise.
    private void Follow(IReadOnlyList<Receipt> appended)
    {
        if (!appended.Any(r => Events.IsAboutPolicy(r.Entry.Body.Event)) || Fold.Erasures.HasMissingThatCounts)
            return;
        writer.Append(FollowingSteps().Select(drafts.Of));
        SettleAll();
    }

    private IEnumerable<IIntent> FollowingSteps() =>
        Fold.Erasures.HasMissingThatCounts
            ? Kernel.Ended(Fold, writer.Now()).Where(end => end.Outcome != ClosedAs.Superseded)
            : Kernel
                .Steps(Fold, writer.Now())
                .Where(step => step is not RecordIntent { Proposal.Proposal.Decision: null });

    /// <summary>What follows from the present claims of one group. Lazily: each draft is to be appended before the next is asked for.</summary>
    internal IEnumerable<Draft> Settle(GroupKey key) => Kernel.Settle(Fold, key, writer.Now()).Select(drafts.Of);

    private bool CanRecord(IIntent intent)
    {
        if (intent is not RecordIntent { Proposal: { } proposal } || writer.LackedKeyOf(proposal.Proposal.Body) is null)
            return true;
        if (!withheld.Contains(proposal.Index))
            withheld.Add(proposal.Index);
        return false;
    }
}
