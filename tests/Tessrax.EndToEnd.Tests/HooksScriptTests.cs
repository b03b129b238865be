using Tessrax.Tests;

namespace Tessrax.EndToEnd.Tests;

/// <summary><c>eng/hooks.sh</c> in a clone of its own.</summary>
public sealed class HooksScriptTests : IDisposable
{
    private readonly Ctl ctl = new();

    public void Dispose() => ctl.Dispose();

    [Fact]
    public void One_command_formats_and_from_then_on_no_commit_is_out_of_order()
    {
        foreach (
            string name in (string[])
                ["eng/hooks.sh", "eng/common.sh", ".githooks/pre-commit", ".config/dotnet-tools.json"]
        )
        {
            string copy = ctl.PathOf(name);
            Directory.CreateDirectory(Path.GetDirectoryName(copy)!);
            File.Copy(Path.Combine(Spec.Root, name), copy);
        }
        ctl.Write("Tessrax.slnx", "<Solution />");
        string code = ctl.Write("A.cs", "class   A{ }\n");
        Assert.Equal(3, ctl.Shell("eng/hooks.sh").ExitCode);
        Must("git init -q . && git config user.name a && git config user.email a@example.com");
        Assert.Equal(1, ctl.Shell("eng/hooks.sh", "--check").ExitCode);
        Assert.Contains("the hook is set up", Must("eng/hooks.sh"), StringComparison.Ordinal);
        Assert.Equal("class A { }\n", File.ReadAllText(code));
        Assert.Equal(0, ctl.Shell("eng/hooks.sh", "--check").ExitCode);
        Must("git add -A && git commit -q -m first");
        File.WriteAllText(code, "class   A{ }\n");
        CtlResult refused = ctl.Shell("-c", "git commit -q -a -m second");
        Assert.NotEqual(0, refused.ExitCode);
        Assert.Contains("dotnet csharpier format", refused.Error + refused.Text, StringComparison.Ordinal);
        Must("dotnet csharpier format . && git diff --quiet A.cs");
    }

    private string Must(string script)
    {
        CtlResult result = ctl.Shell("-c", $"set -e; {script}");
        Assert.True(result.ExitCode == 0, $"{script}: {result.ExitCode}\n{result.Text}{result.Error}");
        return result.Text;
    }
}
