using System.Text;
using Tessrax.Hashing;
using Tessrax.Merkle;
using Tessrax.Node.Files;
using Tessrax.Node.Segments;

namespace Tessrax.Node.Snapshots;

/// <summary>Reads a snapshot or a backup once from its beginning to its end, in constant memory. Every length is held against its limit before
/// anything is allocated for it; what is handed out has passed its chunk's digest.</summary>
/// <remarks>The order is <see cref="Batches"/> to their end, <see cref="Files"/> to their end, <see cref="Finish"/>. Whether signatures hold is for
/// the caller to check; the checkpoints are those of the entries' tree, since their text is computed from it.</remarks>
internal sealed class SnapshotReader : IDisposable
{
    private readonly ChunkReader input;
    private readonly Frontier frontier;
    private byte[] last = [];

    private SnapshotReader(ChunkReader input)
    {
        this.input = input;
        if (input.ReadByte() != SnapshotFormat.LedgerItem)
            throw input.Malformed("the ledger's facts");
        var facts = new byte[Length(SnapshotFormat.MaxFacts, "the ledger's facts")];
        input.Read(facts);
        Facts =
            SnapshotFacts.Parse(facts, out string reason)
            ?? throw input.Malformed($"the ledger's facts, as in ledger.json: {reason}");
        frontier = new Frontier(Facts.Hasher);
    }

    public SnapshotFacts Facts { get; }

    public SnapshotKind Kind => input.Kind;

    /// <summary>The tree of the entries handed out so far.</summary>
    public TreeHead Head => frontier.Head;

    /// <summary>SHA-256 of the file; known after <see cref="Finish"/>.</summary>
    public Digest Digest => input.Digest;

    /// <summary>The bytes of the file read so far.</summary>
    public long Position => input.Position;

    /// <summary>Opens a file and reads the facts.</summary>
    /// <exception cref="TessraxException">TSX3012, 3006, 3007: it cannot be read; TSX3027: another kind of file; TSX3028: damaged; TSX3013: of a later version.</exception>
    public static SnapshotReader Open(IDisk disk, string path)
    {
        ChunkReader input = ChunkReader.Open(disk, path);
        try
        {
            return new SnapshotReader(input);
        }
        catch
        {
            input.Dispose();
            throw;
        }
    }

    /// <summary>The ledger's batches, from entry 0 on, each with its checkpoint in full.</summary>
    /// <exception cref="TessraxException">TSX3028: the file is damaged, or does not say what a snapshot says.</exception>
    public IEnumerable<Batch> Batches()
    {
        while (input.ReadByte() is var kind && kind != SnapshotFormat.CheckpointItem)
        {
            if (kind != SnapshotFormat.BatchItem)
                throw input.Malformed("a batch, or the last checkpoint");
            yield return ReadBatch();
        }
        var note = new byte[Length(SegmentFormat.MaxCheckpoint, "the last checkpoint")];
        input.Read(note);
        if (last.Length == 0 || !note.AsSpan().SequenceEqual(last))
            throw input.Malformed("the checkpoint of the last batch again");
    }

    /// <summary>The files that come with the ledger. Each is to be read before the next is asked for; what is not read is passed over.</summary>
    /// <exception cref="TessraxException">TSX3028, as above.</exception>
    public IEnumerable<SnapshotFile> Files()
    {
        SnapshotFile? before = null;
        while (!input.IsAtEnd)
        {
            if (input.ReadByte() != SnapshotFormat.FileItem)
                throw input.Malformed("a file, or the end");
            SnapshotFile file = ReadFileHeader();
            if (before is not null && file.CompareTo(before) <= 0)
                throw input.Malformed("files in the order of places and names, each once");
            yield return file;
            file.CopyTo(static _ => { });
            before = file;
        }
    }

    /// <summary>Makes sure that the file ends here.</summary>
    public void Finish() => input.RequireEnd();

    public void Dispose() => input.Dispose();

    private Batch ReadBatch()
    {
        long first = frontier.Size;
        int count = Length(SegmentFormat.EntriesPerSegment, "the number of entries in a batch");
        if (!SnapshotFormat.InOneSegment(first, first + count))
            throw input.Malformed("a batch that lies within one segment of 65,536 entries");
        long room = SegmentFormat.MaxRecord - SegmentFormat.RecordLength([], 0);
        // Grown as entries arrive: the count is a stranger's word.
        var entries = new List<StoredEntry>(Math.Min(count, 256));
        for (int i = 0; i < count; i++)
        {
            StoredEntry entry = ReadEntry(ref room);
            frontier.Append(Facts.Hasher.Leaf(entry.Entry.Span));
            entries.Add(entry);
        }
        var lines = new byte[Length((int)Math.Min(room, SegmentFormat.MaxCheckpoint), "signature lines")];
        input.Read(lines);
        last =
            SnapshotNotes.NoteOf(lines, Facts.Origin, frontier.Head, out string reason)
            ?? throw input.Malformed($"the signature lines of a checkpoint: {reason}");
        if (last.Length > Math.Min(room, SegmentFormat.MaxCheckpoint))
            throw input.Malformed("a checkpoint that fits its record");
        return new Batch(first, entries, last);
    }

    private StoredEntry ReadEntry(ref long room)
    {
        int length = Length(SegmentFormat.MaxEntry, "an entry");
        uint payloadLength = input.ReadUInt32();
        bool erased = payloadLength == SnapshotFormat.ErasedPayload;
        bool none = erased || payloadLength == SnapshotFormat.NoPayload;
        if (!none && payloadLength is < 1 or > SegmentFormat.MaxPayload)
            throw input.Malformed($"a payload of 1 to {SegmentFormat.MaxPayload} bytes");
        int saltLength = none ? 0 : SegmentFormat.SaltLength;
        int beside = none ? 0 : (int)payloadLength + saltLength;
        room -= RecordCodec.EntryHeaderLength + (long)length + beside;
        if (room < 0)
            throw input.Malformed($"a batch whose record has at most {SegmentFormat.MaxRecord} bytes");
        var bytes = new byte[length + beside];
        input.Read(bytes);
        ReadOnlyMemory<byte> all = bytes;
        return new StoredEntry(
            all[..length],
            all[length..(length + beside - saltLength)],
            all[(length + beside - saltLength)..],
            erased
        );
    }

    private SnapshotFile ReadFileHeader()
    {
        var place = (SnapshotPlace)input.ReadByte();
        if (!SnapshotFormat.Takes(Kind, place))
            throw input.Malformed("a place that this kind of file has something for");
        int length = input.ReadByte();
        if (length is < 1 or > SnapshotFormat.MaxName)
            throw input.Malformed($"a name of 1 to {SnapshotFormat.MaxName} bytes");
        Span<byte> bytes = stackalloc byte[length];
        input.Read(bytes);
        string name = Encoding.Latin1.GetString(bytes);
        if (!SnapshotFormat.IsName(place, name))
            throw input.Malformed("a name that its place allows");
        long size = input.ReadInt64();
        return size >= 0 && size <= SnapshotFormat.MaxLength(place)
            ? new SnapshotFile(place, name, size, input)
            : throw input.Malformed($"the length of {name}, at most {SnapshotFormat.MaxLength(place)}");
    }

    private int Length(int most, string what)
    {
        uint length = input.ReadUInt32();
        return length >= 1 && length <= most ? (int)length : throw input.Malformed($"{what}, from 1 to {most}");
    }
}
