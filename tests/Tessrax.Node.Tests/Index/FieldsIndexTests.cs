using Microsoft.Data.Sqlite;
using Tessrax.Governance;
using Tessrax.Ledger;
using Tessrax.Node.Appending;
using Tessrax.Node.Index;
using Tessrax.Node.Recovery;
using Tessrax.Node.Segments;
using Xunit;

namespace Tessrax.Node.Tests.Index;

/// <summary>The index is what the ledger says, follows it, and is in nobody's way; each way in which the two can differ is told with its cause.</summary>
public sealed class FieldsIndexTests : IDisposable
{
    private const int Size = 600;
    private readonly TestLedger ledger = new(approvers: 0);

    public FieldsIndexTests()
    {
        using LedgerWriter writer = ledger.Open();
        new Ingestor(writer).Ingest([
            TestLedger.File(TestLedger.Claim("a1", "A", 5, "s1"), TestLedger.Claim("a2", "A", 9, "s2")),
        ]);
        writer.Append([.. Enumerable.Range(0, Size - (int)writer.Fold.Size).Select(i => TestLedger.Own($"text {i}"))]);
    }

    private string Database => FieldsDatabase.FileOf(ledger.DirectoryPath);

    public void Dispose() => ledger.Dispose();

    [Fact]
    public void Rows_say_of_each_entry_what_it_can_be_found_by()
    {
        Assert.Equal(Size, Rebuild().Size);

        using FieldsDatabase database = FieldsDatabase.Open(Database, canWrite: false);
        List<FieldsRow> rows = database.Rows(0, Size);
        Assert.Equal(Size, rows.Count);
        using var view = ledger.View();
        foreach (FieldsRow row in rows)
        {
            Receipt receipt = view.Receipt(row.Index);
            Assert.Equal(receipt.Entry.Body.Event, row.Event);
            Assert.Equal(receipt.Entry.RecordedAt.ToString(), row.RecordedAt);
            Assert.Equal(receipt.Entry.Body.By.Key.ToHex(), row.Key);
        }
        FieldsRow told = rows.Find(row => row.Event == Events.ContradictionDetected)!;
        Assert.Equal("A", told.Subject);
        Assert.NotNull(told.Severity);
        Assert.Contains(ledger.Policy.Pin.Version, told.Policy, StringComparison.Ordinal);
        FieldsRow claims = rows.Find(row => row.Event == Events.ClaimsRecorded)!;
        Assert.Equal("A", claims.Subject);
        Assert.Equal(new FieldsMark(ledger.Id, Size, view.Tree.Root()), database.Mark());
    }

    [Fact]
    public void It_follows_the_writer_and_is_made_again_when_it_is_gone_or_broken()
    {
        Rebuild();
        Append("followed");
        Assert.Equal(Size + 1, Mark().Size);
        File.Delete(Database);
        Append("made again");
        Assert.Equal(Size + 2, Mark().Size);
        File.WriteAllText(Database, "this is no database at all, but long enough to look like a page of one");
        Append("made again, too");
        Assert.Equal(Size + 3, Mark().Size);
        Assert.Empty(Compare().Faults);
    }

    [Fact]
    public void A_ledger_without_the_directory_gets_no_index_and_one_that_cannot_be_written_stops_nobody()
    {
        Append("without");
        Assert.False(Directory.Exists(Path.GetDirectoryName(Database)));
        Directory.CreateDirectory(Database);
        Append("in the way");
        Assert.True(ledger.Verify().Holds);
        Assert.True(Directory.Exists(Database));
    }

    [Fact]
    public void What_agrees_is_compared_by_digests_alone()
    {
        Rebuild();
        Divergence found = Compare();
        Assert.Empty(found.Faults);
        Assert.Equal(3, found.Index.Blocks);
        Assert.Equal(0, found.Index.Compared);
        Assert.Equal(3, Compare(isThorough: true).Index.Compared);
    }

    [Theory]
    [InlineData("UPDATE entry SET at = at + 1 WHERE idx = 300", FaultCause.EditedByHand, "recorded_at", 1)]
    [InlineData("UPDATE entry SET event = key WHERE idx IN (10, 11)", FaultCause.EditedByHand, "event", 1)]
    [InlineData("DELETE FROM entry WHERE idx BETWEEN 400 AND 420", FaultCause.Missing, "missing", 1)]
    [InlineData(
        "INSERT INTO entry SELECT idx + 5000, event, key, at, NULL, NULL, NULL, NULL FROM entry WHERE idx = 7",
        FaultCause.Misplaced,
        "beyond",
        0
    )]
    [InlineData("UPDATE block SET root = zeroblob(32) WHERE first = 256", FaultCause.EditedByHand, "noted", 1)]
    [InlineData("UPDATE word SET text = 'B' WHERE text = 'A'", FaultCause.EditedByHand, "subject", 1)]
    [InlineData("UPDATE mark SET ledger = zeroblob(32)", FaultCause.ForeignFile, "ledger", 0)]
    [InlineData("UPDATE mark SET size = 5000", FaultCause.Rollback, "5000", 0)]
    [InlineData("UPDATE mark SET root = zeroblob(32)", FaultCause.Rollback, "history", 0)]
    [InlineData("UPDATE mark SET size = size - 1", FaultCause.EditedByHand, "no batch", 0)]
    [InlineData("UPDATE mark SET version = 9", FaultCause.BitRot, "version", 0)]
    [InlineData("DROP TABLE block", FaultCause.BitRot, "block", 0)]
    public void Each_mismatch_has_its_cause(string damage, FaultCause cause, string says, int compared)
    {
        Rebuild();
        Do(damage);

        Divergence found = Compare();

        Fault fault = Assert.Single(found.Faults, f => f.Weight != FaultWeight.Note);
        Assert.Equal("index/fields.db", fault.File);
        Assert.Equal(cause, fault.Cause);
        Assert.Contains(says, fault.Says, StringComparison.Ordinal);
        Assert.Equal(compared, found.Index.Compared);
        Assert.Contains("index rebuild", fault.Remedy, StringComparison.Ordinal);
        Rebuild();
        Assert.True(Compare(isThorough: true).IsNone);
    }

