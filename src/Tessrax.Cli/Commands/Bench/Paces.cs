namespace Tessrax.Cli.Commands.Bench;

/// <summary>How fast something went.</summary>
/// <param name="Rate">Things a second, on all threads together.</param>
/// <param name="Micros">Processor time that the whole process took for each, in microseconds.</param>
internal readonly record struct Pace(double Rate, double Micros);

/// <summary>Figures of several rounds, in the order in which they first came: rates, and what they are of a limit that was measured in the same round.</summary>
internal sealed class Paces(CliContext context, LoadRun run)
{
    private readonly Dictionary<string, (string Unit, List<double> Values)> figures = [];

    /// <summary>How long a limit is measured.</summary>
    public TimeSpan Length { get; set; } = TimeSpan.FromMilliseconds(700);

    public void Note(string name, string unit, Pace pace)
    {
        Note(name, unit, pace.Rate);
        Note($"{name}.cpu", "us", pace.Micros);
    }

    // Processor time as well: it says the same where others are at work on the machine.
    public void Note(string name, Pace what, Pace limit)
    {
        Note(name, "ratio", what.Rate / limit.Rate);
        Note($"{name}.cpu", "ratio", limit.Micros / what.Micros);
    }

    public void Note(string name, string unit, double value)
    {
        if (!figures.TryGetValue(name, out (string Unit, List<double> Values) figure))
            figures[name] = figure = (unit, []);
        figure.Values.Add(value);
    }

    /// <summary>Gives all figures to the run.</summary>
    public void Report()
    {
        foreach ((string name, (string unit, List<double> values)) in figures)
            run.Add(name, unit, values);
    }

    /// <summary>Does a task again and again on so many threads, for <see cref="Length"/>.</summary>
    /// <param name="count">The threads.</param>
    /// <param name="task">Done once beforehand, unmeasured.</param>
    /// <param name="parts">How many things it does.</param>
    public Pace Rate(int count, Action task, int parts)
    {
        task();
        long done = 0;
        TimeSpan worked = Environment.CpuUsage.TotalTime;
        long start = context.Time.GetTimestamp();
        var threads = new Thread[count];
        for (int i = 0; i < count; i++)
        {
            threads[i] = new Thread(() =>
            {
                long mine = 0;
                for (; context.Time.GetElapsedTime(start) < Length; mine += parts)
                    task();
                Interlocked.Add(ref done, mine);
            });
            threads[i].Start();
        }
        foreach (Thread thread in threads)
            thread.Join();
        return Since(start, worked, done);
    }

    /// <summary>Does a task once.</summary>
    public Pace Once(Action task, long parts)
    {
        context.Cancellation.ThrowIfCancellationRequested();
        TimeSpan worked = Environment.CpuUsage.TotalTime;
        long start = context.Time.GetTimestamp();
        task();
        return Since(start, worked, parts);
    }

    private Pace Since(long start, TimeSpan worked, long done) =>
        new(
            done / context.Time.GetElapsedTime(start).TotalSeconds,
            (Environment.CpuUsage.TotalTime - worked).TotalMicroseconds / done
        );
}
