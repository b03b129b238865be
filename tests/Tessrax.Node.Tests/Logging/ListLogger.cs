using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;

namespace Tessrax.Node.Tests.Logging;

/// <summary>Keeps what is logged, by number.</summary>
internal sealed class ListLogger : ILogger
{
    private readonly ConcurrentQueue<int> numbers = new();

    /// <summary>The messages so far, in order, from a number on: those of other things are left out.</summary>
    public IReadOnlyList<int> Numbers(int from) => [.. numbers.Where(number => number >= from)];

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => true;

    public void Log<TState>(
        LogLevel logLevel,
        EventId eventId,
        TState state,
        Exception? exception,
        Func<TState, Exception?, string> formatter
    ) => numbers.Enqueue(eventId.Id);
}
