using Microsoft.Extensions.Logging;

namespace Tessrax.Node.Logging;

/// <summary>Messages 4000 to 4099: an index is read, and follows its ledger.</summary>
internal static partial class LogIndex
{
    [LoggerMessage(4000, LogLevel.Debug, "{File} is open to search, with {Size} entries")]
    public static partial void IndexOpened(this ILogger logger, string file, long size);

    [LoggerMessage(
        4001,
        LogLevel.Information,
        "the index of {Path} is followed: it holds {Size} entries, and lacks {Behind}"
    )]
    public static partial void IndexFollowed(this ILogger logger, string path, long size, long behind);

    [LoggerMessage(4002, LogLevel.Debug, "the index of {Path} holds {Size} entries now, and lacks {Behind}")]
    public static partial void IndexExtended(this ILogger logger, string path, long size, long behind);

    [LoggerMessage(4003, LogLevel.Warning, "the index of {Path} is behind: it lacks {Behind} entries")]
    public static partial void IndexBehind(this ILogger logger, string path, long behind);

    [LoggerMessage(4004, LogLevel.Information, "the index of {Path} has caught up: it holds all {Size} entries")]
    public static partial void IndexCaughtUp(this ILogger logger, string path, long size);

    [LoggerMessage(4005, LogLevel.Warning, "the index of {Path} cannot be brought up to date: {Reason} ({Code})")]
    public static partial void IndexFails(this ILogger logger, string path, string reason, ErrorCode code);

    [LoggerMessage(4006, LogLevel.Warning, "the index of {Path} cannot be used and is made anew: {Cause}")]
    public static partial void IndexGivenUp(this ILogger logger, string path, string cause);

    [LoggerMessage(4007, LogLevel.Information, "the index of {Path} can be used again")]
    public static partial void IndexHealed(this ILogger logger, string path);
}
