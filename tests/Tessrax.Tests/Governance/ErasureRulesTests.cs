using Tessrax.Canonical;
using Tessrax.Contradictions;
using Tessrax.Governance;
using Tessrax.Ledger;
using Tessrax.Verification;
using Xunit;

namespace Tessrax.Tests.Governance;

/// <summary>Who may erase what, and what a missing payload excuses: only what rests on it, and only if a later entry erases it.</summary>
public sealed class ErasureRulesTests
{
    [Fact]
    public void Where_there_are_approvers_no_author_erases_or_holds_alone()
    {
        var ledger = new FoldLedger();
        long index = ledger.Add(ledger.Make("x-own", FoldLedger.Own("a"))).Entry.Index;
        foreach (
            (string name, JsonValue control) in new[]
            {
                (Events.PayloadErased, Erasing(index)),
                (Events.LedgerCompacted, new LedgerCompacted(0, 1, IndexRanges.None, 0, "r").ToControl()),
                (Events.HoldPlaced, new HoldPlaced("h", IndexRanges.Between(1, 1), "r").ToControl()),
            }
        )
            Refused(ErrorCodes.NeedsApproval, ledger, ledger.Control(name, control));
        Receipt attested = ledger.Make(
            Events.PayloadErased,
            null,
            VoucherKind.Log,
            body => body with { Control = Erasing(index) }
        );
        Refused(ErrorCodes.NotByThatKey, ledger, attested);
        Receipt recorded = ledger.Govern(Events.PayloadErased, Erasing(index));
        Assert.Equal(4, recorded.Entry.Approvals.Count);
        Assert.Equal(recorded.Entry.Index, ledger.Fold.Erasures.ErasedAt(ledger.Receipts[(int)index].Entry));
    }

    [Fact]
    public void An_approval_of_a_decision_outlives_a_hold_and_an_erasure()
    {
        var ledger = new FoldLedger();
        long index = ledger.Add(ledger.Make("x-own", FoldLedger.Own("a"))).Entry.Index;
        long proposal = ledger.Propose(ledger.Contradict("A", 9, 6.5));
        Approval vote = ledger.AddVote(proposal, 1);
        ledger.Govern(Events.HoldPlaced, new HoldPlaced("h", IndexRanges.Between(50, 60), "r").ToControl());
        ledger.Govern(Events.PayloadErased, Erasing(index));
        ledger.Add(ledger.Recorded(proposal, vote));
    }

    [Fact]
    public void A_bundle_holds_that_lacks_the_entry_which_the_next_one_erases()
    {
        FoldLedger ledger = ErasureLedger.Alone();
        long index = ledger.Add(ledger.Make("x-own", FoldLedger.Own("a"))).Entry.Index;
        ledger.Govern(Events.PayloadErased, Erasing(index));
        long other = ledger.Add(ledger.Make("x-own", FoldLedger.Own("b"))).Entry.Index;
        Bundle bundle = ledger.Bundle(other, r => Events.IsControl(r.Entry.Body.Event) || r.Entry.Index == other);
        Verdict verdict = BundleVerifier.Verify(bundle.ToBytes(), ledger.Trust, TimeProvider.System);
        Assert.True(verdict.Holds, verdict.ToJson().ToString());
    }

