using System.Buffers.Binary;
using Tessrax.Governance;
using Tessrax.Keys;
using Tessrax.Ledger;
using Tessrax.Verification;
using Xunit;

namespace Tessrax.Tests.Governance;

/// <summary>KEY_ROTATED of the log's key: who may give it another one, which signs what, and who is trusted by it.</summary>
public sealed class LogRotationTests
{
    private static readonly PrivateKey Fresh = FoldLedger.Seeded(61);
    private readonly FoldLedger ledger = new();
    private readonly FoldLedger alone = KeyLedger.WithoutApprovers();

    [Fact]
    public void It_signs_from_the_entry_that_says_so_on()
    {
        long at = KeyLedger.Pass(ledger, Events.KeyRotated, Rotation(ledger).ToControl()).Entry.Index;
        LedgerKey old = ledger.Fold.State.Key(FoldLedger.Log.PublicKey.Id)!;
        Assert.Equal((at + 1, KeyEnd.Rotated), (old.Ending!.Until, old.Ending.Cause));
        Assert.Equal(Fresh.PublicKey.Id, ledger.Fold.State.LogKey!.Id);
        Assert.Equal(
            [(Vkey(FoldLedger.Log), 0, true), (Vkey(Fresh), at + 1, true)],
            ledger.Fold.State.LogKeys!.Spans.Select(s => (s.Key, s.From, s.IsConsented))
        );
        Assert.Same(ledger.Fold.State.LogKeys, ledger.Fold.State.LogKeys);
        Receipt attested = Attested(ledger, Fresh);
        Assert.Equal(ErrorCodes.KeyEnded, ledger.Judge(Attested(ledger, FoldLedger.Log))?.Code);
        ledger.Add(attested);
        TrustRoot trust = new(ledger.Id, TlogPolicy.LogAlone(Vkey(FoldLedger.Log)));
        Holds(true, ledger, trust, Note(ledger, Fresh));
        Holds(true, ledger, trust, Note(ledger, Fresh, FoldLedger.Log));
        Holds(true, ledger, trust with { Policy = TlogPolicy.LogAlone(Vkey(Fresh)) }, Note(ledger, Fresh));
        Holds(true, ledger, trust with { Ledger = null }, Note(ledger, Fresh));
        // The retired key alone signs nothing any more, and what it adds must hold.
        Holds(false, ledger, trust, Note(ledger, FoldLedger.Log));
        Holds(
            false,
            ledger,
            trust,
            Note(ledger, Fresh).With(new NoteSignature(FoldLedger.Origin, Vkey(FoldLedger.Log).NoteId, new byte[64]))
        );
        Holds(false, ledger, trust, Note(ledger, FoldLedger.Seeded(99)));
    }

    [Fact]
    public void A_thief_of_the_log_key_alone_rotates_nothing()
    {
        PrivateKey thief = FoldLedger.Seeded(66);
        KeyRotated stolen = Rotation(ledger, thief);
        // Nobody approved; nobody signed as author; the log vouches for it.
        Refused(ledger, ErrorCodes.NeedsApproval, ledger.Control(Events.KeyRotated, stolen.ToControl()));
        Refused(
            alone,
            ErrorCodes.NotByThatKey,
            alone.Make(
                Events.KeyRotated,
                null,
                body: b =>
                    b with
                    {
                        Control = Rotation(alone, thief).ToControl(),
                        By = new Voucher(VoucherKind.Author, FoldLedger.Log.PublicKey.Id),
                    },
                signer: FoldLedger.Log
            )
        );
        Refused(
            alone,
            ErrorCodes.NotByThatKey,
            alone.Make(
                Events.KeyRotated,
                null,
                VoucherKind.Log,
                b => b with { Control = Rotation(alone, thief).ToControl() }
            )
        );
    }

