using System.Diagnostics;
using CsCheck;
using Xunit;

namespace Tessrax.Tests.Merkle.Races;

/// <summary>Whatever threads do to a log at the same time, they are answered as if they had done it one after another.</summary>
/// <remarks>CsCheck runs a few operations on as many threads, and looks for an order in which the sequential log gives the same
/// answers to all of them and ends with the same tree.</remarks>
public class ParallelLogTests
{
    private static readonly Gen<int> Number = Gen.Int[0, 1_000_000];

    [Fact]
    public void Concurrent_operations_have_an_order_that_explains_all_answers() =>
        Sample(ParallelLogMutant.None, iter: -1, time: RaceBudget.Seconds);

    [Theory]
    [InlineData(ParallelLogMutant.HeadInTwoReadings)]
    [InlineData(ParallelLogMutant.SizeFirst)]
    [InlineData(ParallelLogMutant.NoLock)]
    public void A_planted_race_is_found(ParallelLogMutant mutant)
    {
        // A few hundred runs find it on an idle machine; on a busy one threads meet less often.
        long start = Stopwatch.GetTimestamp();
        CsCheckException? found = null;
        while (found is null && Stopwatch.GetElapsedTime(start) < TimeSpan.FromMinutes(1))
            found = (CsCheckException?)Record.Exception(() => Sample(mutant, iter: 100, time: -1));
        Assert.NotNull(found);
    }

    private static void Sample(ParallelLogMutant mutant, long iter, int time)
    {
        GenOperation<ParallelLog, SequentialLog>[] operations =
        [
            Number.Operation<ParallelLog, SequentialLog>(
                n => $"append {n}",
                (log, n) => log.Append(n),
                (log, n) => log.Append(n)
            ),
            Gen.Select(Number, Gen.Int[2, 9])
                .Operation<ParallelLog, SequentialLog>(
                    t => $"append {t.Item1} and {t.Item2 - 1} more",
                    (log, t) => log.AppendMany(t.Item1, t.Item2),
                    (log, t) => log.AppendMany(t.Item1, t.Item2)
                ),
            Gen.Operation<ParallelLog, SequentialLog>("root", log => log.ReadRoot(), log => log.ReadRoot()),
            Number.Operation<ParallelLog, SequentialLog>(
                n => $"inclusion {n}",
                (log, n) => log.ProveInclusion(n),
                (log, n) => log.ProveInclusion(n)
            ),
            Number.Operation<ParallelLog, SequentialLog>(
                n => $"consistency {n}",
                (log, n) => log.ProveConsistency(n),
                (log, n) => log.ProveConsistency(n)
            ),
            Gen.Operation<ParallelLog, SequentialLog>(
                "checkpoint",
                log => log.SignCheckpoint(),
                log => log.SignCheckpoint()
            ),
        ];
        Gen.Const(() => (new ParallelLog(mutant), new SequentialLog()))
            .SampleParallel(
                operations,
                equal: (log, model) => log.Final() == model.Final() && log.Answers.SequenceEqual(model.Answers),
                iter: iter,
                time: time,
                threads: Math.Max(2, Environment.ProcessorCount),
                replay: 20
            );
    }
}
