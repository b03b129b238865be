using Tessrax.Node.Appending;
using Tessrax.Node.Files;
using Tessrax.Node.Maintenance;
using Tessrax.Node.Postgres;
using Tessrax.Node.Reading;
using Tessrax.Node.Segments;
using Tessrax.Node.Stores;
using Tessrax.Node.Tests.Files;
using Tessrax.Node.Tests.Recovery;
using Xunit;

namespace Tessrax.Node.Tests.Stores;

/// <summary>The directory is lost; the database has the ledger.</summary>
public sealed partial class WorkingCopyTests : PostgresLedgerTests
{
    public WorkingCopyTests(PostgresServer running)
        : base(running)
    {
        Move();
    }

    private string There => ledger.Beside("there");

    [Fact]
    public void It_is_made_from_the_database_alone_and_is_the_same_ledger()
    {
        Append(7);
        using (LedgerWriter writer = ledger.Open())
            writer.OpenEpoch();
        List<Batch> before = Batches();
        long fence = Facts().Fence;
        byte[] checkpoint = File.ReadAllBytes(Path.Combine(ledger.DirectoryPath, "checkpoint"));
        string[] state = Names("state", ledger.DirectoryPath);
        Directory.Delete(ledger.DirectoryPath, recursive: true);

        LedgerAttached made = Attach();
        Assert.Equal((true, 29, 29), (made.IsMade, made.Size, made.Copied));
        Assert.True(made.Verdict.Stages.All(stage => stage.Holds == true), made.Verdict.ToJson().ToString());
        // Whoever writes goes on: nobody was shut out.
        Assert.Equal(fence, Facts().Fence);
        StoreConformance.Same(before, BatchesIn(There));
        Assert.Equal(checkpoint, File.ReadAllBytes(Path.Combine(There, "checkpoint")));
        Assert.Equal(checkpoint, File.ReadAllBytes(Path.Combine(There, "tiles", "checkpoint")));
        Assert.Equal(state, Names("state", There));
        Assert.Null(StorePlace.Find(There, SystemDisk.Instance)!.Attaching);
        using (LedgerGlance glance = LedgerGlance.Open(There, Away()))
            Assert.True(glance.IsGlance);
        Assert.True(new LedgerCheck(Away(), ledger.Trust).Run(There, withEvidence: true).Holds);

        using (LedgerWriter writer = LedgerWriter.Open(There, TestLedger.Keys(), Away()))
            writer.Append([TestLedger.Own("there")]);
        Assert.Equal((fence + 1, 30), (Facts().Fence, Facts().Size));
        Assert.Equal(ErrorCodes.AlreadyExists, Fails(There).Code);
    }

    [Fact]
    public void Of_several_ledgers_one_must_be_named()
    {
        using (PostgresDatabase database = PostgresServer.Connect(server))
            database.Create(StoredBatches.NewId(), "example.com/another", "sha256", MoveToken.None);
        TessraxException several = Assert.Throws<TessraxException>(() => Copy().Attach(Address, null, There));
        Assert.Equal(ErrorCodes.BadUsage, several.Code);
        Assert.Contains("example.com/another", several.Message, StringComparison.Ordinal);
        Assert.Contains(ledger.Id.ToString(), several.Message, StringComparison.Ordinal);
        TessraxException none = Assert.Throws<TessraxException>(() => Copy().Attach(Address, "example.com/no", There));
        Assert.Equal(ErrorCodes.NotALedger, none.Code);
        Assert.False(Directory.Exists(There));
        // The only one of its origin is enough.
        Assert.Equal(
            ErrorCodes.StoreMismatch,
            Assert.Throws<TessraxException>(() => Copy().Attach(Address, "example.com/another", There)).Code
        );
    }

    [Fact]
    public void A_ledger_that_the_database_does_not_decide_on_is_refused()
    {
        foreach (StoreState state in (StoreState[])[StoreState.Filling, StoreState.Left])
        {
            Become(state, MoveToken.None);
            Assert.Equal(ErrorCodes.StoreMismatch, Fails(There).Code);
            Assert.False(Directory.Exists(There));
        }
    }

    [Fact]
    public void Nothing_is_put_into_a_directory_that_holds_something()
    {
        Directory.CreateDirectory(There);
        File.WriteAllText(Path.Combine(There, "mine"), "");
        Assert.Equal(ErrorCodes.AlreadyExists, Fails(There).Code);
        Assert.Equal(["mine"], Directory.GetFileSystemEntries(There).Select(Path.GetFileName));
        Assert.Equal(ErrorCodes.AlreadyExists, Fails(Path.Combine(There, "mine")).Code);
        Assert.Equal(ErrorCodes.AlreadyExists, Fails(ledger.DirectoryPath).Code);
    }

    [Fact]
    public void Cut_short_between_two_batches_it_goes_on_and_is_no_ledger_until_then()
    {
        for (long size = 5; size < 21; size += 5)
        {
            using var cancel = new CancellationTokenSource();
            var stopping = new WorkingCopy(Away()) { Progress = new StopAt(size, cancel) };
            Assert.Throws<OperationCanceledException>(() =>
                stopping.Attach(Address, ledger.Id.ToString(), There, cancel.Token)
            );
            IsNoLedger();
        }
        Assert.Equal((21, true), (Attach().Size, LedgerDirectory.Open(There, SystemDisk.Instance).Id == ledger.Id));
        Assert.True(new LedgerCheck(Away(), ledger.Trust).Run(There, withEvidence: false).Holds);
    }

