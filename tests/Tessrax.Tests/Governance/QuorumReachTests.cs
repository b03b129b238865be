using Tessrax.Canonical;
using Tessrax.Governance;
using Tessrax.Keys;
using Tessrax.Ledger;
using Xunit;

namespace Tessrax.Tests.Governance;

/// <summary>What is asked for can be had: nobody is counted who may not approve, or twice, and no approval is lost for want of room.</summary>
public sealed class QuorumReachTests
{
    [Fact]
    public void The_authors_person_is_not_among_those_who_are_counted()
    {
        FoldLedger ledger = Two("alice");
        Assert.Equal([new RequiredApproval("approver", 1)], ledger.Fold.RequiredOf(Events.LedgerClosed));
        long proposal = ledger
            .Add(KeyLedger.Propose(ledger, Events.LedgerClosed, ControlEventTests.Next.ToControl()))
            .Entry.Index;
        KeyLedger.Refused(ledger, ErrorCodes.OwnProposal, ledger.Vote(proposal, ledger.Approval(proposal, 1)));
        Approval vote = ledger.AddVote(proposal, 2);
        ledger.Add(ledger.RecordedControl(proposal, vote));
        Assert.True(FoldLedger.Verify(ledger.Receipts, ledger.Trust).Holds);
    }

    [Fact]
    public void Nor_among_those_whose_rejections_put_it_out_of_reach()
    {
        FoldLedger ledger = Two("alice");
        long proposal = ledger
            .Add(KeyLedger.Propose(ledger, Events.LedgerClosed, ControlEventTests.Next.ToControl()))
            .Entry.Index;
        ledger.AddVote(proposal, 2, approves: false);
        ledger.Add(ledger.Closing(proposal, ClosedAs.Rejected));
    }

    [Fact]
    public void No_ledger_begins_whose_author_has_nobody_to_ask()
    {
        FoldLedger Only(string? person) => Of(1, person);

        Only(null);
        Only("bob");
        Assert.Equal(ErrorCodes.TooFewHolders, Assert.Throws<TessraxException>(() => Only("alice")).Code);
        // Nor one whose policy asks for more than are left beside the author.
        Policy both = Edited(
            "\"actions\":{",
            "\"control\":{\"*\":\"two\"},\"actions\":{\"two\":{\"approvals\":[{\"k\":2,\"role\":\"approver\"}]},"
        );
        Of(2, null, both);
        Assert.Equal(ErrorCodes.TooFewHolders, Assert.Throws<TessraxException>(() => Of(2, "alice", both)).Code);
    }

    [Fact]
    public void Nobody_is_removed_who_alone_could_be_asked()
    {
        FoldLedger ledger = Two("alice");
        JsonValue control = KeyLedger.Changed(remove: [KeyLedger.Id(2)]).ToControl();
        KeyLedger.Refused(
            ledger,
            ErrorCodes.TooFewHolders,
            KeyLedger.Propose(ledger, Events.ApproversChanged, control)
        );
    }

    [Fact]
    public void Whoever_holds_two_roles_is_not_counted_in_both()
    {
        HashSet<string> both = ["a", "b"];
        Assert.Equal([1, 0], QuorumMatching.Give([both], [new("a", 1), new("b", 1)]));
        // A person is moved to the role that nobody else holds, and an earlier demand keeps what it has.
        Assert.Equal([1, 1], QuorumMatching.Give([both, ["a"]], [new("a", 1), new("b", 1)]));
        Assert.Equal([2, 0], QuorumMatching.Give([both, ["a"]], [new("a", 2), new("b", 1)]));
        Assert.Equal(
            [1, 1, 1],
            QuorumMatching.Give(
                [
                    ["a", "b"],
                    ["b", "c"],
                    ["a", "c"],
                ],
                [new("a", 1), new("b", 1), new("c", 1)]
            )
        );
        // Of 1 to 3, 4 (approver and legal) and 5 (legal), 5 goes: one who is asked for approver and for legal at once is not enough.
        Policy three = Edited(
            "\"actions\":{",
            "\"control\":{\"*\":\"all\"},\"actions\":{\"all\":{\"approvals\":[{\"k\":4,\"role\":\"approver\"},{\"k\":1,\"role\":\"legal\"}]},"
        );
        var ledger = new FoldLedger(found: g => g with { Policy = three });
        JsonValue control = KeyLedger.Changed(remove: [KeyLedger.Id(5)]).ToControl();
        KeyLedger.Refused(
            ledger,
            ErrorCodes.TooFewHolders,
            KeyLedger.Propose(ledger, Events.ApproversChanged, control)
        );
    }

    [Fact]
    public void A_majority_never_asks_for_more_than_an_entry_has_room_for()
    {
        FoldLedger ledger = Of(130, null);
        Assert.Equal([new RequiredApproval("approver", 64)], ledger.Fold.RequiredOf(Events.LedgerClosed));
    }

