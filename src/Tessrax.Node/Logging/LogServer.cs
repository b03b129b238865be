using Microsoft.Extensions.Logging;

namespace Tessrax.Node.Logging;

/// <summary>Messages 6010 to 6029: the server itself, which is a program of its own; here with the others, so that one page lists them all.</summary>
public static partial class LogServer
{
    [LoggerMessage(6010, LogLevel.Information, "{Path} is served at {Address}")]
    public static partial void ServerStarted(this ILogger logger, string path, string address);

    [LoggerMessage(6011, LogLevel.Information, "{Path} is served no more")]
    public static partial void ServerStopped(this ILogger logger, string path);

    [LoggerMessage(6012, LogLevel.Error, "a bug: the request for {Path} failed")]
    public static partial void RequestFails(this ILogger logger, string path, Exception exception);

    [LoggerMessage(6013, LogLevel.Information, "{Path} was read again: {Keys} keys may ask")]
    public static partial void AccessRead(this ILogger logger, string path, long keys);

    [LoggerMessage(6014, LogLevel.Error, "nobody's key counts until {Path} is mended: {Reason} ({Code})")]
    public static partial void AccessFails(this ILogger logger, string path, string reason, ErrorCode code);

    [LoggerMessage(6015, LogLevel.Information, "metrics and traces are sent to {Endpoint}")]
    public static partial void TelemetrySent(this ILogger logger, string endpoint);

    [LoggerMessage(6016, LogLevel.Error, "{Path} is served to be read only: {Reason} ({Code})")]
    public static partial void ServedToBeRead(this ILogger logger, string path, string reason, ErrorCode code);
}
