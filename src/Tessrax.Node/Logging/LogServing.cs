using Microsoft.Extensions.Logging;

namespace Tessrax.Node.Logging;

/// <summary>Messages 6000 to 6029: a ledger is served.</summary>
internal static partial class LogServing
{
    [LoggerMessage(6000, LogLevel.Information, "{Path}: {Steps} steps that time had made due were recorded")]
    public static partial void DueTaken(this ILogger logger, string path, long steps);

    [LoggerMessage(6001, LogLevel.Warning, "{Path}: what time made due could not be recorded: {Reason} ({Code})")]
    public static partial void DueFails(this ILogger logger, string path, string reason, ErrorCode code);
}
