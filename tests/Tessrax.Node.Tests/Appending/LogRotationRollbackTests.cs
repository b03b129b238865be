using Tessrax.Keys;
using Tessrax.Node.Appending;
using Tessrax.Node.Maintenance;
using Tessrax.Node.Publishing;
using Tessrax.Node.Reading;
using Tessrax.Node.Recovery;
using Tessrax.Node.Snapshots;
using Tessrax.Node.Tests.Snapshots;
using Tessrax.Verification;
using Xunit;

namespace Tessrax.Node.Tests.Appending;

/// <summary>A copy of before a rotation knows only the old key, and yet it must notice that more was signed: by a key that it has not heard of.</summary>
public sealed class LogRotationRollbackTests
{
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_copy_of_before_signs_nothing_as_long_as_the_mark_is_there(bool finished)
    {
        using var ledger = new TestLedger(approvers: 0);
        using var copy = new LedgerRollbackTests.DirectoryCopy(ledger.DirectoryPath);
        Rotate(ledger, finished);
        copy.Restore();
        Refuses(() => ledger.Open().Dispose());
        Stage framing = ledger.Verify().Stages.Single(s => s.Name == "framing");
        Assert.Equal(ErrorCodes.Behind, framing.Findings.Single().Code);
        Assert.Throws<TessraxException>(() => SnapshotSamples.Of(ledger, SnapshotKind.Backup));
        // Nor with the new key, which that copy does not know.
        Assert.Equal(ErrorCodes.WrongKey, Assert.Throws<TessraxException>(() => RotatedLog.Open(ledger)).Code);
        Diagnosis found = Doctor.Examine(ledger.DirectoryPath, ledger.Environment);
        Assert.Contains(found.Faults, f => f.Weight == FaultWeight.Damage);
    }

    [Fact]
    public void A_copy_of_before_signs_nothing_as_long_as_the_pin_is_there()
    {
        using var ledger = new TestLedger(approvers: 0);
        using var copy = new LedgerRollbackTests.DirectoryCopy(ledger.DirectoryPath);
        Rotate(ledger, finished: true);
        using (LedgerView view = ledger.View())
            new TrustPins(ledger.Environment).Pin(
                RotatedLog.TrustIn(ledger, RotatedLog.Second).Accepting(view.Checkpoint)
            );
        Directory.Delete(ledger.State, recursive: true);
        ledger.View().Dispose();
        RotatedLog.Append(ledger, "goes on");
        Directory.Delete(ledger.State, recursive: true);
        copy.Restore();
        Refuses(() => ledger.Open().Dispose());
    }

    [Fact]
    public void A_copy_of_before_is_neither_read_nor_written_beside_the_checkpoint_that_was_published()
    {
        using var ledger = new TestLedger(approvers: 0);
        using var copy = new LedgerRollbackTests.DirectoryCopy(ledger.DirectoryPath);
        Rotate(ledger, finished: true);
        string file = Path.Combine(ledger.DirectoryPath, "checkpoint");
        byte[] published = File.ReadAllBytes(file);
        Directory.Delete(ledger.State, recursive: true);
        copy.Restore();
        File.WriteAllBytes(file, published);
        Refuses(() => ledger.Open().Dispose());
        Refuses(() => ledger.View().Dispose());
        Assert.False(ledger.Verify().Holds);
        // It tells of more than is here, so no repair takes it for a file to be made again.
        Assert.Contains(
            Doctor.Examine(ledger.DirectoryPath, ledger.Environment).Faults,
            f => f is { Cause: FaultCause.Rollback, Weight: FaultWeight.Damage }
        );
        Repair.Run(ledger.DirectoryPath, [], ledger.Environment);
        Assert.Equal(published, File.ReadAllBytes(file));
        Refuses(() => ledger.Open().Dispose());
    }

    [Fact]
    public void A_mark_and_a_checkpoint_of_before_are_no_obstacle()
    {
        using TestLedger ledger = RotatedLog.Make();
        string mark = Path.Combine(ledger.State, "marks", ledger.Id.ToHex());
        using LedgerView view = ledger.View();
        // The rotation's own, which both keys signed; and one that the old key alone signed.
        using var reader = new Node.Segments.SegmentReader(
            ledger.DirectoryPath,
            ledger.Environment.Disk,
            static (_, _) => true
        );
        foreach (int index in new[] { 1, 2 })
        {
            File.WriteAllBytes(mark, reader.ReadBatch(index).Checkpoint.ToArray());
            RotatedLog.Append(ledger, "goes on");
        }
        RotatedLog.Holds(ledger);
    }

