using Tessrax.Bench.Http;
using Tessrax.Bench.Ratios;
using Tessrax.Node;
using Tessrax.Node.Appending;
using Tessrax.Node.Postgres;
using Tessrax.Node.Stores;

namespace Tessrax.Bench.Databases;

/// <summary><c>postgres [--quick] [--json] [--in DIR] [--rounds N]</c>: ledgers in PostgreSQL beside a hash chain in the same server, and what a million receipts cost in either store.</summary>
internal sealed class PostgresRun
{
    private const int Together = 100;
    private const int Ledgers = 100;
    private const int Clients = 8;
    private const int WarmUps = 2;

    private static readonly OwnDraft[] Drafts =
    [
        .. Enumerable.Range(0, Together).Select(i => new OwnDraft(HttpLedger.Event, HttpLedger.DataOf(i))),
    ];

    private static readonly string[] Rows =
    [
        .. Enumerable.Range(0, Together).Select(i => System.Text.Encoding.UTF8.GetString(HttpLedger.DataOf(i))),
    ];

    private bool quick;
    private bool json;
    private int rounds = 7;
    private string place = Path.GetTempPath();

    private TimeSpan Turn => TimeSpan.FromSeconds(quick ? 0.05 : 1);

    public static async Task<int> Start(string[] args)
    {
        var run = new PostgresRun();
        if (!run.Read(args))
        {
            await Console.Error.WriteLineAsync("usage: postgres [--quick] [--json] [--in DIR] [--rounds N]");
            return 2;
        }
        PostgresStores.Register();
        using var work = new WorkFolder(run.place, "postgres");
        using var server = new BenchPostgres(Path.Combine(work.Path, "server"));
        LedgerStores.Migrate(server.Address, HttpLedger.Environment);
        await foreach (Finding finding in run.Findings(server, work.Path))
            Console.WriteLine(run.json ? RatioRun.Json(finding) : RatioRun.Text(finding));
        return 0;
    }

    private bool Read(string[] args) =>
        new RunArguments()
            .Flag("--quick", () => (quick, rounds) = (true, 1))
            .Flag("--json", () => json = true)
            .Number("--rounds", 1, number => rounds = number)
            .Text("--in", folder => place = Path.GetFullPath(folder))
            .Read(args);

    private async IAsyncEnumerable<Finding> Findings(BenchPostgres server, string work)
    {
        NodeEnvironment environment = HttpLedger.Environment;
        await using HashChain chain = await HashChain.Create(server.Connection, Clients);
        await using (LedgerCrowd one = LedgerCrowd.Make(Path.Combine(work, "one"), 1, server.Address, environment))
        await using (
            LedgerCrowd many = LedgerCrowd.Make(
                Path.Combine(work, "many"),
                quick ? 5 : Ledgers,
                server.Address,
                environment
            )
        )
        {
            foreach (int clients in new[] { 1, Clients })
            {
                (Load[] ours, Load[] spread, Load[] function) = await Measure(server, chain, one, many, clients);
                string name = $"postgres.appends.clients{clients}";
                foreach (Finding finding in Load.Compare(name, ours, "function", function, 0.7))
                    yield return finding;
                // The figures of one ledger stand above.
                foreach (Finding finding in Load.Compare($"{name}.spread", spread, "one-ledger", ours, 1))
                {
                    if (!finding.Name.Contains(".one-ledger", StringComparison.Ordinal))
                        yield return finding;
                }
            }
        }
        var cost = new StoreCost(server, chain, quick ? 20 : 2000, Drafts);
        foreach (string? address in new[] { null, server.Address })
        {
            await foreach (Finding finding in cost.Of(address, Path.Combine(work, address is null ? "file" : "moved")))
                yield return finding;
        }
    }

    // In turns: a round gives each of them one.
    private async Task<(Load[] Ours, Load[] Spread, Load[] Function)> Measure(
        BenchPostgres server,
        HashChain chain,
        LedgerCrowd one,
        LedgerCrowd many,
        int clients
    )
    {
        TimeSpan Cpu() => Environment.CpuUsage.TotalTime + server.Cpu;
        var loads = (Ours: new Load[rounds], Spread: new Load[rounds], Function: new Load[rounds]);
        for (int i = quick ? 0 : -WarmUps; i < rounds; i++)
        {
            Load ours = await Load.Run(clients, Turn, Cpu, _ => one.Append(Drafts));
            Load function = await Load.Run(clients, Turn, Cpu, client => chain.Append(client, Rows));
            Load spread = await Load.Run(clients, Turn, Cpu, _ => many.Append(Drafts));
            if (i < 0)
                continue;
            loads.Ours[i] = ours.Times(Together);
            loads.Function[i] = function.Times(Together);
            loads.Spread[i] = spread.Times(Together);
        }
        return loads;
    }
}