    [Fact]
    public void Files_that_are_no_index_are_told_apart()
    {
        Rebuild();
        byte[] whole = File.ReadAllBytes(Database);
        (byte[] Bytes, FaultCause Cause)[] files =
        [
            ([], FaultCause.Truncation),
            (new byte[4096], FaultCause.LostWrite),
            ("a letter, and no database"u8.ToArray(), FaultCause.ForeignFile),
            (whole[..(whole.Length / 2)], FaultCause.BitRot),
        ];
        foreach ((byte[] bytes, FaultCause cause) in files)
        {
            File.WriteAllBytes(Database, bytes);
            Fault fault = Assert.Single(Compare().Faults);
            Assert.Equal(cause, fault.Cause);
            Assert.Equal(FaultWeight.Derived, fault.Weight);
            Assert.False(Doctor.Examine(ledger.DirectoryPath, ledger.Environment).IsHealthy);
        }
    }

    [Fact]
    public void A_tree_that_differs_is_told_beside_an_index_that_agrees()
    {
        Rebuild();
        string tile = Path.Combine(ledger.DirectoryPath, "tiles", "tile", "0", "001");
        byte[] bytes = File.ReadAllBytes(tile);
        bytes[100] ^= 1;
        File.WriteAllBytes(tile, bytes);

        Divergence found = Compare();

        Assert.Contains(found.Faults, f => f.File == "tiles/tile/0/001" && f.Cause == FaultCause.BitRot);
        // The run above it could not be told to be the same by the tree, and was by its rows.
        Assert.Equal(1, found.Index.Compared);
    }

    [Fact]
    public void What_was_erased_is_gone_from_the_index_too()
    {
        long erased = Size;
        using (LedgerWriter writer = ledger.Open())
            new Ingestor(writer).Ingest([TestLedger.File(TestLedger.Claim("z1", "Zed", 5, "s1"))]);
        Rebuild();
        Assert.Equal("Zed", Subject(erased));
        using (LedgerWriter writer = ledger.Open())
        {
            PayloadErased content = new([new ErasedEntry(erased, null)], "asked for");
            writer.Append([new Draft { Event = Events.PayloadErased, Control = content.ToControl() }]);
            Assert.NotNull(writer.CarryOutErasures());
        }
        Assert.Null(Subject(erased));
        Assert.DoesNotContain(
            "Zed",
            System.Text.Encoding.Latin1.GetString(File.ReadAllBytes(Database)),
            StringComparison.Ordinal
        );
        Assert.True(Compare(isThorough: true).IsNone);
    }

    [Fact]
    public void It_takes_at_most_a_fifth_of_what_it_indexes()
    {
        long bytes = Rebuild().Bytes;
        using var reader = new SegmentReader(ledger.DirectoryPath, ledger.Environment.Disk, static (_, _) => true);
        long stored = reader.ReadAll().SelectMany(b => b.Entries).Sum(e => (long)e.Entry.Length + e.Payload.Length);
        Assert.InRange(bytes, 1, stored / 5);
    }

    private IndexReach Rebuild() => FieldsIndex.Rebuild(ledger.DirectoryPath, ledger.Environment.Disk);

    private Divergence Compare(bool isThorough = false) =>
        Doctor.Compare(ledger.DirectoryPath, ledger.Environment, isThorough);

    private string? Subject(long index)
    {
        using FieldsDatabase database = FieldsDatabase.Open(Database, canWrite: false);
        return database.Rows(index, index + 1)[0].Subject;
    }

    private void Append(string text)
    {
        using LedgerWriter writer = ledger.Open();
        writer.Append([TestLedger.Own(text)]);
    }

    private FieldsMark Mark()
    {
        using FieldsDatabase database = FieldsDatabase.Open(Database, canWrite: false);
        return database.Mark();
    }

    private void Do(string statement)
    {
        using var connection = new SqliteConnection($"Data Source={Database};Pooling=False");
        connection.Open();
        using SqliteCommand command = connection.CreateCommand();
        command.CommandText = statement;
        command.ExecuteNonQuery();
    }
}
