using Tessrax.Cli;
using Tessrax.Tests;

namespace Tessrax.EndToEnd.Tests.Terminal;

/// <summary>What people see of a ledger, in every width, as files that people can look at.</summary>
public sealed class ScreenTests : IDisposable
{
    private readonly ScreenHome home = new();

    public void Dispose() => home.Dispose();

    [Theory]
    [InlineData("log", "log DIR")]
    [InlineData("log-graph", "log DIR --graph")]
    [InlineData("log-oneline", "log DIR --oneline --reverse --limit 4")]
    [InlineData("show", "show DIR 11 --proof")]
    [InlineData("show-hostile", "show DIR 8")]
    [InlineData("decisions", "decisions DIR --state all")]
    [InlineData("decision", "decisions DIR 11")]
    public void Looks_like_this_at(string screen, string line)
    {
        string[] args = line.Split(' ');
        // At 20 columns digests are broken over lines, and differ each time.
        foreach (
            int width in (int[])(
                screen is "log" or "log-graph" or "log-oneline" or "decisions" ? [20, 80, 120] : [80, 120]
            )
        )
            Check($"screen-{screen}-{width}", home.Show(width, isTerminal: true, color: false, args));
        Check($"screen-{screen}-pipe", home.Show(CliContext.UnlimitedWidth, isTerminal: false, color: false, args));
        // Colours change nothing but colours.
        string colored = home.Show(80, isTerminal: true, color: true, [.. args, "--times", "absolute"]);
        string plain = home.Show(80, isTerminal: true, color: false, [.. args, "--times", "absolute"]);
        VtScreen screenOf = VtScreen.Of(System.Text.Encoding.UTF8.GetBytes(colored));
        VtScreen same = VtScreen.Of(System.Text.Encoding.UTF8.GetBytes(plain));
        Assert.Equal(
            same.Lines.Select(cells => string.Concat(cells.Select(cell => cell.Text))),
            screenOf.Lines.Select(cells => string.Concat(cells.Select(cell => cell.Text)))
        );
        Assert.Contains(screenOf.Lines, cells => cells.Any(cell => cell.Rendition != 0));
    }

    private static void Check(string name, string actual) =>
        Snapshot.CheckFile(
            Path.Combine(Spec.Root, "tests", "Tessrax.EndToEnd.Tests", "Snapshots", name + ".txt"),
            // The entry itself, as JSON, has signatures, which are broken over lines.
            actual.Split("\nentry\n")[0]
        );
}
