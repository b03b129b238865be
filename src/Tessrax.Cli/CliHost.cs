using Tessrax.Cli.Terminal;
using Tessrax.Node;

namespace Tessrax.Cli;

/// <summary>The world around one run of <c>tessraxctl</c>: everything ambient enters here, so that tests can run in process.</summary>
internal sealed record CliHost
{
    public required Stream Input { get; init; }

    public required Stream Output { get; init; }

    public required Stream Error { get; init; }

    public required bool InputIsTerminal { get; init; }

    public required bool OutputIsTerminal { get; init; }

    public required bool ErrorIsTerminal { get; init; }

    /// <summary>The width of the terminal in columns.</summary>
    public required int Width { get; init; }

    /// <summary>The height of the terminal in lines.</summary>
    public int Height { get; init; } = int.MaxValue;

    /// <summary>Starts a pager; null if it cannot be started.</summary>
    public Func<PagerStart, RunningPager?> StartPager { get; init; } = static _ => null;

    /// <summary>An environment variable, or null.</summary>
    public required Func<string, string?> Variable { get; init; }

    /// <summary>The names of all environment variables.</summary>
    public Func<IEnumerable<string>> VariableNames { get; init; } = static () => [];

    public required TimeProvider Time { get; init; }

    public required RandomSource Random { get; init; }

    /// <summary>One key from the terminal, not echoed.</summary>
    public required Func<ConsoleKeyInfo> ReadKey { get; init; }

    /// <summary>The host of a real process.</summary>
    public static CliHost OfThisProcess() =>
        new()
        {
            Input = StandardStreams.Input(),
            Output = StandardStreams.Output(),
            Error = StandardStreams.Error(),
            InputIsTerminal = !Console.IsInputRedirected,
            OutputIsTerminal = !Console.IsOutputRedirected,
            ErrorIsTerminal = !Console.IsErrorRedirected,
            Width = TerminalWidth(),
            Height = TerminalHeight(),
            StartPager = PagerProcess.Start,
            Variable = Environment.GetEnvironmentVariable,
            VariableNames = static () => Environment.GetEnvironmentVariables().Keys.Cast<string>(),
            Time = TimeProvider.System,
            Random = SystemRandom.Fill,
            ReadKey = static () => StandardStreams.Quietly(static () => Console.ReadKey(intercept: true)),
        };

    private static int TerminalWidth() =>
        Console.IsOutputRedirected ? CliContext.UnlimitedWidth : SizeOr(80, static () => Console.WindowWidth);

    private static int TerminalHeight() =>
        Console.IsOutputRedirected ? int.MaxValue : SizeOr(24, static () => Console.WindowHeight);

    // Odd terminals say zero, or nothing.
    private static int SizeOr(int usual, Func<int> ask)
    {
        try
        {
            return StandardStreams.Quietly(ask) is > 0 and int size ? size : usual;
        }
        catch (Exception e) when (e is IOException or PlatformNotSupportedException or ArgumentException)
        {
            return usual;
        }
    }
}
