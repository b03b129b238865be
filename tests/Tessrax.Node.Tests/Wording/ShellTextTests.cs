using System.Diagnostics;
using Tessrax.Node.Wording;
using Xunit;

namespace Tessrax.Node.Tests.Wording;

/// <summary>A proposed command, given to a real shell, has the words that it was made of.</summary>
public sealed class ShellTextTests
{
    [Fact]
    public void Each_value_is_one_word_to_a_shell()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "there is no sh");
        string[] values =
        [
            "plain/path.json",
            "sp ace/it's",
            "$(echo 1)`echo 2`$HOME",
            "a;b&c|d<e>f(g)#h!i*j?k[l]{m,n}~",
            "~/x",
            "\\ \"quoted\" \n second line",
            "",
            "\u00e4\u00f6 \u65e5\u672c",
            "a=b",
        ];
        string command = ShellText.Of(
            $"printf '%s\\0' {values[0]} {values[1]} {values[2]} {values[3]} {values[4]} {values[5]} {values[6]} {values[7]} {values[8]} {12}"
        );
        Assert.Equal([.. values, "12"], Words(command));
    }

    [Fact]
    public void No_value_is_taken_for_an_option()
    {
        Assert.Equal("rm ./-rf", ShellText.Of($"rm {"-rf"}"));
        Assert.Equal("rm './-r f'", ShellText.Of($"rm {"-r f"}"));
    }

    [Fact]
    public void What_is_safe_stays_as_it_is() =>
        Assert.Equal("cp /tmp/a-b_c.d:e@f,g%h+i=j KEY", ShellText.Of($"cp {"/tmp/a-b_c.d:e@f,g%h+i=j"} KEY"));

    private static string[] Words(string command)
    {
        using Process shell = Process.Start(
            new ProcessStartInfo("sh", ["-c", command]) { RedirectStandardOutput = true }
        )!;
        return shell.StandardOutput.ReadToEnd().Split('\0')[..^1];
    }
}
