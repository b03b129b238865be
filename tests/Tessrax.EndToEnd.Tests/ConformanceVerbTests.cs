using Tessrax.Canonical;
using Tessrax.Cli.Conformance;
using Tessrax.Hashing;
using Tessrax.Node.Reading;
using Tessrax.Tests;

namespace Tessrax.EndToEnd.Tests;

/// <summary><c>conformance</c>: everything that is tried holds, every planted fault is found, and what came out stands in a ledger.</summary>
public sealed class ConformanceVerbTests : IDisposable
{
    private readonly LedgerHome home = new();

    private Ctl Ctl => home.Ctl;

    public void Dispose() => home.Dispose();

    [Fact]
    public void Everything_that_is_tried_holds_every_planted_fault_is_found_and_all_of_it_is_recorded()
    {
        CtlResult ran = Ctl.Run("conformance", "--mutate", "--ledger", "ledger", "--json");
        Assert.True(ran.ExitCode == 0, ran.Error);
        JsonValue report = JsonValue.Parse(ran.Bytes);
        JsonValue[] checks = report["checks"]!.Items.ToArray();
        Assert.Equal(CheckSuite.All.Count, checks.Length);
        Assert.All(checks, check => Assert.Equal(JsonValue.True, check["fault"]!["found"]));
        Assert.All(checks, check => Assert.NotEqual("0", check["cases"]!.AsNumberText()));

        home.MustHold();
        using LedgerView view = home.View();
        long first = long.Parse(report["recorded"]!["first"]!.AsNumberText(), null);
        Assert.Equal(first + checks.Length, view.Size - 1);
        for (int i = 0; i < checks.Length; i++)
            Assert.Equal(checks[i], view.Receipt(first + i).Payload!.Root["data"]);
        JsonValue whole = view.Receipt(view.Size - 1).Payload!.Root;
        Assert.Equal(
            HashEngine.Sha256.Hash(report.Without("recorded").ToCanonicalBytes()).ToString(),
            whole["data"]!["report"]!.AsString()
        );
        (string program, string[] arguments) = Ctl.Program();
        byte[] binary = File.ReadAllBytes(arguments is [{ } library] ? library : program);
        Assert.Equal(HashEngine.Sha256.Hash(binary).ToString(), whole["state"]!.AsString());
    }

    [Fact]
    public void One_row_or_one_clause_is_tried_alone_and_says_the_same_again()
    {
        CtlResult one = Ctl.Must("conformance", "--row", "4.1");
        Assert.Contains("1 of 1 rows that were tried hold", one.Text, StringComparison.Ordinal);
        Assert.Equal(one.Text, Ctl.Must("conformance", "--row", "4.1").Text);
        JsonValue clause = JsonValue.Parse(Ctl.Must("conformance", "--clause", Clauses.Eac, "--json").Bytes);
        Assert.All(clause["checks"]!.Items.ToArray(), check => Assert.Equal(Clauses.Eac, check["clause"]!.AsString()));
        Assert.NotEmpty(clause["checks"]!.Items.ToArray());
        Assert.Contains("not tried", Ctl.Must("conformance", "--row", "14.1").Text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(2, "TSX1012", "conformance --row 99.9")]
    [InlineData(2, "TSX1012", "conformance --clause AEP-01")]
    [InlineData(3, "TSX3001", "conformance --ledger nowhere")]
    public void Bad_input_has_its_code(int exitCode, string code, string line) =>
        home.MustRefuse(exitCode, code, line.Split(' '));

    [Fact]
    public void A_check_that_does_not_hold_or_finds_no_fault_is_told_and_is_no_success()
    {
        var sleepy = new Check(
            "9.1",
            Clauses.Tesst,
            "help is there",
            trial => trial.Must("--help"),
            "nothing is wrong",
            (trial, call) => trial.Real(call)
        );
        Check broken = sleepy with { Try = trial => trial.Refused(4, "TSX4001", "--help") };
        Check odd = sleepy with { Try = trial => trial.Json("--help") };
        string folder = Ctl.PathOf("trials");
        IReadOnlyList<CheckResult> results = new CheckRun(folder, isMutating: true).Run(
            [sleepy, broken, odd],
            new Progress<long>(),
            CancellationToken.None
        );
        Assert.Equal("", results[0].Noticed);
        Assert.Contains("should be refused with TSX4001", results[1].Broken, StringComparison.Ordinal);
        Assert.Null(results[1].Noticed);
        Assert.StartsWith("TSX1001 ", results[2].Broken, StringComparison.Ordinal);
        Assert.All(results, result => Assert.False(result.IsFine));
        var report = new ConformanceReport(Roadmap.All, results, isMutated: true);
        Assert.Equal(ErrorCodes.NotConforming, report.Fault!.Code);
        Assert.Equal(JsonValue.False, report.ToJson()["holds"]);
        Assert.Empty(Directory.GetFileSystemEntries(folder));
    }

    [Fact]
    public void Every_row_is_known_and_is_either_tried_or_says_why_not()
    {
        IReadOnlyList<RoadmapRow> rows = Roadmap.All;
        string[] tried = [.. CheckSuite.All.Select(check => check.Row).Distinct()];
        Assert.Equal(
            rows.Where(row => row.Elsewhere is null).Select(row => row.Number).Order(StringComparer.Ordinal),
            tried.Order(StringComparer.Ordinal)
        );
        string[] claimed =
        [
            .. JsonValue
                .Parse(File.ReadAllBytes(Spec.Path("conformance.json")))
                .Items.ToArray()
                .Select(claim => claim["row"]!.AsString())
                .Distinct(),
        ];
        Assert.Empty(claimed.Except(rows.Select(row => row.Number)));
        Assert.Empty(CheckSuite.All.Select(check => check.Clause).Except(Clauses.All.Select(each => each.Name)));
        Assert.Equal(Clauses.All.Count, CheckSuite.All.Select(check => check.Clause).Distinct().Count());
        Assert.Equal(CheckSuite.All.Count, CheckSuite.All.Select(check => check.Says).Distinct().Count());
    }
}
