using System.Diagnostics;

namespace Tessrax.Bench.Ratios;

/// <summary>Measures contestants side by side: each round gives every one a turn, so that a slow second hits all of them.</summary>
internal static class Paired
{
    /// <summary>The times of all, in nanoseconds per task; the same place in each list is the same round.</summary>
    public static IReadOnlyDictionary<string, double[]> Measure(Effort effort, params Contestant[] contestants)
    {
        int[] tasks = [.. contestants.Select(contestant => Calibrate(contestant, effort))];
        var times = contestants.ToDictionary(contestant => contestant.Name, _ => new double[effort.Rounds]);
        for (int round = 0; round < effort.Rounds; round++)
        {
            for (int turn = 0; turn < contestants.Length; turn++)
            {
                // Another one begins each round.
                int who = (round + turn) % contestants.Length;
                times[contestants[who].Name][round] = Time(contestants[who], tasks[who]) / tasks[who];
            }
        }
        return times;
    }

    public static double Median(IEnumerable<double> values)
    {
        double[] sorted = [.. values.Order()];
        int middle = sorted.Length / 2;
        return sorted.Length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
    }

    /// <summary>The median of the quotients within rounds.</summary>
    public static double Ratio(double[] times, double[] against) =>
        Median(times.Zip(against, (mine, theirs) => mine / theirs));

    // Doubles until a turn is long enough, which warms up too; long tasks run once.
    private static int Calibrate(Contestant contestant, Effort effort)
    {
        contestant.Run(1);
        // The runtime compiles hot methods again in the background, once nothing new has been called for a while.
        for (int round = 0; round < effort.WarmUps; round++)
        {
            for (long begin = Stopwatch.GetTimestamp(); Stopwatch.GetElapsedTime(begin) < 20 * effort.Turn; )
                contestant.Run(1);
            Thread.Sleep(effort.Quick ? 0 : 150);
        }
        int tasks = 1;
        while (Time(contestant, tasks) < effort.Turn.TotalNanoseconds && tasks < 1 << 24)
            tasks *= 2;
        return tasks;
    }

    private static double Time(Contestant contestant, int tasks)
    {
        long begin = Stopwatch.GetTimestamp();
        contestant.Run(tasks);
        return Stopwatch.GetElapsedTime(begin).TotalNanoseconds;
    }
}
