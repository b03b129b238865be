using Microsoft.Data.Sqlite;
using Tessrax.Node.Files;
using Tessrax.Node.Index;
using Tessrax.Node.Index.Sqlite;
using Tessrax.Node.Recovery;
using Tessrax.Node.Tests.Files;
using Xunit;

namespace Tessrax.Node.Tests.Index;

/// <summary>Files that are damaged, exchanged or tampered with: each is told, with its cause, and none makes the program fall.</summary>
public sealed class SqliteDamageTests : IDisposable
{
    private const int Size = 400;
    private readonly TemporaryFolder folder = new();
    private readonly SqliteIndexStore store = new(SystemDisk.Instance, TimeProvider.System);
    private readonly RandomDocuments random = new(11);
    private readonly ModelIndex model = new();
    private readonly string place;

    public SqliteDamageTests()
    {
        place = folder["g1.db"];
        using IIndexBackend index = store.Create(place, RandomDocuments.Mark(0), new IndexOptions());
        IndexConformance.Grow(index, model, random, Size);
    }

    public void Dispose() => folder.Dispose();

    [Fact]
    public void Files_that_are_no_index_are_told_apart()
    {
        byte[] whole = File.ReadAllBytes(place);
        byte[] older = [.. whole];
        older[60 + 3] = 1;
        (byte[] Bytes, FaultCause Cause)[] files =
        [
            ([], FaultCause.Truncation),
            (new byte[8192], FaultCause.LostWrite),
            ("a letter, and no database"u8.ToArray(), FaultCause.ForeignFile),
            (whole[..50], FaultCause.Truncation),
            (whole[..(whole.Length / 2)], FaultCause.Truncation),
            (whole[..^8192], FaultCause.Truncation),
            (Database("CREATE TABLE t(a)"), FaultCause.ForeignFile),
        ];
        foreach ((byte[] bytes, FaultCause cause) in files)
        {
            File.WriteAllBytes(place, bytes);
            Assert.Equal(ErrorCodes.IndexUnusable, CodeOf(IndexAccess.Read));
            Assert.Equal(ErrorCodes.IndexUnusable, CodeOf(IndexAccess.Immutable));
            Assert.Equal(cause, store.Diagnose(place));
        }
        File.WriteAllBytes(place, older);
        Assert.Equal(ErrorCodes.IndexUnusable, CodeOf(IndexAccess.Read));
        store.Delete(place);
        Assert.Equal(FaultCause.Missing, store.Diagnose(place));
    }

    [Fact]
    public void A_file_of_a_newer_program_is_left_as_it_is()
    {
        Do($"PRAGMA user_version = {SqliteSchema.Version + 1}");
        byte[] before = File.ReadAllBytes(place);
        foreach (IndexAccess access in Enum.GetValues<IndexAccess>())
            Assert.Equal(ErrorCodes.IndexNewer, CodeOf(access));
        Assert.Equal(before, File.ReadAllBytes(place));
    }

    [Theory]
    [InlineData("CREATE TRIGGER t AFTER INSERT ON run BEGIN DELETE FROM entry; END")]
    [InlineData("CREATE VIEW v AS SELECT * FROM entry")]
    [InlineData("CREATE TABLE other(a)")]
    [InlineData("CREATE INDEX other ON entry(at)")]
    [InlineData("CREATE VIRTUAL TABLE other USING fts5(a)")]
    [InlineData("DROP TABLE run")]
    [InlineData("ALTER TABLE entry ADD COLUMN more INTEGER")]
    [InlineData("DROP TABLE text")]
    [InlineData("UPDATE mark SET words = NULL")]
    [InlineData(
        "PRAGMA writable_schema = ON; UPDATE sqlite_schema SET sql = replace(sql, 'ascii', 'trigram') WHERE name = 'text'"
    )]
    [InlineData(
        "PRAGMA writable_schema = ON; UPDATE sqlite_schema SET sql = replace(sql, 'CHECK(id = 1)', 'CHECK(id = 2)') WHERE name = 'mark'"
    )]
    public void A_schema_that_is_not_ours_is_not_used(string change)
    {
        Do(change);
        foreach (IndexAccess access in Enum.GetValues<IndexAccess>())
            Assert.Equal(ErrorCodes.IndexUnusable, CodeOf(access));
        Assert.Equal(FaultCause.EditedByHand, store.Diagnose(place));
    }

    [Theory]
    [InlineData("UPDATE mark SET ledger = x'00'")]
    [InlineData("UPDATE mark SET size = -1")]
    [InlineData("DELETE FROM mark")]
    public void A_mark_that_is_none_is_told(string change)
    {
        Do(change);
        Assert.Equal(ErrorCodes.IndexUnusable, CodeOf(IndexAccess.Read));
    }

