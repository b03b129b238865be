using Tessrax.Governance;
using Tessrax.Hashing;
using Tessrax.Ledger;
using Tessrax.Verification;
using Xunit;

namespace Tessrax.Tests.Governance;

/// <summary>EPOCH_OPENED follows from the entries before it to the last byte, changes no rule, and makes no approval stale.</summary>
public sealed class EpochTests
{
    private static readonly Digest Other = HashEngine.Sha256.Hash("other"u8);
    private readonly FoldLedger ledger = new();

    [Fact]
    public void Opens_the_next_epoch_and_names_the_one_before()
    {
        ledger.Add(ledger.Make("x-own", FoldLedger.Own("one")));
        Digest before = ledger.Fold.State.Digest;
        Receipt first = ledger.Add(ledger.Epoch());
        Assert.Equal(0, first.Entry.Epoch);
        Assert.Equal(1, ledger.Fold.State.Epoch);
        Assert.Equal(2, ledger.Fold.State.Count);
        Assert.NotEqual(before, ledger.Fold.State.Digest);
        Assert.Equal((2L, ledger.Now), (ledger.Fold.EpochAt, ledger.Fold.EpochSince));
        ledger.Now += TimeSpan.FromHours(1);
        Assert.Equal(1, ledger.Add(ledger.Make("x-own", FoldLedger.Own("two"))).Entry.Epoch);
        var second = EpochOpened.Read(ledger.Add(ledger.Epoch()).Entry.Body, ledger.Hasher);
        Assert.Equal((2L, 4L, 2L), (second.Epoch, second.Root.Size, second.Before));
        Assert.Equal(ledger.Now, ledger.Fold.EpochSince);
        Assert.True(FoldLedger.Verify(ledger.Receipts, ledger.Trust).Holds);
    }

    [Fact]
    public void Is_the_same_whoever_makes_it_again() =>
        Assert.True(ledger.Epoch().Leaf.Span.SequenceEqual(ledger.Epoch().Leaf.Span));

    [Fact]
    public void Refuses_every_member_that_does_not_follow_from_the_entries_before()
    {
        Refused(o => o with { Epoch = 2 });
        Refused(o => o with { Root = o.Root with { Size = o.Root.Size + 1 } });
        Refused(o => o with { Gov = o.Gov with { Count = 2 } });
        Refused(o => o with { Gov = o.Gov with { Digest = Other } });
        Refused(o => o with { Policy = o.Policy with { Version = "1.0.1" } });
        Refused(o => o with { Keys = Other });
        Refused(o => o with { Before = 1 });
        Refused(o => o with { State = Other });
    }

    [Fact]
    public void Refuses_another_window_nonce_voucher_or_content()
    {
        Refused(ErrorCodes.EpochBroken, body: b => b with { ExpiresAt = b.ExpiresAt + TimeSpan.FromSeconds(1) });
        Refused(ErrorCodes.EpochBroken, body: b => b with { Nonce = ledger.Nonce() });
        Refused(ErrorCodes.NotByThatKey, body: b => b with { By = b.By with { Key = FoldLedger.Author.PublicKey.Id } });
        Refused(ErrorCodes.UnknownMember, body: b => b with { Control = b.Control!.With("more", 1) });
        Refused(ErrorCodes.BadValue, body: b => b with { Control = b.Control!.With("index", 1) });
        Refused(
            ErrorCodes.BadValue,
            body: b => b with { Control = b.Control!.With("root", "blake3:" + Other.ToHex()) }
        );
        EntryBody authored = ledger.Epoch().Entry.Body with
        {
            By = new Voucher(VoucherKind.Author, FoldLedger.Author.PublicKey.Id),
        };
        Assert.Equal(ErrorCodes.EpochBroken, ledger.Judge(ledger.Place(authored, FoldLedger.Author, null, []))?.Code);
    }

    [Fact]
    public void The_verifier_compares_the_root_with_the_tree()
    {
        ledger.Add(ledger.Make("x-own", FoldLedger.Own("one")));
        // The fold alone has no tree, so it takes the log's word.
        ledger.Add(ledger.Epoch(o => o with { Root = o.Root with { Root = Other } }));
        Verdict verdict = FoldLedger.Verify(ledger.Receipts, ledger.Trust);
        Stage merkle = verdict.Stages.Single(s => s.Name == "merkle");
        Assert.False(merkle.Holds);
        Assert.Equal(ErrorCodes.EpochBroken, merkle.Findings[0].Code);
    }

    [Fact]
    public void Nobody_can_take_its_nonce_before()
    {
        string nonce = ledger.Epoch().Entry.Body.Nonce;
        Receipt thief = ledger.Make("x-own", FoldLedger.Own("mine"), VoucherKind.Log, b => b with { Nonce = nonce });
        // With that entry before it the epoch has another root, so the thief would have to know it before; and even then:
        Receipt epoch = ledger.Epoch();
        Assert.Null(ledger.Judge(thief));
        Assert.Null(ledger.Fold.FindNonce(epoch.Entry.Body));
        ledger.Add(epoch);
        Assert.Null(ledger.Fold.FindNonce(new Voucher(VoucherKind.Log, FoldLedger.Log.PublicKey.Id), nonce));
    }

