using Tessrax.Ledger;
using Tessrax.Node.Appending;
using Tessrax.Node.Reading;
using Tessrax.Node.Stores;
using Tessrax.Node.Transactions;
using Xunit;

namespace Tessrax.Node.Tests.Stores;

// Receipts in two phases go along.
public sealed partial class LedgerMoveTests
{
    private string Prepared => Path.Combine(ledger.DirectoryPath, "prepared");

    [Fact]
    public void Prepared_receipts_go_along_there_and_back_with_what_was_decided_on_them()
    {
        (TransactionToken waits, TransactionToken given, TransactionToken done) = Prepare();
        Move();
        Assert.Empty(Directory.GetFiles(Prepared));
        Assert.Equal(3L, Count());
        Assert.Equal("prepared aborted committed", States(waits, given, done));
        Decide(desk => desk.Abort(waits));
        TransactionToken later = Decide(desk => desk.Prepare(TestLedger.Own("later"))).Token;

        new LedgerMove(ledger.Environment).ToDirectory(Address, ledger.DirectoryPath);
        Assert.Equal(0L, Count());
        Assert.Equal("aborted aborted committed", States(waits, given, done));
        Assert.Equal(22, Decide(desk => desk.Commit(later)));
        Holds();
    }

    [Fact]
    public void A_move_that_is_run_again_takes_nothing_back_that_was_decided_meanwhile()
    {
        (TransactionToken waits, TransactionToken given, TransactionToken done) = Prepare();
        string before = ledger.Beside("before");
        Copy(Prepared, before);
        Move();
        Decide(desk => desk.Abort(waits));
        // As if the move had died before it removed them.
        Copy(before, Prepared);
        Move();
        Assert.Empty(Directory.GetFiles(Prepared));
        Assert.Equal("aborted aborted committed", States(waits, given, done));

        Copy(before, Prepared);
        new LedgerMove(ledger.Environment).ToDirectory(Address, ledger.DirectoryPath);
        Assert.Equal("aborted aborted committed", States(waits, given, done));
    }

    [Fact]
    public void One_that_was_cut_short_leaves_them_to_the_files_until_it_is_finished()
    {
        (TransactionToken waits, _, _) = Prepare();
        Move();
        // As if it had died between the two marks of the switch: the rows are there, and do not count.
        string files = ledger.Beside("files");
        new LedgerMove(ledger.Environment).ToDirectory(Address, ledger.DirectoryPath);
        Copy(Prepared, files);
        Move();
        Copy(files, Prepared);
        Become(StoreState.Filling, MoveToken.Draw(ledger.DirectoryPath, ledger.Environment));
        Move();
        Assert.Equal(3L, Count());
        Decide(desk => desk.Commit(waits));

        // And on the way back: the files are written, the directory still names the database.
        string place = Path.Combine(ledger.DirectoryPath, StorePlace.FileName);
        byte[] named = File.ReadAllBytes(place);
        new LedgerMove(ledger.Environment).ToDirectory(Address, ledger.DirectoryPath);
        File.WriteAllBytes(place, named);
        new LedgerMove(ledger.Environment).ToDirectory(Address, ledger.DirectoryPath);
        Assert.Equal(TransactionState.Committed, Decide(desk => desk.Ask(waits)).State);
    }

    [Fact]
    public void What_a_program_of_before_left_in_a_working_copy_is_taken_over_when_it_is_opened()
    {
        (TransactionToken waits, TransactionToken given, _) = Prepare();
        string files = ledger.Beside("files");
        Copy(Prepared, files);
        Move();
        Execute($"DELETE FROM tessrax_prepared WHERE ledger = {Number}");
        Copy(files, Prepared);
        File.WriteAllText(Path.Combine(Prepared, $"{new string('e', 32)}.prepared"), "no receipt");
        Assert.Equal(22, Decide(desk => desk.Commit(waits)));
        Assert.Equal(TransactionState.Aborted, Decide(desk => desk.Ask(given)).State);
        // What is damaged stays where somebody may look at it.
        Assert.Single(Directory.GetFiles(Prepared));
    }

    [Fact]
    public void A_reader_of_the_working_copy_is_told_what_the_database_has()
    {
        Move();
        TransactionStatus waits = Decide(desk => desk.Prepare(TestLedger.Own("waits")));
        using LedgerView view = ledger.View();
        var reader = new TransactionView(view, ledger.Environment);
        Assert.Equal(waits, reader.Ask(waits.Token));
        Assert.Equal([waits], reader.Undecided());
        Assert.Equal(waits.Token.Nonce, reader.BodyOf(waits.Token).Nonce);
    }

    [Fact]
    public void They_are_removed_with_the_ledger()
    {
        Move();
        Decide(desk => desk.Prepare(TestLedger.Own("waits")));
        object number = Ask($"SELECT ledger FROM tessrax_ledgers WHERE ledger = {Number}")!;
        Become(StoreState.Open, MoveToken.None);
        using (Node.Postgres.PostgresDatabase database = PostgresServer.Connect(server))
            Assert.Equal(21, database.Remove(Facts()));
        Assert.Equal(0L, Ask($"SELECT count(*) FROM tessrax_prepared WHERE ledger = {number}"));
    }

    // One that waits, one that was given up, and one that was committed.
    private (TransactionToken Waits, TransactionToken Given, TransactionToken Done) Prepare()
    {
        using LedgerWriter writer = ledger.Open();
        var desk = new TransactionDesk(writer);
        TransactionToken[] tokens = [.. "abc".Select(name => desk.Prepare(TestLedger.Own($"{name}")).Token)];
        desk.Abort(tokens[1]);
        Assert.Equal(21, desk.Commit(tokens[2]));
        return (tokens[0], tokens[1], tokens[2]);
    }

    private void Decide(Action<TransactionDesk> what) =>
        Decide(desk =>
        {
            what(desk);
            return true;
        });

    private T Decide<T>(Func<TransactionDesk, T> what)
    {
        using LedgerWriter writer = ledger.Open();
        return what(new TransactionDesk(writer));
    }

    private string States(params TransactionToken[] tokens) =>
        Decide(desk => string.Join(' ', tokens.Select(token => desk.Ask(token).StateText)));

    private long Count() => (long)Ask($"SELECT count(*) FROM tessrax_prepared WHERE ledger = {Number}")!;
}
