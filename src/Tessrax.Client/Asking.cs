using System.Net.Http.Headers;
using Tessrax.Canonical;
using Tessrax.Hashing;

namespace Tessrax.Client;

/// <summary>What a server is asked.</summary>
/// <param name="Method">The method.</param>
/// <param name="Path">Behind the server's address, without a slash before it; with its query.</param>
internal sealed record Asking(HttpMethod Method, string Path)
{
    public const string JsonType = "application/json";

    /// <summary>The most bytes of a list: a server ends a page after 4 MiB, with a receipt of 1 MiB and more.</summary>
    public const int MostOfList = 8 << 20;

    /// <summary>The most bytes of one receipt, one document, or one error.</summary>
    public const int MostOfOne = 2 << 20;

    /// <summary>The most bytes of a proof or a checkpoint.</summary>
    public const int MostOfProof = 128 << 10;

    /// <summary>What is sent; empty for nothing.</summary>
    public ReadOnlyMemory<byte> Body { get; init; }

    /// <summary>What is sent from a file instead; null for nothing.</summary>
    public SentFile? File { get; init; }

    /// <summary>SHA-256 of what is sent.</summary>
    public Digest Digest => File?.Digest ?? HashEngine.Sha256.Hash(Body.Span);

    public string ContentType { get; init; } = JsonType;

    /// <summary>Makes the same request the same append.</summary>
    public string? IdempotencyKey { get; init; }

    /// <summary>The most bytes of the answer.</summary>
    public int Most { get; init; } = MostOfList;

    /// <summary>Reads a good answer as it comes, for as long as that takes; null to read it whole.</summary>
    public Func<Stream, CancellationToken, ValueTask>? Reads { get; init; }

    /// <summary>Whether asking again changes nothing more.</summary>
    public bool MayRepeat { get; init; } = Method == HttpMethod.Get;
}

/// <summary>What a server answered: a success, whole.</summary>
internal sealed record Answered(int Status, byte[] Bytes, HttpResponseHeaders Headers)
{
    /// <summary>The most values of a bundle, which is a file of its own and may be larger.</summary>
    public const int MostValuesOfBundle = 4 << 20;

    private const int MostValues = 1 << 20;

    /// <summary>The answer as JSON.</summary>
    /// <exception cref="TessraxException">TSX3016: it is none, or one of too many values.</exception>
    public JsonValue Json()
    {
        RequireFewValues();
        try
        {
            return JsonValue.Parse(Bytes);
        }
        catch (TessraxException e)
        {
            throw new TessraxException(ErrorCodes.CannotFetch, $"the server's answer is no JSON: {e.Message}", null, e);
        }
    }

    /// <summary>Throws before JSON is read that takes more memory than it may: each value takes two bytes on the wire, and some hundred here.</summary>
    /// <exception cref="TessraxException">TSX3016: it has too many values.</exception>
    public void RequireFewValues(int most = MostValues)
    {
        // Commas within texts count too: nothing that is written for people has so many.
        if (Bytes.AsSpan().Count((byte)',') >= most)
            throw ErrorCodes.CannotFetch.Because(
                $"the server's answer is JSON of more than {most} values",
                "where its payloads are like that, ask for fewer at a time"
            );
    }
}
