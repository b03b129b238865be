using Tessrax.Canonical;
using Tessrax.Contradictions;
using Tessrax.Hashing;
using Tessrax.Keys;
using Tessrax.Ledger;

namespace Tessrax.Governance;

/// <summary>A proposal and what became of it.</summary>
/// <param name="Index">Index of its DECISION_PROPOSED entry; its id.</param>
/// <param name="Proposal">What waits.</param>
/// <param name="BodyDigest">What approvals sign.</param>
/// <param name="Votes">Verdicts so far, one a key.</param>
public sealed record OpenProposal(long Index, Proposal Proposal, Digest BodyDigest, IReadOnlyList<Approval> Votes)
{
    /// <summary>The salt of the payload that it stands in.</summary>
    internal Digest Salt { get; init; }

    /// <summary>recorded_at of its entry, where a delay runs from it; else null.</summary>
    public UtcTime? RecordedAt { get; init; }

    internal static bool IsDated(Proposal proposal) =>
        proposal.Body.Event == Events.ApproversChanged
        || Events.IsAboutPolicy(proposal.Body.Event)
        || proposal.Decision is { Form: PolicyForm.V2 };

    /// <summary>The verdicts that are live: their own window of time holds the moment, they were given under the rules of the present state, and
    /// none was taken back. The others count no more, and their keys may vote again.</summary>
    public IReadOnlyList<Approval> VotesAt(UtcTime now, GovernanceState state) =>
        [
            .. Votes
                .Where((v, at) => !IsTakenBack(v, at, state))
                .Where(v => v.IssuedAt <= now && now <= v.ExpiresAt && state.Accepts(v.Gov)),
        ];

    /// <summary>The verdicts that carry the body at a moment, in the order in which they were recorded.</summary>
    /// <param name="now">The moment.</param>
    /// <param name="state">The present state.</param>
    /// <param name="who">Who is asked.</param>
    internal IReadOnlyList<Approval> ApprovalsAt(UtcTime now, GovernanceState state, Electorate who) =>
        who.Carried([.. VotesAt(now, state).Where(v => v.Approves && who.Holder(v) is not null)]);

    // By a rejection that was given later for the same person, whoever spoke for them. It stays so when the rejection's own window ends.
    private bool IsTakenBack(Approval vote, int at, GovernanceState state) =>
        vote.Approves
        && Votes
            .Skip(at + 1)
            .Any(later => !later.Approves && state.IsSamePerson(state.PrincipalOf(later), state.PrincipalOf(vote)));
}

/// <summary>The ledger as its entries add up: governance state, time, nonces, claims, proposals. Judges an entry, then folds it in.</summary>
/// <remarks>
/// Pure. Entry n is judged by the state after entries 0 to n-1. The writer judges before it appends and the verifier judges again,
/// by this same code. Not safe for concurrent use. Before genesis every method throws <see cref="InvalidOperationException"/> that needs the policy or the keys.
/// </remarks>
public sealed partial class LedgerFold
{
    private readonly NonceBook nonces = new();
    private readonly SortedDictionary<long, OpenProposal> open = [];
    private readonly Dictionary<GroupKey, long> openByKey = [];
    private readonly Dictionary<ControlScope, long> openControl = [];

    private readonly FactBook facts = new();
    private readonly VerifiedSeals seals = new();
    private readonly bool isPart;

    /// <param name="ledger">The id that the ledger must have.</param>
    /// <param name="isPart">Whether entries may be left out, as in a bundle: indexes then rise, but not one by one.</param>
    public LedgerFold(Digest ledger, bool isPart = false)
    {
        State = GovernanceState.Before(ledger);
        this.isPart = isPart;
        if (!isPart)
            fields = new FieldMap(ledger);
    }

    public GovernanceState State { get; private set; }

    /// <summary>The policy in force; null before genesis.</summary>
    public Policy? Policy { get; private set; }

