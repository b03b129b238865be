using Tessrax.Canonical;
using Tessrax.Keys;
using Tessrax.Ledger;
using Tessrax.Node.Appending;
using Tessrax.Node.Publishing;
using Tessrax.Node.Reading;
using Tessrax.Node.Snapshots;
using Tessrax.Node.Transactions;
using Tessrax.Verification;
using Xunit;

namespace Tessrax.Node.Tests.Snapshots;

/// <summary>What is restored is what was backed up, and signs nothing that could be a second history.</summary>
public sealed class RestoreTests : IDisposable
{
    private readonly BackedUpLedger made = new();

    private string State => made.Ledger.State;

    public void Dispose() => made.Dispose();

    [Fact]
    public void Backup_destroy_restore_backup_gives_the_same_bytes()
    {
        byte[] first = made.Save();
        Directory.Delete(made.Path, recursive: true);
        Restored restored = made.Restore("ledger");
        Assert.True(restored.IsMade);
        Assert.Null(restored.ReadOnly);
        Assert.Equal(restored.Of, restored.Size);
        Assert.Equal(first, SnapshotSamples.Of(made.Ledger, SnapshotKind.Backup));
        // The file that it came from still holds every payload, whatever is erased from here on.
        BackupTaken from = Assert.Single(BackupList.Read(made.Path, made.Ledger.Environment.Disk));
        Assert.Equal((made.File, restored.Size), (from.Path, from.Size));
        Verdict verdict = made.Ledger.Verify();
        Assert.True(verdict.Holds, verdict.ToJson().ToString());
        Assert.Equal(1, verdict.Stages.Single(s => s.Name == "evidence").Checked);
        // It goes on where it ended: the proposal that waited is approved, and a second round holds too.
        using (LedgerWriter writer = made.Ledger.Open())
        {
            long proposal = writer.Fold.Proposals.Keys.Single();
            for (int approver = 1; approver <= 2; approver++)
                new ProposalDesk(writer).Record(made.Ledger.Vote(writer, proposal, approver));
            Assert.Empty(writer.Fold.Proposals);
        }
        byte[] second = made.Save();
        Directory.Delete(made.Path, recursive: true);
        Assert.True(made.Restore("ledger").IsMade);
        Assert.Equal(second, SnapshotSamples.Of(made.Ledger, SnapshotKind.Backup));
    }

    [Fact]
    public void A_receipt_that_waits_is_restored_and_can_still_be_decided_once()
    {
        TransactionToken waits;
        TransactionToken done;
        TransactionToken aborted;
        using (LedgerWriter writer = made.Ledger.Open())
        {
            var desk = new TransactionDesk(writer);
            waits = desk.Prepare(TestLedger.Own("waits")).Token;
            done = desk.Prepare(TestLedger.Own("done")).Token;
            aborted = desk.Prepare(TestLedger.Own("aborted")).Token;
            desk.Commit(done);
            desk.Abort(aborted);
        }
        File.WriteAllText(Path.Combine(made.Path, "prepared", $"{new string('a', 32)}.prepared"), "damaged");
        using (var bytes = new MemoryStream())
        {
            LedgerExport export = new(made.Ledger.Environment, made.Path, SnapshotKind.Backup);
            Assert.Contains(
                "it is damaged",
                Assert.Single(export.Write(bytes.Write, null, TestContext.Current.CancellationToken).LeftOut),
                StringComparison.Ordinal
            );
        }
        byte[] first = made.Save();
        Directory.Delete(made.Path, recursive: true);
        Assert.Null(made.Restore("ledger").ReadOnly);
        Assert.Equal(first, SnapshotSamples.Of(made.Ledger, SnapshotKind.Backup));
        using (LedgerWriter writer = made.Ledger.Open())
        {
            var desk = new TransactionDesk(writer);
            Assert.Equal(TransactionState.Aborted, desk.Ask(aborted).State);
            Assert.Equal(TransactionState.Committed, desk.Ask(done).State);
            Assert.Equal(writer.Tree.Size, desk.Commit(waits));
            Assert.Equal(desk.Commit(waits), desk.Commit(waits));
        }
        // A past state restores nothing that waits: it signs nothing.
        made.Save();
        made.Restore("past", Restoration(new RestorePoint(1, null)));
        Assert.False(Directory.Exists(Path.Combine(made.Ledger.Beside("past"), "prepared")));
    }

