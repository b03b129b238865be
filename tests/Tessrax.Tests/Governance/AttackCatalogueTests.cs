using System.Diagnostics;
using System.Numerics;
using System.Text;
using Tessrax.Canonical;
using Tessrax.Contradictions;
using Tessrax.Governance;
using Tessrax.Hashing;
using Tessrax.Keys;
using Tessrax.Ledger;
using Tessrax.Verification;
using Xunit;

namespace Tessrax.Tests.Governance;

/// <summary>What somebody would try who wants a decision that others would not give, one attack a test, and the code that it meets.</summary>
public sealed class AttackCatalogueTests
{
    private readonly FoldLedger ledger = new();

    [Fact]
    public void One_key_under_two_names_is_refused()
    {
        // An approver's key again, under another name; as an author's; and the author's as an approver's.
        NewApprover again = KeyLedger.Joins(ledger, 1, "frank", "approver");
        Refused(ErrorCodes.BadValue, Propose(Events.ApproversChanged, KeyLedger.Changed([again]).ToControl()));
        PrivateKey known = FoldLedger.Approver(1);
        KeyAdded author = KeyLedger.Added(ledger, KeyLedger.Author("third", known), known);
        Refused(ErrorCodes.BadValue, Propose(Events.KeyAdded, author.ToControl()));
        KeyContent own = KeyLedger.Approver(1, "me", "approver") with
        {
            Verifier = VerifierKey.Create("me", FoldLedger.Author.PublicKey),
        };
        var joins = new NewApprover(own, KeyLedger.Proof(ledger.Id, own, FoldLedger.Author));
        Refused(ErrorCodes.BadValue, Propose(Events.ApproversChanged, KeyLedger.Changed([joins]).ToControl()));
        // What the ledger does not know counts for nothing, whatever its name.
        long proposal = ledger.Propose(ledger.Contradict("B", 1, 9));
        Refused(ErrorCodes.NotAnApprover, ledger.Vote(proposal, ledger.Approval(proposal, 7)));
    }

    [Fact]
    public void An_approval_serves_for_no_other_body_ledger_state_or_role()
    {
        long proposal = ledger.Propose(ledger.Contradict("B", 1, 9));
        long other = ledger.Propose(ledger.Contradict("C", 1, 9));
        Approval vote = ledger.Approval(proposal, 1);
        Refused(ErrorCodes.BadSignature, ledger.Vote(other, vote));
        Digest body = ledger.Fold.Proposals[proposal].BodyDigest;
        Signed(ErrorCodes.BadSignature, a => a.SignedBytes(body, body));
        Signed(ErrorCodes.BadSignature, a => (a with { Role = "legal" }).SignedBytes(ledger.Id, body));
        Refused(ErrorCodes.NotAnApprover, ledger.Vote(proposal, ledger.Approval(proposal, 1, "legal")));
        Refused(
            ErrorCodes.StaleGovernance,
            ledger.Vote(proposal, ledger.Approval(proposal, 1, change: a => a with { Gov = body }))
        );
        // An entry that claims to be of another epoch, or judged by another state.
        Receipt honest = ledger.Vote(proposal, vote);
        Refused(ErrorCodes.StateBroken, Bent(honest, e => e with { Epoch = 1 }));
        Refused(ErrorCodes.StateBroken, Bent(honest, e => e with { Gov = e.Gov with { Digest = body } }));

        void Signed(ErrorCode code, Func<Approval, byte[]> signed) =>
            Refused(code, ledger.Vote(proposal, ledger.Approval(proposal, 1, signed: signed)));
    }

    [Fact]
    public void An_approval_given_under_one_policy_carries_nothing_under_another()
    {
        long proposal = ledger.Propose(ledger.Contradict("B", 1, 9));
        Approval kept = ledger.Approval(proposal, 1);
        PolicyLedger.Pass(ledger, PolicyLedger.Upgrade(ledger, PolicyLedger.Stricter("1.1.0")));
        Refused(ErrorCodes.StaleGovernance, ledger.Vote(proposal, kept));
        // Nor does the decision itself, which names the policy that it was made under.
        ledger.Now += TimeSpan.FromMinutes(1);
        Approval[] fresh =
        [
            ledger.AddVote(proposal, 1),
            ledger.AddVote(proposal, 2),
            ledger.AddVote(proposal, 5, "legal"),
        ];
        Refused(ErrorCodes.PolicyDiffers, ledger.Recorded(proposal, fresh));
    }

