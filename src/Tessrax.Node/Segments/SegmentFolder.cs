using Tessrax.Node.Files;
using Tessrax.Node.Waiting;

namespace Tessrax.Node.Segments;

/// <summary>Where a ledger's segments lie, and what is known of the records in them. Any thread may use it.</summary>
/// <remarks>By default all of them lie in <c>segments</c>. A ledger that names several directories puts segment n into directory n modulo their
/// number; looked for are they in all, so that a file may be moved.</remarks>
internal sealed class SegmentFolder
{
    // Each knows up to 65,536 records; the last segment's is never dropped.
    private const int MostTables = 8;

    private readonly Gate gate = new("what is known of the segments");
    private readonly Dictionary<long, RecordTable> tables = [];
    private readonly LinkedList<long> byUse = new();
    private readonly HashSet<long> distrusted = [];
    private readonly string ledger;
    private readonly string[] directories;
    private readonly string[] shown;

    public SegmentFolder(string ledger, IDisk disk)
        : this(ledger, disk, LedgerDirectory.Find(ledger, disk)?.Layout.SegmentDirectories ?? []) { }

    /// <param name="ledger">The ledger's directory.</param>
    /// <param name="disk">The file system.</param>
    /// <param name="named">Directories, absolute or relative to the ledger; none for <c>segments</c> alone.</param>
    public SegmentFolder(string ledger, IDisk disk, IReadOnlyList<string> named)
    {
        ArgumentException.ThrowIfNullOrEmpty(ledger);
        ArgumentNullException.ThrowIfNull(disk);
        this.ledger = ledger;
        Disk = disk;
        shown = named.Count == 0 ? [SegmentFormat.Folder] : [.. named];
        directories = [.. shown.Select(name => Path.Combine(ledger, name))];
    }

    public IDisk Disk { get; }

    /// <summary>Whether a segment is entered in its middle by the marks that lie beside it, instead of by all of its places: for who reads few entries.</summary>
    public bool Glances { get; init; }

    /// <summary>The directories, in their order.</summary>
    public IReadOnlyList<string> Directories => directories;

    /// <summary>The records known of a segment.</summary>
    public RecordTable Table(long number, int capacity)
    {
        using (gate.Enter("to find the records of one"))
        {
            if (tables.TryGetValue(number, out RecordTable? known))
            {
                byUse.Remove(number);
                byUse.AddFirst(number);
                return known;
            }
            var table = new RecordTable(number * capacity);
            Keep(number, table);
            return table;
        }
    }

    /// <summary>The records of a segment that is to be entered at an entry in its middle: if none are known, from its places file.</summary>
    public RecordTable KnownTable(SegmentFile file, long index)
    {
        RecordTable table = Table(file.Number, file.Header.Capacity);
        if (Glances)
        {
            if (!IsDistrusted(file.Number))
            {
                if (PlacesFile.Find(this, file, index) is { } mark)
                    table.Learn([mark]);
                else if (!table.HasMarks)
                    table.Learn(TailFile.Read(this, file));
            }
            return table;
        }
        if (table.Last is not null || PlacesFile.Read(this, file) is not { } places)
            return table;
        var read = new RecordTable(file.Header.FirstIndex, places);
        using (gate.Enter("to take the places of one"))
        {
            Drop(file.Number);
            Keep(file.Number, read);
        }
        return read;
    }

    /// <summary>Whether anything is known of a segment's records.</summary>
    public bool Knows(long number)
    {
        using (gate.Enter("to look for one"))
            return tables.ContainsKey(number);
    }

    /// <summary>Forgets what is known of a segment: it was wrong, or the file is another one now.</summary>
    public void Forget(long number)
    {
        using (gate.Enter("to forget one"))
        {
            Drop(number);
            distrusted.Add(number);
        }
    }

    // What lay beside it led to no record, and would again.
    private bool IsDistrusted(long number)
    {
        using (gate.Enter("to ask what to believe"))
            return distrusted.Contains(number);
    }