    [Fact]
    public void Both_keys_sign_it_for_this_ledger_and_the_name_is_the_origin()
    {
        KeyRotated good = Rotation(alone);
        KeyRotated[] unproven =
        [
            good with
            {
                OldSignature = good.Proof,
            },
            good with
            {
                Proof = good.OldSignature,
            },
            Rotation(ledger),
            good with
            {
                OldSignature = Convert.ToBase64String(new byte[64]),
            },
        ];
        foreach (KeyRotated bad in unproven)
            Refused(alone, ErrorCodes.PossessionNotProven, alone.Control(Events.KeyRotated, bad.ToControl()));
        Refused(
            alone,
            ErrorCodes.BadValue,
            alone.Control(Events.KeyRotated, Rotation(alone, Fresh, "example.com/other").ToControl())
        );
        // Known already, as an author's.
        Refused(
            alone,
            ErrorCodes.BadValue,
            alone.Control(Events.KeyRotated, Rotation(alone, FoldLedger.Author).ToControl())
        );
        alone.Add(alone.Control(Events.KeyRotated, good.ToControl()));
        Refused(
            alone,
            ErrorCodes.KeyEnded,
            alone.Control(Events.KeyRotated, Rotation(alone, FoldLedger.Seeded(67)).ToControl())
        );
    }

    [Fact]
    public void A_key_whose_lines_could_not_be_told_from_an_earlier_ones_is_refused()
    {
        // Found by trying: both have the note id d5797e20 under this name.
        PrivateKey one = Numbered(17826);
        PrivateKey other = Numbered(29888);
        Assert.Equal(Vkey(one).NoteId, Vkey(other).NoteId);
        alone.Add(alone.Control(Events.KeyRotated, Rotation(alone, one).ToControl()));
        Refused(
            alone,
            ErrorCodes.BadValue,
            alone.Control(Events.KeyRotated, Rotation(alone, other, old: one).ToControl())
        );
        alone.Add(alone.Control(Events.KeyRotated, Rotation(alone, Fresh, old: one).ToControl()));
        Assert.Equal(3, alone.Fold.State.LogKeys!.Spans.Count);
    }

    [Fact]
    public void A_key_that_the_log_had_before_is_called_compromised_and_the_present_one_is_not()
    {
        Receipt one = alone.Add(Attested(alone, FoldLedger.Log));
        alone.Add(alone.Control(Events.KeyRotated, Rotation(alone).ToControl()));
        KeyRevoked stolen = new(FoldLedger.Log.PublicKey.Id, KeyEnd.Compromised, one.Entry.Index, "stolen");
        Refused(
            alone,
            ErrorCodes.BadValue,
            alone.Control(Events.KeyRevoked, (stolen with { Key = Fresh.PublicKey.Id, SuspectFrom = 3 }).ToControl())
        );
        Refused(
            alone,
            ErrorCodes.KeyEnded,
            alone.Control(Events.KeyRevoked, (stolen with { Cause = KeyEnd.Lost, SuspectFrom = null }).ToControl())
        );
        alone.Add(alone.Control(Events.KeyRevoked, stolen.ToControl()));
        Assert.Equal(Fresh.PublicKey.Id, alone.Fold.State.LogKey!.Id);
        Assert.False(alone.Fold.State.LogKeys!.Spans[1].IsConsented);
        // Whoever means this ledger trusts on; a vkey alone does not reach over a thief.
        TrustRoot trust = new(alone.Id, TlogPolicy.LogAlone(Vkey(FoldLedger.Log)));
        Holds(true, alone, trust, Note(alone, Fresh));
        Verdict unnamed = FoldLedger.Verify(alone.Receipts, trust with { Ledger = null }, Note(alone, Fresh).ToBytes());
        Assert.False(unnamed.Stages.Single(s => s.Name == "trust").Holds);
        Assert.Null(unnamed.Stages.SingleOrDefault(s => s.Name == SuspectScan.StageName)?.Holds);
    }

