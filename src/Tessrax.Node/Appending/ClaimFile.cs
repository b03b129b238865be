using Tessrax.Contradictions;

namespace Tessrax.Node.Appending;

/// <summary>A claim and the line it stands on, from 1.</summary>
/// <param name="Number">The line.</param>
/// <param name="Claim">The claim.</param>
public readonly record struct ClaimLine(long Number, Claim Claim);

/// <summary>A file of claims, one JSON object a line (JSONL), read and checked as a whole before anything is written.</summary>
/// <param name="Name">As the user named it, for errors.</param>
/// <param name="Lines">Its claims; empty lines are skipped.</param>
public sealed record ClaimFile(string Name, IReadOnlyList<ClaimLine> Lines)
{
    /// <summary>The longest line, in bytes.</summary>
    public const int MaxLine = JsonLines.MaxLine;

    /// <summary>Reads a file in constant memory above its claims.</summary>
    /// <exception cref="TessraxException">TSX1001 to TSX1014, naming file, line and field; nothing of the file counts then.</exception>
    public static ClaimFile Read(string name, Stream input)
    {
        ClaimLine[] lines =
        [
            .. JsonLines
                .Read(name, input, json => Claim.Ingest(json))
                .Select(line => new ClaimLine(line.Number, line.Value)),
        ];
        return new ClaimFile(name, lines);
    }
}
