using System.Security.Cryptography;
using Tessrax.Governance;
using Tessrax.Hashing;
using Tessrax.Node.Files;
using Tessrax.Node.Index;
using Tessrax.Node.Recovery;
using Xunit;

namespace Tessrax.Node.Tests.Index;

/// <summary>An index as plain as can be, in one file on whatever disk: for operations that are cut short at each step of it. It searches nothing.</summary>
/// <remarks>A commit that is not <see cref="Sync"/>ed may be lost, in whole or with bytes of it missing, as a database without fsyncs.</remarks>
internal sealed class FileStore(IDisk disk) : IIndexStore
{
    private const int MaxBytes = 1 << 24;

    public string Name => "file";

    public void Need() { }

    public string? LibraryOf(string place) => null;

    public string Suffix => ".file";

    public IIndexBackend Create(string place, IndexMark empty, IndexOptions options)
    {
        if (disk.Exists(place))
            throw ErrorCodes.AlreadyExists.Because($"{place} exists already");
        var made = new FileIndex(disk, place, empty, canWrite: true);
        made.Save();
        return made;
    }

    public IIndexBackend Open(string place, IndexAccess access) =>
        FileIndex.Read(disk, place, canWrite: access == IndexAccess.Write);

    public void Vacuum(string from, string to) =>
        DurableFile.Write(disk, to, DurableFile.Read(disk, from, MaxBytes), new DurableFileOptions(false, Sync: false));

    public void SetMode(string place, bool isImmutable) { }

    public void Sync(string place) =>
        DiskErrors.Writing(
            place,
            () =>
            {
                using (IDiskFile file = disk.Open(place, DiskAccess.Write))
                    file.SyncAll();
                disk.SyncDirectory(Path.GetDirectoryName(place)!);
            }
        );

    public FaultCause? Diagnose(string place) => null;

    public void Delete(string place) => DiskErrors.Writing(place, () => disk.Delete(place));

    private sealed class FileIndex(IDisk disk, string place, IndexMark mark, bool canWrite) : IIndexBackend
    {
        private readonly List<IndexRow> rows = [];
        private readonly List<IndexRow> waiting = [];
        private readonly SortedDictionary<long, IndexBlock> blocks = [];

        public IndexMark Mark { get; private set; } = mark;

        public static FileIndex Read(IDisk disk, string place, bool canWrite)
        {
            byte[] bytes = DurableFile.Read(disk, place, MaxBytes);
            int end = bytes.Length - Digest.Size;
            if (end < 0 || !SHA256.HashData(bytes.AsSpan(0, end)).AsSpan().SequenceEqual(bytes.AsSpan(end)))
                throw ErrorCodes.IndexUnusable.Because($"{place} is not what was written");
            using var reader = new BinaryReader(new MemoryStream(bytes, 0, end));
            var mark = new IndexMark(
                reader.ReadInt64(),
                DigestOf(reader),
                reader.ReadInt64(),
                DigestOf(reader),
                reader.ReadString() is { Length: > 0 } words ? words : null
            );
            var read = new FileIndex(disk, place, mark, canWrite);
            for (int rows = reader.ReadInt32(); rows > 0; rows--)
                read.rows.Add(RowOf(reader));
            for (int blocks = reader.ReadInt32(); blocks > 0; blocks--)
            {
                IndexBlock block = BlockOf(reader);
                read.blocks[block.First] = block;
            }
            return read;
        }

        public void Add(ReadOnlySpan<IndexDocument> next)
        {
            foreach (IndexDocument document in next)
                waiting.Add(document.Row);
        }

        public void Commit(IndexMark mark, ReadOnlySpan<IndexBlock> next)
        {
            Assert.True(canWrite);
            rows.AddRange(waiting);
            waiting.Clear();
            foreach (IndexBlock block in next)
                blocks[block.First] = block;
            Mark = mark;
            Assert.Equal(mark.Size, rows.Count);
            Save();
        }

