using Microsoft.Extensions.Logging;

namespace Tessrax.Node.Logging;

/// <summary>Messages 5000 to 5099: a ledger is verified.</summary>
internal static partial class LogVerification
{
    [LoggerMessage(5000, LogLevel.Debug, "stage {Stage}: {Outcome}")]
    public static partial void Stage(this ILogger logger, string stage, string outcome);

    [LoggerMessage(5001, LogLevel.Information, "{Path} was verified: {Verdict}")]
    public static partial void Verified(this ILogger logger, string path, string verdict);
}
