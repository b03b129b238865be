using Tessrax.Canonical;
using Tessrax.Hashing;

namespace Tessrax.Governance;

/// <summary>The payload of DECISION_EXECUTED: what was decided has been done.</summary>
/// <remarks><code>{"decision":17,"note":"patched on all hosts","result":"sha256:…"}</code></remarks>
/// <param name="Decision">Index of the DECISION_RECORDED entry: the one in force in its group, and not executed before.</param>
/// <param name="Result">SHA-256 of whatever came of it, or null.</param>
/// <param name="Note">What was done, in words, at most 4,096 characters; null for none.</param>
public sealed record DecisionExecuted(long Decision, Digest? Result, string? Note)
{
    /// <summary>The longest note, in characters.</summary>
    public const int MaxNote = 4096;

    /// <summary>Reads it strictly.</summary>
    public static DecisionExecuted FromJson(JsonValue value, string path = "$")
    {
        var reader = new ObjectReader(value, path);
        var executed = new DecisionExecuted(
            reader.Integer("decision"),
            reader.Optional("result") is null ? null : reader.Digest("result"),
            reader.OptionalString("note", MaxNote)
        );
        reader.End();
        return executed;
    }

    public JsonValue ToJson() =>
        JsonValue.Object(
            ("decision", Decision),
            ("result", Result is { } result ? (JsonValue)result.ToString() : null),
            ("note", Note is null ? null : (JsonValue)Note)
        );
}
