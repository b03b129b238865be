using Tessrax.Canonical;
using Tessrax.Contradictions;
using Tessrax.Governance;
using Tessrax.Hashing;
using Tessrax.Ledger;
using Xunit;

namespace Tessrax.Tests.Governance;

/// <summary>From claims to decisions: nothing stands that doing it again does not give.</summary>
public sealed class FoldDecisionTests
{
    private static readonly Digest Other = HashEngine.Sha256.Hash("another"u8);
    private static readonly TimeSpan Tick = TimeSpan.FromMicroseconds(1);
    private readonly FoldLedger ledger = new();

    [Fact]
    public void Refuses_a_contradiction_that_the_claims_do_not_give()
    {
        ledger.AddClaims(FoldLedger.Claim("a1", "A", 9, "s1"), FoldLedger.Claim("a2", "A", 9.1, "s2"));
        ledger.AddClaims(FoldLedger.Claim("b1", "B", 9, "s1"), FoldLedger.Claim("b2", "B", 9, "s2"));
        Refused(Detection(p => p.With("severity", "critical")));
        Refused(Detection(p => p.With("tolerance", "0.5")));
        Refused(Detection(p => p.With("as_of", "2026-01-02T00:00:00.000000Z")));
        Refused(Detection(p => p.With("explanation", "they differ")));
        Refused(Detection(p => p.With("superseded", JsonValue.Of("b1"))));
        Refused(Detection(p => p.With("kind", "temporal")));
        Contradiction real = ledger.Fold.Claims.Detect(FoldLedger.Key("A"))!;
        ledger.Add(Detection(p => p));
        Refused(ledger.Make(Events.ContradictionDetected, real.ToJson(), VoucherKind.Log), "on record");
    }

    [Fact]
    public void Refuses_a_contradiction_of_claims_that_nobody_recorded()
    {
        var elsewhere = new FoldLedger();
        elsewhere.Contradict("A", 1, 9);
        JsonValue payload = elsewhere.Fold.Claims.Detect(FoldLedger.Key("A"))!.ToJson();
        Refused(ledger.Make(Events.ContradictionDetected, payload, VoucherKind.Log));
    }

    [Theory]
    [InlineData("kind", "\"temporal\"")]
    [InlineData("severity", "\"moderate\"")]
    [InlineData("as_of", "\"2026-01-01T00:00:00.000001Z\"")]
    [InlineData("strategy", "\"median\"")]
    [InlineData("rule", "\"resolution.low/median\"")]
    [InlineData("reason", "\"because\"")]
    [InlineData("action", "\"one\"")]
    [InlineData("approvals", "[{\"k\":1,\"role\":\"approver\"}]")]
    [InlineData("deadline", "\"P1D\"")]
    [InlineData("lane", "\"slow\"")]
    [InlineData("explanation", "\"because\"")]
    public void Refuses_a_decision_that_differs_in_any_member(string member, string value)
    {
        GroupKey key = ledger.Contradict("A", 9, 9.1);
        JsonValue decision = ledger.Decision(key).ToJson();
        JsonValue changed = decision.With(member, JsonValue.Parse(System.Text.Encoding.UTF8.GetBytes(value)));
        Assert.NotEqual(decision, changed);
        Refused(ledger.Make(Events.DecisionRecorded, changed));
        Assert.Null(ledger.Judge(ledger.Make(Events.DecisionRecorded, decision)));
    }

    [Fact]
    public void Refuses_a_decision_for_another_claim_contradiction_or_policy()
    {
        GroupKey key = ledger.Contradict("A", 9, 9.1);
        JsonValue decision = ledger.Decision(key).ToJson();
        JsonValue outcome = decision["outcome"]!;
        JsonValue[] claims = decision["claims"]!.Items.ToArray();
        JsonValue loser = claims.First(c => c["claim_id"]!.AsString() != outcome["claim_id"]!.AsString());
        JsonValue other = outcome.With("claim_id", loser["claim_id"]!).With("digest", loser["digest"]!);
        Refused(Record(decision.With("outcome", other)));
        Refused(Record(decision.With("outcome", outcome.With("value", JsonValue.Number(9.05)))));
        Refused(Record(decision.With("outcome", outcome.With("source", "s3"))));
        Refused(Record(decision.With("contradiction", Other.ToString())));
        Refused(Record(decision.With("policy", decision["policy"]!.With("version", "2.0.0"))));
        Refused(Record(decision.With("key", FoldLedger.Key("Z").ToJson())));
        Refused(Record(decision.With("claims", JsonValue.Of([.. claims, claims[1]]))));
    }

    [Fact]
    public void Refuses_a_decision_on_a_contradiction_that_is_not_on_record()
    {
        ledger.AddClaims(FoldLedger.Claim("a1", "A", 9, "s1"), FoldLedger.Claim("a2", "A", 9.1, "s2"));
        Refused(Record(ledger.Decision(FoldLedger.Key("A")).ToJson()), "not on record");
    }