    /// <summary>The same, once there is one.</summary>
    /// <exception cref="InvalidOperationException">No genesis was folded in yet.</exception>
    public Policy Rules => Policy ?? throw NotBegun();

    private PolicyPin PinInForce => State.Policy ?? throw NotBegun();

    /// <summary>What entry 0 founded; null before it.</summary>
    public Genesis? Genesis { get; private set; }

    /// <summary>One more than the index of the last entry folded in; their number, unless some are left out.</summary>
    public long Size { get; private set; }

    /// <summary>recorded_at of the last entry, before which the next cannot be; after CLOCK_ADJUSTED, what that moment really was.</summary>
    public UtcTime LastRecordedAt { get; private set; }

    /// <summary>Index of the newest EPOCH_OPENED; null before the first.</summary>
    public long? EpochAt { get; private set; }

    /// <summary>When the present epoch began: recorded_at of that entry, or of genesis.</summary>
    public UtcTime EpochSince { get; private set; }

    /// <summary>How many nonces are kept.</summary>
    public int LiveNonces => nonces.Count;

    /// <summary>Bytes of memory held for nonces; those of one that has expired are given back later.</summary>
    public long NonceBytes => nonces.Footprint;

    /// <summary>Whether all entries were folded in with all that they said of what counts, so that <see cref="ExportState"/> can tell what they add up to.</summary>
    public bool KnowsState => !isPart && !Erasures.HasMissingThatCounts;

    /// <summary>Every claim recorded.</summary>
    public ClaimBook Claims => facts.Claims;

    /// <summary>What is said of payloads: holds, erasures, and which payloads were missing.</summary>
    public Erasures Erasures { get; } = new();

    /// <summary>Proposals that wait for approvals, by index.</summary>
    public IReadOnlyDictionary<long, OpenProposal> Proposals => open;

    /// <summary>Whether this contradiction was recorded already.</summary>
    public bool IsDetected(Digest contradiction) => DetectedAt(contradiction) is not null;

    /// <summary>The proposal that waits in a group, or null; there is at most one.</summary>
    public OpenProposal? OpenIn(GroupKey key) => openByKey.TryGetValue(key, out long index) ? open[index] : null;

    /// <summary>The proposal that waits for a control event of that name, or null; there is at most one, but for the events about single keys.</summary>
    public OpenProposal? OpenControl(string name) => OpenIn(ControlScope.Of(name));

    /// <summary>The proposal that waits for a control event about the same thing, or null; there is at most one.</summary>
    public OpenProposal? OpenControl(EntryBody body) => OpenIn(ControlScope.Of(body));

    /// <summary>Whose approvals a proposal needs, and how many: what its decision says, which follows from the policy, or what its control event asks for.</summary>
    public Electorate ElectorateOf(Proposal proposal) =>
        proposal.Decision is { } decision ? ElectorateOf(decision, proposal.Body) : ElectorateOf(proposal.Body);

    /// <summary>Whose approvals a decision needs, by a body that records it.</summary>
    internal Electorate ElectorateOf(Decision decision, EntryBody body) =>
        Electorate.Of(
            State,
            decision.Approvals,
            new Matter(body.By.Key, decision.Action ?? "", Rules.ActionNamed(decision.Action ?? "")?.Veto ?? [])
        );

    /// <summary>The same where only the action is known; null for none.</summary>
    internal Electorate ElectorateOf(PolicyAction? action, EntryBody body) =>
        Electorate.Of(State, action?.Approvals ?? [], new Matter(body.By.Key, action?.Name ?? "", action?.Veto ?? []));

    /// <summary>Whose approvals a control event needs now, and how many; nobody's if the author's signature is enough. Not before genesis.</summary>
    public Electorate ElectorateOf(EntryBody control) => new ControlRules(this).ElectorateOf(control);

    /// <summary>What speaks against a control event that nobody has recorded or proposed yet: what it says, not who agreed. Null for nothing, and for any other event.</summary>
    public Refusal? JudgeWish(EntryBody control) => new ControlRules(this).JudgeWish(control);