    [Fact]
    public void A_backup_of_before_is_not_gone_on_from_whatever_the_operator_says()
    {
        using var ledger = new TestLedger(approvers: 0);
        string file = ledger.Beside("before.backup");
        File.WriteAllBytes(file, SnapshotSamples.Of(ledger, SnapshotKind.Backup));
        Rotate(ledger, finished: true);
        var restoration = new Restoration(ledger.Environment, ledger.Trust) { NothingNewer = true };
        Restored restored = restoration.Run(file, ledger.Beside("restored"));
        Assert.Equal(ReadOnlyReason.Behind, restored.ReadOnly?.Reason);
        Assert.Contains("not heard of", restored.Why, StringComparison.Ordinal);
        Assert.Throws<TessraxException>(() =>
            LedgerWriter.Open(ledger.Beside("restored"), TestLedger.Keys(), ledger.Environment)
        );
    }

    [Fact]
    public void A_backup_of_after_is_restored_and_goes_on()
    {
        using TestLedger ledger = RotatedLog.Make();
        string file = ledger.Beside("after.backup");
        File.WriteAllBytes(file, SnapshotSamples.Of(ledger, SnapshotKind.Backup));
        Restored restored = new Restoration(ledger.Environment, ledger.Trust).Run(file, ledger.Beside("restored"));
        Assert.Null(restored.ReadOnly);
        using (var writer = LedgerWriter.Open(ledger.Beside("restored"), RotatedLog.Keys(), ledger.Environment))
            writer.Append([TestLedger.Own("goes on")]);
        var check = new LedgerCheck(ledger.Environment, ledger.Trust);
        Assert.True(check.Run(ledger.Beside("restored"), withEvidence: true).Holds);
        // The older copy is behind now.
        Refuses(() => RotatedLog.Open(ledger).Dispose());
    }

    [Fact]
    public void A_restored_copy_that_signs_with_the_old_key_after_the_rotation_contradicts_it()
    {
        using var ledger = new TestLedger(approvers: 0);
        using var copy = new LedgerRollbackTests.DirectoryCopy(ledger.DirectoryPath);
        Rotate(ledger, finished: false);
        string newer = ledger.Beside("newer");
        Directory.Move(ledger.DirectoryPath, newer);
        Directory.Delete(ledger.State, recursive: true);
        copy.CopyTo(ledger.DirectoryPath);
        // On another machine, where nothing tells.
        using (LedgerWriter writer = ledger.Open())
            writer.Append([.. Enumerable.Range(0, 4).Select(i => TestLedger.Own($"fork {i}"))]);
        byte[] forked = File.ReadAllBytes(Path.Combine(ledger.DirectoryPath, "checkpoint"));
        var history = RootHistory.Read(newer, ledger.Environment with { StateDirectory = null });
        CheckpointComparison found = history.Compare(forked);
        Assert.Equal(CheckpointRelation.Contradicts, found.Relation);
        Assert.NotNull(found.Evidence);
        Assert.Equal(RotatedLog.VkeyOf(TestLedger.Seeded(1)), history.KeyOf(found.Evidence));
        Assert.True(
            Equivocation.Parse(found.Evidence.ToBytes()).Proves(RotatedLog.VkeyOf(TestLedger.Seeded(1)), out _)
        );
    }

    [Fact]
    public void Checkpoints_of_the_retired_key_alone_are_refused_in_a_ledger()
    {
        using TestLedger ledger = RotatedLog.Make();
        using (LedgerView view = ledger.View())
        {
            var head = new Tessrax.Merkle.TreeHead(view.Size, view.Tree.Root());
            byte[] note = new Checkpoint(TestLedger.Origin, head).Sign(TestLedger.Seeded(1)).ToBytes();
            var batches = new List<Node.Segments.Batch>();
            using (
                var reader = new Node.Segments.SegmentReader(
                    ledger.DirectoryPath,
                    ledger.Environment.Disk,
                    static (_, _) => true
                )
            )
                batches.AddRange(reader.ReadAll());
            batches[^1] = batches[^1] with { Checkpoint = note };
            Rewrite(ledger, batches);
        }
        Verdict verdict = ledger.Verify();
        Assert.Equal(
            ErrorCodes.CheckpointRefused,
            verdict.Stages.Single(s => s.Name == "checkpoints").Findings[0].Code
        );
        Assert.Equal(ErrorCodes.Damaged, Assert.Throws<TessraxException>(() => ledger.View()).Code);
        Assert.Equal(ErrorCodes.Damaged, Assert.Throws<TessraxException>(() => RotatedLog.Open(ledger)).Code);
        Assert.Contains(
            Doctor.Examine(ledger.DirectoryPath, ledger.Environment).Faults,
            f => f.Weight == FaultWeight.Damage
        );
    }

