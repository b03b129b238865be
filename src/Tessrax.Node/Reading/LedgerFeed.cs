using Tessrax.Keys;
using Tessrax.Node.Segments;
using Tessrax.Verification;

namespace Tessrax.Node.Reading;

/// <summary>How far a verification has come. The totals are what the ledger's directory says, good enough to estimate by and for nothing else.</summary>
/// <param name="Entries">Entries checked.</param>
/// <param name="Bytes">Bytes of segments read.</param>
/// <param name="AllEntries">Entries that the published checkpoint covers; 0 if there is none.</param>
/// <param name="AllBytes">Bytes of all segment files; the last is as a rule longer than what it holds.</param>
public readonly record struct CheckProgress(long Entries, long Bytes, long AllEntries, long AllBytes)
{
    /// <summary>The part that is done, from 0 to 1.</summary>
    public double Share =>
        AllEntries > 0 ? Math.Min(1, (double)Entries / AllEntries)
        : AllBytes > 0 ? Math.Min(1, (double)Bytes / AllBytes)
        : 0;
}

/// <summary>Feeds what is stored in segments to a verifier: read in order, prepared on all threads, added in order.</summary>
internal sealed class LedgerFeed(LedgerVerifier verifier, int threads)
{
    // Read, and not added yet. One record alone may be larger than that.
    private const long MaxBytesAhead = 32 * 1024 * 1024;

    private readonly Stack<EntryBatch> idle = new();
    private readonly long begin = verifier.Size;
    private long bytesAhead;
    private LogKeyChain? log = verifier.Fold?.State.LogKeys;

    /// <summary>Whether each entry is timed; see <see cref="EntryBatch.IsTimed"/>.</summary>
    public bool IsTimed { get; init; }

    /// <summary>Measures steps for <see cref="Traced"/>.</summary>
    public TimeProvider? Clock { get; init; }

    /// <summary>Told of each step over a batch: see <see cref="OrderedPipeline{T}.Done"/>. Any thread. The batch's bytes, and after the last step what was
    /// prepared, are another's by then.</summary>
    public Action<PipelineStep, Batch, EntryBatch, int, long, long>? Traced { get; init; }

    /// <summary>The log's keys, as far as they were read; null before genesis was.</summary>
    public LogKeyChain? Log => log;

    /// <summary>Told of each batch after it was added, in order.</summary>
    public Action<Batch, EntryBatch>? Added { get; init; }

    /// <summary>Takes each batch back when it is done with; null if nobody wants it.</summary>
    public Action<Batch>? GiveBack { get; init; }

    /// <summary>Whether bytes are a checkpoint of that size that the log signed.</summary>
    public bool IsSigned(ReadOnlyMemory<byte> note, long size) =>
        Volatile.Read(ref log) is not { } keys
        || (keys.TryOpenAny(note.Span, out Checkpoint? opened, out _) && opened.Head.Size == size);

    /// <summary>Feeds all batches.</summary>
    /// <exception cref="TessraxException">Where reading ended early, after what came before was added.</exception>
    public void Run(IEnumerable<Batch> batches)
    {
        using IEnumerator<Batch> next = batches.GetEnumerator();
        var pipeline = new OrderedPipeline<Fed>(
            threads,
            () => next.MoveNext() ? Load(next.Current) : null,
            fed => verifier.Prepare(fed.Entries),
            Add,
            // What the end of a segment looks like depends on the log's key, which genesis names: until it is known, one batch after the other.
            () => Volatile.Read(ref log) is not null && Interlocked.Read(ref bytesAhead) < MaxBytesAhead
        )
        {
            Clock = Traced is null ? null : Clock,
            Done = (step, fed, thread, from, to) => Traced?.Invoke(step, fed.Batch, fed.Entries, thread, from, to),
        };
        verifier.Deferring = threads > 1 ? pipeline.Leave : null;
        try
        {
            pipeline.Run();
        }
        finally
        {
            verifier.Deferring = null;
            verifier.Settle();
        }
    }

    private Fed Load(Batch batch)
    {
        EntryBatch? entries;
        lock (idle)
        {
            if (!idle.TryPop(out entries))
                entries = new EntryBatch { IsTimed = IsTimed };
        }
        long bytes = 0;
        // A verifier that goes on where another stood may begin within a record.
        int known = (int)Math.Clamp(begin - batch.FirstIndex, 0, batch.Entries.Count);
        for (int i = known; i < batch.Entries.Count; i++)
        {
            StoredEntry stored = batch.Entries[i];
            // What a repair marked as lost is judged as what is not there: only an entry that erases it excuses that.
            entries.Add(stored.Entry, stored.Payload, stored.Salt, stored.IsErased || stored.IsLostAndBearable);
            bytes += stored.Entry.Length + stored.Payload.Length;
        }
        entries.Checkpoint = batch.Checkpoint;
        Interlocked.Add(ref bytesAhead, bytes);
        return new Fed(batch, entries, bytes);
    }

    private void Add(Fed fed)
    {
        verifier.Add(fed.Entries);
        if (verifier.Fold?.State.LogKeys is { } keys && !ReferenceEquals(keys, log))
            Volatile.Write(ref log, keys);
        Added?.Invoke(fed.Batch, fed.Entries);
        Interlocked.Add(ref bytesAhead, -fed.Bytes);
        fed.Entries.Clear();
        GiveBack?.Invoke(fed.Batch);
        lock (idle)
            idle.Push(fed.Entries);
    }

    private sealed record Fed(Batch Batch, EntryBatch Entries, long Bytes);
}
