using Tessrax.Canonical;

namespace Tessrax.Cli.Conformance;

/// <summary>What came of a check.</summary>
/// <param name="Check">The check.</param>
/// <param name="Cases">How many things were looked at and held.</param>
/// <param name="Broken">What was observed that must not be; null if it holds.</param>
internal sealed record CheckResult(Check Check, int Cases, string? Broken)
{
    /// <summary>What the check said about the planted fault; empty if it said nothing; null if none was planted.</summary>
    public string? Noticed { get; init; }

    /// <summary>What the check came to grief over under the planted fault, which is not to find it; null if it did not.</summary>
    public string? Stumbled { get; init; }

    /// <summary>Whether it holds, and the planted fault, if there was one, was found.</summary>
    public bool IsFine => Broken is null && Noticed is not "";

    public JsonValue ToJson() =>
        JsonValue.Object(
            ("row", Check.Row),
            ("clause", Check.Clause),
            ("says", Check.Says),
            ("holds", Broken is null),
            ("cases", Cases),
            ("observed", Broken),
            (
                "fault",
                Noticed is null
                    ? null
                    : JsonValue.Object(
                        ("planted", Check.Fault),
                        ("found", Noticed.Length > 0),
                        ("by", Noticed.Length > 0 ? Noticed : null),
                        ("stumbled", Stumbled)
                    )
            )
        );
}
