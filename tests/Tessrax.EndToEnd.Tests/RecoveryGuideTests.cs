using System.Text;
using Tessrax.Tests;

namespace Tessrax.EndToEnd.Tests;

/// <summary>The guide <c>docs/recovery.md</c>: its commands run as they stand, one after the other.</summary>
public sealed class RecoveryGuideTests : IDisposable
{
    private static readonly string Guide = Path.Combine(Spec.Root, "docs", "recovery.md");

    private readonly Ctl ctl = new() { Variables = { ["TESSRAX_PASSPHRASE"] = "correct horse" } };

    public void Dispose() => ctl.Dispose();

    [Fact]
    public void Every_command_does_what_the_guide_says()
    {
        (string program, string[] first) = Ctl.Program();
        var script = new StringBuilder("set -eu -o pipefail\n");
        script.Append("tessraxctl() { ").Append(string.Join(' ', first.Prepend(program))).Append(" \"$@\"; }\n");
        string[] commands = [.. Commands(File.ReadAllLines(Guide))];
        Assert.True(commands.Length > 15, $"only {commands.Length} commands");
        script.AppendJoin('\n', commands).Append('\n');
        CtlResult result = ctl.Shell(ctl.Write("guide.sh", script.ToString()));
        Assert.True(result.ExitCode == 0, result.Text + result.Error);
        Assert.Contains("has new keys: recorded at 2", result.Text, StringComparison.Ordinal);
        Assert.Contains("TSX5037", result.Text + result.Error, StringComparison.Ordinal);
    }

    private static IEnumerable<string> Commands(string[] lines)
    {
        bool inside = false;
        foreach (string line in lines)
        {
            if (line.StartsWith("```", StringComparison.Ordinal))
                inside = line == "```sh";
            else if (inside)
                yield return line;
        }
    }
}