    [Fact]
    public void Holds_are_named_once_and_keep_what_they_name()
    {
        FoldLedger ledger = ErasureLedger.Alone();
        for (int i = 0; i < 3; i++)
            ledger.Add(ledger.Make("x-own", FoldLedger.Own($"{i}")));
        JsonValue hold = new HoldPlaced("case", IndexRanges.Between(2, 90), "order").ToControl();
        ledger.Govern(Events.HoldPlaced, hold);
        Refused(ErrorCodes.HoldUnknown, ledger, ledger.Control(Events.HoldPlaced, hold));
        Refused(ErrorCodes.UnderHold, ledger, ledger.Control(Events.PayloadErased, Erasing(2)));
        foreach (IndexRanges kept in new[] { IndexRanges.None, IndexRanges.Between(2, 2) })
            Refused(
                ErrorCodes.UnderHold,
                ledger,
                ledger.Control(Events.LedgerCompacted, new LedgerCompacted(1, 4, kept, 0, "r").ToControl())
            );
        ledger.Govern(
            Events.LedgerCompacted,
            new LedgerCompacted(1, 4, IndexRanges.Between(2, 3), 0, "retention").ToControl()
        );
        Refused(
            ErrorCodes.HoldUnknown,
            ledger,
            ledger.Control(Events.HoldReleased, new HoldReleased("other", "r").ToControl())
        );
        ledger.Govern(Events.HoldReleased, new HoldReleased("case", "closed").ToControl());
        ledger.Govern(Events.PayloadErased, Erasing(2));
        Refused(ErrorCodes.NothingToErase, ledger, ledger.Control(Events.PayloadErased, Erasing(1)));
        Refused(ErrorCodes.NothingToErase, ledger, ledger.Control(Events.PayloadErased, Erasing(2)));
        Refused(ErrorCodes.NothingToErase, ledger, ledger.Control(Events.PayloadErased, Erasing(ledger.Fold.Size)));
    }

    [Fact]
    public void A_compaction_reaches_up_to_a_hold_and_up_to_itself()
    {
        FoldLedger ledger = ErasureLedger.Alone();
        for (int i = 0; i < 6; i++)
            ledger.Add(ledger.Make("x-own", FoldLedger.Own($"{i}")));
        ledger.Govern(Events.HoldPlaced, new HoldPlaced("case", IndexRanges.Between(4, 4), "order").ToControl());
        long size = ledger.Fold.Size;
        foreach ((long from, long to) in ((long, long)[])[(0, 4), (5, 6), (5, size)])
            Assert.Null(ledger.Judge(Compaction(from, to)));
        foreach ((long from, long to) in ((long, long)[])[(0, 5), (4, 5), (4, 6), (0, size)])
            Refused(ErrorCodes.UnderHold, ledger, Compaction(from, to));
        Refused(ErrorCodes.NothingToErase, ledger, Compaction(5, size + 1));
        Assert.Null(ledger.Judge(Compaction(0, size, IndexRanges.Between(4, 4))));

        Receipt Compaction(long from, long to, IndexRanges? kept = null) =>
            ledger.Control(
                Events.LedgerCompacted,
                new LedgerCompacted(from, to, kept ?? IndexRanges.None, 0, "r").ToControl()
            );
    }

    [Fact]
    public void What_an_open_proposal_rests_on_stays_and_so_does_what_counts()
    {
        var ledger = new FoldLedger();
        long proposal = ledger.Propose(ledger.Contradict("A", 9, 6.5));
        for (long index = 1; index <= proposal; index++)
            Refused(ErrorCodes.StillCounts, ledger, ledger.ProposeControl(Events.PayloadErased, Erasing(index)));
        Refused(
            ErrorCodes.StillCounts,
            ledger,
            ledger.ProposeControl(
                Events.LedgerCompacted,
                new LedgerCompacted(0, 2, IndexRanges.None, 0, "r").ToControl()
            )
        );
        ledger.Add(ledger.Recorded(proposal, ledger.AddVote(proposal, 1)));
        long decision = ledger.Fold.Size - 1;
        Refused(
            ErrorCodes.StillCounts,
            ledger,
            ledger.ProposeControl(
                Events.LedgerCompacted,
                new LedgerCompacted(decision, decision + 1, IndexRanges.None, 0, "r").ToControl()
            )
        );
    }

