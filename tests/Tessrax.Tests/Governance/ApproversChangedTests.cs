using Tessrax.Canonical;
using Tessrax.Governance;
using Tessrax.Hashing;
using Tessrax.Keys;
using Tessrax.Ledger;
using Xunit;

namespace Tessrax.Tests.Governance;

/// <summary>APPROVERS_CHANGED and what it takes: the old approvers' quorum and the new ones', a delay before anybody gains a role, and enough who remain.</summary>
public sealed class ApproversChangedTests
{
    private readonly FoldLedger ledger = new();

    [Fact]
    public void Whoever_joins_approves_from_then_on_and_whoever_leaves_no_more()
    {
        Receipt changed = KeyLedger.Pass(
            ledger,
            Events.ApproversChanged,
            KeyLedger.Changed([KeyLedger.Joins(ledger, 6, "frank", "approver")], [KeyLedger.Id(4)]).ToControl()
        );
        long at = changed.Entry.Index;
        Assert.Equal(at + 1, ledger.Fold.State.Key(KeyLedger.Id(6))!.From);
        Assert.Equal(new KeyEnding(at + 1, KeyEnd.Removed, null), ledger.Fold.State.Key(KeyLedger.Id(4))!.Ending);
        long proposal = ledger.Propose(ledger.Contradict("B", 1, 9));
        Refused(ErrorCodes.KeyEnded, ledger.Vote(proposal, ledger.Approval(proposal, 4)));
        ledger.AddVote(proposal, 6);
        Assert.DoesNotContain(ApprovalRequest.From(ledger.Fold).Approvers, a => a.Key == KeyLedger.Id(4));
        Assert.True(FoldLedger.Verify(ledger.Receipts, ledger.Trust).Holds);
    }

    [Fact]
    public void Gains_are_recorded_exactly_when_the_delay_is_over_and_not_a_microsecond_before()
    {
        long proposal = Propose(KeyLedger.Changed([KeyLedger.Joins(ledger, 6, "frank", "approver")]));
        UtcTime due = ledger.Now + KeyLedger.Delay;
        Assert.Equal(due, ledger.Fold.DueAt(ledger.Fold.Proposals[proposal]));
        Approval[] votes = Votes(proposal);
        ledger.Now = due + TimeSpan.FromMicroseconds(-1);
        Refused(ErrorCodes.DelayNotOver, ledger.RecordedControl(proposal, votes));
        // An entry that comes meanwhile, and a reader who begins at an exported state, change nothing in that.
        ledger.Add(ledger.Make("x-own", FoldLedger.Own("meanwhile")));
        LedgerFold imported = Import();
        Assert.Equal(ErrorCodes.DelayNotOver, imported.Judge(ledger.RecordedControl(proposal, votes), out _)?.Code);
        ledger.Now = due;
        Assert.Null(imported.Judge(ledger.RecordedControl(proposal, votes), out _));
        ledger.Add(ledger.RecordedControl(proposal, votes));
        Assert.True(FoldLedger.Verify(ledger.Receipts, ledger.Trust).Holds);
    }

    [Fact]
    public void Another_role_is_a_gain_and_fewer_roles_are_none()
    {
        Assert.Null(Due(KeyLedger.Changed(remove: [KeyLedger.Id(3)])));
        Assert.Null(Due(KeyLedger.Changed(roles: [new ChangedRoles(KeyLedger.Id(4), ["approver"])])));
        Assert.NotNull(
            Due(KeyLedger.Changed(roles: [new ChangedRoles(KeyLedger.Id(4), ["approver", "extra", "legal"])]))
        );
        Assert.NotNull(Due(KeyLedger.Changed(roles: [new ChangedRoles(KeyLedger.Id(1), ["legal"])])));

        UtcTime? Due(ApproversChanged change)
        {
            var own = new FoldLedger();
            long proposal = own.Add(KeyLedger.Propose(own, Events.ApproversChanged, change.ToControl())).Entry.Index;
            return own.Fold.DueAt(own.Fold.Proposals[proposal]);
        }
    }

