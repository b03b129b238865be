using Tessrax.Canonical;
using Tessrax.Governance;
using Tessrax.Hashing;
using Tessrax.Keys;
using Tessrax.Ledger;
using Tessrax.Verification;
using Xunit;

namespace Tessrax.Tests.Governance;

/// <summary>KEY_ADDED, KEY_ROTATED and KEY_REVOKED: who may enter a key, who ends one, and from which entry on.</summary>
public sealed class KeyEventTests
{
    private static readonly PrivateKey Third = FoldLedger.Seeded(91);
    private static readonly KeyContent ThirdAuthor = KeyLedger.Author("third", Third);
    private readonly FoldLedger ledger = new();
    private readonly FoldLedger alone = KeyLedger.WithoutApprovers();

    [Fact]
    public void A_new_author_signs_from_the_next_entry_on()
    {
        JsonValue control = KeyLedger.Added(ledger, ThirdAuthor, Third).ToControl();
        Refused(ErrorCodes.NeedsApproval, ledger.Control(Events.KeyAdded, control));
        Refused(ErrorCodes.NotByThatKey, By(ledger, Third));
        long at = KeyLedger.Pass(ledger, Events.KeyAdded, control).Entry.Index;
        LedgerKey added = ledger.Fold.State.Key(Third.PublicKey.Id)!;
        Assert.Equal((at + 1, true), (added.From, added.IsActive));
        ledger.Add(By(ledger, Third));
        Assert.True(FoldLedger.Verify(ledger.Receipts, ledger.Trust).Holds);
    }

    [Fact]
    public void Without_approvers_an_author_adds_another_alone()
    {
        Refused(alone, ErrorCodes.ApprovalsBroken, KeyLedger.Propose(alone, Events.KeyAdded, Adding(alone)));
        alone.Add(alone.Control(Events.KeyAdded, Adding(alone)));
        alone.Add(By(alone, Third));
        Assert.True(FoldLedger.Verify(alone.Receipts, alone.Trust).Holds);
    }

    [Fact]
    public void A_key_is_added_only_by_whoever_has_it_for_this_ledger_and_as_it_is_described()
    {
        var added = KeyLedger.Added(alone, ThirdAuthor, Third);
        KeyAdded[] bad =
        [
            KeyLedger.Added(alone, ThirdAuthor, FoldLedger.Author),
            added with
            {
                Proof = KeyLedger.Proof(ledger.Id, ThirdAuthor, Third),
            },
            added with
            {
                Proof = KeyLedger.Proof(alone.Id, ThirdAuthor, Third, FoldLedger.Author.PublicKey.Id),
            },
            added with
            {
                Key = ThirdAuthor with { Name = "other" },
            },
            added with
            {
                Key = ThirdAuthor with { Person = "other" },
            },
            added with
            {
                Key = KeyLedger.Author("third", FoldLedger.Seeded(92)),
            },
        ];
        foreach (KeyAdded forged in bad)
            Refused(alone, ErrorCodes.PossessionNotProven, alone.Control(Events.KeyAdded, forged.ToControl()));
        // Another purpose is no matter of proofs.
        KeyContent approver = KeyLedger.Approver(8, "eve", "approver");
        KeyAdded other = KeyLedger.Added(alone, approver, FoldLedger.Approver(8));
        Refused(alone, ErrorCodes.BadValue, alone.Control(Events.KeyAdded, other.ToControl()));
    }

    [Fact]
    public void A_key_that_was_ever_known_never_comes_again_under_any_name()
    {
        foreach (PrivateKey known in (PrivateKey[])[FoldLedger.SecondAuthor, FoldLedger.Log])
        {
            KeyContent again = KeyLedger.Author("somebody-else", known);
            Refused(
                alone,
                ErrorCodes.BadValue,
                alone.Control(Events.KeyAdded, KeyLedger.Added(alone, again, known).ToControl())
            );
        }
        Revoke(alone, FoldLedger.SecondAuthor, KeyEnd.Retired);
        KeyContent back = KeyLedger.Author("second", FoldLedger.SecondAuthor);
        Refused(
            alone,
            ErrorCodes.BadValue,
            alone.Control(Events.KeyAdded, KeyLedger.Added(alone, back, FoldLedger.SecondAuthor).ToControl())
        );
    }