    [Fact]
    public void A_missing_payload_excuses_nothing_else()
    {
        foreach (Func<Receipt, Receipt?> bend in new Func<Receipt, Receipt?>[] { Unsigned, Alone, Forged })
        {
            (FoldLedger ledger, List<Receipt> carried, int decision) = Erased();
            Assert.True(FoldLedger.Verify(carried, ledger.Trust).Holds);
            Assert.Contains(
                FoldLedger.Verify(carried, ledger.Trust).Excludes,
                line => line.Contains("not re-executable: erased at", StringComparison.Ordinal)
            );
            carried[decision] = bend(carried[decision])!;
            Assert.False(FoldLedger.Verify(carried, ledger.Trust).Holds);
        }

        static Receipt Unsigned(Receipt r) =>
            Changed(r, r.Entry with { Signature = Convert.ToBase64String(new byte[64]) });
        static Receipt Alone(Receipt r) => Changed(r, r.Entry with { Approvals = [r.Entry.Approvals[^1]] });
        static Receipt Forged(Receipt r) =>
            Changed(
                r,
                r.Entry with
                {
                    Approvals =
                    [
                        .. r.Entry.Approvals.Select(a => a with { Signature = Convert.ToBase64String(new byte[64]) }),
                    ],
                }
            );
    }

    [Fact]
    public void A_payload_that_no_entry_erases_is_withheld()
    {
        (FoldLedger ledger, List<Receipt> carried, int decision) = Erased();
        // The erasing entry is the last.
        Verdict cut = FoldLedger.Verify(carried[..^1], ledger.Trust);
        Assert.False(cut.Holds);
        Assert.All(
            cut.Stages.Single(s => s.Name == "commitments").Findings,
            finding => Assert.Equal(ErrorCodes.PayloadMissing, finding.Code)
        );
        // A verdict is never erased, whatever an entry says: nobody could tell whether the approvals were there.
        int vote = carried.FindIndex(r => r.Entry.Body.Event == Events.ApprovalRecorded);
        carried[vote] = carried[vote].Erase();
        Assert.False(FoldLedger.Verify(carried, ledger.Trust).Holds);
        Assert.True(decision > vote);
    }

    [Fact]
    public void A_missing_payload_excuses_no_approval_of_a_compaction_and_no_signature_of_its_proposal()
    {
        var ledger = new FoldLedger();
        Receipt gone = ledger.AddClaims(FoldLedger.Claim("a", "A", 1, "s1"));
        ledger.AddClaims(FoldLedger.Claim("b", "B", 1, "s1"));
        JsonValue compaction = new LedgerCompacted(0, 3, IndexRanges.None, 0, "r").ToControl();
        var lacking = new LedgerFold(ledger.Id);
        foreach (Receipt receipt in ledger.Receipts)
            lacking.Apply(
                receipt.Entry.Index == gone.Entry.Index ? receipt.Erase() : receipt,
                receipt.Payload is { } payload && receipt.Entry.Index != gone.Entry.Index
                    ? EventPayloads.Read(receipt.Entry.Body.Event, payload.Root)
                    : null
            );
        Receipt unsigned = ledger.ProposeControl(Events.LedgerCompacted, compaction, signer: FoldLedger.SecondAuthor);
        Assert.Equal(ErrorCodes.SignatureBroken, lacking.Judge(unsigned, out _)?.Code);

        // Whoever holds the keys of author and log withholds a claim, and says that it went with a compaction that nobody approved.
        ledger.AddUnjudged(ledger.Control(Events.LedgerCompacted, compaction));
        Verdict verdict = FoldLedger.Verify(ledger.Without(entry => entry.Index == gone.Entry.Index), ledger.Trust);
        Assert.False(verdict.Holds);
        Assert.Equal(
            ErrorCodes.NeedsApproval,
            verdict.Stages.Single(s => s.Name == "approvals").Findings.Single().Code
        );
    }

