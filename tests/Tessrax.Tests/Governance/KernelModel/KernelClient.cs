using System.Collections.Concurrent;
using System.Text;
using Tessrax.Canonical;
using Tessrax.Contradictions;
using Tessrax.Governance;
using Tessrax.Hashing;
using Tessrax.Keys;
using Tessrax.Ledger;

namespace Tessrax.Tests.Governance.KernelModel;

/// <summary>Makes the entries that commands stand for, with real keys and signatures.</summary>
internal sealed class KernelClient
{
    private static readonly ConcurrentDictionary<int, PrivateKey> KeysBySlot = [];
    private static readonly ConcurrentDictionary<ModelPolicy, Policy> Policies = [];
    private readonly List<Digest> states = [default];
    private readonly Dictionary<long, Proposal> proposals = [];
    private int drawn;

    public KernelClient(KernelReference reference)
    {
        Ledger = new FoldLedger(
            found: genesis => genesis with { Keys = Founders(reference), Policy = PolicyOf(reference.Policy) },
            now: reference.Now
        );
        states.Add(Ledger.Fold.State.Digest);
    }

    public FoldLedger Ledger { get; }

    public LedgerFold Fold => Ledger.Fold;

    public static PrivateKey KeyOf(int slot) => KeysBySlot.GetOrAdd(slot, MakeKey);

    private static PrivateKey MakeKey(int slot) =>
        slot switch
        {
            0 => FoldLedger.Author,
            1 => FoldLedger.SecondAuthor,
            _ => FoldLedger.Seeded((byte)(50 + slot)),
        };

    /// <summary>The policy in full.</summary>
    public static Policy PolicyOf(ModelPolicy policy) => Policies.GetOrAdd(policy, MakePolicy);

    private static Policy MakePolicy(ModelPolicy policy) =>
        Policy.Parse(
            Encoding.UTF8.GetBytes(
                $$"""
                {
                  "policy": "tessrax/policy/v2", "id": "model", "version": "{{policy.Version}}", "delay": "PT24H",
                  "metrics": {{FoldLedger.Policy.Document["metrics"]}},
                  "resolution": {
                    "low": { "strategy": "newest" }, "moderate": { "strategy": "newest" },
                    "high": { "strategy": "most-severe", "action": "one" },
                    "critical": { "strategy": "escalate", "propose": "most-severe", "action": "both" } },
                  "actions": {
                    "one": { "approvals": [{ "role": "approver", "k": {{policy.One}} }], "deadline": "P1D" },
                    "both": { "approvals": [{ "role": "approver", "k": {{policy.Both}} }, { "role": "legal", "k": 1 }],
                              "deadline": "P7D", "veto": ["legal"] },
                    "control": { "approvals": [{ "role": "approver", "k": 2 }, { "role": "legal", "k": 1 }], "deadline": "P30D" },
                    "nobody": { "approvals": [] } },
                  "control": { "*": "control", "APPROVERS_DELEGATED": "nobody" },
                  "delegation": { "max": "P60D" },
                  "tokens": { "DECISION_RECORDED": { "role": "legal", "valid": "PT10M", "entries": 5 } }
                }
                """
            )
        );

    public Receipt Signed(string name, JsonValue? payload, int author, Func<EntryBody, EntryBody>? body = null)
    {
        PrivateKey key = KeyOf(author);
        return Ledger.Make(
            name,
            payload,
            body: made => (body?.Invoke(made) ?? made) with { By = new Voucher(VoucherKind.Author, key.PublicKey.Id) },
            signer: key
        );
    }

    public Receipt Claims(ModelClaim claim, int author, int order) =>
        Signed(
            Events.ClaimsRecorded,
            new ClaimsRecorded([
                Claim.FromJson(
                    FoldLedger
                        .Claim(claim.Id, $"subject-{claim.Subject}", claim.Value, $"source-{claim.Source}")
                        .ToJson()
                        .With(
                            "timestamp",
                            $"{FoldLedger.Time("2026-01-01T00:00:00.000000Z") + TimeSpan.FromSeconds(order)}"
                        )
                ),
            ]).ToJson(),
            author
        );

    public Contradiction? Detect(int subject) => Fold.Claims.Detect(GroupOf(subject));

    public static GroupKey GroupOf(int subject) => FoldLedger.Key($"subject-{subject}");

    public Receipt Tell(int subject) =>
        Ledger.Make(Events.ContradictionDetected, Detect(subject)!.ToJson(), VoucherKind.Log);

    public Receipt Decide(int subject, ModelPolicy policy, int author)
    {
        Policy by = PolicyOf(policy);
        Decision decision = Decider.Decide(by, Detect(subject)!, 0);
        return Signed(Events.DecisionRecorded, decision.ToJson(), author, b => b with { Policy = by.Pin });
    }

