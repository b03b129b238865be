using Tessrax.Keys;
using Tessrax.Ledger;
using Tessrax.Verification;

namespace Tessrax.Node.Reading;

/// <summary>Looks through what several people were shown of one log for two entries that cannot both be.</summary>
public static class FraudFinder
{
    /// <summary>The first pair, proven; null if everything shown can be true.</summary>
    /// <param name="sources">Ledgers and bundles of one log.</param>
    /// <param name="keys">The log's; those that the sources' geneses name, if empty.</param>
    /// <param name="progress">Told how many entries were read.</param>
    /// <param name="cancellation">Ends the search.</param>
    /// <exception cref="TessraxException">TSX5035 with what is missing, if two entries contradict each other, but not under checkpoints of the keys.</exception>
    public static FraudProof? Find(
        IReadOnlyList<FraudSource> sources,
        IReadOnlyList<VerifierKey> keys,
        IProgress<long>? progress = null,
        CancellationToken cancellation = default
    )
    {
        ArgumentNullException.ThrowIfNull(sources);
        ArgumentNullException.ThrowIfNull(keys);
        var search = new FraudSearch();
        long read = 0;
        foreach ((Entry entry, int source) in Merge(sources))
        {
            cancellation.ThrowIfCancellationRequested();
            search.Add(entry, source);
            if (search.Found is { } found)
                return Prove(sources, found, keys);
            if (++read % 4096 == 0)
                progress?.Report(read);
        }
        return null;
    }

    private static FraudProof Prove(
        IReadOnlyList<FraudSource> sources,
        (long FirstIndex, int FirstSource, long SecondIndex, int SecondSource) found,
        IReadOnlyList<VerifierKey> keys
    )
    {
        FraudSource first = sources[found.FirstSource];
        FraudSource second = sources[found.SecondSource];
        if (keys.Count == 0)
            keys = [.. sources.SelectMany(source => source.Keys).Distinct()];
        string says = "no signed checkpoint covers them";
        if (first.Bind(found.FirstIndex) is { } one && second.Bind(found.SecondIndex) is { } other)
        {
            var proof = new FraudProof
            {
                First = one,
                Second = other,
                Hash = first.Hasher,
            };
            if (proof.Proves(keys, out says))
                return proof;
        }
        throw ErrorCodes.Fraud.Because(
            $"entry {found.FirstIndex} in {first.Name} and entry {found.SecondIndex} in {second.Name} cannot both be true, but that proves nothing to others: {says}",
            "give what was shown of one log alone, and its key with --key"
        );
    }

    private static IEnumerable<(Entry Entry, int Source)> Merge(IReadOnlyList<FraudSource> sources)
    {
        var next = new PriorityQueue<(IEnumerator<Entry> Entries, int Source), (long, int)>();
        try
        {
            for (int i = 0; i < sources.Count; i++)
                Queue(sources[i].Entries().GetEnumerator(), i);
            while (next.TryDequeue(out (IEnumerator<Entry> Entries, int Source) least, out _))
            {
                yield return (least.Entries.Current, least.Source);
                Queue(least.Entries, least.Source);
            }
        }
        finally
        {
            foreach ((IEnumerator<Entry> entries, _) in next.UnorderedItems.Select(item => item.Element))
                entries.Dispose();
        }

        void Queue(IEnumerator<Entry> entries, int source)
        {
            if (entries.MoveNext())
                next.Enqueue((entries, source), (entries.Current.Index, source));
            else
                entries.Dispose();
        }
    }
}