    [Fact]
    public void A_rotated_author_signs_no_more_and_the_new_key_from_then_on()
    {
        JsonValue control = KeyLedger.Rotated(ledger, FoldLedger.Author, Third).ToControl();
        long at = KeyLedger.Pass(ledger, Events.KeyRotated, control).Entry.Index;
        LedgerKey old = ledger.Fold.State.Key(FoldLedger.Author.PublicKey.Id)!;
        Assert.Equal(new KeyEnding(at + 1, KeyEnd.Rotated, null), old.Ending);
        Assert.Equal(at + 1, ledger.Fold.State.Key(Third.PublicKey.Id)!.From);
        Refused(ErrorCodes.KeyEnded, By(ledger, FoldLedger.Author));
        Refused(ErrorCodes.KeyEnded, Sealed(ledger));
        Assert.False(Scans(ledger, By(ledger, FoldLedger.Author)));
        ledger.Add(By(ledger, Third));
        Assert.True(FoldLedger.Verify(ledger.Receipts, ledger.Trust).Holds);
    }

    [Fact]
    public void A_rotation_needs_both_keys_and_changes_nothing_but_the_key()
    {
        KeyRotated good = KeyLedger.Rotated(alone, FoldLedger.SecondAuthor, Third);
        Digest old = good.Old;
        KeyContent renamed = good.Key with { Name = "else" };
        var otherOld = good with { Old = FoldLedger.Author.PublicKey.Id };
        string stranger = Convert.ToBase64String(Third.Sign(KeyProof.Consent(alone.Id, good.Key, old)));
        string mixedUp = Convert.ToBase64String(
            FoldLedger.SecondAuthor.Sign(KeyProof.Possession(alone.Id, good.Key, old))
        );
        (ErrorCode Code, KeyRotated Bad)[] all =
        [
            (ErrorCodes.PossessionNotProven, good with { OldSignature = stranger }),
            (ErrorCodes.PossessionNotProven, good with { OldSignature = mixedUp }),
            (ErrorCodes.PossessionNotProven, good with { Proof = good.OldSignature }),
            (ErrorCodes.PossessionNotProven, good with { Proof = KeyLedger.Proof(alone.Id, good.Key, Third) }),
            (ErrorCodes.BadValue, good with { Key = renamed }),
            (ErrorCodes.BadValue, good with { Key = good.Key with { Person = "p" } }),
            (ErrorCodes.BadValue, otherOld),
            (ErrorCodes.BadValue, good with { Old = Third.PublicKey.Id }),
            (ErrorCodes.BadValue, KeyLedger.Rotated(alone, FoldLedger.SecondAuthor, FoldLedger.Author)),
            (ErrorCodes.BadValue, KeyLedger.Rotated(alone, FoldLedger.SecondAuthor, FoldLedger.SecondAuthor)),
        ];
        foreach ((ErrorCode code, KeyRotated bad) in all)
            Refused(alone, code, alone.Control(Events.KeyRotated, bad.ToControl()));
        alone.Add(alone.Control(Events.KeyRotated, good.ToControl()));
        // Once ended, it cannot end again.
        KeyRotated again = KeyLedger.Rotated(alone, FoldLedger.SecondAuthor, FoldLedger.Seeded(93));
        Refused(alone, ErrorCodes.KeyEnded, alone.Control(Events.KeyRotated, again.ToControl()));
    }

    [Fact]
    public void The_key_of_the_log_is_neither_rotated_nor_revoked_in_this_version()
    {
        KeyRotated log = KeyLedger.Rotated(alone, FoldLedger.Log, Third);
        Refused(alone, ErrorCodes.BadValue, alone.Control(Events.KeyRotated, log.ToControl()));
        Refused(alone, ErrorCodes.BadValue, Revocation(alone, FoldLedger.Log, KeyEnd.Compromised, 1));
    }

    [Theory]
    [InlineData(KeyEnd.Retired)]
    [InlineData(KeyEnd.Lost)]
    public void A_revoked_author_signs_no_more(KeyEnd cause)
    {
        alone.Add(By(alone, FoldLedger.SecondAuthor));
        Revoke(alone, FoldLedger.SecondAuthor, cause);
        Refused(alone, ErrorCodes.KeyEnded, By(alone, FoldLedger.SecondAuthor));
        Assert.Equal(cause, alone.Fold.State.Key(FoldLedger.SecondAuthor.PublicKey.Id)!.Ending!.Cause);
        // It may be signed by the very key that it ends.
        Refused(alone, ErrorCodes.TooFewHolders, Revocation(alone, FoldLedger.Author, cause));
        Assert.True(FoldLedger.Verify(alone.Receipts, alone.Trust).Holds);
    }

