using Tessrax.Canonical;
using Tessrax.Cli.Terminal;
using Tessrax.Governance;

namespace Tessrax.Cli;

/// <summary>How an error looks on standard error: two lines for people, one JSON document under <c>--json</c>.</summary>
/// <example><code>
/// error TSX1001: not JSON at line 1, byte 2
/// hint: give one JSON text (RFC 8259) in UTF-8
/// </code></example>
internal static class ErrorReport
{
    /// <param name="error">The error.</param>
    /// <param name="json">For programs.</param>
    /// <param name="output">Where to.</param>
    /// <param name="ledger">The ledger that the command line was about, for the hint; null if about none.</param>
    /// <param name="shard">The shard that it is about, where a verb is run for a set of them.</param>
    public static void Write(TessraxException error, bool json, TextOutput output, string? ledger, Shard? shard)
    {
        if (json)
        {
            JsonValue document = ToJson(error, ledger);
            if (shard is not null)
                document = document.With("shard", shard.ToJson());
            output.Data([.. document.ToCanonicalBytes(), (byte)'\n']);
        }
        else
        {
            string where = shard is null ? "" : $"shard {shard.Index}: ";
            output.Prose(new Cell("error", Tone.Bad), $" {error.Code}: {where}{Message(error)}");
            output.Line(new Cell("hint", Tone.Warn), $": {HintText.Naming(error.Hint, ledger)}");
        }
        output.Flush();
    }

    private static string Message(TessraxException error)
    {
        bool pathIsNew = error.Path is { } path && !error.Message.Contains(path, StringComparison.Ordinal);
        return pathIsNew ? $"{error.Path}: {error.Message}" : error.Message;
    }

    /// <summary>The document for programs.</summary>
    public static JsonValue ToJson(TessraxException error, string? ledger = null) =>
        JsonValue.Object(
            (
                "error",
                JsonValue.Object(
                    ("code", error.Code.ToString()),
                    ("message", Sanitizer.WellFormed(error.Message)),
                    ("hint", Sanitizer.WellFormed(HintText.Naming(error.Hint, ledger))),
                    ("path", error.Path is { } path ? JsonValue.String(Sanitizer.WellFormed(path)) : null),
                    ("offset", error.Offset >= 0 ? JsonValue.Number(error.Offset) : null),
                    ("values", Values(error))
                )
            )
        );

    private static JsonValue? Values(TessraxException error) =>
        error.Values.Count == 0
            ? null
            : JsonValue.Object([
                .. error.Values.Select(value =>
                    (value.Key, (JsonValue?)JsonValue.String(Sanitizer.WellFormed(value.Value)))
                ),
            ]);
}