    /// <summary>The approvals that a proposal needs, role by role.</summary>
    public IReadOnlyList<RequiredApproval> RequiredOf(Proposal proposal) => ElectorateOf(proposal).Asked;

    /// <summary>The approvals that a control event of that name needs now, whatever it says, if the first author signs it; empty if that signature is enough.
    /// Not before genesis.</summary>
    public IReadOnlyList<RequiredApproval> RequiredOf(string control) =>
        ControlQuorum.Of(control, Rules, State, State.ActiveKeys(KeyPurpose.Author).First().Id);

    /// <summary>The moment before which the control event of a proposal may not be recorded; null if it may be at once.</summary>
    public UtcTime? DueAt(OpenProposal proposal) =>
        proposal.RecordedAt is { } proposed && IsDelayed(proposal.Proposal.Body) ? proposed + Delay : null;

    /// <summary>Whether a proposal has its approvals, and is recorded as soon as there is a token for it and its delay is over.</summary>
    public bool LacksToken(OpenProposal proposal, UtcTime now)
    {
        ArgumentNullException.ThrowIfNull(proposal);
        IReadOnlyList<Approval> live = proposal.VotesAt(now, State);
        Electorate who = ElectorateOf(proposal.Proposal);
        return TokenFor(proposal) is not null && who.IsCarriedBy(live);
    }

    /// <summary>The token that the record of a proposal must carry; null for none.</summary>
    public TokenRule? TokenFor(OpenProposal proposal)
    {
        ArgumentNullException.ThrowIfNull(proposal);
        return Rules.TokenFor(proposal.Proposal.Body.Event);
    }

    /// <summary>Whether a proposal may have its approvals and still not be recorded: for a delay, or for a token that is to come.</summary>
    internal bool MayWait(OpenProposal proposal) => DueAt(proposal) is not null || TokenFor(proposal) is not null;

    /// <summary>Whether a policy may let something through that the one in force would not. Not before genesis.</summary>
    public bool IsLoosening(Policy next)
    {
        ArgumentNullException.ThrowIfNull(next);
        return Loosening.Of(Rules, next, State.Windows).Count > 0;
    }

    /// <summary>What speaks against putting a policy in force now, whoever agrees; null for nothing. Not before genesis.</summary>
    public Refusal? JudgeUpgrade(Policy next, UtcTime now)
    {
        ArgumentNullException.ThrowIfNull(next);
        return JudgeWish(
            new EntryBody
            {
                Ledger = State.Ledger.ToString(),
                Event = Events.PolicyUpgraded,
                By = new Voucher(VoucherKind.Author, State.ActiveKeys(KeyPurpose.Author).First().Id),
                IssuedAt = now,
                ExpiresAt = now,
                Nonce = "",
                Control = new PolicyUpgraded(PinInForce, next, "none").ToControl(),
            }
        );
    }

    /// <summary>The moment from which on a policy that is proposed now may be recorded; null if it may be as soon as it is approved. Not before genesis.</summary>
    public UtcTime? EarliestUpgrade(Policy next, UtcTime now) =>
        IsLoosening(next) && RequiredOf(Events.PolicyUpgraded).Count > 0 ? now + Delay : null;

    /// <summary>How long a proposal of a control event may wait at most, by the policy; null if it says nothing.</summary>
    public TimeSpan? LongestWait(EntryBody control) =>
        Rules.ForControl(control.Event)?.Deadline + (IsDelayed(control) ? Delay : TimeSpan.Zero);

    /// <summary>The entry that the nonce of a body is kept for, or null. It may stand in a proposal that waits for that very body.</summary>
    public long? FindNonce(EntryBody body) => HasOwnNonce(body) ? nonces.Find(ScopedNonce.Of(body)) : null;

