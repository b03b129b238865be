using System.Text;
using Tessrax.Node.Index;
using Tessrax.Node.Recovery;
using Tessrax.Node.Tests.Files;
using Tessrax.Node.Tests.Recovery;
using Xunit;

namespace Tessrax.Node.Tests.Index;

/// <summary>What is done to an index beside searching it: tidied, switched to another mode, cut short and gone on with, and looked at after a power cut.</summary>
public sealed class IndexCareTests : IDisposable
{
    private const int Size = IndexHome.Size;
    private readonly IndexHome home = new();

    public void Dispose() => home.Dispose();

    [Fact]
    public void What_was_stopped_goes_on_where_it_was()
    {
        home.Rebuild();
        var shop = new IndexWorkshop(home.Path, home.Environment);
        using (IndexSource source = IndexSource.Open(home.Path, home.Environment.Disk, runLength: 100))
        using (shop.Locks.Build())
        using (var stop = new CancellationTokenSource())
        {
            stop.Cancel();
            Assert.Null(new IndexMaker(shop, source) { Step = 100, Stop = stop.Token }.Make(new IndexWish(Threads: 1)));
        }
        Assert.Equal("rebuild: build", LedgerIndex.Status(home.Path, home.Environment).UnderWay);
        Assert.Equal(FaultCause.Stale, Assert.Single(home.Compare().Faults).Cause);
        // The old one serves meanwhile.
        Assert.Equal((1L, (long)Size), (home.Mark().Generation, home.Mark().Size));
        long reached = SizeOf("g2.db");
        Assert.InRange(reached, 1, Size - 1);
        IndexMade made = home.Rebuild();
        Assert.Equal((Size, reached), (made.Size, made.ResumedFrom));
        Assert.Equal(2, home.Mark().Generation);
        Assert.Empty(home.Compare(isThorough: true, withText: true).Faults);
    }

    [Theory]
    [InlineData(null, true)]
    [InlineData("UPDATE entry SET at = at + 1 WHERE idx = 20", false)]
    public void After_another_start_of_the_machine_what_was_begun_is_looked_at(string? damage, bool goesOn)
    {
        home.Rebuild();
        var shop = new IndexWorkshop(home.Path, home.Environment);
        using (IndexSource source = IndexSource.Open(home.Path, home.Environment.Disk, runLength: 100))
        using (shop.Locks.Build())
        using (var stop = new CancellationTokenSource())
        {
            stop.Cancel();
            new IndexMaker(shop, source) { Step = 100, Stop = stop.Token }.Make(new IndexWish(Threads: 1));
        }
        if (damage is not null)
            Change("g2.db", damage);
        home.Boot = "second";
        home.Environment = home.Environment with { };
        Assert.Equal(goesOn, home.Rebuild().ResumedFrom is not null);
        Assert.Empty(home.Compare(isThorough: true, withText: true).Faults);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("UPDATE entry SET at = at + 1 WHERE idx = 20")]
    public void What_was_followed_when_the_power_went_is_looked_at_before_it_serves(string? damage)
    {
        home.Rebuild();
        home.Files.WriteFollowing("first");
        Assert.Equal(1, home.Mark().Generation);
        home.Boot = "second";
        if (damage is not null)
            home.Do(damage);
        Assert.Equal(ErrorCodes.IndexUnusable, Assert.Throws<TessraxException>(() => home.Read()).Code);
        Assert.Contains(home.Compare().Faults, f => f.Says.Contains("started again", StringComparison.Ordinal));
        home.Append("the next writer");
        Assert.Equal(damage is null ? 1 : 2, home.Mark().Generation);
        Assert.Equal(Size + 1, home.Mark().Size);
        Assert.Empty(home.Compare(isThorough: true, withText: true).Faults);
    }

