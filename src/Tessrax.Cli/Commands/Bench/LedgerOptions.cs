using System.CommandLine;

namespace Tessrax.Cli.Commands.Bench;

/// <summary>The options of every measurement that makes a ledger: how many entries, how large, on which disk.</summary>
/// <param name="usual">How many entries, if nothing is said.</param>
/// <param name="most">The most that can be asked for.</param>
/// <param name="entries">What <c>--entries</c> says; what it counts and what it is if left out.</param>
internal sealed class LedgerOptions(int usual, int most, string? entries = null)
{
    private const int Payload = 600;
    private const int MostPayload = 500_000;

    private readonly Option<string?> count = new("--entries")
    {
        Description = entries ?? $"how many entries the ledger gets; {usual} if left out",
        HelpName = "N",
    };

    private readonly Option<string?> bytes = new("--payload")
    {
        Description = $"bytes of each entry's payload; {Payload} if left out",
        HelpName = "BYTES",
    };

    private readonly Option<string?> place = new("--in")
    {
        Description = "the directory on whose disk the ledger is made; the current one if left out",
        HelpName = "DIR",
    };

    private readonly Option<bool> keep = new("--keep")
    {
        Description = "leave the ledger on the disk, to be looked at with other commands",
    };

    /// <summary>All of them, in the order of help.</summary>
    public IReadOnlyList<Option> All => [count, bytes, place, keep];

    /// <summary>Gives them to a verb, after those that it has.</summary>
    public void AddTo(Command verb)
    {
        foreach (Option option in All)
            verb.Add(option);
    }

    /// <summary>Whether a number of entries was asked for.</summary>
    public bool HasCount(ParseResult parsed) => parsed.GetValue(count) is not null;

    /// <summary>How many entries.</summary>
    /// <exception cref="TessraxException">TSX1012: not a number within the limits.</exception>
    public int CountOf(ParseResult parsed) => CountOf(parsed, usual, most);

    /// <summary>The same, where a mode has limits of its own.</summary>
    /// <exception cref="TessraxException">TSX1012: not a number within the limits.</exception>
    public int CountOf(ParseResult parsed, int otherwise, int atMost) =>
        LoadRun.Within(parsed.GetValue(count), "--entries", otherwise, 1, atMost);

    /// <summary>How large a payload is.</summary>
    /// <exception cref="TessraxException">TSX1012: not a number within the limits.</exception>
    public int BytesOf(ParseResult parsed) =>
        LoadRun.Within(parsed.GetValue(bytes), "--payload", Payload, 0, MostPayload);

    /// <summary>The ledger's place, still empty.</summary>
    public ReplayLedger Begin(CliContext context, ParseResult parsed) =>
        new(context, parsed.GetValue(place) ?? ".") { Stays = parsed.GetValue(keep) };
}
