using System.Diagnostics;

namespace Tessrax.Tests.Fuzz;

/// <summary>Feeds a target with changed inputs; those that lead somewhere new are changed further.</summary>
internal static class FuzzRun
{
    private const int LargestInput = 256 * 1024;

    /// <summary>An input that shows a fault.</summary>
    public sealed record Crash(FuzzTarget Target, int Seed, byte[] Input, string Fault);

    /// <param name="Inputs">How many were tried.</param>
    /// <param name="Kinds">How many ways they went.</param>
    /// <param name="Accepted">How many were accepted.</param>
    /// <param name="Crash">What ended the run early, or null.</param>
    public sealed record Result(long Inputs, int Kinds, long Accepted, Crash? Crash);

    /// <summary>A fixed dose: the same inputs for the same seed, on every machine.</summary>
    public static Result Dose(FuzzTarget target, int seed, int inputs) => Run(target, seed, done => done < inputs);

    /// <summary>As many as fit in a time.</summary>
    public static Result For(FuzzTarget target, int seed, TimeSpan time)
    {
        long begin = Stopwatch.GetTimestamp();
        return Run(target, seed, _ => Stopwatch.GetElapsedTime(begin) < time);
    }

    private static Result Run(FuzzTarget target, int seed, Func<long, bool> goOn)
    {
        var random = new Random(seed);
        List<byte[]> corpus = [];
        var kinds = new HashSet<string>(StringComparer.Ordinal);
        long done = 0;
        long accepted = 0;
        foreach (byte[] input in target.Seeds().Append([]))
        {
            if (Try(input) is { } crash)
                return new Result(done, kinds.Count, accepted, crash);
            corpus.Add(input);
        }
        while (goOn(done))
        {
            byte[] input = corpus[random.Next(corpus.Count)];
            byte[] other = corpus[random.Next(corpus.Count)];
            byte[] changed =
                (random.Next(2) == 0 ? JsonMutator.Mutate(input, other, random) : null)
                ?? ByteMutator.Mutate(input, other, random);
            if (changed.Length > LargestInput)
                continue;
            int before = kinds.Count;
            if (Try(changed) is { } crash)
                return new Result(done, kinds.Count, accepted, crash);
            if (kinds.Count > before)
                corpus.Add(changed);
        }
        return new Result(done, kinds.Count, accepted, null);

        Crash? Try(byte[] input)
        {
            done++;
            FuzzJudge.Judgement judgement = FuzzJudge.Judge(target, input);
            kinds.Add(judgement.Kind);
            accepted += judgement.Kind == "accepted" ? 1 : 0;
            return judgement.Fault is { } fault ? new Crash(target, seed, input, fault) : null;
        }
    }
}
