using Tessrax.Canonical;
using Tessrax.Cli.Terminal;

namespace Tessrax.Cli;

/// <summary>How an error looks on standard error: two lines for people, one JSON document under <c>--json</c>.</summary>
/// <example><code>
/// error TSX1001: not JSON at line 1, byte 2
/// hint: give one JSON text (RFC 8259) in UTF-8
/// </code></example>
internal static class ErrorReport
{
    public static void Write(TessraxException error, bool json, TextOutput output)
    {
        if (json)
        {
            output.Data([.. ToJson(error).ToCanonicalBytes(), (byte)'\n']);
        }
        else
        {
            output.Prose(new Cell("error", Tone.Bad), $" {error.Code}: {Message(error)}");
            output.Line(new Cell("hint", Tone.Warn), $": {error.Hint}");
        }
        output.Flush();
    }

    private static string Message(TessraxException error)
    {
        bool pathIsNew = error.Path is { } path && !error.Message.Contains(path, StringComparison.Ordinal);
        return pathIsNew ? $"{error.Path}: {error.Message}" : error.Message;
    }

    /// <summary>The document for programs.</summary>
    public static JsonValue ToJson(TessraxException error) =>
        JsonValue.Object(
            (
                "error",
                JsonValue.Object(
                    ("code", error.Code.ToString()),
                    ("message", Sanitizer.WellFormed(error.Message)),
                    ("hint", Sanitizer.WellFormed(error.Hint)),
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
