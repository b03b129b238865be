using System.Diagnostics;
using Tessrax.Ledger;
using Tessrax.Node.Appending;
using Tessrax.Node.Files;
using Tessrax.Node.Maintenance;
using Tessrax.Node.Serving;
using Tessrax.Node.Stores;
using Tessrax.Node.Tests.Logging;
using Xunit;

namespace Tessrax.Node.Tests.Stores;

/// <summary>Whoever serves a working copy to be read shows what other machines write, and tells when that does not come about.</summary>
public sealed class CopyFollowerTests : PostgresLedgerTests
{
    private readonly CuttingProxy proxy;
    private readonly ListLogger log = new();

    public CopyFollowerTests(PostgresServer running)
        : base(running)
    {
        proxy = new CuttingProxy(server.Port);
        Move();
        Copy(ledger.DirectoryPath, There);
        new StorePlace(server.Address(proxy.Port)).Write(There, SystemDisk.Instance);
    }

    private string There => ledger.Beside("there");

    public override void Dispose()
    {
        proxy.Dispose();
        base.Dispose();
    }

    [Fact]
    public async Task What_others_write_is_shown_and_nobody_is_shut_out()
    {
        await using ServedLedger served = await Serve();
        using LedgerWriter writer = ledger.Open();
        long fence = Facts().Fence;
        for (int i = 0; i < 3; i++)
        {
            writer.Append([TestLedger.Own($"more {i}")]);
            Until(() => Size(served) == writer.Fold.Size);
        }
        Until(() => served.Copy is { Fault: null, There: 24 });
        Assert.InRange(served.Copy!.Age, TimeSpan.Zero, TimeSpan.FromSeconds(5));
        Assert.Equal((null, fence), (served.Warning, Facts().Fence));
    }

    [Fact]
    public async Task While_the_database_is_away_what_is_there_is_served_and_its_age_is_told()
    {
        await using ServedLedger served = await Serve();
        Until(() => served.Copy is { Fault: null, There: 21 });
        proxy.Arm(1, Cut.Before, forGood: true);
        Append(2);
        Until(() => served.Copy!.Fault?.Code == ErrorCodes.StoreAway);
        TimeSpan age = served.Copy!.Age;
        Assert.Equal((21, false), (Size(served), served.Copy.HasStopped));
        Assert.Null(served.Failure);
        Assert.Equal(ErrorCodes.StoreAway, served.Warning!.Code);
        Until(() => served.Copy!.Age > age + TimeSpan.FromMilliseconds(200));
        Assert.Equal([6003], log.Numbers(from: 6002));
        proxy.Heal();
        Until(() => Size(served) == 23);
        Until(() => served.Copy is { Fault: null });
        Assert.Equal([6003, 6002, 6004], log.Numbers(from: 6002));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_database_that_was_set_back_or_forked_is_followed_no_more(bool forked)
    {
        await using ServedLedger served = await Serve();
        Append(2);
        Until(() => Size(served) == 23);
        if (forked)
            Execute(
                $"UPDATE tessrax_batches SET entries = set_byte(entries, 20, (get_byte(entries, 20) + 1) % 128) WHERE next_index = 23 AND ledger = {Number}"
            );
        Execute(
            $"UPDATE tessrax_ledgers SET {(forked ? "root = decode(repeat('00', 32), 'hex')" : "size = 22")} WHERE ledger = {Number}"
        );
        Until(() => served.Copy!.HasStopped);
        Assert.Equal(forked ? ErrorCodes.StoreMismatch : ErrorCodes.Behind, served.Failure!.Code);
        Assert.Equal(23, Size(served));
        Assert.Equal(1, log.Numbers(from: 6003).Count(number => number == 6005));
        Assert.Equal(23, Size(served));
    }

    [Fact]
    public async Task What_is_erased_elsewhere_is_shown_no_more_and_gone()
    {
        await using ServedLedger served = await Serve();
        Until(() => served.Copy is { There: 21 });
        Assert.NotNull(Read(served, 5).Payload);
        using (LedgerWriter writer = ledger.Open())
            new PayloadDesk(writer, SystemDisk.Instance).Erase(5, "asked for");
        Until(() => Size(served) == 22);
        Assert.Null(Read(served, 5).Payload);
        Until(() => BatchesIn(There).SelectMany(batch => batch.Entries).ElementAt(5).IsErased);
    }

    [Fact]
    public async Task Whoever_opens_the_directory_to_write_may_and_keeps_it_up_to_date()
    {
        await using ServedLedger served = await Serve();
        for (int i = 0; i < 5; i++)
        {
            Append(1);
            using LedgerWriter writer = LedgerWriter.Open(There, TestLedger.Keys(), Away());
            writer.Append([TestLedger.Own("here")]);
            Until(() => Size(served) == writer.Fold.Size);
            Until(() => served.Copy is { Fault: null } copy && copy.There == writer.Fold.Size);
        }
        Assert.Empty(log.Numbers(from: 6003));
        Append(1);
        Until(() => Size(served) == 32);
    }

    [Fact]
    public async Task A_ledger_that_goes_back_to_the_files_of_the_directory_is_followed_no_more_and_that_is_no_fault()
    {
        await using ServedLedger served = await Serve();
        Until(() => served.Copy is { There: 21 });
        new LedgerMove(Away()).ToDirectory(server.Address(proxy.Port), There);
        Until(() => served.Copy is null);
        using (LedgerWriter writer = LedgerWriter.Open(There, TestLedger.Keys(), Away()))
            writer.Append([TestLedger.Own("here")]);
        Until(() => Size(served) == 22);
        Assert.Null(served.Warning);
        new LedgerMove(Away()).ToDatabase(There, Address);
        Until(() => served.Copy is { There: 22, Fault: null });
    }

    [Fact]
    public async Task It_may_be_left_to_others()
    {
        await using ServedLedger served = await ServedLedger.OpenAsync(
            There,
            null,
            Away(),
            ServingOptions.Default with
            {
                PullEvery = TimeSpan.Zero,
            }
        );
        Append(1);
        await Task.Delay(300, TestContext.Current.CancellationToken);
        Assert.Equal((null, 21), (served.Copy, Size(served)));
        new WorkingCopy(Away()).Pull(There);
        Until(() => Size(served) == 22);
    }

    private Task<ServedLedger> Serve() =>
        ServedLedger.OpenAsync(
            There,
            null,
            Away() with
            {
                Logger = log,
            },
            ServingOptions.Default with
            {
                PullEvery = TimeSpan.FromMilliseconds(50),
                Look = TimeSpan.FromMilliseconds(20),
                Freshness = TimeSpan.Zero,
            }
        );

    private static long Size(ServedLedger served)
    {
        using Lease<LedgerMoment> now = served.Moment();
        return now.Value.Size;
    }

    private static Receipt Read(ServedLedger served, long index)
    {
        using Lease<LedgerMoment> now = served.Moment();
        return now.Value.Glance.Receipt(index);
    }

    private static void Until(Func<bool> holds)
    {
        long began = Stopwatch.GetTimestamp();
        while (!holds())
        {
            Assert.True(Stopwatch.GetElapsedTime(began) < TimeSpan.FromSeconds(30), "it took too long");
            Thread.Sleep(20);
        }
    }
}
