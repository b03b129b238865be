using System.Globalization;
using System.Reflection;
using System.Text;
using Tessrax.Cli.Commands;
using Tessrax.Tests;

namespace Tessrax.EndToEnd.Tests;

/// <summary>The list of error codes, and the page made from it.</summary>
public sealed class CliErrorCodeTests
{
    private static readonly string[] Areas =
    [
        "Input",
        "Keys and notes",
        "Storage",
        "Governance",
        "Verification findings",
        "Server",
        "Bugs",
    ];

    [Fact]
    public void Every_code_is_in_the_list_once()
    {
        ErrorCode[] declared =
        [
            .. typeof(ErrorCodes)
                .GetFields(BindingFlags.Public | BindingFlags.Static)
                .Where(field => field.FieldType == typeof(ErrorCode))
                .Select(field => (ErrorCode)field.GetValue(null)!),
        ];
        Assert.Equal(declared.OrderBy(code => code.Number), ErrorCodes.All);
        Assert.Equal(ErrorCodes.All.Count, ErrorCodes.All.Select(code => code.Number).Distinct().Count());
        Assert.All(
            ErrorCodes.All.SelectMany(code => (string[])[code.Title, code.Cause, code.Effect, code.Hint]),
            text => Assert.False(text.Length == 0 || text.EndsWith('.'))
        );
        Assert.Equal(ErrorCodes.All.Count, ErrorCodes.All.Select(code => code.Cause).Distinct().Count());
    }

    [Fact]
    public void The_page_of_error_codes_is_up_to_date() =>
        Snapshot.CheckFile(Path.Combine(Spec.Root, "docs", "errors.md"), Page());

    private static string Page()
    {
        var page = new StringBuilder();
        page.Append("# Error codes\n\n");
        page.Append(
            "Errors go to standard error as `error TSX1234: what happened`, then `hint: what to do`; with `--json` as\n"
        );
        page.Append(
            "`{\"error\":{\"code\",\"message\",\"hint\",\"path\",\"offset\",\"values\"}}`: path and offset where the place in an input is known (a JSON path, bytes from its start), values where the message tells of any. A code never changes its meaning. `tessraxctl explain CODE` says the same as this page.\n\n"
        );
        page.Append(
            "Exit codes: 0 done, or it holds; 1 checked and refuted; 2 wrong usage or malformed input; 3 not found; 4 refused by governance;\n"
        );
        page.Append(
            "5 bytes cannot be read or written; 70 a bug of ours; 130 interrupted; 141 nobody reads the output any more.\n\n"
        );
        foreach (IGrouping<int, ErrorCode> area in ErrorCodes.All.GroupBy(code => code.Number / 1000))
        {
            page.Append(CultureInfo.InvariantCulture, $"## {Areas[area.Key - 1]}\n\n");
            foreach (ErrorCode code in area)
                page.Append(
                    CultureInfo.InvariantCulture,
                    $"### {code}: {code.Title}\n\n- cause: {code.Cause}\n- effect: {code.Effect}\n- remedy: {code.Hint}\n- exit: {ExplainVerb.Meaning(code)}\n\n"
                );
        }
        return page.ToString().TrimEnd() + "\n";
    }
}