    /// <summary>The entry that a nonce is kept for, or null.</summary>
    /// <exception cref="TessraxException">TSX1009: not 16 bytes in base64.</exception>
    public long? FindNonce(Voucher by, string nonce) => nonces.Find(ScopedNonce.Of(by, nonce));

    /// <summary>The first rule that the receipt breaks as the next entry, or null. Changes nothing.</summary>
    /// <param name="receipt">The receipt.</param>
    /// <param name="payload">Its payload's record, as <see cref="EventPayloads.Read"/> gives it; null for control events.</param>
    public Refusal? Judge(Receipt receipt, out object? payload)
    {
        Refusal? refusal = Judge(receipt, null, null, out payload, out Replay? replay);
        return replay?.Refusal ?? refusal;
    }

    /// <summary>The same, with what is known already of the author's signature and the payload; what is to be worked out again is left to the caller.</summary>
    /// <param name="receipt">The receipt.</param>
    /// <param name="signature">What is known of its signature.</param>
    /// <param name="read">What its payload was read as.</param>
    /// <param name="payload">Its payload's record.</param>
    /// <param name="replay">The rest of the judgement, or null if there is none. A refusal by it goes before the one that is returned.</param>
    internal Refusal? Judge(
        Receipt receipt,
        CheckedSignature? signature,
        ReadPayload? read,
        out object? payload,
        out Replay? replay
    )
    {
        payload = null;
        replay = null;
        Entry entry = receipt.Entry;
        if (entry.Index != Size && !(isPart && entry.Index > Size))
            return new Refusal(
                Aspect.Entry,
                ErrorCodes.EntryMalformed,
                $"entry {Size} says that its index is {entry.Index}"
            );
        if (State.HasEnded)
            return Ended(entry.Index);
        if (entry.RecordedAt < LastRecordedAt)
            return BackInTime(entry.Index, entry.RecordedAt);
        if (EntryRules.Judge(receipt, State, seals, signature) is { } broken)
            return broken;
        if (FindNonce(entry.Body) is { } used && ProposalOf(entry.Body) is null)
            return NonceUsed(entry.Index, used);
        (payload, TessraxException? fault) = read ?? ReadPayload.Of(receipt);
        if (fault is not null)
            return new Refusal(
                Aspect.Entry,
                fault.Code,
                $"the payload of entry {entry.Index} does not fit {entry.Body.Event}: {fault.Message}"
            );
        var decisions = new DecisionRules(this);
        Refusal? refusal =
            Genesis?.Shard?.Judge(entry.Index, payload)
            ?? decisions.Judge(entry, payload)
            ?? new ControlRules(this).Judge(entry)
            ?? new EpochRules(this).Judge(entry)
            ?? (payload as SnapshotTaken)?.Judge(entry, State)
            ?? new TokenRules(this).Judge(entry);
        replay = decisions.Deferred;
        return refusal;
    }

    /// <summary>Whether a key has come or gone since the epoch began: an anchor for whoever knew the keys before.</summary>
    public bool HasNewKeys
    {
        get
        {
            // Asked for every batch.
            long began = (EpochAt ?? 0) + 1;
            for (int i = 0; i < State.Keys.Count; i++)
            {
                LedgerKey key = State.Keys[i];
                if (key.From > began || key.Ending?.Until > began)
                    return true;
            }
            return false;
        }
    }

