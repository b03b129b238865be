using Microsoft.Extensions.Logging;
using Tessrax.Canonical;
using Tessrax.Node.Logging;

namespace Tessrax.Cli.Inspection;

/// <summary>What this run tells of what happens, and where the numbers of messages begin.</summary>
internal static class LogFacts
{
    public static Section Of(CliContext context)
    {
        string[] told = [.. ConsoleStyle.Levels.Where((_, level) => IsTold(context.Logger, (LogLevel)level))];
        return new Section(
            "log",
            "Log",
            [
                new("level", told.Length == 0 ? ConsoleStyle.Levels[^1] : told[0]),
                new(
                    "levels",
                    new FactValue(
                        told.Length == 0 ? "none is told" : string.Join(", ", told),
                        JsonValue.Of(told.Select(JsonValue.String))
                    )
                ),
                new("format", context.Logger is ConsoleStyle { Format: LogFormat.Json } ? "json" : "text"),
                new(
                    "events",
                    new FactValue(
                        string.Join(", ", ConsoleStyle.Areas.Select(area => $"{area.Area} from {area.First}")),
                        JsonValue.Object([.. ConsoleStyle.Areas.Select(area => (area.Area, (JsonValue?)area.First))])
                    )
                ),
            ]
        );
    }

    private static bool IsTold(ILogger logger, LogLevel level) => level != LogLevel.None && logger.IsEnabled(level);
}