    [Fact]
    public void Approvals_given_before_it_still_count_and_a_key_still_votes_once()
    {
        long proposal = ledger.Propose(ledger.Contradict("B", 1, 9));
        Approval first = ledger.AddVote(proposal, 1);
        Approval signedBefore = ledger.Approval(proposal, 2);
        ledger.Add(ledger.Epoch());
        Assert.Equal(ErrorCodes.AlreadyVoted, ledger.Judge(ledger.Vote(proposal, ledger.Approval(proposal, 1)))?.Code);
        ledger.Add(ledger.Vote(proposal, signedBefore));
        Approval legal = ledger.AddVote(proposal, 5, "legal");
        ledger.Add(ledger.Epoch());
        ledger.Add(ledger.Recorded(proposal, first, signedBefore, legal));
        Assert.True(FoldLedger.Verify(ledger.Receipts, ledger.Trust).Holds);
    }

    [Fact]
    public void States_before_a_change_of_rules_are_accepted_no_more_and_only_so_many_of_the_others()
    {
        GovernanceState state = ledger.Fold.State;
        Assert.False(state.Accepts(GovernanceState.Before(ledger.Id).Digest));
        Receipt epoch = ledger.Epoch();
        var states = new List<Digest> { state.Digest };
        for (int i = 0; i < GovernanceState.MaxEarlier; i++)
        {
            state = state.After(epoch);
            states.Add(state.Digest);
        }
        Assert.All(states, seen => Assert.True(state.Accepts(seen)));
        state = state.After(epoch);
        Assert.False(state.Accepts(states[0]));
        Assert.True(state.Accepts(states[1]));
        GovernanceState closed = state.After(ledger.Control(Events.LedgerClosed, ControlEventTests.Next.ToControl()));
        Assert.True(closed.Accepts(closed.Digest));
        Assert.DoesNotContain(states, closed.Accepts);
    }

    [Fact]
    public void A_bundle_with_epochs_holds_and_is_refuted_without_one_or_with_one_altered()
    {
        GroupKeyLedger(out Receipt decided);
        Bundle good = ledger.Bundle(decided.Entry.Index);
        Verdict verdict = BundleVerifier.Verify(good.ToBytes(), ledger.Trust, TimeProvider.System);
        Assert.True(verdict.Holds, verdict.ToJson().ToString());
        Assert.Contains(verdict.Excludes, e => e.StartsWith("that the epochs name", StringComparison.Ordinal));
        foreach (BundleEntry epoch in good.Entries.Where(e => e.Receipt.Entry.Body.Event == Events.EpochOpened))
        {
            Bundle without = good with { Entries = [.. good.Entries.Except([epoch])] };
            Fails(without, "governance", ErrorCodes.StateBroken);
            Receipt real = epoch.Receipt;
            Receipt bent = Receipt.Create(
                real.Entry with
                {
                    Body = real.Entry.Body with { Control = real.Entry.Body.Control!.With("keys", Other.ToString()) },
                },
                null,
                []
            );
            Bundle altered = good with
            {
                Entries = [.. good.Entries.Select(e => e == epoch ? new BundleEntry(bent, e.Proof) : e)],
            };
            Fails(altered, "governance", ErrorCodes.EpochBroken);
            Fails(altered, "inclusion", ErrorCodes.InclusionBroken);
        }
    }

    private void GroupKeyLedger(out Receipt decided)
    {
        ledger.Add(ledger.Epoch());
        long proposal = ledger.Propose(ledger.Contradict("C", 9, 6.5));
        ledger.Add(ledger.Epoch());
        decided = ledger.Add(ledger.Recorded(proposal, ledger.AddVote(proposal, 1)));
    }

    private void Fails(Bundle bundle, string stage, ErrorCode code)
    {
        Verdict verdict = BundleVerifier.Verify(bundle.ToBytes(), ledger.Trust, TimeProvider.System);
        Assert.False(verdict.Holds);
        Assert.Contains(verdict.Stages.Single(s => s.Name == stage).Findings, f => f.Code == code);
    }

    private void Refused(Func<EpochOpened, EpochOpened> change)
    {
        Refusal? refusal = ledger.Judge(ledger.Epoch(change));
        Assert.Equal((Aspect.Governance, ErrorCodes.EpochBroken), (refusal?.Aspect, refusal?.Code));
    }

    private void Refused(ErrorCode code, Func<EntryBody, EntryBody> body) =>
        Assert.Equal(code, ledger.Judge(ledger.Epoch(body: body))?.Code);
}