    [Fact]
    public void What_is_suspect_begins_no_earlier_than_the_key_and_no_later_than_the_revocation()
    {
        alone.Add(alone.Control(Events.KeyAdded, Adding(alone)));
        long from = alone.Fold.State.Key(Third.PublicKey.Id)!.From;
        alone.Add(By(alone, Third));
        alone.Add(By(alone, Third));
        long own = alone.Fold.Size;
        Refused(alone, ErrorCodes.BadValue, Revocation(alone, Third, KeyEnd.Compromised, from - 1));
        Refused(alone, ErrorCodes.BadValue, Revocation(alone, Third, KeyEnd.Compromised, own + 1));
        Refused(alone, ErrorCodes.BadValue, Revocation(alone, Third, KeyEnd.Compromised));
        Refused(alone, ErrorCodes.BadValue, Revocation(alone, Third, KeyEnd.Lost, from));
        Assert.Null(alone.Judge(Revocation(alone, Third, KeyEnd.Compromised, own)));
        Assert.Null(alone.Judge(Revocation(alone, Third, KeyEnd.Compromised, from)));
        Revoke(alone, Third, KeyEnd.Compromised, from + 1);
        Assert.Equal(
            new KeyEnding(own + 1, KeyEnd.Compromised, from + 1),
            alone.Fold.State.Key(Third.PublicKey.Id)!.Ending
        );
        // What is found out later makes more suspect, never less; its end stays where it was.
        Refused(alone, ErrorCodes.BadValue, Revocation(alone, Third, KeyEnd.Compromised, from + 1));
        Refused(alone, ErrorCodes.KeyEnded, Revocation(alone, Third, KeyEnd.Lost));
        Revoke(alone, Third, KeyEnd.Compromised, from);
        Assert.Equal(
            new KeyEnding(own + 1, KeyEnd.Compromised, from),
            alone.Fold.State.Key(Third.PublicKey.Id)!.Ending
        );
    }

    [Fact]
    public void A_key_that_was_rotated_can_be_called_compromised_afterwards()
    {
        alone.Add(
            alone.Control(Events.KeyRotated, KeyLedger.Rotated(alone, FoldLedger.SecondAuthor, Third).ToControl())
        );
        long until = alone.Fold.Size;
        alone.Add(By(alone, Third));
        Refused(alone, ErrorCodes.BadValue, Revocation(alone, FoldLedger.SecondAuthor, KeyEnd.Compromised, until));
        Revoke(alone, FoldLedger.SecondAuthor, KeyEnd.Compromised, until - 1);
        Assert.Equal(
            new KeyEnding(until, KeyEnd.Compromised, until - 1),
            alone.Fold.State.Key(FoldLedger.SecondAuthor.PublicKey.Id)!.Ending
        );
    }

    [Fact]
    public void A_parked_proposal_keeps_no_other_key_from_being_revoked()
    {
        KeyContent one = KeyLedger.Author("one", Third);
        long parked = ledger
            .Add(Proposed(new KeyRevoked(FoldLedger.SecondAuthor.PublicKey.Id, KeyEnd.Lost, null, "parked")))
            .Entry.Index;
        Refused(
            ErrorCodes.ApprovalsBroken,
            Proposed(new KeyRevoked(FoldLedger.SecondAuthor.PublicKey.Id, KeyEnd.Retired, null, "the same key"))
        );
        ledger.Add(Proposed(new KeyRevoked(KeyLedger.Id(1), KeyEnd.Lost, null, "another key")));
        ledger.Add(KeyLedger.Propose(ledger, Events.KeyAdded, KeyLedger.Added(ledger, one, Third).ToControl()));
        Assert.Equal(3, ledger.Fold.Proposals.Count);
        Assert.Equal(parked, ledger.Fold.Proposals.Keys.First());

        Receipt Proposed(KeyRevoked revoked) => KeyLedger.Propose(ledger, Events.KeyRevoked, revoked.ToControl());
    }

    [Fact]
    public void Whatever_an_author_had_proposed_ends_with_its_key()
    {
        long decision = ledger.Propose(ledger.Contradict("B", 1, 9));
        JsonValue control = KeyLedger.Rotated(ledger, FoldLedger.Author, Third).ToControl();
        KeyLedger.Pass(ledger, Events.KeyRotated, control, FoldLedger.SecondAuthor);
        Assert.True(ledger.Fold.IsOvertaken(ledger.Fold.Proposals[decision]));
        // Its votes would carry nothing that this key may still sign.
        Approval[] votes =
        [
            ledger.AddVote(decision, 1),
            ledger.AddVote(decision, 2),
            ledger.AddVote(decision, 5, "legal"),
        ];
        Refused(ErrorCodes.KeyEnded, ledger.Recorded(decision, votes));
        ledger.Add(
            ledger.Make(
                Events.DecisionClosed,
                new DecisionClosed(decision, ClosedAs.Superseded).ToJson(),
                body: b => b with { By = new Voucher(VoucherKind.Author, Third.PublicKey.Id) },
                signer: Third
            )
        );
    }

