using Tessrax.Governance;
using Tessrax.Ledger;
using Tessrax.Node.Appending;
using Tessrax.Node.Files;
using Tessrax.Node.Segments;
using Tessrax.Node.Snapshots;
using Tessrax.Verification;
using Xunit;

namespace Tessrax.Node.Tests.Snapshots;

/// <summary>What was erased is in no snapshot made afterwards, and comes back from none.</summary>
public sealed class ErasedPayloadTests : IDisposable
{
    private const long Erased = 2;
    private const long Before = 4;
    private const string Secret = "a name that must go";

    private readonly TestLedger ledger = new(approvers: 0);
    private readonly byte[] then;

    public ErasedPayloadTests()
    {
        SnapshotSamples.Append(ledger, "one", Secret, "three");
        then = SnapshotSamples.Of(ledger, SnapshotKind.Backup);
        using LedgerWriter writer = ledger.Open();
        var erased = new PayloadErased([new ErasedEntry(Erased, null)], "request 88");
        // Recorded, and not yet done: so it is after a crash between the two.
        writer.Append([new Draft { Event = Events.PayloadErased, Control = erased.ToControl() }]);
        writer.Append([TestLedger.Own("after")]);
    }

    public void Dispose() => ledger.Dispose();

    [Fact]
    public void A_payload_is_gone_from_the_moment_that_an_entry_says_so_wherever_its_bytes_still_lie()
    {
        byte[] onDisk = SnapshotSamples.Of(ledger, SnapshotKind.Backup);
        Assert.Equal(-1, onDisk.AsSpan().IndexOf(SnapshotSamples.Ascii(Secret)));
        StoredEntry stored = SnapshotSamples.Read(onDisk, out _).SelectMany(b => b.Entries).ElementAt((int)Erased);
        Assert.True(stored.IsErased && stored.Payload.IsEmpty && stored.Salt.IsEmpty);
        EraseOnDisk();
        Assert.Equal(onDisk, SnapshotSamples.Of(ledger, SnapshotKind.Backup));
        Verdict verdict = Check(onDisk);
        Assert.True(verdict.Holds, verdict.ToJson().ToString());
    }

    [Fact]
    public void A_state_from_before_cannot_be_exported_any_more_once_the_bytes_are_gone()
    {
        Assert.Equal(
            SnapshotSamples.Read(then, out _).Count,
            SnapshotSamples.Read(SnapshotSamples.Of(ledger, size: Before), out _).Count
        );
        EraseOnDisk();
        TessraxException refused = Assert.Throws<TessraxException>(() => SnapshotSamples.Of(ledger, size: Before));
        Assert.Equal(ErrorCodes.ErasedSince, refused.Code);
        Assert.Contains("entry 2 was erased by entry 4", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_payload_that_is_missing_without_a_word_makes_no_snapshot()
    {
        EraseOnDisk(3);
        TessraxException refused = Assert.Throws<TessraxException>(() => SnapshotSamples.Of(ledger));
        Assert.Equal(ErrorCodes.Damaged, refused.Code);
    }

    /// <summary>As a writer of an older version, or a hostile one, might make it.</summary>
    [Fact]
    public void A_file_that_still_holds_it_does_not_bring_it_back()
    {
        string file = ledger.Beside("file");
        using (var bytes = new MemoryStream())
        {
            var facts = new SnapshotFacts(TestLedger.Origin, ledger.Id, Merkle.TreeHasher.Sha256);
            var writer = new SnapshotWriter(SnapshotKind.Backup, facts, bytes.Write);
            using (var reader = new SegmentReader(ledger.DirectoryPath, SystemDisk.Instance, static (_, _) => true))
            {
                foreach (Batch batch in reader.ReadAll())
                    writer.Add(batch);
            }
            writer.EndLedger();
            writer.Finish();
            File.WriteAllBytes(file, bytes.ToArray());
        }
        Assert.NotEqual(-1, File.ReadAllBytes(file).AsSpan().IndexOf(SnapshotSamples.Ascii(Secret)));
        Restored restored = new Restoration(ledger.Environment, ledger.Trust).Run(
            file,
            ledger.Beside("copy"),
            null,
            TestContext.Current.CancellationToken
        );
        Assert.True(restored.IsMade, restored.Verdict.ToJson().ToString());
        foreach (string path in Directory.GetFiles(ledger.Beside("copy"), "*", SearchOption.AllDirectories))
            Assert.Equal(-1, File.ReadAllBytes(path).AsSpan().IndexOf(SnapshotSamples.Ascii(Secret)));
        Assert.Equal(
            SnapshotSamples.Of(ledger, SnapshotKind.Backup),
            SnapshotSamples.Of(ledger.Beside("copy"), ledger.Environment, SnapshotKind.Backup)
        );
    }

    [Fact]
    public void A_past_state_is_restored_from_a_backup_without_what_was_erased_since()
    {
        string file = ledger.Beside("file");
        File.WriteAllBytes(file, SnapshotSamples.Of(ledger, SnapshotKind.Backup));
        Restored restored = new Restoration(ledger.Environment, ledger.Trust)
        {
            At = new RestorePoint(Before, null),
        }.Run(file, ledger.Beside("past"), null, TestContext.Current.CancellationToken);
        Assert.Equal((Before, ReadOnlyReason.Past), (restored.Size, restored.ReadOnly!.Reason));
        Assert.Equal(1, restored.ErasedSince);
    }

    private void EraseOnDisk(long index = Erased)
    {
        List<Batch> batches;
        using (var reader = new SegmentReader(ledger.DirectoryPath, SystemDisk.Instance, static (_, _) => true))
            batches = [.. reader.ReadAll()];
        Directory.Delete(LedgerDirectory.SegmentsOf(ledger.DirectoryPath), recursive: true);
        using SegmentWriter writer = SegmentWriter.Create(
            ledger.DirectoryPath,
            SystemDisk.Instance,
            static (_, _) => true,
            SystemRandom.Fill
        );
        foreach (Batch batch in batches)
            writer.Append(
                batch with
                {
                    Entries = [.. batch.Entries.Select((e, i) => batch.FirstIndex + i == index ? e.Erase() : e)],
                }
            );
    }

    private Verdict Check(byte[] file)
    {
        File.WriteAllBytes(ledger.Beside("checked"), file);
        return new SnapshotCheck(ledger.Environment, ledger.Trust).Run(ledger.Beside("checked"));
    }
}
