using System.Text.Json.Nodes;
using Tessrax.EndToEnd.Tests.Differential;
using Tessrax.Tests;

namespace Tessrax.EndToEnd.Tests;

/// <summary><c>eng/matrix.mjs</c>, which judges the tests' runs on other runtimes and in other cultures: what fails there is named with its reason, and what is named fails.</summary>
public sealed class MatrixScriptTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("tessrax-").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public void A_run_in_which_nothing_fails_is_as_it_must_be()
    {
        Tool.Result result = Judge("", [], ("P.A.One", "passed"), ("P.A.Two", "skipped"));
        Assert.Equal((0, "1 passed, 1 skipped\n  skips 1: why\n"), (result.ExitCode, result.Output));
    }

    [Fact]
    public void What_fails_and_is_not_named_makes_it_fail()
    {
        Tool.Result result = Judge(
            "row\tP.A.One\tcannot\n",
            [],
            ("P.A.One", "failed"),
            ("P.A.OneMore", "failed"),
            Passed
        );
        Assert.Equal(1, result.ExitCode);
        Assert.Contains("2 failed, 1 of them as named", result.Output, StringComparison.Ordinal);
        Assert.Contains("  fails: P.A.OneMore\n", result.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("fails: P.A.One\n", result.Output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("P.A")]
    [InlineData("P.A.One")]
    public void What_fails_as_a_method_or_a_class_that_is_named_is_told_with_its_reason(string name)
    {
        Tool.Result result = Judge($"row\t{name}\tcannot\n", [], ("P.A.One(x: 1)", "failed"), Passed);
        Assert.Equal(0, result.ExitCode);
        Assert.Contains($"  cannot: {name[2..]}: cannot\n", result.Output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("passed")]
    [InlineData("skipped")]
    public void What_is_named_and_does_not_fail_makes_it_fail(string status)
    {
        Tool.Result result = Judge("row\tP.A.One\tcannot\n", [], ("P.A.One", status), Passed);
        Assert.Equal(1, result.ExitCode);
        Assert.Contains("  is named and does not fail: P.A.One\n", result.Output, StringComparison.Ordinal);
    }

    [Fact]
    public void What_is_named_for_another_row_or_project_or_for_a_class_that_was_not_run_does_not_count()
    {
        string named = "other\tP.A.One\tcannot\nrow\tQ.A.One\tcannot\nrow\tP.A.One\tcannot\n";
        Assert.Equal(0, Judge(named, ["P.B"], Passed).ExitCode);
        Assert.Equal(1, Judge(named, [], Passed).ExitCode);
        Assert.Equal(
            1,
            Judge(
                named.Replace("row\tP", "other\tP", StringComparison.Ordinal),
                [],
                ("P.A.One", "failed"),
                Passed
            ).ExitCode
        );
    }

    [Fact]
    public void A_run_in_which_nothing_passed_or_that_left_no_report_makes_it_fail()
    {
        Assert.Equal(1, Judge("", [], ("P.A.One", "skipped")).ExitCode);
        File.Delete(Path.Combine(folder, "report.json"));
        Tool.Result result = Run();
        Assert.Equal((1, "left no report\n"), (result.ExitCode, result.Output));
    }

    [Fact]
    public void A_run_that_went_wrong_outside_of_its_tests_or_left_out_a_class_makes_it_fail()
    {
        Judge("", [], Passed);
        Tool.Result result = Run(3);
        Assert.Equal(1, result.ExitCode);
        Assert.Contains("  the run ended with 3, and no test failed\n", result.Output, StringComparison.Ordinal);
        result = Run("P.B", "P.C");
        Assert.Equal(1, result.ExitCode);
        Assert.Contains("  no test of P.C was run\n", result.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("P.B was", result.Output, StringComparison.Ordinal);
    }

    [Fact]
    public void Every_exception_names_a_row_a_test_that_there_is_and_a_reason()
    {
        string script = File.ReadAllText(Path.Combine(Spec.Root, "eng", "matrix.sh"));
        foreach (string line in File.ReadLines(Path.Combine(Spec.Root, "eng", "matrix-exceptions.txt")))
        {
            if (line.StartsWith('#'))
                continue;
            string[] parts = line.Split('\t');
            Assert.True(parts is [_, _, { Length: > 10 }], line);
            Assert.Contains($"    {parts[0]}) stage", script, StringComparison.Ordinal);
            string[] names = parts[1].Split('.');
            string project = string.Join('.', names[..(Array.IndexOf(names, "Tests") + 1)]);
            string[] sources =
            [
                .. Directory
                    .EnumerateFiles(Path.Combine(Spec.Root, "tests", project), "*.cs", SearchOption.AllDirectories)
                    .Select(File.ReadAllText),
            ];
            bool isClass = Declares(sources, $"class {names[^1]}");
            // A method may be one that the class inherits.
            Assert.True(
                isClass || (Declares(sources, $"class {names[^2]}") && Declares(sources, $" {names[^1]}(")),
                line
            );
        }
    }

    private static bool Declares(string[] sources, string text) =>
        sources.Any(source => source.Contains(text, StringComparison.Ordinal));

    private static readonly (string Name, string Status) Passed = ("P.B.Passes", "passed");

    private Tool.Result Judge(string exceptions, string[] classes, params (string Name, string Status)[] tests)
    {
        foreach (string script in new[] { "matrix.mjs", "reports.mjs" })
            File.Copy(Path.Combine(Spec.Root, "eng", script), Path.Combine(folder, script), overwrite: true);
        File.WriteAllText(Path.Combine(folder, "matrix-exceptions.txt"), "# row\ttest\treason\n" + exceptions);
        var report = new JsonArray();
        foreach ((string name, string status) in tests)
            report.Add(
                new JsonObject
                {
                    ["name"] = name,
                    ["status"] = status,
                    ["message"] = "why\nand more",
                }
            );
        File.WriteAllText(
            Path.Combine(folder, "report.json"),
            new JsonObject { ["results"] = new JsonObject { ["tests"] = report } }.ToJsonString()
        );
        return Run(classes);
    }

    private Tool.Result Run(params string[] classes) => Run(0, classes);

    private Tool.Result Run(int code, params string[] classes) =>
        Tool.Run(
            "node",
            [Path.Combine(folder, "matrix.mjs"), "row", "P", Path.Combine(folder, "report.json"), $"{code}", .. classes]
        );
}
