using System.Text.Json;
using Tessrax.EndToEnd.Tests.Differential;
using Tessrax.Tests;

namespace Tessrax.EndToEnd.Tests;

/// <summary>The benchmark harness runs; how fast anything is, no test says.</summary>
public class BenchTests
{
    private static readonly string[] Figures =
    [
        "root1m.ours",
        "node.ours",
        "leaf600.ours",
        "level4096.ours",
        "prove.ours",
        "verify.ours",
        "engines-level.sha256/blake3",
        "blake3-600.ours",
        "canonicalize.jsondocument/ours",
        "allocated.sha256-node",
        "tree-memory.ours",
        "tiles10m.warm",
        "tiles10m.cold-reads",
        "tiles10m.open-runtime",
    ];

    [Fact]
    public void Every_figure_is_printed_once_with_its_unit()
    {
        string program = Program();
        Assert.SkipUnless(File.Exists(program), "the benchmarks are not built");
        Tool.Result result = Tool.Run("dotnet", [program, "ratios", "--quick", "--json"]);
        Assert.True(result.ExitCode == 0, result.Error);
        var names = new List<string>();
        foreach (string line in result.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries))
        {
            using JsonDocument figure = JsonDocument.Parse(line);
            names.Add(figure.RootElement.GetProperty("name").GetString()!);
            Assert.True(double.IsFinite(figure.RootElement.GetProperty("value").GetDouble()), line);
            Assert.NotEqual("", figure.RootElement.GetProperty("unit").GetString());
        }
        Assert.Equal(names.Count, names.Distinct().Count());
        Assert.Empty(Figures.Except(names));
    }

    [Fact]
    public void A_server_is_measured_beside_bare_kestrel_and_beside_the_pipeline()
    {
        string program = Program();
        Assert.SkipUnless(File.Exists(program), "the benchmarks are not built");
        Tool.Result result = Tool.Run("dotnet", [program, "http", "--quick"]);
        Assert.True(result.ExitCode == 0, result.Error);
        foreach (
            string figure in (string[])
                [
                    "http.page.median",
                    "http.proofs.ours/kestrel",
                    "http.tiles.ours/kestrel",
                    "http.appends.ours/in-process",
                ]
        )
            Assert.Contains($"{figure} ", result.Output, StringComparison.Ordinal);
    }

    [Fact]
    public void A_database_is_measured_beside_its_own_hash_chain_and_both_stores_tell_what_they_cost()
    {
        string program = Program();
        Assert.SkipUnless(File.Exists(program), "the benchmarks are not built");
        Tool.Result programs = Tool.Run(Path.Combine(Spec.Root, "eng", "postgresql.sh"), ["programs"]);
        Assert.SkipUnless(programs.ExitCode == 0, programs.Error.Trim());
        Tool.Result result = Tool.Run("dotnet", [program, "postgres", "--quick"]);
        Assert.True(result.ExitCode == 0, result.Error);
        foreach (
            string figure in (string[])
                [
                    "postgres.appends.clients1.ours/function",
                    "postgres.appends.clients8.spread.ours/one-ledger",
                    "cost.files.cpu",
                    "cost.files.syncs",
                    "cost.files.directory",
                    "cost.postgres.server-cpu",
                    "cost.postgres.server-syncs",
                    "cost.postgres.tables",
                ]
        )
            Assert.Contains($"{figure} ", result.Output, StringComparison.Ordinal);
    }

    [Fact]
    public void A_cluster_is_read_from_at_one_two_and_three_nodes()
    {
        string program = Program();
        Assert.SkipUnless(File.Exists(program), "the benchmarks are not built");
        Assert.SkipUnless(
            OperatingSystem.IsLinux() && Environment.ProcessorCount > 1,
            "nodes and load have a processor each, on Linux"
        );
        Tool.Result programs = Tool.Run(Path.Combine(Spec.Root, "eng", "postgresql.sh"), ["programs"]);
        Assert.SkipUnless(programs.ExitCode == 0, programs.Error.Trim());
        Tool.Result result = Tool.Run("dotnet", [program, "cluster-reads", "--quick"]);
        Assert.True(result.ExitCode == 0, result.Error);
        foreach (string kind in (string[])["proofs", "tiles"])
        {
            foreach (string figure in (string[])["nodes1", "nodes1.cpu", "nodes2/nodes1", "nodes3/nodes1"])
                Assert.Contains($"cluster.{kind}.{figure} ", result.Output, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void Two_shards_are_measured_beside_one_ledger()
    {
        string program = Program();
        Assert.SkipUnless(File.Exists(program), "the benchmarks are not built");
        Tool.Result result = Tool.Run("dotnet", [program, "shards", "--quick"]);
        Assert.True(result.ExitCode == 0, result.Error);
        foreach (string kind in (string[])["bulk", "single"])
        {
            foreach (string figure in (string[])["ours", "one-ledger", "ours/one-ledger", "ours/one-ledger.cpu"])
                Assert.Contains($"shards.{kind}.{figure} ", result.Output, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void A_cluster_on_paper_is_borne_out_by_its_simulation_which_gives_the_same_again()
    {
        string program = Program();
        Assert.SkipUnless(File.Exists(program), "the benchmarks are not built");
        Tool.Result once = Tool.Run("dotnet", [program, "scale", "--recorded", "--quick"]);
        Assert.True(once.ExitCode == 0, once.Error);
        Assert.DoesNotContain("missed", once.Output, StringComparison.Ordinal);
        Assert.Contains("scale.batches.apart ", once.Output, StringComparison.Ordinal);
        Assert.Equal(once.Output, Tool.Run("dotnet", [program, "scale", "--recorded", "--quick"]).Output);
        Tool.Result other = Tool.Run("dotnet", [program, "scale", "--recorded", "--quick", "--seed", "2"]);
        Assert.NotEqual(once.Output, other.Output);
        Assert.DoesNotContain("missed", other.Output, StringComparison.Ordinal);
    }

    [Fact]
    public void The_page_on_scale_says_what_the_model_was_fed_with()
    {
        string program = Program();
        Assert.SkipUnless(File.Exists(program), "the benchmarks are not built");
        string[] costs =
        [
            .. Tool.Run("dotnet", [program, "scale", "--recorded", "--quick"])
                .Output.Split('\n')
                .Where(line => line.StartsWith("scale.cost.", StringComparison.Ordinal))
                .Select(line => line.Split(' ')[1]),
        ];
        Assert.Equal(9, costs.Length);
        string[] rows =
        [
            .. File.ReadLines(Path.Combine(Spec.Root, "docs", "scale.md"))
                .SkipWhile(line => line != "| what | cost |")
                .Skip(2)
                .TakeWhile(line => line.StartsWith('|'))
                .Select(line => line.Split('|')[2].Trim().Split(' ')[0].Replace(",", "", StringComparison.Ordinal)),
        ];
        Assert.Equal(costs, rows);
    }

    [Fact]
    public void What_the_model_is_fed_with_can_be_measured()
    {
        string program = Program();
        Assert.SkipUnless(File.Exists(program), "the benchmarks are not built");
        Tool.Result programs = Tool.Run(Path.Combine(Spec.Root, "eng", "postgresql.sh"), ["programs"]);
        Assert.SkipUnless(programs.ExitCode == 0, programs.Error.Trim());
        Tool.Result result = Tool.Run("dotnet", [program, "scale", "--quick", "--json"]);
        Assert.True(result.ExitCode == 0, result.Error);
        foreach (string line in result.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Take(9))
        {
            using JsonDocument cost = JsonDocument.Parse(line);
            Assert.StartsWith(
                "scale.cost.",
                cost.RootElement.GetProperty("name").GetString(),
                StringComparison.Ordinal
            );
            Assert.True(cost.RootElement.GetProperty("value").GetDouble() >= 0, line);
        }
    }

    [Fact]
    public void What_it_does_not_know_is_an_error()
    {
        string program = Program();
        Assert.SkipUnless(File.Exists(program), "the benchmarks are not built");
        Assert.Equal(2, Tool.Run("dotnet", [program, "ratios", "--only", "no-such-case"]).ExitCode);
        Assert.Equal(2, Tool.Run("dotnet", [program, "ratios", "nonsense"]).ExitCode);
        Assert.Equal(2, Tool.Run("dotnet", [program, "postgres", "--rounds", "0"]).ExitCode);
    }

    // Built in the configuration of these tests: .../bin/Release/net10.0/.
    private static string Program()
    {
        string[] parts = AppContext
            .BaseDirectory.TrimEnd(Path.DirectorySeparatorChar)
            .Split(Path.DirectorySeparatorChar);
        return Path.Combine(Spec.Root, "bench", "Tessrax.Bench", "bin", parts[^2], parts[^1], "Tessrax.Bench.dll");
    }
}
