using Tessrax.Hashing;
using Tessrax.Merkle;
using Tessrax.Node.Snapshots;
using Tessrax.Node.Tests.Appending;
using Xunit;

namespace Tessrax.Node.Tests.Snapshots;

public sealed class BackupListTests : IDisposable
{
    private readonly BrokenDisk disk = new();
    private readonly TestLedger ledger;

    public BackupListTests() => ledger = new TestLedger(disk: disk);

    public void Dispose() => ledger.Dispose();

    [Fact]
    public void Backups_that_end_at_once_are_all_listed()
    {
        Assert.Empty(BackupList.Read(ledger.DirectoryPath, ledger.Environment.Disk));
        var real = ledger.Environment with { Disk = Node.Files.SystemDisk.Instance };
        Parallel.For(0, 16, i => Assert.Null(BackupList.TryAdd(real, ledger.DirectoryPath, $"{i}.backup", Made(i))));
        IReadOnlyList<BackupTaken> all = BackupList.Read(ledger.DirectoryPath, ledger.Environment.Disk);
        Assert.Equal(Enumerable.Range(1, 16), all.Select(b => (int)b.Size).Order());
        Assert.Equal(16, all.Select(b => b.Path).Distinct().Count());
    }

    [Fact]
    public void A_list_that_cannot_be_written_or_read_is_told_of_and_left_alone()
    {
        Assert.Null(BackupList.TryAdd(ledger.Environment, ledger.DirectoryPath, "a", Made(1)));
        disk.Fails = (operation, path) =>
            operation == "rename" && path.EndsWith(BackupList.FileName, StringComparison.Ordinal);
        Assert.Equal(
            ErrorCodes.NoPermission,
            BackupList.TryAdd(ledger.Environment, ledger.DirectoryPath, "b", Made(2))?.Code
        );
        disk.Fails = (_, _) => false;
        Assert.Equal("a", Assert.Single(BackupList.Read(ledger.DirectoryPath, disk)).Path);
        string file = Path.Combine(ledger.DirectoryPath, BackupList.FileName);
        foreach (string text in (string[])["", "{}", """{"backups":[{"path":"a"}]}""", """{"backups":[],"more":1}"""])
        {
            File.WriteAllText(file, text);
            Assert.Equal(
                ErrorCodes.Damaged,
                BackupList.TryAdd(ledger.Environment, ledger.DirectoryPath, "c", Made(3))?.Code
            );
            Assert.Equal(text, File.ReadAllText(file));
        }
    }

    [Fact]
    public void Whoever_waits_for_the_list_waits_by_the_clock_that_was_passed_in_and_not_for_ever()
    {
        string file = Path.Combine(ledger.DirectoryPath, BackupList.FileName);
        using var held = new FileStream($"{file}.lock", FileMode.OpenOrCreate, FileAccess.Write, FileShare.None);
        var clock = new AtOnce();
        NodeEnvironment real = ledger.Environment with { Disk = Node.Files.SystemDisk.Instance, Clock = clock };
        Assert.NotNull(BackupList.TryAdd(real, ledger.DirectoryPath, "a", Made(1)));
        Assert.Equal(99, clock.Waits);
    }

    /// <summary>Whatever waits by it has waited.</summary>
    private sealed class AtOnce : TimeProvider
    {
        public int Waits { get; private set; }

        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
        {
            Waits++;
            return base.CreateTimer(callback, state, TimeSpan.Zero, period);
        }
    }

    private SnapshotMade Made(int size) =>
        new(
            new SnapshotFacts(TestLedger.Origin, ledger.Id, TreeHasher.Sha256),
            new TreeHead(size + 1, default),
            HashEngine.Sha256.Hash([(byte)size]),
            100,
            []
        );
}
