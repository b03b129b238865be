using Tessrax.Canonical;
using Tessrax.Governance;
using Tessrax.Hashing;
using Tessrax.Keys;
using Tessrax.Ledger;
using Xunit;

namespace Tessrax.Tests.Governance;

/// <summary>Control events after genesis, by the one there is: LEDGER_CLOSED. The fold ledger's policy says nothing of them, so more than half of
/// each role must agree: 3 of the 4 approvers, and the 1 of legal.</summary>
public sealed class ControlEventTests
{
    private static readonly PrivateKey NextLog = FoldLedger.Seeded(21);
    private readonly FoldLedger ledger = new();

    public static Successor Next { get; } =
        new("example.com/fold/2", "blake3", VerifierKey.Create("example.com/fold/2", NextLog.PublicKey));

    [Fact]
    public void More_than_half_of_each_role_must_agree_and_a_key_counts_in_one_role() =>
        Assert.Equal(
            [new RequiredApproval("approver", 3), new RequiredApproval("legal", 1)],
            ledger.Fold.RequiredOf(Events.LedgerClosed)
        );

    [Fact]
    public void Closes_when_enough_approve_and_folds_the_successor_into_the_state()
    {
        Digest before = ledger.Fold.State.Digest;
        long proposal = Propose();
        Approval[] votes = Votes(proposal);
        ledger.Add(ledger.RecordedControl(proposal, votes));
        Assert.Equal(Next, ledger.Fold.State.Successor);
        Assert.Equal(2, ledger.Fold.State.Count);
        Assert.NotEqual(before, ledger.Fold.State.Digest);
        Assert.Empty(ledger.Fold.Proposals);
    }

    [Fact]
    public void A_repair_is_told_of_by_the_author_alone_and_changes_neither_the_rules_nor_what_was_approved()
    {
        long decision = ledger.Propose(ledger.Contradict("A", 1, 9));
        Approval vote = ledger.Approval(decision, 1);
        var repaired = new LedgerRepaired(
            ["segments/0000000000.seg"],
            IndexRanges.Between(0, 2),
            IndexRanges.None,
            ["mirror"],
            ["bit-rot"]
        );
        Assert.Empty(ledger.Fold.RequiredOf(Events.LedgerRepaired));
        ledger.Add(ledger.Control(Events.LedgerRepaired, repaired.ToControl()));
        Assert.Equal(2, ledger.Fold.State.Count);
        ledger.Add(ledger.Vote(decision, vote));
        Refused(
            ErrorCodes.BadValue,
            ledger.Control(Events.LedgerRepaired, repaired.ToControl().With("causes", JsonValue.Of("b", "a")))
        );
        Refused(ErrorCodes.UnknownMember, ledger.Control(Events.LedgerRepaired, repaired.ToControl().With("more", 1)));
        Refused(ErrorCodes.ApprovalsBroken, ledger.ProposeControl(Events.LedgerRepaired, repaired.ToControl()));
    }

    [Fact]
    public void After_it_nothing_can_be_appended_whatever_it_is()
    {
        long decision = ledger.Propose(ledger.Contradict("A", 1, 9));
        Approval late = ledger.Approval(decision, 1);
        long proposal = Propose();
        ledger.Add(ledger.RecordedControl(proposal, Votes(proposal)));
        Refused(ErrorCodes.LedgerClosed, ledger.Make("x-more", FoldLedger.Own("more")));
        Refused(ErrorCodes.LedgerClosed, ledger.Vote(decision, late));
        Refused(ErrorCodes.LedgerClosed, ledger.ProposeControl(Events.LedgerClosed, Next.ToControl()));
        Refused(ErrorCodes.LedgerClosed, ledger.Control(Events.LedgerClosed, Next.ToControl()));
    }

