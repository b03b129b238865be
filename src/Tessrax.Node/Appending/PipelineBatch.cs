using Tessrax.Keys;
using Tessrax.Node.Waiting;

namespace Tessrax.Node.Appending;

/// <summary>A batch of a pipeline: its entries, and who waits for them.</summary>
internal sealed class PipelineBatch
{
    private readonly List<AppendItem> items = [];
    private readonly List<(AppendItem Item, int Of)> repeats = [];

    // Its callers are told by the thread that wrote it, or by the one that gave it up.
    private readonly Gate telling = new("the callers of a batch");
    private bool told;
    private bool writing;
    private long bytes;

    public LedgerBatch Entries { get; } = new();

    /// <summary>Forgets everything and begins another batch.</summary>
    public void Begin(long firstIndex)
    {
        Entries.Begin(firstIndex);
        items.Clear();
        repeats.Clear();
        (told, bytes) = (false, 0);
    }

    /// <summary>The append of an entry of this batch, or null.</summary>
    public AppendItem? ItemAt(long index) =>
        index >= Entries.Record.FirstIndex && index - Entries.Record.FirstIndex < items.Count
            ? items[(int)(index - Entries.Record.FirstIndex)]
            : null;

    /// <summary>Notes whose the entry is that was added last.</summary>
    public void Note(AppendItem item)
    {
        items.Add(item);
        bytes += item.Bytes;
    }

    /// <summary>Notes an append that repeats one of this batch.</summary>
    public void NoteRepeat(AppendItem item, long index)
    {
        repeats.Add((item, (int)(index - Entries.Record.FirstIndex)));
        bytes += item.Bytes;
    }

    /// <summary>It goes to the disk; from now on, whoever waits too long may give it up.</summary>
    public void BeginWriting()
    {
        using (telling.Enter("to begin"))
            writing = true;
    }

    /// <summary>Tells all callers that the batch is durable, unless it was given up.</summary>
    public void Acknowledge()
    {
        using (telling.Enter("to acknowledge"))
        {
            writing = false;
            if (told)
                return;
            told = true;
            SignedNote note = Entries.Note!;
            ReadOnlySpan<Hashing.Digest> leaves = Entries.Hashes;
            long first = Entries.Record.FirstIndex;
            for (int i = 0; i < items.Count; i++)
                items[i].Complete(new AppendReceipt(first + i, leaves[i], items[i].RecordedAt, note, false));
            foreach ((AppendItem item, int of) in repeats)
                item.Complete(new AppendReceipt(first + of, leaves[of], items[of].RecordedAt, note, true));
        }
    }

    /// <summary>Tells all callers that it failed, each in its own words.</summary>
    public void Fail(Func<AppendItem, TessraxException> why)
    {
        using (telling.Enter("to tell of a failure"))
        {
            writing = false;
            Tell(why);
        }
    }

    /// <summary>The same while it is on its way to the disk; otherwise it is in other hands, and nothing happens.</summary>
    public void GiveUp(Func<AppendItem, TessraxException> why)
    {
        using (telling.Enter("to give up"))
        {
            if (writing)
                Tell(why);
        }
    }

    /// <summary>Gives back the room of all, once their callers were told.</summary>
    public void GiveBack(Intake intake)
    {
        foreach (AppendItem item in items)
            item.Release();
        foreach ((AppendItem item, _) in repeats)
            item.Release();
        intake.GiveBack(items.Count + repeats.Count, bytes);
    }

    private void Tell(Func<AppendItem, TessraxException> why)
    {
        if (told)
            return;
        told = true;
        foreach (AppendItem item in items.Concat(repeats.Select(repeat => repeat.Item)))
            item.Fail(why(item));
    }
}
