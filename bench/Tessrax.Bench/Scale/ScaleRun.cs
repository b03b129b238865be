using System.Globalization;
using Tessrax.Bench.Ratios;

namespace Tessrax.Bench.Scale;

/// <summary><c>scale [--recorded] [--quick] [--json] [--seed N] [--in DIR]</c>: what a cluster of many ledgers needs, by a model that is fed with measured costs and held against a simulation.</summary>
internal sealed class ScaleRun
{
    /// <summary>The costs of docs/scale.md, which says when and where they were measured.</summary>
    private static readonly ScaleCosts Recorded = new(
        Batch: 328e-6,
        Entry: 12.4e-6,
        Commit: 208e-6,
        CommitsPerSecond: 4180,
        Open: 9040e-6,
        Verify: 59e-6,
        Hash: 244e-9,
        BatchBytes: 1250,
        EntryBytes: 160
    );

    // Near its limit a queue grows without end.
    private const double Full = 0.7;

    private bool quick;
    private bool json;
    private bool recorded;
    private int seed = 1;
    private string place = Path.GetTempPath();

    // A thousand nodes and a million ledgers, of which the hottest gets one entry in 75.
    private ScalePlan Plan =>
        quick
            ? new ScalePlan(Nodes: 50, Ledgers: 20_000, Databases: 4, Rate: 8000, Skew: 0.8)
            : new ScalePlan(Nodes: 1000, Ledgers: 1_000_000, Databases: 32, Rate: 100_000, Skew: 0.8);

    public static async Task<int> Start(string[] args)
    {
        var run = new ScaleRun();
        if (!run.Read(args))
        {
            await Console.Error.WriteLineAsync("usage: scale [--recorded] [--quick] [--json] [--seed N] [--in DIR]");
            return 2;
        }
        foreach (Finding finding in run.Findings(run.recorded ? Recorded : await run.Measure()))
            Console.WriteLine(run.json ? RatioRun.Json(finding) : RatioRun.Text(finding));
        return 0;
    }

    private bool Read(string[] args) =>
        new RunArguments()
            .Flag("--recorded", () => recorded = true)
            .Flag("--quick", () => quick = true)
            .Flag("--json", () => json = true)
            .Number("--seed", int.MinValue, number => seed = number)
            .Text("--in", folder => place = Path.GetFullPath(folder))
            .Read(args);

    private async Task<ScaleCosts> Measure()
    {
        using var work = new WorkFolder(place, "scale");
        return await new ScaleMeasuring(work.Path, quick).Run();
    }

    private IEnumerable<Finding> Findings(ScaleCosts costs)
    {
        foreach (Finding cost in CostsOf(costs))
            yield return cost;
        var model = new ScaleModel(Plan, costs);
        double seconds = quick ? 20 : 30;
        ScaleOutcome calm = new ScaleSimulation(Plan, costs, seed).Run(seconds, failing: 0);
        foreach (Finding finding in Compared(model, calm))
            yield return finding;
        yield return new Finding("scale.wait.median", calm.Median * 1e3, "ms");
        yield return new Finding("scale.wait.slowest-percent", calm.Slowest * 1e3, "ms");
        yield return new Finding("scale.node.busiest", calm.BusiestNode * 100, "%");
        yield return new Finding("scale.waiting-at-the-end", calm.Waiting, "count");

        ScaleOutcome failed = new ScaleSimulation(Plan, costs, seed).Run(seconds, failing: Plan.Nodes / 50);
        yield return new Finding("scale.failure.outage.modelled", model.Outage, "s");
        yield return new Finding("scale.failure.outage.simulated", failed.Outage, "s");
        yield return new Finding("scale.failure.waiting-at-the-end", failed.Waiting, "count");

        foreach ((string name, double load) in model.Loads)
            yield return new Finding($"scale.load.{name}", load * 100, "%");
        yield return new Finding("scale.bytes-per-day", model.BytesPerDay / 1e12, "TB");
        yield return new Finding("scale.fleet.changed-in-a-round", model.ChangedInRound, "count");
        yield return new Finding("scale.fleet.proof", Math.Ceiling(Math.Log2(Plan.Ledgers)), "hashes");
        foreach (Finding finding in Breaking(costs))
            yield return finding;
    }

    private static IEnumerable<Finding> CostsOf(ScaleCosts costs) =>
        [
            new("scale.cost.batch", costs.Batch * 1e6, "us"),
            new("scale.cost.entry", costs.Entry * 1e6, "us"),
            new("scale.cost.commit", costs.Commit * 1e6, "us"),
            new("scale.cost.commits", costs.CommitsPerSecond, "/s"),
            new("scale.cost.open", costs.Open * 1e6, "us"),
            new("scale.cost.verify", costs.Verify * 1e6, "us"),
            new("scale.cost.hash", costs.Hash * 1e9, "ns"),
            new("scale.cost.batch-bytes", costs.BatchBytes, "B"),
            new("scale.cost.entry-bytes", costs.EntryBytes, "B"),
        ];

    // The model is believed as far as the simulation bears it out.
    private static IEnumerable<Finding> Compared(ScaleModel model, ScaleOutcome outcome)
    {
        foreach (
            (string name, double modelled, double simulated, string unit) in new[]
            {
                ("batches", model.Batches, outcome.Batches, "/s"),
                ("node-load", model.NodeLoad * 100, outcome.NodeLoad * 100, "%"),
                ("database-load", model.DatabaseLoad * 100, outcome.DatabaseLoad * 100, "%"),
            }
        )
        {
            yield return new Finding($"scale.{name}.modelled", modelled, unit);
            yield return new Finding($"scale.{name}.simulated", simulated, unit);
            double apart = Math.Abs(modelled - simulated) / simulated * 100;
            yield return new Finding($"scale.{name}.apart", apart, "%", Goal.Most(5));
        }
    }

    // The rate grows tenfold, and with it what can be bought; what cannot ends it.
    private IEnumerable<Finding> Breaking(ScaleCosts costs)
    {
        foreach (double rate in Enumerable.Range(0, 5).Select(step => Plan.Rate / 10 * Math.Pow(10, step)))
        {
            var model = new ScaleModel(Plan with { Rate = rate }, costs);
            string name = string.Create(CultureInfo.InvariantCulture, $"scale.rate{rate:0}");
            yield return new Finding(
                $"{name}.databases",
                Math.Ceiling(model.DatabaseLoad * Plan.Databases / Full),
                "count"
            );
            yield return new Finding($"{name}.nodes", Math.Ceiling(model.NodeLoad * Plan.Nodes / Full), "count");
            yield return new Finding($"{name}.hottest-ledger", model.HottestLoad * 100, "%");
            yield return new Finding($"{name}.fleet", model.FleetLoad * 100, "%");
            if (model.HottestLoad >= 1)
                yield break;
        }
    }
}
