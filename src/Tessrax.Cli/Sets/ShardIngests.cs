using Tessrax.Contradictions;
using Tessrax.Node.Appending;

namespace Tessrax.Cli.Sets;

/// <summary>What became of one shard's part of an ingest.</summary>
/// <param name="Result">What was done; null if it failed.</param>
/// <param name="Failure">Why it failed; what was recorded before is durable, and the same ingest goes on there.</param>
internal sealed record ShardIngest(IngestResult? Result, Exception? Failure);

/// <summary>Claims of one ingest, recorded by the writers of several shards at a time.</summary>
internal static class ShardIngests
{
    /// <summary>Asks every writer before any of them records something, and looks for ids of claims that stand for two in different shards.</summary>
    /// <exception cref="TessraxException">As <see cref="Ingestor.Ingest"/>; nothing is written.</exception>
    public static void Require(IReadOnlyList<LedgerWriter> writers, IReadOnlyList<IReadOnlyList<ClaimFile>> parts)
    {
        foreach ((LedgerWriter writer, IReadOnlyList<ClaimFile> part) in writers.Zip(parts))
            new Ingestor(writer).Require(part);
        var seen = new Dictionary<string, Claim>(StringComparer.Ordinal);
        foreach (ClaimFile file in parts.SelectMany(part => part))
        {
            foreach (ClaimLine line in file.Lines)
            {
                Claim claim = line.Claim;
                Claim? other = writers
                    .Select(writer => writer.Fold.Claims.Find(claim.ClaimId))
                    .Append(seen.GetValueOrDefault(claim.ClaimId))
                    .FirstOrDefault(one => one is not null && one.Digest != claim.Digest);
                if (other is not null)
                    throw ErrorCodes.ClaimIdReused.Because(
                        $"{file.Name} line {line.Number}: the claim_id '{claim.ClaimId}' stands for another claim already, about {other.Subject}"
                    );
                seen[claim.ClaimId] = claim;
            }
        }
    }

    /// <summary>Records them, each writer on a thread of its own.</summary>
    /// <param name="writers">By the shards' indexes.</param>
    /// <param name="parts">The same, what <see cref="Require"/> let through.</param>
    /// <param name="seals">Whether many entries are signed together.</param>
    /// <param name="progress">Told how many claims are recorded so far in all of them.</param>
    public static ShardIngest[] Run(
        IReadOnlyList<LedgerWriter> writers,
        IReadOnlyList<IReadOnlyList<ClaimFile>> parts,
        bool seals,
        IProgress<long> progress
    )
    {
        var done = new ShardIngest[writers.Count];
        long all = 0;
        // A writer mostly waits for its disk: one for each shard, however few processors there are.
        Thread[] threads =
        [
            .. Enumerable
                .Range(0, writers.Count)
                .Select(i => new Thread(() => done[i] = One(i)) { IsBackground = true }),
        ];
        foreach (Thread thread in threads)
            thread.Start();
        foreach (Thread thread in threads)
            thread.Join();
        return done;

        ShardIngest One(int i)
        {
            try
            {
                var share = new Share(more => progress.Report(Interlocked.Add(ref all, more)));
                return new ShardIngest(new Ingestor(writers[i]) { Seals = seals }.Ingest(parts[i], share), null);
            }
            catch (Exception e)
            {
                return new ShardIngest(null, e);
            }
        }
    }

    /// <summary>What all of them did.</summary>
    public static IngestResult Sum(IEnumerable<ShardIngest> all)
    {
        IngestResult[] done = [.. all.Select(one => one.Result).OfType<IngestResult>()];
        return new IngestResult(
            done.Sum(one => one.Claims),
            done.Sum(one => one.Known),
            done.Sum(one => one.Subjects),
            new SortedDictionary<Severity, long>(
                done.SelectMany(one => one.Contradictions)
                    .GroupBy(found => found.Key)
                    .ToDictionary(found => found.Key, found => found.Sum(one => one.Value))
            ),
            done.Sum(one => one.Decisions),
            done.Sum(one => one.Proposed),
            done.Sum(one => one.Pending)
        );
    }

    // One writer's progress, of which only what is new counts.
    private sealed class Share(Action<long> add) : IProgress<long>
    {
        private long before;

        public void Report(long value)
        {
            add(value - before);
            before = value;
        }
    }
}
