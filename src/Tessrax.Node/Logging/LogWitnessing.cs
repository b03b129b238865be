using Microsoft.Extensions.Logging;

namespace Tessrax.Node.Logging;

/// <summary>Messages 6050 to 6069: checkpoints are cosigned, and cosignatures are asked for.</summary>
internal static partial class LogWitnessing
{
    [LoggerMessage(6050, LogLevel.Information, "{Origin}: cosigned from size {Old} to {Size}")]
    public static partial void Cosigned(this ILogger logger, string origin, long old, long size);

    [LoggerMessage(
        6051,
        LogLevel.Warning,
        "{Origin}: a checkpoint of size {Size} is not cosigned: {Reason} ({Status})"
    )]
    public static partial void CosigningRefused(
        this ILogger logger,
        string origin,
        long size,
        int status,
        string reason
    );

    [LoggerMessage(6052, LogLevel.Error, "{Origin}: nothing can be cosigned: {Code}")]
    public static partial void CosigningFails(this ILogger logger, string origin, ErrorCode code);

    [LoggerMessage(6053, LogLevel.Warning, "{Path}: the witness {Witness} gives no cosignature: {Reason}")]
    public static partial void WitnessGivesNothing(this ILogger logger, string path, string witness, string reason);

    [LoggerMessage(
        6054,
        LogLevel.Critical,
        "{Path}: nothing is appended any more, for witnesses know of another history: {Reason}"
    )]
    public static partial void WitnessesDisagree(this ILogger logger, string path, string reason);

    [LoggerMessage(6055, LogLevel.Warning, "{Path}: the cosigned checkpoint could not be kept: {Code}")]
    public static partial void CosignedNotKept(this ILogger logger, string path, ErrorCode code);
}
