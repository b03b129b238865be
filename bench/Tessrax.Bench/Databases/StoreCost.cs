using Tessrax.Bench.Http;
using Tessrax.Bench.Ratios;
using Tessrax.Node.Appending;

namespace Tessrax.Bench.Databases;

/// <summary>What a million receipts cost: processor time, bytes on disk, and how often something is made durable.</summary>
/// <param name="server">The database's server.</param>
/// <param name="chain">Asks the server.</param>
/// <param name="batches">How many batches are appended, one after the other.</param>
/// <param name="drafts">The entries of each.</param>
internal sealed class StoreCost(BenchPostgres server, HashChain chain, int batches, OwnDraft[] drafts)
{
    private const double Million = 1e6;

    /// <summary>Measures a new ledger of this folder, in a database unless <paramref name="address"/> is null.</summary>
    public async IAsyncEnumerable<Finding> Of(string? address, string folder)
    {
        var disk = new CountingDisk();
        await using LedgerCrowd ledger = LedgerCrowd.Make(
            folder,
            1,
            address,
            HttpLedger.Environment with
            {
                Disk = disk,
            }
        );
        Sums before = await Look(folder, disk);
        for (int i = 0; i < batches; i++)
            await ledger.Append(drafts);
        Sums after = await Look(folder, disk);

        double receipts = (double)batches * drafts.Length;
        string name = $"cost.{(address is null ? "files" : "postgres")}";
        Finding Cost(string what, double value, string unit) =>
            new($"{name}.{what}", value * (Million / receipts), $"{unit}/million");
        yield return Cost("cpu", (after.Own - before.Own).TotalSeconds, "s");
        yield return Cost("syncs", after.Syncs - before.Syncs, "count");
        yield return Cost("directory", after.Bytes - before.Bytes, "B");
        if (address is null)
            yield break;
        yield return Cost("server-cpu", (after.Server - before.Server).TotalSeconds, "s");
        yield return Cost("server-syncs", after.WalSyncs - before.WalSyncs, "count");
        yield return Cost("tables", after.Tables - before.Tables, "B");
        yield return Cost("write-ahead-log", after.WalBytes - before.WalBytes, "B");
    }

    private async Task<Sums> Look(string folder, CountingDisk disk) =>
        new(
            Environment.CpuUsage.TotalTime,
            disk.Syncs,
            new DirectoryInfo(folder).EnumerateFiles("*", SearchOption.AllDirectories).Sum(file => file.Length),
            server.Cpu,
            await chain.Ask("SELECT wal_sync FROM pg_stat_wal"),
            await chain.Ask("SELECT pg_database_size(current_database())"),
            await chain.Ask("SELECT wal_bytes FROM pg_stat_wal")
        );

    private sealed record Sums(
        TimeSpan Own,
        long Syncs,
        long Bytes,
        TimeSpan Server,
        long WalSyncs,
        long Tables,
        long WalBytes
    );
}