    [Fact]
    public void A_bundle_says_erased_only_with_the_entry_that_erased()
    {
        (FoldLedger ledger, List<Receipt> carried, int decision) = Erased();
        for (int i = 0; i < carried.Count; i++)
            ledger.Replaced(carried[i]);
        Verdict whole = BundleVerifier.Verify(ledger.Bundle(decision).ToBytes(), ledger.Trust, TimeProvider.System);
        Assert.True(whole.Holds, string.Join('\n', whole.Stages.SelectMany(s => s.Findings)));
        Assert.Null(whole.Stages.Single(s => s.Name == "decisions").Holds);
        Assert.Equal(
            ErrorCodes.NotReExecutable,
            whole.Stages.Single(s => s.Name == "commitments").Findings.Single().Code
        );
        Verdict without = BundleVerifier.Verify(
            ledger.Bundle(decision, r => r.Entry.Body.Event != Events.PayloadErased).ToBytes(),
            ledger.Trust,
            TimeProvider.System
        );
        Assert.False(without.Holds);
        Assert.Contains(
            without.Stages.Single(s => s.Name == "commitments").Findings,
            finding => finding.Code == ErrorCodes.PayloadMissing
        );
    }

    [Fact]
    public void A_bundle_claims_no_decision_that_cannot_be_worked_out_again_however_many_there_are()
    {
        var ledger = new FoldLedger();
        string[] subjects = [.. Enumerable.Range(0, 25).Select(i => $"S{i}")];
        ledger.AddClaims([
            .. subjects.SelectMany(s =>
                new[] { FoldLedger.Claim($"{s}-1", s, 1, "s1"), FoldLedger.Claim($"{s}-2", s, 9, "s2") }
            ),
        ]);
        foreach (string subject in subjects)
            ledger.Add(ledger.Detection(subject));
        long last = ledger.Fold.Size - 1;
        ledger.Govern(Events.PayloadErased, Erasing(1));
        foreach (Receipt receipt in ledger.Carried())
            ledger.Replaced(receipt);
        foreach (long subject in new[] { 2, last })
        {
            Verdict verdict = BundleVerifier.Verify(
                ledger.Bundle(subject).ToBytes(),
                ledger.Trust,
                TimeProvider.System
            );
            Assert.True(verdict.Holds);
            Stage decisions = verdict.Stages.Single(s => s.Name == "decisions");
            Assert.Null(decisions.Holds);
            Assert.Contains(decisions.Findings, finding => finding.Code == ErrorCodes.NotReExecutable);
        }
    }

    [Fact]
    public void An_erased_decision_with_approvals_must_have_been_proposed_too()
    {
        // The approvers signed a body that was never put up for approval where everybody can see it.
        var aside = new FoldLedger();
        long proposal = aside.Propose(aside.Contradict("B", 1, 9));
        Proposal proposed = aside.Fold.Proposals[proposal].Proposal;
        Approval[] signed =
        [
            aside.Approval(proposal, 1),
            aside.Approval(proposal, 2),
            aside.Approval(proposal, 5, "legal"),
        ];
        var ledger = new FoldLedger();
        ledger.Contradict("B", 1, 9);
        Receipt decision = ledger.Place(
            proposed.Body,
            FoldLedger.Author,
            FrozenPayload.From(proposed.Decision!.ToJson()),
            Convert.FromBase64String(proposed.Salt!),
            entry => entry with { Approvals = signed }
        );
        Assert.Equal(ErrorCodes.NeedsApproval, ledger.Judge(decision)?.Code);
        Assert.Equal(ErrorCodes.NeedsApproval, ledger.Judge(decision.Erase())?.Code);
    }

    [Fact]
    public void A_claim_that_may_count_again_still_counts()
    {
        FoldLedger ledger = ErasureLedger.Alone();
        Receipt lasting = ledger.AddClaims(FoldLedger.Claim("old", "A", 1, "s1", 1));
        Receipt passing = ledger.AddClaims(
            Until(FoldLedger.Claim("new", "A", 2, "s1", 2), "2026-01-05T00:00:00.000000Z")
        );
        // While the newer one lasts, the older one is behind it; but it lasts longer.
        HashSet<long> standing = [.. new Standing(ledger.Fold).Entries()];
        Assert.Equal([lasting.Entry.Index, passing.Entry.Index], standing.Order());
        Receipt other = ledger.AddClaims(FoldLedger.Claim("newest", "A", 3, "s1", 9));
        standing = [.. new Standing(ledger.Fold).Entries()];
        Assert.Equal([other.Entry.Index], standing);

        static Claim Until(Claim claim, string end) =>
            Claim.FromJson(claim.ToJson().With("context", JsonValue.Object(("valid_until", end))));
    }

