using Tessrax.Merkle;
using Tessrax.Node.Files;
using Tessrax.Node.Segments;

namespace Tessrax.Node.Recovery;

/// <summary>The segments in a directory, whatever their names: another copy of the ledger, or the ledger's own files that were exchanged. Damaged
/// ones serve for what is whole in them.</summary>
internal sealed class MirrorSource : EntrySource
{
    private readonly List<Copy> copies = [];
    private readonly HeadReader? heads;
    private readonly PooledFiles open;

    /// <param name="files">The segment files.</param>
    /// <param name="disk">The file system.</param>
    /// <param name="hasher">The ledger's tree.</param>
    /// <param name="heads">Opens checkpoints; null if the log's key is not known.</param>
    /// <param name="kind">What it is, for receipts.</param>
    /// <param name="name">Where it lies, for people; null for the ledger's own files.</param>
    public MirrorSource(
        IEnumerable<string> files,
        IDisk disk,
        TreeHasher hasher,
        HeadReader? heads,
        string kind,
        string? name = null
    )
        : base(hasher)
    {
        this.heads = heads;
        open = new PooledFiles(disk);
        Kind = kind;
        Name = name ?? "its other files";
        foreach (string file in files)
        {
            if (Copy.TryOpen(file, open, IsSigned) is { } copy)
                copies.Add(copy);
        }
    }

    public override string Kind { get; }

    public override string Name { get; }

    public override StoredEntry? Find(long index)
    {
        foreach (StoredEntry entry in All(index))
            return entry;
        return null;
    }

    /// <summary>The id of the segment that begins with an entry; null if none of the files does.</summary>
    public byte[]? IdOf(long firstIndex) => copies.Find(copy => copy.FirstIndex == firstIndex)?.Id;

    /// <summary>An entry as each of the files has it.</summary>
    public IEnumerable<StoredEntry> All(long index)
    {
        foreach (Copy copy in copies)
        {
            if (copy.BatchOf(index) is { } batch)
                yield return batch.Entries[(int)(index - batch.FirstIndex)];
        }
    }

    /// <summary>Every batch that could be read and that holds an entry from one index up to another.</summary>
    public IEnumerable<Batch> Batches(long from, long upTo) => copies.SelectMany(copy => copy.Batches(from, upTo));

    public override IEnumerable<SignedHead> Heads(long beyond, long upTo)
    {
        foreach (Batch batch in Batches(beyond, upTo))
        {
            if (heads?.Open(batch.Checkpoint, out _) is { } head && head.Head.Size > beyond && head.Head.Size <= upTo)
                yield return head;
        }
    }

    /// <summary>The head of the most entries that the log signed in any of the files; null if there is none.</summary>
    public SignedHead? NewestHead()
    {
        SignedHead? newest = null;
        foreach (Copy copy in copies.OrderByDescending(copy => copy.FirstIndex))
        {
            foreach (ReadOnlyMemory<byte> note in copy.CheckpointsFromTheEnd())
            {
                if (heads?.Open(note, out _) is not { } head)
                    continue;
                if (head.Head.Size > (newest?.Head.Size ?? 0))
                    newest = head;
                break;
            }
        }
        return newest;
    }

    public override void Dispose()
    {
        foreach (Copy copy in copies)
            copy.Dispose();
        open.Dispose();
        base.Dispose();
    }

    private bool IsSigned(ReadOnlyMemory<byte> note, long size) => heads is null || heads.IsSigned(note, size);

    // One segment file, surveyed when it is first needed.
    private sealed class Copy : IDisposable
    {
        private readonly IDiskFile file;
        private readonly SegmentHeader header;
        private readonly SegmentSurvey survey;
        private List<SurveyedPiece>? pieces;
        private Batch? last;

        private Copy(IDiskFile file, SegmentHeader header, CheckpointTest isSigned)
        {
            this.file = file;
            this.header = header;
            survey = new SegmentSurvey(file, header.Id, header.Entries, isSigned);
        }

        public long FirstIndex => header.FirstIndex;

        public byte[] Id => header.Id;

        public static Copy? TryOpen(string path, PooledFiles open, CheckpointTest isSigned)
        {
            IDiskFile? file = null;
            try
            {
                file = open.Open(path);
                return FoundHeader.Read(file) is { Header: { } header } ? new Copy(file, header, isSigned) : null;
            }
            catch (Exception e) when (DiskErrors.IsDisk(e))
            {
                file?.Dispose();
                return null;
            }
        }

        public Batch? BatchOf(long index)
        {
            if (last is { } kept && index >= kept.FirstIndex && index < kept.NextIndex)
                return kept;
            if (index < header.FirstIndex || index >= header.Entries.End)
                return null;
            SurveyedPiece? piece = Pieces.Find(p => index >= p.First && index < p.Next);
            return piece is null ? null : last = survey.Batch(piece);
        }

        public IEnumerable<Batch> Batches(long from, long upTo)
        {
            if (header.Entries.End <= from || header.FirstIndex >= upTo)
                yield break;
            foreach (SurveyedPiece piece in Pieces.Where(p => p.Next > from && p.First < upTo))
            {
                if (survey.Batch(piece) is { } batch)
                    yield return batch;
            }
        }

        public void Dispose() => file.Dispose();

        public IEnumerable<ReadOnlyMemory<byte>> CheckpointsFromTheEnd() =>
            Pieces.AsEnumerable().Reverse().Select(survey.Batch).OfType<Batch>().Select(batch => batch.Checkpoint);

        private List<SurveyedPiece> Pieces => pieces ??= [.. survey.Pieces()];
    }
}
