using System.Globalization;
using Tessrax.Hashing;
using Tessrax.Node.Appending;
using Tessrax.Node.Files;
using Tessrax.Node.Index;
using Tessrax.Node.Tests.Files;
using Xunit;

namespace Tessrax.Node.Tests.Index;

/// <summary>Every operation on an index, cut short at one step of the disk after another, in each way. Whoever comes next finds an index that serves, finishes what can be
/// finished, and nothing is left behind.</summary>
public sealed class IndexCrashTests : IDisposable
{
    private const string Folder = "/ledger/index";
    private readonly TestLedger ledger = new(approvers: 0);
    private readonly string locks;
    private readonly IndexSource source;
    private readonly Digest root;

    public IndexCrashTests()
    {
        locks = ledger.Beside("locks");
        using LedgerWriter writer = ledger.Open();
        for (int i = 0; i < 3; i++)
            writer.Append([.. Enumerable.Range(0, 20).Select(n => TestLedger.Own($"text {i} {n}"))]);
        root = writer.Tree.Root();
        source = IndexSource.Open(ledger.DirectoryPath, SystemDisk.Instance, runLength: 20);
    }

    public static TheoryData<int, string> Cases()
    {
        var cases = new TheoryData<int, string>();
        foreach (Fault fault in Enum.GetValues<Fault>())
        {
            foreach (string operation in (string[])["first", "rebuild", "text", "vacuum", "mode"])
                cases.Add((int)fault, operation);
        }
        return cases;
    }

    public void Dispose()
    {
        source.Dispose();
        ledger.Dispose();
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void Whichever_step_fails_one_generation_serves_and_the_next_finishes(int how, string operation)
    {
        var disk = new FaultyDisk();
        disk.CreateDirectory(Folder);
        if (operation != "first")
            Do("first", disk);
        int met = 0;
        for (int step = 1; ; step++)
        {
            FaultyDisk spoilt = disk.AfterKill();
            spoilt.FailAt(step, (Fault)how);
            try
            {
                Do(operation, spoilt);
            }
            catch (Exception e) when (e is TessraxException or SimulatedCrash) { }
            if (!spoilt.Fired)
                break;
            met++;
            string what = string.Create(CultureInfo.InvariantCulture, $"{operation}, {(Fault)how} at step {step}, ");
            Check(operation, spoilt.AfterKill(), what + "after a kill: ");
            Check(operation, spoilt.AfterPowerLoss(step), what + "after a power loss: ");
        }
        Assert.True(met > 15, $"only {met} steps");
    }

    private void Check(string operation, FaultyDisk disk, string what)
    {
        IndexWorkshop shop = Shop(disk);
        // What served before serves on, or what was to serve after; only at first may there be none.
        if (operation != "first")
            AssertServes(shop, what);
        using (shop.Locks.Build())
        {
            if (shop.Recover() is null && operation != "first")
                AssertServes(shop, what + "recovered: ");
        }
        Do("rebuild", disk);
        AssertServes(shop, what + "made again: ");
        string[] left = [.. disk.List(Folder).Order(StringComparer.Ordinal)];
        Assert.True(
            left.SequenceEqual(new[] { shop.Files.Pointer().File!, "index.json" }.Order(StringComparer.Ordinal)),
            $"{what}left behind: {string.Join(' ', left)}"
        );
    }

    private void AssertServes(IndexWorkshop shop, string what)
    {
        IndexPointer pointer = shop.Files.Pointer();
        Assert.True(pointer.File is not null && shop.Files.Has(pointer.File), $"{what}nothing serves");
        using IIndexBackend open = shop.Stores("file").Open(shop.Files.PathOf(pointer.File!), IndexAccess.Read);
        Assert.True(open.Mark.Size == 61, $"{what}{open.Mark.Size} entries");
        Assert.True(open.Mark.Generation == pointer.Generation, $"{what}generation {open.Mark.Generation}");
        Assert.Null(IndexSoundness.FaultOf(open));
        Assert.Equal(root, open.Mark.Root);
    }

    private void Do(string operation, FaultyDisk disk)
    {
        IndexWorkshop shop = Shop(disk);
        if (operation is "vacuum" or "mode")
        {
            new IndexCopier(shop).Copy(
                operation == "vacuum" ? IndexOperation.Vacuum : IndexOperation.Mode,
                operation == "vacuum" ? null : IndexMode.Immutable
            );
            return;
        }
        using (shop.Locks.Build())
            new IndexMaker(shop, source) { Step = 20 }.Make(
                new IndexWish("file", HasText: operation == "text" ? false : null, Threads: 1)
            );
    }

    private IndexWorkshop Shop(FaultyDisk disk) =>
        new(
            new IndexFiles("/ledger", disk),
            ledger.Environment with
            {
                Disk = disk,
                Uptime = static () => new MachineUptime("boot", TimeSpan.Zero),
            },
            locks
        )
        {
            Stores = _ => new FileStore(disk),
        };
}