    [Fact]
    public void Keys_come_back_for_their_owner_only()
    {
        made.Save();
        made.Restore("copy");
        string keys = LedgerDirectory.KeysOf(made.Ledger.Beside("copy"));
        Assert.Equal(["author.key", "log.key"], Directory.GetFiles(keys).Select(Path.GetFileName).Order());
        if (!OperatingSystem.IsWindows())
        {
            Assert.Equal(
                UnixFileMode.UserRead | UnixFileMode.UserWrite,
                File.GetUnixFileMode(Directory.GetFiles(keys)[0])
            );
            Assert.Equal(
                UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute,
                File.GetUnixFileMode(keys)
            );
        }
    }

    [Fact]
    public void A_mark_that_moves_on_while_a_backup_is_restored_is_not_set_back()
    {
        made.Save();
        string mark = Path.Combine(State, "marks", made.Ledger.Id.ToHex());
        byte[]? after = null;
        var progress = new Told(() =>
        {
            if (after is not null)
                return;
            SnapshotSamples.Append(made.Ledger, "meanwhile");
            after = File.ReadAllBytes(mark);
        });
        Refused(ErrorCodes.Behind, () => made.Restoration().Run(made.File, made.Ledger.Beside("copy"), progress));
        Assert.Equal(after, File.ReadAllBytes(mark));
        Assert.False(Directory.Exists(made.Ledger.Beside("copy")));
        // Nor while the ledger is open: what it signs next is not known yet.
        made.Save();
        using (made.Ledger.Open())
            Refused(ErrorCodes.Locked, () => made.Restore("copy"));
        Assert.Null(made.Restore("copy").ReadOnly);
    }

    [Fact]
    public void A_state_of_the_past_can_be_read_and_signs_nothing_for_ever()
    {
        byte[] then = made.Save(SnapshotKind.Snapshot);
        (long size, UtcTime time) = Now();
        Thread.Sleep(2);
        SnapshotSamples.Append(made.Ledger, "later", "later still");
        made.Save();
        foreach (RestorePoint point in (RestorePoint[])[new(size, null), new(null, time), new(size, time)])
        {
            string name = $"past {point.Size} {point.Time}";
            Restored restored = made.Restore(name, Restoration(point));
            Assert.Equal((size, size + 2), (restored.Size, restored.Of));
            Assert.Equal(ReadOnlyReason.Past, restored.ReadOnly!.Reason);
            Assert.False(Directory.Exists(LedgerDirectory.KeysOf(made.Ledger.Beside(name))));
            Assert.Equal(then, made.Again(name, SnapshotKind.Snapshot));
            using (LedgerView view = LedgerView.Open(made.Ledger.Beside(name), made.Ledger.Environment.Disk))
                Assert.Equal(size, view.Size);
            Refused(ErrorCodes.NewerSigned, () => made.Open(name).Dispose());
            // Not even by a word, and with no mark left that would tell.
            if (Directory.Exists(State))
                Directory.Delete(State, recursive: true);
            Refused(ErrorCodes.NewerSigned, () => Confirm(name, nothingNewer: true));
        }
        Refused(ErrorCodes.NoSuchCheckpoint, () => made.Restore("none", Restoration(new RestorePoint(0, null))));
    }

    [Fact]
    public void Without_a_mark_it_is_read_only_until_somebody_says_that_nothing_newer_was_signed()
    {
        byte[] backup = made.Save();
        Directory.Delete(State, recursive: true);
        Restored restored = made.Restore("copy");
        Assert.Equal(ReadOnlyReason.Unconfirmed, restored.ReadOnly!.Reason);
        TessraxException refused = Refused(ErrorCodes.RestoredReadOnly, () => made.Open("copy").Dispose());
        Assert.Contains("--confirm", refused.Hint, StringComparison.Ordinal);
        Refused(ErrorCodes.RestoredReadOnly, () => Confirm("copy", nothingNewer: false));
        Refused(ErrorCodes.RestoredReadOnly, () => made.Again("copy"));
        Assert.Equal(restored.Size, Confirm("copy", nothingNewer: true));
        Refused(ErrorCodes.BadUsage, () => Confirm("copy", nothingNewer: true));
        Assert.Equal(backup, made.Again("copy"));
        using (LedgerWriter writer = made.Open("copy"))
            writer.Append([TestLedger.Own("goes on")]);
        // From then on there is a mark, so the same backup restored once more is known to be old.
        Assert.Equal(ReadOnlyReason.Behind, made.Restore("again", Saying(nothingNewer: true)).ReadOnly!.Reason);
        Refused(ErrorCodes.NewerSigned, () => made.Open("again").Dispose());
    }

