using System.Collections.Concurrent;
using Tessrax.Node.Files;

namespace Tessrax.Node.Segments;

/// <summary>The <c>segments</c> directory of a ledger: its files by number, and what is known of the records in them.</summary>
internal sealed class SegmentFolder
{
    private readonly ConcurrentDictionary<long, RecordTable> tables = new();
    private readonly string ledger;

    public SegmentFolder(string ledger, IDisk disk)
    {
        ArgumentException.ThrowIfNullOrEmpty(ledger);
        ArgumentNullException.ThrowIfNull(disk);
        this.ledger = ledger;
        Disk = disk;
        FullName = Path.Combine(ledger, SegmentFormat.Folder);
    }

    public IDisk Disk { get; }

    public string FullName { get; }

    /// <summary>The records known of a segment.</summary>
    public RecordTable Table(long number, int capacity) =>
        tables.GetOrAdd(number, static (n, entries) => new RecordTable(n * entries), capacity);

    public string PathOf(long number) => Path.Combine(FullName, SegmentFormat.FileName(number));

    public bool Exists(long number) => Disk.Exists(PathOf(number));

    public SegmentFile Open(long number) => SegmentFile.Open(Disk, PathOf(number), number);

    /// <summary>The number of the last segment.</summary>
    /// <exception cref="TessraxException">TSX3001 without a directory, TSX3003 if one before the last is missing.</exception>
    public long FindLast()
    {
        List<long> numbers = Numbers();
        for (int i = 0; i < Math.Max(1, numbers.Count); i++)
        {
            if (i >= numbers.Count || numbers[i] != i)
            {
                throw Damage.At(SegmentFormat.ShownName(i), 0, "a segment, but the file is missing");
            }
        }
        return numbers[^1];
    }

    /// <summary>The numbers of the segment files, ascending; other names, such as those of temporary files, do not count.</summary>
    public List<long> Numbers()
    {
        var numbers = new List<long>();
        try
        {
            foreach (string name in Disk.List(FullName))
            {
                if (SegmentFormat.TryParseName(name, out long number))
                {
                    numbers.Add(number);
                }
            }
        }
        catch (DirectoryNotFoundException e)
        {
            throw new TessraxException(ErrorCodes.NotALedger, $"{ledger} has no segments", null, e);
        }
        catch (Exception e) when (DiskErrors.IsDisk(e))
        {
            throw DiskErrors.WhileReading(e, FullName);
        }
        numbers.Sort();
        return numbers;
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