    [Fact]
    public void The_doctor_finds_nothing_wrong_with_a_rotated_ledger_and_what_is_damaged_comes_back()
    {
        using TestLedger ledger = RotatedLog.Make();
        foreach (bool hasHint in new[] { true, false })
        {
            if (!hasHint)
                File.Delete(Path.Combine(ledger.DirectoryPath, "state", LogKeyHint.FileName));
            Diagnosis found = Doctor.Examine(ledger.DirectoryPath, ledger.Environment);
            Assert.DoesNotContain(found.Faults, f => f.Weight != FaultWeight.Note);
            Assert.Equal(found.Size, found.Proven.Size);
        }
        string mirror = ledger.Beside("mirror");
        using (var copy = new LedgerRollbackTests.DirectoryCopy(ledger.DirectoryPath))
            copy.CopyTo(mirror);
        foreach (long index in new long[] { 2, 3 })
        {
            string file = Reading.FastOpenTests.SegmentOf(ledger, 0);
            byte[] bytes = File.ReadAllBytes(file);
            byte[] wanted = System.Text.Encoding.ASCII.GetBytes($"\"index\":{index},");
            bytes[bytes.AsSpan().IndexOf(wanted) + 3] ^= 1;
            File.WriteAllBytes(file, bytes);
            Assert.False(ledger.Verify().Holds);
            RepairReport report = Repair.Run(ledger.DirectoryPath, [mirror], ledger.Environment);
            Assert.True(report.IsWhole);
            RotatedLog.Holds(ledger);
        }
    }

    [Fact]
    public void A_published_checkpoint_by_a_stranger_is_made_again_by_a_repair()
    {
        using TestLedger ledger = RotatedLog.Make();
        string file = Path.Combine(ledger.DirectoryPath, "checkpoint");
        SignedNote good = SignedNote.Parse(File.ReadAllBytes(file));
        File.WriteAllBytes(file, Checkpoint.ParseBody(good.Text).Sign(RotatedLog.Third).ToBytes());
        Refuses(() => ledger.View().Dispose());
        // That its keys are elsewhere is told, too.
        Fault fault = Assert.Single(
            Doctor.Examine(ledger.DirectoryPath, ledger.Environment).Faults,
            fault => fault.Weight != FaultWeight.Note
        );
        Assert.Equal((FaultCause.WrongKey, FaultWeight.Derived), (fault.Cause, fault.Weight));
        Assert.True(Repair.Run(ledger.DirectoryPath, [], ledger.Environment).IsWhole);
        RotatedLog.Append(ledger, "goes on");
        RotatedLog.Holds(ledger);
    }