    [Fact]
    public void With_the_word_given_at_once_it_is_open_and_marked()
    {
        made.Save();
        Directory.Delete(State, recursive: true);
        Assert.Null(made.Restore("copy", Saying(nothingNewer: true)).ReadOnly);
        Assert.NotEmpty(LedgerMark.NoteOf(made.Ledger.Environment, made.Ledger.Id));
        using LedgerWriter writer = made.Open("copy");
        Assert.Equal(Now().Size, writer.Tree.Size);
    }

    [Fact]
    public void An_older_backup_than_the_mark_is_never_opened_to_writing()
    {
        made.Save();
        SnapshotSamples.Append(made.Ledger, "after the backup");
        Restored restored = made.Restore("copy");
        Assert.Equal((ReadOnlyReason.Behind, restored.Size + 1), (restored.ReadOnly!.Reason, restored.ReadOnly.Newer));
        Refused(ErrorCodes.NewerSigned, () => made.Open("copy").Dispose());
        Refused(ErrorCodes.NewerSigned, () => Confirm("copy", nothingNewer: true));
        // Whoever removes the file by hand still meets the mark.
        File.Delete(Path.Combine(made.Ledger.Beside("copy"), RestoreMarker.FileName));
        Refused(ErrorCodes.Behind, () => made.Open("copy").Dispose());
    }

    [Fact]
    public void A_checkpoint_that_somebody_has_seen_counts_as_a_mark_does()
    {
        made.Save();
        SnapshotSamples.Append(made.Ledger, "after the backup");
        byte[] seen = Newest();
        Directory.Delete(State, recursive: true);
        var known = new KnownCheckpoint(seen, "the client's checkpoint");
        Restored restored = made.Restore(
            "one",
            new Restoration(made.Ledger.Environment, made.Ledger.Trust) { Known = [known], NothingNewer = true }
        );
        Assert.Equal(ReadOnlyReason.Behind, restored.ReadOnly!.Reason);
        Assert.Contains("the client's checkpoint", restored.Why, StringComparison.Ordinal);
        // In the trust root it says the same.
        TrustRoot trust = made.Ledger.Trust.Accepting(SignedNote.Parse(seen));
        Assert.Equal(
            ReadOnlyReason.Behind,
            made.Restore(
                "two",
                new Restoration(made.Ledger.Environment, trust) { NothingNewer = true }
            ).ReadOnly!.Reason
        );
        // And when it turns up between restoring and confirming.
        Assert.Equal(ReadOnlyReason.Unconfirmed, made.Restore("three").ReadOnly!.Reason);
        Refused(ErrorCodes.Behind, () => Confirm("three", nothingNewer: true, known));
        // One by another key is a mistake of whoever named it, not a clearance.
        var foreign = new KnownCheckpoint(Foreign(), "a stranger's");
        Refused(ErrorCodes.CheckpointRefused, () => Confirm("three", nothingNewer: true, foreign));
        Refused(
            ErrorCodes.CheckpointRefused,
            () =>
                made.Restore("four", new Restoration(made.Ledger.Environment, made.Ledger.Trust) { Known = [foreign] })
        );
        Assert.False(Directory.Exists(made.Ledger.Beside("four")));
    }

    [Fact]
    public void Another_history_of_the_same_key_is_told_from_an_older_copy()
    {
        made.Save();
        Directory.Delete(State, recursive: true);
        // Two copies go on apart, as only an operator's false word can make them.
        made.Restore("one", Saying(nothingNewer: true));
        Directory.Delete(State, recursive: true);
        using (LedgerWriter writer = made.Open("one"))
            writer.Append([TestLedger.Own("one")]);
        File.WriteAllBytes(made.File, made.Again("one"));
        Directory.Delete(State, recursive: true);
        SnapshotSamples.Append(made.Ledger, "another");
        var known = new KnownCheckpoint(Newest(), "the other's checkpoint");
        Directory.Delete(State, recursive: true);
        Restored restored = made.Restore(
            "two",
            new Restoration(made.Ledger.Environment, made.Ledger.Trust) { Known = [known] }
        );
        Assert.Equal(ReadOnlyReason.Behind, restored.ReadOnly!.Reason);
        Assert.Contains("another history", restored.Why, StringComparison.Ordinal);
    }