    [Fact]
    public void Refuses_one_that_was_never_proposed_or_lacks_approvals()
    {
        Refused(ErrorCodes.NeedsApproval, ledger.Control(Events.LedgerClosed, Next.ToControl()));
        long proposal = Propose();
        Refused(ErrorCodes.NeedsApproval, ledger.RecordedControl(proposal));
        Approval[] few =
        [
            ledger.AddVote(proposal, 1),
            ledger.AddVote(proposal, 2),
            ledger.AddVote(proposal, 5, "legal"),
        ];
        Refused(ErrorCodes.NeedsApproval, ledger.RecordedControl(proposal, few));
        // The same approvals twice are not more of them.
        Refused(ErrorCodes.ApprovalsBroken, ledger.RecordedControl(proposal, [.. few, few[0]]));
        Approval last = ledger.Approval(proposal, 3);
        Refused(ErrorCodes.ApprovalsBroken, ledger.RecordedControl(proposal, [.. few, last]));
        ledger.Add(ledger.Vote(proposal, last));
        ledger.Add(ledger.RecordedControl(proposal, [.. few, last]));
    }

    [Fact]
    public void Approvals_are_for_the_very_body_that_was_proposed()
    {
        long proposal = Propose();
        Approval[] votes = Votes(proposal);
        var other = new Successor(
            Next.Origin,
            Next.Hash,
            VerifierKey.Create(Next.Origin, FoldLedger.Seeded(22).PublicKey)
        );
        Refused(ErrorCodes.NeedsApproval, ledger.Control(Events.LedgerClosed, other.ToControl(), votes));
        Receipt bent = ledger.RecordedControl(proposal, votes);
        var swapped = Receipt.Create(
            bent.Entry with
            {
                Body = bent.Entry.Body with { Control = other.ToControl() },
            },
            null,
            []
        );
        Refused(ErrorCodes.SignatureBroken, swapped);
    }

    [Fact]
    public void A_key_votes_once_under_the_present_state_and_not_on_its_own()
    {
        long proposal = Propose();
        ledger.AddVote(proposal, 1);
        Refused(ErrorCodes.AlreadyVoted, ledger.Vote(proposal, ledger.Approval(proposal, 1)));
        Approval stale = ledger.Approval(proposal, 2, change: a => a with { Gov = Next.LogKey.Key.Id });
        Refused(ErrorCodes.StaleGovernance, ledger.Vote(proposal, stale));
        Refused(
            ErrorCodes.NotAnApprover,
            ledger.Vote(proposal, ledger.Approval(proposal, 2, change: a => a with { Key = NextLog.PublicKey.Id }))
        );
    }

    [Fact]
    public void A_verdict_under_another_state_is_live_no_more()
    {
        long proposal = Propose();
        ledger.AddVote(proposal, 1);
        OpenProposal open = ledger.Fold.Proposals[proposal];
        Assert.Single(open.VotesAt(ledger.Now, ledger.Fold.State));
        GovernanceState moved = ledger.Fold.State.After(ledger.Control(Events.LedgerClosed, Next.ToControl()));
        Assert.Empty(open.VotesAt(ledger.Now, moved));
    }

    [Fact]
    public void Enough_rejections_end_the_proposal_and_then_it_may_be_proposed_again()
    {
        long proposal = Propose();
        Refused(ErrorCodes.ApprovalsBroken, ledger.Closing(proposal, ClosedAs.Rejected));
        ledger.AddVote(proposal, 1, approves: false);
        Refused(ErrorCodes.ApprovalsBroken, ledger.Closing(proposal, ClosedAs.Rejected));
        ledger.AddVote(proposal, 2, approves: false);
        Refused(ErrorCodes.ApprovalsBroken, ledger.Closing(proposal, ClosedAs.Superseded));
        ledger.Add(ledger.Closing(proposal, ClosedAs.Rejected));
        Assert.Null(ledger.Fold.OpenControl(Events.LedgerClosed));
        Assert.Null(ledger.Fold.State.Successor);
        Propose();
    }

    [Fact]
    public void One_waits_at_a_time_until_it_expires()
    {
        long proposal = Propose();
        Refused(ErrorCodes.ApprovalsBroken, ledger.ProposeControl(Events.LedgerClosed, Next.ToControl()));
        ledger.Now = ledger.Now + FoldLedger.Validity + TimeSpan.FromSeconds(1);
        ledger.Add(ledger.Closing(proposal, ClosedAs.Expired));
        Propose();
    }