    [Fact]
    public void An_erased_decision_that_was_passed_on_carries_the_approvals_of_those_it_was_passed_on_to()
    {
        var actions = JsonValue.Parse(
            """
            {
              "one": { "approvals": [{ "role": "approver", "k": 1 }], "deadline": "P1D", "escalate": { "after": "PT12H", "to": "law" } },
              "both": { "approvals": [{ "role": "approver", "k": 2 }], "deadline": "P7D" },
              "law": { "approvals": [{ "role": "legal", "k": 1 }], "deadline": "P7D" }
            }
            """u8
        );
        Policy policy = Policy.FromJson(SecondForm.Policy().Document.With("actions", actions));
        var ledger = new FoldLedger(found: genesis => genesis with { Policy = policy });
        GroupKey key = ledger.Contradict("A", 9, 6.5);
        SecondForm.PassOn(ledger, ledger.Propose(key));
        long proposal = ledger.Propose(key);
        Receipt decision = ledger.Add(ledger.Recorded(proposal, ledger.AddVote(proposal, 5, "legal")));
        ledger.Govern(Events.PayloadErased, ledger.Plan(1).ToControl());
        List<Receipt> carried = ledger.Carried();
        Assert.True(carried[(int)decision.Entry.Index].IsErased);
        Verdict verdict = FoldLedger.Verify(carried, ledger.Trust);
        Assert.True(verdict.Holds, verdict.ToJson().ToString());
    }

    [Fact]
    public void A_plan_takes_entries_in_their_order_and_no_other()
    {
        var ledger = new FoldLedger();
        ledger.Propose(ledger.Contradict("B", 1, 9));
        var plan = new ErasurePlan(ledger.Id, [1], []);
        foreach (Receipt later in ledger.Receipts.Skip(1))
            Assert.Equal(ErrorCodes.EntryMalformed, Assert.Throws<TessraxException>(() => plan.Add(later)).Code);
        foreach (Receipt receipt in ledger.Receipts)
            plan.Add(receipt);
        Assert.Equal(
            ErrorCodes.EntryMalformed,
            Assert.Throws<TessraxException>(() => plan.Add(ledger.Receipts[0])).Code
        );
        Assert.Contains(plan.Entries, entry => entry.Index == 1);
    }

    // A ledger whose critical decision needed three approvals, and from which its claims, contradiction, proposal and decision are gone.
    private static (FoldLedger Ledger, List<Receipt> Carried, int Decision) Erased()
    {
        var ledger = new FoldLedger();
        long proposal = ledger.Propose(ledger.Contradict("B", 1, 9));
        Approval[] votes =
        [
            ledger.AddVote(proposal, 1),
            ledger.AddVote(proposal, 2),
            ledger.AddVote(proposal, 5, "legal"),
        ];
        int decision = (int)ledger.Add(ledger.Recorded(proposal, votes)).Entry.Index;
        PayloadErased plan = ledger.Plan(1);
        Assert.Equal([1, 2, proposal, decision], plan.Entries.Select(e => e.Index));
        Assert.Equal([null, true, true, true], plan.Entries.Select(e => e.ReExecuted));
        ledger.Govern(Events.PayloadErased, plan.ToControl());
        return (ledger, ledger.Carried(), decision);
    }

    private static Receipt Changed(Receipt receipt, Entry entry) =>
        receipt.IsErased ? Receipt.WithoutPayload(entry) : Receipt.Create(entry, receipt.Payload, receipt.Salt.Span);

    private static JsonValue Erasing(long index) =>
        new PayloadErased([new ErasedEntry(index, null)], ErasureLedger.Reason).ToControl();

    private static void Refused(ErrorCode code, FoldLedger ledger, Receipt receipt)
    {
        Refusal? refusal = ledger.Judge(receipt);
        Assert.Equal(code, refusal?.Code);
        Assert.Null(refusal!.Missing);
    }
}
