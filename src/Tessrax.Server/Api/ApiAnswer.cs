using System.IO.Pipelines;
using Tessrax.Canonical;

namespace Tessrax.Server.Api;

/// <summary>What a request is answered with.</summary>
internal abstract record ApiAnswer
{
    /// <summary>The version of what is answered, without quotes; by default the hash of its bytes.</summary>
    public string? ETag { get; init; }

    /// <summary>How many entries the ledger had that this tells of: header <c>Tessrax-Size</c>.</summary>
    public long? Size { get; init; }

    /// <summary>Where what was made is to be found.</summary>
    public string? Location { get; init; }

    /// <summary>How long it may be kept; null for what the address says.</summary>
    public CacheRule? Cache { get; init; }

    /// <summary>Further headers.</summary>
    public IReadOnlyList<(string Name, string Value)> Headers { get; init; } = [];
}

/// <summary>A JSON document, in canonical form.</summary>
internal sealed record JsonAnswer(JsonValue Value, int Status = 200) : ApiAnswer;

/// <summary>Bytes.</summary>
internal sealed record BytesAnswer(ReadOnlyMemory<byte> Bytes, string ContentType, int Status = 200) : ApiAnswer
{
    /// <summary>The media type of a page.</summary>
    public const string Html = "text/html; charset=utf-8";
}

/// <summary>What another process answered, as it is.</summary>
internal sealed record RelayedAnswer(int Status, ReadOnlyMemory<byte> Bytes) : ApiAnswer;

/// <summary>No content.</summary>
internal sealed record EmptyAnswer(int Status = 204) : ApiAnswer;

/// <summary>What is written as it comes; ends when the client goes away, or the server.</summary>
internal sealed record StreamAnswer(Func<PipeWriter, CancellationToken, Task> Write, string ContentType) : ApiAnswer;
