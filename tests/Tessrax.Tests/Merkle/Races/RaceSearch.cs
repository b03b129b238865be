using System.Diagnostics;
using System.Globalization;

namespace Tessrax.Tests.Merkle.Races;

/// <summary>A schedule under which a scenario fails, with the seed that replays it.</summary>
internal sealed class RaceFoundException(int seed, IReadOnlyList<string> trace, Exception failure)
    : Exception(
        string.Create(
            CultureInfo.InvariantCulture,
            $"race under seed {seed}: {failure.Message}\nreplay it with TESSRAX_RACES_SEED={seed}\nschedule: {string.Join(", ", trace)}"
        ),
        failure
    )
{
    public int Seed => seed;
}

/// <summary>Runs a scenario under one seed after another.</summary>
internal static class RaceSearch
{
    /// <summary>Under at least so many seeds, and as many more as the time allows.</summary>
    /// <returns>How many seeds there were.</returns>
    /// <exception cref="RaceFoundException">The scenario threw under a seed.</exception>
    public static int Explore(Action<SeededScheduler> scenario, int atLeast)
    {
        if (RaceBudget.Seed is { } seed)
        {
            Replay(scenario, seed);
            return 1;
        }
        // The dose is the same in every run of the tests; a longer search goes on where it ends.
        long start = Stopwatch.GetTimestamp();
        int next = 0;
        while (
            next < atLeast || (!RaceBudget.IsDose && Stopwatch.GetElapsedTime(start).TotalSeconds < RaceBudget.Seconds)
        )
            Replay(scenario, next++);
        return next;
    }

    /// <summary>The race that lies in wait in a mutant.</summary>
    /// <returns>Null if none of <paramref name="atMost"/> seeds finds it.</returns>
    public static RaceFoundException? Find(Action<SeededScheduler> scenario, int atMost)
    {
        try
        {
            for (int seed = 0; seed < atMost; seed++)
                Replay(scenario, seed);
            return null;
        }
        catch (RaceFoundException found)
        {
            return found;
        }
    }

    /// <summary>Under one seed.</summary>
    /// <exception cref="RaceFoundException">It threw.</exception>
    public static void Replay(Action<SeededScheduler> scenario, int seed)
    {
        var scheduler = new SeededScheduler(seed);
        try
        {
            scenario(scheduler);
        }
        catch (Exception failure)
        {
            throw new RaceFoundException(seed, scheduler.Trace, failure);
        }
    }
}