    [Fact]
    public void A_short_window_of_bodies_shortens_the_delay_so_that_it_can_pass()
    {
        JsonValue actions = Parse("""{"both":{"approvals":[{"role":"approver","k":2}]},"one":{"approvals":[]}}""");
        JsonValue document = FoldLedger.Policy.Document.With("actions", actions);
        var brief = new FoldLedger(new Windows(3600, 0), g => g with { Policy = Policy.FromJson(document) });
        JsonValue control = KeyLedger.Changed([KeyLedger.Joins(brief, 6, "frank", "approver")]).ToControl();
        Receipt proposed = brief.ProposeControl(
            Events.ApproversChanged,
            control,
            b => b with { ExpiresAt = b.IssuedAt + TimeSpan.FromHours(1) }
        );
        long proposal = brief.Add(proposed).Entry.Index;
        Assert.Equal(brief.Now + TimeSpan.FromMinutes(30), brief.Fold.DueAt(brief.Fold.Proposals[proposal]));
    }

    [Fact]
    public void The_deadline_of_the_policy_leaves_room_for_the_delay()
    {
        FoldLedger governed = Under("""{"*":"one"}""");
        ApproversChanged gain = KeyLedger.Changed([KeyLedger.Joins(governed, 6, "frank", "approver")]);
        TimeSpan longest = TimeSpan.FromDays(2);
        Assert.Equal(ErrorCodes.OutsideWindow, governed.Judge(For(longest + TimeSpan.FromMicroseconds(1)))?.Code);
        Assert.Null(governed.Judge(For(longest)));

        Receipt For(TimeSpan wait) =>
            governed.ProposeControl(
                Events.ApproversChanged,
                gain.ToControl(),
                b => b with { ExpiresAt = b.IssuedAt + wait }
            );
    }

    [Fact]
    public void The_new_approvers_must_agree_too_and_vote_before_they_are_any()
    {
        // Of 1 to 4 three stay or join beside 6 to 8: of seven approvers four must agree, and only three of the old ones are asked.
        NewApprover[] joining =
        [
            KeyLedger.Joins(ledger, 6, "frank", "approver"),
            KeyLedger.Joins(ledger, 7, "grace", "approver"),
            KeyLedger.Joins(ledger, 8, "heidi", "approver"),
        ];
        long proposal = Propose(KeyLedger.Changed(joining));
        Assert.Equal(
            [new RequiredApproval("approver", 4), new RequiredApproval("legal", 1)],
            ledger.Fold.RequiredOf(ledger.Fold.Proposals[proposal].Proposal)
        );
        ApprovalRequest request = ApprovalRequest.Parse(ApprovalRequest.From(ledger.Fold).ToBytes());
        Assert.Contains(request.Approvers, a => a.Key == KeyLedger.Id(6));
        Approval[] old = Votes(proposal);
        ledger.Now += KeyLedger.Delay;
        Refused(ErrorCodes.NeedsApproval, ledger.RecordedControl(proposal, old));
        Approval joined = ledger.AddVote(proposal, 6);
        ledger.Add(ledger.RecordedControl(proposal, [.. old, joined]));
        Assert.True(FoldLedger.Verify(ledger.Receipts, ledger.Trust).Holds);
    }

    [Fact]
    public void New_approvers_alone_carry_nothing()
    {
        NewApprover[] joining =
        [
            .. Enumerable.Range(6, 4).Select(n => KeyLedger.Joins(ledger, n, $"new-{n}", "approver", "legal")),
        ];
        long proposal = Propose(KeyLedger.Changed(joining, [KeyLedger.Id(1), KeyLedger.Id(2), KeyLedger.Id(3)]));
        Approval[] theirs =
        [
            ledger.AddVote(proposal, 6),
            ledger.AddVote(proposal, 7),
            ledger.AddVote(proposal, 8),
            ledger.AddVote(proposal, 9, "legal"),
        ];
        ledger.Now += KeyLedger.Delay;
        Refused(ErrorCodes.NeedsApproval, ledger.RecordedControl(proposal, theirs));
        // Nor may they vote on anything else.
        long decision = ledger.Propose(ledger.Contradict("B", 1, 9));
        Refused(ErrorCodes.NotAnApprover, ledger.Vote(decision, ledger.Approval(decision, 6)));
    }