    [Fact]
    public void When_every_author_but_one_has_ended_only_that_one_appends()
    {
        alone.Add(
            alone.Control(Events.KeyRotated, KeyLedger.Rotated(alone, FoldLedger.SecondAuthor, Third).ToControl())
        );
        KeyRotated last = KeyLedger.Rotated(alone, FoldLedger.Author, FoldLedger.Seeded(94));
        alone.Add(alone.Control(Events.KeyRotated, last.ToControl()));
        foreach (PrivateKey ended in (PrivateKey[])[FoldLedger.Author, FoldLedger.SecondAuthor])
            Refused(alone, ErrorCodes.KeyEnded, By(alone, ended));
        Assert.Equal(2, alone.Fold.State.ActiveKeys(KeyPurpose.Author).Count());
        Assert.Equal(5, alone.Fold.State.Keys.Count);
    }

    [Fact]
    public void A_bundle_that_leaves_a_key_event_out_is_refuted()
    {
        JsonValue control = KeyLedger.Rotated(ledger, FoldLedger.Author, Third).ToControl();
        long rotated = KeyLedger.Pass(ledger, Events.KeyRotated, control).Entry.Index;
        long subject = ledger.Add(By(ledger, Third)).Entry.Index;
        Assert.True(Judged(ledger.Bundle(subject)));
        for (long left = 1; left <= rotated; left++)
        {
            Bundle bundle = ledger.Bundle(subject, r => r.Entry.Index != left);
            Assert.False(Judged(bundle), $"without {left}");
        }
    }

    [Fact]
    public void An_exported_state_judges_ended_keys_as_the_fold_does()
    {
        alone.Add(alone.Control(Events.KeyAdded, Adding(alone)));
        Revoke(alone, Third, KeyEnd.Compromised, 2);
        FoldState state = alone.Fold.ExportState();
        Dictionary<Digest, ReadOnlyMemory<byte>> parts = ((StatePart[])[state.Head, .. state.Blocks]).ToDictionary(
            p => p.Digest,
            p => (ReadOnlyMemory<byte>)p.ToBytes()
        );
        LedgerFold imported = LedgerFold.ImportState(alone.Id, state.Digest, d => parts[d]);
        Assert.Equal(alone.Fold.State.Digest, imported.State.Digest);
        Receipt late = By(alone, Third);
        Assert.Equal(alone.Judge(late), imported.Judge(late, out _));
        Assert.Equal(ErrorCodes.KeyEnded, imported.Judge(late, out _)?.Code);
    }

    private bool Judged(Bundle bundle) =>
        BundleVerifier.Verify(bundle.ToBytes(), ledger.Trust, TimeProvider.System).Holds;

    private static JsonValue Adding(FoldLedger to) => KeyLedger.Added(to, ThirdAuthor, Third).ToControl();

    private static Receipt By(FoldLedger to, PrivateKey key) =>
        to.Make(
            "x-own",
            FoldLedger.Own("hello"),
            body: b => b with { By = new Voucher(VoucherKind.Author, key.PublicKey.Id) },
            signer: key
        );

    private static Receipt Sealed(FoldLedger to)
    {
        FrozenPayload payload = FrozenPayload.From(FoldLedger.Own("sealed"));
        byte[] salt = to.Draw(Receipt.SaltBytes);
        EntryBody body = to.Body("x-own", payload, salt, VoucherKind.Seal);
        Seal seal = SealedBatch.Sign(to.Id, [body], FoldLedger.Author)[0];
        return to.Place(body, null, payload, salt, e => e with { Seal = seal });
    }

    private static bool Scans(FoldLedger to, Receipt receipt) =>
        new EntryScanner().TryScan(receipt.Leaf.Span, out ScannedEntry scanned)
        && to.Fold.TryApply(scanned, receipt.Leaf.Span);

    private static Receipt Revocation(FoldLedger of, PrivateKey key, KeyEnd cause, long? suspect = null) =>
        of.Control(Events.KeyRevoked, new KeyRevoked(key.PublicKey.Id, cause, suspect, "a reason").ToControl());

    private static void Revoke(FoldLedger of, PrivateKey key, KeyEnd cause, long? suspect = null) =>
        of.Add(Revocation(of, key, cause, suspect));

    private static void Refused(FoldLedger by, ErrorCode code, Receipt receipt) => KeyLedger.Refused(by, code, receipt);

    private void Refused(ErrorCode code, Receipt receipt) => KeyLedger.Refused(ledger, code, receipt);
}
