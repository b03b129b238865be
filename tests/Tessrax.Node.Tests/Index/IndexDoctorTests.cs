using Microsoft.Data.Sqlite;
using Tessrax.Node.Appending;
using Tessrax.Node.Index;
using Tessrax.Node.Recovery;
using Xunit;

namespace Tessrax.Node.Tests.Index;

/// <summary>Each way in which an index can differ from its ledger is told with its cause, stops no append, and is healed by making it anew.</summary>
public sealed class IndexDoctorTests : IDisposable
{
    private const int Size = IndexHome.Size;
    private readonly IndexHome home = new();

    public void Dispose() => home.Dispose();

    [Fact]
    public void What_agrees_is_compared_by_digests_alone()
    {
        home.Rebuild();
        Divergence found = home.Compare();
        Assert.Empty(found.Faults);
        Assert.Equal(3, found.Index.Blocks);
        Assert.Equal(0, found.Index.Compared);
        Assert.Null(found.Index.Places);
        Divergence thorough = home.Compare(isThorough: true, withText: true);
        Assert.Empty(thorough.Faults);
        Assert.Equal(3, thorough.Index.Compared);
        Assert.InRange(thorough.Index.Places!.Value, 3 * Size, long.MaxValue);
    }

    [Theory]
    [InlineData("UPDATE entry SET at = at + 1 WHERE idx = 300", FaultCause.EditedByHand, "recorded_at", 1)]
    [InlineData(
        "UPDATE entry SET fields = (SELECT fields FROM entry WHERE idx = 0) WHERE idx IN (10, 11)",
        FaultCause.EditedByHand,
        "event",
        1
    )]
    [InlineData("UPDATE entry SET epoch = 3 WHERE idx = 300", FaultCause.EditedByHand, "epoch", 1)]
    [InlineData("UPDATE entry SET cut = 1 WHERE idx = 300", FaultCause.EditedByHand, "text", 1)]
    [InlineData("DELETE FROM entry WHERE idx BETWEEN 400 AND 420", FaultCause.Missing, "missing", 1)]
    [InlineData(
        "INSERT INTO entry SELECT idx + 5000, at, epoch, fields, words, cut FROM entry WHERE idx = 7",
        FaultCause.Misplaced,
        "beyond",
        0
    )]
    [InlineData("UPDATE block SET root = zeroblob(32) WHERE first = 256", FaultCause.EditedByHand, "noted", 1)]
    [InlineData("UPDATE value SET text = 'B' WHERE text = 'A'", FaultCause.EditedByHand, "subject", 1)]
    [InlineData("UPDATE mark SET ledger = zeroblob(32)", FaultCause.ForeignFile, "ledger", 0)]
    [InlineData("UPDATE mark SET generation = 9", FaultCause.Misplaced, "generation 9", 0)]
    [InlineData("UPDATE mark SET size = 5000", FaultCause.Rollback, "5000", 0)]
    [InlineData("UPDATE mark SET root = zeroblob(32)", FaultCause.Rollback, "history", 0)]
    [InlineData("UPDATE mark SET size = size - 1", FaultCause.EditedByHand, "no batch", 0)]
    [InlineData("PRAGMA user_version = 1", FaultCause.BitRot, "version", 0)]
    [InlineData("DROP TABLE block", FaultCause.EditedByHand, "block", 0)]
    [InlineData(
        "CREATE TRIGGER t AFTER INSERT ON run BEGIN DELETE FROM entry; END",
        FaultCause.EditedByHand,
        "something else",
        0
    )]
    public void Each_mismatch_has_its_cause(string damage, FaultCause cause, string says, int compared)
    {
        home.Rebuild();
        home.Do(damage);

        Divergence found = home.Compare();

        Fault fault = Assert.Single(found.Faults, f => f.Weight != FaultWeight.Note);
        Assert.Equal(home.Shown, fault.File);
        Assert.Equal(cause, fault.Cause);
        Assert.Contains(says, fault.Says, StringComparison.Ordinal);
        Assert.Equal(compared, found.Index.Compared);
        Assert.Contains("index rebuild", fault.Remedy, StringComparison.Ordinal);
        AssertHeals();
    }

