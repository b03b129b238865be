using Tessrax.Node.Appending;
using Tessrax.Node.Files;
using Tessrax.Node.Maintenance;
using Tessrax.Node.Reading;
using Tessrax.Node.Segments;
using Tessrax.Node.Stores;
using Xunit;

namespace Tessrax.Node.Tests.Stores;

/// <summary>A ledger goes to PostgreSQL and back, and goes on in either place, as the same ledger.</summary>
public sealed partial class LedgerMoveTests : PostgresLedgerTests
{
    public LedgerMoveTests(PostgresServer running)
        : base(running) { }

    [Fact]
    public void It_is_the_same_there_and_back()
    {
        List<Batch> before = Batches();
        byte[] segment = File.ReadAllBytes(Path.Combine(ledger.DirectoryPath, "segments", "0000000000.seg"));
        LedgerMoved moved = new LedgerMove(ledger.Environment).ToDatabase(ledger.DirectoryPath, Address);
        Assert.Equal(Head(), moved.Head);
        Assert.Equal((21, before.Count), (moved.Copied, moved.Checkpoints));
        StoreConformance.Same(before, Stored());
        Holds();

        LedgerMoved again = new LedgerMove(ledger.Environment).ToDatabase(ledger.DirectoryPath, Address);
        Assert.Equal(moved with { Copied = 0 }, again);

        LedgerMoved back = new LedgerMove(ledger.Environment).ToDirectory(Address, ledger.DirectoryPath);
        Assert.Equal(moved with { Copied = 0 }, back);
        Assert.Equal(segment, File.ReadAllBytes(Path.Combine(ledger.DirectoryPath, "segments", "0000000000.seg")));
        Append(1);
        Holds();
        Assert.Equal(StoreState.Left, Facts().State);
        Assert.Equal(21, Facts().Size);
    }

    [Fact]
    public void What_is_appended_there_is_durable_there_first_and_proves_as_ever()
    {
        Move();
        Append(12);
        Assert.Equal(33, Facts().Size);
        StoreConformance.Same(Batches(), Stored());
        Holds();
        using (LedgerView view = ledger.View())
            Assert.Equal(33, view.Fold.Size);
        new LedgerMove(ledger.Environment).Check(ledger.DirectoryPath);
        new LedgerMove(ledger.Environment).ToDirectory(Address, ledger.DirectoryPath);
        Append(3);
        Assert.Equal(36, Head().Size);
        Holds();
    }

    [Fact]
    public void What_was_interrupted_goes_on_where_it_was_and_is_not_switched_before_it_is_whole()
    {
        BeginMove();
        Assert.Equal((9, StoreState.Filling), (Facts().Size, Facts().State));
        // Its files still decide.
        Append(2);
        LedgerMoved moved = new LedgerMove(ledger.Environment).ToDatabase(ledger.DirectoryPath, Address);
        Assert.Equal(14, moved.Copied);
        Assert.Equal(23, moved.Head.Size);
        StoreConformance.Same(Batches(), Stored());
    }

    [Fact]
    public void A_move_that_died_between_the_two_marks_of_the_switch_is_finished_by_another_run()
    {
        Move();
        Become(StoreState.Filling, MoveToken.Draw(ledger.DirectoryPath, ledger.Environment));
        Assert.Equal(ErrorCodes.StoreMismatch, Assert.Throws<TessraxException>(() => Append(1)).Code);
        Move();
        Append(1);

        Become(StoreState.Left, MoveToken.Draw(ledger.DirectoryPath, ledger.Environment));
        Assert.Equal(ErrorCodes.StoreMismatch, Assert.Throws<TessraxException>(() => Append(1)).Code);
        new LedgerMove(ledger.Environment).ToDirectory(Address, ledger.DirectoryPath);
        Append(1);
        Assert.Equal((23, 22), (Head().Size, Facts().Size));
    }

    [Fact]
    public void A_ledger_that_came_back_goes_there_again_from_where_it_left()
    {
        Move();
        new LedgerMove(ledger.Environment).ToDirectory(Address, ledger.DirectoryPath);
        Append(4);
        LedgerMoved again = new LedgerMove(ledger.Environment).ToDatabase(ledger.DirectoryPath, Address);
        Assert.Equal((4, 25), (again.Copied, again.Head.Size));
        Append(1);
        Holds();
    }

    [Fact]
    public void A_working_copy_catches_up_with_what_a_crash_kept_from_it()
    {
        Move();
        string old = ledger.Beside("old");
        Copy(ledger.DirectoryPath, old);
        Append(6);
        byte[] now = File.ReadAllBytes(Path.Combine(ledger.DirectoryPath, "segments", "0000000000.seg"));
        Directory.Delete(ledger.DirectoryPath, recursive: true);
        Directory.Move(old, ledger.DirectoryPath);
        ledger.Open().Dispose();
        Assert.Equal(27, Head().Size);
        Assert.Equal(now, File.ReadAllBytes(Path.Combine(ledger.DirectoryPath, "segments", "0000000000.seg")));
        Append(1);
        Holds();
    }

    [Fact]
    public void A_payload_that_is_erased_goes_from_the_database_too()
    {
        Move();
        using (LedgerWriter writer = ledger.Open())
        {
            Assert.False(writer.Stored(5).Payload.IsEmpty);
            Assert.Equal(1, new PayloadDesk(writer, SystemDisk.Instance).Erase(5, "asked for").Done!.Payloads);
            Assert.True(writer.Stored(5).IsErased);
        }
        StoredEntry there = Stored().SelectMany(batch => batch.Entries).ElementAt(5);
        Assert.True(there.IsErased && there.Payload.IsEmpty && there.Salt.IsEmpty);
        new LedgerMove(ledger.Environment).Check(ledger.DirectoryPath);
        Holds();
    }

    [Fact]
    public void Without_its_database_a_working_copy_is_read_and_not_written()
    {
        Move();
        File.WriteAllText(
            Path.Combine(ledger.DirectoryPath, StorePlace.FileName),
            """{"database":"postgres://tester@127.0.0.1:1/postgres?sslmode=disable","store":"tessrax/store/v1"}"""
        );
        Assert.Equal(ErrorCodes.StoreAway, Assert.Throws<TessraxException>(() => ledger.Open()).Code);
        Holds();
    }

    // To the database, as far as nine entries.
    private void BeginMove()
    {
        using var cancel = new CancellationTokenSource();
        var stopping = new LedgerMove(ledger.Environment) { Progress = new StopAt(9, cancel) };
        Assert.Throws<OperationCanceledException>(() =>
            stopping.ToDatabase(ledger.DirectoryPath, Address, cancel.Token)
        );
    }

    private void RefusesBoth(string copy)
    {
        var move = new LedgerMove(Away());
        Assert.Equal(
            ErrorCodes.StoreMismatch,
            Assert.Throws<TessraxException>(() => move.ToDirectory(Address, copy)).Code
        );
        Assert.Equal(
            ErrorCodes.StoreMismatch,
            Assert.Throws<TessraxException>(() => move.ToDatabase(copy, Address)).Code
        );
    }
}
