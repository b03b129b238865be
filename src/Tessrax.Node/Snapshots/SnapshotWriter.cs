using System.Text;
using Tessrax.Hashing;
using Tessrax.Merkle;
using Tessrax.Node.Segments;

namespace Tessrax.Node.Snapshots;

/// <summary>Writes a snapshot or a backup piece by piece, in constant memory: the ledger's batches, its last checkpoint, then files.</summary>
/// <remarks>It computes the tree again, so that no checkpoint gets in that the entries do not give. Payloads and signatures are for the caller to check.</remarks>
internal sealed class SnapshotWriter
{
    private readonly ChunkWriter output;
    private readonly SnapshotFacts facts;
    private readonly Frontier frontier;
    private byte[] last = [];

    public SnapshotWriter(SnapshotKind kind, SnapshotFacts facts, ByteSink sink)
    {
        this.facts = facts;
        frontier = new Frontier(facts.Hasher);
        output = new ChunkWriter(kind, sink);
        byte[] bytes = facts.ToBytes();
        output.WriteByte(SnapshotFormat.LedgerItem);
        output.WriteUInt32((uint)bytes.Length);
        output.Write(bytes);
    }

    /// <summary>The tree of what was written.</summary>
    public TreeHead Head => frontier.Head;

    /// <summary>The bytes written.</summary>
    public long Length => output.Length;

    /// <summary>Adds the next batch.</summary>
    /// <exception cref="TessraxException">TSX3003: its checkpoint is not one of the entries so far.</exception>
    public void Add(Batch batch)
    {
        output.WriteByte(SnapshotFormat.BatchItem);
        output.WriteUInt32((uint)batch.Entries.Count);
        foreach (StoredEntry entry in batch.Entries)
        {
            Write(entry);
            frontier.Append(facts.Hasher.Leaf(entry.Entry.Span));
        }
        byte[] lines =
            SnapshotNotes.LinesOf(batch.Checkpoint.Span, facts.Origin, frontier.Head, out string reason)
            ?? throw ErrorCodes.Damaged.Because($"the checkpoint after {frontier.Size} entries: {reason}");
        output.WriteUInt32((uint)lines.Length);
        output.Write(lines);
        last = batch.Checkpoint.ToArray();
    }

    /// <summary>Ends the ledger's part with the last checkpoint, verbatim.</summary>
    public void EndLedger()
    {
        output.WriteByte(SnapshotFormat.CheckpointItem);
        output.WriteUInt32((uint)last.Length);
        output.Write(last);
    }

    /// <summary>Adds a file. Places and names rise.</summary>
    /// <param name="place">Where it belongs.</param>
    /// <param name="name">Its name there.</param>
    /// <param name="length">Its length.</param>
    /// <param name="copy">Hands exactly so many bytes to the sink.</param>
    public void AddFile(SnapshotPlace place, string name, long length, Action<ByteSink> copy)
    {
        output.WriteByte(SnapshotFormat.FileItem);
        output.WriteByte((byte)place);
        output.WriteByte((byte)name.Length);
        output.Write(Encoding.ASCII.GetBytes(name));
        output.WriteInt64(length);
        long rest = length;
        copy(bytes =>
        {
            rest -= bytes.Length;
            output.Write(bytes);
        });
        if (rest != 0)
            throw ErrorCodes.CannotRead.Because(
                $"{SnapshotFormat.FolderOf(place)}/{name} changed while it was read: it is no longer {length} bytes long"
            );
    }

    /// <summary>Ends the file.</summary>
    /// <returns>SHA-256 of all its bytes.</returns>
    public Digest Finish() => output.Finish();

    private void Write(StoredEntry entry)
    {
        output.WriteUInt32((uint)entry.Entry.Length);
        output.WriteUInt32(
            entry.IsErased ? SnapshotFormat.ErasedPayload
            : entry.Payload.IsEmpty ? SnapshotFormat.NoPayload
            : (uint)entry.Payload.Length
        );
        output.Write(entry.Entry.Span);
        output.Write(entry.Payload.Span);
        output.Write(entry.Salt.Span);
    }
}