    [Fact]
    public void Rows_and_postings_that_say_something_else_are_read_as_they_are_and_end_nothing()
    {
        Do(
            """
            UPDATE entry SET fields = x'FFFFFFFFFFFFFFFFFFFFFFFFFF' WHERE idx = 3;
            UPDATE entry SET fields = x'FF7F', words = x'' WHERE idx = 4;
            UPDATE entry SET fields = x'80' WHERE idx = 5;
            UPDATE value SET field = 9999 WHERE id = 1;
            INSERT INTO posting VALUES(777777, 1), (1, 9223372036854775807), (2, -9223372036854775808);
            INSERT INTO block VALUES(9223372036854775807, 9223372036854775807, NULL, zeroblob(32));
            INSERT INTO run VALUES(-5);
            """
        );
        using IIndexBackend index = store.Open(place, IndexAccess.Read);
        Assert.Contains("missing", index.Rows(4, 5)[0].Fields[0].Value, StringComparison.Ordinal);
        Assert.Contains("no number", index.Rows(5, 6)[0].Fields[0].Value, StringComparison.Ordinal);
        Assert.NotEmpty(index.Rows(0, long.MaxValue));
        Assert.NotEqual(model.Postings(), index.Postings().ToHashSet());
        Assert.NotEqual(model.Runs(), index.Runs());
        Assert.Contains("posting", index.Fault(quick: false), StringComparison.Ordinal);
        IndexConformance.Compare(index, model, new RandomDocuments(11), questions: 0);
    }

    [Fact]
    public void Whatever_byte_of_it_is_spoilt_it_is_told_or_changes_nothing()
    {
        byte[] whole = File.ReadAllBytes(place);
        int told = 0;
        const int Rounds = 64;
        for (int round = 0; round < Rounds; round++)
        {
            byte[] spoilt = [.. whole];
            // Past the header, which has tests of its own; a few bytes in a row, or a page of zeros.
            int at = 100 + random.Next(whole.Length - 108);
            if (round % 8 == 0)
                spoilt.AsSpan(Math.Max(100, at / 8192 * 8192)..((at / 8192 + 1) * 8192)).Clear();
            else
                spoilt.AsSpan(at, 1 + random.Next(8)).Fill((byte)random.Next(256));
            string copy = folder[$"s{round}.db"];
            File.WriteAllBytes(copy, spoilt);
            told += IsTold(copy) ? 1 : 0;
            store.Delete(copy);
        }
        Assert.InRange(told, Rounds / 4, Rounds);
    }

    [Fact]
    public void A_log_that_is_cut_short_loses_its_last_commits_alone()
    {
        string writing = folder["w.db"];
        var sizes = new Dictionary<long, ModelIndex>();
        var documents = new RandomDocuments(12);
        var grown = new ModelIndex();
        byte[] file;
        byte[] log;
        using (IIndexBackend index = store.Create(writing, RandomDocuments.Mark(0), new IndexOptions()))
        {
            sizes[0] = new ModelIndex();
            for (int commit = 0; commit < 5; commit++)
            {
                IndexConformance.Grow(index, grown, documents, 30);
                sizes[grown.Size] = grown.Copy();
            }
            file = File.ReadAllBytes(writing);
            log = File.ReadAllBytes(writing + "-wal");
        }
        string copy = folder["c.db"];
        var seen = new HashSet<long>();
        for (int step = 0; step <= 24; step++)
        {
            File.WriteAllBytes(copy, file);
            File.WriteAllBytes(copy + "-wal", log[..(int)((long)log.Length * step / 24)]);
            using (IIndexBackend index = store.Open(copy, IndexAccess.Write))
            {
                ModelIndex expected = sizes[index.Mark.Size];
                IndexConformance.CompareWhole(index, expected);
                seen.Add(index.Mark.Size);
            }
            store.Delete(copy);
        }
        Assert.True(seen.SetEquals(sizes.Keys));
    }

    [Fact]
    public void The_log_of_another_generation_shows_in_the_mark()
    {
        string other = folder["g2.db"];
        byte[] log;
        using (IIndexBackend index = store.Create(other, RandomDocuments.Mark(0, generation: 2), new IndexOptions()))
        {
            index.Add(new RandomDocuments(13).Take(0, 9));
            index.Commit(RandomDocuments.Mark(9, generation: 2), []);
            log = File.ReadAllBytes(other + "-wal");
        }
        File.WriteAllBytes(place + "-wal", log);
        Assert.Equal(ErrorCodes.IndexMode, CodeOf(IndexAccess.Immutable));
        try
        {
            using IIndexBackend index = store.Open(place, IndexAccess.Read);
            Assert.NotEqual(RandomDocuments.Mark(Size), index.Mark);
        }
        catch (TessraxException e)
        {
            Assert.Equal(ErrorCodes.IndexUnusable, e.Code);
        }
    }

