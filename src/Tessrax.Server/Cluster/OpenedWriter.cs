using System.Globalization;
using Microsoft.AspNetCore.Http.Features;
using Tessrax.Canonical;
using Tessrax.Keys;
using Tessrax.Server.Api;
using Tessrax.Server.Host;

namespace Tessrax.Server.Cluster;

/// <summary>A ledger that this node writes: the very server that one machine has for it, with requests that other nodes let in.</summary>
/// <param name="app">The server.</param>
/// <param name="closed">Done once it is closed.</param>
internal sealed class OpenedWriter(InnerApp app, Func<Task> closed) : IAsyncDisposable
{
    private readonly TaskCompletionSource givenUp = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Lock access = new();
    private Task? closing;

    /// <summary>Stands for what is durable: another object with each batch.</summary>
    public object Newest => app.Ledger.Stopped is null ? app.Ledger.Pipeline.Checkpoint : this;

    /// <summary>Whether nothing can be appended here any more: a batch failed, or another writer has taken over, or is to.</summary>
    public bool HasEnded => givenUp.Task.IsCompleted || app.Ledger.AppendFailure is not null;

    /// <summary>Completes when another node is to write the ledger, whatever is under way here: nobody waits for it any more.</summary>
    public Task GivenUp => givenUp.Task;

    /// <summary>As <see cref="ILedgerGrain.Cosigned"/>.</summary>
    public byte[] Cosigned => app.Witnesses?.Cosigned?.ToBytes() ?? [];

    /// <summary>Whether proposals wait, so that time may make something due.</summary>
    public Task<bool> Waits() => app.Ledger.Write("looking at what waits", writer => writer.Fold.Proposals.Count > 0);

    /// <summary>Answers a request.</summary>
    public async Task<HandedAnswer> Answer(HandedRequest request)
    {
        using var body = new MemoryStream();
        FeatureCollection features = request.ToFeatures(body);
        if (!await app.TryHandle(features))
            return HandedAnswer.Of(
                ErrorCodes.PipelineClosed.Because("the node that wrote the ledger is about to leave")
            );
        IHttpResponseFeature response = features.GetRequiredFeature<IHttpResponseFeature>();
        byte[] bytes = body.ToArray();
        return new HandedAnswer
        {
            Status = response.StatusCode,
            Headers =
            [
                .. response.Headers.SelectMany(header =>
                    header.Value.Select(value => new KeyValuePair<string, string>(header.Key, value ?? ""))
                ),
            ],
            Body = bytes,
            Size = SizeNow(),
            Code = CodeOf(response, bytes),
        };
    }

    /// <summary>Lets another node write the ledger. What is under way here is refused by the database as soon as one does.</summary>
    public void GiveUp() => givenUp.TrySetResult();

    public ValueTask DisposeAsync()
    {
        lock (access)
            return new ValueTask(closing ??= Close());
    }

    private async Task Close()
    {
        try
        {
            await app.DisposeAsync();
        }
        finally
        {
            await closed();
        }
    }

    private long SizeNow() =>
        app.Ledger.Stopped is null ? Checkpoint.ParseBody(app.Ledger.Pipeline.Checkpoint.Text).Head.Size : 0;

    private static int CodeOf(IHttpResponseFeature response, byte[] body)
    {
        // An answer to HEAD says how long it is, and has no body.
        if (response.Headers.ContentType != Problem.ContentType || body.Length == 0)
            return 0;
        string code = JsonValue.Parse(body)["code"]?.AsString() ?? "";
        return int.TryParse(code.AsSpan(Math.Min(3, code.Length)), CultureInfo.InvariantCulture, out int number)
            ? number
            : 0;
    }
}
