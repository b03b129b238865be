using Microsoft.Extensions.Logging;
using Tessrax.Hashing;

namespace Tessrax.Node.Logging;

/// <summary>Messages 1000 to 1099: a ledger is opened and closed.</summary>
internal static partial class LogOpening
{
    [LoggerMessage(1000, LogLevel.Information, "{Origin} {Ledger} is open to write in {Path}, at {Size} entries")]
    public static partial void Opened(this ILogger logger, string origin, Digest ledger, string path, long size);

    [LoggerMessage(
        1001,
        LogLevel.Warning,
        "{Bytes} bytes of a write that a crash cut short were dropped from {Path}; it was never acknowledged"
    )]
    public static partial void TornWrite(this ILogger logger, long bytes, string path);

    [LoggerMessage(
        1002,
        LogLevel.Information,
        "an erasure on record was carried out in {Path}: {Entries} entries, {Segments} segments written again"
    )]
    public static partial void ErasureCarriedOut(this ILogger logger, string path, long entries, long segments);

    [LoggerMessage(1003, LogLevel.Debug, "{Ledger} is closed at {Size} entries")]
    public static partial void Closed(this ILogger logger, Digest ledger, long size);
}
