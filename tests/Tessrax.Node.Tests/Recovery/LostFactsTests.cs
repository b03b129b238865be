using Tessrax.Node.Appending;
using Tessrax.Node.Files;
using Tessrax.Node.Maintenance;
using Tessrax.Node.Recovery;
using Tessrax.Node.Segments;
using Tessrax.Node.Tests.Files;
using Xunit;
using Fault = Tessrax.Node.Recovery.Fault;

namespace Tessrax.Node.Tests.Recovery;

/// <summary><c>ledger.json</c> is lost, and with it where the segments lie.</summary>
public sealed class LostFactsTests : IDisposable
{
    private readonly TemporaryFolder elsewhere = new();

    public void Dispose() => elsewhere.Dispose();

    [Fact]
    public void Directories_in_the_ledger_are_found_by_the_segments_in_them()
    {
        using TestLedger ledger = Make(["near"]);
        byte[] facts = Lose(ledger);

        Fault fault = Assert.Single(
            Doctor.Examine(ledger.DirectoryPath, ledger.Environment).Faults,
            f => f.Weight != FaultWeight.Note
        );
        Assert.Equal((LedgerDirectory.FactsFile, FaultCause.Missing), (fault.File, fault.Cause));
        Assert.True(Repair.Run(ledger.DirectoryPath, [], ledger.Environment).IsWhole);

        Assert.Equal(facts, File.ReadAllBytes(Facts(ledger)));
        Assert.True(ledger.Verify().Holds);
        ledger.Open().Dispose();
    }

    [Fact]
    public void Directories_elsewhere_are_asked_for_and_taken_from_who_names_them()
    {
        using TestLedger ledger = Make([elsewhere.Path]);
        byte[] facts = Lose(ledger);

        Assert.Contains(
            Doctor.Examine(ledger.DirectoryPath, ledger.Environment).Faults,
            fault => fault.Remedy?.Contains("--segment-dir", StringComparison.Ordinal) == true
        );
        TessraxException asked = Assert.Throws<TessraxException>(() =>
            Repair.Run(ledger.DirectoryPath, [], ledger.Environment)
        );
        Assert.Equal(ErrorCodes.NothingToRepairBy, asked.Code);
        Assert.Contains("--segment-dir", asked.Hint, StringComparison.Ordinal);
        Assert.False(File.Exists(Facts(ledger)));

        Assert.True(Repair.Run(ledger.DirectoryPath, [], ledger.Environment, directories: [elsewhere.Path]).IsWhole);

        Assert.Equal(facts, File.ReadAllBytes(Facts(ledger)));
        Assert.True(ledger.Verify().Holds);
        ledger.Open().Dispose();
    }

    [Fact]
    public void The_order_of_directories_follows_from_the_segments_in_them()
    {
        foreach ((string name, int[] numbers) in new[] { ("a", new[] { 1, 3 }), ("b", [0, 2]) })
        {
            Directory.CreateDirectory(elsewhere[name]);
            foreach (int number in numbers)
                File.WriteAllText(Path.Combine(elsewhere[name], SegmentFormat.FileName(number)), "");
        }

        Assert.Equal(["b", "a"], SegmentDirectories.Of(elsewhere.Path, [], SystemDisk.Instance));
    }

    private static TestLedger Make(IReadOnlyList<string> directories)
    {
        var ledger = new TestLedger(layout: new LedgerLayout(false, directories));
        using LedgerWriter writer = ledger.Open();
        writer.Append([TestLedger.Own("one"), TestLedger.Own("two")]);
        return ledger;
    }

    private static byte[] Lose(TestLedger ledger)
    {
        byte[] facts = File.ReadAllBytes(Facts(ledger));
        File.Delete(Facts(ledger));
        return facts;
    }

    private static string Facts(TestLedger ledger) => Path.Combine(ledger.DirectoryPath, LedgerDirectory.FactsFile);
}
