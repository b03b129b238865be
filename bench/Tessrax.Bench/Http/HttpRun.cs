using Tessrax.Bench.Ratios;

namespace Tessrax.Bench.Http;

/// <summary><c>http [--quick] [--json] [--entries N] [--ledger DIR] [--in DIR] [--rounds N] [--only PREFIX]</c>: the server on this machine's loopback, beside bare Kestrel and beside the pipeline within a process.</summary>
internal sealed class HttpRun
{
    private const int WarmUps = 5;

    // Receipts of a request that has many.
    private const int Together = 16;
    private bool quick;
    private bool json;
    private int entries = 1_000_000;
    private int rounds = 9;
    private string? ledger;
    private string place = Path.GetTempPath();
    private string only = "";

    private TimeSpan Turn => TimeSpan.FromSeconds(quick ? 0.1 : 1);

    public static async Task<int> Start(string[] args)
    {
        var run = new HttpRun();
        if (!run.Read(args))
        {
            Console.Error.WriteLine(
                "usage: http [--quick] [--json] [--entries N] [--ledger DIR] [--in DIR] [--rounds N] [--only reads|appends|page]"
            );
            return 2;
        }
        using var work = new WorkFolder(run.place, "http");
        await foreach (Finding finding in run.Findings(work.Path))
            Console.WriteLine(run.json ? RatioRun.Json(finding) : RatioRun.Text(finding));
        return 0;
    }

    private bool Read(string[] args) =>
        new RunArguments()
            .Flag("--quick", () => (quick, entries, rounds) = (true, 2000, 2))
            .Flag("--json", () => json = true)
            .Number("--entries", 601, number => entries = number)
            .Number("--rounds", 1, number => rounds = number)
            .Text("--ledger", folder => ledger = folder)
            .Text("--in", folder => place = folder)
            .Text("--only", part => only = part, "reads", "appends", "page")
            .Read(args);

    private async IAsyncEnumerable<Finding> Findings(string work)
    {
        string directory = ledger ?? Path.Combine(work, "ledger");
        if (ledger is null)
            await HttpLedger.Make(directory, entries);
        if (only is "" or "reads" or "page")
        {
            await foreach (Finding finding in Reading(directory, work))
                yield return finding;
        }
        if (only is "" or "appends")
        {
            await foreach (Finding finding in Appending(work))
                yield return finding;
        }
    }

    private async IAsyncEnumerable<Finding> Reading(string directory, string work)
    {
        using var ours = HttpServers.Start(ledger is null ? "ledger" : "strange-ledger", directory);
        if (only is "" or "page")
        {
            double[] page = await HttpReads.Times(ours.Address, "/", quick ? 5 : 200);
            yield return new Finding("http.page.first", page[^1], "ms");
            yield return new Finding("http.page.median", page[page.Length / 2], "ms", Goal.Most(100));
        }
        if (only == "page")
            yield break;
        var reads = new HttpReads(ours, await HttpReads.SizeOf(ours.Address), quick);
        IReadOnlyList<(string Name, double? Least, string[] Targets)> kinds = reads.Kinds;
        string file = Path.Combine(work, "answers.json");
        await HttpReads.Record(ours.Address, kinds.SelectMany(kind => kind.Targets), file);
        using var bare = HttpServers.Start("bare", file);
        foreach ((string name, double? least, string[] targets) in kinds)
        {
            (Load[] mine, Load[] theirs) = await reads.Measure(targets, bare, rounds, Turn);
            foreach (Finding finding in Load.Compare($"http.{name}", mine, "kestrel", theirs, least))
                yield return finding;
        }
    }

    private async IAsyncEnumerable<Finding> Appending(string work)
    {
        (string one, string other) = (Path.Combine(work, "served"), Path.Combine(work, "own"));
        await HttpLedger.Make(one, 1000);
        await HttpLedger.Make(other, 1000);
        using var server = HttpServers.Start("ledger", one);
        HttpAppends appends = await HttpAppends.To(server);
        await foreach (Finding finding in Appending(appends, "http.appends", other, work))
            yield return finding;
        await foreach (Finding finding in Appending(appends.By(Together), "http.appends.batches", other, work))
            yield return finding;
    }

    private async IAsyncEnumerable<Finding> Appending(HttpAppends appends, string name, string other, string work)
    {
        string file = Path.Combine(work, $"{name}.json");
        await appends.Record(file);
        using var bare = HttpServers.Start("bare", file);
        (Load[] mine, Load[] within, Load[] nothing) = (new Load[rounds], new Load[rounds], new Load[rounds]);
        // Some rounds more, which do not count: the runtime compiles what is hot.
        for (int i = quick ? 0 : -WarmUps; i < rounds; i++)
        {
            Load over = await appends.OverHttp(2 * Turn);
            Load own = await appends.InProcess(other, 2 * Turn);
            Load none = await appends.OverHttp(Turn, bare);
            if (i >= 0)
                (mine[i], within[i], nothing[i]) = (over, own, none);
        }
        foreach (Finding finding in Load.Compare(name, mine, "in-process", within, 0.5))
            yield return finding;
        foreach (Finding finding in Load.Compare(name, mine, "kestrel", nothing, null).Skip(2))
            yield return finding;
    }
}
