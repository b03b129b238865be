using Tessrax.Canonical;
using Tessrax.Governance;

namespace Tessrax.Node.Importing;

/// <summary>What an import did.</summary>
/// <param name="Kind">The kind of file.</param>
/// <param name="Source">The file: its digest, size and name.</param>
/// <param name="Records">Records that it holds.</param>
/// <param name="Recorded">Those that were recorded now; the others were before.</param>
/// <param name="Verdict">What the file says of itself.</param>
/// <param name="Evidence">The entry that receipts the file; null if nothing was written.</param>
/// <param name="Finished">The entry that concludes the import, with the verdict; null if nothing was written.</param>
public sealed record ImportReport(
    string Kind,
    EvidenceAdded Source,
    long Records,
    long Recorded,
    ImportVerdict Verdict,
    long? Evidence,
    long? Finished
)
{
    /// <summary>For programs.</summary>
    public JsonValue ToJson() =>
        JsonValue.Object(
            ("kind", Kind),
            ("source", Source.ToJson()),
            ("records", Records),
            ("recorded", Recorded),
            ("verdict", Verdict.ToJson()),
            ("evidence", Evidence is { } evidence ? JsonValue.Number(evidence) : null),
            ("finished", Finished is { } finished ? JsonValue.Number(finished) : null)
        );
}
