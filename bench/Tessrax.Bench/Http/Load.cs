using System.Diagnostics;
using Tessrax.Bench.Ratios;

namespace Tessrax.Bench.Http;

/// <summary>What a turn did.</summary>
/// <param name="Rate">Answers a second.</param>
/// <param name="Micros">Processor time of an answer, load and server together, in microseconds: it says nearly the same when somebody else is at work on the machine.</param>
internal readonly record struct Load(double Rate, double Micros)
{
    /// <summary>The same where each answer was for several.</summary>
    public Load Times(int several) => new(Rate * several, Micros / several);

    /// <summary>Clients that talk at once, each of which waits for its answers, for so long.</summary>
    /// <param name="clients">How many.</param>
    /// <param name="turn">How long.</param>
    /// <param name="cpu">Processor time so far.</param>
    /// <param name="ask">Asks once.</param>
    public static async Task<Load> Run(int clients, TimeSpan turn, Func<TimeSpan> cpu, Func<int, ValueTask> ask)
    {
        TimeSpan before = cpu();
        long begun = Stopwatch.GetTimestamp();
        int[] counts = await Task.WhenAll(Enumerable.Range(0, clients).Select(client => Task.Run(() => Talk(client))));
        double seconds = Stopwatch.GetElapsedTime(begun).TotalSeconds;
        int count = counts.Sum();
        return new Load(count / seconds, (cpu() - before).TotalMicroseconds / count);

        async Task<int> Talk(int client)
        {
            int count = 0;
            for (; Stopwatch.GetElapsedTime(begun) < turn; count++)
                await ask(client);
            return count;
        }
    }

    /// <summary>The figures of two that were measured in turns.</summary>
    public static IEnumerable<Finding> Compare(string name, Load[] mine, string other, Load[] theirs, double? least)
    {
        (double[] rates, double[] others) = ([.. mine.Select(one => one.Rate)], [.. theirs.Select(one => one.Rate)]);
        yield return new Finding($"{name}.ours", Paired.Median(rates), "/s");
        yield return new Finding($"{name}.ours.cpu", Paired.Median(mine.Select(one => one.Micros)), "us");
        yield return new Finding($"{name}.{other}", Paired.Median(others), "/s");
        yield return new Finding($"{name}.{other}.cpu", Paired.Median(theirs.Select(one => one.Micros)), "us");
        yield return new Finding(
            $"{name}.ours/{other}",
            Paired.Ratio(rates, others),
            "x",
            least is { } limit ? Goal.Least(limit) : null
        );
        yield return new Finding(
            $"{name}.ours/{other}.cpu",
            Paired.Ratio([.. theirs.Select(one => one.Micros)], [.. mine.Select(one => one.Micros)]),
            "x"
        );
    }
}
