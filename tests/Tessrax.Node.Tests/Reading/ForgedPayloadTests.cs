using System.Text;
using Tessrax.Node.Appending;
using Tessrax.Node.Files;
using Tessrax.Node.Segments;
using Xunit;

namespace Tessrax.Node.Tests.Reading;

/// <summary>Payloads lie outside the leaves, and checksums are nobody's secret: only the commitments tell that one was exchanged.</summary>
public sealed class ForgedPayloadTests
{
    [Fact]
    public void Neither_writer_nor_readers_believe_a_payload_that_was_exchanged_with_its_checksums()
    {
        using var ledger = new TestLedger();
        using (LedgerWriter writer = ledger.Open())
            new Ingestor(writer).Ingest([TestLedger.File(TestLedger.Claim("a1", "A", 5, "s1"))]);
        Rewrite(ledger, payload => payload.Replace("\"value\":5", "\"value\":1", StringComparison.Ordinal));

        Assert.Equal(ErrorCodes.Damaged, Assert.Throws<TessraxException>(() => ledger.Open().Dispose()).Code);
        Assert.Equal(ErrorCodes.Damaged, Assert.Throws<TessraxException>(() => ledger.View().Dispose()).Code);
        Assert.False(ledger.Verify().Holds);
    }

    /// <summary>Writes every record again, payloads changed and all checksums right.</summary>
    internal static void Rewrite(
        TestLedger ledger,
        Func<string, string> change,
        int entriesPerSegment = SegmentFormat.EntriesPerSegment
    )
    {
        List<Batch> batches;
        using (var reader = new SegmentReader(ledger.DirectoryPath, SystemDisk.Instance, static (_, _) => true))
            batches = [.. reader.ReadAll().Select(Copy)];
        Directory.Delete(LedgerDirectory.SegmentsOf(ledger.DirectoryPath), recursive: true);
        using SegmentWriter writer = SegmentWriter.Create(
            ledger.DirectoryPath,
            SystemDisk.Instance,
            static (_, _) => true,
            SystemRandom.Fill,
            entriesPerSegment
        );
        foreach (Batch batch in batches)
            writer.Append(batch with { Entries = [.. batch.Entries.Select(Changed)] });

        StoredEntry Changed(StoredEntry entry) =>
            entry with
            {
                Payload = Encoding.UTF8.GetBytes(change(Encoding.UTF8.GetString(entry.Payload.Span))),
            };
    }

    private static Batch Copy(Batch batch) =>
        new(
            batch.FirstIndex,
            [.. batch.Entries.Select(e => new StoredEntry(e.Entry.ToArray(), e.Payload.ToArray(), e.Salt.ToArray()))],
            batch.Checkpoint.ToArray()
        );
}
