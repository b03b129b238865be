using System.Text.RegularExpressions;
using Tessrax.Canonical;
using Tessrax.Contradictions;
using Tessrax.Hashing;
using Tessrax.Node.Appending;

namespace Tessrax.Node.Importing;

/// <summary>Reads the rows of a table as claims.</summary>
/// <remarks>
/// A column whose name is a claim's member is that member; others are mapped to one, and what is left over becomes context. Empty fields are absent. A value that is written as
/// a JSON number is a number, whatever else a text. A claim without an id gets one that is made of it, so that doing it again records nothing twice.
/// </remarks>
/// <param name="delimiter">What stands between fields.</param>
/// <param name="columns">The column of each member that is named otherwise.</param>
/// <param name="values">The members that are the same in every row.</param>
public sealed partial class CsvClaims(
    char delimiter,
    IReadOnlyDictionary<string, string> columns,
    IReadOnlyDictionary<string, string> values
)
{
    private const int IdDigits = 16;

    /// <summary>The members that rows give.</summary>
    public static IReadOnlyList<string> Members { get; } =
    ["claim_id", "subject", "metric", "value", "unit", "timestamp", "source", "evidence"];

    /// <summary>Reads all of a table.</summary>
    /// <param name="name">The file's name, for errors.</param>
    /// <param name="input">Its bytes.</param>
    /// <exception cref="TessraxException">TSX1023: not a table, or without a column that is named; TSX1006 to TSX1010: a row is no claim. It names the line.</exception>
    public ClaimFile Read(string name, Stream input)
    {
        var claims = new List<ClaimLine>();
        string[]? header = null;
        string?[] memberOf = [];
        foreach ((long line, string[] fields) in CsvText.ReadAll(input, delimiter))
        {
            try
            {
                if (header is null)
                    memberOf = MembersOf(header = fields);
                else
                    claims.Add(new ClaimLine(line, Claim.Ingest(ClaimOf(header, memberOf, fields))));
            }
            catch (TessraxException e)
            {
                throw new TessraxException(e.Code, $"{name} line {line}: {e.Message}", e.Hint, e) { Path = e.Path };
            }
        }
        return new ClaimFile(name, claims);
    }

    // What each column is of a claim; null for context.
    private string?[] MembersOf(string[] header)
    {
        if (columns.Values.FirstOrDefault(column => !header.Contains(column, StringComparer.Ordinal)) is { } missing)
            throw ErrorCodes.BadImport.Because(
                $"there is no column '{missing}'",
                $"the columns are {string.Join(", ", header.Take(50))}"
            );
        if (
            columns.Values.GroupBy(column => column, StringComparer.Ordinal).FirstOrDefault(same => same.Count() > 1) is
            { } twice
        )
            throw ErrorCodes.BadImport.Because(
                $"the column '{twice.Key}' is to be two members",
                "a column is one member of a claim: repeat it under another name in the table"
            );
        return
        [
            .. header
                .Select(column =>
                    columns.FirstOrDefault(one => one.Value == column).Key
                    ?? (Members.Contains(column) && !columns.ContainsKey(column) ? column : null)
                )
                .Select(member => member is null || values.ContainsKey(member) ? null : member),
        ];
    }

    private JsonValue ClaimOf(string[] header, string?[] memberOf, string[] fields)
    {
        var members = new Dictionary<string, JsonValue>(StringComparer.Ordinal);
        var context = new List<(string, JsonValue?)>();
        foreach ((string column, string? member, string field) in header.Zip(memberOf, fields))
        {
            if (field.Length == 0)
                continue;
            if (member is null)
                context.Add((column, JsonValue.String(field)));
            else
                members[member] = ValueOf(member, field);
        }
        foreach ((string member, string value) in values)
            members[member] = ValueOf(member, value);
        members["context"] = JsonValue.Object([.. context]);
        JsonValue claim = JsonValue.Object([.. members.Select(one => (one.Key, (JsonValue?)one.Value))]);
        return claim["claim_id"] is null ? claim.With("claim_id", IdOf(claim)) : claim;
    }

    private static JsonValue ValueOf(string member, string text) =>
        member == "value" && Number().IsMatch(text) ? IonNumber.OfDigits(text) : JsonValue.String(text);

    private static string IdOf(JsonValue claim) =>
        $"csv-{HashEngine.Sha256.Hash(claim.ToCanonicalBytes()).ToHex()[..IdDigits]}";

    [GeneratedRegex(@"^-?(0|[1-9]\d*)(\.\d+)?([eE][+-]?\d+)?\z")]
    private static partial Regex Number();
}
