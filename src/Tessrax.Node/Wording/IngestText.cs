using Tessrax.Canonical;
using Tessrax.Node.Appending;

namespace Tessrax.Node.Wording;

/// <summary>What an ingest did, in JSON.</summary>
public static class IngestText
{
    /// <summary>For programs.</summary>
    public static JsonValue ToJson(IngestResult result)
    {
        ArgumentNullException.ThrowIfNull(result);
        return JsonValue.Object(
            ("claims", result.Claims),
            ("known", result.Known),
            ("subjects", result.Subjects),
            ("contradictions", result.Contradictions.Values.Sum()),
            ("decisions", result.Decisions),
            ("proposed", result.Proposed),
            ("pending", result.Pending)
        );
    }
}
