using Tessrax.Canonical;
using Tessrax.Governance;
using Tessrax.Hashing;
using Tessrax.Keys;
using Tessrax.Ledger;
using Xunit;

namespace Tessrax.Tests.Governance;

/// <summary>KEY_RECOVERED: the key that a ledger committed to puts new keys in the place of all that were lost or stolen, and nobody else does.</summary>
public sealed class RecoveryTests
{
    private readonly FoldLedger ledger = RecoveryLedger.Make();

    private GovernanceState State => ledger.Fold.State;

    [Fact]
    public void New_keys_take_the_place_of_all_that_were_lost()
    {
        long at = RecoveryLedger.Recover(ledger, ledger.Fold.Size).Entry.Index;
        Assert.Equal(RecoveryLedger.NewLog.PublicKey.Id, State.LogKey!.Id);
        LedgerKey old = State.Key(FoldLedger.Log.PublicKey.Id)!;
        Assert.Equal(new KeyEnding(at + 1, KeyEnd.Recovered, at), old.Ending);
        Assert.Equal(KeyEnd.Recovered, State.Key(FoldLedger.Author.PublicKey.Id)!.Ending?.Cause);
        Assert.True(State.Key(FoldLedger.SecondAuthor.PublicKey.Id)!.IsActive);
        Assert.Equal(RecoveryLedger.Commitment(1), State.Recovery);
        Refused(ErrorCodes.KeyEnded, RecoveryLedger.Own(ledger, FoldLedger.Author));
        ledger.Add(RecoveryLedger.Own(ledger, RecoveryLedger.NewAuthor));
        // The next one by the next key.
        PrivateKey log = FoldLedger.Seeded(113);
        PrivateKey author = FoldLedger.Seeded(114);
        RecoveryRequest again = RecoveryLedger.Request(
            ledger,
            ledger.Fold.Size,
            [RecoveryLedger.NewAuthor.PublicKey.Id],
            log,
            author
        );
        ledger.Add(RecoveryLedger.Entry(ledger, RecoveryLedger.Sign(again), author));
        Assert.Equal((2, log.PublicKey.Id), (State.Recovery!.Generation, State.LogKey!.Id));
    }

    [Fact]
    public void What_came_while_somebody_else_may_have_signed_ends_and_what_came_just_before_stays()
    {
        foreach (bool isSuspect in (bool[])[true, false])
        {
            FoldLedger made = RecoveryLedger.Make();
            PrivateKey third = FoldLedger.Seeded(91);
            var added = KeyLedger.Added(made, KeyLedger.Author("third", third), third);
            long at = made.Govern(Events.KeyAdded, added.ToControl()).Entry.Index;
            RecoveryLedger.Recover(made, isSuspect ? at : at + 1);
            Assert.Equal(!isSuspect, made.Fold.State.Key(third.PublicKey.Id)!.IsActive);
        }
    }

    [Fact]
    public void Only_the_key_of_the_commitment_recovers_for_this_ledger_and_to_the_letter()
    {
        RecoveryRequest request = RecoveryLedger.Request(ledger, 1);
        KeyRecovered good = RecoveryLedger.Sign(request);
        PrivateKey thief = FoldLedger.Seeded(120);
        KeyRecovered bySomebody = good with
        {
            Recovery = VerifierKey.Create(KeyRecovered.VerifierName, thief.PublicKey),
        };
        KeyRecovered elsewhere = good with
        {
            Signature = Convert.ToBase64String(RecoveryLedger.Key(0).Sign(good.SignedBytes(KeyLedger.Id(1)))),
        };
        KeyRecovered[] bad =
        [
            bySomebody with
            {
                Signature = Convert.ToBase64String(thief.Sign(bySomebody.SignedBytes(ledger.Id))),
            },
            good with
            {
                Signature = Convert.ToBase64String(thief.Sign(good.SignedBytes(ledger.Id))),
            },
            elsewhere,
            good with
            {
                Generation = 1,
            },
            good with
            {
                Next = KeyLedger.Id(1),
            },
            good with
            {
                Terms = good.Terms with { SuspectFrom = 0 },
            },
            good with
            {
                Terms = good.Terms with { Retire = [] },
            },
            Signed(good with { Next = RecoveryLedger.Commitment(0).Commitment }),
        ];
        foreach (KeyRecovered recovered in bad)
            Refused(ErrorCodes.RecoveryRefused, RecoveryLedger.Entry(ledger, recovered));
        // By an author that it does not name, by the log, in a seal, or with approvals: not even with the right answer.
        Refused(ErrorCodes.KeyEnded, RecoveryLedger.Entry(ledger, good, FoldLedger.Author));
        Refused(ErrorCodes.NotByThatKey, RecoveryLedger.Entry(ledger, good, thief));
        Receipt attested = ledger.Make(
            Events.KeyRecovered,
            null,
            VoucherKind.Log,
            b => b with { Control = good.ToControl() }
        );
        Refused(ErrorCodes.NotByThatKey, attested);
        ledger.Add(RecoveryLedger.Entry(ledger, good));
        Refused(ErrorCodes.RecoveryRefused, RecoveryLedger.Entry(ledger, good));
    }

    [Fact]
    public void A_ledger_that_committed_to_nothing_is_not_recovered()
    {
        var plain = new FoldLedger();
        KeyRecovered recovered = RecoveryLedger.Sign(RecoveryLedger.Request(plain, 1));
        KeyLedger.Refused(plain, ErrorCodes.RecoveryRefused, RecoveryLedger.Entry(plain, recovered));
    }

