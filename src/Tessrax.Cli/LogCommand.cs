using Microsoft.Extensions.Logging;

namespace Tessrax.Cli;

/// <summary>Messages 8000 to 8099 and 9000: what the command line does. Arguments are left out, and so is an error's own message, which quotes them: some are nobody's business.</summary>
internal static partial class LogCommand
{
    [LoggerMessage(8000, LogLevel.Debug, "{Verb} begins, version {Version}")]
    public static partial void VerbBegins(this ILogger logger, string verb, string version);

    [LoggerMessage(8001, LogLevel.Debug, "{Verb} ends with {Exit} after {Milliseconds} ms")]
    public static partial void VerbEnds(this ILogger logger, string verb, int exit, long milliseconds);

    [LoggerMessage(8002, LogLevel.Warning, "{Verb} is refused: {Title} ({Code})")]
    public static partial void VerbFails(this ILogger logger, string verb, string title, ErrorCode code);

    [LoggerMessage(9000, LogLevel.Critical, "a bug in {Verb}")]
    public static partial void Bug(this ILogger logger, Exception exception, string verb);
}
