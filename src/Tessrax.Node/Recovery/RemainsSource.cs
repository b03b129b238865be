using Tessrax.Merkle;
using Tessrax.Node.Segments;

namespace Tessrax.Node.Recovery;

/// <summary>What can still be read of records that are not whole: entry after entry for as long as their lengths make sense, and the checkpoint.</summary>
internal sealed class RemainsSource(TreeHasher hasher, HeadReader? heads) : EntrySource(hasher)
{
    private readonly Dictionary<long, StoredEntry> entries = [];
    private readonly List<SignedHead> signed = [];

    public override string Kind => "record";

    public override string Name => "what is left of it";

    public override StoredEntry? Find(long index) => entries.TryGetValue(index, out StoredEntry found) ? found : null;

    public override IEnumerable<SignedHead> Heads(long beyond, long upTo) =>
        signed.Where(s => s.Head.Size > beyond && s.Head.Size <= upTo);

    /// <summary>Takes in a batch that could be read whole.</summary>
    public void Add(Batch batch)
    {
        for (int i = 0; i < batch.Entries.Count; i++)
            entries[batch.FirstIndex + i] = batch.Entries[i];
        AddHead(batch.Checkpoint);
    }

    /// <summary>Takes in what the bytes of a broken record still give.</summary>
    public void Add(byte[] bytes, RecordHeader? header, long first, long next)
    {
        int end = Math.Min(bytes.Length, header?.CheckpointAt ?? bytes.Length);
        int at = RecordCodec.HeaderLength;
        for (long index = first; index < next && at < end; index++)
        {
            int length = RecordCodec.ReadEntry(bytes.AsMemory(at, end - at), out StoredEntry entry);
            if (length == 0)
                break;
            entries[index] = entry;
            at += length;
        }
        if (header is { } known && known.CheckpointAt + known.CheckpointLength <= bytes.Length)
            AddHead(bytes.AsMemory(known.CheckpointAt, known.CheckpointLength));
    }

    public void AddHead(ReadOnlyMemory<byte> note)
    {
        if (heads?.Open(note, out _) is { } head)
            signed.Add(head);
    }

    public void Clear()
    {
        entries.Clear();
        signed.Clear();
    }
}
