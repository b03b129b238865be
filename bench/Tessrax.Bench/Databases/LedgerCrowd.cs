using System.Globalization;
using Tessrax.Bench.Http;
using Tessrax.Node;
using Tessrax.Node.Appending;
using Tessrax.Node.Stores;

namespace Tessrax.Bench.Databases;

/// <summary>Several ledgers that are written to at once, each by a pipeline of its own, as a server does.</summary>
internal sealed class LedgerCrowd : IAsyncDisposable
{
    private readonly LedgerPipeline[] pipelines;
    private int turn;

    private LedgerCrowd(LedgerPipeline[] pipelines) => this.pipelines = pipelines;

    /// <summary>Makes so many, and moves them into a database unless <paramref name="address"/> is null.</summary>
    public static LedgerCrowd Make(string folder, int count, string? address, NodeEnvironment environment)
    {
        var pipelines = new LedgerPipeline[count];
        for (int i = 0; i < count; i++)
        {
            string directory = Path.Combine(folder, i.ToString(CultureInfo.InvariantCulture));
            string origin = $"example.com/{Path.GetFileName(folder)}/{Path.GetFileName(directory)}";
            HttpLedger.Create(directory, origin, environment).Dispose();
            if (address is not null)
                new LedgerMove(environment).ToDatabase(directory, address);
            pipelines[i] = new LedgerPipeline(LedgerWriter.Open(directory, HttpLedger.Keys, environment));
        }
        return new LedgerCrowd(pipelines);
    }

    /// <summary>Appends these entries together to the next ledger, durably.</summary>
    public async ValueTask Append(OwnDraft[] drafts) =>
        await pipelines[(uint)Interlocked.Increment(ref turn) % (uint)pipelines.Length].AppendAsync(drafts);

    public async ValueTask DisposeAsync()
    {
        foreach (LedgerPipeline pipeline in pipelines)
        {
            await pipeline.CompleteAsync();
            await pipeline.DisposeAsync();
        }
    }
}
