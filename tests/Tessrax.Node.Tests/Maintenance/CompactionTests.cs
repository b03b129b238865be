using System.Text;
using Tessrax.Contradictions;
using Tessrax.Governance;
using Tessrax.Ledger;
using Tessrax.Node.Appending;
using Tessrax.Node.Files;
using Tessrax.Node.Maintenance;
using Tessrax.Node.Reading;
using Tessrax.Node.Segments;
using Tessrax.Node.Tests.Files;
using Tessrax.Node.Tests.Segments;
using Tessrax.Verification;
using Xunit;

namespace Tessrax.Node.Tests.Maintenance;

/// <summary>Compaction keeps what is held, what counts and what waits, changes nothing that the claims say, and reaches every copy.</summary>
public sealed class CompactionTests
{
    [Fact]
    public void Drops_old_payloads_and_keeps_what_still_counts()
    {
        using var ledger = new TestLedger(approvers: 0);
        using LedgerWriter writer = ledger.Open();
        long own = writer.Append([TestLedger.Own("old")])[0].Entry.Index;
        long held = writer.Append([TestLedger.Own("held")])[0].Entry.Index;
        Ingest(writer, TestLedger.Claim("a", "s", 1, "here", 1), TestLedger.Claim("b", "s", 1.01, "there", 1));
        Ingest(writer, TestLedger.Claim("c", "s", 1.02, "here", 2));
        var desk = new PayloadDesk(writer, SystemDisk.Instance);
        desk.Place(new HoldPlaced("case", IndexRanges.Between(held, held), "an order"));
        writer.OpenEpoch();
        writer.Append([TestLedger.Own("new")]);
        Contradiction before = Assert.Single(writer.Fold.Claims.DetectAll());

        CompactionPlan plan = desk.PlanCompaction(0);
        Assert.Equal(1, plan.Kept[KeptBecause.Hold]);
        // Of the first two claims one is superseded, but they share a payload.
        Assert.True(plan.Kept[KeptBecause.Counts] >= 4);
        // The own event, and what was told and decided before the third claim came.
        Assert.Equal(3, plan.Payloads);
        Assert.True(desk.PlanCompaction(1).IsEmpty);
        ErasureDone done = desk.Compact(plan, "retention").Done!;
        Assert.Equal(3, done.Payloads);

        Assert.Equal(before, Assert.Single(writer.Fold.Claims.DetectAll()));
        Assert.True(writer.Fold.IsSettled(before));
        using LedgerView view = ledger.View();
        Assert.True(view.Receipt(own).IsErased);
        Assert.False(view.Receipt(held).IsErased);
        Verdict verdict = ledger.Verify();
        Assert.True(verdict.Holds, string.Join('\n', verdict.Stages.SelectMany(s => s.Findings)));
        Assert.DoesNotContain(verdict.Excludes, line => line.Contains("has not told of", StringComparison.Ordinal));
        // What stands can be proven as before, and says so.
        long decision = view.Receipts().Last(r => r.Entry.Body.Event == Events.DecisionRecorded).Entry.Index;
        Verdict bundle = BundleVerifier.Verify(
            BundleMaker.Make(view, decision).ToBytes(),
            ledger.Trust,
            TimeProvider.System
        );
        Assert.True(bundle.Holds, string.Join('\n', bundle.Stages.SelectMany(s => s.Findings)));
        Assert.True(desk.PlanCompaction(0).IsEmpty);
    }

