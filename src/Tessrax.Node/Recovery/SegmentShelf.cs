using Tessrax.Merkle;
using Tessrax.Node.Files;
using Tessrax.Node.Segments;

namespace Tessrax.Node.Recovery;

/// <summary>All segment files of a ledger side by side: which one is missing, foreign, exchanged or without a header, told by what their
/// headers say of one another.</summary>
internal sealed class SegmentShelf : IDisposable
{
    private const long MostMissing = 4096;

    private readonly PooledFiles files;
    private readonly SegmentFolder folder;

    /// <param name="ledger">The ledger's directory.</param>
    /// <param name="disk">The file system.</param>
    /// <param name="directories">Where its segments lie; none for <c>segments</c> alone.</param>
    public SegmentShelf(string ledger, IDisk disk, IReadOnlyList<string> directories)
    {
        files = new PooledFiles(disk);
        folder = new SegmentFolder(ledger, disk, directories);
        List<long> numbers = Numbers();
        Files = [.. numbers.Select(folder.PathOf)];
        long last = numbers.Count == 0 ? -1 : numbers[^1];
        // A stray name must not make us look for a million files before it.
        if (last > numbers.Count + MostMissing)
            last = numbers.LastOrDefault(n => n <= numbers.Count + MostMissing, -1);
        var found = new List<(long, string, IDiskFile?, FoundHeader?, TessraxException?)>();
        for (long number = 0; number <= last; number++)
            found.Add(Open(number));
        Capacity = CapacityOf(found.Select(f => f.Item4?.Header));
        Segments =
        [
            .. found.Select(f => new FoundSegment(f.Item1, f.Item2, folder.ShownName(f.Item1), EntriesOf(f.Item1))
            {
                File = f.Item3,
                Header = f.Item4,
                Unreadable = f.Item5,
            }),
        ];
        foreach (FoundSegment segment in Segments)
            Identify(segment);
    }

    /// <summary>The segments by number, with places where a file is missing.</summary>
    public IReadOnlyList<FoundSegment> Segments { get; }

    /// <summary>Every file that has a segment's name.</summary>
    public IReadOnlyList<string> Files { get; }

    /// <summary>Entries in a full segment.</summary>
    public int Capacity { get; }

    public LeafRange EntriesOf(long number) => new(number * Capacity, (number + 1) * Capacity);

    /// <summary>The place of a segment that is not there.</summary>
    public FoundSegment Missing(long number) =>
        new(number, folder.PathOf(number), folder.ShownName(number), EntriesOf(number));

    public void Dispose()
    {
        foreach (FoundSegment segment in Segments)
            segment.Dispose();
        files.Dispose();
    }

    private List<long> Numbers()
    {
        try
        {
            return folder.Numbers();
        }
        catch (TessraxException e) when (e.Code == ErrorCodes.NotALedger)
        {
            return [];
        }
    }

    private (long, string, IDiskFile?, FoundHeader?, TessraxException?) Open(long number)
    {
        string path = folder.PathOf(number);
        IDiskFile? file = null;
        try
        {
            file = files.Open(path);
            return (number, path, file, FoundHeader.Read(file), null);
        }
        catch (Exception e) when (DiskErrors.IsDisk(e))
        {
            file?.Dispose();
            TessraxException error = DiskErrors.WhileReading(e, path);
            return (number, path, null, null, error.Code == ErrorCodes.NoSuchFile ? null : error);
        }
    }

    private static int CapacityOf(IEnumerable<SegmentHeader?> headers) =>
        headers
            .OfType<SegmentHeader>()
            .GroupBy(h => h.Capacity)
            .OrderByDescending(g => g.Count())
            .Select(g => g.Key)
            .FirstOrDefault(SegmentFormat.EntriesPerSegment);

