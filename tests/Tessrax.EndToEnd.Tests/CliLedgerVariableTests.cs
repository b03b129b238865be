using System.CommandLine;
using Tessrax.Cli;

namespace Tessrax.EndToEnd.Tests;

/// <summary>Where <c>$TESSRAX_LEDGER</c> stands in for the first argument.</summary>
public sealed class CliLedgerVariableTests : IDisposable
{
    private readonly string existing = Directory.CreateTempSubdirectory("tessrax-").FullName;

    private readonly string file;

    public CliLedgerVariableTests()
    {
        file = Path.Combine(existing, "request.json");
        File.WriteAllText(file, "{}");
    }

    public void Dispose() => Directory.Delete(existing, recursive: true);

    [Theory]
    [InlineData("log", "ENV", "")]
    [InlineData("log DIR", "DIR", "")]
    [InlineData("show 5", "ENV", "5")]
    [InlineData("show DIR 5", "DIR", "5")]
    [InlineData("--log debug show 5", "ENV", "5")]
    [InlineData("show nowhere 5", "nowhere", "5")] // no room for one more: the error then names what was given
    [InlineData("--json show 5", "ENV", "5")]
    [InlineData("ingest a.jsonl b.jsonl", "ENV", "a.jsonl b.jsonl")]
    [InlineData("ingest DIR a.jsonl", "DIR", "a.jsonl")]
    [InlineData("approve FILE", "FILE", "")]
    [InlineData("approve 17", "ENV", "17")]
    [InlineData("approve DIR 17", "DIR", "17")]
    public void Stands_in_only_where_the_directory_was_left_out(string line, string ledger, string rest)
    {
        string[] args = Named(line).Split(' ');
        ParseResult parsed = LedgerVariable.Apply(Tree(), new ParserConfiguration(), args, "ENV").Parsed;
        Assert.Empty(parsed.Errors);
        Assert.Equal(Named(ledger), parsed.GetValue<string>("DIR"));
        string others = parsed.CommandResult.Command.Name switch
        {
            "show" => parsed.GetValue<string>("N")!,
            "approve" => parsed.GetValue<string?>("ID") ?? "",
            "ingest" => string.Join(' ', parsed.GetValue<string[]>("FILE")!),
            _ => "",
        };
        Assert.Equal(rest, others);
    }

    [Theory]
    [InlineData("log")]
    [InlineData("show 5")]
    public void Without_the_variable_a_directory_left_out_is_an_error(string line) =>
        Assert.NotEmpty(LedgerVariable.Apply(Tree(), new ParserConfiguration(), line.Split(' '), null).Parsed.Errors);

    private string Named(string text) =>
        text.Replace("DIR", existing, StringComparison.Ordinal).Replace("FILE", file, StringComparison.Ordinal);

    private static Command Tree() =>
        new("tessraxctl")
        {
            new Option<bool>("--json") { Recursive = true },
            new Option<string>("--log") { Recursive = true },
            new Command("log") { new LedgerArgument() },
            new Command("show") { new LedgerArgument(), new Argument<string>("N") },
            new Command("approve")
            {
                new LedgerArgument { TakesFiles = true },
                new Argument<string?>("ID") { Arity = ArgumentArity.ZeroOrOne },
            },
            new Command("ingest")
            {
                new LedgerArgument(),
                new Argument<string[]>("FILE") { Arity = ArgumentArity.OneOrMore },
            },
        };
}
