using Microsoft.Extensions.Logging.Abstractions;
using Tessrax.Node.Logging;

namespace Tessrax.Server.Cluster;

/// <summary>Hands on the errors of Orleans. What else it tells is for those who look into Orleans itself: that a node does not answer is its daily work.</summary>
internal sealed class SiloLog(ILogger to) : ILoggerProvider
{
    public ILogger CreateLogger(string categoryName) =>
        ReferenceEquals(to, NullLogger.Instance) ? to : new Warnings(to, categoryName);

    public void Dispose() { }

    private sealed class Warnings(ILogger to, string category) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => logLevel >= LogLevel.Error && to.IsEnabled(LogLevel.Warning);

        public void Log<TState>(
            LogLevel logLevel,
            EventId eventId,
            TState state,
            Exception? exception,
            Func<TState, Exception?, string> formatter
        )
        {
            if (IsEnabled(logLevel))
                to.SiloWarns(category, formatter(state, exception), exception?.Message);
        }
    }
}