    [Fact]
    public void Approvals_in_another_order_or_fewer_or_twice_carry_nothing()
    {
        long proposal = ledger.Propose(ledger.Contradict("B", 1, 9));
        Approval[] votes =
        [
            ledger.AddVote(proposal, 1),
            ledger.AddVote(proposal, 2),
            ledger.AddVote(proposal, 5, "legal"),
        ];
        Refused(ErrorCodes.ApprovalsBroken, ledger.Recorded(proposal, votes[1], votes[0], votes[2]));
        Refused(ErrorCodes.NeedsApproval, ledger.Recorded(proposal, votes[0], votes[2]));
        Refused(ErrorCodes.ApprovalsBroken, ledger.Recorded(proposal, [.. votes, votes[0]]));
        Refused(ErrorCodes.NeedsApproval, ledger.Recorded(proposal));
        // A valid signature that was never put on record, and one on record that is bent.
        Refused(ErrorCodes.ApprovalsBroken, ledger.Recorded(proposal, [.. votes, ledger.Approval(proposal, 3)]));
        Approval forged = votes[0] with { Signature = votes[1].Signature };
        Refused(ErrorCodes.BadSignature, ledger.Recorded(proposal, forged, votes[1], votes[2]));
        Assert.Null(ledger.Judge(ledger.Recorded(proposal, votes)));
    }

    [Fact]
    public void Whoever_is_removed_approves_nothing_more_whenever_they_signed()
    {
        long proposal = ledger.Propose(ledger.Contradict("B", 1, 9));
        Approval early = ledger.AddVote(proposal, 4);
        Approval[] others = [ledger.AddVote(proposal, 1), ledger.AddVote(proposal, 5, "legal")];
        Approval kept = ledger.Approval(proposal, 4);
        KeyLedger.Pass(ledger, Events.ApproversChanged, KeyLedger.Changed(remove: [KeyLedger.Id(4)]).ToControl());
        // What was on record before counts no more, nor what lay in a drawer, nor what is signed now.
        Refused(ErrorCodes.KeyEnded, ledger.Recorded(proposal, early, others[0], others[1]));
        Refused(ErrorCodes.StaleGovernance, ledger.Recorded(proposal, others));
        Refused(ErrorCodes.KeyEnded, ledger.Vote(proposal, kept));
        Refused(ErrorCodes.KeyEnded, ledger.Vote(proposal, ledger.Approval(proposal, 4)));
    }

    [Fact]
    public void No_bundle_leaves_out_a_change_of_approvers_a_delegation_or_a_token()
    {
        FoldLedger changed = new();
        KeyLedger.Pass(changed, Events.ApproversChanged, KeyLedger.Changed(remove: [KeyLedger.Id(4)]).ToControl());
        EachIsNeeded(changed, Decide(changed));
        FoldLedger delegated = DelegationLedger.New();
        delegated.Add(delegated.Control(Events.ApproversDelegated, DelegationLedger.Made(delegated).ToControl()));
        EachIsNeeded(delegated, Decide(delegated));
        FoldLedger token = TokenLedger.New();
        long proposal = TokenLedger.Approved(token, out Approval[] votes);
        Receipt recorded = token.Recorded(proposal, votes);
        token.Add(TokenLedger.With(recorded, TokenLedger.Issue(token, recorded.Entry.Body)));
        long at = token.Fold.Size - 1;
        Assert.False(
            BundleVerifier.Verify(token.Replaced(recorded).Bundle(at).ToBytes(), token.Trust, TimeProvider.System).Holds
        );

        static long Decide(FoldLedger of)
        {
            long open = of.Propose(of.Contradict("B", 1, 9));
            Approval[] given = [of.AddVote(open, 1), of.AddVote(open, 2), of.AddVote(open, 5, "legal")];
            return of.Add(of.Recorded(open, given)).Entry.Index;
        }

        static void EachIsNeeded(FoldLedger of, long subject)
        {
            Verdict whole = BundleVerifier.Verify(of.Bundle(subject).ToBytes(), of.Trust, TimeProvider.System);
            Assert.True(whole.Holds, whole.ToJson().ToString());
            foreach (Receipt left in of.Receipts.Where(r => Events.IsControl(r.Entry.Body.Event)))
            {
                byte[] without = of.Bundle(subject, r => r.Entry.Index != left.Entry.Index).ToBytes();
                Assert.False(
                    BundleVerifier.Verify(without, of.Trust, TimeProvider.System).Holds,
                    $"{left.Entry.Body.Event}"
                );
            }
        }
    }

    [Theory]
    [InlineData("ali\u0441e")]
    [InlineData("al\u0456ce")]
    [InlineData("Alice")]
    [InlineData("a1ice")]
    public void A_name_that_looks_like_another_is_another_and_is_told_of(string look)
    {
        Assert.Equal(
            new LookAlike(
                string.CompareOrdinal(look, "alice") < 0 ? look : "alice",
                string.CompareOrdinal(look, "alice") < 0 ? "alice" : look
            ),
            Assert.Single(LookAlikes.Find(["alice", look]))
        );
        // Its holder takes nobody's verdict: two persons, two counts.
        FoldLedger of = new(found: g =>
            g with
            {
                Keys =
                [
                    .. g.Keys.Select(k =>
                        k.Name switch
                        {
                            "approver-1" => k with { Person = "alice" },
                            "approver-2" => k with { Person = look },
                            _ => k,
                        }
                    ),
                ],
            }
        );
        long proposal = of.Propose(of.Contradict("B", 1, 9));
        of.AddVote(proposal, 1);
        of.AddVote(proposal, 2);
    }

