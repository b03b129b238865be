using Tessrax.Canonical;
using Tessrax.Governance;
using Tessrax.Keys;
using Tessrax.Ledger;
using Xunit;

namespace Tessrax.Tests.Governance;

/// <summary>Where a ledger says whose a key is, persons count and not keys: one person gives one verdict, and none on what is their own.</summary>
public sealed class PersonTests
{
    // 1 and 2 are one person's, and so are 5 and the second author's.
    private readonly FoldLedger ledger = new(found: g => g with { Keys = [.. g.Keys.Select(Named)] });

    [Fact]
    public void Two_keys_of_one_person_count_once()
    {
        long proposal = ledger.Propose(ledger.Contradict("B", 1, 9));
        Approval first = ledger.AddVote(proposal, 1);
        Refused(ErrorCodes.AlreadyVoted, ledger.Vote(proposal, ledger.Approval(proposal, 2)));
        Refused(ErrorCodes.AlreadyVoted, ledger.Vote(proposal, ledger.Approval(proposal, 2, approves: false)));
        Approval legal = ledger.AddVote(proposal, 5, "legal");
        Approval second = ledger.Approval(proposal, 2);
        // As a log would record it that looks at keys only.
        ledger.AddUnjudged(ledger.Vote(proposal, second), new ApprovalRecorded(proposal, second));
        Refused(ErrorCodes.ApprovalsBroken, ledger.Recorded(proposal, first, legal, second));
        Refused(ErrorCodes.NeedsApproval, ledger.Recorded(proposal, first, legal));
    }

    [Fact]
    public void Other_persons_carry_it()
    {
        long proposal = ledger.Propose(ledger.Contradict("B", 1, 9));
        Approval[] votes =
        [
            ledger.AddVote(proposal, 2),
            ledger.AddVote(proposal, 3),
            ledger.AddVote(proposal, 5, "legal"),
        ];
        ledger.Add(ledger.Recorded(proposal, votes));
        Assert.True(FoldLedger.Verify(ledger.Receipts, ledger.Trust).Holds);
    }

    [Fact]
    public void An_author_does_not_approve_by_another_key_of_the_same_person()
    {
        Proposal own = ledger.Proposal(
            ledger.Contradict("B", 1, 9),
            b => b with { By = new Voucher(VoucherKind.Author, FoldLedger.SecondAuthor.PublicKey.Id) },
            FoldLedger.SecondAuthor
        );
        long proposal = ledger.Add(ledger.Make(Events.DecisionProposed, own.ToJson())).Entry.Index;
        Refused(ErrorCodes.OwnProposal, ledger.Vote(proposal, ledger.Approval(proposal, 5, "legal")));
        ledger.AddVote(proposal, 4, "legal");
    }

    [Fact]
    public void A_quorum_is_out_of_reach_when_too_few_persons_are_left()
    {
        long proposal = ledger.Propose(ledger.Contradict("B", 1, 9));
        // Three persons hold the role approver, and two are needed.
        ledger.AddVote(proposal, 3, approves: false);
        Refused(ErrorCodes.ApprovalsBroken, ledger.Closing(proposal, ClosedAs.Rejected));
        ledger.AddVote(proposal, 1, approves: false);
        ledger.Add(ledger.Closing(proposal, ClosedAs.Rejected));
    }

    [Fact]
    public void More_than_half_is_more_than_half_of_the_persons() =>
        Assert.Equal(
            [new RequiredApproval("approver", 2), new RequiredApproval("legal", 1)],
            ledger.Fold.RequiredOf(Events.LedgerClosed)
        );

    [Fact]
    public void A_name_stands_for_several_keys_only_if_they_are_one_persons()
    {
        FoldLedger Named(string? one, string? other) =>
            new(found: g =>
                g with
                {
                    Keys =
                    [
                        .. g.Keys.Select(k =>
                            k.Name switch
                            {
                                "approver-1" => k with { Person = one },
                                "approver-2" => k with { Name = "approver-1", Person = other },
                                _ => k,
                            }
                        ),
                    ],
                }
            );

        Named("alice", "alice");
        foreach ((string? one, string? other) in ((string?, string?)[])[("a", "b"), ("a", null), (null, null)])
            Assert.Equal(ErrorCodes.BadValue, Assert.Throws<TessraxException>(() => Named(one, other)).Code);
        Assert.Equal(ErrorCodes.BadValue, Assert.Throws<TessraxException>(() => Named("tab\there", null)).Code);
    }

    [Theory]
    [InlineData("alice ")]
    [InlineData(" alice")]
    [InlineData("alice  b")]
    [InlineData("ali\u200Bce")]
    [InlineData("alice\u00A0b")]
    [InlineData("e\u0301ve")]
    [InlineData("\uDB40\uDC41alice")]
    [InlineData("al\u17B4ice")]
    [InlineData("\u212Bke")]
    [InlineData("\u304B\u3099")]
    [InlineData("\u1100\u1161")]
    [InlineData("\uD82F\uDCA0alice")]
    [InlineData("\uD834\uDD73alice")]
    [InlineData("")]
    public void A_person_has_one_spelling(string person)
    {
        FoldLedger Of(string name) =>
            new(found: g =>
                g with
                {
                    Keys = [.. g.Keys.Select(k => k.Name == "second" ? k with { Person = name } : k)],
                }
            );

        Assert.Equal(ErrorCodes.BadValue, Assert.Throws<TessraxException>(() => Of(person)).Code);
        foreach (string plain in (string[])["Alice B. O'Neill-Østergård", "\u00E9ve", "山田 太郎", "अलिस"])
            Of(plain);
    }

