using System.Net.Http.Headers;
using Tessrax.Canonical;

namespace Tessrax.Client;

/// <summary>What a server is asked.</summary>
/// <param name="Method">The method.</param>
/// <param name="Path">Behind the server's address, without a slash before it; with its query.</param>
internal sealed record Asking(HttpMethod Method, string Path)
{
    public const string JsonType = "application/json";

    /// <summary>What is sent; empty for nothing.</summary>
    public ReadOnlyMemory<byte> Body { get; init; }

    public string ContentType { get; init; } = JsonType;

    /// <summary>Makes the same request the same append.</summary>
    public string? IdempotencyKey { get; init; }

    /// <summary>The most bytes of the answer.</summary>
    public int Most { get; init; } = 16 << 20;

    /// <summary>Reads a good answer as it comes, for as long as that takes; null to read it whole.</summary>
    public Func<Stream, CancellationToken, ValueTask>? Reads { get; init; }

    /// <summary>Whether asking again changes nothing more.</summary>
    public bool MayRepeat { get; init; } = Method == HttpMethod.Get;
}

/// <summary>What a server answered: a success, whole.</summary>
internal sealed record Answered(int Status, byte[] Bytes, HttpResponseHeaders Headers)
{
    /// <summary>The answer as JSON.</summary>
    /// <exception cref="TessraxException">TSX3016: it is none.</exception>
    public JsonValue Json()
    {
        try
        {
            return JsonValue.Parse(Bytes);
        }
        catch (TessraxException e)
        {
            throw new TessraxException(ErrorCodes.CannotFetch, $"the server's answer is no JSON: {e.Message}", null, e);
        }
    }
}
