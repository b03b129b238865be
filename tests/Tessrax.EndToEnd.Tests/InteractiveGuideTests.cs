using System.Text;
using Tessrax.Tests;

namespace Tessrax.EndToEnd.Tests;

/// <summary>The guide <c>docs/interactive.md</c>: its commands and its program run as they stand, on a real ledger.</summary>
public sealed class InteractiveGuideTests : IDisposable
{
    private static readonly string[] Guide = File.ReadAllLines(Path.Combine(Spec.Root, "docs", "interactive.md"));

    private readonly LedgerHome home = new LedgerHome().WithClaims();

    public void Dispose() => home.Dispose();

    [Fact]
    public void Every_command_and_the_program_do_what_the_guide_says()
    {
        string[] commands = [.. Blocks("sh")];
        Assert.Equal(5, commands.Length);
        // Publishing for F# takes half a minute: eng/interactive.sh runs those two.
        commands =
        [
            .. commands.Where(command =>
                command.StartsWith("mkdir", StringComparison.Ordinal)
                || command.Contains("audit.cs ", StringComparison.Ordinal)
            ),
        ];
        // Where the guide says that it goes: what the analyzers of the repository say of it keeps nobody from asking.
        home.Ctl.Write(
            "Directory.Build.props",
            File.ReadAllText(Path.Combine(Spec.Root, "samples", "interactive", "Directory.Build.props"))
                .Replace("../../", Spec.Root + "/", StringComparison.Ordinal)
        );
        string program = home.Ctl.Write(
            "own.cs",
            Program() + "\nConsole.WriteLine(ledger.Decisions().Count() + ledger.Decisions().First().Index);\n"
        );
        CtlResult result = Shell([.. commands, $"dotnet run -c Release '{home.Ctl.PathOf(program)}'"]);
        Assert.True(result.ExitCode == 0, result.Text + result.Error);
        Assert.Contains("Whose claims were followed:", result.Text, StringComparison.Ordinal);
        Assert.Contains("entries answer to event:claims_recorded:", result.Text, StringComparison.Ordinal);
        // The sample, twice, and the program.
        Assert.Equal(3, result.Lines.Count(line => line == "holds"));
        Assert.Equal(4, result.Text.Split("example.com/test, 8 entries, root sha256:").Length);
        foreach (string proof in (string[])["last.tessrax.json", "decisions.search.json"])
            home.Ctl.Must("verify", proof);
    }

    private CtlResult Shell(string[] commands)
    {
        var script = new StringBuilder("set -eu\n");
        script.Append($"cd '{Spec.Root}'\n");
        // Where people keep packages and the tools' own files is not the HOME of a test.
        string real = Environment.GetEnvironmentVariable("HOME") ?? "/";
        foreach (string name in (string[])["NUGET_PACKAGES", "DOTNET_CLI_HOME", "CI"])
        {
            string fallback = name switch
            {
                "NUGET_PACKAGES" => Path.Combine(real, ".nuget", "packages"),
                "DOTNET_CLI_HOME" => real,
                _ => "",
            };
            script.Append($"export {name}='{Environment.GetEnvironmentVariable(name) ?? fallback}'\n");
        }
        script.Append("export DOTNET_NOLOGO=1 DOTNET_CLI_TELEMETRY_OPTOUT=1\n");
        foreach (string command in commands)
            script.Append(command.Replace(" ledger", $" '{home.Path}'", StringComparison.Ordinal)).Append('\n');
        return home.Ctl.Shell(home.Ctl.Write("guide.sh", script.ToString()));
    }

    private string Program() =>
        string.Join('\n', Blocks("csharp"))
            .Replace("../../src", Path.Combine(Spec.Root, "src"), StringComparison.Ordinal)
            .Replace("\"ledger\"", $"\"{home.Path}\"", StringComparison.Ordinal)
            .Replace("\"last.", $"\"{home.Ctl.PathOf("last.")}", StringComparison.Ordinal)
            .Replace("\"decisions.", $"\"{home.Ctl.PathOf("decisions.")}", StringComparison.Ordinal);

    private static IEnumerable<string> Blocks(string language)
    {
        bool inside = false;
        foreach (string line in Guide)
        {
            if (line.StartsWith("```", StringComparison.Ordinal))
                inside = line == "```" + language;
            else if (inside && line.Length > 0)
                yield return line;
        }
    }
}
