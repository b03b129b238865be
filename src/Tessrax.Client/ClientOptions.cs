using Tessrax.Keys;

namespace Tessrax.Client;

/// <summary>How a server is asked.</summary>
public sealed record ClientOptions
{
    /// <summary>16 MiB.</summary>
    public const long DefaultMemoryBytes = 16L << 20;

    /// <summary>256 MiB.</summary>
    public const long DefaultDiskBytes = 256L << 20;

    /// <summary>The clock: requests are signed for a moment, and stages are measured.</summary>
    public required TimeProvider Clock { get; init; }

    /// <summary>Fills bytes that nobody can guess: nonces and idempotency keys.</summary>
    public required Action<byte[]> Random { get; init; }

    /// <summary>Signs requests; its purpose is access and nothing else. Null to read anonymously. Owned by whoever made it.</summary>
    public PrivateKey? AccessKey { get; init; }

    /// <summary>The same for whoever does not know whether the server asks for one: called when the first request must be signed, at most once. What it gives is owned by whoever
    /// wrote it; what it throws, the request throws.</summary>
    public Func<PrivateKey>? UnlockAccessKey { get; init; }

    /// <summary>Where tiles and proofs are kept, in a folder for each ledger; null to keep them in memory alone. Several processes may share it.</summary>
    public string? CacheDirectory { get; init; }

    /// <summary>Keeps the newest checkpoint that was accepted for whoever asks the next time; null to forget it with the client. See also <see cref="LedgerClient.Accepted"/>.</summary>
    public ICheckpointMemory? Memory { get; init; }

    /// <summary>The most bytes that are kept in memory.</summary>
    public long MemoryBytes { get; init; } = DefaultMemoryBytes;

    /// <summary>The most bytes that are kept on disk for one ledger.</summary>
    public long DiskBytes { get; init; } = DefaultDiskBytes;

    /// <summary>For one answer, from the request to its last byte.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>Stands between client and network, for tests; null for the network itself.</summary>
    internal Func<HttpMessageHandler, HttpMessageHandler>? Between { get; init; }
}