    [Fact]
    public void What_must_hold_of_the_change_itself()
    {
        NewApprover frank = KeyLedger.Joins(ledger, 6, "frank", "approver");
        (ErrorCode Code, ApproversChanged Bad)[] all =
        [
            (ErrorCodes.BadValue, KeyLedger.Changed()),
            (ErrorCodes.BadValue, KeyLedger.Changed([frank], [KeyLedger.Id(6)])),
            (ErrorCodes.BadValue, KeyLedger.Changed([frank, frank])),
            (ErrorCodes.BadValue, KeyLedger.Changed(remove: [KeyLedger.Id(6)])),
            (ErrorCodes.BadValue, KeyLedger.Changed(remove: [FoldLedger.SecondAuthor.PublicKey.Id])),
            (ErrorCodes.BadValue, KeyLedger.Changed(roles: [new ChangedRoles(KeyLedger.Id(1), ["approver"])])),
            (ErrorCodes.BadValue, KeyLedger.Changed(roles: [new ChangedRoles(KeyLedger.Id(1), [])])),
            (ErrorCodes.BadValue, KeyLedger.Changed(roles: [new ChangedRoles(KeyLedger.Id(1), ["b", "a"])])),
            (ErrorCodes.BadValue, KeyLedger.Changed([KeyLedger.Joins(ledger, 6, "approver-1", "approver")])),
            (ErrorCodes.BadValue, KeyLedger.Changed([KeyLedger.Joins(ledger, 1, "frank", "approver")])),
            (ErrorCodes.BadValue, KeyLedger.Changed([KeyLedger.Joins(ledger, 6, "frank", "Approver")])),
            (
                ErrorCodes.PossessionNotProven,
                KeyLedger.Changed([frank with { Key = KeyLedger.Approver(6, "frank", "approver", "legal") }])
            ),
        ];
        foreach ((ErrorCode code, ApproversChanged bad) in all)
            Refused(code, KeyLedger.Propose(ledger, Events.ApproversChanged, bad.ToControl()));
        ApproversChanged two = KeyLedger.Changed([frank, KeyLedger.Joins(ledger, 7, "grace", "approver")]);
        ApproversChanged unsorted = two with { Add = [.. two.Add.Reverse()] };
        Refused(ErrorCodes.BadValue, KeyLedger.Propose(ledger, Events.ApproversChanged, unsorted.ToControl()));
    }

    [Fact]
    public void As_many_remain_as_the_policy_asks_for_to_change_a_rule()
    {
        FoldLedger governed = Under("""{"HOLD_PLACED":"both"}""");
        // "both" takes two approvers and one of legal; of each there is one more.
        Judge(null, KeyLedger.Changed(remove: [KeyLedger.Id(1), KeyLedger.Id(2)]));
        Judge(ErrorCodes.TooFewHolders, KeyLedger.Changed(remove: [KeyLedger.Id(1), KeyLedger.Id(2), KeyLedger.Id(3)]));
        Judge(ErrorCodes.TooFewHolders, KeyLedger.Changed(remove: [KeyLedger.Id(4), KeyLedger.Id(5)]));
        Judge(
            null,
            KeyLedger.Changed([KeyLedger.Joins(governed, 6, "frank", "legal")], [KeyLedger.Id(4), KeyLedger.Id(5)])
        );
        Judge(
            ErrorCodes.TooFewHolders,
            KeyLedger.Changed(
                remove: [KeyLedger.Id(5)],
                roles: [new ChangedRoles(KeyLedger.Id(4), ["approver", "else"])]
            )
        );

        void Judge(ErrorCode? code, ApproversChanged change) =>
            Assert.Equal(
                code,
                governed.Judge(KeyLedger.Propose(governed, Events.ApproversChanged, change.ToControl()))?.Code
            );
    }

    [Fact]
    public void Not_all_approvers_leave()
    {
        Digest[] all = [.. Enumerable.Range(1, 5).Select(KeyLedger.Id)];
        Refused(
            ErrorCodes.TooFewHolders,
            KeyLedger.Propose(ledger, Events.ApproversChanged, KeyLedger.Changed(remove: all).ToControl())
        );
    }

