using Tessrax.Governance;
using Tessrax.Hashing;
using Tessrax.Keys;
using Tessrax.Ledger;
using Tessrax.Verification;
using Xunit;

namespace Tessrax.Tests.Governance;

/// <summary>A thief has every online key and the log, and acts before the owner does. The recovery holds all the same.</summary>
public sealed class RecoveryAttackTests
{
    private static readonly PrivateKey Thief = FoldLedger.Seeded(120);

    // Without approvers an author's signature is enough for all that a thief may wish.
    private readonly FoldLedger ledger = new(found: g =>
        g with
        {
            Keys = [.. g.Keys.Where(k => k.Purpose != KeyPurpose.Approver)],
            Recovery = RecoveryLedger.Commitment(0),
        }
    );

    [Fact]
    public void A_thief_who_adds_revokes_and_appoints_first_is_not_faster()
    {
        ledger.Add(RecoveryLedger.Own(ledger, FoldLedger.Author, "the owner's last"));
        long theft = ledger.Fold.Size;
        // The owner's request and answer may be older than all that the thief does.
        KeyRecovered answer = RecoveryLedger.Sign(
            RecoveryLedger.Request(
                ledger,
                theft,
                [FoldLedger.Author.PublicKey.Id, FoldLedger.SecondAuthor.PublicKey.Id]
            )
        );
        KeyAdded added = KeyLedger.Added(ledger, KeyLedger.Author("mallory", Thief), Thief);
        ledger.Add(ledger.Control(Events.KeyAdded, added.ToControl()));
        long stolen = ledger.Add(RecoveryLedger.Own(ledger, Thief, "by the thief")).Entry.Index;
        ledger.Add(Revoked(FoldLedger.SecondAuthor));
        ApproversChanged appointed = KeyLedger.Changed([KeyLedger.Joins(ledger, 1, "mallory", "approver")]);
        long proposal = ledger
            .Add(KeyLedger.Propose(ledger, Events.ApproversChanged, appointed.ToControl()))
            .Entry.Index;
        Approval[] votes = [ledger.AddVote(proposal, 1)];
        ledger.Now += KeyLedger.Delay;
        ledger.Add(ledger.RecordedControl(proposal, votes));
        Assert.Single(ledger.Fold.State.ActiveKeys(KeyPurpose.Approver));
        Assert.Null(ledger.Judge(RecoveryLedger.Entry(ledger, answer)));
        // The thief has no recovery key: not with their own, and not with the commitment changed.
        KeyRecovered own = ByThief();
        KeyLedger.Refused(ledger, ErrorCodes.RecoveryRefused, RecoveryLedger.Entry(ledger, own));

        ledger.Add(RecoveryLedger.Entry(ledger, answer));
        GovernanceState state = ledger.Fold.State;
        Assert.Equal([RecoveryLedger.NewAuthor.PublicKey.Id], state.ActiveKeys(KeyPurpose.Author).Select(k => k.Id));
        // What came while the thief had the keys goes with them, although the answer does not name it.
        Assert.Empty(state.ActiveKeys(KeyPurpose.Approver));
        KeyLedger.Refused(ledger, ErrorCodes.KeyEnded, RecoveryLedger.Own(ledger, Thief));
        KeyLedger.Refused(ledger, ErrorCodes.RecoveryRefused, RecoveryLedger.Entry(ledger, own));
        SuspectScan scan = Scan();
        Assert.Null(scan.ReasonOf(theft - 1));
        foreach (long index in (long[])[theft, stolen, theft + 2, proposal, proposal + 2])
            Assert.NotNull(scan.ReasonOf(index));
        Assert.Null(scan.ReasonOf(ledger.Fold.Size - 1));
    }

    [Fact]
    public void What_the_log_attested_alone_is_suspect_from_that_index_on()
    {
        long before = ledger.Add(ledger.Make("x-own", FoldLedger.Own("1"), VoucherKind.Log)).Entry.Index;
        long theft = ledger.Add(ledger.Make("x-own", FoldLedger.Own("2"), VoucherKind.Log)).Entry.Index;
        RecoveryLedger.Recover(ledger, theft);
        SuspectScan scan = Scan();
        Assert.Null(scan.ReasonOf(before));
        Assert.Contains("the log key", scan.ReasonOf(theft), StringComparison.Ordinal);
    }