    private void Identify(FoundSegment segment)
    {
        if (segment.File is not { } file)
        {
            segment.Fault = segment.Unreadable is { } error
                ? Of(segment, FaultCause.Unreadable, error.Message) with
                {
                    Code = error.Code,
                }
                : Of(segment, FaultCause.Missing, "the file is missing");
            return;
        }
        byte[]? named = HeaderAt(segment.Number + 1)?.PreviousId;
        if (segment.Header is { Version: > 0 and int version })
            segment.Fault = Of(segment, FaultCause.Unknown, $"it has format version {version}") with
            {
                Code = ErrorCodes.UnknownFormat,
                Remedy = ErrorCodes.UnknownFormat.Hint,
            };
        else if (segment.Header!.Header is not { } header)
            Rescue(segment, file, named);
        else if (header.Capacity != Capacity)
            segment.Fault = Of(
                segment,
                FaultCause.ForeignFile,
                $"its header is for segments of {header.Capacity} entries, those of this ledger hold {Capacity}"
            );
        else if (header.FirstIndex != segment.Entries.Start)
            segment.Fault = Misplaced(segment, header);
        else
            Accept(segment, header);
    }

    // Whether it is this ledger's is for the signatures in it to show; that it follows another is noted.
    private void Accept(FoundSegment segment, SegmentHeader header)
    {
        byte[]? before = segment.Number == 0 ? new byte[SegmentHeader.IdLength] : HeaderAt(segment.Number - 1)?.Id;
        segment.IsLinked = before is null || header.PreviousId.AsSpan().SequenceEqual(before);
        segment.Id = header.Id;
        if (segment.Header!.Flip is { } flip)
            segment.Fault = Of(segment, FaultCause.BitRot, "a bit of its header has turned") with
            {
                Bytes = new ByteRange(0, SegmentHeader.Length),
                Proof = $"with {flip} turned back, the header's checksum holds",
            };
    }

    // The header is lost. The records may be whole all the same: the next segment knows the id, or a record tells what serves for it.
    private static void Rescue(FoundSegment segment, IDiskFile file, byte[]? named)
    {
        byte[]? told = SegmentIdentity.Search(file);
        bool agree = told is null || named is null || SegmentIdentity.IsSame(told, named);
        segment.Id = agree ? named ?? told : told;
        if (told is null && !SegmentIdentity.HasRecords(file))
            segment.Id = null;
        bool isEmpty = file.Length == 0;
        FaultCause cause =
            file.Length < SegmentHeader.Length ? FaultCause.Truncation
            : segment.Header!.IsBlank ? FaultCause.LostWrite
            : segment.Id is null ? FaultCause.ForeignFile
            : FaultCause.Unknown;
        string says =
            isEmpty ? "the file is empty"
            : file.Length < SegmentHeader.Length ? $"the file has {file.Length} bytes, less than a header"
            : segment.Id is null ? "there is no segment header, and no record behind it"
            : "its header is damaged";
        segment.Fault = Of(segment, cause, says) with
        {
            Bytes = new ByteRange(0, Math.Min(file.Length, SegmentHeader.Length)),
            Proof = told is null ? null : "a record in it is whole under one segment id",
        };
    }

    private static Fault Misplaced(FoundSegment segment, SegmentHeader header)
    {
        long number = header.FirstIndex / header.Capacity;
        return Of(
            segment,
            FaultCause.Misplaced,
            $"it is the segment of entry {header.FirstIndex}, {SegmentFormat.FileName(number)}, under another name"
        );
    }

    // Only a header in its own place says anything of its neighbours.
    private SegmentHeader? HeaderAt(long number) =>
        number >= 0
        && number < Segments.Count
        && Segments[(int)number].Header?.Header is { } header
        && header.FirstIndex == number * Capacity
            ? header
            : null;

    private static Fault Of(FoundSegment segment, FaultCause cause, string says) =>
        new(segment.ShownName, ErrorCodes.Damaged, cause, FaultWeight.Damage, says) { Entries = segment.Entries };
}
