using Tessrax.Node.Appending;
using Tessrax.Node.Files;
using Tessrax.Node.Segments;
using Tessrax.Node.Tests.Appending;
using Tessrax.Node.Tests.Files;
using Xunit;

namespace Tessrax.Node.Tests.Segments;

/// <summary>What an init that was cut short has taken stands in nobody's way; what a ledger has does.</summary>
public sealed class SegmentClaimTests : IDisposable
{
    private readonly TemporaryFolder one = new();
    private readonly TemporaryFolder two = new();
    private readonly TemporaryFolder died = new();

    private LedgerLayout Layout => new(false, [one.Path, two.Path]);

    public void Dispose()
    {
        one.Dispose();
        two.Dispose();
        died.Dispose();
    }

    [Theory]
    [InlineData("two/ledger.id")]
    [InlineData("0000000000.seg")]
    [InlineData("nothing written")]
    public void What_an_init_took_that_was_cut_short_is_taken_by_the_next(string cutBefore)
    {
        string[] left = CutShort(cutBefore);
        Assert.NotEmpty(left);
        Directory.Delete(died.Path, recursive: true);
        using var ledger = new TestLedger(layout: Layout);
        Assert.True(ledger.Verify().Holds);
        foreach (TemporaryFolder folder in (TemporaryFolder[])[one, two])
            Assert.Equal($"{ledger.Id}\n", File.ReadAllText(Path.Combine(folder.Path, SegmentClaims.FileName)));
        Assert.Equal(ErrorCodes.AlreadyExists, Refused().Code);
        Directory.CreateDirectory(died.Path);
    }

    [Fact]
    public void It_is_taken_too_while_the_directory_of_the_init_that_died_is_there()
    {
        CutShort("0000000000.seg");
        using var ledger = new TestLedger(layout: Layout);
        Assert.True(ledger.Verify().Holds);
    }

    [Fact]
    public void What_an_init_takes_that_still_runs_is_not()
    {
        CutShort("0000000000.seg");
        using (WriterLock.Acquire(died.Path))
            Assert.Contains(died.Path, Refused().Message, StringComparison.Ordinal);
        using var ledger = new TestLedger(layout: Layout);
    }

    [Fact]
    public void A_first_entry_is_not_thrown_away_and_the_error_says_what_to_remove()
    {
        CutShort(LedgerDirectory.FactsFile);
        Directory.Delete(died.Path, recursive: true);
        TessraxException error = Refused();
        Directory.CreateDirectory(died.Path);
        string[] files = [Path.Combine(one.Path, SegmentFormat.FileName(0)), Path.Combine(one.Path, "ledger.id")];
        Assert.All(files, file => Assert.Contains(file, error.Hint, StringComparison.Ordinal));
        Assert.All(files, File.Delete);
        using var ledger = new TestLedger(layout: Layout);
        Assert.True(ledger.Verify().Holds);
    }

    [Fact]
    public void A_ledger_that_was_made_keeps_what_it_took_though_nobody_could_say_so_yet()
    {
        using var ledger = new TestLedger(layout: Layout);
        string file = Path.Combine(two.Path, SegmentClaims.FileName);
        File.WriteAllText(file, $"{ledger.Id}\n{ledger.DirectoryPath}\n");
        var layout = new LedgerLayout(false, [two.Path]);
        Assert.Equal(
            ErrorCodes.AlreadyExists,
            Assert.Throws<TessraxException>(() => new TestLedger(layout: layout)).Code
        );
        ledger.Open().Dispose();
        Assert.Equal($"{ledger.Id}\n", File.ReadAllText(file));
    }

    [Theory]
    [InlineData("")]
    [InlineData("somebody's\n")]
    [InlineData("sha256:0000000000000000000000000000000000000000000000000000000000000000")]
    [InlineData("sha256:0000000000000000000000000000000000000000000000000000000000000000\n")]
    [InlineData("sha256:0000000000000000000000000000000000000000000000000000000000000000\nrelative\n")]
    [InlineData("sha256:0000000000000000000000000000000000000000000000000000000000000000\n/cut")]
    public void What_says_nothing_of_an_init_is_left_alone_and_the_error_names_it(string content)
    {
        string file = Path.Combine(two.Path, SegmentClaims.FileName);
        File.WriteAllText(file, content);
        TessraxException error = Refused();
        Assert.Equal(ErrorCodes.AlreadyExists, error.Code);
        Assert.Contains(file, error.Hint, StringComparison.Ordinal);
        Assert.Equal(content, File.ReadAllText(file));
        Assert.Empty(Directory.GetFileSystemEntries(one.Path));
    }

    [Fact]
    public void A_claim_whose_name_the_disk_did_not_confirm_is_given_back()
    {
        var disk = new BrokenDisk { Fails = (what, path) => what == "syncdir" && path == two.Path };
        Assert.Equal(
            ErrorCodes.OutcomeUnknown,
            Assert.Throws<TessraxException>(() => new TestLedger(layout: Layout, disk: disk)).Code
        );
        Assert.Empty(Directory.GetFileSystemEntries(one.Path));
        Assert.Empty(Directory.GetFileSystemEntries(two.Path));
    }

    [Fact]
    public void A_ledger_that_is_unmade_leaves_nothing_elsewhere()
    {
        using var first = new TestLedger();
        using (LedgerWriter writer = Make(first, first.Environment.Disk))
        {
            Assert.NotEmpty(Directory.GetFileSystemEntries(one.Path));
            writer.Unmake();
        }
        Assert.Empty(Directory.GetFileSystemEntries(one.Path));
        Assert.Empty(Directory.GetFileSystemEntries(two.Path));
    }

    private TessraxException Refused() => Assert.Throws<TessraxException>(() => new TestLedger(layout: Layout));

    // What is on the disk when the process that makes a ledger in `died` is killed before it opens or names a file.
    private string[] CutShort(string before)
    {
        using var model = new TestLedger();
        bool cut = false;
        var disk = new BrokenDisk();
        disk.Fails = (what, path) =>
        {
            bool isHere = before switch
            {
                "two/ledger.id" => what == "rename" && path == Path.Combine(two.Path, SegmentClaims.FileName),
                "nothing written" => what == "write" && path == Path.Combine(one.Path, SegmentFormat.FileName(0)),
                _ => what == "rename" && Path.GetFileName(path) == before,
            };
            // A dead process tidies nothing away.
            cut |= isHere;
            return cut;
        };
        Assert.ThrowsAny<Exception>(() => Make(model, disk));
        return [.. Directory.GetFileSystemEntries(one.Path)];
    }

    private LedgerWriter Make(TestLedger model, IDisk disk) =>
        LedgerWriter.Create(
            died.Path,
            model.NewGenesis(),
            TestLedger.Keys(),
            model.Environment with
            {
                Disk = disk,
            },
            Layout
        );
}