    [Fact]
    public void Nobody_gets_a_key_in_anothers_name_who_does_not_agree()
    {
        PrivateKey fresh = FoldLedger.Seeded(91);
        JsonValue control = KeyLedger
            .Added(ledger, KeyLedger.Author("third", fresh) with { Person = "alice" }, fresh)
            .ToControl();
        long proposal = ledger.Add(KeyLedger.Propose(ledger, Events.KeyAdded, control)).Entry.Index;
        Approval[] others =
        [
            ledger.AddVote(proposal, 3),
            ledger.AddVote(proposal, 4),
            ledger.AddVote(proposal, 5, "legal"),
        ];
        Refused(ErrorCodes.NeedsApproval, ledger.RecordedControl(proposal, others));
        // That person's rejection ends it, and that person's approval lets it through.
        Assert.Null(Kernel.Conclude(ledger.Fold, ledger.Fold.Proposals[proposal], ledger.Now));
        Approval alice = ledger.AddVote(proposal, 1);
        ledger.Add(ledger.RecordedControl(proposal, [.. others, alice]));
        // Bob's own author may enter another key of bob's; the first author may not, even though bob cannot be asked.
        Assert.True(FoldLedger.Verify(ledger.Receipts, ledger.Trust).Holds);
    }

    [Fact]
    public void Where_persons_are_named_no_author_comes_without_one()
    {
        PrivateKey fresh = FoldLedger.Seeded(91);
        JsonValue control = KeyLedger.Added(ledger, KeyLedger.Author("third", fresh), fresh).ToControl();
        Refused(ErrorCodes.BadValue, KeyLedger.Propose(ledger, Events.KeyAdded, control));
    }

    [Fact]
    public void A_rotation_keeps_the_person()
    {
        PrivateKey fresh = FoldLedger.Approver(6);
        JsonValue control = KeyLedger.Rotated(ledger, FoldLedger.Approver(2), fresh).ToControl();
        long proposal = ledger.Add(KeyLedger.Propose(ledger, Events.KeyRotated, control)).Entry.Index;
        Approval[] votes =
        [
            ledger.AddVote(proposal, 1),
            ledger.AddVote(proposal, 3),
            ledger.AddVote(proposal, 5, "legal"),
        ];
        // The new key is the same person's, who has spoken.
        Refused(ErrorCodes.AlreadyVoted, ledger.Vote(proposal, ledger.Approval(proposal, 6)));
        ledger.Add(ledger.RecordedControl(proposal, votes));
        long decision = ledger.Propose(ledger.Contradict("B", 1, 9));
        ledger.AddVote(decision, 6);
        Refused(ErrorCodes.AlreadyVoted, ledger.Vote(decision, ledger.Approval(decision, 1)));
    }

    [Fact]
    public void A_persons_second_verdict_for_the_other_set_keeps_nothing_out()
    {
        JsonValue control = new KeyRevoked(KeyLedger.Id(1), KeyEnd.Retired, null, "a new laptop").ToControl();
        long proposal = ledger.Add(KeyLedger.Propose(ledger, Events.KeyRevoked, control)).Entry.Index;
        // Of alice the key that goes, for those who are there, and then the one that stays, for those who will be.
        Approval[] votes =
        [
            ledger.AddVote(proposal, 1),
            ledger.AddVote(proposal, 2),
            ledger.AddVote(proposal, 3),
            ledger.AddVote(proposal, 5, "legal"),
        ];
        ledger.Add(ledger.RecordedControl(proposal, votes));
        Assert.False(ledger.Fold.State.Key(KeyLedger.Id(1))!.IsActive);
        Assert.True(FoldLedger.Verify(ledger.Receipts, ledger.Trust).Holds);
    }

    [Fact]
    public void Where_an_old_and_a_new_key_are_nobodys_in_particular_each_counts_in_its_own_set()
    {
        var plain = new FoldLedger();
        JsonValue control = KeyLedger.Rotated(plain, FoldLedger.Approver(2), FoldLedger.Approver(6)).ToControl();
        long proposal = plain.Add(KeyLedger.Propose(plain, Events.KeyRotated, control)).Entry.Index;
        Approval old = plain.AddVote(proposal, 2);
        Approval legal = plain.AddVote(proposal, 5, "legal");
        Approval one = plain.AddVote(proposal, 1);
        Approval other = plain.AddVote(proposal, 3);
        // Of those who will be there, 1 and 3 have spoken: one is lacking, and neither 2 nor a stranger makes up for it.
        KeyLedger.Refused(plain, ErrorCodes.NeedsApproval, plain.RecordedControl(proposal, old, legal, one, other));
        KeyLedger.Refused(plain, ErrorCodes.NotAnApprover, plain.Vote(proposal, plain.Approval(proposal, 7)));
        Approval fresh = plain.AddVote(proposal, 6);
        plain.Add(plain.RecordedControl(proposal, old, legal, one, other, fresh));
        Assert.True(FoldLedger.Verify(plain.Receipts, plain.Trust).Holds);
    }

    private static LedgerKey Named(LedgerKey key) =>
        key.Name switch
        {
            "approver-1" or "approver-2" => key with { Person = "alice" },
            "approver-5" or "second" => key with { Person = "bob" },
            _ => key,
        };

    private void Refused(ErrorCode code, Receipt receipt) => KeyLedger.Refused(ledger, code, receipt);
}
