using System.Net;
using System.Text;
using Tessrax.Canonical;
using Tessrax.Node.Appending;
using Tessrax.Node.Reading;
using Tessrax.Node.Tests;

namespace Tessrax.Server.Tests;

/// <summary>A server ends without leaving anything half done.</summary>
public sealed class DrainTests
{
    [Fact]
    public async Task It_says_that_it_ends_before_it_does_and_what_was_accepted_is_durable()
    {
        var home = new TestLedger();
        await using TestServer server = await TestServer.Start(
            home,
            options => options with { DrainNotice = TimeSpan.FromMilliseconds(400) }
        );
        using HttpResponseMessage ready = await server.Http.GetAsync(new Uri("/readyz", UriKind.Relative));
        Assert.Equal(HttpStatusCode.OK, ready.StatusCode);
        ValueTask<AppendReceipt> accepted = server.Ledger.Pipeline.AppendAsync(
            new OwnDraft("x-test", Encoding.UTF8.GetBytes("""{"text":"last"}"""))
        );
        Task stopping = server.Running.StopAsync();
        using HttpResponseMessage ending = await server.Http.GetAsync(new Uri("/readyz", UriKind.Relative));
        Assert.Equal(HttpStatusCode.ServiceUnavailable, ending.StatusCode);
        JsonValue said = JsonValue.Parse(await ending.Content.ReadAsByteArrayAsync());
        Assert.Equal("TSX6007", said["reason"]!.AsString());
        Assert.NotNull(ending.Headers.RetryAfter);
        // Others are answered still.
        using HttpResponseMessage read = await server.Http.GetAsync(new Uri("/v1/checkpoint", UriKind.Relative));
        Assert.Equal(HttpStatusCode.OK, read.StatusCode);
        AppendReceipt receipt = await accepted;
        await stopping;
        await Assert.ThrowsAsync<HttpRequestException>(() =>
            server.Http.GetAsync(new Uri("/healthz", UriKind.Relative))
        );
        using LedgerView view = home.View();
        Assert.Equal("x-test", view.Receipt(receipt.Index).Entry.Body.Event);
        // And the writer's lock is free.
        home.Open().Dispose();
    }

    [Fact]
    public async Task After_a_failed_batch_it_is_not_ready_and_reads_on()
    {
        await using TestServer server = await TestServer.Start();
        await server.Ledger.Pipeline.CompleteAsync();
        using HttpResponseMessage ready = await server.Http.GetAsync(new Uri("/readyz", UriKind.Relative));
        Assert.Equal(HttpStatusCode.ServiceUnavailable, ready.StatusCode);
        Assert.Equal("TSX3024", JsonValue.Parse(await ready.Content.ReadAsByteArrayAsync())["reason"]!.AsString());
        using HttpResponseMessage read = await server.Http.GetAsync(new Uri("/v1/receipts/0", UriKind.Relative));
        Assert.Equal(HttpStatusCode.OK, read.StatusCode);
    }
}
