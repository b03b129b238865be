using Tessrax.Node.Files;
using Tessrax.Node.Maintenance;
using Tessrax.Node.Segments;
using Tessrax.Node.Snapshots;
using Xunit;

namespace Tessrax.Node.Tests.Recovery;

/// <summary>What is named to repair from is a stranger's: what is of no use is told so, with the reason, and changes nothing.</summary>
public sealed class GivenCopyTests : IDisposable
{
    private readonly SmallLedger ledger = new();
    private readonly SmallLedger other = new("sha256", 1);

    public void Dispose()
    {
        other.Dispose();
        ledger.Dispose();
    }

    public static TheoryData<string, string> Useless { get; } =
        new()
        {
            { "ledger", "it holds another ledger, example.com/test sha256:" },
            { "ledger without genesis", "it holds another ledger, sha256:" },
            { "static log", "it holds another ledger, example.com/test sha256:" },
            { "snapshot", "it holds another ledger, example.com/test sha256:" },
            { "text", "" },
            { "cut snapshot", "" },
            { "fifo", "is not a regular file" },
            { "directory of pictures", "it is neither a ledger nor a static log, a snapshot or a backup" },
            { "broken facts", "" },
        };

    [Theory]
    [MemberData(nameof(Useless))]
    public void What_is_of_no_use_is_told_so_and_nothing_is_changed(string kind, string why)
    {
        FaultTable.Flip(ledger.Segment(1), 500);
        Dictionary<string, byte[]> before = Files();
        string copy = Make(kind);

        TessraxException refused = Assert.Throws<TessraxException>(() => Run([copy]));

        Assert.Equal(ErrorCodes.UselessCopy, refused.Code);
        Assert.StartsWith($"{copy}: ", refused.Message, StringComparison.Ordinal);
        Assert.Contains(why, refused.Message, StringComparison.Ordinal);
        Dictionary<string, byte[]> after = Files();
        Assert.Equal(before.Keys.Order(), after.Keys.Order());
        Assert.All(before, file => Assert.Equal(file.Value, after[file.Key]));
    }

    [Fact]
    public void One_of_use_is_used_beside_others_that_are_not()
    {
        File.Delete(ledger.Segment(1));
        Directory.Delete(Path.Combine(ledger.Path, "tiles"), recursive: true);

        RepairReport report = Run([other.Path, ledger.Mirror, Make("text")]);

        Assert.True(report.IsWhole);
        Assert.Equal([other.Path, Make("text")], report.NoUse.Select(copy => copy.Path));
        Assert.Equal([$"mirror {ledger.Mirror}"], Assert.Single(report.Parts).From);
    }

    [Fact]
    public void What_cannot_be_entered_is_of_no_use()
    {
        ledger.Disk.Barred = ledger.Mirror;
        FaultTable.Flip(ledger.Segment(1), 500);

        TessraxException refused = Assert.Throws<TessraxException>(() => Run([ledger.Mirror]));

        Assert.Equal(ErrorCodes.UselessCopy, refused.Code);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void No_ledger_becomes_another_one_by_the_copies_that_are_named(bool hasFacts)
    {
        // Nothing is left that tells which ledger it is, but what its records are signed by.
        File.Delete(ledger.Segment(0));
        Directory.Delete(Path.Combine(ledger.Path, "tiles"), recursive: true);
        File.Delete(Path.Combine(ledger.Path, "checkpoint"));
        string facts = Path.Combine(ledger.Path, "ledger.json");
        if (hasFacts)
            File.Copy(Path.Combine(other.Path, "ledger.json"), facts, overwrite: true);
        else
            File.Delete(facts);

        RepairReport report = Run([ledger.Mirror, other.Path]);

        Assert.True(report.IsWhole, report.ToJson().ToString());
        Assert.Equal(ledger.Ledger.Id, LedgerDirectory.Open(ledger.Path, SystemDisk.Instance).Id);
        Assert.True(ledger.Ledger.Verify().Holds);
    }

    [Fact]
    public void A_ledger_without_a_first_entry_takes_none_from_a_stranger()
    {
        File.Delete(ledger.Segment(0));
        Directory.Delete(Path.Combine(ledger.Path, "tiles"), recursive: true);
        File.Delete(Path.Combine(ledger.Path, "ledger.json"));
        Dictionary<string, byte[]> before = Files();

        // The same origin and the same keys, but another genesis: what is left may not be taken for its.
        Assert.Equal(ErrorCodes.NothingToRepairBy, Assert.Throws<TessraxException>(() => Run([other.Path])).Code);

        Dictionary<string, byte[]> after = Files();
        Assert.All(before, file => Assert.Equal(file.Value, after[file.Key]));
    }

    private string Make(string kind)
    {
        string path = ledger.Ledger.Beside(kind);
        switch (kind)
        {
            case "ledger":
                return other.Path;
            case "ledger without genesis":
                SmallLedger.CopyDirectory(other.Path, path);
                File.Delete(Path.Combine(path, "segments", SegmentFormat.FileName(0)));
                Directory.Delete(Path.Combine(path, "tiles"), recursive: true);
                return path;
            case "static log":
                SmallLedger.CopyDirectory(Path.Combine(other.Path, "tiles"), path);
                return path;
            case "snapshot" or "cut snapshot":
                using (FileStream output = File.Create(path))
                {
                    new LedgerExport(other.Ledger.Environment, other.Path, SnapshotKind.Snapshot).Write(output.Write);
                    if (kind != "snapshot")
                        output.SetLength(30);
                }
                return path;
            case "fifo":
                using (var made = System.Diagnostics.Process.Start("mkfifo", [path]))
                    made.WaitForExit();
                return path;
            case "directory of pictures":
                Directory.CreateDirectory(path);
                File.WriteAllText(Path.Combine(path, "cat.jpg"), "a cat");
                return path;
            case "broken facts":
                Directory.CreateDirectory(path);
                File.WriteAllText(Path.Combine(path, "ledger.json"), "{");
                return path;
            default:
                File.WriteAllText(path, "nothing of the kind");
                return path;
        }
    }

    private Dictionary<string, byte[]> Files() =>
        Directory.GetFiles(ledger.Path, "*", SearchOption.AllDirectories).ToDictionary(file => file, File.ReadAllBytes);

    private RepairReport Run(IReadOnlyList<string> copies) =>
        Repair.Run(ledger.Path, copies, ledger.Ledger.Environment);
}