    /// <summary>Folds in a receipt that was judged, or that comes from a log whose signed root was checked.</summary>
    /// <exception cref="TessraxException">The receipt could not have been accepted.</exception>
    public void Apply(Receipt receipt, object? payload)
    {
        Entry entry = receipt.Entry;
        switch (payload)
        {
            // One that was refused before its payload was read is not one whose payload is gone.
            case null when entry.Body.Payload is not null && receipt.Payload is null:
                Erasures.Lack(entry);
                break;
            case ClaimsRecorded claims:
                facts.Add(new ClaimsFact(entry.Index, SaltOf(receipt), claims.Claims));
                break;
            case Contradiction contradiction:
                facts.Add(new DetectionFact(entry.Index, SaltOf(receipt), contradiction.Id));
                break;
            case Proposal proposal:
                Open(entry.Index, SaltOf(receipt), entry.RecordedAt, proposal);
                break;
            case ApprovalRecorded vote:
                ApplyVote(entry.Index, vote);
                break;
            case Decision decision:
                facts.Add(Settled(entry.Index, SaltOf(receipt), decision, null));
                break;
            case DecisionClosed closed when open.TryGetValue(closed.Proposal, out OpenProposal? ended):
                if (FactOf(entry.Index, closed.Outcome, ended) is { } fact)
                    facts.Add(fact);
                Close(ended);
                break;
            case DecisionExecuted executed:
                facts.Add(new ExecutedFact(entry.Index, SaltOf(receipt), executed.Decision));
                break;
        }
        if (ProposalOf(entry.Body) is { } carried)
        {
            Close(carried);
            // From now on the nonce is that of this entry, and no longer of a proposal that may be erased.
            nonces.Remove(ScopedNonce.Of(entry.Body));
        }
        if (Events.IsControl(entry.Body.Event))
            Govern(receipt);
        TakeFields(receipt, payload);
        if (HasOwnNonce(entry.Body))
            nonces.Add(ScopedNonce.Of(entry.Body), entry.Index, Kept(entry.Body.ExpiresAt), inContent: false);
        if (entry.Token is { } token)
            nonces.Add(ScopedNonce.Of(token), entry.Index, Kept(token.ExpiresAt), inContent: false);
        nonces.Forget(entry.RecordedAt);
        LastRecordedAt = entry.RecordedAt;
        Size = entry.Index + 1;
        if (entry.Body.Event == Events.ClockAdjusted)
            AdjustClock(State.TimeFloor!.Value);
    }

    /// <summary>The open proposal whose body this is, or null. It holds the body's nonce until that very body is recorded.</summary>
    internal OpenProposal? ProposalOf(EntryBody body)
    {
        if (open.Count == 0 || !Events.TakesApprovals(body.Event) || FindNonce(body) is not { } index)
            return null;
        return open.TryGetValue(index, out OpenProposal? proposal) && proposal.BodyDigest == body.DigestIn(State.Ledger)
            ? proposal
            : null;
    }

    /// <summary>Whether an approval's nonce was used before.</summary>
    internal bool IsUsed(Approval approval) => nonces.Find(ScopedNonce.Of(approval)) is not null;

    /// <summary>Whether a token was used before.</summary>
    internal bool IsUsed(FreshnessToken token) => nonces.Find(ScopedNonce.Of(token)) is not null;

    // That of an epoch follows from its content, which no other entry can have: kept, it would only be one that somebody could take before.
    private static bool HasOwnNonce(EntryBody body) => body.Event != Events.EpochOpened;

    // A receipt that was not judged may have any salt, or none.
    private static Digest SaltOf(Receipt receipt) =>
        receipt.Salt.Length == Receipt.SaltBytes ? new Digest(receipt.Salt.Span) : default;

    private OpenProposal? OpenIn(ControlScope scope) =>
        openControl.TryGetValue(scope, out long index) ? open[index] : null;

    private static InvalidOperationException NotBegun() => new("no genesis was folded in yet");

    private TimeSpan Delay => Rules.Delay ?? State.Windows.Delay;

    private bool IsDelayed(EntryBody control) =>
        control.Event == Events.ApproversChanged
            ? ApproversChanged.Read(control).Appoints(State)
            : ControlRules.NextPolicy(control) is { } next && IsLoosening(next);

    private void Open(long index, Digest salt, UtcTime recordedAt, Proposal proposal)
    {
        Enter(
            new OpenProposal(index, proposal, proposal.Body.DigestIn(State.Ledger), [])
            {
                Salt = salt,
                RecordedAt = OpenProposal.IsDated(proposal) ? recordedAt : null,
            }
        );
        nonces.Add(ScopedNonce.Of(proposal.Body), index, Kept(proposal.Body.ExpiresAt), inContent: true);
    }