    [Fact]
    public void Refuses_to_decide_the_same_twice()
    {
        JsonValue decision = ledger.Decision(ledger.Contradict("A", 9, 9.1)).ToJson();
        ledger.Add(Record(decision));
        Refused(Record(decision), "already");
    }

    [Fact]
    public void Decides_again_what_comes_back_after_another_decision()
    {
        GroupKey key = ledger.Contradict("A", 9, 9.1);
        JsonValue first = ledger.Decision(key).ToJson();
        ledger.Add(Record(first));
        // For two days s2 says otherwise; on the fourth its old claim is the current one again.
        ledger.AddClaims(Windowed("a3", 8.9, "s2", 2, "2026-01-04T00:00:00.000000Z"));
        ledger.Add(ledger.Detection("A"));
        ledger.Add(Record(ledger.Decision(key).ToJson()));
        ledger.AddClaims(Windowed("a4", 1, "s3", 5, "2026-01-05T00:00:00.000001Z"));
        ledger.AddClaims(Windowed("a5", 1, "s4", 6, null, from: "2026-01-20T00:00:00.000000Z"));
        Contradiction back = ledger.Fold.Claims.Detect(key)!;
        Assert.Equal(first["contradiction"]!.AsString(), back.Id.ToString());
        Assert.False(ledger.Fold.IsSettled(back));
        ledger.Add(Record(ledger.Decision(key).ToJson()));
        Assert.True(ledger.Fold.IsSettled(back));
    }

    [Fact]
    public void Refuses_what_needs_approval_without_a_proposal()
    {
        GroupKey key = ledger.Contradict("C", 9, 6.5);
        Assert.Equal(ErrorCodes.NeedsApproval, ledger.Judge(Record(ledger.Decision(key).ToJson()))?.Code);
        long open = ledger.Propose(key);
        // The same decision in a body of its own is not the body that was proposed.
        Approval vote = ledger.AddVote(open, 1);
        Receipt other = ledger.Make(
            Events.DecisionRecorded,
            ledger.Decision(key).ToJson(),
            entry: e => e with { Approvals = [vote] }
        );
        Assert.Equal(ErrorCodes.NeedsApproval, ledger.Judge(other)?.Code);
    }

    [Fact]
    public void Refuses_approvals_on_a_decision_that_needs_none()
    {
        long open = ledger.Propose(ledger.Contradict("C", 9, 6.5));
        Approval vote = ledger.Approval(open, 1);
        JsonValue decision = ledger.Decision(ledger.Contradict("A", 9, 9.1)).ToJson();
        Receipt receipt = ledger.Make(Events.DecisionRecorded, decision, entry: e => e with { Approvals = [vote] });
        Assert.Equal(ErrorCodes.ApprovalsBroken, ledger.Judge(receipt)?.Code);
    }

    [Fact]
    public void Refuses_proposals_that_are_not_what_they_show()
    {
        GroupKey key = ledger.Contradict("C", 9, 6.5);
        GroupKey other = ledger.Contradict("D", 9, 6.5);
        Proposal good = ledger.Proposal(key);
        Assert.Null(ledger.Judge(Propose(good)));
        Proposed(ErrorCodes.CommitmentBroken, good with { Decision = ledger.Decision(other) });
        Proposed(ErrorCodes.CommitmentBroken, good with { Salt = ledger.Proposal(key).Salt });
        Proposed(ErrorCodes.SignatureBroken, good with { Signature = ledger.Proposal(key).Signature });
        Proposed(ErrorCodes.SignatureBroken, ledger.Proposal(key, signer: FoldLedger.SecondAuthor));
        Proposed(
            ErrorCodes.NotByThatKey,
            ledger.Proposal(key, b => b with { By = b.By with { Kind = VoucherKind.Log } })
        );
        Proposed(
            ErrorCodes.NotByThatKey,
            ledger.Proposal(key, b => b with { By = b.By with { Key = FoldLedger.Log.PublicKey.Id } }, FoldLedger.Log)
        );
        Proposed(ErrorCodes.DecisionDiffers, ledger.Proposal(key, b => b with { Event = "x-own" }));
        Proposed(ErrorCodes.DecisionDiffers, ledger.Proposal(key, b => b with { Ledger = Other.ToString() }));
        Proposed(ErrorCodes.DecisionDiffers, ledger.Proposal(key, b => b with { Policy = null }));
        // With control it is the proposal of a control event, which shows no decision.
        Proposed(ErrorCodes.UnknownMember, ledger.Proposal(key, b => b with { Control = JsonValue.Null }));
    }