    /// <summary>A decision put up for approval.</summary>
    public Receipt Propose(int subject, ModelPolicy policy, int author, UtcTime expires, int outer)
    {
        Policy by = PolicyOf(policy);
        Decision decision = Decider.Decide(by, Detect(subject)!, 0);
        byte[] salt = Ledger.Draw(Receipt.SaltBytes);
        EntryBody body = Ledger.Body(Events.DecisionRecorded, FrozenPayload.From(decision.ToJson()), salt);
        return Propose(
            body with
            {
                Policy = by.Pin,
                ExpiresAt = expires,
            },
            author,
            decision,
            Convert.ToBase64String(salt),
            outer
        );
    }

    /// <summary>A control event put up for approval.</summary>
    public Receipt Propose(ModelControl control, int author, TimeSpan wait, int outer)
    {
        (string name, JsonValue content) = ContentOf(control);
        EntryBody body = Ledger.Body(name, null, []) with { Control = content, ExpiresAt = Ledger.Now + wait };
        return Propose(body, author, null, null, outer);
    }

    public Receipt Direct(ModelControl control, int author)
    {
        (string name, JsonValue content) = ContentOf(control);
        return Signed(name, null, author, body => body with { Control = content });
    }

    /// <summary>A verdict, signed over bytes that the flaw may bend.</summary>
    public Approval Vote(ModelProposal proposal, KernelReference.Sent sent, VoteFlaw flaw)
    {
        ModelVote vote = sent.Vote;
        PrivateKey key = KeyOf(vote.Slot);
        var approval = new Approval
        {
            Key = key.PublicKey.Id,
            Role = vote.Role,
            Approves = vote.Approves,
            Gov = states[vote.State],
            IssuedAt = vote.Issued,
            ExpiresAt = vote.Expires,
            Nonce = vote.Nonce,
        };
        Digest body = proposals[proposal.Index].Body.DigestIn(Ledger.Id);
        var other = Digest.Parse("sha256:" + new string('7', 64));
        byte[] message = Message(
            flaw == VoteFlaw.NoLabel ? "" : "tessrax/approval/v1\n",
            flaw == VoteFlaw.OtherLedger ? other : Ledger.Id,
            approval,
            flaw == VoteFlaw.OtherBody ? other : body
        );
        return approval with { Signature = Convert.ToBase64String(key.Sign(message)) };
    }

    // As spec/ledger.md says it, and not as the product writes it.
    private static byte[] Message(string label, Digest ledger, Approval approval, Digest body) =>
        [
            .. Encoding.ASCII.GetBytes(label),
            .. ledger.Span,
            .. approval.ToJson().Without("sig").With("body", $"{body}").ToCanonicalBytes(),
        ];

    public string Nonce() => Convert.ToBase64String(Encoding.ASCII.GetBytes($"model nonce {++drawn:D4}"));

    public Receipt Voted(ModelProposal proposal, Approval approval) =>
        Ledger.Make(Events.ApprovalRecorded, new ApprovalRecorded(proposal.Index, approval).ToJson(), VoucherKind.Log);

    public FreshnessToken Issue(ModelProposal proposal, ModelToken token)
    {
        EntryBody body = proposals[proposal.Index].Body;
        PrivateKey key = KeyOf(token.Slot);
        var issued = new FreshnessToken
        {
            Ledger = Ledger.Id,
            Key = key.PublicKey.Id,
            Audience = KeyOf(token.Audience).PublicKey.Id,
            Action = body.Event,
            Body = token.IsFitting ? body.DigestIn(Ledger.Id) : Ledger.Id,
            From = token.From,
            To = token.To,
            IssuedAt = token.Issued,
            ExpiresAt = token.Expires,
            Nonce = token.Nonce,
        };
        PrivateKey signer = token.IsSigned ? key : FoldLedger.Log;
        return issued with { Signature = Convert.ToBase64String(signer.Sign(issued.ToSignedBytes())) };
    }

    public Receipt Record(ModelProposal proposal, IReadOnlyList<Approval> approvals, FreshnessToken? token)
    {
        Proposal proposed = proposals[proposal.Index];
        return Ledger.Place(
            proposed.Body,
            null,
            proposed.Decision is { } decision ? FrozenPayload.From(decision.ToJson()) : null,
            proposed.Salt is { } salt ? Convert.FromBase64String(salt) : [],
            entry => entry with { Signature = proposed.Signature, Approvals = approvals, Token = token }
        );
    }

    public Receipt Close(ModelProposal proposal, ClosedAs outcome, int author) =>
        Signed(Events.DecisionClosed, new DecisionClosed(proposal.Index, outcome).ToJson(), author);

