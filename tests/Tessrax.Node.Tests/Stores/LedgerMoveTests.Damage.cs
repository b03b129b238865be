using Npgsql;
using Tessrax.Node.Appending;
using Tessrax.Node.Files;
using Tessrax.Node.Maintenance;
using Tessrax.Node.Reading;
using Tessrax.Node.Stores;
using Xunit;

namespace Tessrax.Node.Tests.Stores;

// What the database has, and what it should have, are two things.
public sealed partial class LedgerMoveTests
{
    [Fact]
    public void A_database_that_lost_its_newest_batches_is_given_them_again_by_the_copy_that_has_them()
    {
        Move();
        string older = Root();
        Append(2);
        Execute(
            $"DELETE FROM tessrax_batches WHERE next_index > 21 AND ledger = {Number}; UPDATE tessrax_ledgers SET size = 21, root = decode('{older}', 'hex') WHERE ledger = {Number}"
        );
        TessraxException behind = Assert.Throws<TessraxException>(() => ledger.Open());
        Assert.Equal(ErrorCodes.Behind, behind.Code);
        Assert.Contains("tessraxctl move ", behind.Hint, StringComparison.Ordinal);
        LedgerMoved moved = new LedgerMove(ledger.Environment).ToDatabase(ledger.DirectoryPath, Address);
        Assert.Equal((2, 23), (moved.Copied, moved.Head.Size));
        Append(1);
        Holds();
    }

    [Fact]
    public void Catching_up_that_was_cut_short_between_a_payload_and_its_erasure_goes_on()
    {
        Move();
        string other = ledger.Beside("other");
        Copy(ledger.DirectoryPath, other);
        Append(3);
        using (LedgerWriter writer = ledger.Open())
            new PayloadDesk(writer, SystemDisk.Instance).Erase(22, "asked for");
        using var cancel = new CancellationTokenSource();
        var stopping = new LedgerMove(Away()) { Progress = new StopAt(23, cancel) };
        Assert.Throws<OperationCanceledException>(() => stopping.Check(other, cancel.Token));
        using (LedgerView view = LedgerView.Open(other, ledger.Environment.Disk))
            Assert.Equal(23, view.Fold.Size);
        using LedgerWriter again = LedgerWriter.Open(other, TestLedger.Keys(), Away());
        Assert.Equal(25, again.Fold.Size);
        Assert.True(again.Stored(22).IsErased);
    }

    [Fact]
    public void A_payload_that_is_missing_and_that_nothing_erases_is_damage_after_catching_up_too()
    {
        Move();
        string other = ledger.Beside("other");
        Copy(ledger.DirectoryPath, other);
        Append(3);
        Execute(
            $"UPDATE tessrax_batches SET entries = substring(entries FROM 1 FOR 4) || decode('feffffff', 'hex') || substring(entries FROM 9 FOR get_byte(entries, 0) + 256 * get_byte(entries, 1)) WHERE next_index = 23 AND ledger = {Number}"
        );
        for (int i = 0; i < 2; i++)
            Assert.Equal(
                ErrorCodes.Damaged,
                Assert.Throws<TessraxException>(() => LedgerWriter.Open(other, TestLedger.Keys(), Away())).Code
            );
    }

    [Fact]
    public void What_a_database_brings_back_of_an_erased_payload_is_found_and_erased_again()
    {
        Move();
        using (LedgerWriter writer = ledger.Open())
            new PayloadDesk(writer, SystemDisk.Instance).Erase(5, "asked for");
        Execute(
            $"UPDATE tessrax_batches SET entries = substring(entries FROM 1 FOR 4) || decode('02000000' || substring(encode(entries, 'hex') FROM 17) || '7b7d' || repeat('00', 32), 'hex') WHERE next_index = 6 AND ledger = {Number}"
        );
        var move = new LedgerMove(ledger.Environment);
        TessraxException differs = Assert.Throws<TessraxException>(() => move.Check(ledger.DirectoryPath));
        Assert.Equal(ErrorCodes.StoreMismatch, differs.Code);
        move.ToDatabase(ledger.DirectoryPath, Address);
        move.Check(ledger.DirectoryPath);
        Assert.True(Stored().SelectMany(batch => batch.Entries).ElementAt(5).IsErased);
    }

    [Theory]
    [InlineData("UPDATE tessrax_ledgers SET size = 30 WHERE ledger = ")]
    [InlineData("UPDATE tessrax_batches SET entries = '' WHERE next_index > 20 AND ledger = ")]
    [InlineData("UPDATE tessrax_batches SET entries = entries || 'x' WHERE next_index = 21 AND ledger = ")]
    [InlineData("DELETE FROM tessrax_batches WHERE next_index = 21 AND ledger = ")]
    public void Rows_that_no_writer_made_are_damage(string statement)
    {
        Move();
        Execute(statement + Number);
        Assert.Equal(ErrorCodes.Damaged, Assert.Throws<TessraxException>(() => ledger.Open()).Code);
        Assert.Equal(
            ErrorCodes.Damaged,
            Assert.Throws<TessraxException>(() => new LedgerMove(ledger.Environment).Check(ledger.DirectoryPath)).Code
        );
    }

    [Fact]
    public void Files_that_were_never_moved_have_nothing_to_be_compared_with() =>
        Assert.Equal(
            ErrorCodes.BadUsage,
            Assert.Throws<TessraxException>(() => new LedgerMove(ledger.Environment).Check(ledger.DirectoryPath)).Code
        );

    [Fact]
    public void A_database_that_was_set_back_is_noticed_when_the_ledger_is_opened()
    {
        Move();
        Append(1);
        using (var connection = new NpgsqlConnection(server.Connection))
        {
            connection.Open();
            using var command = new NpgsqlCommand(
                $"UPDATE tessrax_ledgers SET size = 21 WHERE id = decode('{ledger.Id.ToHex()}', 'hex')",
                connection
            );
            command.ExecuteNonQuery();
        }
        Assert.Equal(ErrorCodes.Behind, Assert.Throws<TessraxException>(() => ledger.Open()).Code);
    }

    [Fact]
    public void Another_history_in_the_database_is_not_taken_for_this_one()
    {
        Move();
        string other = ledger.Beside("other");
        Copy(ledger.DirectoryPath, other);
        Append(1);
        using (var connection = new NpgsqlConnection(server.Connection))
        {
            connection.Open();
            using var command = new NpgsqlCommand(
                $"UPDATE tessrax_batches SET entries = set_byte(entries, 20, (get_byte(entries, 20) + 1) % 128) WHERE next_index = 22 AND ledger = (SELECT ledger FROM tessrax_ledgers WHERE id = decode('{ledger.Id.ToHex()}', 'hex'))",
                connection
            );
            Assert.Equal(1, command.ExecuteNonQuery());
        }
        TessraxException differs = Assert.Throws<TessraxException>(() =>
            new LedgerMove(ledger.Environment).Check(ledger.DirectoryPath)
        );
        Assert.Equal(ErrorCodes.StoreMismatch, differs.Code);
        // A copy that would have to take it over holds it to the signed root first, and keeps nothing of it.
        Assert.Equal(
            ErrorCodes.Damaged,
            Assert.Throws<TessraxException>(() => LedgerWriter.Open(other, TestLedger.Keys(), Away())).Code
        );
        using LedgerView view = LedgerView.Open(other, ledger.Environment.Disk);
        Assert.Equal(21, view.Fold.Size);
    }
}
