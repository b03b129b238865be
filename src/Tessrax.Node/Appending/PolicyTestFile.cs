using Tessrax.Canonical;
using Tessrax.Contradictions;
using Tessrax.Governance;

namespace Tessrax.Node.Appending;

/// <summary>An expectation that a policy does not meet.</summary>
/// <param name="Line">The line on which it stands, from 1.</param>
/// <param name="Key">What it is about.</param>
/// <param name="Failure">The first member that differs.</param>
public sealed record PolicyTestFailure(long Line, GroupKey Key, PolicyCaseFailure Failure);

/// <summary>What testing a policy came to.</summary>
/// <param name="Claims">How many claims there are.</param>
/// <param name="Cases">How many expectations there are.</param>
/// <param name="Unexpected">Contradictions that no expectation is about, sorted.</param>
/// <param name="Failures">The expectations that are not met, in the order of the file.</param>
public sealed record PolicyTestResult(
    int Claims,
    int Cases,
    IReadOnlyList<GroupKey> Unexpected,
    IReadOnlyList<PolicyTestFailure> Failures
);

/// <summary>A file of claims and of what a policy is expected to make of them.</summary>
/// <remarks>JSONL, in any order. A line without <c>claim_id</c> and with <c>expect</c> is an expectation, <c>{"expect":case}</c>; every other line is a
/// claim, as in a file that is ingested. All claims of the file count for every expectation.</remarks>
public sealed class PolicyTestFile
{
    private readonly string name;
    private readonly List<(long Number, Claim Claim)> claims = [];
    private readonly List<(long Number, PolicyCase Case)> cases = [];

    private PolicyTestFile(string name) => this.name = name;

    /// <summary>Reads a file.</summary>
    /// <exception cref="TessraxException">TSX1001 to TSX1015, naming file, line and field; TSX1008 also if nothing is expected: such a test would
    /// always pass.</exception>
    public static PolicyTestFile Read(string name, Stream input)
    {
        var file = new PolicyTestFile(name);
        foreach ((long number, (Claim? claim, PolicyCase? expected)) in JsonLines.Read(name, input, ReadLine))
        {
            if (claim is not null)
                file.claims.Add((number, claim));
            if (expected is not null)
                file.cases.Add((number, expected));
        }
        return file.cases.Count > 0
            ? file
            : throw ErrorCodes.MissingMember.Because(
                $"{name} expects nothing",
                "add lines like {\"expect\":{\"subject\":\"s\",\"metric\":\"m\",\"severity\":\"high\"}}"
            );
    }

    /// <summary>Decides about the claims as a policy says, and compares.</summary>
    /// <exception cref="TessraxException">TSX1013: a claim id stands for two different claims.</exception>
    public PolicyTestResult Run(Policy policy)
    {
        ArgumentNullException.ThrowIfNull(policy);
        ClaimBook book = Book(policy);
        HashSet<GroupKey> expected = [.. cases.Select(line => line.Case.KeyUnder(policy))];
        return new PolicyTestResult(
            book.Count,
            cases.Count,
            [.. book.DetectAll().Select(found => found.Key).Where(key => !expected.Contains(key))],
            [.. Failures(policy, book)]
        );
    }

    private IEnumerable<PolicyTestFailure> Failures(Policy policy, ClaimBook book)
    {
        foreach ((long number, PolicyCase expected) in cases)
        {
            if (expected.Judge(policy, book) is { } failure)
                yield return new PolicyTestFailure(number, expected.KeyUnder(policy), failure);
        }
    }

    private ClaimBook Book(Policy policy)
    {
        var book = new ClaimBook(policy.Rules);
        foreach ((long number, Claim claim) in claims)
        {
            try
            {
                book.Add(claim);
            }
            catch (TessraxException e)
            {
                throw new TessraxException(e.Code, $"{name} line {number}: {e.Message}", e.Hint, e);
            }
        }
        return book;
    }

    private static (Claim? Claim, PolicyCase? Case) ReadLine(JsonValue json)
    {
        if (json.Kind != JsonKind.Object || json["claim_id"] is not null || json["expect"] is not { } expected)
            return (Claim.Ingest(json), null);
        var reader = new ObjectReader(json);
        reader.Required("expect");
        reader.End();
        return (null, PolicyCase.FromJson(expected, "$.expect"));
    }
}
