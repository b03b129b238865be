using Tessrax.Canonical;

namespace Tessrax.Cli.Conformance;

/// <summary>A row of the roadmap, what is claimed about it, and what tries it here.</summary>
/// <param name="Number">Such as <c>4.1</c> or <c>B2</c>.</param>
/// <param name="Title">What it is about.</param>
/// <param name="Elsewhere">Why nothing tries it in this program; null if something does.</param>
/// <param name="Claims">What is claimed about it in <c>spec/conformance.json</c>.</param>
internal sealed record RoadmapRow(string Number, string Title, string? Elsewhere, IReadOnlyList<RowClaim> Claims);

/// <summary>One claim of conformance.</summary>
/// <param name="Clause">What it shows.</param>
/// <param name="Test">The test of the sources that shows it.</param>
/// <param name="Command">What does it.</param>
internal sealed record RowClaim(string Clause, string Test, string Command);

/// <summary>The rows of the roadmap, as <c>spec/roadmap.json</c> and <c>spec/conformance.json</c> have them.</summary>
internal static class Roadmap
{
    /// <summary>All rows, in their order.</summary>
    public static IReadOnlyList<RoadmapRow> All { get; } = Read();

    private static IReadOnlyList<RoadmapRow> Read()
    {
        ILookup<string, RowClaim> claims = Vectors
            .Json("conformance.json")
            .Items.ToArray()
            .ToLookup(
                claim => claim["row"]!.AsString(),
                claim => new RowClaim(
                    claim["clause"]!.AsString(),
                    claim["test"]!.AsString(),
                    claim["command"]!.AsString()
                )
            );
        return [.. Vectors.Json("roadmap.json").Items.ToArray().Select(row => ReadRow(row, claims))];
    }

    private static RoadmapRow ReadRow(JsonValue row, ILookup<string, RowClaim> claims)
    {
        string number = row["row"]!.AsString();
        return new RoadmapRow(number, row["title"]!.AsString(), row["elsewhere"]?.AsString(), [.. claims[number]]);
    }
}