    [Fact]
    public void An_immutable_index_is_read_without_touching_a_file_and_follows_nothing()
    {
        home.Rebuild();
        Assert.True(LedgerIndex.SetMode(home.Path, home.Environment, isImmutable: true));
        Assert.False(LedgerIndex.SetMode(home.Path, home.Environment, isImmutable: true));
        Assert.Equal(["g2.db", "index.json"], home.Names());
        (string, DateTime)[] before = Times();
        using (IndexReading open = home.Read())
        {
            Assert.Equal(Size, open.Backend.Rows(0, Size).Count);
            Assert.Equal(before, Times());
        }
        Assert.Empty(home.Compare(isThorough: true, withText: true).Faults);
        Assert.Equal(before, Times());
        home.Append("not followed");
        Assert.Equal(before, Times());
        Assert.Equal(Size, home.Mark().Size);
        Assert.Equal(1, LedgerIndex.Status(home.Path, home.Environment).Behind);
        Assert.Equal(
            ErrorCodes.IndexMode,
            Assert.Throws<TessraxException>(() => LedgerIndex.Vacuum(home.Path, home.Environment, true)).Code
        );
        Assert.True(LedgerIndex.SetMode(home.Path, home.Environment, isImmutable: false));
        home.Append("followed");
        Assert.Equal(Size + 2, home.Mark().Size);
        Assert.Equal(["g3.db", "index.json"], home.Names());
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Tidying_up_changes_nothing_that_is_found(bool isIncremental)
    {
        home.Rebuild();
        // Pages that hold nothing any more.
        home.Do(
            "CREATE TABLE waste(a); INSERT INTO waste SELECT zeroblob(100000) FROM entry LIMIT 40; DROP TABLE waste"
        );
        byte[] rows = Rows();
        IndexTidied tidied = LedgerIndex.Vacuum(home.Path, home.Environment, isIncremental);
        Assert.InRange(tidied.Before.FreePages, 100, long.MaxValue);
        Assert.Equal(0, tidied.After.FreePages);
        Assert.InRange(new FileInfo(home.Database).Length, 1, tidied.Before.Bytes / 4);
        Assert.Equal(rows, Rows());
        Assert.Equal(isIncremental ? 1 : 2, home.Mark().Generation);
        Assert.Empty(home.Compare(isThorough: true, withText: true).Faults);
        home.Append("goes on");
        Assert.Equal(Size + 1, home.Mark().Size);
    }

    [Fact]
    public void A_writer_looks_after_it_when_it_is_time()
    {
        home.Rebuild();
        home.Files.Write(home.Files.Pointer() with { Care = new IndexCareTimes(TimeSpan.FromMinutes(1), false) });
        home.Append("first");
        DateTimeOffset first = home.Files.LastCare()!.Value;
        home.Files.WriteCare(first - TimeSpan.FromHours(1));
        home.Append("second");
        Assert.InRange(home.Files.LastCare()!.Value, first, DateTimeOffset.MaxValue);
        Assert.Equal(1, Count("SELECT count(*) FROM sqlite_master WHERE name = 'sqlite_stat1'"));
    }

    [Fact]
    public void One_process_at_a_time_works_on_it()
    {
        home.Rebuild();
        var shop = new IndexWorkshop(home.Path, home.Environment);
        using (shop.Locks.Build())
        {
            foreach (
                Action work in (Action[])
                    [
                        () => home.Rebuild(),
                        () => LedgerIndex.Vacuum(home.Path, home.Environment),
                        () => LedgerIndex.SetMode(home.Path, home.Environment, isImmutable: true),
                    ]
            )
                Assert.Equal(ErrorCodes.IndexBusy, Assert.Throws<TessraxException>(work).Code);
            // It serves and follows meanwhile.
            home.Append("meanwhile");
            Assert.Equal(Size + 1, home.Mark().Size);
        }
    }

    [Theory]
    [InlineData("rebuild")]
    [InlineData("vacuum")]
    [InlineData("mode")]
    public void Whichever_step_it_dies_at_one_generation_serves(string operation)
    {
        var disk = new SteppedDisk();
        home.Environment = home.Environment with { Disk = disk };
        home.Rebuild();
        for (int step = 1; ; step++)
        {
            disk.Restart(step);
            bool died = false;
            try
            {
                Do(operation);
            }
            catch (SimulatedCrash)
            {
                died = true;
            }
            disk.Restart();
            Assert.Equal(Size, home.Mark().Size);
            if (!died)
            {
                Assert.InRange(step, 10, 200);
                break;
            }
            home.Rebuild();
            Assert.Equal([Path.GetFileName(home.Database), "index.json"], home.Names());
        }
        Assert.Empty(home.Compare(isThorough: true, withText: true).Faults);
    }

    private void Do(string operation)
    {
        if (operation == "rebuild")
            home.Rebuild();
        else if (operation == "vacuum")
            LedgerIndex.Vacuum(home.Path, home.Environment);
        else
            LedgerIndex.SetMode(home.Path, home.Environment, isImmutable: true);
    }

    private byte[] Rows()
    {
        using IndexReading open = home.Read();
        return Encoding.UTF8.GetBytes(IndexEntry.DigestOf(open.Backend.Rows(0, Size)).ToString());
    }

    private long SizeOf(string name)
    {
        using IIndexBackend open = new IndexStores(home.Environment)
            .Of("sqlite")
            .Open(Path.Combine(home.Folder, name), IndexAccess.Read);
        return open.Mark.Size;
    }

    private long Count(string statement)
    {
        using var connection = new Microsoft.Data.Sqlite.SqliteConnection($"Data Source={home.Database};Pooling=False");
        connection.Open();
        using Microsoft.Data.Sqlite.SqliteCommand command = connection.CreateCommand();
        command.CommandText = statement;
        return (long)command.ExecuteScalar()!;
    }

    private void Change(string name, string statement)
    {
        using var connection = new Microsoft.Data.Sqlite.SqliteConnection(
            $"Data Source={Path.Combine(home.Folder, name)};Pooling=False"
        );
        connection.Open();
        using Microsoft.Data.Sqlite.SqliteCommand command = connection.CreateCommand();
        command.CommandText = statement;
        command.ExecuteNonQuery();
    }

    private (string, DateTime)[] Times() =>
        [.. home.Names().Select(name => (name, File.GetLastWriteTimeUtc(Path.Combine(home.Folder, name))))];
}