    [Fact]
    public void Votes_of_before_lapse_and_epochs_are_vouched_for_by_the_new_key()
    {
        long parked = ledger
            .Add(
                KeyLedger.Propose(
                    ledger,
                    Events.KeyAdded,
                    KeyLedger
                        .Added(ledger, KeyLedger.Author("third", FoldLedger.Seeded(91)), FoldLedger.Seeded(91))
                        .ToControl()
                )
            )
            .Entry.Index;
        Approval early = ledger.AddVote(parked, 1);
        KeyLedger.Pass(ledger, Events.KeyRotated, Rotation(ledger).ToControl());
        Assert.False(ledger.Fold.State.Accepts(early.Gov));
        Assert.Empty(ledger.Fold.Proposals[parked].VotesAt(ledger.Now, ledger.Fold.State));
        Receipt epoch = ledger.Epoch();
        Assert.Equal(Fresh.PublicKey.Id, epoch.Entry.Body.By.Key);
        ledger.Add(epoch);
        Holds(true, ledger, ledger.Trust, Note(ledger, Fresh));
    }

    [Fact]
    public void The_state_with_several_log_keys_is_exported_and_imported()
    {
        alone.Add(alone.Control(Events.KeyRotated, Rotation(alone).ToControl()));
        FoldState state = alone.Fold.ExportState();
        var parts = state
            .Blocks.Append(state.Head)
            .ToDictionary(part => part.Digest, part => (ReadOnlyMemory<byte>)part.ToBytes());
        LedgerFold read = LedgerFold.ImportState(alone.Id, state.Digest, digest => parts[digest]);
        Assert.Equal(alone.Fold.State.LogKeys!.Spans, read.State.LogKeys!.Spans);
        Assert.Equal(alone.Fold.State.Digest, read.State.Digest);
    }

    [Fact]
    public void The_entries_alone_show_the_keys_and_prove_them()
    {
        var whole = new FoldLedger(found: g =>
            g with
            {
                Recovery = RecoveryLedger.Commitment(0),
                Keys = [.. g.Keys.Where(k => k.Purpose != KeyPurpose.Approver)],
            }
        );
        LogKeyTrail begin = LogKeyTrail.From(whole.Id, whole.Genesis);
        whole.Add(whole.Control(Events.KeyRotated, Rotation(whole).ToControl()));
        RecoveryLedger.Recover(whole, 2);
        whole.Add(
            whole.Make(
                Events.KeyRotated,
                null,
                body: b =>
                    b with
                    {
                        Control = Rotation(whole, FoldLedger.Seeded(68), old: RecoveryLedger.NewLog).ToControl(),
                        By = new Voucher(VoucherKind.Author, RecoveryLedger.NewAuthor.PublicKey.Id),
                    },
                signer: RecoveryLedger.NewAuthor
            )
        );
        LogKeyTrail trail = begin;
        foreach (Receipt receipt in whole.Receipts)
            trail = trail.After(receipt.Leaf.Span);
        Assert.Equal(
            whole.Fold.State.LogKeys!.Spans.Select(s => (s.Key, s.From)),
            trail.Log.Spans.Select(s => (s.Key, s.From))
        );
        Assert.Equal([true, true, false, true], trail.Log.Spans.Select(s => s.IsConsented));
        // Out of order, for another ledger, or changed, they show nothing.
        Receipt[] changes = [.. whole.Receipts.Where(r => LogKeyTrail.KeyIn(r.Leaf.Span) is not null)];
        Assert.Equal(3, changes.Length);
        Assert.Same(begin, begin.After(changes[2].Leaf.Span));
        LogKeyTrail elsewhere = begin with { Ledger = ledger.Id };
        Assert.Same(elsewhere, elsewhere.After(changes[0].Leaf.Span));
        Assert.Same(elsewhere, elsewhere.After(changes[1].Leaf.Span));
        byte[] bent = changes[0].Leaf.ToArray();
        int at = bent.AsSpan().IndexOf("\"proof\":\""u8) + 12;
        bent[at] = bent[at] == (byte)'A' ? (byte)'B' : (byte)'A';
        Assert.Same(begin, begin.After(bent));
        Assert.Same(begin, begin.After(whole.Receipts[0].Leaf.Span));
        Assert.Same(begin, begin.After("\"event\":\"KEY_ROTATED\""u8));
    }