    /// <summary>Removes what says where the records of a segment lie: it will be another file.</summary>
    /// <param name="disk">The file system.</param>
    /// <param name="segment">The segment's path.</param>
    public static void DropPlaces(IDisk disk, string segment)
    {
        disk.Delete(PlacesFile.PathOf(segment));
        disk.Delete(TailFile.PathOf(segment));
    }

    /// <summary>Where a segment is; if it is nowhere, where it would be written.</summary>
    public string PathOf(long number)
    {
        string path = Path.Combine(DirectoryOf(number), SegmentFormat.FileName(number));
        return directories.Length == 1 || Disk.Exists(path)
            ? path
            : directories
                .Select(directory => Path.Combine(directory, SegmentFormat.FileName(number)))
                .FirstOrDefault(Disk.Exists, path);
    }

    /// <summary>The directory that a new segment of this number is written into.</summary>
    public string DirectoryOf(long number) => directories[number % directories.Length];

    /// <summary>How messages name a segment.</summary>
    public string ShownName(long number) => $"{shown[number % shown.Length]}/{SegmentFormat.FileName(number)}";

    public bool Exists(long number) => Disk.Exists(PathOf(number));

    public SegmentFile Open(long number) => SegmentFile.Open(Disk, PathOf(number), number, ShownName(number));

    /// <summary>The same for one that stays open among many others.</summary>
    public SegmentFile Open(long number, PooledFiles files) =>
        SegmentFile.Open(files.Open, PathOf(number), number, ShownName(number));

    /// <summary>The number of the last segment.</summary>
    /// <exception cref="TessraxException">TSX3001 without a directory, TSX3003 if one before the last is missing.</exception>
    public long FindLast()
    {
        List<long> numbers = Numbers();
        for (int i = 0; i < Math.Max(1, numbers.Count); i++)
        {
            if (i >= numbers.Count || numbers[i] != i)
            {
                throw Damage.At(ShownName(i), 0, "a segment, but the file is missing");
            }
        }
        return numbers[^1];
    }

    /// <summary>The numbers of the segment files, ascending; other names, such as those of temporary files, do not count.</summary>
    /// <exception cref="TessraxException">TSX3001 without a directory; TSX3006, TSX3007: it cannot be read.</exception>
    public List<long> Numbers()
    {
        var numbers = new SortedSet<long>();
        foreach (string directory in directories)
        {
            try
            {
                foreach (string name in Disk.List(directory))
                {
                    if (SegmentFormat.TryParseName(name, out long number))
                    {
                        numbers.Add(number);
                    }
                }
            }
            catch (DirectoryNotFoundException e)
            {
                throw directories.Length == 1
                    ? new TessraxException(ErrorCodes.NotALedger, $"{ledger} has no segments", null, e)
                    : new TessraxException(
                        ErrorCodes.SegmentsAway,
                        $"the directory {directory}, which {ledger} keeps segments in, is not there",
                        null,
                        e
                    );
            }
            catch (Exception e) when (DiskErrors.IsDisk(e))
            {
                throw DiskErrors.WhileReading(e, directory);
            }
        }
        return [.. numbers];
    }

    private void Keep(long number, RecordTable table)
    {
        tables[number] = table;
        byUse.AddFirst(number);
        if (tables.Count > MostTables)
            Drop(byUse.Last!.Value == tables.Keys.Max() ? byUse.Last.Previous!.Value : byUse.Last.Value);
    }

    private void Drop(long number)
    {
        tables.Remove(number);
        byUse.Remove(number);
    }

    /// <summary>The bytes of a ledger's segment files, as far as they can be looked at; to estimate by.</summary>
    public static long BytesIn(string ledger, IDisk disk)
    {
        var folder = new SegmentFolder(ledger, disk);
        try
        {
            long bytes = 0;
            foreach (long number in folder.Numbers())
            {
                using IDiskFile file = disk.Open(folder.PathOf(number), DiskAccess.Read);
                bytes += file.Length;
            }
            return bytes;
        }
        catch (Exception e) when (e is TessraxException || DiskErrors.IsDisk(e))
        {
            return 0;
        }
    }
}
