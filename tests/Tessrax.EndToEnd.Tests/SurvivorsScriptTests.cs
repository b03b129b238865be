using System.Text.Json.Nodes;
using Tessrax.EndToEnd.Tests.Differential;
using Tessrax.Tests;

namespace Tessrax.EndToEnd.Tests;

/// <summary><c>eng/survivors.mjs</c>, which judges what mutation testing found: a run that went wrong gets no score, and each survivor counts until it is explained.</summary>
public sealed class SurvivorsScriptTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("tessrax-").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public void Survivors_and_changes_that_no_test_reaches_count_and_killed_ones_make_the_score()
    {
        Tool.Result result = Judge("[]", "Killed", "Killed", "Timeout", "Survived", "NoCoverage", "CompileError");
        Assert.Equal(2, result.ExitCode);
        Assert.Contains("survived     Merkle/A.cs:4  Equality mutation", result.Output, StringComparison.Ordinal);
        Assert.Contains("not run      Merkle/A.cs:5  Equality mutation", result.Output, StringComparison.Ordinal);
        Assert.Contains("out of time  Merkle/A.cs:3  Equality mutation", result.Output, StringComparison.Ordinal);
        Assert.Contains("60.0 %", result.Output, StringComparison.Ordinal);
    }

    [Fact]
    public void A_survivor_that_is_explained_does_not_count()
    {
        const string explained = """[{"file": "Merkle/A.cs", "line": "b2 < c", "now": "b2 <= c", "why": "the same"}]""";
        Tool.Result result = Judge(explained, "Killed", "Survived", "Survived");
        Assert.Equal(1, result.ExitCode);
        Assert.DoesNotContain("Merkle/A.cs:2", result.Output, StringComparison.Ordinal);
        Assert.Contains("Merkle/A.cs:3", result.Output, StringComparison.Ordinal);
        Assert.Contains("50.0 %", result.Output, StringComparison.Ordinal);
    }

    [Fact]
    public void A_row_that_names_no_file_explains_its_line_wherever_it_stands()
    {
        Tool.Result result = Judge(
            """[{"line": "b2 <", "why": "the same"}, {"line": "gone", "why": "the same"}]""",
            "Killed",
            "Survived"
        );
        Assert.Equal(0, result.ExitCode);
        Assert.DoesNotContain("not there any more", result.Output, StringComparison.Ordinal);
    }

    [Fact]
    public void An_explanation_of_a_line_that_is_gone_is_told_if_its_file_was_looked_at()
    {
        const string explained = """
            [
              {"file": "Merkle/A.cs", "line": "b1 < c", "why": "killed here, in another sample perhaps not"},
              {"file": "Merkle/A.cs", "line": "gone", "why": "the same"},
              {"file": "Merkle/B.cs", "line": "elsewhere", "why": "the same"}
            ]
            """;
        Tool.Result result = Judge(explained, "Killed");
        Assert.Equal(0, result.ExitCode);
        Assert.Contains("not there any more: Merkle/A.cs: gone\n", result.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("b1 < c", result.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("elsewhere", result.Output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("no change was killed", "Survived", "Survived")]
    [InlineData("no change was killed", "Timeout", "Survived")]
    [InlineData("nothing was changed")]
    [InlineData("2 changes ran out of time and only 1 were killed", "Killed", "Timeout", "Timeout")]
    public void A_run_that_went_wrong_gets_no_score(string why, params string[] statuses)
    {
        Tool.Result result = Judge("[]", statuses);
        Assert.Equal(101, result.ExitCode);
        Assert.Contains($"report: {why}: the run went wrong", result.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("%", result.Output, StringComparison.Ordinal);
    }

    // One change in each line, with these statuses.
    private Tool.Result Judge(string explained, params string[] statuses)
    {
        var mutants = new JsonArray();
        foreach ((int index, string status) in statuses.Index())
            mutants.Add(
                new JsonObject
                {
                    ["mutatorName"] = "Equality mutation",
                    ["replacement"] = $"b{index + 1} <= c",
                    ["status"] = status,
                    ["location"] = new JsonObject { ["start"] = new JsonObject { ["line"] = index + 1 } },
                }
            );
        var report = new JsonObject
        {
            ["files"] = new JsonObject
            {
                ["/copy/src/Tessrax/Merkle/A.cs"] = new JsonObject
                {
                    ["source"] = string.Concat(statuses.Select((_, index) => $"a = b{index + 1} < c;\n")),
                    ["mutants"] = mutants,
                },
            },
        };
        File.WriteAllText(Path.Combine(folder, "explained.json"), explained);
        File.WriteAllText(Path.Combine(folder, "report.json"), report.ToJsonString());
        return Tool.Run(
            "node",
            [
                Path.Combine(Spec.Root, "eng", "survivors.mjs"),
                Path.Combine(folder, "explained.json"),
                Path.Combine(folder, "report.json"),
            ]
        );
    }
}
