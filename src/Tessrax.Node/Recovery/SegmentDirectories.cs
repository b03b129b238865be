using Tessrax.Node.Files;
using Tessrax.Node.Segments;

namespace Tessrax.Node.Recovery;

/// <summary>Where a ledger's segments lie, if <c>ledger.json</c>, which alone says so, is lost: in directories that somebody names, or in its own.</summary>
internal static class SegmentDirectories
{
    /// <summary>The directories in the order in which <c>ledger.json</c> named them, as far as the segments in them tell; none for <c>segments</c> alone.</summary>
    /// <param name="ledger">The ledger's directory.</param>
    /// <param name="named">Directories that somebody names; they count more than what is found.</param>
    /// <param name="disk">The file system.</param>
    public static IReadOnlyList<string> Of(string ledger, IReadOnlyList<string> named, IDisk disk)
    {
        if (LedgerDirectory.Find(ledger, disk) is { } facts)
            return facts.Layout.SegmentDirectories;
        if (named.Count > 0)
            return Ordered(
                ledger,
                [.. named.Select(name => Directory.Exists(Path.Combine(ledger, name)) ? name : Path.GetFullPath(name))],
                disk
            );
        string[] found = Holding(ledger, disk);
        return found is [] or [SegmentFormat.Folder] ? [] : Ordered(ledger, found, disk);
    }

    /// <summary>Segment files in directories of the ledger's that it does not keep segments in: somebody moved them there.</summary>
    public static IReadOnlyList<string> Moved(string ledger, IReadOnlyList<string> directories, IDisk disk)
    {
        HashSet<string> own =
        [
            .. directories
                .DefaultIfEmpty(SegmentFormat.Folder)
                .Select(name => Path.GetFullPath(Path.Combine(ledger, name))),
        ];
        return
        [
            .. Holding(ledger, disk)
                .Select(name => Path.Combine(ledger, name))
                .Where(folder => !own.Contains(Path.GetFullPath(folder)))
                .SelectMany(folder =>
                    NumbersIn(folder, disk)
                        .Order()
                        .Select(number => Path.Combine(folder, SegmentFormat.FileName(number)))
                ),
        ];
    }

    private static string[] Holding(string ledger, IDisk disk) =>
        [.. Below(ledger).Where(name => NumbersIn(Path.Combine(ledger, name), disk).Count > 0)];

    private static IEnumerable<string> Below(string ledger)
    {
        try
        {
            return
            [
                .. Directory
                    .EnumerateDirectories(ledger)
                    .Select(path => Path.GetFileName(path))
                    .Order(StringComparer.Ordinal),
            ];
        }
        catch (Exception e) when (DiskErrors.IsDisk(e))
        {
            return [];
        }
    }

    // Segment n was written into directory n modulo their number.
    private static string[] Ordered(string ledger, string[] names, IDisk disk)
    {
        var places = new Dictionary<long, string>();
        foreach (string name in names)
        {
            long[] remainders =
            [
                .. NumbersIn(Path.Combine(ledger, name), disk).Select(number => number % names.Length).Distinct(),
            ];
            if (remainders is not [var place] || !places.TryAdd(place, name))
                return names;
        }
        return [.. places.OrderBy(place => place.Key).Select(place => place.Value)];
    }

    private static List<long> NumbersIn(string directory, IDisk disk)
    {
        var numbers = new List<long>();
        try
        {
            foreach (string file in disk.List(directory))
            {
                if (SegmentFormat.TryParseName(file, out long number))
                    numbers.Add(number);
            }
        }
        catch (Exception e) when (DiskErrors.IsDisk(e))
        {
            // What cannot be read holds no segments that anybody can use.
        }
        return numbers;
    }
}