    /// <summary>Folds in what was accepted.</summary>
    public void Add(Receipt receipt, object? payload)
    {
        if (payload is Proposal proposal)
            proposals[receipt.Entry.Index] = proposal;
        Ledger.AddUnjudged(receipt, payload);
        if (Events.IsControl(receipt.Entry.Body.Event))
            states.Add(Fold.State.Digest);
    }

    private Receipt Propose(EntryBody body, int author, Decision? decision, string? salt, int outer)
    {
        PrivateKey key = KeyOf(author);
        body = body with { By = new Voucher(VoucherKind.Author, key.PublicKey.Id) };
        string signature = Convert.ToBase64String(key.Sign(body.SignedBytes(Ledger.Id)));
        return Signed(Events.DecisionProposed, new Proposal(body, signature, decision, salt).ToJson(), outer);
    }

    private (string Name, JsonValue Content) ContentOf(ModelControl control) =>
        control.Kind switch
        {
            ControlKind.AddAuthor => (
                Events.KeyAdded,
                KeyLedger.Added(Ledger, Fresh(control, KeyPurpose.Author), KeyOf(control.Fresh)).ToControl()
            ),
            ControlKind.Revoke => (
                Events.KeyRevoked,
                new KeyRevoked(KeyOf(control.Slot).PublicKey.Id, KeyEnd.Retired, null, "a reason").ToControl()
            ),
            ControlKind.Remove => (
                Events.ApproversChanged,
                KeyLedger.Changed(remove: [KeyOf(control.Slot).PublicKey.Id]).ToControl()
            ),
            ControlKind.Appoint => (Events.ApproversChanged, KeyLedger.Changed([Appointed(control)]).ToControl()),
            ControlKind.Roles => (
                Events.ApproversChanged,
                KeyLedger
                    .Changed(roles: [new ChangedRoles(KeyOf(control.Slot).PublicKey.Id, control.Roles!)])
                    .ToControl()
            ),
            ControlKind.Rotate => (
                Events.KeyRotated,
                KeyLedger.Rotated(Ledger, KeyOf(control.Slot), KeyOf(control.Fresh)).ToControl()
            ),
            ControlKind.Delegate => (Events.ApproversDelegated, Delegated(control.Delegation!).ToControl()),
            ControlKind.Upgrade => (
                Events.PolicyUpgraded,
                new PolicyUpgraded(PolicyOf(control.From!).Pin, PolicyOf(control.Policy!), "a reason").ToControl()
            ),
            _ => (
                Events.PolicyRolledBack,
                new PolicyRolledBack(
                    PolicyOf(control.From!).Pin,
                    PolicyOf(control.Policy!),
                    control.At,
                    "a reason"
                ).ToControl()
            ),
        };

    private ApproversDelegated Delegated(ModelDelegation wish)
    {
        var delegation = new Delegation(
            KeyOf(wish.From).PublicKey.Id,
            KeyOf(wish.To).PublicKey.Id,
            wish.Role,
            wish.Actions,
            wish.Issued,
            wish.Expires
        );
        byte[] signature = KeyOf(wish.From).Sign(delegation.ToSignedBytes(Ledger.Id));
        return new ApproversDelegated(delegation, Convert.ToBase64String(signature), "a reason");
    }

    private NewApprover Appointed(ModelControl control)
    {
        KeyContent key = Fresh(control, KeyPurpose.Approver);
        return new NewApprover(key, KeyLedger.Proof(Ledger.Id, key, KeyOf(control.Fresh)));
    }

    private static KeyContent Fresh(ModelControl control, KeyPurpose purpose)
    {
        string name = $"n{control.Fresh}";
        bool isAuthor = purpose == KeyPurpose.Author;
        return new KeyContent(
            name,
            purpose,
            VerifierKey.Create(name, KeyOf(control.Fresh).PublicKey),
            isAuthor ? [] : control.Roles!,
            isAuthor ? $"N{control.Fresh}" : null
        );
    }

    private static List<LedgerKey> Founders(KernelReference reference) =>
        [
            new(
                FoldLedger.Origin,
                KeyPurpose.Log,
                VerifierKey.Create(FoldLedger.Origin, FoldLedger.Log.PublicKey),
                [],
                0
            ),
            .. reference.Keys.Select(key => new LedgerKey(
                key.Name,
                key.IsAuthor ? KeyPurpose.Author : KeyPurpose.Approver,
                VerifierKey.Create(key.Name, KeyOf(key.Slot).PublicKey),
                key.Roles,
                0
            )
            {
                Person = key.Person,
            }),
        ];
}

/// <summary>What may be wrong with a verdict.</summary>
internal enum VoteFlaw
{
    None,
    OtherBody,
    OtherLedger,
    NoLabel,
    NonceAgain,
    EndsNow,
    Ended,
    IssuedAhead,
    StateBefore,
}
