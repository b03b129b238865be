using System.CommandLine;
using Tessrax.Node.Importing;

namespace Tessrax.Cli.Ledgers;

/// <summary>The options that say how a table of comma-separated values is read.</summary>
internal sealed class TableOptions
{
    private readonly Option<string> delimiter = new("--delimiter")
    {
        Description = "csv: what stands between fields; tab for a tabulator",
        HelpName = "C",
        DefaultValueFactory = static _ => ",",
    };

    private readonly Option<bool> claims = new("--claims")
    {
        Description = "csv: record the rows as claims, so that contradictions are detected and decided",
    };

    private readonly Option<string[]> columns = new("--column")
    {
        Description = $"csv: the column of a claim's member: {string.Join(", ", CsvClaims.Members)}; repeatable",
        HelpName = "MEMBER=COLUMN",
    };

    private readonly Option<string[]> values = new("--value")
    {
        Description = "csv: a member that is the same in every row; repeatable",
        HelpName = "MEMBER=TEXT",
    };

    public void AddTo(Verb verb)
    {
        verb.Add(claims);
        verb.Add(columns);
        verb.Add(values);
        verb.Add(delimiter);
    }

    /// <summary>How rows are read as claims; null if they are not.</summary>
    /// <exception cref="TessraxException">TSX1012: options that do not go together, or with the kind.</exception>
    public CsvClaims? Read(ParseResult parsed, string kind, out char separator)
    {
        Option[] given =
        [
            .. new Option[] { claims, columns, values, delimiter }.Where(option =>
                parsed.GetResult(option) is { Implicit: false }
            ),
        ];
        if (kind != "csv" && given.Length > 0)
            throw ErrorCodes.BadUsage.Because($"{given[0].Name} goes with the kind csv");
        string between = parsed.GetRequiredValue(delimiter);
        separator =
            between == "tab" ? '\t'
            : between.Length == 1 ? between[0]
            : '"';
        if (separator is '"' or '\r' or '\n')
            throw ErrorCodes.BadUsage.Because($"--delimiter '{between}' is not one character", "say , or ; or tab");
        if (parsed.GetValue(claims))
            return new CsvClaims(separator, PairsOf(parsed, columns), PairsOf(parsed, values));
        return given.FirstOrDefault(option => option == columns || option == values) is { } alone
            ? throw ErrorCodes.BadUsage.Because($"{alone.Name} goes with --claims")
            : null;
    }

    private static Dictionary<string, string> PairsOf(ParseResult parsed, Option<string[]> option)
    {
        var pairs = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (string given in parsed.GetValue(option) ?? [])
        {
            int equals = given.IndexOf('=', StringComparison.Ordinal);
            string member = equals < 0 ? given : given[..equals];
            if (equals < 0 || !CsvClaims.Members.Contains(member))
                throw ErrorCodes.BadUsage.Because(
                    $"{option.Name} '{given}' names no member of a claim",
                    $"write MEMBER={(option.Name == "--column" ? "COLUMN" : "TEXT")}; members are {string.Join(", ", CsvClaims.Members)}"
                );
            if (!pairs.TryAdd(member, given[(equals + 1)..]))
                throw ErrorCodes.BadUsage.Because($"{option.Name} says '{member}' twice");
        }
        return pairs;
    }
}
