using System.CommandLine;
using Tessrax.Canonical;

namespace Tessrax.Cli.Commands.Bench;

/// <summary>Runs something again and again, and prints how long one took: the median for people, more of it with <c>--json</c>.</summary>
internal sealed class LoadRun(CliContext context, TimeSpan length)
{
    // Short tasks are timed in groups of about this long: reading the clock takes time as well.
    private static readonly TimeSpan Group = TimeSpan.FromMicroseconds(50);

    private const int MaxGroup = 1 << 20;

    private readonly List<(string Name, string Unit, Sample Sample)> figures = [];

    /// <summary>How long each measurement goes on.</summary>
    public TimeSpan Length => length;

    /// <summary>The option that says it.</summary>
    public static Option<string?> Seconds() =>
        new("--seconds") { Description = "how long each measurement takes; 1 if left out", HelpName = "N" };

    /// <exception cref="TessraxException">TSX1012: not a number of seconds from 1 to 3600.</exception>
    public static LoadRun Start(CliContext context, string? seconds) =>
        new(context, TimeSpan.FromSeconds(Within(seconds, "--seconds", 1, 1, 3600)));

    /// <summary>A whole number between two limits.</summary>
    /// <exception cref="TessraxException">TSX1012: it is not.</exception>
    public static int Within(string? text, string what, int otherwise, int least, int most)
    {
        long number = WholeNumber.Parse(text, what) ?? otherwise;
        return number >= least && number <= most
            ? (int)number
            : throw ErrorCodes.BadUsage.Because($"{what} must be from {least} to {most}, not {number}");
    }

    /// <summary>Measures for the whole length; the figure is the time of one task in nanoseconds.</summary>
    /// <param name="name">As printed.</param>
    /// <param name="task">Done many times; it may be short.</param>
    /// <param name="parts">How many things one task does, if more than one.</param>
    public void Measure(string name, Action task, int parts = 1)
    {
        int group = GroupOf(task);
        var times = new List<double>();
        long begin = context.Time.GetTimestamp();
        while (context.Time.GetElapsedTime(begin) < length || times.Count == 0)
        {
            context.Cancellation.ThrowIfCancellationRequested();
            times.Add(Time(task, group) / group / parts);
        }
        Add(name, "ns", times);
    }

    /// <summary>Adds a figure that was measured elsewhere.</summary>
    public void Add(string name, string unit, List<double> values) => figures.Add((name, unit, Sample.Of(values)));

    /// <summary>Prints all figures.</summary>
    public void Report()
    {
        context.WriteJson(() =>
            JsonValue.Object(
                ("figures", JsonValue.Of(figures.Select(figure => figure.Sample.ToJson(figure.Name, figure.Unit))))
            )
        );
        foreach ((string name, string unit, Sample sample) in figures)
            context.Line($"{name} {Sample.Show(sample.Median)} {unit}");
    }

    private int GroupOf(Action task)
    {
        task();
        int group = 1;
        while (Time(task, group) < Group.TotalNanoseconds && group < MaxGroup)
            group *= 2;
        return group;
    }

    private double Time(Action task, int count)
    {
        long begin = context.Time.GetTimestamp();
        for (int i = 0; i < count; i++)
            task();
        return context.Time.GetElapsedTime(begin).TotalNanoseconds;
    }
}