    [Fact]
    public void A_million_approvals_in_one_file_are_refused_at_once()
    {
        string ids = ledger.Id.ToString();
        var verdicts = new StringBuilder($$"""{"approvals":"tessrax/approvals/v1","ledger":"{{ids}}","verdicts":[""");
        for (int i = 0; i < 999_999; i++)
            verdicts.Append("{},");
        byte[] approvals = Encoding.UTF8.GetBytes(verdicts.Append("{}]}").ToString());
        long before = GC.GetAllocatedBytesForCurrentThread();
        long parsing = Stopwatch.GetTimestamp();
        Assert.Equal(ErrorCodes.BadValue, Assert.Throws<TessraxException>(() => SignedApprovals.Parse(approvals)).Code);
        TooLarge(() => SignedApprovals.Parse(new byte[ApprovalRequest.MaxBytes + 1]));
        TooLarge(() => ApprovalRequest.Parse(new byte[ApprovalRequest.MaxBytes + 1]));
        TimeSpan took = Stopwatch.GetElapsedTime(parsing);
        Assert.True(took < TimeSpan.FromSeconds(5), $"{took}");
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 256L << 20);
        // Nor does an entry carry more than it has room for.
        long proposal = ledger.Propose(ledger.Contradict("B", 1, 9));
        Approval vote = ledger.AddVote(proposal, 1);
        TooLarge(() => ledger.Recorded(proposal, [.. Enumerable.Repeat(vote, Approval.MaxCount + 1)]));

        static void TooLarge(Action action) =>
            Assert.Equal(ErrorCodes.TooLarge, Assert.Throws<TessraxException>(action).Code);
    }

    [Fact]
    public void A_signature_that_was_made_malleable_and_a_key_of_small_order_sign_nothing()
    {
        long proposal = ledger.Propose(ledger.Contradict("B", 1, 9));
        Approval vote = ledger.Approval(proposal, 1);
        Refused(ErrorCodes.BadSignature, ledger.Vote(proposal, vote with { Signature = Malleated(vote.Signature) }));
        FoldLedger paid = TokenLedger.New();
        Receipt pay = TokenLedger.Pay(paid);
        FreshnessToken token = TokenLedger.Issue(paid, pay.Entry.Body);
        KeyLedger.Refused(
            paid,
            ErrorCodes.BadSignature,
            TokenLedger.With(pay, token with { Signature = Malleated(token.Signature) })
        );
        FoldLedger delegating = DelegationLedger.New();
        ApproversDelegated made = DelegationLedger.Made(delegating);
        KeyLedger.Refused(
            delegating,
            ErrorCodes.BadSignature,
            delegating.Control(
                Events.ApproversDelegated,
                (made with { Signature = Malleated(made.Signature) }).ToControl()
            )
        );
        NewApprover joins = KeyLedger.Joins(ledger, 6, "frank", "approver");
        NewApprover bent = joins with { Proof = Malleated(joins.Proof) };
        Refused(
            ErrorCodes.PossessionNotProven,
            Propose(Events.ApproversChanged, KeyLedger.Changed([bent]).ToControl())
        );
        // Of the neutral point every signature with S = 0 and R = itself would hold by the bare equation.
        byte[] neutral = new byte[32];
        neutral[0] = 1;
        KeyContent small = KeyLedger.Approver(6, "frank", "approver") with
        {
            Verifier = VerifierKey.Create("frank", Weak(neutral)),
        };
        var weak = new NewApprover(small, Convert.ToBase64String([.. neutral, .. new byte[32]]));
        Refused(
            ErrorCodes.PossessionNotProven,
            Propose(Events.ApproversChanged, KeyLedger.Changed([weak]).ToControl())
        );
    }

    // S + L, which the bare equation takes for S (RFC 8032, section 5.1.7).
    private static string Malleated(string signature)
    {
        byte[] bytes = Convert.FromBase64String(signature);
        BigInteger order = BigInteger.Pow(2, 252) + BigInteger.Parse("27742317777372353535851937790883648493", null);
        BigInteger s = new BigInteger(bytes.AsSpan(32), isUnsigned: true) + order;
        byte[] other = s.ToByteArray(isUnsigned: true);
        Array.Clear(bytes, 32, 32);
        other.CopyTo(bytes, 32);
        return Convert.ToBase64String(bytes);
    }

    private static PublicKey Weak(byte[] bytes)
    {
        Assert.True(PublicKey.TryParseBase64(Convert.ToBase64String(bytes), out PublicKey key));
        return key;
    }

    private static Receipt Bent(Receipt receipt, Func<Entry, Entry> change) =>
        Receipt.Create(change(receipt.Entry), receipt.Payload, receipt.Salt.Span);

    private Receipt Propose(string name, JsonValue control) => KeyLedger.Propose(ledger, name, control);

    private void Refused(ErrorCode code, Receipt receipt) => KeyLedger.Refused(ledger, code, receipt);
}
