using System.CommandLine;
using Tessrax.Cli;

namespace Tessrax.EndToEnd.Tests;

/// <summary>Help, completion and what a terminal shows.</summary>
public sealed class CliHelpTests : IDisposable
{
    private readonly Ctl ctl = new();

    public static TheoryData<string> Verbs => [.. AllVerbs().Select(verb => verb.Path())];

    public void Dispose() => ctl.Dispose();

    [Theory]
    [MemberData(nameof(Verbs))]
    public void Every_verb_has_help_with_an_example(string path)
    {
        CtlResult result = new InProcess().Run([.. path.Split(' ').Skip(1), "--help"]);
        Assert.Equal(0, result.ExitCode);
        Assert.Empty(result.Error);
        Assert.Contains($"Usage:\n  {path}", result.Text, StringComparison.Ordinal);
        Assert.Contains("\nExample", result.Text, StringComparison.Ordinal);
        Assert.Contains("tessraxctl", result.Text.Split("\nExample")[1], StringComparison.Ordinal);
    }

    [Fact]
    public void Every_argument_and_option_is_described() =>
        Assert.All(
            AllVerbs().SelectMany(verb => verb.Arguments.Cast<Symbol>().Concat(verb.Options)),
            symbol => Assert.False(string.IsNullOrWhiteSpace(symbol.Description), $"{symbol.Name} is not described")
        );

    [Fact]
    public void The_verbs_that_take_urls_are_those_that_are_named() =>
        Assert.Equal(
            LedgerArgument.UrlVerbs,
            string.Join(
                ", ",
                AllVerbs()
                    // One that takes many places has another argument for them.
                    .Where(verb =>
                        verb.Arguments.OfType<LedgerArgument>().FirstOrDefault() is { TakesUrls: true }
                        || verb.Arguments is [{ Name: "PATH|URL" }, ..]
                    )
                    // All of tx do.
                    .Select(verb => verb.Path().Split(' ', 2)[1])
                    .Select(verb => verb.StartsWith("tx ", StringComparison.Ordinal) ? "tx" : verb)
                    .Distinct()
                    .Order(StringComparer.Ordinal)
            )
        );

    [Theory]
    [InlineData("help", "--help")]
    [InlineData("help-plumbing-verify-inclusion", "plumbing verify-inclusion --help")]
    [InlineData("help-keys-new", "keys new --help")]
    [InlineData("explain", "explain TSX1003")]
    [InlineData("version", "--version")]
    public void Shows(string snapshot, string line) => Snapshot.Check(snapshot, ctl.Must(line.Split(' ')).Text);

    [Fact]
    public void Without_arguments_it_shows_its_help() => Assert.Equal(ctl.Must("--help").Text, ctl.Must().Text);

    [Fact]
    public void Colours_a_terminal_but_neither_a_pipe_nor_those_who_want_none()
    {
        Assert.Contains(
            "\u001b[1m",
            new InProcess { IsTerminal = true }
                .Run("--help")
                .Text,
            StringComparison.Ordinal
        );
        Assert.DoesNotContain('\u001b', new InProcess().Run("--help").Text);
        var noColor = new InProcess { IsTerminal = true, Variables = { ["NO_COLOR"] = "1" } };
        Assert.DoesNotContain('\u001b', noColor.Run("explain").Text);
    }

    [Fact]
    public void Wraps_nothing_in_a_pipe()
    {
        var piped = new InProcess { Width = 20 };
        Assert.Equal(1 + ErrorCodes.All.Count, piped.Run("explain").Lines.Length);
    }

    [Theory]
    [InlineData("plumbing can", "canonicalize")]
    [InlineData("plumbing hash --al", "--alg")]
    [InlineData("completion ", "bash,fish,pwsh,zsh")]
    [InlineData("explain TSX100", "TSX1001,TSX1002,TSX1003,TSX1004,TSX1005,TSX1006,TSX1007,TSX1008,TSX1009")]
    [InlineData("keys new alice --purpose ", "access,approver,author,log,recovery,witness")]
    [InlineData("plumbing hash --alg ", "")]
    [InlineData("expl", "explain")]
    public void Completes_what_is_typed(string typed, string candidates)
    {
        CtlResult result = ctl.Must(["__complete", .. typed.Split(' ')]);
        Assert.Equal(candidates, string.Join(',', result.Lines));
    }

    [Theory]
    [InlineData("bash")]
    [InlineData("zsh")]
    [InlineData("fish")]
    [InlineData("pwsh")]
    public void Prints_a_completion_script_for(string shell) =>
        Assert.Contains("__complete", ctl.Must("completion", shell).Text, StringComparison.Ordinal);

    [Fact]
    public void A_verb_is_the_same_alone_and_among_all()
    {
        using var context = new CliContext(new InProcess().Host());
        var whole = new CommandTree(context);
        Assert.Equal(whole.Root.Subcommands.Count, new CommandTree(context, "nothing").Root.Subcommands.Count);
        foreach (Command verb in whole.Root.Subcommands)
        {
            Command alone = Assert.Single(new CommandTree(context, verb.Name).Root.Subcommands);
            Assert.Equal(Below(verb).Select(one => one.Path()), Below(alone).Select(one => one.Path()));
        }
    }

    private static List<Command> AllVerbs()
    {
        using var context = new CliContext(new InProcess().Host());
        return Below(new CommandTree(context).Root);
    }

    private static List<Command> Below(Command verb) => [verb, .. verb.Subcommands.SelectMany(Below)];
}