    [Fact]
    public void Shared_memory_that_is_gone_is_made_again_and_the_folder_is_left_as_it_was()
    {
        using (IIndexBackend index = store.Open(place, IndexAccess.Write))
            IndexConformance.Grow(index, model, random, 10);
        string[] before = Directory.GetFiles(folder.Path);
        using (IIndexBackend reader = store.Open(place, IndexAccess.Read))
            IndexConformance.CompareWhole(reader, model);
        Assert.Equal(before, Directory.GetFiles(folder.Path));
        File.WriteAllBytes(place + "-shm", new byte[32768]);
        using (IIndexBackend reader = store.Open(place, IndexAccess.Read))
            IndexConformance.CompareWhole(reader, model);
    }

    [Fact]
    public void A_place_that_a_log_cannot_be_kept_in_asks_for_the_other_mode()
    {
        // Where nothing can be written, the shared memory beside the file cannot be made either.
        File.CreateSymbolicLink(place + "-shm", place + "-shm");
        Assert.Equal(ErrorCodes.IndexMode, CodeOf(IndexAccess.Read));
        Assert.Null(CodeOf(IndexAccess.Immutable));
    }

    // Whoever closes any descriptor of a file lets go of all locks of his process on it. Without them another process deletes the log under the writer.
    [Fact]
    public void Whoever_looks_at_a_file_beside_its_writer_leaves_its_locks()
    {
        Assert.SkipUnless(File.Exists("/proc/locks"), "only Linux lists locks");
        using IIndexBackend writer = store.Open(place, IndexAccess.Write);
        IndexConformance.Grow(writer, model, random, 10);
        Assert.True(IsLocked());
        using (IIndexBackend reader = store.Open(place, IndexAccess.Read))
            IndexConformance.CompareWhole(reader, model);
        Assert.True(IsLocked());
        store.Sync(place);
        Assert.Null(store.Diagnose(place));
        Assert.True(IsLocked());
        IndexConformance.Grow(writer, model, random, 10);
        IndexConformance.CompareWhole(writer, model);
    }

    [Fact]
    public void A_second_writer_waits_and_is_told_that_it_is_busy()
    {
        using var held = new SqliteConnection($"Data Source={place};Pooling=False");
        held.Open();
        using SqliteCommand begin = held.CreateCommand();
        begin.CommandText = "BEGIN IMMEDIATE";
        begin.ExecuteNonQuery();
        var impatient = new SqliteIndexStore(SystemDisk.Instance, TimeProvider.System) { Patience = 50 };
        using IIndexBackend index = impatient.Open(place, IndexAccess.Write);
        IndexDocument[] next = random.Take(Size, 1);
        Assert.Equal(ErrorCodes.IndexBusy, Assert.Throws<TessraxException>(() => index.Add(next)).Code);
        begin.CommandText = "ROLLBACK";
        begin.ExecuteNonQuery();
        IndexConformance.Grow(index, model, random, 1);
    }

    private bool IsLocked()
    {
        var info = new System.Diagnostics.ProcessStartInfo("stat", ["-c", "%i", place])
        {
            RedirectStandardOutput = true,
        };
        using var stat = System.Diagnostics.Process.Start(info)!;
        string inode = stat.StandardOutput.ReadToEnd().Trim();
        return File.ReadLines("/proc/locks")
            .Any(line =>
                line.Contains("POSIX", StringComparison.Ordinal)
                && line.Contains($":{inode} ", StringComparison.Ordinal)
            );
    }

    private bool IsTold(string copy) => IndexConformance.IsTold(store, copy, model);

    private ErrorCode? CodeOf(IndexAccess access) => IndexConformance.CodeOf(store, place, access);

    private byte[] Database(string statement)
    {
        string file = folder["other.db"];
        Do(statement, file);
        return File.ReadAllBytes(file);
    }

    private void Do(string statement, string? file = null)
    {
        using (var connection = new SqliteConnection($"Data Source={file ?? place};Pooling=False;Foreign Keys=False"))
        {
            connection.Open();
            using SqliteCommand command = connection.CreateCommand();
            command.CommandText = statement;
            command.ExecuteNonQuery();
        }
    }
}