    [Fact]
    public void A_copy_of_before_a_recovery_signs_nothing_either()
    {
        using TestLedger ledger = RecoveredLedger.Make();
        using var copy = new LedgerRollbackTests.DirectoryCopy(ledger.DirectoryPath);
        using (LedgerWriter writer = ledger.Open())
            writer.Append([TestLedger.Own("before")]);
        var recovered = RecoveredLedger.Signed(ledger);
        using (LedgerWriter writer = RecoveredLedger.Open(ledger, recovered))
            writer.Recover(recovered);
        using (LedgerWriter writer = RecoveredLedger.OpenAfter(ledger))
            writer.Append([TestLedger.Own("after")]);
        RotatedLog.Holds(ledger);
        Assert.True(Doctor.Examine(ledger.DirectoryPath, ledger.Environment).IsHealthy);
        copy.Restore();
        Refuses(() => ledger.Open().Dispose());
        Assert.Contains(
            ledger.Verify().Stages.Single(s => s.Name == "framing").Findings,
            f => f.Code == ErrorCodes.Behind
        );
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_write_that_was_cut_short_behind_the_change_is_the_end_and_damage_is_not(bool isRecovery)
    {
        using TestLedger ledger = isRecovery ? RecoveredLedger.Make() : RotatedLog.Make();
        if (isRecovery)
        {
            var recovered = RecoveredLedger.Signed(ledger);
            using LedgerWriter writer = RecoveredLedger.Open(ledger, recovered);
            writer.Recover(recovered);
        }
        LedgerKeys Keys() => isRecovery ? RecoveredLedger.Keys() : RotatedLog.Keys();
        long before;
        using (var writer = LedgerWriter.Open(ledger.DirectoryPath, Keys(), ledger.Environment))
        {
            before = writer.Fold.Size;
            writer.Append([TestLedger.Own("one")]);
            writer.Append([TestLedger.Own("two")]);
            writer.Append([TestLedger.Own("three")]);
        }
        string file = Reading.FastOpenTests.SegmentOf(ledger, 0);
        byte[] good = File.ReadAllBytes(file);
        Directory.Delete(ledger.State, recursive: true);
        File.Delete(Path.Combine(ledger.DirectoryPath, "checkpoint"));
        // The last record: nobody can tell it from a write that was cut short.
        Bend("three");
        using (LedgerView view = ledger.View())
            Assert.True(view.Size > before);
        using (var writer = LedgerWriter.Open(ledger.DirectoryPath, Keys(), ledger.Environment))
            Assert.True(writer.TornBytes > 0);
        // The one just behind the change, which others follow that the new key alone signed.
        File.WriteAllBytes(file, good);
        Bend("one");
        byte[] bent = File.ReadAllBytes(file);
        TessraxException damaged = Assert.Throws<TessraxException>(() =>
            LedgerWriter.Open(ledger.DirectoryPath, Keys(), ledger.Environment).Dispose()
        );
        Assert.Equal(ErrorCodes.Damaged, damaged.Code);
        Assert.Equal(bent, File.ReadAllBytes(file));
        Assert.False(ledger.Verify().Holds);

        void Bend(string text)
        {
            byte[] bytes = (byte[])good.Clone();
            int at = bytes.AsSpan().IndexOf(System.Text.Encoding.ASCII.GetBytes($"\"text\":\"{text}\""));
            Assert.True(at > 0);
            bytes[at + 9] ^= 1;
            File.WriteAllBytes(file, bytes);
        }
    }

    [Fact]
    public void A_rotated_ledger_is_closed_and_its_successor_verifies_with_it()
    {
        using TestLedger ledger = RotatedLog.Make(finished: false);
        string next = ledger.Beside("next");
        using (LedgerWriter writer = RotatedLog.Open(ledger, beside: true))
        {
            var rollover = new Rollover(writer, next, ledger.Environment);
            RolloverPlan plan = rollover.Plan(null, "blake3");
            VerifierKey log = VerifierKey.Create(plan.Origin, TestLedger.Seeded(51).PublicKey);
            Assert.True(rollover.Close(new Governance.Successor(plan.Origin, plan.Hash, log)));
            rollover.Found(new LedgerKeys(TestLedger.Seeded(51), TestLedger.Seeded(52))).Dispose();
        }
        var check = new LedgerCheck(ledger.Environment, null) { Predecessors = [ledger.DirectoryPath] };
        Verdict verdict = check.Run(next, withEvidence: true);
        Assert.True(verdict.Stages.Single(s => s.Name == "predecessor").Holds, verdict.ToJson().ToString());
    }

    private static void Rotate(TestLedger ledger, bool finished)
    {
        using (LedgerWriter writer = ledger.Open())
        {
            writer.Append([TestLedger.Own("before")]);
            Assert.True(new KeyDesk(writer).RotateLog(RotatedLog.Second, "once a year").IsRecorded);
        }
        RotatedLog.Append(ledger, "after", beside: !finished);
    }

    private static void Rewrite(TestLedger ledger, IEnumerable<Node.Segments.Batch> batches)
    {
        Directory.Delete(LedgerDirectory.SegmentsOf(ledger.DirectoryPath), recursive: true);
        using var writer = Node.Segments.SegmentWriter.Create(
            ledger.DirectoryPath,
            ledger.Environment.Disk,
            static (_, _) => true,
            SystemRandom.Fill
        );
        foreach (Node.Segments.Batch batch in batches)
            writer.Append(batch);
    }

    private static void Refuses(Action action) =>
        Assert.Equal(ErrorCodes.Behind, Assert.Throws<TessraxException>(action).Code);
}
