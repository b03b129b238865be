using Tessrax.Governance;
using Tessrax.Keys;
using Tessrax.Ledger;
using Tessrax.Node.Appending;
using Tessrax.Node.Reading;
using Tessrax.Node.Recovery;
using Tessrax.Node.Snapshots;
using Tessrax.Node.Tests.Snapshots;
using Tessrax.Verification;
using Xunit;

namespace Tessrax.Node.Tests.Appending;

/// <summary>A ledger whose keys are gone is recovered on the disk: by the new keys alone, whatever a thief did first.</summary>
public sealed class RecoveryTests
{
    [Fact]
    public void Without_any_old_key_new_ones_sign_and_whoever_trusted_the_old_trusts_on()
    {
        using TestLedger ledger = RecoveredLedger.Make();
        Append(ledger, TestLedger.Keys(), "before");
        KeyRecovered recovered = RecoveredLedger.Signed(ledger);
        using (LedgerWriter writer = RecoveredLedger.Open(ledger, recovered))
        {
            // Nothing but the recovery.
            Assert.Null(writer.RecoveredAt(recovered));
            Assert.Throws<TessraxException>(() => writer.Append([TestLedger.Own("too early")]));
        }
        using (LedgerWriter writer = RecoveredLedger.Open(ledger, recovered))
        {
            Assert.Equal(ErrorCodes.Bug, Assert.Throws<TessraxException>(writer.OpenEpoch).Code);
        }
        Assert.Equal(2, Size(ledger));
        using (LedgerWriter writer = RecoveredLedger.Open(ledger, recovered))
        {
            Assert.Equal(2, writer.Recover(recovered).Entry.Index);
            Assert.Single(writer.Checkpoint!.Signatures);
            Assert.True(writer.Checkpoint.TryVerify(Vkey(RecoveredLedger.NewLog)));
            // The same writer goes on.
            writer.Append([TestLedger.Own("after"), TestLedger.Own("attested") with { By = VoucherKind.Log }]);
            writer.Close();
            Assert.Null(writer.Warning);
        }
        Append(ledger, RecoveredLedger.Keys(), "later");
        Verdict verdict = ledger.Verify();
        Assert.True(verdict.Holds, verdict.ToJson().ToString());
        // They were lost, not stolen.
        Assert.True(RecoveredLedger.Suspects(verdict)!.Holds);
        var now = new TrustRoot(ledger.Id, TlogPolicy.LogAlone(Vkey(RecoveredLedger.NewLog)));
        Assert.True(ledger.Verify(now).Holds);
        // A vkey alone says nothing of a key that it did not give its place to.
        var alone = new TrustRoot(null, TlogPolicy.LogAlone(Vkey(TestLedger.Seeded(1))));
        Assert.False(ledger.Verify(alone).Stages.Single(s => s.Name == "trust").Holds);
        Assert.Equal(ErrorCodes.WrongKey, Assert.Throws<TessraxException>(ledger.Open).Code);
        Assert.DoesNotContain(
            Doctor.Examine(ledger.DirectoryPath, ledger.Environment).Faults,
            f => f.Weight == FaultWeight.Damage
        );
    }

