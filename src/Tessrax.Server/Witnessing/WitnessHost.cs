using Microsoft.AspNetCore.Http.Features;
using Tessrax.Keys;
using Tessrax.Node.Witnessing;
using Tessrax.Server.Api;
using Tessrax.Server.Host;

namespace Tessrax.Server.Witnessing;

/// <summary>Serves a witness over HTTP: <c>POST /add-checkpoint</c> (C2SP tlog-witness), and <c>GET /healthz</c>.</summary>
/// <remarks>Nobody signs in: a request counts for what its checkpoint's signature is worth, and nothing can be read.</remarks>
internal static class WitnessHost
{
    public const string AddCheckpoint = "/add-checkpoint";
    public const string Health = "/healthz";

    // Each works on the disk. The others wait for their turn without a thread.
    private const int AtOnce = 16;

    /// <summary>Starts it; on return it answers.</summary>
    /// <param name="urls">Where it listens.</param>
    /// <param name="witness">Disposed with the server, and if this throws.</param>
    public static async Task<RunningWitness> StartAsync(IReadOnlyList<string> urls, Witness witness)
    {
        WebApplication? app = null;
        try
        {
            WebApplicationBuilder builder = BareKestrel.NewBuilder();
            builder.WebHost.UseUrls([.. urls]);
            app = builder.Build();
            var turns = new SemaphoreSlim(AtOnce);
            app.Run(http => Guard(http, witness, turns));
            await app.StartAsync();
            return new RunningWitness(app, witness);
        }
        catch
        {
            if (app is not null)
                await app.DisposeAsync();
            witness.Dispose();
            throw;
        }
    }

    private static async Task Guard(HttpContext http, Witness witness, SemaphoreSlim turns)
    {
        try
        {
            await Answer(http, witness, turns);
        }
        catch (TessraxException e)
        {
            // Nothing was cosigned that the client may be given; it comes again later.
            await Problem.Write(http, e);
        }
        catch (BadHttpRequestException e)
        {
            await Write(http, WitnessAnswer.Malformed($"the request cannot be read: {e.Message}"));
        }
        catch (Exception) when (http.RequestAborted.IsCancellationRequested)
        {
            http.Abort();
        }
    }

    private static async Task Answer(HttpContext http, Witness witness, SemaphoreSlim turns)
    {
        // As it was sent: no other spelling of the two addresses is one of them.
        switch (http.Features.Get<IHttpRequestFeature>()!.RawTarget)
        {
            case AddCheckpoint when HttpMethods.IsPost(http.Request.Method):
                await Write(http, await Judge(http, witness, turns));
                break;
            case Health when HttpMethods.IsGet(http.Request.Method):
                await Write(http, new WitnessAnswer(StatusCodes.Status200OK, "ok\n"));
                break;
            case (AddCheckpoint or Health) and var path:
                http.Response.Headers.Allow = path == Health ? HttpMethods.Get : HttpMethods.Post;
                await Problem.Write(
                    http,
                    ErrorCodes.WrongMethod.Because($"{path} does not take {http.Request.Method}")
                );
                break;
            default:
                await Problem.Write(
                    http,
                    ErrorCodes.NoSuchPage.Because(
                        "a witness has /add-checkpoint alone",
                        "logs ask it with POST /add-checkpoint (C2SP tlog-witness); there is nothing to read"
                    )
                );
                break;
        }
    }

    private static async Task<WitnessAnswer> Judge(HttpContext http, Witness witness, SemaphoreSlim turns)
    {
        var body = new byte[AddCheckpointRequest.MaxBytes + 1];
        int length = await http.Request.Body.ReadAtLeastAsync(
            body,
            body.Length,
            throwOnEndOfStream: false,
            http.RequestAborted
        );
        if (length == body.Length)
            return WitnessAnswer.Malformed($"the request has more than {AddCheckpointRequest.MaxBytes} bytes");
        await turns.WaitAsync(http.RequestAborted);
        try
        {
            return witness.AddCheckpoint(body.AsSpan(0, length));
        }
        finally
        {
            turns.Release();
        }
    }

    private static async Task Write(HttpContext http, WitnessAnswer answer)
    {
        byte[] body = System.Text.Encoding.UTF8.GetBytes(answer.Body);
        http.Response.StatusCode = answer.Status;
        http.Response.ContentType =
            answer.Status == StatusCodes.Status409Conflict ? WitnessAnswer.SizeType : "text/plain; charset=utf-8";
        http.Response.Headers.CacheControl = "no-store";
        http.Response.ContentLength = body.Length;
        await http.Response.Body.WriteAsync(body, http.RequestAborted);
    }
}

/// <summary>A witness that answers.</summary>
internal sealed class RunningWitness(WebApplication app, Witness witness) : IAsyncDisposable
{
    /// <summary>Where it listens; the first address of several.</summary>
    public Uri Address { get; } = BareKestrel.AddressOf(app);

    /// <summary>Answers what it was asked, and ends.</summary>
    public async ValueTask DisposeAsync()
    {
        await app.StopAsync();
        await app.DisposeAsync();
        witness.Dispose();
    }
}
