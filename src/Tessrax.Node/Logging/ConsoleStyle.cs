using System.Globalization;
using System.Text;
using Microsoft.Extensions.Logging;
using Tessrax.Canonical;
using Tessrax.Node.Wording;

namespace Tessrax.Node.Logging;

/// <summary>How log messages are written.</summary>
public enum LogFormat
{
    /// <summary>A line for people.</summary>
    Text,

    /// <summary>A line of JSON for programs.</summary>
    Json,
}

/// <summary>Writes log messages to a stream, a line each: the one style of the command line and the server.</summary>
/// <example><code>
/// 02:31:07.123Z warn  1001 12 bytes of a write that a crash cut short were dropped from decisions; it was never acknowledged
/// {"area":"opening","id":1001,"level":"warn","message":"…","name":"TornWrite","t":"2026-11-27T02:31:07.123000Z","values":{"bytes":"12","path":"decisions"}}
/// </code></example>
/// <remarks>Safe for concurrent use. A stream that fails is not written to any more: whatever logs goes on.</remarks>
public sealed class ConsoleStyle : ILoggerProvider, ILogger
{
    private const int AreaSize = 100;

    private readonly Lock writing = new();
    private readonly Stream stream;
    private readonly TimeProvider clock;
    private readonly LogLevel least;
    private bool isBroken;

    /// <param name="stream">Where to; whoever opened it closes it.</param>
    /// <param name="clock">What time it is.</param>
    /// <param name="least">The least level that is written.</param>
    /// <param name="format">How a line looks.</param>
    public ConsoleStyle(Stream stream, TimeProvider clock, LogLevel least, LogFormat format)
    {
        ArgumentNullException.ThrowIfNull(stream);
        ArgumentNullException.ThrowIfNull(clock);
        (this.stream, this.clock, this.least, Format) = (stream, clock, least, format);
    }

    /// <summary>What events are about, each with the first of its 100 numbers.</summary>
    public static IReadOnlyList<(int First, string Area)> Areas { get; } =
    [
        (1000, "opening"),
        (1100, "recovery"),
        (2000, "appending"),
        (2100, "pipeline"),
        (4000, "index"),
        (4100, "rebuild"),
        (5000, "verification"),
        (6000, "server"),
        (8000, "command"),
        (9000, "bugs"),
    ];

    /// <summary>The names of levels as <c>--log</c> takes them, from everything to nothing; the order is that of <see cref="LogLevel"/>.</summary>
    public static IReadOnlyList<string> Levels { get; } =
    ["trace", "debug", "info", "warn", "error", "critical", "off"];

    /// <summary>How a line looks.</summary>
    public LogFormat Format { get; }

    public ILogger CreateLogger(string categoryName) => this;

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => logLevel >= least && logLevel != LogLevel.None;

    public void Log<TState>(
        LogLevel logLevel,
        EventId eventId,
        TState state,
        Exception? exception,
        Func<TState, Exception?, string> formatter
    )
    {
        ArgumentNullException.ThrowIfNull(formatter);
        if (!IsEnabled(logLevel))
            return;
        string message = formatter(state, exception);
        if (exception is not null)
            message = $"{message}: {exception}";
        UtcTime now = UtcTime.Now(clock);
        byte[] line =
            Format == LogFormat.Json
                ? JsonLine(now, logLevel, eventId, message, state as IReadOnlyList<KeyValuePair<string, object?>>)
                : Encoding.UTF8.GetBytes(TextLine(now, logLevel, eventId, message));
        lock (writing)
            Write(line);
    }

    public void Dispose() { }

    /// <summary>What an event is about, by its number.</summary>
    internal static string AreaOf(int id) =>
        Areas.FirstOrDefault(area => id / AreaSize == area.First / AreaSize).Area ?? "other";

    private static string TextLine(UtcTime now, LogLevel level, EventId id, string message)
    {
        // 2026-11-27T02:31:07.123456Z: the day is known to whoever watches.
        string time = now.ToString();
        return string.Create(
            CultureInfo.InvariantCulture,
            $"{time.AsSpan(11, 12)}Z {EnumWords.Of(Levels, (int)level), -8} {id.Id:D4} {Sanitizer.Clean(message)}\n"
        );
    }

    private static byte[] JsonLine(
        UtcTime now,
        LogLevel level,
        EventId id,
        string message,
        IReadOnlyList<KeyValuePair<string, object?>>? values
    )
    {
        var named = new List<(string, JsonValue?)>();
        foreach ((string name, object? value) in values ?? [])
        {
            // The generator adds the template under this name.
            if (name != "{OriginalFormat}")
                named.Add((LowerFirst(name), Text(Convert.ToString(value, CultureInfo.InvariantCulture) ?? "")));
        }
        JsonValue line = JsonValue.Object(
            ("t", now.ToString()),
            ("level", EnumWords.Of(Levels, (int)level)),
            ("area", AreaOf(id.Id)),
            ("id", id.Id),
            ("name", id.Name ?? ""),
            ("message", Text(message)),
            ("values", named.Count == 0 ? null : JsonValue.Object([.. named]))
        );
        // The same value, which no terminal obeys.
        return Encoding.UTF8.GetBytes($"{Sanitizer.CleanJson(line.ToString())}\n");
    }

    private static string LowerFirst(string name) => char.ToLowerInvariant(name[0]) + name[1..];

    private static JsonValue Text(string text) => JsonValue.String(Sanitizer.WellFormed(text));

    private void Write(byte[] line)
    {
        if (isBroken)
            return;
        try
        {
            stream.Write(line);
            stream.Flush();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ObjectDisposedException)
        {
            isBroken = true;
        }
    }
}
