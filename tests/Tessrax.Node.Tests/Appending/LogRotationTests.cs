using Tessrax.Governance;
using Tessrax.Keys;
using Tessrax.Ledger;
using Tessrax.Merkle;
using Tessrax.Node.Appending;
using Tessrax.Node.Publishing;
using Tessrax.Node.Reading;
using Tessrax.Node.Recovery;
using Tessrax.Verification;
using Xunit;

namespace Tessrax.Node.Tests.Appending;

/// <summary>A log that changes its key: who signs what, who can go on reading, and who cannot sign any more.</summary>
public sealed class LogRotationTests
{
    [Fact]
    public void The_batch_that_records_it_is_signed_by_both_and_later_ones_by_the_new_key()
    {
        using var ledger = new TestLedger(approvers: 0);
        VerifierKey first = RotatedLog.VkeyOf(TestLedger.Seeded(1));
        VerifierKey second = RotatedLog.VkeyOf(RotatedLog.Second);
        using (LedgerWriter writer = ledger.Open())
        {
            writer.Append([TestLedger.Own("before")]);
            Assert.Equal([first], RotatedLog.Signers(writer.Checkpoint!));
            Assert.True(new KeyDesk(writer).RotateLog(RotatedLog.Second, "once a year").IsRecorded);
            Assert.Equal([first, second], RotatedLog.Signers(writer.Checkpoint!));
            Assert.Equal(second.Name, writer.Checkpoint!.Signatures[0].Name);
            Assert.Equal(second.NoteId, writer.Checkpoint.Signatures[0].KeyId);
            // The same writer goes on, and vouches for what the log attests with the new key.
            Receipt attested = writer.Append([TestLedger.Own("attested") with { By = VoucherKind.Log }])[0];
            Assert.Equal(second.Key.Id, attested.Entry.Body.By.Key);
            Assert.Equal([first, second], RotatedLog.Signers(writer.Checkpoint!));
        }
        RotatedLog.Holds(ledger);
        RotatedLog.Append(ledger, "beside", beside: true);
        RotatedLog.Holds(ledger);
        RotatedLog.Append(ledger, "alone");
        using (LedgerView view = ledger.View())
            Assert.Equal([second], RotatedLog.Signers(view.Checkpoint));
        RotatedLog.Holds(ledger);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Whoever_trusts_either_key_goes_on_trusting(bool finished)
    {
        using TestLedger ledger = RotatedLog.Make(finished);
        foreach (PrivateKey key in new[] { TestLedger.Seeded(1), RotatedLog.Second })
        {
            RotatedLog.Holds(ledger, RotatedLog.TrustIn(ledger, key));
            RotatedLog.Holds(ledger, RotatedLog.TrustIn(ledger, key, named: false));
        }
        Verdict other = ledger.Verify(RotatedLog.TrustIn(ledger, RotatedLog.Third));
        Assert.False(other.Stages.Single(s => s.Name == "trust").Holds);
        Verdict verdict = ledger.Verify();
        Assert.Equal([0, 3], verdict.LogKeys.Select(span => span.From));
        Assert.Contains("\"log_keys\":[{", verdict.ToJson().ToString(), StringComparison.Ordinal);
        Assert.Contains(verdict.Excludes, e => e.Contains("retired log key", StringComparison.Ordinal));
    }

    [Fact]
    public void A_ledger_that_never_rotated_says_nothing_of_keys()
    {
        using var ledger = new TestLedger(approvers: 0);
        Verdict verdict = ledger.Verify();
        Assert.DoesNotContain("log_keys", verdict.ToJson().ToString(), StringComparison.Ordinal);
        Assert.DoesNotContain(verdict.Excludes, e => e.Contains("retired", StringComparison.Ordinal));
        Assert.False(File.Exists(HintOf(ledger)));
    }

    [Fact]
    public void With_the_old_key_alone_nothing_is_signed_any_more()
    {
        using TestLedger ledger = RotatedLog.Make();
        Assert.Equal(ErrorCodes.WrongKey, Assert.Throws<TessraxException>(ledger.Open).Code);
        // Nor beside a key that it did not give its place to.
        var keys = new LedgerKeys(RotatedLog.Second, TestLedger.Seeded(2), RotatedLog.Third);
        Assert.Equal(
            ErrorCodes.WrongKey,
            Assert
                .Throws<TessraxException>(() => LedgerWriter.Open(ledger.DirectoryPath, keys, ledger.Environment))
                .Code
        );
    }

    [Fact]
    public void A_rotation_whose_key_is_elsewhere_is_not_recorded()
    {
        using var ledger = new TestLedger();
        long proposal;
        using (LedgerWriter writer = ledger.Open())
        {
            GovernOutcome wish = new KeyDesk(writer).RotateLog(RotatedLog.Second, "once a year");
            Assert.False(wish.IsRecorded);
            proposal = wish.Entry;
            new ProposalDesk(writer).Record(ledger.Vote(writer, proposal, 1));
        }
        using (LedgerWriter writer = ledger.Open())
        {
            // The verdict counts; what it allows waits.
            var desk = new ProposalDesk(writer);
            Assert.Single(desk.Record(ledger.Vote(writer, proposal, 2)));
            Assert.Equal([proposal], desk.Withheld);
            Assert.Empty(desk.TakeDue());
            OpenProposal open = writer.Fold.Proposals[proposal];
            var draft = new Draft
            {
                Event = Events.KeyRotated,
                Control = open.Proposal.Body.Control,
                Prepared = new SignedBody(open.Proposal.Body, open.Proposal.Signature, default),
                Approvals = open.VotesAt(writer.Now(), writer.Fold.State),
            };
            long size = writer.Fold.Size;
            Assert.Equal(ErrorCodes.WrongKey, Assert.Throws<TessraxException>(() => writer.Append([draft])).Code);
            Assert.Equal(size, writer.Fold.Size);
            writer.Append([TestLedger.Own("the writer goes on")]);
        }
        Assert.True(ledger.Verify().Holds);
        LedgerKeys keys = TestLedger.Keys() with { Incoming = [RotatedLog.Second] };
        using (LedgerWriter writer = LedgerWriter.Open(ledger.DirectoryPath, keys, ledger.Environment))
        {
            Assert.Equal(Events.KeyRotated, Assert.Single(new ProposalDesk(writer).TakeDue()).Entry.Body.Event);
            Assert.Equal(RotatedLog.Second.PublicKey.Id, writer.Fold.State.LogKey!.Id);
            writer.Append([TestLedger.Own("after")]);
            Assert.Equal(2, RotatedLog.Signers(writer.Checkpoint!).Count());
        }
        Assert.True(ledger.Verify().Holds);
    }

    [Fact]
    public void It_rotates_again_and_epochs_snapshots_and_bundles_hold()
    {
        using TestLedger ledger = RotatedLog.Make(finished: false);
        using (LedgerWriter writer = RotatedLog.Open(ledger, beside: true))
        {
            Assert.True(new KeyDesk(writer).RotateLog(RotatedLog.Third, "again").IsRecorded);
            Assert.Equal(
                [RotatedLog.VkeyOf(RotatedLog.Second), RotatedLog.VkeyOf(RotatedLog.Third)],
                RotatedLog.Signers(writer.Checkpoint!)
            );
            // An epoch is opened first, which the log vouches for with its new key.
            writer.Append([TestLedger.Own("later")]);
            Assert.Equal(Events.EpochOpened, writer.Read(writer.Fold.Size - 2).Entry.Body.Event);
            Assert.Equal(RotatedLog.Third.PublicKey.Id, writer.Read(writer.Fold.Size - 2).Entry.Body.By.Key);
        }
        var keys = new LedgerKeys(RotatedLog.Third, TestLedger.Seeded(2));
        using (LedgerWriter writer = LedgerWriter.Open(ledger.DirectoryPath, keys, ledger.Environment))
            writer.Append([TestLedger.Own("last")]);
        foreach (PrivateKey key in new[] { TestLedger.Seeded(1), RotatedLog.Second, RotatedLog.Third })
            RotatedLog.Holds(ledger, RotatedLog.TrustIn(ledger, key));
        using LedgerView view = ledger.View();
        foreach (Receipt receipt in view.Receipts())
        {
            byte[] bundle = BundleMaker.Make(view, receipt.Entry.Index).ToBytes();
            Verdict verdict = BundleVerifier.Verify(bundle, ledger.Trust, TimeProvider.System);
            Assert.True(verdict.Holds, $"{receipt.Entry.Index}: {verdict.ToJson()}");
            Assert.Equal(3, verdict.LogKeys.Count);
        }
    }

    [Fact]
    public void A_bundle_without_the_rotation_is_refused_whatever_it_is_about()
    {
        using TestLedger ledger = RotatedLog.Make();
        using LedgerView view = ledger.View();
        long rotation = view.Receipts().Single(r => r.Entry.Body.Event == Events.KeyRotated).Entry.Index;
        // Before the rotation and after it.
        foreach (long subject in new[] { 1, view.Size - 1 })
        {
            Bundle bundle = BundleMaker.Make(view, subject);
            Bundle without = bundle with
            {
                Entries = [.. bundle.Entries.Where(e => e.Receipt.Entry.Index != rotation)],
            };
            Assert.True(without.Entries.Count < bundle.Entries.Count);
            Verdict verdict = BundleVerifier.Verify(without.ToBytes(), ledger.Trust, TimeProvider.System);
            Assert.False(verdict.Holds);
            Assert.Contains(
                verdict.Stages.SelectMany(s => s.Findings),
                f => f.Code == ErrorCodes.StateBroken || f.Code == ErrorCodes.CheckpointRefused
            );
        }
    }

    [Fact]
    public async Task A_pipeline_goes_on_over_a_rotation()
    {
        using var ledger = new TestLedger(approvers: 0);
        await using (var pipeline = new LedgerPipeline(ledger.Open()))
        {
            CancellationToken cancellation = TestContext.Current.CancellationToken;
            Draft attested = TestLedger.Own("attested") with { By = VoucherKind.Log };
            await pipeline.AppendAsync(attested, cancellation);
            Task<AppendReceipt>[] beside =
            [
                .. Enumerable.Range(0, 50).Select(_ => pipeline.AppendAsync(attested, cancellation).AsTask()),
            ];
            await pipeline.RunAsync(
                "a rotation",
                writer => new KeyDesk(writer).RotateLog(RotatedLog.Second, "once a year"),
                cancellation
            );
            Task<AppendReceipt>[] after =
            [
                .. Enumerable.Range(0, 50).Select(_ => pipeline.AppendAsync(attested, cancellation).AsTask()),
            ];
            await Task.WhenAll([.. beside, .. after]);
        }
        RotatedLog.Append(ledger, "last");
        RotatedLog.Holds(ledger);
        Assert.Equal(101, CountAttested(ledger));
    }

    [Fact]
    public async Task What_was_accepted_before_it_and_gets_its_place_after_it_names_the_new_key_and_a_retry_is_found()
    {
        using var ledger = new TestLedger(approvers: 0);
        CancellationToken cancellation = TestContext.Current.CancellationToken;
        Draft attested = TestLedger.Own("attested") with { By = VoucherKind.Log };
        Draft early = attested with { Nonce = Convert.ToBase64String([.. Enumerable.Repeat((byte)1, 16)]) };
        Draft late = attested with { Nonce = Convert.ToBase64String([.. Enumerable.Repeat((byte)2, 16)]) };
        long index;
        await using (var pipeline = new LedgerPipeline(ledger.Open()))
        {
            AppendReceipt before = await pipeline.AppendAsync(early, cancellation);
            Task<AppendReceipt> waiting = null!;
            await pipeline.RunAsync(
                "a rotation",
                writer =>
                {
                    // Accepted now, by the keys of before; its turn comes when this has ended.
                    waiting = pipeline.AppendAsync(late, cancellation).AsTask();
                    return new KeyDesk(writer).RotateLog(RotatedLog.Second, "once a year");
                },
                cancellation
            );
            index = (await waiting).Index;
            foreach ((Draft draft, long at) in new[] { (early, before.Index), (late, index) })
            {
                AppendReceipt again = await pipeline.AppendAsync(draft, cancellation);
                Assert.Equal((at, true), (again.Index, again.IsRepeat));
            }
        }
        using LedgerView view = ledger.View();
        Assert.Equal(RotatedLog.Second.PublicKey.Id, view.Receipt(index).Entry.Body.By.Key);
        RotatedLog.Holds(ledger);
    }

    [Fact]
    public void Whoever_keeps_a_note_or_a_checkpoint_of_before_goes_on_after_it()
    {
        using var ledger = new TestLedger(approvers: 0);
        string note = ledger.Beside("note");
        SignedNote before;
        using (LedgerWriter writer = ledger.Open())
        {
            writer.Append([TestLedger.Own("before")]);
            writer.OpenEpoch();
            before = writer.Append([TestLedger.Own("more")]).Count > 0 ? writer.Checkpoint! : null!;
        }
        Assert.True(
            new LedgerCheck(ledger.Environment, ledger.Trust) { NoteFile = note }
                .Run(ledger.DirectoryPath, true)
                .Holds
        );
        using (LedgerWriter writer = ledger.Open())
            new KeyDesk(writer).RotateLog(RotatedLog.Second, "once a year");
        RotatedLog.Append(ledger, "after");
        Assert.True(
            new LedgerCheck(ledger.Environment, ledger.Trust) { NoteFile = note }
                .Run(ledger.DirectoryPath, true)
                .Holds
        );
        RotatedLog.Append(ledger, "and more");
        Assert.True(
            new LedgerCheck(ledger.Environment, ledger.Trust) { NoteFile = note }
                .Run(ledger.DirectoryPath, true)
                .Holds
        );
        foreach (TrustRoot? trust in new[] { ledger.Trust, null })
        {
            Verdict since = new LedgerCheck(ledger.Environment, trust) { Since = before }.Run(
                ledger.DirectoryPath,
                true
            );
            Assert.DoesNotContain(since.Stages, s => s.Holds == false);
        }
        using LedgerView view = ledger.View();
        var latest = new LedgerCheck(ledger.Environment, ledger.Trust) { Since = view.Checkpoint };
        Assert.DoesNotContain(latest.Run(ledger.DirectoryPath, true).Stages, s => s.Holds == false);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("gone")]
    [InlineData("wrong")]
    public void It_is_opened_by_its_last_segment_as_long_as_the_keys_are_told(string? hint)
    {
        using TestLedger ledger = Long();
        if (hint == "gone")
            File.Delete(HintOf(ledger));
        else if (hint == "wrong")
            File.WriteAllText(HintOf(ledger), "{}\n");
        LedgerDirectory directory = LedgerDirectory.Open(ledger.DirectoryPath, ledger.Environment.Disk);
        var opening = new LedgerOpening(directory, ledger.Environment.Disk, canWrite: false);
        using (
            var reader = new Node.Segments.SegmentReader(
                ledger.DirectoryPath,
                ledger.Environment.Disk,
                opening.IsSigned
            )
        )
            opening.Read(reader);
        Assert.Equal(hint is not null, opening.ReadEverything);
        // The next writer tells of them again.
        RotatedLog.Append(ledger, "healed");
        Assert.Contains("KEY_ROTATED", File.ReadAllText(HintOf(ledger)), StringComparison.Ordinal);
        RotatedLog.Holds(ledger);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Damage_behind_a_rotation_is_not_taken_for_the_end(bool hasHint)
    {
        using TestLedger ledger = Long();
        if (!hasHint)
            File.Delete(HintOf(ledger));
        Directory.Delete(ledger.State, recursive: true);
        File.Delete(Path.Combine(ledger.DirectoryPath, "checkpoint"));
        byte[] damaged = DamageRecordOf(ledger, 540);
        long size = new FileInfo(Reading.FastOpenTests.SegmentOf(ledger, 2)).Length;
        Assert.Equal(ErrorCodes.Damaged, Assert.Throws<TessraxException>(() => RotatedLog.Open(ledger).Dispose()).Code);
        Assert.Equal(ErrorCodes.Damaged, Assert.Throws<TessraxException>(() => ledger.View().Dispose()).Code);
        Assert.False(ledger.Verify().Holds);
        // Nobody has cut off anything.
        Assert.Equal(damaged, File.ReadAllBytes(Reading.FastOpenTests.SegmentOf(ledger, 2)));
        Assert.Equal(size, damaged.Length);
    }

    [Fact]
    public void Tiles_histories_and_checkpoints_are_read_with_all_keys()
    {
        using TestLedger ledger = RotatedLog.Make();
        var history = RootHistory.Read(ledger.DirectoryPath, ledger.Environment);
        Assert.Empty(history.Verdict.Findings);
        var read = CheckpointHistory.Parse(history.Checkpoints.ToBytes());
        Assert.Equal(history.Checkpoints.ToBytes(), read.ToBytes());
        VerifierKey first = RotatedLog.VkeyOf(TestLedger.Seeded(1));
        VerifierKey second = RotatedLog.VkeyOf(RotatedLog.Second);
        Assert.True(read.Verify([first, second]).Holds);
        Assert.False(read.Verify(first).Holds);
        Assert.False(read.Verify(second).Holds);
        ITileSource tiles = TileSource.Open(ledger.DirectoryPath, ledger.Environment);
        var keys = new LogKeyChain([new LogKeySpan(first, 0), new LogKeySpan(second, 3)]);
        Assert.Equal(4, Read(new TileCheck(tiles, keys)).Checkpoint!.Head.Size - 1);
        Assert.Equal(ErrorCodes.CheckpointRefused, Read(new TileCheck(tiles, first)).Findings[0].Code);
    }

    private static TileReport Read(TileCheck check) => check.RunAsync().AsTask().GetAwaiter().GetResult();

    private static int CountAttested(TestLedger ledger)
    {
        using LedgerView view = ledger.View();
        return view.Receipts().Count(r => r.Entry.Body is { Event: "x-test", By.Kind: VoucherKind.Log });
    }

    private static string HintOf(TestLedger ledger) => Path.Combine(ledger.DirectoryPath, "state", LogKeyHint.FileName);

    // Of several segments, the rotation in the second, finished at once.
    private static TestLedger Long()
    {
        const int perSegment = Reading.FastOpenTests.PerSegment;
        var ledger = new TestLedger(approvers: 0);
        LedgerWriter writer = ledger.Open();
        while (writer.Tree.Size < 600)
        {
            writer.EpochEntries = perSegment;
            if (writer.Tree.Size >= 270 && writer.Fold.State.LogKeys!.Spans.Count == 1)
            {
                new KeyDesk(writer).RotateLog(RotatedLog.Second, "once a year");
                writer.Dispose();
                writer = RotatedLog.Open(ledger);
                continue;
            }
            long room = perSegment - writer.Tree.Size % perSegment;
            writer.Append(
                Enumerable
                    .Range(0, (int)Math.Min(room, 20))
                    .Select(i => TestLedger.Own($"{i}"))
                    .Take(room == perSegment || writer.Fold.HasNewKeys ? 10 : 20)
            );
        }
        writer.Dispose();
        Reading.ForgedPayloadTests.Rewrite(ledger, static payload => payload, perSegment);
        return ledger;
    }

    private static byte[] DamageRecordOf(TestLedger ledger, long index)
    {
        string file = Reading.FastOpenTests.SegmentOf(ledger, (int)(index / Reading.FastOpenTests.PerSegment));
        byte[] bytes = File.ReadAllBytes(file);
        ReadOnlySpan<byte> wanted = System.Text.Encoding.ASCII.GetBytes($"\"index\":{index},");
        int at = bytes.AsSpan().IndexOf(wanted);
        Assert.True(at > 0);
        bytes[at + 3] ^= 1;
        File.WriteAllBytes(file, bytes);
        File.Delete(Path.ChangeExtension(file, ".idx"));
        return bytes;
    }
}
