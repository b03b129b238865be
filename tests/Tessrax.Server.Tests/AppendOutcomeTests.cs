using Tessrax.Node.Appending;
using Tessrax.Node.Serving;
using Tessrax.Node.Tests;
using Tessrax.Node.Tests.Appending;
using Tessrax.Verification;
using static Tessrax.Server.Tests.AppendTests;

namespace Tessrax.Server.Tests;

/// <summary>Appending over HTTP when the server ends, is asked too much, may not write, or has a disk that fails.</summary>
public sealed class AppendOutcomeTests
{
    [Fact]
    public async Task The_same_request_appends_once_also_after_a_restart()
    {
        await using Clients clients = await Clients.Start();
        Told first = await clients.Submitter.Post("/v1/receipts", Note("once"), key: "k");
        await clients.Restart();
        Told again = await clients.Submitter.Post("/v1/receipts", Note("once"), key: "k");
        Assert.Equal((200, first.Number("index")), (again.Status, again.Number("index")));
        Assert.Equal((409, "TSX4004"), Brief(await clients.Submitter.Post("/v1/receipts", Note("twice"), key: "k")));
    }

    [Fact]
    public async Task What_is_too_much_is_turned_away_at_once_and_what_was_taken_is_done()
    {
        var serving = new ServingOptions(new LedgerPipelineOptions(maxQueuedEntries: 8));
        await using Clients clients = await Clients.Start(serving: serving);
        LedgerPipeline pipeline = clients.Server.Ledger.Pipeline;
        using var goOn = new ManualResetEventSlim();
        Task<bool> work = clients.Server.Ledger.Write("a test", _ => goOn.Wait(TimeSpan.FromSeconds(30)));
        Task<Told>[] taken =
        [
            .. Enumerable.Range(0, 6).Select(i => clients.Submitter.Post("/v1/receipts", Note($"{i}"))),
        ];
        Assert.True(SpinWait.SpinUntil(() => pipeline.Pending == 7, TimeSpan.FromSeconds(30)));
        foreach (string path in (string[])["/v1/receipts", "/v1/claims", "/v1/transactions"])
        {
            Told refused = await clients.Submitter.Post(path, Note("too much"));
            Assert.Equal((503, "TSX6006"), Brief(refused));
            Assert.Equal(TimeSpan.FromSeconds(1), refused.Headers.RetryAfter!.Delta);
        }
        // Whoever reads is not kept from it.
        Assert.Equal(200, (await clients.Reader.Get("/v1/receipts/0")).Status);
        goOn.Set();
        Assert.True(await work);
        Assert.All(await Task.WhenAll(taken), told => Assert.Equal(201, told.Status));
        Assert.Equal(201, (await clients.Submitter.Post("/v1/receipts", Note("again"))).Status);
        Assert.Equal(8, clients.Size);
    }

    [Fact]
    public async Task A_server_that_only_reads_says_so()
    {
        await using Clients clients = await Clients.Start(writes: false);
        Assert.Equal((409, "TSX6004"), Brief(await clients.Submitter.Post("/v1/receipts", Note("a"))));
        Assert.Equal((409, "TSX6004"), Brief(await clients.Submitter.Get("/v1/transactions")));
    }

    [Fact]
    public async Task Where_the_disk_fails_nobody_is_told_that_it_is_done_and_asking_again_tells()
    {
        var disk = new BrokenDisk();
        await using Clients clients = await Clients.Start(new TestLedger(disk: disk));
        Assert.Equal(201, (await clients.Submitter.Post("/v1/receipts", Note("before"), key: "before")).Status);
        Assert.Equal(200, (await clients.Reader.Get("/v1/receipts/1")).Status);
        Assert.Equal(201, (await clients.Submitter.Post("/v1/receipts", Note("not seen yet"))).Status);
        disk.Fails = static (operation, path) =>
            operation == "sync" && path.Contains("segments", StringComparison.Ordinal);
        Told unknown = await clients.Submitter.Post("/v1/receipts", Note("lost?"), key: "lost");
        Assert.Equal((503, "TSX3009"), Brief(unknown));
        Assert.NotNull(unknown.Headers.RetryAfter);
        Assert.True(AppendToken.TryParse(unknown["token"].AsString(), out AppendToken? token));
        Assert.Equal((503, "TSX3024"), Brief(await clients.Submitter.Post("/v1/receipts", Note("after"))));
        // Reading goes on. What was acknowledged cannot be read any more, but nobody says that it is not there.
        Assert.Equal(200, (await clients.Reader.Get("/v1/receipts/1")).Status);
        Assert.Equal((503, "TSX3006"), Brief(await clients.Reader.Get("/v1/receipts/2")));
        disk.Fails = static (_, _) => false;
        await clients.Restart();
        string fate = System.Buffers.Text.Base64Url.EncodeToString(
            System.Text.Encoding.UTF8.GetBytes(token!.ToString())
        );
        bool isThere = (await clients.Submitter.Get($"/v1/appends/{fate}"))["outcome"].AsString() == "committed";
        Told again = await clients.Submitter.Post("/v1/receipts", Note("lost?"), key: "lost");
        Assert.Equal(isThere ? 200 : 201, again.Status);
        Assert.Equal(4, clients.Size);
        await clients.Server.Running.StopAsync();
        Verdict verdict = clients.Server.Home.Verify();
        Assert.True(verdict.Holds, verdict.ToJson().ToString());
    }
}