    /// <summary>A virtual machine is copied with its ledger, and both copies run under one user's state directory.</summary>
    [Fact]
    public void A_copy_of_the_whole_directory_signs_nothing_once_the_original_has()
    {
        string copy = made.Ledger.Beside("copy");
        using (var image = new Appending.LedgerRollbackTests.DirectoryCopy(made.Path))
            image.CopyTo(copy);
        SnapshotSamples.Append(made.Ledger, "the original goes on");
        Refused(ErrorCodes.Behind, () => made.Open("copy").Dispose());
        // On another machine there is no mark, but whoever pinned a newer checkpoint there has seen more.
        byte[] seen = Newest();
        Directory.Delete(State, recursive: true);
        new TrustPins(made.Ledger.Environment).Pin(made.Ledger.Trust.Accepting(SignedNote.Parse(seen)));
        TessraxException refused = Refused(ErrorCodes.Behind, () => made.Open("copy").Dispose());
        Assert.Contains("pinned", refused.Message, StringComparison.Ordinal);
        using LedgerWriter original = made.Ledger.Open();
        original.Append([TestLedger.Own("and on")]);
    }

    [Fact]
    public void What_does_not_verify_leaves_nothing()
    {
        byte[] good = made.Save();
        int at = good.AsSpan().LastIndexOf("what was seen"u8);
        byte[][] bad =
        [
            good[..^1],
            [.. good, 1],
            Changed(good, 100),
            SnapshotSamples.Wrap(SnapshotKind.Backup, Changed(SnapshotSamples.Content(good), at - 16 - 4)),
        ];
        foreach (byte[] bytes in bad)
        {
            File.WriteAllBytes(made.File, bytes);
            Restored restored = made.Restore("copy");
            Assert.False(restored.IsMade);
            Assert.False(restored.Verdict.Holds);
            NothingIsLeft();
        }
        File.WriteAllBytes(made.File, good);
        TrustRoot other = TrustRoot.FromVerifierKey(
            VerifierKey.Create(TestLedger.Origin, TestLedger.Seeded(9).PublicKey)
        );
        Assert.False(made.Restore("copy", new Restoration(made.Ledger.Environment, other)).IsMade);
        Refused(ErrorCodes.NotASnapshot, () => made.Restore("copy", made.Restoration(SnapshotKind.Snapshot)));
        File.WriteAllText(made.File, "something else");
        Refused(ErrorCodes.NotASnapshot, () => made.Restore("copy"));
        NothingIsLeft();
    }

    [Fact]
    public void Nothing_is_written_over()
    {
        made.Save();
        Directory.CreateDirectory(made.Ledger.Beside("full"));
        File.WriteAllText(Path.Combine(made.Ledger.Beside("full"), "x"), "mine");
        Refused(ErrorCodes.AlreadyExists, () => made.Restore("full"));
        Refused(ErrorCodes.AlreadyExists, () => made.Restore("file.backup"));
        Refused(ErrorCodes.AlreadyExists, () => made.Restore("ledger"));
        Assert.Equal("mine", File.ReadAllText(Path.Combine(made.Ledger.Beside("full"), "x")));
        Directory.CreateDirectory(made.Ledger.Beside("empty"));
        Assert.True(made.Restore("empty").IsMade);
        Assert.True(made.Restore("not/there/yet").IsMade);
    }

    [Fact]
    public void What_a_restore_that_died_left_behind_is_removed_by_the_next()
    {
        made.Save();
        string left = made.Ledger.Beside(".copy.999999999.1.tmp");
        string alive = made.Ledger.Beside(".copy.1.0.tmp");
        string other = made.Ledger.Beside(".copying.999999999.1.tmp");
        foreach (string path in (string[])[left, alive, other])
            File.WriteAllText(Path.Combine(Directory.CreateDirectory(path).FullName, "segment"), "half");
        Assert.True(made.Restore("copy").IsMade);
        Assert.False(Directory.Exists(left));
        Assert.True(Directory.Exists(alive));
        Assert.True(Directory.Exists(other));
    }

