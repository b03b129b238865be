using Microsoft.Extensions.Logging;

namespace Tessrax.Node.Logging;

/// <summary>Messages 1100 to 1199: what is wrong with a ledger's files, and what is done about it.</summary>
internal static partial class LogRecovery
{
    [LoggerMessage(1100, LogLevel.Information, "{Path} was examined: {Size} entries, {Findings} findings")]
    public static partial void Examined(this ILogger logger, string path, long size, int findings);

    [LoggerMessage(1101, LogLevel.Warning, "{Weight} {Cause} in {File}: {Says} ({Code})")]
    public static partial void Found(
        this ILogger logger,
        string weight,
        string cause,
        string file,
        string says,
        ErrorCode code
    );

    [LoggerMessage(
        1102,
        LogLevel.Warning,
        "{File} was put right as far as that goes: {Restored} entries restored, {Lost} lost ({Cause})"
    )]
    public static partial void Repaired(this ILogger logger, string file, long restored, long lost, string cause);

    [LoggerMessage(1103, LogLevel.Information, "{File} was made again")]
    public static partial void MadeAgain(this ILogger logger, string file);

    [LoggerMessage(1104, LogLevel.Information, "mended: {Done}")]
    public static partial void Mended(this ILogger logger, string done);
}