    [Fact]
    public void A_key_that_ended_before_stays_as_it_was_and_one_that_was_revoked_since_is_suspect_too()
    {
        ledger.Add(Revoked(FoldLedger.SecondAuthor));
        long ended = ledger.Fold.State.Key(FoldLedger.SecondAuthor.PublicKey.Id)!.Ending!.Until;
        KeyAdded third = KeyLedger.Added(ledger, KeyLedger.Author("third", Thief), Thief);
        ledger.Add(ledger.Control(Events.KeyAdded, third.ToControl()));
        ledger.Add(Revoked(Thief));
        Digest[] retire = [FoldLedger.SecondAuthor.PublicKey.Id, FoldLedger.Author.PublicKey.Id];
        ledger.Add(RecoveryLedger.Entry(ledger, RecoveryLedger.Sign(RecoveryLedger.Request(ledger, 2, retire))));
        GovernanceState state = ledger.Fold.State;
        Assert.Equal(new KeyEnding(ended, KeyEnd.Lost, null), state.Key(FoldLedger.SecondAuthor.PublicKey.Id)!.Ending);
        Assert.Equal(new KeyEnding(4, KeyEnd.Recovered, 3), state.Key(Thief.PublicKey.Id)!.Ending);
    }

    [Fact]
    public void A_thief_who_fills_the_list_of_keys_leaves_room_for_the_recovery()
    {
        GovernanceState full = ledger.Fold.State with
        {
            Keys =
            [
                .. ledger.Fold.State.Keys,
                .. Enumerable
                    .Range(0, KeyRules.MaxKeys - KeyRules.ForRecovery - ledger.Fold.State.Keys.Count)
                    .Select(i => Filler(i) with { Ending = new KeyEnding(2, KeyEnd.Lost, null) }),
            ],
        };
        var context = new ControlContext(5, ledger.Now);
        KeyAdded added = KeyLedger.Added(ledger, KeyLedger.Author("mallory", Thief), Thief);
        var refused = Assert.Throws<TessraxException>(() => added.Apply(full, context));
        Assert.Equal(ErrorCodes.TooLarge, refused.Code);
        KeyRecovered recovered = RecoveryLedger.Sign(RecoveryLedger.Request(ledger, 1));
        Assert.Equal(full.Keys.Count + 2, recovered.Apply(full, context).Keys.Count);
    }

    private static LedgerKey Filler(int number)
    {
        byte[] seed = new byte[32];
        seed[0] = 200;
        BitConverter.TryWriteBytes(seed.AsSpan(1), number);
        using var key = PrivateKey.FromSeed(seed);
        return KeyLedger.Author($"n{number}", key).From(1);
    }

    private KeyRecovered ByThief()
    {
        PrivateKey own = FoldLedger.Seeded(121);
        RecoveryRequest request = RecoveryLedger.Request(ledger, 1) with
        {
            By = new RecoveryCommitment(RecoveryCommitment.Of(own.PublicKey), 0),
        };
        var made = new KeyRecovered(
            VerifierKey.Create(KeyRecovered.VerifierName, own.PublicKey),
            0,
            request.Terms,
            KeyLedger.Id(1),
            ""
        );
        return made with { Signature = Convert.ToBase64String(own.Sign(made.SignedBytes(ledger.Id))) };
    }

    private Receipt Revoked(PrivateKey key) =>
        ledger.Control(Events.KeyRevoked, new KeyRevoked(key.PublicKey.Id, KeyEnd.Lost, null, "a reason").ToControl());

    private SuspectScan Scan()
    {
        var scan = new SuspectScan(ledger.Fold.State);
        foreach (Receipt receipt in ledger.Receipts)
            scan.Add(receipt.Leaf.Span, receipt.Payload is null ? [] : receipt.Payload.Bytes);
        return scan;
    }
}
