using Npgsql;
using Tessrax.Node.Appending;
using Tessrax.Node.Snapshots;
using Tessrax.Node.Stores;
using Tessrax.Node.Tests.Snapshots;
using Xunit;

namespace Tessrax.Node.Tests.Stores;

// Of several copies of a directory, which one may go on.
public sealed partial class LedgerMoveTests
{
    [Fact]
    public void A_move_out_is_finished_by_no_copy_of_the_directory_that_was_made_before_it()
    {
        Move();
        string other = ledger.Beside("other");
        Copy(ledger.DirectoryPath, other);
        // This one died before it removed store.json.
        Become(StoreState.Left, MoveToken.Draw(ledger.DirectoryPath, ledger.Environment));
        long fence = Facts().Fence;
        RefusesBoth(other);
        Assert.Equal(
            ErrorCodes.StoreMismatch,
            Assert.Throws<TessraxException>(() => LedgerWriter.Open(other, TestLedger.Keys(), Away())).Code
        );
        // Whoever is refused shuts nobody out.
        Assert.Equal((StoreState.Left, fence), (Facts().State, Facts().Fence));
        new LedgerMove(ledger.Environment).ToDirectory(Address, ledger.DirectoryPath);
        RefusesBoth(other);
        Append(1);
        Move();
        Append(1);
        Holds();
    }

    [Fact]
    public void A_move_there_is_finished_by_no_other_copy_of_the_directory()
    {
        string other = ledger.Beside("other");
        Copy(ledger.DirectoryPath, other);
        BeginMove();
        Append(1);
        TessraxException refused = Assert.Throws<TessraxException>(() =>
            new LedgerMove(Away()).ToDatabase(other, Address)
        );
        Assert.Equal(ErrorCodes.StoreMismatch, refused.Code);
        Assert.Equal((9, StoreState.Filling), (Facts().Size, Facts().State));
        Move();
        Assert.Equal((22, StoreState.Open), (Facts().Size, Facts().State));
    }

    [Fact]
    public void Once_the_claim_of_a_lost_directory_is_taken_away_a_copy_of_it_finishes_the_move()
    {
        string other = ledger.Beside("other");
        Copy(ledger.DirectoryPath, other);
        BeginMove();
        Directory.Delete(ledger.DirectoryPath, recursive: true);
        Assert.Throws<TessraxException>(() => new LedgerMove(Away()).ToDatabase(other, Address));
        Assert.Equal(ledger.Id, LedgerStores.Release(Address, ledger.Id.ToString(), Away()).Id);
        Assert.Equal(21, new LedgerMove(Away()).ToDatabase(other, Address).Head.Size);
        Assert.Equal(StoreState.Open, Facts().State);
        // An open one has none.
        Assert.Equal(
            ErrorCodes.BadUsage,
            Assert.Throws<TessraxException>(() => LedgerStores.Release(Address, ledger.Id.ToString(), Away())).Code
        );
    }

    [Fact]
    public void The_options_of_the_address_are_those_of_every_later_opening()
    {
        string schema = $"s{ledger.Id.ToHex()[..12]}";
        using (var connection = new NpgsqlConnection(server.Connection))
        {
            connection.Open();
            using var command = new NpgsqlCommand($"CREATE SCHEMA {schema}", connection);
            command.ExecuteNonQuery();
        }
        string address = $"{Address}&Search%20Path={schema}";
        LedgerStores.Migrate(address, ledger.Environment);
        new LedgerMove(ledger.Environment).ToDatabase(ledger.DirectoryPath, address);
        Append(2);
        Assert.Equal(23, Assert.Single(LedgerStores.List(address, ledger.Environment)).Size);
        TessraxException refused = Assert.Throws<TessraxException>(() =>
            new LedgerMove(ledger.Environment).ToDirectory(Address, ledger.DirectoryPath)
        );
        Assert.Equal(ErrorCodes.StoreMismatch, refused.Code);
        new LedgerMove(ledger.Environment).ToDirectory(address, ledger.DirectoryPath);
    }

    [Fact]
    public void A_backup_of_a_working_copy_is_restored_as_one_and_catches_up()
    {
        Move();
        string file = ledger.Beside("file.backup");
        File.WriteAllBytes(file, SnapshotSamples.Of(ledger, SnapshotKind.Backup));
        Append(3);
        string restored = ledger.Beside("restored");
        // On another machine, which knows no mark.
        var restoration = new Restoration(Away(), ledger.Trust) { NothingNewer = true };
        Assert.True(restoration.Run(file, restored).IsMade);
        using (LedgerWriter writer = LedgerWriter.Open(restored, TestLedger.Keys(), Away()))
        {
            Assert.Equal(24, writer.Fold.Size);
            writer.Append([TestLedger.Own("after it")]);
        }
        Assert.Equal(25, Facts().Size);
    }

    [Fact]
    public void Of_two_working_copies_the_one_that_was_opened_last_writes()
    {
        Move();
        string other = ledger.Beside("other");
        Copy(ledger.DirectoryPath, other);
        using LedgerWriter first = ledger.Open();
        first.Append([TestLedger.Own("by the first")]);
        using LedgerWriter second = LedgerWriter.Open(other, TestLedger.Keys(), Away());
        Assert.Equal(22, second.Fold.Size);
        TessraxException refused = Assert.Throws<TessraxException>(() => first.Append([TestLedger.Own("too late")]));
        Assert.Equal(ErrorCodes.StaleWriter, refused.Code);
        second.Append([TestLedger.Own("by the second")]);
        Assert.Equal(23, Facts().Size);
        first.Dispose();
        using LedgerWriter again = ledger.Open();
        Assert.Equal(23, again.Fold.Size);
    }

    [Fact]
    public void Whoever_cannot_go_on_shuts_nobody_out()
    {
        Move();
        string other = ledger.Beside("other");
        Copy(ledger.DirectoryPath, other);
        using LedgerWriter writer = ledger.Open();
        using var wrong = new LedgerKeys(TestLedger.Seeded(8), TestLedger.Seeded(9));
        Assert.Equal(
            ErrorCodes.WrongKey,
            Assert.Throws<TessraxException>(() => LedgerWriter.Open(other, wrong, Away())).Code
        );
        writer.Append([TestLedger.Own("still the writer")]);
    }
}