    [Fact]
    public void Is_never_cheaper_than_what_approvers_decide()
    {
        FoldLedger governed = Under("""{"*":"nobody"}""", """{"approvals":[]}""");
        Assert.Empty(governed.Fold.RequiredOf(Events.LedgerClosed));
        Receipt sole = governed.Control(
            Events.ApproversChanged,
            KeyLedger.Changed(remove: [KeyLedger.Id(1)]).ToControl()
        );
        Assert.Equal(ErrorCodes.NeedsApproval, governed.Judge(sole)?.Code);
        Assert.Equal(
            [new RequiredApproval("approver", 2), new RequiredApproval("legal", 1)],
            governed.Fold.ElectorateOf(sole.Entry.Body).Asked
        );
        // An author alone does not put out an approver either.
        Receipt revoked = governed.Control(
            Events.KeyRevoked,
            new KeyRevoked(KeyLedger.Id(1), KeyEnd.Lost, null, "a reason").ToControl()
        );
        Assert.Equal(ErrorCodes.NeedsApproval, governed.Judge(revoked)?.Code);
        Assert.Equal(
            [new RequiredApproval("approver", 3), new RequiredApproval("legal", 1)],
            governed.Fold.ElectorateOf(revoked.Entry.Body).Asked
        );
    }

    [Fact]
    public void Asks_for_no_more_than_those_can_give_who_are_there()
    {
        // One who holds both roles gives one verdict; two approvers are asked for, and there is one beside it.
        var few = new FoldLedger(found: g =>
            g with
            {
                Policy = WithControl("""{"*":"nobody"}""", """{"approvals":[]}"""),
                Keys =
                [
                    .. g.Keys.Where(k => k.Purpose != KeyPurpose.Approver || k.Name is "approver-1" or "approver-4"),
                ],
            }
        );
        ApproversChanged gain = KeyLedger.Changed([KeyLedger.Joins(few, 6, "frank", "approver")]);
        Receipt proposed = KeyLedger.Propose(few, Events.ApproversChanged, gain.ToControl());
        long proposal = few.Add(proposed).Entry.Index;
        Assert.Equal([new RequiredApproval("approver", 2)], few.Fold.RequiredOf(few.Fold.Proposals[proposal].Proposal));
        Approval one = few.AddVote(proposal, 1);
        few.Now += KeyLedger.Delay;
        KeyLedger.Refused(few, ErrorCodes.NeedsApproval, few.RecordedControl(proposal, one));
        Approval other = few.AddVote(proposal, 4);
        KeyLedger.Refused(few, ErrorCodes.AlreadyVoted, few.Vote(proposal, few.Approval(proposal, 4, "legal")));
        few.Add(few.RecordedControl(proposal, one, other));
    }

    [Fact]
    public void Whoever_changes_roles_speaks_in_the_old_one_and_in_the_new_one()
    {
        // 5 alone is legal now, and would be the one who is legal no more; 4 takes over.
        var own = new FoldLedger(found: g =>
            g with
            {
                Keys = [.. g.Keys.Select(k => k.Name == "approver-4" ? k with { Roles = ["approver"] } : k)],
            }
        );
        ApproversChanged swap = KeyLedger.Changed(
            roles: [new ChangedRoles(KeyLedger.Id(4), ["legal"]), new ChangedRoles(KeyLedger.Id(5), ["approver"])]
        );
        long proposal = own.Add(KeyLedger.Propose(own, Events.ApproversChanged, swap.ToControl())).Entry.Index;
        own.AddVote(proposal, 1);
        own.AddVote(proposal, 2);
        own.AddVote(proposal, 3);
        own.AddVote(proposal, 5, "legal");
        own.Now += KeyLedger.Delay;
        KeyLedger.Refused(own, ErrorCodes.NeedsApproval, Recorded());
        ApprovalRequest request = ApprovalRequest.Parse(ApprovalRequest.From(own.Fold).ToBytes());
        // 4 in the role that it would get.
        own.Add(own.Vote(proposal, Sign("legal", 4).Approval));
        KeyLedger.Refused(own, ErrorCodes.AlreadyVoted, own.Vote(proposal, Sign("legal", 4).Approval));
        own.Add(Recorded());
        Assert.True(FoldLedger.Verify(own.Receipts, own.Trust).Holds);

        Receipt Recorded() => own.RecordedControl(proposal, [.. own.Fold.Proposals[proposal].Votes]);

        ApprovalRecorded Sign(string role, int approver)
        {
            PrivateKey key = FoldLedger.Approver(approver);
            byte[] nonce = own.Draw(EntryBody.NonceBytes);
            return request.Sign(proposal, key.PublicKey.Id, true, own.Now, nonce, m => key.Sign(m), role);
        }
    }

