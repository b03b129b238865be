using Microsoft.Extensions.Logging;

namespace Tessrax.Node.Logging;

/// <summary>Messages 2000 to 2199: entries are appended, one after the other or through the pipeline.</summary>
internal static partial class LogAppending
{
    [LoggerMessage(2000, LogLevel.Debug, "{Count} entries from {First} on are durable")]
    public static partial void Durable(this ILogger logger, long count, long first);

    [LoggerMessage(2001, LogLevel.Information, "epoch {Epoch} was opened at entry {Index}")]
    public static partial void EpochOpened(this ILogger logger, long epoch, long index);

    [LoggerMessage(2003, LogLevel.Warning, "what follows from durable entries could not be written: {Reason} ({Code})")]
    public static partial void NotDerived(this ILogger logger, string reason, ErrorCode code);

    [LoggerMessage(2100, LogLevel.Error, "the pipeline stops: {Reason}")]
    public static partial void PipelineStopped(this ILogger logger, string reason);
}
