using System.Text;
using Tessrax.Tests;

namespace Tessrax.EndToEnd.Tests;

/// <summary>The guide <c>docs/merkle.md</c>: its commands run as they stand, its pictures are what the tool draws.</summary>
/// <remarks>Run with <c>TESSRAX_UPDATE_SNAPSHOTS=1</c> to write what the commands print into the guide.</remarks>
public sealed class MerkleGuideTests : IDisposable
{
    private static readonly string Guide = Path.Combine(Spec.Root, "docs", "merkle.md");

    private readonly Ctl ctl = new();

    public void Dispose() => ctl.Dispose();

    [Fact]
    public void Every_command_prints_what_the_guide_says()
    {
        Assert.SkipUnless(StaticLog.CanMake, "there is no node on PATH: the guide's log cannot be made");
        Directory.CreateSymbolicLink(ctl.PathOf("eng"), Path.Combine(Spec.Root, "eng"));
        Directory.CreateSymbolicLink(ctl.PathOf("spec"), Path.Combine(Spec.Root, "spec"));
        Snapshot.CheckFile(Guide, Run(File.ReadAllLines(Guide)));
    }

    [Fact]
    public void The_pictures_are_what_the_tool_draws()
    {
        Assert.SkipUnless(StaticLog.CanMake, "there is no node on PATH: the pictures' logs cannot be made");
        (string program, string[] first) = Ctl.Program();
        ctl.Variables["TESSRAXCTL"] = string.Join(' ', first.Prepend(program));
        string[] update = Snapshot.IsUpdating ? [] : ["--check"];
        CtlResult result = ctl.Shell([Path.Combine(Spec.Root, "eng", "pictures.sh"), .. update]);
        Assert.True(result.ExitCode == 0, result.Text + result.Error);
    }

    [Fact]
    public void Every_picture_is_shown() =>
        Assert.All(
            Directory.GetFiles(Path.Combine(Spec.Root, "docs", "img"), "merkle-*.svg").Select(Path.GetFileName),
            name => Assert.Contains($"](img/{name})", File.ReadAllText(Guide), StringComparison.Ordinal)
        );

    // The guide with what its commands print now. All blocks run in one shell, so that variables last.
    private string Run(string[] lines)
    {
        var script = new StringBuilder();
        (string program, string[] first) = Ctl.Program();
        script.Append("tessraxctl() { ").Append(string.Join(' ', first.Prepend(program))).Append(" \"$@\"; }\n");
        string[] commands = [.. Commands(lines)];
        foreach (string command in commands)
            script.Append("{ ").Append(command).Append("\n} 2>&1\nprintf '\\0'\n");
        ctl.Write("guide.sh", script.ToString());
        CtlResult result = ctl.Shell(ctl.PathOf("guide.sh"));
        string[] outputs = result.Text.Split('\0');
        Assert.True(
            outputs.Length == commands.Length + 1,
            $"{outputs.Length - 1} of {commands.Length} commands ended: {result.Text}{result.Error}"
        );
        return Fill(lines, outputs);
    }

    private static IEnumerable<string> Commands(string[] lines)
    {
        bool inside = false;
        foreach (string line in lines)
        {
            inside = line.StartsWith("```", StringComparison.Ordinal) ? line == "```console" : inside;
            if (inside && line.StartsWith("$ ", StringComparison.Ordinal))
                yield return line[2..];
        }
    }

    private static string Fill(string[] lines, string[] outputs)
    {
        var page = new StringBuilder();
        bool inside = false;
        int at = 0;
        foreach (string line in lines)
        {
            inside = line.StartsWith("```", StringComparison.Ordinal) ? line == "```console" : inside;
            bool isOutput = inside && line != "```console" && !line.StartsWith("$ ", StringComparison.Ordinal);
            if (isOutput)
                continue;
            page.Append(line).Append('\n');
            if (inside && line != "```console")
                page.Append(outputs[at++]);
        }
        return page.ToString();
    }
}