    [Theory]
    [InlineData("""{"successor":{"hash":"blake3","origin":"example.com/fold","vkey":"V"}}""")]
    [InlineData("""{"successor":{"hash":"sha512","origin":"example.com/fold/2","vkey":"V"}}""")]
    [InlineData("""{"successor":{"hash":"blake3","origin":"example.com/other","vkey":"V"}}""")]
    [InlineData("""{"successor":{"hash":"blake3","origin":"example.com/fold/2","vkey":"OLD"}}""")]
    [InlineData("""{"successor":{"hash":"blake3","origin":"example.com/fold/2","vkey":"not one"}}""")]
    [InlineData("""{"successor":{"hash":"blake3","origin":"tessrax/x","vkey":"V"}}""")]
    [InlineData("""{"successor":{"hash":"blake3","origin":"example.com/fold/2","vkey":"V","more":1}}""")]
    [InlineData("""{"successor":{"hash":"blake3","origin":"example.com/fold/2","vkey":"V"},"more":1}""")]
    [InlineData("""{"successor":{"hash":"blake3","vkey":"V"}}""")]
    [InlineData("""{"successor":null}""")]
    [InlineData("{}")]
    [InlineData("[]")]
    public void Refuses_content_that_names_no_possible_successor(string control)
    {
        string old = VerifierKey.Create(Next.Origin, FoldLedger.Log.PublicKey).ToString();
        JsonValue json = JsonValue.Parse(
            System.Text.Encoding.UTF8.GetBytes(control.Replace("\"V\"", $"\"{Next.LogKey}\"").Replace("OLD", old))
        );
        Receipt direct = ledger.Control(Events.LedgerClosed, json);
        Receipt proposed = ledger.ProposeControl(Events.LedgerClosed, json);
        foreach (Receipt receipt in (Receipt[])[direct, proposed])
        {
            Refusal? refusal = ledger.Judge(receipt);
            Assert.NotNull(refusal);
            Assert.Equal(Aspect.Entry, refusal.Aspect);
        }
    }

    [Fact]
    public void Is_never_attested_by_the_log_alone()
    {
        Receipt attested = ledger.Make(
            Events.LedgerClosed,
            null,
            VoucherKind.Log,
            body => body with { Control = Next.ToControl() }
        );
        Refused(ErrorCodes.NotByThatKey, attested);
        Receipt proposed = ledger.ProposeControl(
            Events.LedgerClosed,
            Next.ToControl(),
            body => body with { By = new Voucher(VoucherKind.Log, FoldLedger.Log.PublicKey.Id) }
        );
        Refused(ErrorCodes.NotByThatKey, proposed);
    }

    [Fact]
    public void What_is_proposed_is_signed_by_an_author_and_keeps_its_window()
    {
        Refused(ErrorCodes.SignatureBroken, Bent(null, FoldLedger.SecondAuthor));
        Refused(ErrorCodes.OutsideWindow, Bent(b => b with { IssuedAt = ledger.Now + TimeSpan.FromSeconds(1) }));
        Refused(ErrorCodes.ApprovalsBroken, Bent(b => b with { Ledger = Next.LogKey.Key.Id.ToString() }));
        Refused(ErrorCodes.ApprovalsBroken, Bent(b => b with { Policy = FoldLedger.Policy.Pin }));
        Refused(ErrorCodes.ApprovalsBroken, Bent(b => b with { Event = Events.LedgerCreated }));
        Refused(ErrorCodes.ApprovalsBroken, Bent(b => b with { Event = "KEY_UNHEARD_OF" }));
        Refused(ErrorCodes.ApprovalsBroken, Bent(b => b with { Event = "x-own" }));

        Receipt Bent(Func<EntryBody, EntryBody>? change, PrivateKey? signer = null) =>
            ledger.ProposeControl(Events.LedgerClosed, Next.ToControl(), change, signer);
    }