    [Fact]
    public void Votes_given_before_it_count_no_more()
    {
        long decision = ledger.Propose(ledger.Contradict("B", 1, 9));
        ledger.AddVote(decision, 1);
        Pass(KeyLedger.Changed(remove: [KeyLedger.Id(4)]));
        Assert.Empty(ledger.Fold.Proposals[decision].VotesAt(ledger.Now, ledger.Fold.State));
        ledger.AddVote(decision, 1);
    }

    [Fact]
    public void The_first_approvers_agree_themselves_and_come_after_the_delay()
    {
        FoldLedger alone = KeyLedger.WithoutApprovers();
        ApproversChanged first = KeyLedger.Changed([KeyLedger.Joins(alone, 6, "frank", "approver")]);
        JsonValue control = first.ToControl();
        // The new approver must agree: the state after it asks for that.
        KeyLedger.Refused(alone, ErrorCodes.NeedsApproval, alone.Control(Events.ApproversChanged, control));
        long proposal = alone.Add(KeyLedger.Propose(alone, Events.ApproversChanged, control)).Entry.Index;
        Approval vote = alone.AddVote(proposal, 6);
        alone.Now += KeyLedger.Delay;
        alone.Add(alone.RecordedControl(proposal, vote));
        Assert.Equal([new RequiredApproval("approver", 1)], alone.Fold.RequiredOf(Events.LedgerClosed));
        Assert.True(FoldLedger.Verify(alone.Receipts, alone.Trust).Holds);
    }

    private static Policy WithControl(string control, string nobody)
    {
        JsonValue actions = FoldLedger.Policy.Document["actions"]!.With("nobody", Parse(nobody));
        return Policy.FromJson(FoldLedger.Policy.Document.With("control", Parse(control)).With("actions", actions));
    }

    private static JsonValue Parse(string json) => JsonValue.Parse(System.Text.Encoding.UTF8.GetBytes(json));

    private static FoldLedger Under(string control, string? nobody = null)
    {
        Policy policy = nobody is null
            ? Policy.FromJson(FoldLedger.Policy.Document.With("control", Parse(control)))
            : WithControl(control, nobody);
        return new FoldLedger(found: g => g with { Policy = policy });
    }

    private LedgerFold Import()
    {
        FoldState state = ledger.Fold.ExportState();
        Dictionary<Digest, ReadOnlyMemory<byte>> parts = ((StatePart[])[state.Head, .. state.Blocks]).ToDictionary(
            p => p.Digest,
            p => (ReadOnlyMemory<byte>)p.ToBytes()
        );
        return LedgerFold.ImportState(ledger.Id, state.Digest, d => parts[d]);
    }

    private long Propose(ApproversChanged change) =>
        ledger.Add(KeyLedger.Propose(ledger, Events.ApproversChanged, change.ToControl())).Entry.Index;

    private void Pass(ApproversChanged change) => KeyLedger.Pass(ledger, Events.ApproversChanged, change.ToControl());

    private Approval[] Votes(long proposal) =>
        [
            ledger.AddVote(proposal, 1),
            ledger.AddVote(proposal, 2),
            ledger.AddVote(proposal, 3),
            ledger.AddVote(proposal, 5, "legal"),
        ];

    private void Refused(ErrorCode code, Receipt receipt) => KeyLedger.Refused(ledger, code, receipt);
}
