using Tessrax.Hashing;
using Tessrax.Keys;
using Tessrax.Ledger;
using Tessrax.Merkle;
using Tessrax.Node.Segments;

namespace Tessrax.Node.Appending;

/// <summary>A batch on its way: entries that were given their places, then the checkpoint that covers them. Its buffers are used again for the next one.</summary>
/// <remarks>Not safe for concurrent use.</remarks>
internal sealed class LedgerBatch
{
    /// <summary>A batch that has so many bytes takes no more: beyond it, a disk gains little and a caller waits long.</summary>
    public const int FullBytes = 1024 * 1024;

    /// <summary>A batch that has so many entries takes no more.</summary>
    public const int FullEntries = 4096;

    // Leaves that were not hashed yet, one after another, and where each ends.
    private byte[] leaves = new byte[4096];
    private int[] ends = new int[16];
    private int waiting;

    // All hashes of the batch so far, and where in the record the first entry stands that has none yet.
    private Digest[] hashes = new Digest[16];
    private int hashed;
    private int hashedTo;
    private Digest[] recorded = new Digest[16];

    /// <summary>The record as far as it is written.</summary>
    public RecordBuilder Record { get; } = new();

    public int Count => Record.Count;

    /// <summary>Whether the next entry should begin another batch. One lies in one segment.</summary>
    public bool IsFull =>
        Record.EntryBytes >= FullBytes
        || Count >= FullEntries
        || (Count > 0 && Record.NextIndex % SegmentFormat.EntriesPerSegment == 0);

    /// <summary>The checkpoint that covers the batch, once it is sealed.</summary>
    public SignedNote? Note { get; private set; }

    /// <summary>The checkpoint's bytes, once it is sealed.</summary>
    public byte[] Checkpoint { get; private set; } = [];

    /// <summary>The hashes of the leaves as far as <see cref="Hash"/> has gone.</summary>
    public ReadOnlySpan<Digest> Hashes => hashes.AsSpan(0, hashed);

    /// <summary>Forgets everything and begins another batch.</summary>
    public void Begin(long firstIndex)
    {
        Record.Begin(firstIndex);
        (Note, Checkpoint) = (null, []);
        (waiting, hashed, hashedTo) = (0, 0, RecordBuilder.FirstEntryAt);
    }

    /// <summary>Adds an entry that was judged.</summary>
    public void Add(Receipt receipt) =>
        Add(receipt.Leaf.Span, receipt.Payload is { } payload ? payload.Bytes : default, receipt.Salt.Span);

    /// <summary>Adds an entry that was judged, by its bytes.</summary>
    public void Add(ReadOnlySpan<byte> leaf, ReadOnlySpan<byte> payload, ReadOnlySpan<byte> salt)
    {
        Record.Add(leaf, payload, salt);
        Wait(leaf);
    }

    /// <summary>Hashes the leaves that were added since the last time, twice: as they were added, and as they stand in the record.</summary>
    /// <param name="hasher">The ledger's.</param>
    /// <param name="tree">Gets the hashes of the leaves as they stand in the record.</param>
    /// <returns>The hashes of the leaves as they were added.</returns>
    public ReadOnlySpan<Digest> Hash(TreeHasher hasher, Frontier tree)
    {
        int count = waiting;
        if (hashes.Length < hashed + count)
            Array.Resize(ref hashes, Math.Max(2 * hashes.Length, hashed + count));
        Span<Digest> fresh = hashes.AsSpan(hashed, count);
        HashWaiting(hasher, fresh);
        for (int i = 0; i < count; i++)
            Wait(Record.ReadEntry(ref hashedTo));
        if (recorded.Length < count)
            recorded = new Digest[hashes.Length];
        HashWaiting(hasher, recorded.AsSpan(0, count));
        tree.Append(recorded.AsSpan(0, count));
        hashed += count;
        return fresh;
    }

    /// <summary>Gives the batch its checkpoint.</summary>
    public void Seal(SignedNote note) => (Note, Checkpoint) = (note, note.ToBytes());

    /// <summary>The leaves, each copied when it is asked for.</summary>
    public IEnumerable<ReadOnlyMemory<byte>> Leaves()
    {
        int at = RecordBuilder.FirstEntryAt;
        for (int i = 0; i < Count; i++)
            yield return Record.ReadEntry(ref at).ToArray();
    }

    /// <summary>The sealed batch, for a store that keeps no records; valid until <see cref="Begin"/>.</summary>
    public Batch ToBatch() => new(Record.FirstIndex, Record.Entries(), Checkpoint);

    private void Wait(ReadOnlySpan<byte> leaf)
    {
        int begin = waiting == 0 ? 0 : ends[waiting - 1];
        int end = begin + leaf.Length;
        if (leaves.Length < end)
            Array.Resize(ref leaves, Math.Max(2 * leaves.Length, end));
        if (ends.Length == waiting)
            Array.Resize(ref ends, 2 * ends.Length);
        leaf.CopyTo(leaves.AsSpan(begin));
        ends[waiting++] = end;
    }

    private void HashWaiting(TreeHasher hasher, Span<Digest> to)
    {
        int length = waiting == 0 ? 0 : ends[waiting - 1];
        hasher.Leaves(leaves.AsSpan(0, length), ends.AsSpan(0, waiting), to);
        waiting = 0;
    }
}