    [Fact]
    public void Without_approvers_the_author_closes_alone()
    {
        var alone = new FoldLedger(found: g =>
            g with
            {
                Keys = [.. g.Keys.Where(k => k.Purpose != KeyPurpose.Approver)],
            }
        );
        Assert.Empty(alone.Fold.RequiredOf(Events.LedgerClosed));
        Refusal? needless = alone.Judge(alone.ProposeControl(Events.LedgerClosed, Next.ToControl()));
        Assert.Equal(ErrorCodes.ApprovalsBroken, needless?.Code);
        alone.Add(alone.Control(Events.LedgerClosed, Next.ToControl()));
        Assert.Equal(Next, alone.Fold.State.Successor);
    }

    [Fact]
    public void The_policy_may_say_what_a_control_event_takes()
    {
        FoldLedger governed = Under("""{"LEDGER_CLOSED":"one"}""");
        Assert.Equal([new RequiredApproval("approver", 1)], governed.Fold.RequiredOf(Events.LedgerClosed));
        // The action's deadline bounds how long it waits.
        Receipt slow = governed.ProposeControl(
            Events.LedgerClosed,
            Next.ToControl(),
            b => b with { ExpiresAt = b.IssuedAt + TimeSpan.FromDays(2) }
        );
        Assert.Equal(ErrorCodes.OutsideWindow, governed.Judge(slow)?.Code);
        long proposal = governed.Add(governed.ProposeControl(Events.LedgerClosed, Next.ToControl())).Entry.Index;
        governed.Add(governed.RecordedControl(proposal, governed.AddVote(proposal, 2)));
        Assert.Equal(Next, governed.Fold.State.Successor);
        Assert.Equal(3, Under("""{"*":"both"}""").Fold.RequiredOf(Events.LedgerClosed).Sum(r => r.K));
    }

    [Theory]
    [InlineData("""{"LEDGER_CLOSED":"none"}""")]
    [InlineData("""{"LEDGER_CREATED":"one"}""")]
    [InlineData("""{"LEDGER_CLOSE":"one"}""")]
    public void A_policy_whose_control_could_never_apply_is_refused(string control) =>
        Assert.Equal(ErrorCodes.BadPolicy, Assert.Throws<TessraxException>(() => Under(control)).Code);

    [Fact]
    public void A_request_shows_what_it_needs_and_can_be_signed_elsewhere()
    {
        long proposal = Propose();
        ApprovalRequest request = ApprovalRequest.Parse(ApprovalRequest.From(ledger.Fold).ToBytes());
        Assert.Equal(ledger.Fold.RequiredOf(Events.LedgerClosed), request.Proposals[0].Required);
        PrivateKey key = FoldLedger.Approver(5);
        ApprovalRecorded signed = request.Sign(
            proposal,
            key.PublicKey.Id,
            true,
            ledger.Now,
            new byte[EntryBody.NonceBytes],
            message => key.Sign(message)
        );
        Assert.Equal("legal", signed.Approval.Role);
        ledger.Add(ledger.Vote(proposal, signed.Approval));
    }

    private static FoldLedger Under(string control)
    {
        JsonValue document = FoldLedger.Policy.Document.With(
            "control",
            JsonValue.Parse(System.Text.Encoding.UTF8.GetBytes(control))
        );
        return new FoldLedger(found: g => g with { Policy = Policy.FromJson(document) });
    }

    private long Propose() => ledger.Add(ledger.ProposeControl(Events.LedgerClosed, Next.ToControl())).Entry.Index;

    private Approval[] Votes(long proposal) =>
        [
            ledger.AddVote(proposal, 1),
            ledger.AddVote(proposal, 2),
            ledger.AddVote(proposal, 3),
            ledger.AddVote(proposal, 5, "legal"),
        ];

    private void Refused(ErrorCode code, Receipt receipt)
    {
        Refusal? refusal = ledger.Judge(receipt);
        Assert.True(refusal?.Code == code, $"{refusal?.Code} {refusal?.Message}, expected {code}");
    }
}