        public void Save()
        {
            var bytes = new MemoryStream();
            using var writer = new BinaryWriter(bytes);
            writer.Write(Mark.Generation);
            writer.Write(Mark.Ledger.Span);
            writer.Write(Mark.Size);
            writer.Write(Mark.Root.Span);
            writer.Write(Mark.Words ?? "");
            writer.Write(rows.Count);
            foreach (IndexRow row in rows)
                Write(writer, row);
            writer.Write(blocks.Count);
            foreach (IndexBlock block in blocks.Values)
                Write(writer, block);
            writer.Flush();
            bytes.Write(SHA256.HashData(bytes.ToArray()));
            DurableFile.Write(disk, place, bytes.ToArray(), DurableFileOptions.Derived);
        }

        public IReadOnlyList<IndexRow> Rows(long from, long to) =>
            [.. rows.Where(row => row.Index >= from && row.Index < to)];

        public IEnumerable<IndexBlock> Blocks() => blocks.Values;

        public IndexSizes Sizes() => new(rows.Count, 0, 0, 0);

        public string? Fault(bool quick) => null;

        public void Refresh() { }

        public void Analyze() { }

        public void Compact(TimeSpan budget, CancellationToken stop = default) { }

        public void Dispose() { }

        public IPostings All(IndexOrder order, long? from) => throw new NotSupportedException();

        public IPostings Field(FieldId field, string value, IndexOrder order, long? from) =>
            throw new NotSupportedException();

        public IPostings Text(IReadOnlyList<string> phrase, bool lastIsPrefix, IndexOrder order, long? from) =>
            throw new NotSupportedException();

        public IReadOnlyList<string> Values(FieldId field, string prefix, int most) =>
            throw new NotSupportedException();

        public IReadOnlyList<string> Words(string prefix, int most) => throw new NotSupportedException();

        public IReadOnlyList<long> Runs() => throw new NotSupportedException();

        public IEnumerable<WordPlace> Places() => throw new NotSupportedException();

        public IEnumerable<FieldPosting> Postings() => throw new NotSupportedException();

        private static void Write(BinaryWriter writer, IndexRow row)
        {
            writer.Write(row.Index);
            writer.Write(row.At);
            writer.Write(row.Epoch);
            writer.Write(row.IsCut);
            writer.Write(row.Words.Length);
            writer.Write(row.Words.Span);
            writer.Write(row.Fields.Count);
            foreach (FieldValue value in row.Fields)
            {
                writer.Write((byte)value.Field);
                writer.Write(value.Value);
            }
        }

        private static IndexRow RowOf(BinaryReader reader)
        {
            (long index, long at, long epoch) = (reader.ReadInt64(), reader.ReadInt64(), reader.ReadInt64());
            bool isCut = reader.ReadBoolean();
            byte[] words = reader.ReadBytes(reader.ReadInt32());
            var fields = new FieldValue[reader.ReadInt32()];
            for (int i = 0; i < fields.Length; i++)
                fields[i] = new FieldValue((FieldId)reader.ReadByte(), reader.ReadString());
            return new IndexRow(index, at, epoch, fields, words, isCut);
        }

        private static void Write(BinaryWriter writer, IndexBlock block)
        {
            writer.Write(block.First);
            writer.Write(block.Count);
            writer.Write(block.Root is not null);
            writer.Write((block.Root ?? default).Span);
            writer.Write(block.Rows.Span);
        }

        private static IndexBlock BlockOf(BinaryReader reader)
        {
            (long first, int count, bool hasRoot) = (reader.ReadInt64(), reader.ReadInt32(), reader.ReadBoolean());
            Digest root = DigestOf(reader);
            return new IndexBlock(first, count, hasRoot ? root : null, DigestOf(reader));
        }

        private static Digest DigestOf(BinaryReader reader) => new(reader.ReadBytes(Digest.Size));
    }
}