    [Fact]
    public void What_a_recovery_brings_and_ends_must_fit_the_ledger()
    {
        var other = new KeyContent("x", KeyPurpose.Log, VerifierKey.Create("x", FoldLedger.Seeded(121).PublicKey), []);
        KeyRecovered good = RecoveryLedger.Sign(RecoveryLedger.Request(ledger, 1));
        Refused(ErrorCodes.BadValue, Signed(good with { Terms = good.Terms with { SuspectFrom = 2 } }));
        Refused(ErrorCodes.BadValue, Signed(good with { Terms = good.Terms with { Retire = [KeyLedger.Id(9)] } }));
        Digest log = FoldLedger.Log.PublicKey.Id;
        Refused(ErrorCodes.BadValue, Signed(good with { Terms = good.Terms with { Retire = [log] } }));
        Refused(
            ErrorCodes.PossessionNotProven,
            Signed(good with { Terms = good.Terms with { Proofs = [.. good.Terms.Proofs.Reverse()] } })
        );
        RecoveryTerms renamed = good.Terms with
        {
            Keys = [.. good.Terms.Keys.Select(k => k.Purpose == KeyPurpose.Log ? other : k).OrderBy(k => k.Id)],
        };
        Refused(ErrorCodes.BadValue, Signed(good with { Terms = renamed }));
        // One key has one purpose, once, for ever.
        Refused(
            ErrorCodes.BadValue,
            RecoveryLedger.Sign(RecoveryLedger.Request(ledger, 1, [], author: FoldLedger.SecondAuthor))
        );

        void Refused(ErrorCode code, KeyRecovered recovered) =>
            this.Refused(code, RecoveryLedger.Entry(ledger, recovered));
    }

    [Fact]
    public void A_proof_for_a_recovery_enters_the_key_in_no_other_way()
    {
        FoldLedger alone = new(found: g =>
            g with
            {
                Keys = [.. g.Keys.Where(k => k.Purpose != KeyPurpose.Approver)],
                Recovery = RecoveryLedger.Commitment(0),
            }
        );
        RecoveryRequest request = RecoveryLedger.Request(alone, 1);
        KeyContent key = request.Terms.Authors.Single();
        string proof = request.Terms.Proofs[request.Terms.Keys.ToList().IndexOf(key)];
        // Whoever sees the request, and has the old keys, would have made the answer useless.
        Receipt outrun = alone.Control(Events.KeyAdded, new KeyAdded(key, proof, "outrun").ToControl());
        KeyLedger.Refused(alone, ErrorCodes.PossessionNotProven, outrun);
    }

    [Fact]
    public void Whatever_waited_ends_and_no_verdict_from_before_counts()
    {
        long decision = ledger.Propose(ledger.Contradict("B", 1, 9));
        JsonValue control = KeyLedger
            .Added(ledger, KeyLedger.Author("third", FoldLedger.Seeded(91)), FoldLedger.Seeded(91))
            .ToControl();
        ledger.Add(KeyLedger.Propose(ledger, Events.KeyAdded, control));
        ledger.AddVote(decision, 1);
        Approval vote = ledger.Approval(decision, 2);
        Assert.Equal(2, ledger.Fold.Proposals.Count);
        RecoveryLedger.Recover(ledger, 1);
        Assert.Empty(ledger.Fold.Proposals);
        Assert.Null(ledger.Fold.OpenIn(FoldLedger.Key("B")));
        Assert.Null(ledger.Fold.OpenControl(Events.KeyAdded));
        Assert.False(State.Accepts(vote.Gov));
    }

    [Fact]
    public void It_verifies_whole_and_folds_out_of_its_state_again()
    {
        ledger.Add(RecoveryLedger.Own(ledger, FoldLedger.Author));
        RecoveryLedger.Recover(ledger, 2);
        ledger.Add(RecoveryLedger.Own(ledger, RecoveryLedger.NewAuthor));
        FoldState exported = ledger.Fold.ExportState();
        Dictionary<Digest, byte[]> parts = exported
            .Blocks.Append(exported.Head)
            .ToDictionary(part => part.Digest, part => part.ToBytes());
        LedgerFold again = LedgerFold.ImportState(ledger.Id, exported.Digest, digest => parts[digest]);
        Assert.Equal(State.Digest, again.State.Digest);
        Assert.Equal(State.Recovery, again.State.Recovery);
        Assert.Equal(State.ToJson().ToString(), GovernanceState.FromJson(State.ToJson(), "$").ToJson().ToString());
    }

    [Fact]
    public void A_bundle_without_the_recovery_fails()
    {
        ledger.Add(RecoveryLedger.Own(ledger, FoldLedger.Author));
        long recovered = RecoveryLedger.Recover(ledger, 2).Entry.Index;
        long subject = ledger.Add(RecoveryLedger.Own(ledger, RecoveryLedger.NewAuthor)).Entry.Index;
        var fold = new LedgerFold(ledger.Id, isPart: true);
        Refusal? last = null;
        foreach (Receipt receipt in ledger.Receipts.Where(r => r.Entry.Index is 0 or 3 && r.Entry.Index != recovered))
        {
            last = fold.Judge(receipt, out object? payload);
            if (last is null)
                fold.Apply(receipt, payload);
        }
        Assert.Equal(3, subject);
        Assert.Equal(ErrorCodes.StateBroken, last?.Code);
    }

    private KeyRecovered Signed(KeyRecovered recovered) =>
        recovered with
        {
            Signature = Convert.ToBase64String(RecoveryLedger.Key(0).Sign(recovered.SignedBytes(ledger.Id))),
        };

    private void Refused(ErrorCode code, Receipt receipt) => KeyLedger.Refused(ledger, code, receipt);
}
