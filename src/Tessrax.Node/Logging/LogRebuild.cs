using Microsoft.Extensions.Logging;

namespace Tessrax.Node.Logging;

/// <summary>Messages 4100 to 4199: a generation of an index is made or copied, and takes the place of the one before.</summary>
internal static partial class LogRebuild
{
    [LoggerMessage(4100, LogLevel.Information, "{File} is begun: {Operation}")]
    public static partial void IndexBegun(this ILogger logger, string file, string operation);

    [LoggerMessage(4101, LogLevel.Information, "{File} goes on where it was cut short, at {Size} entries: {Operation}")]
    public static partial void IndexResumed(this ILogger logger, string file, long size, string operation);

    [LoggerMessage(4102, LogLevel.Debug, "{File} holds {Size} entries")]
    public static partial void IndexGrows(this ILogger logger, string file, long size);

    [LoggerMessage(4103, LogLevel.Information, "{File} serves from now on, in place of {Old}: {Operation}")]
    public static partial void IndexSwapped(this ILogger logger, string file, string old, string operation);

    [LoggerMessage(4104, LogLevel.Warning, "{File} is given up, and what served serves on: {Operation}")]
    public static partial void IndexUndone(this ILogger logger, string file, string operation);

    [LoggerMessage(4105, LogLevel.Warning, "{File} is given up: payloads were erased while it was made")]
    public static partial void IndexOvertaken(this ILogger logger, string file);

    [LoggerMessage(4106, LogLevel.Information, "the index of {Path} is {Mode} now")]
    public static partial void IndexModeSwitched(this ILogger logger, string path, string mode);

    [LoggerMessage(
        4107,
        LogLevel.Information,
        "the index of {Path} was vacuumed: it took {Before} bytes, and takes {After}"
    )]
    public static partial void IndexVacuumed(this ILogger logger, string path, long before, long after);
}
