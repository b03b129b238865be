using Tessrax.Hashing;

namespace Tessrax.Merkle;

public sealed partial class TileReader
{
    /// <summary>The path from leaf <paramref name="index"/> to the root, as <see cref="InclusionProof.Prove(ISubtreeReader, long, long, TreeHasher)"/> makes it.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The tree has no such leaf.</exception>
    /// <exception cref="TessraxException">As <see cref="ReadAsync(ReadOnlyMemory{Subtree}, Memory{Digest}, CancellationToken)"/>.</exception>
    public ValueTask<Digest[]> ProveInclusionAsync(long index, CancellationToken cancel = default)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(index);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(index, Head.Size);
        Span<LeafRange> siblings = stackalloc LeafRange[ProofPlan.MaxLength];
        int count = ProofPlan.Walk(Head.Size, new LeafRange(index, index + 1), siblings, out _);
        return HashAsync(siblings[..count], cancel);
    }

    /// <summary>The path that proves the tree of <paramref name="to"/> leaves to extend that of its first <paramref name="from"/>.</summary>
    /// <param name="from">At least 1.</param>
    /// <param name="to">At most the size of <see cref="Head"/>.</param>
    /// <param name="cancel">Gives up.</param>
    /// <exception cref="ArgumentOutOfRangeException">Not 1 &lt;= from &lt;= to &lt;= size.</exception>
    /// <exception cref="TessraxException">As <see cref="ReadAsync(ReadOnlyMemory{Subtree}, Memory{Digest}, CancellationToken)"/>.</exception>
    public ValueTask<Digest[]> ProveConsistencyAsync(long from, long to, CancellationToken cancel = default)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(from, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(from, to);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(to, Head.Size);
        Span<LeafRange> path = stackalloc LeafRange[1 + ProofPlan.MaxLength];
        int count = ProofPlan.Walk(to, new LeafRange(0, from), path[1..], out path[0]);
        path = path[..(1 + count)];
        // RFC 6962, section 2.1.2: who checks the proof knows the old root already.
        return HashAsync(path[0].Start == 0 ? path[1..] : path, cancel);
    }

    /// <summary>The root of the tree's first <paramref name="size"/> leaves.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The tree never had that size.</exception>
    /// <exception cref="TessraxException">As <see cref="ReadAsync(ReadOnlyMemory{Subtree}, Memory{Digest}, CancellationToken)"/>.</exception>
    public async ValueTask<Digest> RootAtAsync(long size, CancellationToken cancel = default)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(size);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(size, Head.Size);
        if (size == 0)
            return Hasher.Empty;
        Digest[] root = await HashAsync([new LeafRange(0, size)], cancel).ConfigureAwait(false);
        return root[0];
    }

    // The hash of each range, all of them nodes of one tree.
    private ValueTask<Digest[]> HashAsync(ReadOnlySpan<LeafRange> ranges, CancellationToken cancel)
    {
        var hashes = new Digest[ranges.Length];
        int done = 0;
        while (done < ranges.Length && TryHash(ranges[done], out hashes[done]))
            done++;
        return done == ranges.Length
            ? new ValueTask<Digest[]>(hashes)
            : HashRestAsync(ranges.ToArray(), hashes, done, cancel);
    }

    private async ValueTask<Digest[]> HashRestAsync(
        LeafRange[] ranges,
        Digest[] hashes,
        int done,
        CancellationToken cancel
    )
    {
        await OpenAsync(cancel).ConfigureAwait(false);
        for (int i = done; i < ranges.Length; i++)
        {
            if (TryFoldEdge(ranges[i], out hashes[i]))
                continue;
            Subtree[] parts = PartsOf(ranges[i]);
            hashes[i] = await ReadAsync(parts[^1], cancel).ConfigureAwait(false);
            for (int part = parts.Length - 2; part >= 0; part--)
                hashes[i] = Hasher.Node(await ReadAsync(parts[part], cancel).ConfigureAwait(false), hashes[i]);
        }
        return hashes;
    }

    private bool TryHash(LeafRange range, out Digest hash)
    {
        if (TryFoldEdge(range, out hash))
            return true;
        int count = range.SubtreeCount;
        Span<Subtree> parts = stackalloc Subtree[count];
        range.ListSubtrees(parts);
        if (!TryRead(parts[^1], out hash))
            return false;
        // RFC 6962, section 2.1: what does not fill a power of two hangs to the right, so the fold begins there.
        for (int part = count - 2; part >= 0; part--)
        {
            if (!TryRead(parts[part], out Digest left))
                return false;
            hash = Hasher.Node(left, hash);
        }
        return true;
    }

    // The ragged end of the whole tree is in every other proof: it was folded once.
    private bool TryFoldEdge(LeafRange range, out Digest hash)
    {
        hash = default;
        return range.End == Head.Size && Volatile.Read(ref edge) is { } known && known.TryFold(range.Start, out hash);
    }

    private static Subtree[] PartsOf(LeafRange range)
    {
        var parts = new Subtree[range.SubtreeCount];
        range.ListSubtrees(parts);
        return parts;
    }
}