    [Fact]
    public void Somebody_elses_key_in_a_genesis_of_ones_own_gives_nothing_by_a_recovery_of_ones_own()
    {
        // The victim's log key stands in a stranger's genesis; the stranger recovers, and never has that key.
        FoldLedger strangers = RecoveryLedger.Make();
        RecoveryLedger.Recover(strangers, 1);
        strangers.Add(RecoveryLedger.Own(strangers, RecoveryLedger.NewAuthor));
        TrustRoot victim = TrustRoot.FromVerifierKey(Vkey(FoldLedger.Log));
        Bundle bundle = strangers.Bundle(strangers.Fold.Size - 1) with
        {
            Checkpoint = Note(strangers, RecoveryLedger.NewLog).ToString(),
        };
        Verdict verdict = BundleVerifier.Verify(bundle.ToBytes(), victim, TimeProvider.System);
        Assert.False(verdict.Stages.Single(s => s.Name == "trust").Holds);
        Assert.True(verdict.Stages.Single(s => s.Name == "checkpoint").Holds);
        // Whoever means that very ledger follows its recovery.
        Verdict named = BundleVerifier.Verify(
            bundle.ToBytes(),
            victim with
            {
                Ledger = strangers.Id,
            },
            TimeProvider.System
        );
        Assert.True(named.Holds, named.ToJson().ToString());
    }

    internal static KeyRotated Rotation(
        FoldLedger ledger,
        PrivateKey? fresh = null,
        string name = FoldLedger.Origin,
        PrivateKey? old = null
    )
    {
        fresh ??= Fresh;
        old ??= FoldLedger.Log;
        KeyContent key = new(FoldLedger.Origin, KeyPurpose.Log, VerifierKey.Create(name, fresh.PublicKey), []);
        var id = old.PublicKey.Id;
        string consent = Convert.ToBase64String(old.Sign(KeyProof.Consent(ledger.Id, key, id)));
        return new KeyRotated(id, key, consent, KeyLedger.Proof(ledger.Id, key, fresh, id), "once a year");
    }

    private static Receipt Attested(FoldLedger ledger, PrivateKey log) =>
        ledger.Make(
            "x-own",
            FoldLedger.Own("attested"),
            VoucherKind.Log,
            b => b with { By = new Voucher(VoucherKind.Log, log.PublicKey.Id) }
        );

    private static SignedNote Note(FoldLedger ledger, params PrivateKey[] keys)
    {
        SignedNote note = SignedNote.Parse(FoldLedger.Note(ledger.Receipts, keys[0], hasher: ledger.Hasher));
        foreach (PrivateKey key in keys[1..])
            note = note.With(Checkpoint.ParseBody(note.Text).Sign(key).Signatures[0]);
        return note;
    }

    private static void Holds(bool expected, FoldLedger ledger, TrustRoot trust, SignedNote note)
    {
        Verdict verdict = FoldLedger.Verify(ledger.Receipts, trust, note.ToBytes());
        Assert.True(verdict.Holds == expected, verdict.ToJson().ToString());
        if (!expected)
            Assert.Contains(
                verdict.Stages.Single(s => s.Name == "checkpoints").Findings,
                f => f.Code == ErrorCodes.CheckpointRefused
            );
    }

    private static void Refused(FoldLedger ledger, ErrorCode code, Receipt receipt) =>
        KeyLedger.Refused(ledger, code, receipt);

    private static VerifierKey Vkey(PrivateKey key) => VerifierKey.Create(FoldLedger.Origin, key.PublicKey);

    private static PrivateKey Numbered(int number)
    {
        var seed = new byte[PrivateKey.SeedSize];
        BinaryPrimitives.WriteInt32LittleEndian(seed, number);
        return PrivateKey.FromSeed(seed);
    }
}