    [Fact]
    public void Another_copy_of_what_was_erased_does_not_stay_behind()
    {
        using var ledger = new TestLedger(approvers: 0);
        using LedgerWriter writer = ledger.Open();
        Ingest(writer, TestLedger.Claim("secret-claim", "s", 1, "here"));
        writer.OpenEpoch();
        long index = writer.Fold.Claims.EntryOf("secret-claim")!.Value;
        string copy = Path.Combine(ledger.DirectoryPath, "index");
        Directory.CreateDirectory(copy);
        File.WriteAllText(Path.Combine(copy, "fields.db-wal"), "secret-claim");
        // Whatever an index is made of, and however far: files, logs, directories, half of a new one.
        foreach (
            string name in (string[])
                ["g3.db", "g3.db-wal", "g4.rocks/000001.sst", "journal.json", ".index.json.1.1.tmp"]
        )
        {
            Directory.CreateDirectory(Path.GetDirectoryName(Path.Combine(copy, name))!);
            File.WriteAllText(Path.Combine(copy, name), "secret-claim");
        }
        Assert.NotEmpty(Holding(ledger, "secret-claim"));
        Assert.Contains(Holding(ledger, "secret-claim"), file => file.Contains("/state/", StringComparison.Ordinal));
        new PayloadDesk(writer, SystemDisk.Instance).Erase(index, "a request");
        Assert.Empty(Holding(ledger, "secret-claim"));
        writer.OpenEpoch();
        Assert.Empty(Holding(ledger, "secret-claim"));
        Assert.True(ledger.Verify().Holds);
    }

    [Fact]
    public void Full_segments_are_written_again_too_and_readers_at_work_find_their_places_anew()
    {
        using var ledger = new TestLedger(approvers: 0);
        using (LedgerWriter writer = ledger.Open())
            writer.Append(Enumerable.Range(0, 11).Select(i => TestLedger.Own($"payload number {i}")));
        var disk = new FaultyDisk();
        List<StoredEntry> entries = Copy(ledger, disk);
        using var reader = new SegmentReader(Store.Ledger, disk, Store.IsSigned);
        Assert.Equal(12, reader.ReadAll().Sum(batch => batch.Entries.Count));

        var folder = new SegmentFolder(Store.Ledger, disk);
        var erasure = new SegmentErasure(folder, 12, index => index is 1 or 5 or 6);
        Assert.Equal([1, 2, null], new long[] { 0, 1, 2 }.Select(erasure.Run));
        Assert.Equal([null, null, null], new long[] { 0, 1, 2 }.Select(erasure.Run));

        StoredEntry[] found = [.. reader.ReadAll().SelectMany(batch => batch.Entries)];
        for (int i = 0; i < 12; i++)
        {
            Assert.True(found[i].Entry.Span.SequenceEqual(entries[i].Entry.Span));
            Assert.Equal(i is 1 or 5 or 6, found[i].IsErased);
            StoredEntry again = reader.Read(i);
            Assert.True(again.Entry.Span.SequenceEqual(entries[i].Entry.Span));
            Assert.True(i is 1 or 5 or 6 || again.Payload.Span.SequenceEqual(entries[i].Payload.Span));
        }
        byte[] gone = Encoding.UTF8.GetBytes("payload number 4");
        Assert.DoesNotContain(disk.Names, path => disk[path].AsSpan().IndexOf(gone) >= 0);
        // The writer goes on where the last segment ends.
        using SegmentWriter on = Store.Open(disk, out List<Batch> batches, out _);
        Assert.Equal(12, batches.Sum(batch => batch.Entries.Count));
        on.Append(Store.Batch(12, 1));
        Assert.Equal(13, reader.ReadAll().Sum(batch => batch.Entries.Count));
    }

    // The ledger's entries in segments of four.
    private static List<StoredEntry> Copy(TestLedger ledger, FaultyDisk disk)
    {
        var all = new List<StoredEntry>();
        using var from = new SegmentReader(ledger.DirectoryPath, SystemDisk.Instance, static (_, _) => true);
        using SegmentWriter to = Store.Create(disk, perSegment: 4);
        foreach (StoredEntry entry in from.ReadAll().SelectMany(batch => batch.Entries))
        {
            all.Add(entry);
            to.Append(new Batch(to.Size, [entry], Store.Checkpoint(to.Size + 1)));
        }
        return all;
    }

    private static void Ingest(LedgerWriter writer, params Claim[] claims) =>
        new Ingestor(writer).Ingest([TestLedger.File(claims)]);

    private static string[] Holding(TestLedger ledger, string text)
    {
        byte[] wanted = Encoding.UTF8.GetBytes(text);
        return
        [
            .. Directory
                .EnumerateFiles(ledger.Beside(""), "*", SearchOption.AllDirectories)
                .Where(file => Path.GetFileName(file) != "lock")
                .Where(file => File.ReadAllBytes(file).AsSpan().IndexOf(wanted) >= 0),
        ];
    }
}