    [Theory]
    [InlineData("DELETE FROM posting WHERE idx = 77", "by what their rows say", true, false)]
    [InlineData("UPDATE OR IGNORE posting SET idx = 77 WHERE idx = 1", "by what their rows say", true, false)]
    [InlineData("INSERT INTO posting SELECT value, 9999 FROM posting WHERE idx = 77", "refers to", true, false)]
    [InlineData("INSERT INTO text(rowid, words) VALUES(9999, 'more')", "beyond", false, true)]
    [InlineData("INSERT INTO text(rowid, words) VALUES(77, 'hidden')", "by the words", false, true)]
    [InlineData("INSERT INTO text(text, rowid, words) SELECT 'delete', 77, 'x test'", "by the words", false, true)]
    public void What_entries_are_found_by_is_compared_on_request(
        string damage,
        string says,
        bool isThorough,
        bool withText
    )
    {
        home.Rebuild();
        home.Do(damage);
        Assert.Contains(
            home.Compare(isThorough, withText).Faults,
            fault => fault.Weight == FaultWeight.Derived && fault.Says.Contains(says, StringComparison.Ordinal)
        );
        AssertHeals();
    }

    [Fact]
    public void Files_that_are_no_index_are_told_apart()
    {
        home.Rebuild();
        byte[] whole = File.ReadAllBytes(home.Database);
        byte[] flipped = [.. whole];
        flipped.AsSpan(whole.Length / 2, 64).Fill(0xA5);
        (byte[] Bytes, FaultCause Cause)[] files =
        [
            ([], FaultCause.Truncation),
            (new byte[4096], FaultCause.LostWrite),
            ("a letter, and no database"u8.ToArray(), FaultCause.ForeignFile),
            (whole[..(whole.Length / 2)], FaultCause.Truncation),
            (flipped, FaultCause.BitRot),
        ];
        foreach ((byte[] bytes, FaultCause cause) in files)
        {
            File.WriteAllBytes(home.Database, bytes);
            Fault fault = Assert.Single(home.Compare().Faults);
            Assert.Equal(cause, fault.Cause);
            Assert.Equal(FaultWeight.Derived, fault.Weight);
            Assert.False(Doctor.Examine(home.Path, home.Environment).IsHealthy);
        }
        AssertHeals();
    }

    [Fact]
    public void Files_of_another_ledger_or_of_an_older_state_are_told_apart()
    {
        home.Rebuild();
        byte[] older = File.ReadAllBytes(home.Database);
        home.Append("more");
        File.WriteAllBytes(home.Database, older);
        Fault behind = Assert.Single(home.Compare().Faults);
        Assert.Equal((FaultCause.Stale, FaultWeight.Note), (behind.Cause, behind.Weight));
        using var other = new IndexHome();
        other.Rebuild();
        File.WriteAllBytes(home.Database, File.ReadAllBytes(other.Database));
        Assert.Equal(FaultCause.ForeignFile, Assert.Single(home.Compare().Faults).Cause);
        Assert.Equal(ErrorCodes.IndexUnusable, Assert.Throws<TessraxException>(() => home.Read()).Code);
        AssertHeals();
    }

    [Fact]
    public void A_file_or_a_log_of_another_generation_under_its_name_is_told()
    {
        home.Rebuild();
        byte[] first = File.ReadAllBytes(home.Database);
        string kept = Path.Combine(home.Folder, "kept");
        using (var writer = new SqliteConnection($"Data Source={home.Database};Pooling=False"))
        {
            writer.Open();
            using SqliteCommand command = writer.CreateCommand();
            // SQLite writes no page that stays the same.
            command.CommandText =
                "PRAGMA wal_autocheckpoint = 0; UPDATE mark SET size = size + 1; UPDATE mark SET size = size - 1";
            command.ExecuteNonQuery();
            File.Copy(home.Database + "-wal", kept);
        }
        home.Rebuild();
        File.Move(kept, home.Database + "-wal", overwrite: true);
        // SQLite takes it for its own, and gives the rows of the generation before.
        Fault log = Assert.Single(home.Compare().Faults);
        Assert.Equal(FaultWeight.Derived, log.Weight);
        Assert.True(log.Cause is FaultCause.Misplaced or FaultCause.BitRot, log.Says);
        AssertHeals();
        File.WriteAllBytes(home.Database, first);
        Assert.Equal(FaultCause.Misplaced, Assert.Single(home.Compare().Faults).Cause);
        AssertHeals();
    }

