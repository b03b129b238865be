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
    public IEnumerable<Batch> Batches() => Read(lends: false);

    /// <summary>The same, but the bytes of each batch are lent: whoever is done with one calls <see cref="SegmentReader.GiveBack"/>.</summary>
    public IEnumerable<Batch> LendBatches() => Read(lends: true);

    private IEnumerable<Batch> Read(bool lends)
    {
        while (input.ReadByte() is var kind && kind != SnapshotFormat.CheckpointItem)
        {
            if (kind != SnapshotFormat.BatchItem)
                throw input.Malformed("a batch, or the last checkpoint");
            yield return ReadBatch(lends);
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

    private Batch ReadBatch(bool lends)
    {
        var buffer = new BatchBuffer(lends);
        try
        {
            return ReadBatch(buffer);
        }
        catch
        {
            buffer.Abandon();
            throw;
        }
    }

    private Batch ReadBatch(BatchBuffer buffer)
    {
        long first = frontier.Size;
        int count = Length(SegmentFormat.EntriesPerSegment, "the number of entries in a batch");
        if (!SnapshotFormat.InOneSegment(first, first + count))
            throw input.Malformed("a batch that lies within one segment of 65,536 entries");
        long room = SegmentFormat.MaxRecord - SegmentFormat.RecordLength([], 0);
        var places = new List<EntryPlace>(Math.Min(count, 256));
        for (int i = 0; i < count; i++)
        {
            EntryPlace place = ReadEntry(buffer, ref room);
            frontier.Append(Facts.Hasher.Leaf(buffer.Slice(place.At, place.Length).Span));
            places.Add(place);
        }
        int most = (int)Math.Min(room, SegmentFormat.MaxCheckpoint);
        var lines = new byte[Length(most, "signature lines")];
        input.Read(lines);
        last =
            SnapshotNotes.NoteOf(lines, Facts.Origin, frontier.Head, out string reason)
            ?? throw input.Malformed($"the signature lines of a checkpoint: {reason}");
        if (last.Length > most)
            throw input.Malformed("a checkpoint that fits its record");
        int checkpoint = buffer.Add(last);
        return new Batch(first, places.ConvertAll(place => place.In(buffer)), buffer.Slice(checkpoint, last.Length));
    }

    private EntryPlace ReadEntry(BatchBuffer buffer, ref long room)
    {
        int length = Length(SegmentFormat.MaxEntry, "an entry");
        uint payload = input.ReadUInt32();
        bool erased = payload == SnapshotFormat.ErasedPayload;
        bool none = erased || payload == SnapshotFormat.NoPayload;
        if (!none && payload is < 1 or > SegmentFormat.MaxPayload)
            throw input.Malformed($"a payload of 1 to {SegmentFormat.MaxPayload} bytes");
        int payloadLength = none ? 0 : (int)payload;
        int saltLength = none ? 0 : SegmentFormat.SaltLength;
        int all = length + payloadLength + saltLength;
        room -= RecordCodec.EntryHeaderLength + (long)all;
        if (room < 0)
            throw input.Malformed($"a batch whose record has at most {SegmentFormat.MaxRecord} bytes");
        return new EntryPlace(buffer.Read(input, all), length, payloadLength, saltLength, erased);
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

    private readonly record struct EntryPlace(int At, int Length, int Payload, int Salt, bool IsErased)
    {
        public StoredEntry In(BatchBuffer buffer) =>
            new(
                buffer.Slice(At, Length),
                buffer.Slice(At + Length, Payload),
                buffer.Slice(At + Length + Payload, Salt),
                IsErased
            );
    }
}