    [Fact]
    public void Refuses_proposals_that_need_no_approval_are_too_early_or_would_wait_too_long()
    {
        Proposed(ErrorCodes.DecisionDiffers, ledger.Proposal(ledger.Contradict("A", 9, 9.1)));
        GroupKey key = ledger.Contradict("C", 9, 6.5);
        Proposed(ErrorCodes.OutsideWindow, ledger.Proposal(key, b => b with { IssuedAt = b.IssuedAt + Tick }));
        Proposed(ErrorCodes.OutsideWindow, ledger.Proposal(key, b => b with { ExpiresAt = b.ExpiresAt + Tick }));
        Proposal inTime = ledger.Proposal(key, b => b with { ExpiresAt = b.IssuedAt + Tick });
        Assert.Null(ledger.Judge(Propose(inTime)));
        ledger.Now += Tick + Tick;
        Proposed(ErrorCodes.OutsideWindow, inTime);
    }

    [Fact]
    public void Refuses_a_second_proposal_while_one_waits_and_after_it_was_rejected()
    {
        GroupKey key = ledger.Contradict("C", 9, 6.5);
        long open = ledger.Propose(key);
        Proposed(ErrorCodes.DecisionDiffers, ledger.Proposal(key));
        foreach (int approver in (int[])[1, 2, 3, 4])
            ledger.AddVote(open, approver, approves: false);
        ledger.Add(ledger.Closing(open, ClosedAs.Rejected));
        // A veto cannot be got around by asking again.
        Proposed(ErrorCodes.DecisionDiffers, ledger.Proposal(key));
    }

    [Fact]
    public void Closes_proposals_only_for_the_reason_that_holds()
    {
        GroupKey key = ledger.Contradict("C", 9, 6.5);
        long open = ledger.Propose(key);
        foreach (ClosedAs outcome in Enum.GetValues<ClosedAs>())
            Closed(ErrorCodes.ApprovalsBroken, open, outcome);
        Closed(ErrorCodes.Closed, 0, ClosedAs.Expired);
        ledger.Now = ledger.Fold.Proposals[open].Proposal.Body.ExpiresAt;
        Closed(ErrorCodes.ApprovalsBroken, open, ClosedAs.Expired);
        ledger.Now += Tick;
        Closed(null, open, ClosedAs.Expired);
        ledger.AddClaims(FoldLedger.Claim("c3", "C", 9, "s2", day: 2));
        Closed(null, open, ClosedAs.Superseded);
        Closed(ErrorCodes.ApprovalsBroken, open, ClosedAs.Rejected);
        ledger.Add(ledger.Closing(open, ClosedAs.Superseded));
        Closed(ErrorCodes.Closed, open, ClosedAs.Superseded);
    }

    [Fact]
    public void Counts_a_proposal_as_overtaken_when_the_same_claims_give_another_decision()
    {
        GroupKey key = ledger.Contradict("C", 9, 6.5);
        long open = ledger.Propose(key);
        Approval vote = ledger.AddVote(open, 1);
        // Outside of its own window: it says nothing now, but it moves the moment at which the others are current.
        ledger.AddClaims(Windowed("c3", 1, "s3", 9, null, from: "2026-01-20T00:00:00.000000Z", subject: "C"));
        Assert.Equal(ledger.Fold.Proposals[open].Proposal.Decision!.Contradiction, ledger.Fold.Claims.Detect(key)!.Id);
        Refused(ledger.Recorded(open, vote));
        ledger.Add(ledger.Closing(open, ClosedAs.Superseded));
        ledger.Add(ledger.Recorded(ledger.Propose(key), ledger.AddVote(ledger.Fold.OpenIn(key)!.Index, 2)));
    }

    private static Claim Windowed(
        string id,
        double value,
        string source,
        int day,
        string? until,
        string? from = null,
        string subject = "A"
    ) =>
        Claim.FromJson(
            FoldLedger
                .Claim(id, subject, value, source, day)
                .ToJson()
                .With(
                    "context",
                    JsonValue.Object(
                        ("valid_until", until is null ? null : JsonValue.String(until)),
                        ("valid_from", from is null ? null : JsonValue.String(from))
                    )
                )
        );

    private Receipt Detection(Func<JsonValue, JsonValue> change) => ledger.Detection("A", change);

    private Receipt Record(JsonValue decision) => ledger.Make(Events.DecisionRecorded, decision);

    private Receipt Propose(Proposal proposal) => ledger.Make(Events.DecisionProposed, proposal.ToJson());

    private void Proposed(ErrorCode code, Proposal proposal) =>
        Assert.Equal(code, ledger.Judge(Propose(proposal))?.Code);

    private void Closed(ErrorCode? code, long proposal, ClosedAs outcome) =>
        Assert.Equal(code, ledger.Judge(ledger.Closing(proposal, outcome))?.Code);

    private void Refused(Receipt receipt, string because = "")
    {
        Refusal? refusal = ledger.Judge(receipt);
        Assert.Equal((Aspect.Decision, ErrorCodes.DecisionDiffers), (refusal?.Aspect, refusal?.Code));
        Assert.Contains(because, refusal!.Message, StringComparison.Ordinal);
    }
}