    [Fact]
    public void A_tree_that_differs_is_told_beside_an_index_that_agrees()
    {
        home.Rebuild();
        string tile = Path.Combine(home.Path, "tiles", "tile", "0", "001");
        byte[] bytes = File.ReadAllBytes(tile);
        bytes[100] ^= 1;
        File.WriteAllBytes(tile, bytes);

        Divergence found = home.Compare();

        Assert.Contains(found.Faults, f => f.File == "tiles/tile/0/001" && f.Cause == FaultCause.BitRot);
        // The run above it could not be told to be the same by the tree, and was by its rows.
        Assert.Equal(1, found.Index.Compared);
    }

    [Fact]
    public void What_a_newer_program_made_is_left_alone_until_somebody_says_so()
    {
        home.Rebuild();
        string pointer = Path.Combine(home.Folder, "index.json");
        string old = File.ReadAllText(pointer);
        byte[] whole = File.ReadAllBytes(home.Database);
        AssertIsLeft(() => home.Do("PRAGMA user_version = 9"));
        File.WriteAllBytes(home.Database, whole);
        AssertIsLeft(() => File.WriteAllText(pointer, old.Replace("index/v2", "index/v3", StringComparison.Ordinal)));
        File.WriteAllText(pointer, old);
        AssertIsLeft(() => File.WriteAllText(pointer, old.Replace("words/v1", "words/v2", StringComparison.Ordinal)));
        home.Rebuild(new IndexWish(ReplacesNewer: true));
        Assert.True(home.Compare(isThorough: true).IsNone);
    }

    [Fact]
    public void A_pointer_that_leads_elsewhere_is_followed_nowhere()
    {
        home.Rebuild();
        string pointer = Path.Combine(home.Folder, "index.json");
        string old = File.ReadAllText(pointer);
        foreach (
            string name in (string[])
                ["../segments/0000000000.seg", "g1.db/../../ledger.json", "/etc/passwd", "g0.db", "g1", "lock", ""]
        )
        {
            File.WriteAllText(pointer, old.Replace("\"g1.db\"", $"\"{name}\"", StringComparison.Ordinal));
            Assert.Equal(ErrorCodes.IndexUnusable, Assert.Throws<TessraxException>(() => home.Read()).Code);
            Assert.Contains(home.Compare().Faults, fault => fault.File == "index/index.json");
        }
        AssertHeals();
    }

    private void AssertIsLeft(Action change)
    {
        change();
        (string, string)[] before = Digests();
        Fault note = Assert.Single(home.Compare().Faults);
        Assert.Equal((ErrorCodes.IndexNewer, FaultWeight.Note), (note.Code, note.Weight));
        Assert.Equal(ErrorCodes.IndexNewer, Assert.Throws<TessraxException>(() => home.Read()).Code);
        Assert.Equal(ErrorCodes.IndexNewer, Assert.Throws<TessraxException>(() => home.Rebuild()).Code);
        home.Append("beside it");
        Assert.Equal(before, Digests());
    }

    private (string, string)[] Digests() =>
        [
            .. home.Names()
                .Select(name =>
                    (
                        name,
                        Convert.ToHexString(
                            System.Security.Cryptography.SHA256.HashData(
                                File.ReadAllBytes(Path.Combine(home.Folder, name))
                            )
                        )
                    )
                ),
        ];

    private void AssertHeals()
    {
        using (LedgerWriter writer = home.Open())
            writer.Append([TestLedger.Own("meanwhile")]);
        home.Rebuild();
        Assert.True(home.Compare(isThorough: true, withText: true).IsNone);
        Assert.True(home.Ledger.Verify().Holds);
    }
}
