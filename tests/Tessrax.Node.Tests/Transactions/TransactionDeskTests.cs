using Tessrax.Ledger;
using Tessrax.Node.Appending;
using Tessrax.Node.Tests.Appending;
using Tessrax.Node.Transactions;
using Xunit;

namespace Tessrax.Node.Tests.Transactions;

/// <summary>Receipts in two phases in the files of a ledger's directory.</summary>
public sealed class TransactionDeskTests : TransactionDeskConformance
{
    public TransactionDeskTests()
        : base(ledger => new PreparedFiles(ledger)) { }

    private string Folder => Path.Combine(ledger.DirectoryPath, "prepared");

    [Fact]
    public void A_receipt_that_a_crash_left_beside_its_decision_is_removed_with_its_payload()
    {
        TransactionToken token = desk.Prepare(TestLedger.Own("secret text")).Token;
        string file = Directory.GetFiles(Folder).Single();
        byte[] bytes = File.ReadAllBytes(file);
        desk.Abort(token);
        File.WriteAllBytes(file, bytes);
        Fails(ErrorCodes.TransactionAborted, () => desk.Commit(token));
        Reopen();
        Assert.Equal([Path.ChangeExtension(file, "aborted")], Directory.GetFiles(Folder));
    }

    [Fact]
    public void After_an_append_of_unknown_outcome_nothing_is_answered_until_the_ledger_is_opened_again()
    {
        Close();
        var disk = new BrokenDisk();
        NodeEnvironment environment = ledger.Environment with { Disk = disk };
        TransactionToken token;
        using (var broken = LedgerWriter.Open(ledger.DirectoryPath, TestLedger.Keys(), environment))
        {
            var breaking = new TransactionDesk(broken);
            token = breaking.Prepare(TestLedger.Own("unknown")).Token;
            disk.Fails = (what, path) => what == "sync" && path.Contains("segments", StringComparison.Ordinal);
            Fails(ErrorCodes.OutcomeUnknown, () => breaking.Commit(token));
            Fails(ErrorCodes.OutcomeUnknown, () => breaking.Commit(token));
            Fails(ErrorCodes.OutcomeUnknown, () => breaking.Abort(token));
            Fails(ErrorCodes.OutcomeUnknown, () => breaking.Ask(token));
        }
        Reopen();
        Assert.Equal(1, desk.Commit(token));
    }

    private sealed class PreparedFiles(TestLedger ledger) : IPreparedPlace
    {
        private string Folder => Path.Combine(ledger.DirectoryPath, "prepared");

        public SortedDictionary<string, byte[]> All() =>
            new(
                Directory.Exists(Folder)
                    ? Directory.GetFiles(Folder).ToDictionary(file => Path.GetFileName(file), File.ReadAllBytes)
                    : [],
                StringComparer.Ordinal
            );

        public void Replace(TransactionToken token, string state, byte[] bytes)
        {
            foreach (string file in Directory.GetFiles(Folder, $"{token}.*"))
                File.Delete(file);
            File.WriteAllBytes(Path.Combine(Folder, $"{token}.{state}"), bytes);
        }

        public string NameOf(TransactionToken token) => Path.Combine(Folder, $"{token}.prepared");
    }
}