    [Fact]
    public void Killed_at_any_step_it_is_finished_by_the_same_call()
    {
        using (LedgerWriter writer = ledger.Open())
            writer.OpenEpoch();
        EraseAndBringBack();
        var disk = new SteppedDisk();
        NodeEnvironment environment = Away() with { Disk = disk };
        int killed = 0;
        for (int step = 1; ; step++)
        {
            disk.Restart(step);
            try
            {
                new WorkingCopy(environment).Attach(Address, ledger.Id.ToString(), There);
                break;
            }
            catch (SimulatedCrash)
            {
                killed++;
            }
            if (!File.Exists(Path.Combine(There, LedgerDirectory.FactsFile)))
                continue;
            // It may have died when all was done but saying so.
            Assert.True(new LedgerCheck(Away(), ledger.Trust).Run(There, withEvidence: false).Holds);
        }
        Assert.True(killed > 20, $"{killed} steps are too few");
        IsWhole();
    }

    [Fact]
    public void From_nothing_to_any_step_and_on_it_is_made()
    {
        var disk = new SteppedDisk();
        NodeEnvironment environment = Away() with { Disk = disk };
        for (int step = 1; ; step += 3)
        {
            disk.Restart(step);
            try
            {
                new WorkingCopy(environment).Attach(Address, ledger.Id.ToString(), There);
                break;
            }
            catch (SimulatedCrash) { }
            if (!File.Exists(Path.Combine(There, LedgerDirectory.FactsFile)))
                IsNoLedger();
            disk.Restart();
            new WorkingCopy(environment).Attach(Address, ledger.Id.ToString(), There);
            IsWhole();
            Directory.Delete(There, recursive: true);
        }
        IsWhole();
    }

    [Fact]
    public void What_a_crash_of_the_machine_left_in_disorder_is_begun_again()
    {
        using (var cancel = new CancellationTokenSource())
        {
            var stopping = new WorkingCopy(Away()) { Progress = new StopAt(15, cancel) };
            Assert.Throws<OperationCanceledException>(() =>
                stopping.Attach(Address, ledger.Id.ToString(), There, cancel.Token)
            );
        }
        string segment = Path.Combine(There, "segments", "0000000000.seg");
        byte[] bytes = File.ReadAllBytes(segment);
        bytes.AsSpan(3000, 500).Clear();
        File.WriteAllBytes(segment, bytes);
        Attach();
        IsWhole();
    }

    [Fact]
    public void An_unfinished_copy_of_another_ledger_is_not_gone_on_with()
    {
        using var other = new TestLedger(approvers: 0);
        new LedgerMove(other.Environment).ToDatabase(other.DirectoryPath, Address);
        using (var cancel = new CancellationTokenSource())
        {
            var stopping = new WorkingCopy(Away()) { Progress = new StopAt(5, cancel) };
            Assert.Throws<OperationCanceledException>(() =>
                stopping.Attach(Address, ledger.Id.ToString(), There, cancel.Token)
            );
        }
        TessraxException refused = Assert.Throws<TessraxException>(() =>
            new WorkingCopy(Away()).Attach(Address, other.Id.ToString(), There)
        );
        Assert.Equal(ErrorCodes.AlreadyExists, refused.Code);
        Assert.Contains(ledger.Id.ToString(), refused.Message, StringComparison.Ordinal);
        Attach();
        IsWhole();
    }

    [Fact]
    public void Two_do_not_make_it_at_once()
    {
        Directory.CreateDirectory(There);
        using (WriterLock.Acquire(There))
            Assert.Equal(ErrorCodes.Locked, Fails(There).Code);
        Attach();
        IsWhole();
    }

    private WorkingCopy Copy() => new(Away()) { Trust = ledger.Trust };

    private LedgerAttached Attach() => Copy().Attach(Address, ledger.Id.ToString(), There);

    private TessraxException Fails(string path) =>
        Assert.Throws<TessraxException>(() => Copy().Attach(Address, ledger.Id.ToString(), path));

    private void IsNoLedger()
    {
        Assert.Equal(
            ErrorCodes.NotALedger,
            Assert.Throws<TessraxException>(() => LedgerDirectory.Open(There, SystemDisk.Instance)).Code
        );
        Assert.Throws<TessraxException>(() => LedgerWriter.Open(There, TestLedger.Keys(), Away()));
        Assert.Throws<TessraxException>(() => LedgerView.Open(There, SystemDisk.Instance));
        // A repair, which writes a lost ledger.json again, does not make it one either.
        TessraxException unfinished = Assert.Throws<TessraxException>(() => Repair.Run(There, [], Away()));
        Assert.Equal(ErrorCodes.NotALedger, unfinished.Code);
        if (StorePlace.Find(There, SystemDisk.Instance) is not null)
            Assert.Contains("store attach", unfinished.Hint, StringComparison.Ordinal);
    }

    private void IsWhole()
    {
        Assert.Null(StorePlace.Find(There, SystemDisk.Instance)!.Attaching);
        IsWhole(There);
        LedgerWriter.Open(There, TestLedger.Keys(), Away()).Dispose();
    }
}
