using System.Text;

namespace Tessrax.EndToEnd.Tests;

/// <summary>The script for bash, sourced by a real one that is asked as its line editor asks.</summary>
public sealed class CompletionScriptTests : IDisposable
{
    // The line is cut as bash cuts it (COMP_WORDBREAKS): the words, then the line that they stand in, up to the cursor.
    private const string Ask = """
        PATH=$PWD:$PATH
        compopt() { echo "compopt $*"; }
        source <(tessraxctl completion bash)
        COMP_LINE=$1 COMP_POINT=${#1}
        shift
        COMP_WORDS=("$@") COMP_CWORD=$(($# - 1))
        _tessraxctl tessraxctl
        for found in "${COMPREPLY[@]}"; do printf '%s\n' "$found"; done
        """;

    private static readonly string Faked = Ask.Replace(
        "_tessraxctl tessraxctl",
        "_tessraxctl ./fake",
        StringComparison.Ordinal
    );

    private readonly Ctl ctl = new();

    public CompletionScriptTests()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "no bash here");
        (string program, string[] first) = Ctl.Program();
        ctl.Write("tessraxctl", $"#!/bin/sh\nexec {string.Join(' ', first.Prepend(program))} \"$@\"\n");
        File.SetUnixFileMode(ctl.PathOf("tessraxctl"), UnixFileMode.UserRead | UnixFileMode.UserExecute);
    }

    public void Dispose() => ctl.Dispose();

    [Theory]
    [InlineData("tessraxctl plumbing verify-su", "verify-subtree", "plumbing", "verify-su")]
    [InlineData("tessraxctl search L event:CLAI", "CLAIMS_RECORDED", "search", "L", "event", ":", "CLAI")]
    [InlineData("tessraxctl search L severity:", "critical,high,low,moderate", "search", "L", "severity", ":")]
    [InlineData("tessraxctl search L 'event:CLAI", "event:CLAIMS_RECORDED", "search", "L", "'event:CLAI")]
    [InlineData("tessraxctl search L sever", "compopt -o nospace,severity:", "search", "L", "sever")]
    [InlineData("tessraxctl expl", "explain", "expl")]
    public void Finds_what_is_meant(string line, string found, params string[] words)
    {
        CtlResult result = ctl.Shell(["-euc", Ask, "bash", line, "tessraxctl", .. words]);
        Assert.Equal("", result.Error);
        Assert.Equal(found, string.Join(',', result.Lines));
        Assert.False(File.Exists(ctl.PathOf("ran")));
    }

    [Theory]
    [InlineData("tessraxctl show 'my ledger' 11", "show|my ledger|11|", "show", "'my ledger'", "11")]
    [InlineData("tessraxctl show my\\ ledger ", "show|my ledger||", "show", "my\\ ledger", "")]
    [InlineData("tessraxctl show ~/\"my \\\"ledger\" 1", "show|~/my \"ledger|1|", "show", "~/\"my \\\"ledger\"", "1")]
    [InlineData("tessraxctl show $(touch ran) 1", "show|$(touch ran)|1|", "show", "$(touch ran)", "1")]
    [InlineData("tessraxctl show a:b=c d", "show|a:b=c|d|", "show", "a", ":", "b", "=", "c", "d")]
    public void Asks_for_the_words_without_their_quotes(string line, string asked, params string[] words)
    {
        string fake = ctl.Write("fake", "#!/bin/sh\nshift\nprintf '%s|' \"$@\" >asked\n");
        File.SetUnixFileMode(fake, UnixFileMode.UserRead | UnixFileMode.UserExecute);
        CtlResult result = ctl.Shell(["-euc", Faked, "bash", line, "tessraxctl", .. words]);
        Assert.Equal(("", ""), (result.Error, result.Text));
        Assert.Equal(asked, File.ReadAllText(ctl.PathOf("asked")));
        Assert.False(File.Exists(ctl.PathOf("ran")));
    }

    [Theory]
    [InlineData("tessraxctl show ", "t\\*|a\\ b", "show", "")]
    [InlineData("tessraxctl show '", "t*|a b", "show", "'")]
    public void What_is_found_is_quoted_and_matches_no_file(string line, string found, params string[] words)
    {
        string fake = ctl.Write("fake", "#!/bin/sh\nprintf '%s\\n' 't*' 'a b'\n");
        File.SetUnixFileMode(fake, UnixFileMode.UserRead | UnixFileMode.UserExecute);
        CtlResult result = ctl.Shell(["-euc", Faked, "bash", line, "tessraxctl", .. words]);
        Assert.Equal(found, string.Join('|', result.Lines));
    }

    // What the editor itself does with it: in a terminal, with Tab.
    [Fact]
    public void A_terminal_shows_the_rest_of_the_word()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux() && File.Exists("/usr/bin/script"), "no script here");
        ctl.Write("rc", "PATH=$PWD:$PATH\nsource <(tessraxctl completion bash)\nPS1='> '\n");
        ctl.Write("typed", "tessraxctl search L event:CLAI\t; : end\nexit\n");
        CtlResult result = ctl.Shell(
            "-c",
            "{ sleep 1; cat typed; sleep 1; } | script -qec 'bash --noprofile --rcfile rc -i' /dev/null"
        );
        Assert.Contains(
            "search L event:CLAIMS_RECORDED ; : end",
            Encoding.UTF8.GetString(result.Bytes),
            StringComparison.Ordinal
        );
    }
}