    private void ApplyVote(long index, ApprovalRecorded vote)
    {
        if (open.TryGetValue(vote.Proposal, out OpenProposal? voted))
            open[vote.Proposal] = voted with { Votes = [.. voted.Votes, vote.Approval] };
        // Its nonce counts also where the proposal is missing: the vote is there, and is never erased.
        else if (!Erasures.IsMissing(Events.DecisionProposed, vote.Proposal))
            return;
        nonces.Add(ScopedNonce.Of(vote.Approval), index, Kept(vote.Approval.ExpiresAt), inContent: false);
    }

    private void Enter(OpenProposal proposal)
    {
        open[proposal.Index] = proposal;
        if (proposal.Proposal.Decision is { } decision)
            openByKey[decision.Key] = proposal.Index;
        else
            openControl[ControlScope.Of(proposal.Proposal.Body)] = proposal.Index;
    }

    private void Close(OpenProposal proposal)
    {
        open.Remove(proposal.Index);
        if (proposal.Proposal.Decision is not { } decision)
            openControl.Remove(ControlScope.Of(proposal.Proposal.Body));
        else if (openByKey.TryGetValue(decision.Key, out long index) && index == proposal.Index)
            openByKey.Remove(decision.Key);
    }

    private void Govern(Receipt receipt)
    {
        State = State.After(receipt);
        if (State.HasEnded || receipt.Entry.Body.Event is Events.ClockAdjusted or Events.KeyRecovered)
        {
            // What waited can get no verdict any more, or was issued before the clock was adjusted, or by whoever had the keys.
            open.Clear();
            openByKey.Clear();
            openControl.Clear();
        }
        if (receipt.Entry.Body.Event is Events.LedgerCreated or Events.EpochOpened)
            EpochSince = receipt.Entry.RecordedAt;
        if (receipt.Entry.Body.Event == Events.EpochOpened)
            (EpochAt, exported) = (receipt.Entry.Index, null);
        if (receipt.Entry.Body.Event == Events.LedgerCreated)
        {
            Genesis = Genesis.Read(receipt.Entry.Body);
            Policy = Genesis.Policy;
            facts.Begin(Policy.Rules);
        }
        if (ControlRules.NextPolicy(receipt.Entry.Body) is { } next)
        {
            // Most upgrades leave the metrics as they are, and then every claim stays where it is.
            if (!Equals(Rules.Document["metrics"], next.Document["metrics"]))
                facts.ChangeRules(next.Rules);
            Policy = next;
        }
        if (Events.IsAboutPayloads(receipt.Entry.Body.Event))
            GovernPayloads(receipt.Entry);
    }

    // The entry itself was recorded by the old clock; the next one is by the new. What was dropped stays so, even if the time is earlier.
    private void AdjustClock(UtcTime floor)
    {
        LastRecordedAt = floor;
        nonces.Forget(floor);
        if (EpochSince > floor)
            EpochSince = floor;
    }

    private void GovernPayloads(Entry entry)
    {
        EntryBody body = entry.Body;
        if (body.Event == Events.HoldReleased && Erasures.Named(HoldReleased.Read(body).Hold) is { } hold)
            facts.Release(hold.At);
        if (Erasures.Apply(body, entry.Index) is { } erased)
        {
            // From here on, what these entries said counts no more, for those who still have it as for those who have not.
            facts.Remove(erased);
            fields?.Drop(body);
            nonces.RemoveContentOf(erased.Invoke);
        }
        if (body.Event != Events.HoldReleased)
            facts.Add(new ControlFact(entry.Index, body.Event, body.Control!));
    }

    private UtcTime Kept(UtcTime expires) => expires + TimeSpan.FromSeconds(State.Windows.SkewSeconds);
}
