using System.CommandLine;
using System.Diagnostics;
using Tessrax.Cli;
using Tessrax.Cli.Commands;
using Tessrax.Cli.Terminal;

namespace Tessrax.EndToEnd.Tests;

/// <summary>Manual pages: one for each verb, from the definitions that its help is made of, and readable by man.</summary>
public sealed class ManPageTests : IDisposable
{
    private readonly Ctl ctl = new();

    public void Dispose() => ctl.Dispose();

    [Fact]
    public void Every_verb_has_a_page_with_all_that_its_help_tells()
    {
        string directory = ctl.PathOf("man1");
        Assert.Equal(0, new InProcess().Run("man", "-o", directory).ExitCode);
        using var context = new CliContext(new InProcess().Host());
        Command[] verbs = [.. All(new CommandTree(context).Root)];
        Assert.Equal(
            verbs.Select(verb => $"{ManVerb.NameOf(verb)}.1").Order(StringComparer.Ordinal),
            Directory.GetFiles(directory).Select(Path.GetFileName).Order(StringComparer.Ordinal)
        );
        foreach (Command verb in verbs)
        {
            string page = File.ReadAllText(Path.Combine(directory, $"{ManVerb.NameOf(verb)}.1"));
            Assert.StartsWith(".TH ", page, StringComparison.Ordinal);
            IEnumerable<string?> told = verb
                .Options.Where(o => !o.Hidden)
                .Select(o => o.Description)
                .Concat(verb.Arguments.Select(a => a.Description))
                .Append(verb.Description);
            Assert.All(told, text => Assert.Contains(Roff.Escape(text!), page, StringComparison.Ordinal));
        }
    }

    [Theory]
    [InlineData("plain", "plain")]
    [InlineData("a-b", "a\\-b")]
    [InlineData(".TH evil", "\\&.TH evil")]
    [InlineData("'quoted'\n.so /etc/passwd", "\\&\\(aqquoted\\(aq\n\\&.so /etc/passwd")]
    [InlineData("C:\\path ~ ^ `", "C:\\epath \\(ti \\(ha \\(ga")]
    public void Text_stands_for_itself(string text, string escaped) => Assert.Equal(escaped, Roff.Escape(text));

    [Fact]
    public void Man_reads_them_without_a_warning()
    {
        Assert.SkipUnless(File.Exists("/usr/bin/groff"), "no groff here");
        using var context = new CliContext(new InProcess().Host());
        Command log = new CommandTree(context).Root.Subcommands.First(verb => verb.Name == "log");
        string file = ctl.Write("tessraxctl-log.1", ManVerb.PageOf(log));
        using Process groff = Process.Start(
            new ProcessStartInfo("groff", ["-man", "-ww", "-Tutf8", "-Kutf8", "-P-cbou", file])
            {
                RedirectStandardOutput = true,
                RedirectStandardError = true,
            }
        )!;
        string shown = groff.StandardOutput.ReadToEnd();
        string warnings = groff.StandardError.ReadToEnd();
        groff.WaitForExit();
        Assert.Equal((0, ""), (groff.ExitCode, warnings));
        Assert.Contains("--event E", shown, StringComparison.Ordinal);
        Assert.Contains("EXIT STATUS", shown, StringComparison.Ordinal);
    }

    private static IEnumerable<Command> All(Command verb) =>
        verb.Subcommands.Where(c => !c.Hidden).SelectMany(All).Prepend(verb);
}