    [Fact]
    public void What_has_more_approvals_than_an_entry_has_room_for_carries_those_that_are_needed()
    {
        FoldLedger ledger = Of(
            70,
            null,
            Edited("\"k\":2,\"role\":\"approver\"", "\"k\":60,\"role\":\"approver\""),
            legal: 1
        );
        long proposal = ledger.Propose(ledger.Contradict("B", 1, 9));
        Approval[] votes = [.. Enumerable.Range(1, 69).Select(i => ledger.AddVote(proposal, i))];
        Approval legal = ledger.AddVote(proposal, 70, "legal");
        Assert.Equal(70, ledger.Fold.Proposals[proposal].Votes.Count);
        var intent = Assert.IsType<RecordIntent>(
            Kernel.Conclude(ledger.Fold, ledger.Fold.Proposals[proposal], ledger.Now)
        );
        Assert.Equal([.. votes[..60], legal], intent.Approvals);
        KeyLedger.Refused(ledger, ErrorCodes.ApprovalsBroken, ledger.Recorded(proposal, [.. votes[1..61], legal]));
        ledger.Add(ledger.Recorded(proposal, [.. intent.Approvals]));
        Assert.True(FoldLedger.Verify(ledger.Receipts, ledger.Trust).Holds);
    }

    [Fact]
    public void An_approval_is_taken_back_as_long_as_a_delay_runs()
    {
        var ledger = new FoldLedger();
        JsonValue control = KeyLedger.Changed([KeyLedger.Joins(ledger, 6, "frank", "approver")]).ToControl();
        long proposal = ledger.Add(KeyLedger.Propose(ledger, Events.ApproversChanged, control)).Entry.Index;
        Approval[] votes =
        [
            ledger.AddVote(proposal, 1),
            ledger.AddVote(proposal, 2),
            ledger.AddVote(proposal, 3),
            ledger.AddVote(proposal, 5, "legal"),
        ];
        ledger.Now = ledger.Fold.DueAt(ledger.Fold.Proposals[proposal])!.Value;
        Assert.Null(ledger.Judge(ledger.RecordedControl(proposal, votes)));
        ledger.AddVote(proposal, 3, approves: false);
        KeyLedger.Refused(
            ledger,
            ErrorCodes.NeedsApproval,
            ledger.RecordedControl(proposal, votes[0], votes[1], votes[3])
        );
        KeyLedger.Refused(ledger, ErrorCodes.ApprovalsBroken, ledger.RecordedControl(proposal, votes));
        // What was taken back stays so: a rejection stands, whoever gave it.
        KeyLedger.Refused(ledger, ErrorCodes.AlreadyVoted, ledger.Vote(proposal, ledger.Approval(proposal, 3)));
        ledger.AddVote(proposal, 2, approves: false);
        ledger.Add(ledger.Closing(proposal, ClosedAs.Rejected));
        Assert.True(FoldLedger.Verify(ledger.Receipts, ledger.Trust).Holds);
    }

    [Fact]
    public void There_are_never_more_approvers_than_the_genesis_of_a_successor_has_room_for()
    {
        FoldLedger ledger = Of(60, null, longNames: true);
        NewApprover[] add =
        [
            .. Enumerable
                .Range(61, 20)
                .Select(i => KeyLedger.Joins(ledger, i, $"{i}{new string('x', 200)}", "approver")),
        ];
        Receipt many = KeyLedger.Propose(ledger, Events.ApproversChanged, KeyLedger.Changed(add).ToControl());
        KeyLedger.Refused(ledger, ErrorCodes.TooLarge, many);
        // As many as there are may be there, and one may go.
        JsonValue less = KeyLedger.Changed(remove: [KeyLedger.Id(1)]).ToControl();
        Assert.Null(ledger.Judge(KeyLedger.Propose(ledger, Events.ApproversChanged, less)));
    }

    private static FoldLedger Two(string person) => Of(2, person);

    // Approver 1 is alice, the others nobody in particular; both authors are of that person. The last ones hold the role legal.
    private static FoldLedger Of(
        int approvers,
        string? person,
        Policy? policy = null,
        int legal = 0,
        bool longNames = false
    ) =>
        new(found: g =>
            g with
            {
                Policy = policy ?? g.Policy,
                Keys =
                [
                    .. g.Keys.Where(k => k.Purpose == KeyPurpose.Log),
                    .. g.Keys.Where(k => k.Purpose == KeyPurpose.Author).Select(k => k with { Person = person }),
                    .. Enumerable
                        .Range(1, approvers)
                        .Select(i =>
                            Key(
                                i,
                                longNames ? $"{i}{new string('x', 80)}" : $"a{i}",
                                i > approvers - legal ? "legal" : "approver"
                            )
                        ),
                ],
            }
        );

    private static LedgerKey Key(int number, string name, string role) =>
        new(name, KeyPurpose.Approver, VerifierKey.Create("a", FoldLedger.Approver(number).PublicKey), [role], 0)
        {
            Person = number == 1 ? "alice" : null,
        };

    private static Policy Edited(string was, string becomes) => PolicyLedger.Edited("1.0.0", (was, becomes));
}