    [Fact]
    public void The_second_time_it_is_on_record_already_and_other_keys_are_refused()
    {
        using TestLedger ledger = RecoveredLedger.Make();
        KeyRecovered recovered = RecoveredLedger.Signed(ledger);
        using (LedgerWriter writer = RecoveredLedger.Open(ledger, recovered))
            writer.Recover(recovered);
        using (LedgerWriter writer = RecoveredLedger.Open(ledger, recovered))
        {
            Assert.Equal(1, writer.RecoveredAt(recovered));
            Refused(ErrorCodes.RecoveryRefused, () => writer.Recover(recovered));
            writer.Append([TestLedger.Own("goes on")]);
        }
        Refused(
            ErrorCodes.WrongKey,
            () => LedgerWriter.OpenForRecovery(ledger.DirectoryPath, TestLedger.Keys(), ledger.Environment, recovered)
        );
        using TestLedger other = RecoveredLedger.Make();
        using LedgerWriter elsewhere = RecoveredLedger.Open(other, recovered);
        Refused(ErrorCodes.RecoveryRefused, () => elsewhere.Recover(recovered));
        Assert.Equal(1, elsewhere.Fold.Size);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_thief_who_rotates_the_logs_key_first_is_out_all_the_same(bool hinted)
    {
        using TestLedger ledger = RecoveredLedger.Make();
        Append(ledger, TestLedger.Keys(), "the owner's");
        KeyRecovered recovered = RecoveredLedger.Signed(ledger);
        using (LedgerWriter writer = ledger.Open())
        {
            writer.Append([TestLedger.Own("the thief's")]);
            Assert.True(new KeyDesk(writer).RotateLog(RotatedLog.Second, "mine now").IsRecorded);
            Assert.True(new KeyDesk(writer).RotateAuthor(TestLedger.Seeded(33), "author", "mine too").IsRecorded);
        }
        var stolen = new LedgerKeys(RotatedLog.Second, TestLedger.Seeded(33));
        Append(ledger, stolen, "by the thief's own keys");
        long theft = Size(ledger);
        using (LedgerWriter writer = RecoveredLedger.Open(ledger, recovered))
            writer.Recover(recovered);
        if (!hinted)
            Directory.Delete(Path.Combine(ledger.DirectoryPath, "state"), recursive: true);
        Append(ledger, RecoveredLedger.Keys(), "the owner again");
        foreach (LedgerKeys keys in new[] { TestLedger.Keys(), stolen })
            Assert.Equal(
                ErrorCodes.WrongKey,
                Assert
                    .Throws<TessraxException>(() => LedgerWriter.Open(ledger.DirectoryPath, keys, ledger.Environment))
                    .Code
            );
        Verdict verdict = ledger.Verify();
        Stage suspects = RecoveredLedger.Suspects(verdict)!;
        Assert.True(verdict.Holds, verdict.ToJson().ToString());
        Assert.Null(suspects.Holds);
        Assert.Equal(ErrorCodes.Suspect, suspects.Findings[0].Code);
        using LedgerView view = ledger.View();
        foreach (Entry entry in view.Receipts().Select(r => r.Entry).Where(e => e.Index >= 2 && e.Index < theft))
        {
            // The entries before an epoch determine it: there was nothing to choose.
            Assert.Equal(entry.Body.Event == Events.EpochOpened, Of(view, entry.Index, ledger).Holds);
        }
        Assert.True(Of(view, 1, ledger).Holds);
        Assert.True(Of(view, view.Size - 1, ledger).Holds);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Rotations_and_recoveries_follow_one_another(bool hinted)
    {
        using TestLedger ledger = RecoveredLedger.Make();
        KeyRecovered first = RecoveredLedger.Signed(ledger);
        using (LedgerWriter writer = RecoveredLedger.Open(ledger, first))
        {
            writer.Recover(first);
            // By the very writer that recovered it.
            Assert.True(new KeyDesk(writer).RotateLog(RotatedLog.Third, "once a year").IsRecorded);
        }
        Append(ledger, new LedgerKeys(RotatedLog.Third, RecoveredLedger.NewAuthor), "rotated");
        KeyRecovered second;
        using (LedgerView view = ledger.View())
            second = RecoveredLedger.Signed(
                view.Fold.State,
                view.Size,
                view.Size,
                TestLedger.Seeded(43),
                TestLedger.Seeded(44),
                [RecoveredLedger.NewAuthor.PublicKey.Id]
            );
        var keys = new LedgerKeys(TestLedger.Seeded(43), TestLedger.Seeded(44));
        using (
            LedgerWriter writer = LedgerWriter.OpenForRecovery(ledger.DirectoryPath, keys, ledger.Environment, second)
        )
            writer.Recover(second);
        if (!hinted)
            Directory.Delete(Path.Combine(ledger.DirectoryPath, "state"), recursive: true);
        Append(ledger, new LedgerKeys(TestLedger.Seeded(43), TestLedger.Seeded(44)), "recovered again");
        Verdict verdict = ledger.Verify();
        Assert.True(verdict.Holds, verdict.ToJson().ToString());
        Assert.Equal(4, verdict.LogKeys.Count);
        using LedgerView last = ledger.View();
        Assert.Equal(2, last.Fold.State.Recovery!.Generation);
        // What was recorded last proves itself, with all keys before it.
        Assert.True(Of(last, last.Size - 1, ledger).Holds);
        Assert.DoesNotContain(
            Doctor.Examine(ledger.DirectoryPath, ledger.Environment).Faults,
            f => f.Weight == FaultWeight.Damage
        );
    }

    [Fact]
    public void Where_an_epoch_begins_it_is_opened_in_the_batch_of_the_recovery()
    {
        using TestLedger ledger = RecoveredLedger.Make();
        using (LedgerWriter writer = ledger.Open())
            writer.Append([TestLedger.Own("1"), TestLedger.Own("2")]);
        KeyRecovered recovered = RecoveredLedger.Signed(ledger);
        using (LedgerWriter writer = RecoveredLedger.Open(ledger, recovered))
        {
            writer.EpochEntries = 3;
            Assert.Equal(4, writer.Recover(recovered).Entry.Index);
            writer.Close();
            Assert.Null(writer.Warning);
        }
        using (LedgerView view = ledger.View())
        {
            Assert.Equal(Events.EpochOpened, view.Receipt(3).Entry.Body.Event);
            Assert.Equal(TestLedger.Seeded(1).PublicKey.Id, view.Receipt(3).Entry.Body.By.Key);
        }
        Append(ledger, RecoveredLedger.Keys(), "after");
        Verdict verdict = ledger.Verify();
        Assert.True(verdict.Holds, verdict.ToJson().ToString());
        Assert.True(RecoveredLedger.Suspects(verdict)!.Holds);
    }

    [Fact]
    public void A_snapshot_of_a_recovered_ledger_holds()
    {
        using TestLedger ledger = RecoveredLedger.Make();
        KeyRecovered recovered = RecoveredLedger.Signed(ledger);
        using (LedgerWriter writer = RecoveredLedger.Open(ledger, recovered))
            writer.Recover(recovered);
        Append(ledger, RecoveredLedger.Keys(), "after");
        string file = ledger.Beside("file.snapshot");
        File.WriteAllBytes(file, SnapshotSamples.Of(ledger, SnapshotKind.Snapshot));
        Verdict verdict = new SnapshotCheck(ledger.Environment, ledger.Trust).Run(file);
        Assert.True(verdict.Holds, verdict.ToJson().ToString());
    }

    [Fact]
    public void A_rollover_hands_the_commitment_on_and_one_that_changes_it_is_refuted()
    {
        using TestLedger ledger = RecoveredLedger.Make();
        string next = ledger.Beside("next");
        Roll(ledger, next);
        Verdict verdict = Verify(ledger, next);
        Assert.True(verdict.Holds, verdict.ToJson().ToString());
        using (LedgerView view = LedgerView.Open(next, ledger.Environment.Disk))
            Assert.Equal(RecoveredLedger.Commitment, view.Fold.State.Recovery);

        // The founder holds the successor's log key, and would rather recover it alone.
        using LedgerView closed = ledger.View();
        using LedgerView honest = LedgerView.Open(next, ledger.Environment.Disk);
        foreach (RecoveryCommitment? own in new[] { null, RecoveredLedger.Commitment with { Generation = 1 } })
        {
            string forged = ledger.Beside($"forged-{own?.Generation}");
            Directory.CreateDirectory(forged);
            Genesis bent = honest.Fold.Genesis! with { Recovery = own };
            LedgerWriter.Create(forged, bent, NextKeys(), ledger.Environment).Dispose();
            Verdict refuted = Verify(ledger, forged, ledger.DirectoryPath);
            Stage stage = refuted.Stages.Single(s => s.Name == PredecessorJudge.StageName);
            Assert.False(stage.Holds);
            Assert.Equal(ErrorCodes.PredecessorBroken, stage.Findings[0].Code);
            Assert.Contains("recovered", stage.Findings[0].Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void A_ledger_that_nobody_can_recover_gets_a_successor_that_somebody_can_if_that_was_approved()
    {
        using var ledger = new TestLedger();
        string next = ledger.Beside("next");
        using (LedgerWriter old = ledger.Open())
        {
            var rollover = new Rollover(old, next, ledger.Environment);
            Successor wish = Wish(rollover.Plan(null, "blake3"), RecoveredLedger.Commitment);
            Assert.False(rollover.Close(wish));
            // Found again by a later run, which does not say it again; and whoever says another is told.
            Assert.Equal(RecoveredLedger.Commitment, rollover.RecoveryFor(null));
            Refused(ErrorCodes.OtherSuccessor, () => rollover.Close(wish with { Recovery = null }));
            for (int i = 1; i <= 2; i++)
            {
                using PrivateKey key = TestLedger.Approver(i);
                rollover.Approve(key.PublicKey.Id, message => key.Sign(message));
            }
            Assert.Equal(wish, rollover.Closed);
            using LedgerWriter found = rollover.Found(NextKeys());
            Assert.Equal(RecoveredLedger.Commitment, found.Fold.State.Recovery);
        }
        Verdict verdict = Verify(ledger, next);
        Assert.True(verdict.Holds, verdict.ToJson().ToString());
        // One that nobody approved does not pass.
        string forged = ledger.Beside("forged");
        Directory.CreateDirectory(forged);
        using (LedgerView honest = LedgerView.Open(next, ledger.Environment.Disk))
        {
            Genesis own = honest.Fold.Genesis! with { Recovery = null };
            LedgerWriter.Create(forged, own, NextKeys(), ledger.Environment).Dispose();
        }
        Assert.False(Verify(ledger, forged, ledger.DirectoryPath).Holds);
        // Nor may a ledger that can be recovered be given another recovery that way.
        using TestLedger recoverable = RecoveredLedger.Make();
        using LedgerWriter writer = recoverable.Open();
        var other = new Rollover(writer, recoverable.Beside("next"), recoverable.Environment);
        Successor second = Wish(other.Plan(null, "blake3"), RecoveredLedger.Commitment with { Generation = 5 });
        Refused(ErrorCodes.BadValue, () => other.Close(second));
    }

    [Fact]
    public void A_closed_ledger_is_not_recovered()
    {
        using TestLedger ledger = RecoveredLedger.Make();
        KeyRecovered recovered = RecoveredLedger.Signed(ledger);
        Roll(ledger, ledger.Beside("next"));
        using LedgerWriter writer = RecoveredLedger.Open(ledger, recovered);
        Refused(ErrorCodes.LedgerClosed, () => writer.Recover(recovered));
    }

    private static LedgerKeys NextKeys() => new(TestLedger.Seeded(51), TestLedger.Seeded(52));

    private static Successor Wish(RolloverPlan plan, RecoveryCommitment? recovery)
    {
        using LedgerKeys keys = NextKeys();
        return new Successor(plan.Origin, plan.Hash, VerifierKey.Create(plan.Origin, keys.Log.PublicKey))
        {
            Recovery = recovery,
        };
    }

    private static void Roll(TestLedger ledger, string next)
    {
        using LedgerWriter old = ledger.Open();
        var rollover = new Rollover(old, next, ledger.Environment);
        RolloverPlan plan = rollover.Plan(null, "blake3");
        LedgerKeys keys = NextKeys();
        Assert.True(
            rollover.Close(new Successor(plan.Origin, plan.Hash, VerifierKey.Create(plan.Origin, keys.Log.PublicKey)))
        );
        using LedgerWriter found = rollover.Found(keys);
    }

    private static Verdict Verify(TestLedger ledger, string path, params string[] predecessors)
    {
        using LedgerView view = LedgerView.Open(path, ledger.Environment.Disk);
        var trust = new TrustRoot(view.Directory.Id, TlogPolicy.LogAlone(view.Fold.State.LogKey!.Verifier));
        return new LedgerCheck(ledger.Environment, trust) { Predecessors = predecessors }.Run(
            path,
            withEvidence: false
        );
    }

    private static Verdict Of(LedgerView view, long index, TestLedger ledger) =>
        BundleVerifier.Verify(BundleMaker.Make(view, index).ToBytes(), ledger.Trust, TimeProvider.System);

    private static VerifierKey Vkey(PrivateKey key) => VerifierKey.Create(TestLedger.Origin, key.PublicKey);

    private static long Size(TestLedger ledger)
    {
        using LedgerView view = ledger.View();
        return view.Size;
    }

    private static void Append(TestLedger ledger, LedgerKeys keys, string text)
    {
        using LedgerWriter writer = LedgerWriter.Open(ledger.DirectoryPath, keys, ledger.Environment);
        writer.Append([TestLedger.Own(text)]);
        writer.Close();
        Assert.Null(writer.Warning);
    }

    private static void Refused(ErrorCode code, Action action) =>
        Assert.Equal(code, Assert.Throws<TessraxException>(action).Code);
}
