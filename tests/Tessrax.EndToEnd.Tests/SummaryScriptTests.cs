using Tessrax.EndToEnd.Tests.Differential;
using Tessrax.Tests;

namespace Tessrax.EndToEnd.Tests;

/// <summary><c>eng/summary.mjs</c>, the last line of the tests: it counts every report, also one whose failed test says what a terminal was sent.</summary>
public sealed class SummaryScriptTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("tessrax-").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public void Control_characters_in_what_a_failed_test_says_are_written_out()
    {
        Write("A", """{"name":"A.One","status":"passed"}""", """{"name":"A.Two","status":"skipped","message":"why"}""");
        Write("B", "{\"name\":\"B.One\",\"status\":\"failed\",\"message\":\"\u001b[31mred\u001b[0m\u0001\"}");
        Assert.Equal(
            (1, "FAILED: B.One\n  \\u001b[31mred\\u001b[0m\\u0001\n1 passed, 1 failed, 1 skipped\n"),
            Summary()
        );
    }

    [Fact]
    public void Of_a_long_text_beginning_and_end_are_shown()
    {
        string text = $"first{new string('x', 5000)}last";
        Write("A", $$"""{"name":"A.One","status":"failed","message":"{{text}}"}""");
        string said = Summary().Item2;
        Assert.Contains("  firstxxx", said, StringComparison.Ordinal);
        Assert.Contains("  …\n", said, StringComparison.Ordinal);
        Assert.Contains("xxxlast\n", said, StringComparison.Ordinal);
        Assert.True(said.Length < 3500, said);
    }

    [Theory]
    [InlineData("", "no test ran in A.json")]
    [InlineData("{", "A.json is no report")]
    public void A_report_without_a_test_or_that_cannot_be_read_is_a_failure(string test, string what)
    {
        Write("A", test);
        Write("B", """{"name":"B.One","status":"passed"}""");
        (int code, string text) = Summary();
        Assert.Equal(1, code);
        Assert.StartsWith($"FAILED: {what}", text, StringComparison.Ordinal);
        Assert.EndsWith("\n1 passed, 1 failed, 0 skipped\n", text, StringComparison.Ordinal);
    }

    [Fact]
    public void A_test_that_is_only_run_when_it_is_asked_for_is_not_counted_before()
    {
        Write("A", """{"name":"A.One","status":"passed"}""", """{"name":"A.Long","status":"pending"}""");
        Assert.Equal((0, "1 passed, 0 failed, 0 skipped\n"), Summary());
        Write("B", """{"name":"B.Long","status":"pending"}""");
        Assert.Equal((1, "FAILED: no test ran in B.json\n1 passed, 1 failed, 0 skipped\n"), Summary());
    }

    [Fact]
    public void What_a_stage_left_is_counted()
    {
        Write("A", """{"name":"A.One","status":"passed"}""");
        Assert.Equal((0, "1 passed, 0 failed, 0 skipped\n"), Summary());
        File.WriteAllText(Path.Combine(folder, "stage.failed"), "one\ntwo\n");
        Assert.Equal((1, "FAILED: one\nFAILED: two\n1 passed, 2 failed, 0 skipped\n"), Summary());
    }

    private void Write(string name, params string[] tests) =>
        File.WriteAllText(
            Path.Combine(folder, $"{name}.json"),
            $$$"""{"results":{"tests":[{{{string.Join(',', tests)}}}]}}"""
        );

    private (int, string) Summary()
    {
        Tool.Result result = Tool.Run("node", [Path.Combine(Spec.Root, "eng", "summary.mjs"), folder]);
        return (result.ExitCode, result.Output);
    }
}