    [Fact]
    public void Cancelling_leaves_nothing()
    {
        made.Save();
        using var cancelled = new CancellationTokenSource();
        // After the first reading.
        var stop = new Progress(read =>
        {
            if (read > new FileInfo(made.File).Length)
                cancelled.Cancel();
        });
        Assert.Throws<OperationCanceledException>(() =>
            made.Restoration().Run(made.File, made.Ledger.Beside("copy"), stop, cancelled.Token)
        );
        NothingIsLeft();
    }

    [Fact]
    public void An_import_needs_trust_and_gives_a_ledger_to_read()
    {
        byte[] snapshot = made.Save(SnapshotKind.Snapshot);
        Directory.Delete(State, recursive: true);
        var untrusted = new Restoration(made.Ledger.Environment, null) { Kind = SnapshotKind.Snapshot };
        Restored refused = made.Restore("copy", untrusted);
        Assert.False(refused.IsMade);
        Assert.Contains(refused.Verdict.Stages, s => s.Findings.Any(f => f.Code == ErrorCodes.NoTrust));
        NothingIsLeft();
        Restored restored = made.Restore("copy", made.Restoration(SnapshotKind.Snapshot));
        Assert.Equal(ReadOnlyReason.Imported, restored.ReadOnly!.Reason);
        Assert.True(
            made.Verify("copy") is { Stages: var stages }
                && stages.Where(s => s.Name != "evidence").All(s => s.Holds == true)
        );
        Assert.Equal(snapshot, made.Again("copy", SnapshotKind.Snapshot));
        Refused(ErrorCodes.RestoredReadOnly, () => made.Open("copy").Dispose());
        Assert.False(Directory.Exists(LedgerDirectory.KeysOf(made.Ledger.Beside("copy"))));
    }

    [Fact]
    public void A_backup_can_be_restored_without_a_trust_root_and_says_so()
    {
        made.Save();
        Restored restored = made.Restore("copy", new Restoration(made.Ledger.Environment, null));
        Assert.True(restored.IsMade);
        Assert.False(restored.Verdict.Holds);
        Assert.All(restored.Verdict.Stages, s => Assert.True(s.Holds == true || s.Name == "trust"));
    }

    private Restoration Restoration(RestorePoint at) => new(made.Ledger.Environment, made.Ledger.Trust) { At = at };

    private Restoration Saying(bool nothingNewer) =>
        new(made.Ledger.Environment, made.Ledger.Trust) { NothingNewer = nothingNewer };

    private long Confirm(string name, bool nothingNewer, params KnownCheckpoint[] known) =>
        RestoreConfirmation.Confirm(made.Ledger.Environment, made.Ledger.Beside(name), known, nothingNewer);

    private (long Size, UtcTime Time) Now()
    {
        using LedgerView view = made.Ledger.View();
        return (view.Size, view.Fold.LastRecordedAt);
    }

    private byte[] Newest()
    {
        using LedgerView view = made.Ledger.View();
        return view.Checkpoint.ToBytes();
    }

    private static byte[] Foreign()
    {
        using PrivateKey key = TestLedger.Seeded(9);
        return new Checkpoint(TestLedger.Origin, new Merkle.TreeHead(99, default)).Sign(key).ToBytes();
    }

    private void NothingIsLeft()
    {
        string beside = Path.GetDirectoryName(made.Path)!;
        Assert.DoesNotContain(
            Directory.GetDirectories(beside).Select(Path.GetFileName),
            name => name!.Contains("copy", StringComparison.Ordinal)
        );
    }

    private static byte[] Changed(byte[] bytes, int at)
    {
        byte[] changed = [.. bytes];
        changed[at] ^= 1;
        return changed;
    }

    private static TessraxException Refused(ErrorCode code, Action action)
    {
        TessraxException refused = Assert.Throws<TessraxException>(action);
        Assert.True(code == refused.Code, $"{refused.Code}: {refused.Message}");
        return refused;
    }

    private static TessraxException Refused<T>(ErrorCode code, Func<T> action) =>
        Refused(
            code,
            () =>
            {
                action();
            }
        );

    private sealed class Progress(Action<long> told) : IProgress<long>
    {
        public void Report(long value) => told(value);
    }

    private sealed class Told(Action act) : IProgress<long>
    {
        public void Report(long value) => act();
    }
}
