using System.Globalization;
using System.Net.Http.Headers;
using Tessrax.Canonical;

namespace Tessrax.Client;

/// <summary>Reads how a server refuses: its problem documents (RFC 9457), and the challenge that names its run.</summary>
internal static class ServerRefusal
{
    /// <summary>What to do where a request must be signed.</summary>
    public const string KeyHint =
        "name the access key with --access-key FILE or $TESSRAX_ACCESS_KEY; tessraxctl keys new NAME --purpose access -o FILE makes one, and its vkey goes into the server's access file";

    /// <summary>The error that a refusal stands for.</summary>
    /// <param name="address">What was asked.</param>
    /// <param name="status">The status.</param>
    /// <param name="bytes">The answer's body.</param>
    /// <param name="wait">After how long it may be asked again, if the server says so.</param>
    public static TessraxException Read(Uri address, int status, byte[] bytes, TimeSpan? wait)
    {
        try
        {
            var problem = JsonValue.Parse(bytes);
            string code = Text(problem, "code") ?? "";
            string detail = Text(problem, "detail") ?? "";
            ErrorCode? known = ErrorCodes.All.FirstOrDefault(one => one.ToString() == code);
            if (known is not null)
                return new TessraxException(
                    known,
                    $"the server says: {detail}{(IsBusy(known) ? Again(wait) : "")}",
                    known == ErrorCodes.KeyNeeded ? KeyHint : Hint(problem)
                )
                {
                    Token = Text(problem, "token"),
                };
            // A code that this program does not know says nothing to it; the sentence does.
            if (code.Length > 0)
                return ErrorCodes.CannotFetch.Because($"the server refused with {code}: {detail}", Hint(problem));
        }
        catch (TessraxException)
        {
            // Not one of our servers' refusals: a proxy's, perhaps.
        }
        ErrorCode ours = status is 404 or 410 ? ErrorCodes.NoSuchPage : ErrorCodes.CannotFetch;
        return ours.Because($"{address} answered {status.ToString(CultureInfo.InvariantCulture)}");
    }

    /// <summary>What the challenge of a refusal says under a name; null if nothing.</summary>
    public static string? Challenge(HttpResponseMessage response, string parameter)
    {
        string name = $"{parameter}=\"";
        foreach (AuthenticationHeaderValue challenge in response.Headers.WwwAuthenticate)
        {
            string text = challenge.Parameter ?? "";
            int at = text.IndexOf(name, StringComparison.Ordinal);
            int end = at < 0 ? -1 : text.IndexOf('"', at + name.Length);
            if (end > 0)
                return text[(at + name.Length)..end];
        }
        return null;
    }

    // Of all else nobody knows that it is over by then, or that nothing was done.
    private static bool IsBusy(ErrorCode code) =>
        code == ErrorCodes.TooManyRequests
        || code == ErrorCodes.OverQuota
        || code == ErrorCodes.Overloaded
        || code == ErrorCodes.QueueWait;

    private static string Again(TimeSpan? wait) =>
        wait is { TotalSeconds: >= 1 and var seconds }
            ? string.Create(CultureInfo.InvariantCulture, $" (try again in {seconds:0} s)")
            : "";

    /// <summary>A member that is a string; null if there is none.</summary>
    public static string? Text(JsonValue told, string name) =>
        told.Kind == JsonKind.Object && told[name] is { Kind: JsonKind.String } text ? text.AsString() : null;

    // What a stranger advises is not said as if this program did.
    private static string? Hint(JsonValue problem) =>
        Text(problem, "hint") is { } hint ? $"the server says: {hint}" : null;
}
