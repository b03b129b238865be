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

    private byte[] leaves = [];
    private int[] ends = [];
    private Digest[] hashes = [];
    private int length;

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

    /// <summary>The leaves' hashes, once <see cref="Hash"/> was called.</summary>
    public ReadOnlySpan<Digest> Hashes => hashes.AsSpan(0, Count);

    /// <summary>Forgets everything and begins another batch.</summary>
    public void Begin(long firstIndex)
    {
        Record.Begin(firstIndex);
        (Note, Checkpoint, length) = (null, [], 0);
    }

    /// <summary>Adds an entry that was judged.</summary>
    public void Add(Receipt receipt) =>
        Add(receipt.Leaf.Span, receipt.Payload is { } payload ? payload.Bytes : default, receipt.Salt.Span);

    /// <summary>Adds an entry that was judged, by its bytes.</summary>
    public void Add(ReadOnlySpan<byte> leaf, ReadOnlySpan<byte> payload, ReadOnlySpan<byte> salt)
    {
        Record.Add(leaf, payload, salt);
        if (leaves.Length - length < leaf.Length)
            Array.Resize(ref leaves, Math.Max(2 * leaves.Length, length + leaf.Length));
        leaf.CopyTo(leaves.AsSpan(length));
        length += leaf.Length;
        if (ends.Length < Count)
        {
            Array.Resize(ref ends, Math.Max(2 * ends.Length, 16));
            Array.Resize(ref hashes, ends.Length);
        }
        ends[Count - 1] = length;
    }

    /// <summary>Hashes the leaves that were added.</summary>
    public void Hash(TreeHasher hasher) =>
        hasher.Leaves(leaves.AsSpan(0, length), ends.AsSpan(0, Count), hashes.AsSpan(0, Count));

    /// <summary>Hashes the leaves anew, as they stand in the record, and appends them to a tree.</summary>
    public void AppendRecorded(TreeHasher hasher, Frontier tree)
    {
        length = Record.CopyEntries(leaves, ends.AsSpan(0, Count));
        Hash(hasher);
        tree.Append(Hashes);
    }

    /// <summary>Gives the batch its checkpoint.</summary>
    public void Seal(SignedNote note) => (Note, Checkpoint) = (note, note.ToBytes());

    /// <summary>The leaves, copied for who keeps them beyond the batch.</summary>
    public IReadOnlyList<ReadOnlyMemory<byte>> Leaves()
    {
        byte[] copy = leaves.AsSpan(0, length).ToArray();
        var parts = new ReadOnlyMemory<byte>[Count];
        for (int i = 0; i < parts.Length; i++)
            parts[i] = copy.AsMemory((i == 0 ? 0 : ends[i - 1])..ends[i]);
        return parts;
    }
}
