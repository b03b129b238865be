using Tessrax.Canonical;
using Tessrax.Node.Appending;

namespace Tessrax.Node.Wording;

/// <summary>What an ingest did, in JSON.</summary>
public static class IngestText
{
    /// <summary>For programs.</summary>
    /// <exception cref="OverflowException">The contradictions of a made-up result are more than 64 bits can count.</exception>
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
