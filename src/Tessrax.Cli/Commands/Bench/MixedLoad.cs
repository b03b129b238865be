using Tessrax.Hashing;
using Tessrax.Keys;
using Tessrax.Merkle;
using Tessrax.Node.Appending;
using Tessrax.Node.Segments;

namespace Tessrax.Cli.Commands.Bench;

/// <summary>Clients that append, readers that hold what they are told against proofs, and the memory that it takes.</summary>
/// <remarks>What it remembers of each receipt is made before the clock starts, so that memory that grows is the ledger's.</remarks>
internal sealed class MixedLoad
{
    private const int Samples = 5;

    // How long to wait before looking again.
    private static readonly TimeSpan Moment = TimeSpan.FromMilliseconds(1);

    private readonly CliContext context;
    private readonly LedgerPipeline pipeline;
    private readonly VerifierKey log;
    private readonly int entries;
    private readonly TreeHasher hasher;

    // By index: what was acknowledged, and whether it stands there whole.
    private readonly Digest[] leaves;
    private readonly bool[] told;
    private readonly List<(int Percent, double Mebibytes)> memory = [];
    private int begun;
    private int acknowledged;
    private long inclusions;
    private long consistencies;

    public MixedLoad(CliContext context, LedgerPipeline pipeline, VerifierKey log, int entries)
    {
        this.context = context;
        this.pipeline = pipeline;
        this.log = log;
        this.entries = entries;
        hasher = pipeline.Directory.Hasher;
        // Epochs take places too.
        leaves = new Digest[2 + entries + (entries / (SegmentFormat.EntriesPerSegment - 1))];
        // Touched, so that it counts from the beginning.
        Array.Clear(leaves);
        told = new bool[leaves.Length];
    }

    /// <summary>Inclusion proofs that were made and verified.</summary>
    public long Inclusions => inclusions;

    /// <summary>Consistency proofs that were made and verified.</summary>
    public long Consistencies => consistencies;

    /// <summary>Bytes of what it remembers of the receipts.</summary>
    public long Remembered => leaves.LongLength * (Digest.Size + sizeof(bool));

    /// <summary>The working set as the load went on.</summary>
    public IReadOnlyList<(int Percent, double Mebibytes)> Memory => memory;

    /// <summary>Appends as many as there is room for.</summary>
    public async Task<LoadResult> Run(int clients, int readers, int payload)
    {
        using var ended = new CancellationTokenSource();
        Task[] reading = [.. Enumerable.Range(0, readers).Select(_ => Task.Run(() => Read(ended.Token)))];
        Task watching = Task.Run(() => Watch(ended.Token));
        LoadResult result = await new AppendLoad(context, pipeline, payload)
            .Run(clients, () => Interlocked.Increment(ref begun) <= entries, Acknowledge)
            .ConfigureAwait(false);
        await ended.CancelAsync().ConfigureAwait(false);
        await Task.WhenAll([.. reading, watching]).ConfigureAwait(false);
        return result;
    }

    /// <summary>Reads the ledger from its segments and finds every receipt where it was acknowledged.</summary>
    /// <exception cref="TessraxException">TSX7000: one is missing, or is another.</exception>
    public void RequireAllIn(ReplayLedger ledger)
    {
        if (told.Count(one => one) != entries)
            throw ErrorCodes.Bug.Because("not all receipts were acknowledged");
        using var reader = new SegmentReader(ledger.Folder, ledger.Environment.Disk, (_, _) => true);
        long index = 0;
        foreach (Batch batch in reader.ReadAll())
        {
            foreach (StoredEntry entry in batch.Entries)
            {
                if (index < told.Length && told[index] && hasher.Leaf(entry.Entry.Span) != leaves[index])
                    throw ErrorCodes.Bug.Because($"entry {index} is not the one that was acknowledged");
                index++;
            }
        }
        if (index <= Array.LastIndexOf(told, true))
            throw ErrorCodes.Bug.Because("a receipt was acknowledged that the ledger does not have");
    }

    private void Acknowledge(AppendReceipt receipt)
    {
        leaves[receipt.Index] = receipt.Leaf;
        if (Interlocked.Exchange(ref told[receipt.Index], true))
            throw ErrorCodes.Bug.Because("two receipts were acknowledged with one place");
        Interlocked.Increment(ref acknowledged);
    }

    // Whoever has a checkpoint proves by the tree that the newest one extends it, and that receipts acknowledged under it are in it.
    private async Task Read(CancellationToken ended)
    {
        SignedNote seen = pipeline.Checkpoint;
        TreeHead before = HeadOf(seen);
        while (!ended.IsCancellationRequested)
        {
            SignedNote newest = pipeline.Checkpoint;
            if (ReferenceEquals(newest, seen))
            {
                await Task.Delay(Moment, context.Time, CancellationToken.None).ConfigureAwait(false);
                continue;
            }
            seen = newest;
            TreeHead head = HeadOf(newest);
            Digest[] extends = ConsistencyProof.Prove(pipeline.Tree, before.Size, head.Size, hasher);
            Require(ConsistencyProof.Verify(extends, before, head, hasher), $"the checkpoint of {head.Size}");
            Interlocked.Increment(ref consistencies);
            for (int i = 0; i < 20 && head.Size > 1; i++)
            {
                long index = Any(1, Math.Min(head.Size, leaves.Length));
                if (!Volatile.Read(ref told[index]))
                    continue;
                Digest leaf = leaves[index];
                Digest[] path = InclusionProof.Prove(pipeline.Tree, head.Size, index, hasher);
                Require(InclusionProof.Verify(path, head, index, leaf, hasher), $"entry {index}");
                Interlocked.Increment(ref inclusions);
            }
            before = head;
        }
    }

    private long Any(long from, long to) =>
        from + (long)(BitConverter.ToUInt64(context.RandomBytes(sizeof(ulong))) % (ulong)(to - from));

    private TreeHead HeadOf(SignedNote note) =>
        Checkpoint.TryOpen(note.ToBytes(), log, out Checkpoint? checkpoint, out string reason)
            ? checkpoint.Head
            : throw ErrorCodes.Bug.Because($"a checkpoint that was handed out does not verify: {reason}");

    private static void Require(bool holds, string what)
    {
        if (!holds)
            throw ErrorCodes.Bug.Because($"{what} does not verify while entries are appended");
    }

    private async Task Watch(CancellationToken ended)
    {
        for (int sample = 1; sample <= Samples; sample++)
        {
            while (!ended.IsCancellationRequested && acknowledged < (long)entries * sample / Samples)
                await Task.Delay(Moment, context.Time, CancellationToken.None).ConfigureAwait(false);
            memory.Add((100 * sample / Samples, Environment.WorkingSet / (1024.0 * 1024.0)));
        }
    }
}
